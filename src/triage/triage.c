#include "triage/triage.h"

#include "base/alloc.h"
#include "triage/triage_internal.h"

void *row_push(struct row_list *rows, const struct record_type *type, struct arena *arena)
{
	void *items = arena_grow(arena, rows->list.items, rows->list.len, &rows->capacity, type->size);
	if (!items)
		return NULL;
	rows->list.items = items;
	void *row = (char *)items + rows->list.len++ * type->size;
	record_init(type, row);
	return row;
}

void *row_push_copy(struct row_list *rows, const struct record_type *type, const void *record, struct arena *arena)
{
	void *row = row_push(rows, type, arena);
	return row ? memcpy(row, record, type->size) : NULL;
}

struct triage_workload *triage_workload(struct triage_run *run, struct slice cluster, struct slice namespace,
					struct slice kind, struct slice name)
{
	struct arena *arena = &run->world->arena;
	struct slice key = arena_printf(arena, "%.*s\n%.*s\n%.*s\n%.*s", SLICE_ARG(cluster), SLICE_ARG(namespace),
					SLICE_ARG(kind), SLICE_ARG(name));
	void **place = key.data ? map_put(&run->workloads, key) : NULL;

	if (!place || *place)
		return place ? *place : NULL;
	struct triage_workload *w = arena_zeroed(arena, 1, sizeof *w);
	if (!w)
		return NULL;
	*w = (struct triage_workload){ .cluster = cluster, .namespace = namespace, .kind = kind, .name = name };
	*place = w;
	return w;
}

static int list_reads(struct triage_run *run, const struct world_workload *top, struct triage_workload *w,
		      struct error **err)
{
	struct slice *names = arena_zeroed(&run->world->arena, top->reads.len + 1, sizeof *names);

	if (!names)
		return arena_fail(&run->world->arena, err);
	for (size_t i = 0; i < top->reads.len; i++)
		names[i] = *(const struct slice *)top->reads.items[i];
	w->reads = (struct slice_list){ names, top->reads.len };
	return 0;
}

/* What decides how urgent a workload is, should a bad image touch it. */
static int note_workload(struct triage_run *run, const struct world_cluster *cluster, const struct world_workload *top,
			 struct error **err)
{
	bool suspended = top->record && top->record->suspended == BOOL_TRUE;

	if (!suspended && top->reads.len == 0)
		return 0;
	struct triage_workload *w = triage_workload(run, cluster->name, top->namespace, top->kind, top->name);
	if (!w)
		return arena_fail(&run->world->arena, err);
	w->suspended = suspended;
	return list_reads(run, top, w, err);
}

static int note_workloads(struct triage_run *run, struct error **err)
{
	for (size_t c = 0; c < run->world->clusters.len; c++) {
		const struct world_cluster *cluster = run->world->clusters.items[c];
		for (size_t i = 0; i < cluster->workloads.len; i++)
			if (note_workload(run, cluster, cluster->workloads.items[i], err) < 0)
				return -1;
	}
	return 0;
}

static int run_steps(struct triage_run *run, struct error **err)
{
	if (note_workloads(run, err) < 0 || triage_note_events(run, err) < 0 || triage_bad(run, err) < 0 ||
	    triage_sightings(run, err) < 0 || triage_images(run, err) < 0 || triage_tags(run, err) < 0 ||
	    triage_credentials(run, err) < 0 || triage_blocked(run, err) < 0 || triage_unknown(run, err) < 0)
		return -1;
	return triage_actions(run, err);
}

int triage_run(struct world *world, const struct incident *incident, const struct indicators *indicators,
	       struct triage *ret_triage, struct error **err)
{
	struct triage triage = { .incident = *incident };
	struct triage_run run = { .world = world, .incident = incident, .indicators = indicators, .triage = &triage };

	/* An open window has no end yet: nothing that is in place now can be newer than the breach. */
	run.cutoff = incident->window_to == TIME_UNSET ? world->as_of : incident->window_to;
	int result = run_steps(&run, err);
	map_release(&run.workloads);
	map_release(&run.older);
	map_release(&run.bad_names);
	map_release(&run.bad);
	map_release(&run.pulled_in_window);
	map_release(&run.pushed_in_window);
	if (result == 0)
		*ret_triage = triage;
	return result;
}
