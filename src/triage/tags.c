#include <stdlib.h>

#include "base/time.h"
#include "derive/world_images.h"
#include "triage/triage_internal.h"

/* docs/ranking.md, "Tags": the classes in their order. */
enum tag_class {
	TAG_BAD,      /* points to something bad: the next pull gets it */
	TAG_WAS_BAD,  /* pointed to something bad */
	TAG_RUNS,     /* moved in the window, and what it points to now runs */
	TAG_PUT_BACK, /* moved, and points again to what it did: no proof of clean */
	TAG_MOVED,    /* moved or pushed in the window */
	TAG_DELETED,  /* went in the window, or at a time that may be in it */
	TAG_OTHER,    /* moved, was put back or went at another time */
	TAG_STANDS,   /* nothing of that: not listed */
};

static bool is_state(const struct tag_row *row, const char *state)
{
	return slice_equal_text(row->state, state);
}

static bool was_bad(const struct triage_run *run, const struct tag_row *row)
{
	const struct tag_state *states = row->history.items;

	for (size_t i = 0; i < row->history.len; i++)
		if (triage_bad_of(run, states[i].digest))
			return true;
	return triage_bad_of(run, row->digest_before) != NULL;
}

static bool pushed_in_window(const struct triage_run *run, const struct tag_row *row)
{
	const struct tag_state *states = row->history.items;

	for (size_t i = 0; i < row->history.len; i++)
		if (triage_in_window(run->incident, states[i].pushed))
			return true;
	return false;
}

/* Of every move that is known, not only the last: what was put back moved twice. */
static bool moved_in_window(const struct triage_run *run, const struct world_tag *tag)
{
	for (size_t i = 1; i < tag->states.len; i++) {
		struct world_arrival arrival = world_tag_arrival(tag, i);
		if (triage_may_be_in_window(run->incident, arrival.after, arrival.by))
			return true;
	}
	return false;
}

/* It was deleted between its last sight and the read that did not hold it. */
static bool went_in_window(const struct triage_run *run, const struct tag_row *row)
{
	int64_t by = row->moved_by != TIME_UNSET ? row->moved_by : run->world->as_of;

	return is_state(row, "deleted") && triage_may_be_in_window(run->incident, row->last_seen, by);
}

static enum tag_class class_of(const struct triage_run *run, const struct tag_row *row)
{
	bool in_window = row->in_window == BOOL_TRUE;

	/* Only pods tell of it, and all the same: where it points is not known. */
	if (is_state(row, "unknown"))
		return TAG_STANDS;
	if (row->bad == BOOL_TRUE)
		return !is_state(row, "deleted") && triage_bad_of(run, row->digest) ? TAG_BAD : TAG_WAS_BAD;
	if (in_window && is_state(row, "deleted"))
		return TAG_DELETED;
	if (in_window && row->runs_now > 0 && !is_state(row, "put back"))
		return TAG_RUNS;
	if (in_window)
		return is_state(row, "put back") ? TAG_PUT_BACK : TAG_MOVED;
	return is_state(row, "stands") || !row->state.len ? TAG_STANDS : TAG_OTHER;
}

static struct slice why_of(const struct tag_row *row, enum tag_class class, struct arena *arena)
{
	long long runs = row->runs_now, other = row->runs_other;

	switch (class) {
	case TAG_BAD:
		return slice_of("points to a bad image");
	case TAG_WAS_BAD:
		return is_state(row, "put back") ? slice_of("was bad and was put back: no proof of clean")
						 : slice_of("pointed to a bad image");
	case TAG_RUNS:
		return arena_printf(arena, "moved in the window, %lld replica%s run%s it", runs, runs == 1 ? "" : "s",
				    runs == 1 ? "s" : "");
	case TAG_PUT_BACK:
		return slice_of("moved in the window, put back: no proof of clean");
	case TAG_DELETED:
		return slice_of("deleted in the window, or since it was seen last");
	case TAG_MOVED:
		if (other > 0)
			return arena_printf(arena, "moved in the window, %lld replica%s run%s another", other,
					    other == 1 ? "" : "s", other == 1 ? "s" : "");
		return is_state(row, "stands") ? slice_of("pushed in the window") : slice_of("moved in the window");
	default:
		return slice_of("not in the window");
	}
}

/* --- order --- */

struct ranked {
	struct tag_row *row;
	enum tag_class class;
};

static int64_t known(int64_t count)
{
	return count == INT_UNKNOWN ? 0 : count;
}

static int compare_tags(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	if (a->class != b->class)
		return a->class < b->class ? -1 : 1;
	int64_t runs_a = known(a->row->runs_now) + known(a->row->runs_other);
	int64_t runs_b = known(b->row->runs_now) + known(b->row->runs_other);
	if (runs_a != runs_b)
		return runs_a > runs_b ? -1 : 1;
	int order = slice_compare(a->row->registry, b->row->registry);
	order = order ? order : slice_compare(a->row->repository, b->row->repository);
	return order ? order : slice_compare(a->row->tag, b->row->tag);
}

/* all: a row for each tag of the world, in its order. */
static size_t choose(struct triage_run *run, const struct record_list *all, struct ranked *chosen)
{
	struct tag_row *rows = all->items;
	size_t count = 0;

	for (size_t i = 0; i < all->len; i++) {
		struct tag_row *row = &rows[i];
		row->bad = triage_bad_of(run, row->digest) || was_bad(run, row) ? BOOL_TRUE : BOOL_FALSE;
		const struct world_tag *tag = run->world->images->tags.items[i];
		row->in_window = moved_in_window(run, tag) || pushed_in_window(run, row) || went_in_window(run, row)
					 ? BOOL_TRUE
					 : BOOL_FALSE;
		enum tag_class class = class_of(run, row);
		bool wanted = row->bad == BOOL_TRUE || scope_has_image(run->incident, row->registry, row->repository);
		if (wanted && class != TAG_STANDS)
			chosen[count++] = (struct ranked){ row, class };
	}
	return count;
}

static int list(struct triage_run *run, const struct ranked *chosen, size_t count, struct error **err)
{
	struct arena *arena = &run->world->arena;
	struct row_list rows = { 0 };

	for (size_t i = 0; i < count; i++) {
		struct tag_row *row = row_push_copy(&rows, &tag_row_type, chosen[i].row, arena);
		if (!row)
			return arena_fail(arena, err);
		row->rank = (int64_t)i + 1;
		row->why = why_of(row, chosen[i].class, arena);
		if (!row->why.data)
			return arena_fail(arena, err);
		run->triage->counts.tags_in_window += row->in_window == BOOL_TRUE;
		run->triage->counts.tags_bad += row->bad == BOOL_TRUE;
		run->triage->counts.tags_put_back += is_state(row, "put back");
	}
	run->triage->tags = rows.list;
	return 0;
}

int triage_tags(struct triage_run *run, struct error **err)
{
	struct record_list all;

	if (!run->world->images)
		return 0;
	if (world_tag_rows(run->world, &all, err) < 0)
		return -1;
	struct ranked *chosen = arena_zeroed(&run->world->arena, all.len + 1, sizeof *chosen);
	if (!chosen)
		return arena_fail(&run->world->arena, err);
	size_t count = choose(run, &all, chosen);
	if (count)
		qsort(chosen, count, sizeof *chosen, compare_tags);
	return list(run, chosen, count, err);
}
