/* What digests name, and which are the same. */
#include "derive/images_internal.h"

const char *base_proof_text(enum base_proof proof)
{
	static const char *const texts[] = {
		[BASE_NONE] = NULL,
		[BASE_LAYERS] = "layers",
		[BASE_LAYERS_AND_ANNOTATION] = "layers and annotation",
		[BASE_ANNOTATION] = "annotation",
		[BASE_HISTORY] = "history",
		[BASE_DISAGREE] = "disagree",
	};
	return (size_t)proof < sizeof texts / sizeof *texts ? texts[proof] : NULL;
}

static const struct world_list *of_config(const struct world *world, struct slice digest)
{
	return map_get(&world->images->by_config, digest);
}

struct world_manifest *world_manifest_of(const struct world *world, struct slice digest)
{
	if (!world->images || !digest.len)
		return NULL;
	struct world_manifest *manifest = map_get(&world->images->by_digest, digest);
	const struct world_list *list = manifest ? NULL : of_config(world, digest);
	return list ? list->items[0] : manifest;
}

struct slice world_digest_kind(const struct world *world, struct slice digest)
{
	if (!world->images || !digest.len)
		return SLICE_NONE;
	const struct world_manifest *manifest = map_get(&world->images->by_digest, digest);
	if (manifest)
		return slice_equal_text(manifest->record->kind, "index") ? SLICE("index") : SLICE("manifest");
	return of_config(world, digest) ? SLICE("config") : SLICE_NONE;
}

static bool holds(const struct world_manifest *manifest, struct slice digest, int depth)
{
	if (slice_equal(manifest->record->config_digest, digest))
		return true;
	for (size_t i = 0; i < manifest->members.len && depth < IMAGE_DEPTH_MAX; i++) {
		const struct world_member *member = manifest->members.items[i];
		if (slice_equal(member->record->digest, digest) ||
		    (member->manifest && holds(member->manifest, digest, depth + 1)))
			return true;
	}
	return false;
}

bool image_same(const struct world_manifest *one, struct slice a, const struct world_manifest *other, struct slice b)
{
	return slice_equal(a, b) || (one && holds(one, b, 0)) || (other && holds(other, a, 0));
}

bool world_same_image(const struct world *world, struct slice a, struct slice b)
{
	if (!a.len || !b.len || slice_equal(a, b))
		return a.len && b.len;
	if (!world->images)
		return false;
	const struct world_manifest *one = map_get(&world->images->by_digest, a);
	const struct world_manifest *other = map_get(&world->images->by_digest, b);
	return image_same(one, a, other, b);
}

/* NULL: none, or several of which the node takes one. */
static const struct world_manifest *member_of_node(const struct world_manifest *index, const struct node *node)
{
	const struct world_member *found = NULL;
	for (size_t i = 0; i < index->members.len; i++) {
		const struct world_member *member = index->members.items[i];
		if (!slice_equal(member->record->architecture, node->architecture))
			continue;
		if (found)
			return NULL;
		found = member;
	}
	return found ? found->manifest : NULL;
}

struct slice image_content_of(const struct world *world, const struct world_sighting *sighting)
{
	const struct world_manifest *manifest = world_manifest_of(world, sighting->row.digest);
	const struct node *node = sighting->row.node.len
					  ? map_get(&sighting->cluster->nodes_by_name, sighting->row.node)
					  : NULL;
	if (manifest && slice_equal_text(manifest->record->kind, "index"))
		manifest = node && node->architecture.len ? member_of_node(manifest, node) : NULL;
	return manifest ? manifest->record->config_digest : SLICE("");
}

struct slice image_name_key(struct strbuf *key, struct slice registry, struct slice repository, char separator,
			    struct slice name)
{
	strbuf_clear(key);
	strbuf_add_slice(key, registry);
	strbuf_add_char(key, '/');
	strbuf_add_slice(key, repository);
	if (separator) {
		strbuf_add_char(key, separator);
		strbuf_add_slice(key, name);
	}
	return strbuf_slice(key);
}

bool image_tag_points_to(const struct world *world, const struct world_tag *tag, struct slice digest)
{
	if (tag->deleted || !tag->states.len)
		return false;
	const struct tag_state *last = tag->states.items[tag->states.len - 1];
	return world_same_image(world, last->digest, digest);
}

static int add_tags(struct world *world, struct slice digest, struct world_list *tags)
{
	const struct world_list *found = map_get(&world->images->tags_by_digest, digest);
	size_t before = tags->len; /* each list holds a tag once */
	for (size_t i = 0; found && i < found->len; i++) {
		bool known = false;
		for (size_t k = 0; k < before && !known; k++)
			known = tags->items[k] == found->items[i];
		if (!known && world_list_push(tags, found->items[i], &world->arena) < 0)
			return -1;
	}
	return 0;
}

static int add_tags_of_parents(struct world *world, const struct world_manifest *manifest, struct world_list *tags,
			       int depth)
{
	for (size_t i = 0; i < manifest->parents.len && depth < IMAGE_DEPTH_MAX; i++) {
		const struct world_manifest *parent = manifest->parents.items[i];
		if (add_tags(world, parent->record->digest, tags) < 0 ||
		    add_tags_of_parents(world, parent, tags, depth + 1) < 0)
			return -1;
	}
	return 0;
}

int image_tags_of(struct world *world, struct slice digest, struct world_list *ret_tags)
{
	struct world_list tags = { 0 };
	const struct world_manifest *manifest = map_get(&world->images->by_digest, digest);
	const struct world_list *of = manifest ? NULL : of_config(world, digest);
	if (add_tags(world, digest, &tags) < 0 || (manifest && add_tags_of_parents(world, manifest, &tags, 0) < 0))
		return -1;
	for (size_t i = 0; of && i < of->len; i++) {
		manifest = of->items[i];
		if (add_tags(world, manifest->record->digest, &tags) < 0 ||
		    add_tags_of_parents(world, manifest, &tags, 0) < 0)
			return -1;
	}
	*ret_tags = tags;
	return 0;
}
