/* What registries are asked for, from what clusters run and what an incident is about. Pure: a world in, names out.
 */
#ifndef FOTHER_CLI_REGISTRY_TARGETS_H
#define FOTHER_CLI_REGISTRY_TARGETS_H

#include "base/arena.h"
#include "collect/registry/registries.h"
#include "derive/world.h"

struct registry_wanted {
	struct slice_list registries, repositories; /* normalised: of the incident, or the filters */
	struct slice_list indicators;               /* of the incident: names among them are asked for too */
	/* Of an incident all repositories are asked for; of others those that images come from, and a registry that no
	 * image comes from as a whole. */
	bool whole;
};

/* Every name once, the wide ones first. All is copied into the arena: the world may go. world: NULL allowed. */
int registry_targets(const struct world *world, const struct registry_wanted *wanted, struct arena *arena,
		     struct registry_target **ret_targets, size_t *ret_count, struct error **err);

#endif
