/* One image for `fother image inspect`, and what its base is called. */
#include "derive/images_internal.h"
#include "derive/rows.h"

static bool is_current(const struct world *world, const struct world_tag *tag, struct slice digest)
{
	return image_tag_points_to(world, tag, digest);
}

/* --- the name of a base --- */

static bool is_official(const struct world_tag *tag)
{
	return slice_equal_text(tag->registry, "docker.io") && slice_starts_with(tag->repository, "library/");
}

/* A name that still leads there, of an official image, that says more than `latest`, and short. */
static bool is_better_name(const struct world *world, const struct world_tag *tag, const struct world_tag *than,
			   struct slice digest)
{
	if (!than)
		return true;
	bool facts[][2] = {
		{ is_current(world, tag, digest), is_current(world, than, digest) },
		{ is_official(tag), is_official(than) },
		{ !slice_equal_text(tag->tag, "latest"), !slice_equal_text(than->tag, "latest") },
	};
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		if (facts[i][0] != facts[i][1])
			return facts[i][0];
	}
	return tag->tag.len < than->tag.len;
}

static struct slice full_name(struct world *world, const struct world_tag *tag)
{
	return arena_printf(&world->arena, "%.*s/%.*s:%.*s", SLICE_ARG(tag->registry), SLICE_ARG(tag->repository),
			    SLICE_ARG(tag->tag));
}

static struct slice pinned_name(struct world *world, const struct world_tag *tag, struct slice digest)
{
	return arena_printf(&world->arena, "%.*s/%.*s@%.*s", SLICE_ARG(tag->registry), SLICE_ARG(tag->repository),
			    SLICE_ARG(digest));
}

struct slice world_base_name(struct world *world, const struct world_manifest *manifest)
{
	const struct world_manifest *base = manifest->base;
	const struct world_tag *best = NULL;
	struct world_list tags = { 0 };
	if (manifest->base_proof == BASE_NONE)
		return SLICE_NONE;
	if (!base)
		return manifest->record->base_name.len ? manifest->record->base_name : manifest->record->base_digest;
	struct slice digest = base->record->digest;
	if (image_tags_of(world, digest, &tags) < 0)
		return digest;
	for (size_t i = 0; i < tags.len; i++) {
		if (is_better_name(world, tags.items[i], best, digest))
			best = tags.items[i];
	}
	/* Pulled by a name that leads elsewhere now, it would be another image. */
	struct slice name = !best                             ? SLICE_NONE
			    : is_current(world, best, digest) ? full_name(world, best)
							      : pinned_name(world, best, digest);
	return name.data ? name : digest;
}

/* --- facts --- */

/* What both records have. */
static void copy_facts(const struct manifest *manifest, struct image_facts *facts)
{
	for (size_t i = 0; i < manifest_type.field_count; i++) {
		const struct field *from = &manifest_type.fields[i], *to = record_field(&image_facts_type, from->name);
		if (!to || to->type != from->type)
			continue;
		static const size_t sizes[] = { sizeof(struct slice), sizeof(int64_t),           sizeof(enum truth),
						sizeof(int64_t),      sizeof(struct slice_list), 0 };
		memcpy(field_of(to, facts), field_of(from, manifest), sizes[from->type]);
	}
}

static int name_tags(struct world *world, struct slice digest, struct image_facts *facts)
{
	struct text_set now = { 0 }, before = { 0 };
	struct world_list tags = { 0 };
	if (image_tags_of(world, digest, &tags) < 0)
		return -1;
	for (size_t i = 0; i < tags.len; i++) {
		struct slice name = full_name(world, tags.items[i]);
		struct text_set *set = is_current(world, tags.items[i], digest) ? &now : &before;
		if (!name.data || text_set_add(set, name, &world->arena) < 0)
			return -1;
	}
	facts->tags_now = text_set_list(&now);
	facts->tags_before = text_set_list(&before);
	return 0;
}

static int name_relatives(struct world *world, const struct world_manifest *manifest, struct image_facts *facts)
{
	struct text_set indexes = { 0 }, referrers = { 0 };
	for (size_t i = 0; i < manifest->parents.len; i++) {
		const struct world_manifest *parent = manifest->parents.items[i];
		if (text_set_add(&indexes, parent->record->digest, &world->arena) < 0)
			return -1;
	}
	for (size_t i = 0; i < manifest->referrers.len; i++) {
		const struct manifest *record = ((const struct world_manifest *)manifest->referrers.items[i])->record;
		struct slice type = record->artifact_type.len ? record->artifact_type : record->kind;
		struct slice text = arena_printf(&world->arena, "%.*s %.*s", SLICE_ARG(type),
						 SLICE_ARG(record->digest));
		if (!text.data || text_set_add(&referrers, text, &world->arena) < 0)
			return -1;
	}
	facts->in_indexes = text_set_list(&indexes);
	facts->referrers = text_set_list(&referrers);
	return 0;
}

static int list_members(struct world *world, const struct world_manifest *manifest, struct image_facts *facts)
{
	struct index_member *members = arena_zeroed(&world->arena, manifest->members.len + 1, sizeof *members);
	if (!members)
		return -1;
	for (size_t i = 0; i < manifest->members.len; i++)
		members[i] = *((const struct world_member *)manifest->members.items[i])->record;
	facts->members = (struct record_list){ members, manifest->members.len };
	return 0;
}

/* --- where it runs --- */

static int count_once(struct map *counted, const void *what, int64_t *count)
{
	struct pair pair = { count, what };
	void **place = map_put(counted, pair_key(&pair));
	if (!place)
		return -1;
	*count += *place == NULL;
	*place = count;
	return 0;
}

static int count_sighting(struct map *counted, const struct world_sighting *sighting, struct image_facts *facts)
{
	if (slice_equal_text(sighting->row.state, "runs"))
		return count_once(counted, sighting->workload, &facts->runs);
	if (slice_equal_text(sighting->row.state, "ran"))
		return count_once(counted, sighting->workload, &facts->ran);
	if (slice_equal_text(sighting->row.state, "cached") && sighting->current)
		return count_once(counted, sighting->node, &facts->cached);
	return 0;
}

static int count_sightings(struct world *world, struct slice digest, struct image_facts *facts)
{
	CLEANUP(map_release) struct map counted = { 0 };
	facts->runs = facts->ran = facts->cached = 0;
	for (size_t i = 0; i < world->sightings.len; i++) {
		const struct world_sighting *sighting = world->sightings.items[i];
		if (world_same_image(world, sighting->row.digest, digest) &&
		    count_sighting(&counted, sighting, facts) < 0)
			return -1;
	}
	return 0;
}

int world_image_facts(struct world *world, const struct world_manifest *manifest, struct slice reference,
		      struct image_facts *ret_facts, struct error **err)
{
	struct slice digest = manifest->record->digest;
	record_init(&image_facts_type, ret_facts);
	copy_facts(manifest->record, ret_facts);
	ret_facts->reference = reference;
	ret_facts->dating = manifest->dating;
	ret_facts->base = world_base_name(world, manifest);
	ret_facts->base_proof = slice_of(base_proof_text(manifest->base_proof));
	if (world->arena.failure || name_tags(world, digest, ret_facts) < 0 ||
	    name_relatives(world, manifest, ret_facts) < 0 || list_members(world, manifest, ret_facts) < 0 ||
	    image_defects_of(world, digest, &ret_facts->defects) < 0 || count_sightings(world, digest, ret_facts) < 0)
		return arena_fail(&world->arena, err);
	return 0;
}
