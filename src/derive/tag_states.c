/* From points in time to the states of a tag: one for each stay at a digest.
 *
 * Points of one image that follow each other are one stay. What a pod ran that did not ask the registry stood there
 * before it started, nobody knows since when: it goes before the stay into which its start falls.
 *
 * What a pod ran that did ask the registry stood there at some time before it started: no move is made of it where a
 * time can be chosen at which it agrees with what others saw. */
#include <stdlib.h>

#include "base/time.h"
#include "derive/images_internal.h"

struct stay {
	struct slice digest;
	const struct world_manifest *manifest; /* that it names; NULL: a config, or not read */
	int64_t since, until, pushed;
	struct slice pushed_by;
	enum tag_witness by;
	bool exact;
	struct slice content; /* of pods alone: as of the point */
};

struct stays {
	struct stay *items;
	size_t len;
};

static int64_t built(const struct world *world, struct slice digest)
{
	const struct world_manifest *manifest = world_manifest_of(world, digest);
	return manifest ? world_built(manifest) : TIME_UNSET;
}

static const struct world_manifest *manifest_of(const struct world *world, struct slice digest)
{
	return map_get(&world->images->by_digest, digest);
}

/* `content` is what is run of `digest`, or empty. */
static bool same(const struct world_manifest *one, struct slice a, const struct world_manifest *other,
		 struct slice digest, struct slice content)
{
	return image_same(one, a, other, digest) || (content.len && image_same(one, a, NULL, content));
}

/* --- when pods asked --- */

static bool is_told(const struct tag_point *point)
{
	return point->exact && point->by != SEEN_BY_PODS;
}

static bool agrees(const struct world *world, const struct tag_point *told, const struct tag_point *point)
{
	return same(manifest_of(world, told->digest), told->digest, manifest_of(world, point->digest), point->digest,
		    point->content);
}

