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

static int count_readers(struct triage_run *run, struct error **err)
{
	for (size_t i = 0; i < run->world->secrets.len; i++) {
		const struct world_secret *secret = run->world->secrets.items[i];
		for (size_t u = 0; secret->current && u < secret->uses.len; u++) {
			const struct world_use *use = secret->uses.items[u];
			if (use->relation != USE_READS || !use->workload)
				continue;
			struct triage_workload *w = triage_workload(run, secret->cluster->name,
								    use->workload->namespace, use->workload->kind,
								    use->workload->name);
			if (!w)
				return arena_fail(&run->world->arena, err);
			w->reads++;
		}
	}
	return 0;
}

static int note_suspended(struct triage_run *run, struct error **err)
{
	for (size_t c = 0; c < run->world->clusters.len; c++) {
		const struct world_cluster *cluster = run->world->clusters.items[c];
		for (size_t i = 0; i < cluster->workloads.len; i++) {
			const struct world_workload *top = cluster->workloads.items[i];
			if (!top->record || top->record->suspended != BOOL_TRUE)
				continue;
			struct triage_workload *w = triage_workload(run, cluster->name, top->namespace, top->kind,
								    top->name);
			if (!w)
				return arena_fail(&run->world->arena, err);
			w->suspended = true;
		}
	}
	return 0;
}

static int run_steps(struct triage_run *run, struct error **err)
{
	if (count_readers(run, err) < 0 || note_suspended(run, err) < 0 || triage_sightings(run, err) < 0 ||
	    triage_images(run, err) < 0 || triage_credentials(run, err) < 0 || triage_blocked(run, err) < 0 ||
	    triage_unknown(run, err) < 0)
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
	map_release(&run.bad_by_tag);
	if (result == 0)
		*ret_triage = triage;
	return result;
}
