/* What registries and layouts tell of an image that a row is about. */
#include "derive/images_internal.h"
#include "derive/rows.h"

/* --- platforms --- */

struct slice image_platform_text(struct arena *arena, struct slice os, struct slice architecture, struct slice variant,
				 struct slice os_version)
{
	struct slice unknown = SLICE("unknown");
	os = os.len ? os : unknown;
	architecture = architecture.len ? architecture : unknown;
	return arena_printf(arena, "%.*s/%.*s%s%.*s%s%.*s", SLICE_ARG(os), SLICE_ARG(architecture),
			    variant.len ? "/" : "", SLICE_ARG(variant), os_version.len ? " " : "",
			    SLICE_ARG(os_version));
}

static bool is_index(const struct world_manifest *manifest)
{
	return slice_equal_text(manifest->record->kind, "index");
}

static bool is_image(const struct world_member *member)
{
	return !member->record->attests.len && !member->record->artifact_type.len;
}

/* A text that is not there is one for which memory ran out. */
static int add_platform(struct world *world, struct slice text, struct text_set *set)
{
	return text.data ? text_set_add(set, text, &world->arena) : -1;
}

static int add_platforms(struct world *world, const struct world_manifest *manifest, struct text_set *set, int depth)
{
	const struct manifest *record = manifest->record;
	if (!is_index(manifest) && !record->os.len && !record->architecture.len)
		return 0;
	if (!is_index(manifest))
		return add_platform(world,
				    image_platform_text(&world->arena, record->os, record->architecture,
							record->variant, record->os_version),
				    set);
	for (size_t i = 0; i < manifest->members.len && depth < IMAGE_DEPTH_MAX; i++) {
		const struct world_member *member = manifest->members.items[i];
		const struct index_member *of = member->record;
		if (!is_image(member))
			continue;
		if (member->manifest && (is_index(member->manifest) || !of->os.len)) {
			if (add_platforms(world, member->manifest, set, depth + 1) < 0)
				return -1;
			continue;
		}
		if (of->os.len && add_platform(world,
					       image_platform_text(&world->arena, of->os, of->architecture, of->variant,
								   of->os_version),
					       set) < 0)
			return -1;
	}
	return 0;
}

int image_platforms(struct world *world, const struct world_manifest *manifest, struct slice_list *ret_platforms)
{
	struct text_set set = { 0 };
	if (add_platforms(world, manifest, &set, 0) < 0)
		return -1;
	*ret_platforms = text_set_list(&set);
	return 0;
}

static const struct world_manifest *main_member(const struct world_manifest *manifest, int depth)
{
	const struct world_manifest *first = NULL;
	if (!is_index(manifest))
		return manifest;
	for (size_t i = 0; i < manifest->members.len && depth < IMAGE_DEPTH_MAX; i++) {
		const struct world_member *member = manifest->members.items[i];
		const struct world_manifest *image = member->manifest && is_image(member)
							     ? main_member(member->manifest, depth + 1)
							     : NULL;
		if (!image)
			continue;
		if (slice_equal_text(image->record->os, "linux") &&
		    slice_equal_text(image->record->architecture, "amd64"))
			return image;
		first = first ? first : image;
	}
	return first;
}

const struct world_manifest *image_main_member(const struct world_manifest *manifest)
{
	return main_member(manifest, 0);
}

static int64_t size_of(const struct world_manifest *manifest, int depth)
{
	int64_t sum = 0;
	if (!is_index(manifest))
		return manifest->record->layers_bytes;
	for (size_t i = 0; i < manifest->members.len; i++) {
		const struct world_member *member = manifest->members.items[i];
		if (!is_image(member))
			continue;
		int64_t size = member->manifest && depth < IMAGE_DEPTH_MAX ? size_of(member->manifest, depth + 1)
									   : INT_UNKNOWN;
		if (size == INT_UNKNOWN || __builtin_add_overflow(sum, size, &sum))
			return INT_UNKNOWN;
	}
	return sum;
}

/* --- what is wrong with it --- */

static int add_defects(struct world *world, struct slice digest, struct text_set *set)
{
	const struct world_list *defects = digest.len ? map_get(&world->images->defects, digest) : NULL;
	for (size_t i = 0; defects && i < defects->len; i++) {
		const struct defect *defect = defects->items[i];
		struct slice text = arena_printf(&world->arena, "%.*s%s%.*s", SLICE_ARG(defect->code),
						 defect->message.len ? ": " : "", SLICE_ARG(defect->message));
		if (!text.data || text_set_add(set, text, &world->arena) < 0)
			return -1;
	}
	return 0;
}

int image_defects_of(struct world *world, struct slice digest, struct slice_list *ret_defects)
{
	const struct world_manifest *manifest = world_manifest_of(world, digest);
	struct slice names[] = { digest, manifest ? manifest->record->digest : SLICE_NONE,
				 manifest ? manifest->record->config_digest : SLICE_NONE };
	struct text_set set = { 0 };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if ((i == 0 || !slice_equal(names[i], digest)) && add_defects(world, names[i], &set) < 0)
			return -1;
	}
	*ret_defects = text_set_list(&set);
	return 0;
}

