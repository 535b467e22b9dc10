#include "collect/registry/registry_read.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/map.h"

#define PROGRESS_EVERY_MS 500
/* So many refusals of its own API, one after the other: it will not tell more. */
#define REFUSALS_MAX 5

struct reading {
	struct registry_reading *given;
	int64_t read;
	struct image_walk *walk;
	struct image_walk_result counts;
	struct registry_own own;
	bool own_opened;
	struct map repositories; /* whose times are asked for */
	bool out_of_memory;      /* while a name was kept that nobody could be told of */
	struct slice unlisted;   /* why repositories could not be listed; not there: they were, or need not be */
	struct registry_times times;
	int64_t next_progress;
};

static void reading_release(struct reading *reading)
{
	image_walk_free(reading->walk);
	map_release(&reading->repositories);
}

/* --- what the walk asks and tells --- */
static bool is_stopped(void *data)
{
	struct reading *reading = data;
	const struct registry_reading *given = reading->given;
	int64_t now = clock_ms();
	if (given->progress && reading->walk && now >= reading->next_progress) {
		reading->next_progress = now + PROGRESS_EVERY_MS;
		given->progress(given->data, image_walk_progress(reading->walk));
	}
	return given->stopped && given->stopped(given->data);
}

static bool keep_repository(struct reading *reading, struct slice repository)
{
	void **place = reading->given->open_own ? map_put(&reading->repositories, repository) : NULL;
	if (place)
		*place = reading;
	return place || !reading->given->open_own;
}

static bool is_wanted(const void *data, struct slice repository)
{
	struct reading *reading = (struct reading *)(uintptr_t)data;
	if (!registry_plan_wants(reading->given->plan, repository))
		return false;
	reading->out_of_memory |= !keep_repository(reading, repository);
	return true;
}

static int walk_whole(struct reading *reading, struct slice repository, struct error **err)
{
	if (!keep_repository(reading, repository))
		return error_no_memory(err);
	return image_walk_repository(reading->walk, repository, err);
}

/* --- the first walk --- */
static int add_target(struct reading *reading, const struct registry_target *target, struct error **err)
{
	if (!target->repository.data || target->below)
		return 0; /* the catalog has them */
	if (!target->reference.data)
		return walk_whole(reading, target->repository, err);
	if (!keep_repository(reading, target->repository))
		return error_no_memory(err);
	return image_walk_reference(reading->walk, target->repository, target->reference, err);
}

static int run(struct reading *reading, struct error **err)
{
	if (image_walk_run(reading->walk, &reading->counts, err) < 0)
		return -1;
	return reading->out_of_memory ? error_no_memory(err) : 0;
}

static int walk_targets(struct reading *reading, struct error **err)
{
	const struct registry_reading *given = reading->given;
	const struct registry_plan *plan = given->plan;
	struct image_walk_options options = {
		.source = given->source,
		.sink = given->options->sink,
		.read = reading->read,
		.as_of = given->as_of,
		.registry = plan->registry,
		.known = given->options->known,
		.referrers = given->options->referrers,
		.catalog_optional = true,
		.stopped = is_stopped,
		.stopped_data = reading,
	};
	if (image_walk_new(&options, &reading->walk, err) < 0)
		return -1;
	for (size_t i = 0; i < plan->target_count; i++)
		if (add_target(reading, plan->targets[i], err) < 0)
			return -1;
	if (registry_plan_wants_list(plan) && image_walk_catalog(reading->walk, is_wanted, reading, err) < 0)
		return -1;
	return run(reading, err);
}

/* --- where there is no catalog --- */
static int open_own(struct reading *reading, struct error **err)
{
	const struct registry_reading *given = reading->given;
	if (reading->own_opened || !given->open_own || !reading->counts.answered)
		return 0;
	reading->own_opened = true;
	int opened = given->open_own(given->open_data, reading->read, &reading->own, err);
	if (opened == 0)
		reading->own = (struct registry_own){ 0 };
	return opened < 0 ? -1 : 0;
}

