#include "triage/gaps.h"

#include <stdlib.h>

#include "triage/kinds.h"

#define ALL SLICE("*")

/* A gap while its namespaces are collected. */
struct open_gap {
	struct slice outcome, subtype, cause;
	bool more_causes;
	int64_t objects;
	struct world_list namespaces; /* const struct slice * */
	bool all;                     /* all namespaces but those of `but` */
	struct world_list but;        /* const struct slice * */
};

struct gap_run {
	const struct world_cluster *cluster;
	const struct world_kind *kind;
	struct arena *arena;
	struct world_list open; /* struct open_gap *, of the kind */
	struct world_list done; /* struct triage_gap * */
};

static int add_text(struct gap_run *run, struct world_list *list, const struct slice *text, struct error **err)
{
	if (world_list_push(list, (void *)(uintptr_t)text, run->arena) < 0)
		return arena_fail(run->arena, err);
	return 0;
}

static struct open_gap *gap_of(struct gap_run *run, struct slice subtype, struct slice outcome, struct error **err)
{
	for (size_t i = 0; i < run->open.len; i++) {
		struct open_gap *gap = run->open.items[i];
		if (slice_equal(gap->subtype, subtype) && slice_equal(gap->outcome, outcome))
			return gap;
	}
	struct open_gap *gap = arena_zeroed(run->arena, 1, sizeof *gap);
	if (!gap || world_list_push(&run->open, gap, run->arena) < 0) {
		arena_fail(run->arena, err);
		return NULL;
	}
	gap->subtype = subtype;
	gap->outcome = outcome;
	return gap;
}

static struct open_gap *gap_for(struct gap_run *run, const struct coverage *coverage, struct error **err)
{
	struct open_gap *gap = gap_of(run, coverage->subtype, coverage->outcome, err);
	if (!gap)
		return NULL;
	if (!gap->cause.data)
		gap->cause = coverage->why;
	gap->more_causes |= coverage->why.data && !slice_equal(coverage->why, gap->cause);
	if (coverage->objects != INT_UNKNOWN)
		gap->objects += coverage->objects;
	return gap;
}

/* --- lists of one kind and type --- */

static bool is_of_all(const struct coverage *coverage)
{
	return slice_equal_text(coverage->namespace, "*");
}

static bool is_gap(const struct gap_run *run, const struct coverage *coverage)
{
	static const char *const of_dumps[] = { "doubted", "absent", "unknown_kind", "partial" };
	if (slice_equal_text(coverage->outcome, "complete"))
		return false;
	for (size_t i = 0; i < sizeof of_dumps / sizeof *of_dumps; i++)
		if (slice_equal_text(coverage->outcome, of_dumps[i]))
			return run->cluster->exact && i == 3;
	return true;
}

static const struct coverage *list_of_all(const struct gap_run *run, struct slice subtype, size_t *ret_named)
{
	const struct coverage *all = NULL;
	*ret_named = 0;
	for (size_t i = 0; i < run->kind->coverage.len; i++) {
		const struct coverage *coverage = run->kind->coverage.items[i];
		if (!slice_equal(coverage->subtype, subtype))
			continue;
		if (is_of_all(coverage))
			all = coverage;
		else
			++*ret_named;
	}
	return all;
}

static int add_named(struct gap_run *run, struct slice subtype, struct error **err)
{
	for (size_t i = 0; i < run->kind->coverage.len; i++) {
		const struct coverage *coverage = run->kind->coverage.items[i];
		if (is_of_all(coverage) || !slice_equal(coverage->subtype, subtype) || !is_gap(run, coverage))
			continue;
		struct open_gap *gap = gap_for(run, coverage, err);
		if (!gap || add_text(run, &gap->namespaces, &coverage->namespace, err) < 0)
			return -1;
	}
	return 0;
}

static bool has_own_list(const struct gap_run *run, struct slice subtype, struct slice namespace)
{
	for (size_t i = 0; i < run->kind->coverage.len; i++) {
		const struct coverage *coverage = run->kind->coverage.items[i];
		if (slice_equal(coverage->namespace, namespace) && slice_equal(coverage->subtype, subtype))
			return true;
	}
	return false;
}

