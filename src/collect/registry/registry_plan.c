#include "collect/registry/registry_plan.h"

#include "model/reference.h"

struct planning {
	const struct registries_options *options;
	struct arena *arena;
	struct registry_plan *plans;
	size_t count, capacity;
};

/* --- who is asked --- */
static bool is_planned(const struct planning *planning, struct slice registry, struct slice host)
{
	for (size_t i = 0; i < planning->count; i++)
		if (slice_equal(planning->plans[i].registry, registry) && slice_equal(planning->plans[i].host, host))
			return true;
	return false;
}

static size_t count_targets(const struct registries_options *options, struct slice registry)
{
	size_t count = 0;
	for (size_t i = 0; i < options->target_count; i++)
		count += slice_equal(options->targets[i].registry, registry);
	return count;
}

static int gather(const struct planning *planning, struct registry_plan *plan, struct error **err)
{
	const struct registries_options *options = planning->options;
	const struct registry_target **targets = arena_zeroed(planning->arena, count_targets(options, plan->registry),
							      sizeof(struct registry_target *));
	if (!targets)
		return arena_fail(planning->arena, err);
	for (size_t i = 0; i < options->target_count; i++)
		if (slice_equal(options->targets[i].registry, plan->registry))
			targets[plan->target_count++] = &options->targets[i];
	plan->targets = targets;
	return 0;
}

static int add(struct planning *planning, struct slice registry, struct slice host, struct error **err)
{
	if (is_planned(planning, registry, host))
		return 0;
	struct registry_plan *plans = arena_grow(planning->arena, planning->plans, planning->count, &planning->capacity,
						 sizeof *plans);
	if (!plans)
		return arena_fail(planning->arena, err);
	planning->plans = plans;
	struct registry_plan *plan = &plans[planning->count++];
	plan->registry = registry;
	plan->host = host;
	plan->plain_http = slice_list_has(planning->options->plain_http, host);
	return gather(planning, plan, err);
}

static int add_hosts_of(struct planning *planning, struct slice registry, struct error **err)
{
	const struct registries_options *options = planning->options;
	bool mirrored = false;
	for (size_t i = 0; i < options->mirror_count; i++) {
		if (!slice_equal(options->mirrors[i].upstream, registry))
			continue;
		mirrored = true;
		if (add(planning, registry, options->mirrors[i].host, err) < 0)
			return -1;
	}
	return mirrored ? 0 : add(planning, registry, registry, err);
}

int registry_plan_make(const struct registries_options *options, struct arena *arena, struct registry_plan **ret_plans,
		       size_t *ret_count, struct error **err)
{
	struct planning planning = { .options = options, .arena = arena };
	for (size_t i = 0; i < options->target_count; i++) {
		bool is_first = i == 0 || !slice_equal(options->targets[i].registry, options->targets[i - 1].registry);
		if (is_first && add_hosts_of(&planning, options->targets[i].registry, err) < 0)
			return -1;
	}
	*ret_plans = planning.plans;
	*ret_count = planning.count;
	return 0;
}

/* --- what for --- */
bool registry_plan_wants_list(const struct registry_plan *plan)
{
	for (size_t i = 0; i < plan->target_count; i++)
		if (!plan->targets[i]->repository.data || plan->targets[i]->below)
			return true;
	return false;
}

bool registry_plan_wants(const void *data, struct slice repository)
{
	const struct registry_plan *plan = data;
	for (size_t i = 0; i < plan->target_count; i++) {
		const struct registry_target *target = plan->targets[i];
		if (!target->repository.data || (target->below && repository_below(repository, target->repository)))
			return true;
	}
	return false;
}