static int found(void *data, struct slice repository, struct error **err)
{
	struct reading *reading = data;
	return walk_whole(reading, repository, err);
}

static int put_listed(struct reading *reading, struct slice prefix, const char *outcome, struct slice why,
		      struct error **err)
{
	struct sink *sink = reading->given->options->sink;
	struct coverage coverage;
	record_init(&coverage_type, &coverage);
	coverage.read = reading->read;
	coverage.kind = SLICE("Repository");
	coverage.namespace = prefix.len ? prefix : SLICE("*");
	coverage.subtype = SLICE("*");
	coverage.outcome = slice_of(outcome);
	coverage.why = why;
	return sink->ops->put(sink, reading->read, &coverage_type, &coverage, err);
}

static const char *unlisted_outcome(enum image_outcome catalog)
{
	switch (catalog) {
	case IMAGE_FORBIDDEN:
		return "forbidden";
	case IMAGE_LIMITED:
	case IMAGE_INVALID:
	case IMAGE_FAILED:
		return "failed";
	case IMAGE_INTERRUPTED:
		return "interrupted";
	case IMAGE_PRESENT:
	case IMAGE_ABSENT:
	case IMAGE_UNSUPPORTED:
		break;
	}
	return "absent";
}

static int say_unlisted(struct reading *reading, const struct registry_target *target, struct slice own_why,
			struct error **err)
{
	struct arena *arena = &reading->given->arena;
	struct slice catalog = reading->counts.catalog_why;
	struct slice why = arena_printf(arena, "its repositories cannot be listed: %.*s%s%.*s",
					SLICE_ARG(catalog.len ? catalog : SLICE("it has no catalog")),
					own_why.len ? "; its own API: " : "", SLICE_ARG(own_why));
	if (!why.data)
		return arena_fail(arena, err);
	if (!reading->unlisted.data)
		reading->unlisted = why;
	if (put_listed(reading, target->repository, unlisted_outcome(reading->counts.catalog), why, err) < 0)
		return -1;
	return target->repository.data ? walk_whole(reading, target->repository, err) : 0;
}

static int list_otherwise(struct reading *reading, const struct registry_target *target, struct error **err)
{
	const struct registry_own *own = &reading->own;
	struct slice prefix = target->repository.data ? target->repository : SLICE(""), why = SLICE_NONE;
	int listed = own->repositories ? own->repositories(own->data, prefix, found, reading, &why, err) : 0;
	if (listed < 0)
		return -1;
	return listed ? put_listed(reading, prefix, "complete", SLICE_NONE, err)
		      : say_unlisted(reading, target, why, err);
}

static int walk_unlisted(struct reading *reading, struct error **err)
{
	const struct registry_plan *plan = reading->given->plan;
	const struct image_walk_result *counts = &reading->counts;
	if (counts->interrupted || !registry_plan_wants_list(plan) || counts->catalog == IMAGE_PRESENT ||
	    counts->catalog_names)
		return 0;
	for (size_t i = 0; i < plan->target_count; i++) {
		const struct registry_target *target = plan->targets[i];
		if ((!target->repository.data || target->below) && list_otherwise(reading, target, err) < 0)
			return -1;
	}
	return run(reading, err);
}

/* --- what its own API tells --- */
static int ask_times(struct reading *reading, struct error **err)
{
	const struct registry_own *own = &reading->own;
	size_t refused_in_a_row = 0;
	for (size_t i = 0; own->times && i < reading->repositories.len && refused_in_a_row < REFUSALS_MAX; i++) {
		struct slice why = SLICE_NONE;
		if (is_stopped(reading)) {
			reading->counts.interrupted = true;
			return 0;
		}
		int told = own->times(own->data, reading->repositories.items[i].key, &why, err);
		if (told < 0)
			return -1;
		reading->times.asked++;
		refused_in_a_row = told ? 0 : refused_in_a_row + 1;
		if (!told && !reading->times.refused++ &&
		    arena_copy(&reading->given->arena, why, &reading->times.why) < 0)
			return arena_fail(&reading->given->arena, err);
	}
	return 0;
}