/* Every namespace is known by name: those that were not tried are among them. */
static int add_not_tried(struct gap_run *run, const struct coverage *all, struct error **err)
{
	const struct world_list *known = &run->cluster->namespaces;
	struct open_gap *gap = NULL;
	for (size_t i = 0; i < known->len; i++) {
		const struct namespace *namespace = known->items[i];
		if (has_own_list(run, all->subtype, namespace->name))
			continue;
		if (!gap && !(gap = gap_for(run, all, err)))
			return -1;
		if (add_text(run, &gap->namespaces, &namespace->name, err) < 0)
			return -1;
	}
	return 0;
}

/* What namespaces there are is not known: all but those that were tried and not refused. */
static int add_all_but(struct gap_run *run, const struct coverage *all, struct error **err)
{
	struct open_gap *gap = gap_for(run, all, err);
	if (!gap)
		return -1;
	gap->all = true;
	for (size_t i = 0; i < run->kind->coverage.len; i++) {
		const struct coverage *coverage = run->kind->coverage.items[i];
		if (!is_of_all(coverage) && slice_equal(coverage->subtype, all->subtype) &&
		    !slice_equal(coverage->outcome, all->outcome) &&
		    add_text(run, &gap->but, &coverage->namespace, err) < 0)
			return -1;
	}
	return 0;
}

/* No namespace told anything else than the list of all: then it is all of it, and not as many names. */
static bool is_same_everywhere(const struct gap_run *run, const struct coverage *all)
{
	for (size_t i = 0; i < run->kind->coverage.len; i++) {
		const struct coverage *coverage = run->kind->coverage.items[i];
		if (slice_equal(coverage->subtype, all->subtype) && !slice_equal(coverage->outcome, all->outcome))
			return false;
	}
	return true;
}

static int add_subtype(struct gap_run *run, struct slice subtype, struct error **err)
{
	size_t named;
	const struct coverage *all = list_of_all(run, subtype, &named);
	if (all && !is_gap(run, all))
		return 0;
	if (all && is_same_everywhere(run, all)) {
		struct open_gap *gap = gap_for(run, all, err);
		if (!gap)
			return -1;
		gap->all = true;
		return 0;
	}
	/* The list of all stands for those that were refused with it. */
	const struct world_kind *namespaces = map_get(&run->cluster->kinds, SLICE("Namespace"));
	bool all_known = namespaces && namespaces->all && coverage_is_whole(namespaces->all);
	if (all && (!named || !all_known) && add_all_but(run, all, err) < 0)
		return -1;
	if (named && add_named(run, subtype, err) < 0)
		return -1;
	return all && named && all_known ? add_not_tried(run, all, err) : 0;
}

/* --- what comes out --- */

