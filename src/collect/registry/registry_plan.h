/* Which host is asked for what: targets joined by registry, mirrors in place of what they mirror.
 */
#ifndef FOTHER_COLLECT_REGISTRY_REGISTRY_PLAN_H
#define FOTHER_COLLECT_REGISTRY_REGISTRY_PLAN_H

#include "base/arena.h"
#include "collect/registry/registries.h"

struct registry_plan {
	struct slice registry; /* whose names records have */
	struct slice host;     /* that is asked; of a mirror another one */
	const struct registry_target *const *targets;
	size_t target_count;
	bool plain_http;
};

/* In the order in which registries are first named, each of its mirrors (all of them) in the order given. Texts are
 * those of the options. 0 or -1. */
int registry_plan_make(const struct registries_options *options, struct arena *arena, struct registry_plan **ret_plans,
		       size_t *ret_count, struct error **err);

/* Whether the catalog is wanted: a target is a whole registry, or what lies below a prefix. */
bool registry_plan_wants_list(const struct registry_plan *plan);
/* Whether a repository of the catalog is wanted; data is the plan. */
bool registry_plan_wants(const void *data, struct slice repository);

#endif
