#include <stdlib.h>

#include "base/limits.h"
#include "derive/images_internal.h"
#include "derive/rows.h"

/* One image while its sightings are gathered. */
struct image_group {
	struct image row;
	struct world_list sightings; /* const struct world_sighting * */
	struct text_set tags;
};

/* What rows are told apart by. */
struct image_name {
	struct slice registry, repository, digest, digest_kind;
};

struct image_groups {
	struct world *world;
	struct map groups;  /* registry, repository, digest (or tag where none is known) -> struct image_group * */
	struct map by_tag;  /* registry, repository, tag -> struct image_group *; &ambiguous: more than one digest */
	struct map counted; /* (group and state, workload, node or cluster) */
	struct strbuf key;
	struct image_group ambiguous;
};

static void groups_release(struct image_groups *groups)
{
	map_release(&groups->groups);
	map_release(&groups->by_tag);
	map_release(&groups->counted);
	strbuf_release(&groups->key);
}

/* The map's place for the image, new ones holding NULL; NULL when memory is out. */
static void **image_place(struct image_groups *groups, struct map *map, const struct image_name *name,
			  struct slice last)
{
	struct slice parts[] = { name->registry, name->repository, last };
	strbuf_clear(&groups->key);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		strbuf_add(&groups->key, &parts[i].len, sizeof parts[i].len);
		strbuf_add_slice(&groups->key, parts[i]);
	}
	return groups->key.failure ? NULL : map_put(map, strbuf_slice(&groups->key));
}

static struct image_name name_of(const struct sighting *row)
{
	return (struct image_name){ row->registry, row->repository.data ? row->repository : row->image, row->digest,
				    row->digest_kind };
}

/* tag: where no digest is known. */
static struct image_group *group_of(struct image_groups *groups, const struct image_name *name, struct slice tag)
{
	bool known = name->digest.len > 0;
	void **place = image_place(groups, &groups->groups, name, known ? name->digest : tag);
	if (!place || *place)
		return place ? *place : NULL;
	struct image_group *group = arena_zeroed(&groups->world->arena, 1, sizeof *group);
	if (!group)
		return NULL;
	record_init(&image_type, &group->row);
	group->row.registry = name->registry;
	group->row.repository = name->repository;
	group->row.digest = known ? name->digest : SLICE_NONE;
	group->row.digest_kind = known ? name->digest_kind : SLICE_NONE;
	group->row.runs = group->row.ran = group->row.cached = group->row.clusters = 0;
	*place = group;
	return group;
}

static int count_once(struct image_groups *groups, int64_t *count, const void *what)
{
	struct pair pair = { count, what };
	void **place = map_put(&groups->counted, pair_key(&pair));
	if (!place)
		return -1;
	*count += *place == NULL;
	*place = count;
	return 0;
}

static void widen(struct image *row, int64_t time)
{
	if (time == TIME_UNSET)
		return;
	if (row->first_seen == TIME_UNSET || time < row->first_seen)
		row->first_seen = time;
	if (row->last_seen == TIME_UNSET || time > row->last_seen)
		row->last_seen = time;
}

static int count_sighting(struct image_groups *groups, struct image *row, const struct world_sighting *sighting)
{
	struct slice state = sighting->row.state;
	widen(row, sighting->row.from_time);
	widen(row, sighting->row.to_time);
	if (count_once(groups, &row->clusters, sighting->cluster) < 0)
		return -1;
	if (slice_equal_text(state, "runs"))
		return count_once(groups, &row->runs, sighting->workload);
	if (slice_equal_text(state, "ran"))
		return count_once(groups, &row->ran, sighting->workload);
	if (slice_equal_text(state, "cached") && sighting->current)
		return count_once(groups, &row->cached, sighting->node);
	return 0;
}

static int add_to_group(struct image_groups *groups, struct image_group *group, struct world_sighting *sighting)
{
	struct arena *arena = &groups->world->arena;
	if (!group || world_list_push(&group->sightings, sighting, arena) < 0 ||
	    text_set_add(&group->tags, sighting->row.tag, arena) < 0)
		return -1;
	return count_sighting(groups, &group->row, sighting);
}

/* Where a tag had one digest only, what names the tag alone is told with it. */
static int note_tag(struct image_groups *groups, const struct sighting *row, struct image_group *group)
{
	if (!group || !row->tag.data)
		return group ? 0 : -1;
	struct image_name name = name_of(row);
	void **place = image_place(groups, &groups->by_tag, &name, row->tag);
	if (!place)
		return -1;
	*place = *place && *place != group ? &groups->ambiguous : group;
	return 0;
}