static int compare_names(const void *a, const void *b)
{
	return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static int list_texts(struct gap_run *run, const struct world_list *texts, struct slice_list *ret_list,
		      struct error **err)
{
	struct slice *items = arena_zeroed(run->arena, texts->len + 1, sizeof *items);
	if (!items)
		return arena_fail(run->arena, err);
	for (size_t i = 0; i < texts->len; i++)
		items[i] = *(const struct slice *)texts->items[i];
	if (texts->len)
		qsort(items, texts->len, sizeof *items, compare_names);
	*ret_list = (struct slice_list){ items, texts->len };
	return 0;
}

static bool same_texts(const struct slice_list *a, const struct slice_list *b)
{
	for (size_t i = 0; i < a->len && a->len == b->len; i++)
		if (!slice_equal(a->items[i], b->items[i]))
			return false;
	return a->len == b->len;
}

/* The other type of secrets was lost in the same way in the same namespaces. */
static struct triage_gap *twin_of(const struct gap_run *run, const struct triage_gap *gap)
{
	for (size_t i = 0; i < run->done.len; i++) {
		struct triage_gap *other = run->done.items[i];
		if (slice_equal(other->kind, gap->kind) && slice_equal(other->outcome, gap->outcome) &&
		    same_texts(&other->namespaces, &gap->namespaces) && same_texts(&other->but, &gap->but))
			return other;
	}
	return NULL;
}

static int join_gaps(struct gap_run *run, struct triage_gap *into, const struct triage_gap *gap, struct error **err)
{
	struct world_list subtypes = { 0 };
	for (size_t i = 0; i < into->subtypes.len; i++)
		if (add_text(run, &subtypes, &into->subtypes.items[i], err) < 0)
			return -1;
	into->more_causes |= gap->more_causes || !slice_equal(into->cause, gap->cause);
	into->objects += gap->objects;
	return add_text(run, &subtypes, gap->subtypes.items, err) < 0
		       ? -1
		       : list_texts(run, &subtypes, &into->subtypes, err);
}

static int close_gap(struct gap_run *run, const struct open_gap *open, struct error **err)
{
	static const struct slice all[1] = { { "*", 1 } };
	struct triage_gap *gap = arena_zeroed(run->arena, 1, sizeof *gap);
	struct slice *subtype = arena_zeroed(run->arena, 1, sizeof *subtype);
	if (!gap || !subtype)
		return arena_fail(run->arena, err);
	*subtype = open->subtype;
	*gap = (struct triage_gap){ .kind = run->kind->kind,
				    .outcome = open->outcome,
				    .subtypes = { subtype, 1 },
				    .cause = open->cause,
				    .more_causes = open->more_causes,
				    .objects = open->objects };
	if (list_texts(run, &open->namespaces, &gap->namespaces, err) < 0 ||
	    list_texts(run, &open->but, &gap->but, err) < 0)
		return -1;
	if (open->all)
		gap->namespaces = (struct slice_list){ all, 1 };
	struct triage_gap *twin = twin_of(run, gap);
	if (twin)
		return join_gaps(run, twin, gap, err);
	return world_list_push(&run->done, gap, run->arena) < 0 ? arena_fail(run->arena, err) : 0;
}

static bool is_first_of_subtype(const struct world_kind *kind, size_t at)
{
	const struct coverage *coverage = kind->coverage.items[at];
	for (size_t i = 0; i < at; i++)
		if (slice_equal(((const struct coverage *)kind->coverage.items[i])->subtype, coverage->subtype))
			return false;
	return true;
}

static int add_kind(struct gap_run *run, const struct world_kind *kind, struct error **err)
{
	run->kind = kind;
	run->open = (struct world_list){ 0 };
	for (size_t i = 0; i < kind->coverage.len; i++) {
		const struct coverage *coverage = kind->coverage.items[i];
		if (is_first_of_subtype(kind, i) && add_subtype(run, coverage->subtype, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < run->open.len; i++)
		if (close_gap(run, run->open.items[i], err) < 0)
			return -1;
	return 0;
}

static int add_kinds(struct gap_run *run, struct error **err)
{
	const struct map *kinds = &run->cluster->kinds;
	for (size_t i = 0; i < triage_kind_count; i++) {
		const struct world_kind *kind = map_get(kinds, slice_of(triage_kinds[i].kind));
		if (kind && add_kind(run, kind, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < kinds->len; i++)
		if (!triage_kind_named(kinds->items[i].key) && add_kind(run, kinds->items[i].value, err) < 0)
			return -1;
	return 0;
}

int triage_gaps(const struct world_cluster *cluster, struct arena *arena, struct triage_gap **ret_gaps,
		size_t *ret_count, struct error **err)
{
	struct gap_run run = { .cluster = cluster, .arena = arena };
	if (add_kinds(&run, err) < 0)
		return -1;
	struct triage_gap *gaps = arena_zeroed(arena, run.done.len + 1, sizeof *gaps);
	if (!gaps)
		return arena_fail(arena, err);
	for (size_t i = 0; i < run.done.len; i++)
		gaps[i] = *(const struct triage_gap *)run.done.items[i];
	*ret_gaps = gaps;
	*ret_count = run.done.len;
	return 0;
}
