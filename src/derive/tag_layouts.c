/* What layouts and archives tell of a tag: that its name stood for a digest when that was copied, and not when that
 * was.
 *
 * So they add no time to what others saw. What they alone tell of goes where its build date puts it, and was there by
 * the time that the next was, or the layout was read; how long it stayed is not known. A build date is only a claim: it
 * makes the order, and no bounds. */
#include "derive/images_internal.h"

static bool is_undated(const struct tag_state *state)
{
	return state->until == TIME_UNSET;
}

static bool is_index(const struct world *world, struct slice digest)
{
	return slice_equal_text(world_digest_kind(world, digest), "index");
}

static int64_t built(const struct world *world, struct slice digest)
{
	const struct world_manifest *manifest = world_manifest_of(world, digest);
	return manifest ? world_built(manifest) : TIME_UNSET;
}

/* An index says more than one of its images, and a registry more than both. */
static void take_name(const struct world *world, struct tag_state *state, const struct tag_point *point)
{
	if (!slice_equal_text(state->seen_by, "pods"))
		return;
	state->seen_by = SLICE("layout");
	if (is_index(world, state->digest))
		return;
	state->digest = point->digest;
	state->built = built(world, point->digest);
}

static bool join(const struct world *world, struct world_tag *tag, const struct tag_point *point)
{
	bool joined = false;
	for (size_t i = 0; i < tag->states.len; i++) {
		struct tag_state *state = tag->states.items[i];
		if (!world_same_image(world, state->digest, point->digest))
			continue;
		take_name(world, state, point);
		if (is_undated(state) && point->time < state->since)
			state->since = point->time;
		joined = true;
	}
	return joined;
}

/* For the order. */
static int64_t came(const struct tag_state *state)
{
	bool dated = is_undated(state) && state->built != TIME_UNSET && state->built < state->since;
	return dated ? state->built : state->since;
}

static int add(struct images_build *b, struct world_tag *tag, const struct tag_point *point, struct error **err)
{
	struct world_list *states = &tag->states;
	if (join(b->build->world, tag, point))
		return 0;
	struct tag_state *state = build_new(b->build, sizeof *state, err);
	if (!state || build_push(b->build, states, state, err) < 0)
		return -1;
	record_init(&tag_state_type, state);
	state->digest = point->digest;
	state->since = point->time;
	state->seen_by = SLICE("layout");
	state->built = built(b->build->world, point->digest);
	size_t at = states->len - 1;
	for (; at > 0 && came(states->items[at - 1]) > came(state); at--)
		states->items[at] = states->items[at - 1];
	states->items[at] = state;
	return 0;
}

static void bound_by_next(struct world_tag *tag)
{
	for (size_t i = tag->states.len; i-- > 1;) {
		struct tag_state *state = tag->states.items[i - 1];
		const struct tag_state *next = tag->states.items[i];
		if (is_undated(state) && next->since < state->since)
			state->since = next->since;
	}
}

int tag_layouts_add(struct images_build *b, struct tag_build *tag, struct error **err)
{
	for (size_t i = 0; i < tag->layouts.len; i++) {
		if (add(b, &tag->tag, &tag->layouts.items[i], err) < 0)
			return -1;
	}
	bound_by_next(&tag->tag);
	return 0;
}