static int gather(struct image_groups *groups)
{
	const struct world_list *sightings = &groups->world->sightings;
	for (size_t i = 0; i < sightings->len; i++) {
		struct world_sighting *sighting = sightings->items[i];
		if (!sighting->row.digest.len)
			continue;
		struct image_name name = name_of(&sighting->row);
		struct image_group *group = group_of(groups, &name, sighting->row.tag);
		if (note_tag(groups, &sighting->row, group) < 0 || add_to_group(groups, group, sighting) < 0)
			return -1;
	}
	for (size_t i = 0; i < sightings->len; i++) {
		struct world_sighting *sighting = sightings->items[i];
		if (sighting->row.digest.len)
			continue;
		struct image_name name = name_of(&sighting->row);
		void **place = image_place(groups, &groups->by_tag, &name, sighting->row.tag);
		if (!place)
			return -1;
		struct image_group *group = *place;
		if (!group || group == &groups->ambiguous)
			group = group_of(groups, &name, sighting->row.tag);
		if (add_to_group(groups, group, sighting) < 0)
			return -1;
	}
	return 0;
}

/* --- what registries hold --- */

/* Signatures and the like are found beside what they speak of. */
static bool is_listed(const struct world *world, struct slice digest)
{
	const struct world_manifest *manifest = world_manifest_of(world, digest);
	return !manifest || !(slice_equal_text(manifest->record->kind, "artifact") ||
			      slice_equal_text(manifest->record->kind, "attestation"));
}

/* Whatever a tag points, or pointed, to. Members of an index stand in its row: in one of their own only where something
 * saw them by their own digest. */
static int gather_tags(struct image_groups *groups)
{
	const struct world_images *images = groups->world->images;
	for (size_t i = 0; images && i < images->tags.len; i++) {
		const struct world_tag *tag = images->tags.items[i];
		for (size_t k = 0; k < tag->states.len; k++) {
			const struct tag_state *state = tag->states.items[k];
			struct image_name name = { tag->registry, tag->repository, state->digest, SLICE("unknown") };
			bool by_pods = slice_equal_text(state->seen_by, "pods"); /* which have sightings */
			struct image_group *group = NULL;
			if (by_pods || !is_listed(groups->world, state->digest))
				continue;
			if (!(group = group_of(groups, &name, SLICE_NONE)))
				return -1;
			widen(&group->row, state->since);
			widen(&group->row, state->until);
		}
	}
	return 0;
}

static int finish_group(struct image_groups *groups, struct image_group *group, struct image *ret_row)
{
	struct sighting *rows = arena_zeroed(&groups->world->arena, group->sightings.len + 1, sizeof *rows);
	if (!rows)
		return -1;
	for (size_t i = 0; i < group->sightings.len; i++)
		rows[i] = ((const struct world_sighting *)group->sightings.items[i])->row;
	group->row.sightings = (struct record_list){ rows, group->sightings.len };
	group->row.tags = text_set_list(&group->tags);
	if (image_row_fill(groups->world, &groups->key, &group->row) < 0)
		return -1;
	*ret_row = group->row;
	return 0;
}

static int compare_images(const void *a, const void *b)
{
	const struct image *left = a, *right = b;
	int order = slice_compare(left->registry, right->registry);
	if (!order)
		order = slice_compare(left->repository, right->repository);
	if (!order)
		order = slice_compare(left->digest, right->digest);
	if (!order && left->tags.len && right->tags.len)
		order = slice_compare(left->tags.items[0], right->tags.items[0]);
	return order;
}

int world_images(struct world *world, struct record_list *ret_images, struct error **err)
{
	CLEANUP(groups_release) struct image_groups groups = { .world = world, .key = STRBUF_INIT(LIMIT_ROW_BYTES) };
	if (gather(&groups) < 0 || gather_tags(&groups) < 0)
		return arena_fail(&world->arena, err);
	size_t count = groups.groups.len;
	struct image *rows = arena_zeroed(&world->arena, count + 1, sizeof *rows);
	if (!rows)
		return arena_fail(&world->arena, err);
	for (size_t i = 0; i < count; i++) {
		if (finish_group(&groups, groups.groups.items[i].value, &rows[i]) < 0)
			return arena_fail(&world->arena, err);
	}
	qsort(rows, count, sizeof *rows, compare_images);
	*ret_images = (struct record_list){ rows, count };
	return 0;
}