/* --- names --- */

struct row_tags {
	struct text_set now, before;
	bool tagged; /* a registry's own tag of the row's repository points to it */
};

static bool is_of_row(const struct image *row, const struct world_tag *tag)
{
	return slice_equal(tag->registry, row->registry) && slice_equal(tag->repository, row->repository);
}

static int add_tag(struct world *world, const struct image *row, const struct world_tag *tag, bool full,
		   struct row_tags *tags)
{
	bool now = image_tag_points_to(world, tag, row->digest);
	struct slice text = tag->tag;
	if (full)
		text = arena_printf(&world->arena, "%.*s/%.*s:%.*s", SLICE_ARG(tag->registry),
				    SLICE_ARG(tag->repository), SLICE_ARG(tag->tag));
	tags->tagged |= now && !full && tag->listed;
	return text.data ? text_set_add(now ? &tags->now : &tags->before, text, &world->arena) : -1;
}

/* Names in the row's repository; where nobody read that (a mirror), those in others. */
static int name_row(struct world *world, struct strbuf *key, struct image *row, struct row_tags *tags)
{
	struct world_list all = { 0 };
	struct slice name = image_name_key(key, row->registry, row->repository, 0, SLICE_NONE);
	bool read = key->failure == 0 && map_get(&world->images->repositories, name);
	if (image_tags_of(world, row->digest, &all) < 0)
		return -1;
	for (size_t i = 0; i < all.len; i++) {
		bool own = is_of_row(row, all.items[i]);
		if ((own || !read) && add_tag(world, row, all.items[i], !own, tags) < 0)
			return -1;
	}
	row->tags_now = text_set_list(&tags->now);
	row->tags_before = text_set_list(&tags->before);
	return 0;
}

/* --- what its registry says --- */

static struct slice state_of_answer(const struct registry_answer *answer)
{
	static const struct {
		const char *outcome, *state;
	} states[] = { { "present", "untagged" }, { "absent", "absent" }, { "forbidden", "forbidden" } };
	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		if (slice_equal_text(answer->outcome, states[i].outcome))
			return slice_of(states[i].state);
	}
	return SLICE("failed");
}

static const struct registry_answer *answer_for(const struct world *world, struct strbuf *key, const struct image *row,
						struct slice digest)
{
	struct slice name = image_name_key(key, row->registry, row->repository, '@', digest);
	return key->failure ? NULL : map_get(&world->images->answers_by_name, name);
}

/* A config is asked for by its manifest, and a member may be there because its index is. */
static struct slice state_of(const struct world *world, struct strbuf *key, const struct image *row,
			     const struct world_manifest *manifest, bool tagged)
{
	const struct registry_answer *answer = answer_for(world, key, row, row->digest);
	if (tagged)
		return SLICE("tagged");
	if (!answer && manifest)
		answer = answer_for(world, key, row, manifest->record->digest);
	for (size_t i = 0; !answer && manifest && i < manifest->parents.len; i++) {
		const struct world_manifest *parent = manifest->parents.items[i];
		answer = answer_for(world, key, row, parent->record->digest);
	}
	return answer ? state_of_answer(answer) : SLICE_NONE;
}

/* --- the row --- */

static int fill_facts(struct world *world, struct image *row, const struct world_manifest *manifest)
{
	const struct world_manifest *image = image_main_member(manifest);
	row->built = world_built(manifest);
	row->dating = manifest->dating;
	row->pushed = manifest->pushed;
	row->pushed_by = manifest->pushed_by;
	row->size_bytes = size_of(manifest, 0);
	if (image) {
		row->user = image->record->user;
		row->base = world_base_name(world, image);
		row->base_digest = image->base ? image->base->record->digest : image->record->base_digest;
		row->base_proof = slice_of(base_proof_text(image->base_proof));
	}
	/* A base whose name could not be made would stand as a digest alone. */
	return world->arena.failure ? -1 : image_platforms(world, manifest, &row->platforms);
}

int image_row_fill(struct world *world, struct strbuf *key, struct image *row)
{
	struct row_tags tags = { 0 };
	if (!world->images || !row->digest.len)
		return 0;
	const struct world_manifest *manifest = world_manifest_of(world, row->digest);
	struct slice kind = world_digest_kind(world, row->digest);
	if (kind.data)
		row->digest_kind = kind;
	if (name_row(world, key, row, &tags) < 0 || image_defects_of(world, row->digest, &row->defects) < 0 ||
	    (manifest && fill_facts(world, row, manifest) < 0))
		return -1;
	row->registry_state = state_of(world, key, row, manifest, tags.tagged);
	return 0;
}
