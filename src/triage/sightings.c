#include "derive/world_images.h"
#include "triage/triage_internal.h"

static const struct indicator *indicator_of(const struct triage_run *run, const struct sighting *s)
{
	const struct triage_bad *bad = triage_bad_of(run, s->digest);

	return bad ? bad->indicator : triage_tag_indicator(run, s);
}

static int note(struct map *names, struct slice name, const void *value, struct error **err)
{
	void **place = map_put(names, name);
	if (!place)
		return error_no_memory(err);
	*place = (void *)(uintptr_t)value;
	return 0;
}

static struct slice name_key(const struct sighting *s, struct arena *arena)
{
	return arena_printf(arena, "%.*s\n%.*s/%.*s:%.*s", SLICE_ARG(s->cluster), SLICE_ARG(s->registry),
			    SLICE_ARG(s->repository), SLICE_ARG(s->tag));
}

/* Where a name stood for bad content in a cluster, what names it there without a digest (a template, a pod that waits)
 * may start that content again: out of the cache, or because the tag still points to it. */
static int note_bad_names(struct triage_run *run, struct error **err)
{
	for (size_t i = 0; i < run->world->sightings.len; i++) {
		const struct sighting *s = run->world->sightings.items[i];
		const struct indicator *indicator = s->digest.data && s->tag.data ? indicator_of(run, s) : NULL;
		if (!indicator)
			continue;
		struct slice key = name_key(s, &run->world->arena);
		if (!key.data)
			return arena_fail(&run->world->arena, err);
		if (note(&run->bad_names, key, indicator, err) < 0)
			return -1;
	}
	return 0;
}

/* What a registry says that a tag points to now is what the next pod pulls, in any cluster. */
static const struct indicator *indicator_now(const struct triage_run *run, struct slice key)
{
	const struct world_images *images = run->world->images;
	struct slice cluster, name;

	slice_cut(key, '\n', &cluster, &name);
	const struct world_tag *tag = images ? map_get(&images->tags_by_name, name) : NULL;
	if (!tag || !tag->listed || tag->deleted || !tag->states.len)
		return NULL;
	const struct tag_state *last = tag->states.items[tag->states.len - 1];
	const struct triage_bad *bad = triage_bad_of(run, last->digest);
	return bad ? bad->indicator : NULL;
}

/* A finished Job starts no more pods. -1: memory is out; *ret_indicator stays NULL where nothing names it. */
static int indicator_by_name(struct triage_run *run, const struct sighting *s, const struct indicator **ret_indicator)
{
	bool starts = slice_equal_text(s->state, "waits") ||
		      (slice_equal_text(s->state, "template") && !slice_equal_text(s->workload_kind, "Job"));

	if (s->digest.data || !s->tag.data || !starts)
		return 0;
	struct slice key = name_key(s, &run->world->arena);
	if (!key.data)
		return -1;
	*ret_indicator = map_get(&run->bad_names, key);
	if (!*ret_indicator)
		*ret_indicator = indicator_now(run, key);
	return 0;
}

/* docs/ranking.md, "Bad images": what executes now comes first, then what will, did, and could. */
static const struct {
	const char *state, *why;
} sighting_ranks[] = {
	{ "runs", "executes now" },
	{ "waits", "is about to run: its container waits to start" },
	{ "template", "will run when the workload starts its next pod" },
	{ "cached", "can start on this node without any pull" },
	{ "ran", "executed here; it has ended" },
	{ "pulled", "was pulled here" },
};

static size_t rank_of(struct slice state)
{
	size_t rank = 0;
	while (rank < sizeof sighting_ranks / sizeof sighting_ranks[0] &&
	       !slice_equal_text(state, sighting_ranks[rank].state))
		rank++;
	return rank;
}

static bool is_built_on(const struct triage_run *run, const struct sighting *s)
{
	const struct triage_bad *bad = triage_bad_of(run, s->digest);
	return bad && bad->built_on.data;
}

static int count_workload(struct triage_run *run, const struct sighting *s, struct error **err)
{
	if (!s->workload.data)
		return 0;
	struct triage_workload *w = triage_workload(run, s->cluster, s->namespace, s->workload_kind, s->workload);
	if (!w)
		return arena_fail(&run->world->arena, err);
	bool runs = slice_equal_text(s->state, "runs");
	w->built_runs += runs && is_built_on(run, s);
	if (runs)
		w->bad_runs++;
	else if (slice_equal_text(s->state, "waits"))
		w->bad_waits++;
	else if (slice_equal_text(s->state, "ran"))
		w->bad_ran++;
	else if (slice_equal_text(s->state, "pulled"))
		w->bad_pulled++;
	else if (slice_equal_text(s->state, "template"))
		w->template_only = true;
	return 0;
}

static int compare_text_fields(const struct sighting *a, const struct sighting *b)
{
	int order = slice_compare(a->cluster, b->cluster);
	order = order ? order : slice_compare(a->namespace, b->namespace);
	order = order ? order : slice_compare(a->workload, b->workload);
	order = order ? order : slice_compare(a->pod, b->pod);
	order = order ? order : slice_compare(a->container, b->container);
	order = order ? order : slice_compare(a->node, b->node);
	order = order ? order : slice_compare(a->image, b->image);
	return order ? order : slice_compare(a->digest, b->digest);
}

static int compare_sightings(const void *left, const void *right, void *data)
{
	const struct triage_run *run = data;
	const struct sighting *a = left, *b = right;
	size_t rank_a = rank_of(a->state), rank_b = rank_of(b->state);
	bool built_a = is_built_on(run, a), built_b = is_built_on(run, b);

	if (rank_a != rank_b)
		return rank_a < rank_b ? -1 : 1;
	if (built_a != built_b)
		return built_b ? -1 : 1;
	if (a->to_time != b->to_time)
		return a->to_time > b->to_time ? -1 : 1;
	return compare_text_fields(a, b);
}

static struct slice why_of(const struct triage_run *run, const struct sighting *s)
{
	size_t rank = rank_of(s->state);

	if (rank == sizeof sighting_ranks / sizeof sighting_ranks[0])
		return SLICE_NONE;
	if (!is_built_on(run, s))
		return slice_of(sighting_ranks[rank].why);
	return arena_printf(&run->world->arena, "built on a bad image; %s", sighting_ranks[rank].why);
}

static void number_rows(struct triage_run *run, struct record_list *rows)
{
	struct sighting *items = rows->items;

	if (rows->len)
		qsort_r(items, rows->len, sizeof *items, compare_sightings, run);
	for (size_t i = 0; i < rows->len; i++) {
		items[i].rank = (int64_t)i + 1;
		items[i].why = why_of(run, &items[i]);
	}
}

int triage_sightings(struct triage_run *run, struct error **err)
{
	struct row_list rows = { 0 };

	if (note_bad_names(run, err) < 0)
		return -1;
	for (size_t i = 0; i < run->world->sightings.len; i++) {
		struct sighting *s = run->world->sightings.items[i];
		const struct indicator *indicator = indicator_of(run, s);
		if (!indicator && indicator_by_name(run, s, &indicator) < 0)
			return arena_fail(&run->world->arena, err);
		s->bad = indicator ? BOOL_TRUE : BOOL_FALSE;
		if (!indicator)
			continue;
		s->indicator = indicator->text;
		run->triage->bad_seen = true;
		if (count_workload(run, s, err) < 0)
			return -1;
		if (!row_push_copy(&rows, &sighting_type, s, &run->world->arena))
			return arena_fail(&run->world->arena, err);
	}
	number_rows(run, &rows.list);
	run->triage->sightings = rows.list;
	return 0;
}
