#include "derive/images_internal.h"

/* Pods, not containers: two of one pod that run the same are one replica. They come one after the other. */
static bool is_another_pod(const struct sighting *row, const struct sighting *before)
{
	return !before || !slice_equal(row->pod, before->pod) || !slice_equal(row->namespace, before->namespace) ||
	       !slice_equal(row->cluster, before->cluster) || !slice_equal(row->digest, before->digest);
}

static bool runs(const struct world *world, const struct sighting *row, struct slice digest)
{
	/* Rows of sightings are the first of a world_sighting each. */
	struct slice content = image_content_of(world, (const struct world_sighting *)row);
	return world_same_image(world, row->digest, digest) || world_same_image(world, content, digest);
}

static void count_replicas(const struct world *world, const struct world_tag *tag, struct tag_row *row)
{
	const struct sighting *before = NULL;
	row->runs_now = row->runs_other = 0;
	for (size_t i = 0; i < tag->sightings.len; i++) {
		const struct sighting *sighting = tag->sightings.items[i];
		if (!slice_equal_text(sighting->state, "runs") || !is_another_pod(sighting, before))
			continue;
		before = sighting;
		if (runs(world, sighting, row->digest))
			row->runs_now++;
		else
			row->runs_other++;
	}
}

static const char *state_of(const struct world_tag *tag)
{
	if (tag->deleted)
		return "deleted";
	if (tag->states.len > 1)
		return tag->put_back ? "put back" : "moved";
	const struct tag_state *only = tag->states.len ? tag->states.items[0] : NULL;
	return tag->listed || (only && slice_equal_text(only->seen_by, "layout")) ? "stands" : "unknown";
}

static int fill_history(struct world *world, const struct world_tag *tag, struct tag_row *row)
{
	struct tag_state *states = arena_zeroed(&world->arena, tag->states.len + 1, sizeof *states);
	if (!states)
		return -1;
	for (size_t i = 0; i < tag->states.len; i++)
		states[i] = *(const struct tag_state *)tag->states.items[i];
	row->history = (struct record_list){ states, tag->states.len };
	return 0;
}

int64_t world_tag_seen_before(const struct world_tag *tag, size_t state)
{
	int64_t seen = TIME_UNSET;
	for (size_t i = 0; i < state; i++) {
		const struct tag_state *before = tag->states.items[i];
		seen = before->until > seen ? before->until : seen;
	}
	return seen;
}

struct world_arrival world_tag_arrival(const struct world_tag *tag, size_t state)
{
	const struct tag_state *now = tag->states.items[state];
	bool pushed = now->pushed != TIME_UNSET && now->pushed <= now->since;
	if (pushed)
		return (struct world_arrival){ now->pushed, now->pushed };
	return (struct world_arrival){ world_tag_seen_before(tag, state), now->since };
}

/* When it came to stand where it stands, or went. */
static void date_move(const struct world_tag *tag, struct tag_row *row)
{
	size_t count = tag->states.len;
	if (tag->deleted) {
		row->moved_after = count ? world_tag_seen_before(tag, count) : tag->last_seen;
		row->moved_by = tag->deleted_by;
	} else if (count > 1) {
		const struct tag_state *last = tag->states.items[count - 1];
		struct world_arrival arrival = world_tag_arrival(tag, count - 1);
		row->moved_after = world_tag_seen_before(tag, count - 1);
		row->moved_by = arrival.by;
		if (last->pushed == arrival.by) /* who pushed it once more later did not move it */
			row->moved_by_whom = last->pushed_by;
	}
}

int world_tag_row(struct world *world, const struct world_tag *tag, struct tag_row *ret_row, struct error **err)
{
	size_t count = tag->states.len;
	const struct tag_state *last = count ? tag->states.items[count - 1] : NULL;
	const struct tag_state *before = count > 1 ? tag->states.items[count - 2] : NULL;
	record_init(&tag_row_type, ret_row);
	ret_row->registry = tag->registry;
	ret_row->repository = tag->repository;
	ret_row->tag = tag->tag;
	ret_row->state = slice_of(state_of(tag));
	ret_row->digest = last ? last->digest : SLICE_NONE;
	ret_row->digest_before = before ? before->digest : SLICE_NONE;
	ret_row->built = last ? last->built : TIME_UNSET;
	ret_row->last_seen = tag->last_seen;
	if (tag->failure)
		ret_row->why = tag->failure->why.len ? tag->failure->why : tag->failure->outcome;
	date_move(tag, ret_row);
	count_replicas(world, tag, ret_row);
	if (fill_history(world, tag, ret_row) < 0)
		return arena_fail(&world->arena, err);
	if (!before)
		return 0;
	/* Of one that was put back, what matters is what stood between: how it differs from what stands again. */
	const struct tag_state *from = tag->put_back ? last : before, *to = tag->put_back ? before : last;
	return world_change(world, from->digest, to->digest, &ret_row->change, &ret_row->platforms_changed, err);
}

int world_tag_rows(struct world *world, struct record_list *ret_rows, struct error **err)
{
	size_t count = world->images ? world->images->tags.len : 0;
	struct tag_row *rows = arena_zeroed(&world->arena, count + 1, sizeof *rows);
	if (!rows)
		return arena_fail(&world->arena, err);
	for (size_t i = 0; i < count; i++) {
		if (world_tag_row(world, world->images->tags.items[i], &rows[i], err) < 0)
			return -1;
	}
	*ret_rows = (struct record_list){ rows, count };
	return 0;
}
