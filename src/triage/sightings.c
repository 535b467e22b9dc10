#include "triage/triage_internal.h"

/* When the image may have been pulled under its tag. A cache tells nothing of that; a template pulls with its next pod.
 */
static struct indicator_sight sight_of(const struct sighting *s)
{
	struct indicator_sight sight = { s->registry, s->repository, s->tag, s->from_time, s->pulled_by };

	if (slice_equal_text(s->state, "cached"))
		sight.from = sight.to = TIME_UNSET;
	else if (slice_equal_text(s->state, "template"))
		sight.from = sight.to = s->to_time;
	else if (slice_equal_text(s->state, "pulled"))
		sight.to = s->to_time;
	return sight;
}

/* What stood under the tag before the window began is not what was pushed in it. */
static bool older_than_window(const struct sighting *s, const struct indicator *indicator)
{
	return indicator->from != TIME_UNSET && s->from_time != TIME_UNSET && s->from_time < indicator->from &&
	       !slice_equal_text(s->state, "cached") && !slice_equal_text(s->state, "template");
}

static int note(struct map *digests, struct slice digest, const void *value, struct error **err)
{
	void **place = map_put(digests, digest);
	if (!place)
		return error_no_memory(err);
	*place = (void *)(uintptr_t)value;
	return 0;
}

static int note_older_digests(struct triage_run *run, struct error **err)
{
	for (size_t i = 0; i < run->world->sightings.len; i++) {
		const struct sighting *s = run->world->sightings.items[i];
		struct indicator_sight any_time = { s->registry, s->repository, s->tag, TIME_UNSET, TIME_UNSET };
		if (!s->digest.data || !s->tag.data)
			continue;
		const struct indicator *indicator = indicators_tag(run->indicators, &any_time);
		if (indicator && older_than_window(s, indicator) && note(&run->older, s->digest, indicator, err) < 0)
			return -1;
	}
	return 0;
}

/* The tag indicator that a sighting falls under, unless its content is known to be older. */
static const struct indicator *tag_indicator(const struct triage_run *run, const struct sighting *s)
{
	struct indicator_sight sight = sight_of(s);

	if (!s->tag.data || (s->digest.data && map_get(&run->older, s->digest)))
		return NULL;
	return indicators_tag(run->indicators, &sight);
}

/* A digest that was seen under a bad tag is the bad content, whatever else it is called and wherever it lies. */
static int note_bad_tags(struct triage_run *run, struct error **err)
{
	for (size_t i = 0; i < run->world->sightings.len; i++) {
		const struct sighting *s = run->world->sightings.items[i];
		const struct indicator *indicator = s->digest.data ? tag_indicator(run, s) : NULL;
		if (indicator && note(&run->bad_by_tag, s->digest, indicator, err) < 0)
			return -1;
	}
	return 0;
}

static const struct indicator *indicator_of(const struct triage_run *run, const struct sighting *s)
{
	const struct indicator *found = indicators_digest(run->indicators, s->digest);

	if (!found && s->digest.data)
		found = map_get(&run->bad_by_tag, s->digest);
	return found ? found : tag_indicator(run, s);
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

static int count_workload(struct triage_run *run, const struct sighting *s, struct error **err)
{
	if (!s->workload.data)
		return 0;
	struct triage_workload *w = triage_workload(run, s->cluster, s->namespace, s->workload_kind, s->workload);
	if (!w)
		return arena_fail(&run->world->arena, err);
	if (slice_equal_text(s->state, "runs"))
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

static int compare_sightings(const void *left, const void *right)
{
	const struct sighting *a = left, *b = right;
	size_t rank_a = rank_of(a->state), rank_b = rank_of(b->state);

	if (rank_a != rank_b)
		return rank_a < rank_b ? -1 : 1;
	if (a->to_time != b->to_time)
		return a->to_time > b->to_time ? -1 : 1;
	return compare_text_fields(a, b);
}

static void number_rows(struct record_list *rows)
{
	struct sighting *items = rows->items;

	if (rows->len)
		qsort(items, rows->len, sizeof *items, compare_sightings);
	for (size_t i = 0; i < rows->len; i++) {
		size_t rank = rank_of(items[i].state);
		items[i].rank = (int64_t)i + 1;
		if (rank < sizeof sighting_ranks / sizeof sighting_ranks[0])
			items[i].why = slice_of(sighting_ranks[rank].why);
	}
}

int triage_sightings(struct triage_run *run, struct error **err)
{
	struct row_list rows = { 0 };

	if (note_older_digests(run, err) < 0 || note_bad_tags(run, err) < 0 || note_bad_names(run, err) < 0)
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
	number_rows(&rows.list);
	run->triage->sightings = rows.list;
	return 0;
}