/* The first that is not before the time. */
static size_t first_from(const struct tag_points *told, int64_t time)
{
	size_t low = 0, high = told->len;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (told->items[middle].time < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Kubernetes tells whole seconds, and the registry was asked before the container started. */
static void settle(const struct world *world, const struct tag_points *told, struct tag_point *point)
{
	int64_t last = point->time + USEC_PER_SECOND - 1;
	size_t next = first_from(told, point->time), from = first_from(told, point->since);
	if ((next > 0 && agrees(world, &told->items[next - 1], point)) ||
	    (next < told->len && agrees(world, &told->items[next], point)))
		return;
	for (size_t i = from > 0 ? from - 1 : 0; i < told->len; i++) {
		if (i > 0 && told->items[i - 1].time > last)
			return;
		if (agrees(world, &told->items[i], point)) {
			point->time = told->items[i].time < last ? told->items[i].time : last;
			return;
		}
	}
}

static int settle_pods(struct world *world, struct tag_points *points, struct error **err)
{
	struct tag_points told = { arena_zeroed(&world->arena, points->len + 1, sizeof *told.items), 0, 0 };
	if (!told.items)
		return arena_fail(&world->arena, err);
	for (size_t i = 0; i < points->len; i++) {
		if (is_told(&points->items[i]))
			told.items[told.len++] = points->items[i];
	}
	for (size_t i = 0; i < points->len; i++) {
		if (points->items[i].exact && points->items[i].by == SEEN_BY_PODS)
			settle(world, &told, &points->items[i]);
	}
	return 0;
}

/* --- stays --- */

/* Of one time the older image first. */
static int compare_points(const void *a, const void *b, void *data)
{
	const struct tag_point *left = a, *right = b;
	const struct world *world = data;
	if (left->time != right->time)
		return left->time < right->time ? -1 : 1;
	if (!slice_equal(left->digest, right->digest)) {
		int64_t one = built(world, left->digest), other = built(world, right->digest);
		if (one != other)
			return one < other ? -1 : 1;
	}
	int order = slice_compare(left->digest, right->digest);
	return order ? order : (left->by > right->by) - (left->by < right->by);
}

static struct stay stay_of(const struct world *world, const struct tag_point *point)
{
	return (struct stay){
		.digest = point->digest,
		.manifest = manifest_of(world, point->digest),
		.since = point->time,
		.until = point->time,
		.pushed = point->pushed,
		.pushed_by = point->pushed_by,
		.by = point->by,
		.exact = point->exact,
		.content = point->content,
	};
}

static bool is_of_stay(const struct world *world, const struct stay *stay, const struct tag_point *point)
{
	const struct world_manifest *manifest = manifest_of(world, point->digest);
	return same(stay->manifest, stay->digest, manifest, point->digest, point->content) ||
	       (stay->content.len && (slice_equal(stay->content, point->content) ||
				      image_same(NULL, stay->content, manifest, point->digest)));
}

/* The better witness says by which digest it is known: that of the index, not of a member. */
static void join(const struct world *world, struct stay *stay, const struct tag_point *point)
{
	if (point->time > stay->until)
		stay->until = point->time;
	if (point->by > stay->by) {
		stay->by = point->by;
		stay->content = point->content;
		stay->digest = point->digest;
		stay->manifest = manifest_of(world, point->digest);
	}
	if (point->pushed != TIME_UNSET && point->pushed >= stay->pushed) {
		stay->pushed = point->pushed;
		stay->pushed_by = point->pushed_by;
	}
	stay->exact |= point->exact;
}

static void add_exact(const struct world *world, struct stays *stays, const struct tag_point *point)
{
	struct stay *last = stays->len ? &stays->items[stays->len - 1] : NULL;
	if (last && is_of_stay(world, last, point))
		join(world, last, point);
	else
		stays->items[stays->len++] = stay_of(world, point);
}

static void insert(struct stays *stays, size_t at, struct stay stay)
{
	memmove(stays->items + at + 1, stays->items + at, (stays->len - at) * sizeof *stays->items);
	stays->items[at] = stay;
	stays->len++;
}

/* 1: it is a part of a stay. */
static bool join_loose(const struct world *world, struct stays *stays, const struct tag_point *point)
{
	for (size_t i = 0; i < stays->len; i++) {
		struct stay *stay = &stays->items[i];
		if (!is_of_stay(world, stay, point))
			continue;
		if (point->time < stay->since && (i == 0 || stays->items[i - 1].until <= point->time))
			stay->since = point->time;
		return true;
	}
	return false;
}

/* Behind all others only what cannot be older than they are. */
static size_t place_of(const struct world *world, const struct stays *stays, const struct tag_point *point)
{
	for (size_t i = 0; i < stays->len; i++) {
		if (stays->items[i].until >= point->time)
			return i;
	}
	const struct stay *last = stays->len ? &stays->items[stays->len - 1] : NULL;
	if (!last || !last->exact || built(world, point->digest) > last->until)
		return stays->len;
	return stays->len - 1;
}

static void add_loose(const struct world *world, struct stays *stays, const struct tag_point *point)
{
	if (join_loose(world, stays, point))
		return;
	size_t at = place_of(world, stays, point);
	struct stay stay = stay_of(world, point);
	if (at < stays->len && stays->items[at].since < stay.since)
		stay.since = stay.until = stays->items[at].since;
	insert(stays, at, stay);
}

/* A push without a digest brought what was seen next; else it was the same once more. */
static void add_push(struct stays *stays, const struct tag_push *push)
{
	for (size_t i = 0; i < stays->len; i++) {
		struct stay *stay = &stays->items[i];
		if (stay->until < push->time)
			continue;
		if (push->time >= stay->pushed) {
			stay->pushed = push->time;
			stay->pushed_by = push->by;
		}
		return;
	}
}

static const char *witness_text(enum tag_witness by)
{
	static const char *const texts[] = { "pods", "layout", "log", "registry" };
	return texts[by];
}

static int add_state(struct images_build *b, struct world_tag *tag, const struct stay *stay, struct error **err)
{
	struct tag_state *state = build_new(b->build, sizeof *state, err);
	if (!state)
		return -1;
	record_init(&tag_state_type, state);
	state->digest = stay->digest;
	state->since = stay->since;
	state->until = stay->until;
	state->seen_by = slice_of(witness_text(stay->by));
	state->pushed = stay->pushed;
	state->pushed_by = stay->pushed_by;
	state->built = built(b->build->world, stay->digest);
	return build_push(b->build, &tag->states, state, err);
}

static void find_put_back(const struct world *world, struct world_tag *tag)
{
	const struct world_list *states = &tag->states;
	const struct tag_state *last = states->len ? states->items[states->len - 1] : NULL;
	for (size_t i = 0; i + 2 < states->len && !tag->put_back; i++) {
		const struct tag_state *state = states->items[i];
		tag->put_back = world_same_image(world, state->digest, last->digest);
	}
}

static void sort(struct world *world, struct tag_points *points)
{
	if (points->len)
		qsort_r(points->items, points->len, sizeof *points->items, compare_points, world);
}

static void fill_stays(const struct world *world, struct tag_build *tag, struct stays *stays)
{
	for (size_t i = 0; i < tag->points.len; i++) {
		if (tag->points.items[i].exact)
			add_exact(world, stays, &tag->points.items[i]);
	}
	for (size_t i = 0; i < tag->points.len; i++) {
		if (!tag->points.items[i].exact)
			add_loose(world, stays, &tag->points.items[i]);
	}
	for (size_t i = 0; i < tag->pushes.len; i++)
		add_push(stays, tag->pushes.items[i]);
}

int tag_states_make(struct images_build *b, struct tag_build *tag, struct error **err)
{
	struct world *world = b->build->world;
	struct stays stays = { arena_zeroed(&world->arena, tag->points.len + 1, sizeof *stays.items), 0 };
	if (!stays.items)
		return arena_fail(&world->arena, err);
	sort(world, &tag->points);
	if (settle_pods(world, &tag->points, err) < 0)
		return -1;
	sort(world, &tag->points);
	fill_stays(world, tag, &stays);
	for (size_t i = 0; i < stays.len; i++) {
		if (add_state(b, &tag->tag, &stays.items[i], err) < 0)
			return -1;
	}
	if (!tag->tag.listed && tag_layouts_add(b, tag, err) < 0)
		return -1;
	find_put_back(world, &tag->tag);
	return 0;
}