static int read_source(struct reading *reading, struct error **err)
{
	if (walk_targets(reading, err) < 0 || open_own(reading, err) < 0 || walk_unlisted(reading, err) < 0)
		return -1;
	return reading->counts.interrupted ? 0 : ask_times(reading, err);
}

/* --- how it went --- */
static int judge(struct reading *reading, struct registry_result *result, struct error **err)
{
	struct arena *arena = &reading->given->arena;
	const struct image_walk_result *counts = &reading->counts;
	struct slice why = reading->given->closed;
	result->outcome = "failed";
	if (reading->given->source) {
		why = reading->unlisted.data ? reading->unlisted : counts->why;
		result->outcome = counts->interrupted                                                 ? "interrupted"
				  : !why.data                                                         ? "complete"
				  : !counts->answered && (counts->failures || reading->unlisted.data) ? "failed"
												      : "partial";
	}
	if (counts->failures > 1 && !reading->unlisted.data && why.data) {
		result->why = arena_printf(arena, "%zu could not be had, first %.*s", counts->failures, SLICE_ARG(why));
		return result->why.data ? 0 : arena_fail(arena, err);
	}
	return arena_copy(arena, why, &result->why) < 0 ? arena_fail(arena, err) : 0;
}

static int sum_up(struct reading *reading, struct registry_result *result, struct error **err)
{
	const struct registry_facts *facts = reading->given->facts;
	result->counts = reading->counts;
	result->counts.why = result->counts.catalog_why = SLICE_NONE; /* they end with the walk */
	if (facts) {
		result->requests = facts->requests;
		result->bytes = facts->bytes;
		result->tokens = facts->tokens;
	}
	if (judge(reading, result, err) < 0)
		return -1;
	return registry_notes_make(reading->given->plan, facts, &reading->times, &reading->given->arena, &result->notes,
				   err);
}

/* --- the read in the sink --- */
static int begin(struct reading *reading, struct error **err)
{
	const struct registry_reading *given = reading->given;
	struct sink *sink = given->options->sink;
	struct arena *arena = &reading->given->arena;
	struct slice host = given->plan->host;
	struct sink_scope scope = {
		.source = arena_printf(arena, "%s://%.*s/", given->plan->plain_http ? "http" : "https",
				       SLICE_ARG(host)),
		.source_kind = SLICE("registry"),
		.cluster_name = host,
		.cluster_uid = arena_printf(arena, REGISTRY_IDENTITY "%.*s", SLICE_ARG(host)),
		.as_of = given->as_of,
		.once = true,
	};
	if (!scope.source.data || !scope.cluster_uid.data)
		return arena_fail(arena, err);
	return sink->ops->begin(sink, &scope, &reading->read, err);
}

static int finish(struct reading *reading, const struct registry_result *result, struct error **err)
{
	const struct registry_reading *given = reading->given;
	struct sink *sink = given->options->sink;
	struct sink_end end = {
		.as_of = given->as_of,
		.as_of_from = given->options->as_of != TIME_UNSET ? SLICE("given") : SLICE("clock"),
		.outcome = slice_of(result->outcome),
		.why = result->why,
		.notes = result->notes,
		.objects = (int64_t)(result->counts.tags + result->counts.manifests),
		.defects = (int64_t)result->counts.defects,
	};
	return sink->ops->finish(sink, reading->read, &end, err);
}

static int read_all(struct reading *reading, struct registry_result *result, struct error **err)
{
	if (begin(reading, err) < 0)
		return -1;
	if (reading->given->source && read_source(reading, err) < 0)
		return -1;
	if (sum_up(reading, result, err) < 0)
		return -1;
	return finish(reading, result, err) < 0 ? -1 : 0;
}

int registry_read_all(struct registry_reading *given, struct registry_result *ret_result, struct error **err)
{
	CLEANUP(reading_release) struct reading reading = { .given = given };
	*ret_result = (struct registry_result){ .registry = given->plan->registry, .outcome = "failed" };
	return read_all(&reading, ret_result, err);
}
