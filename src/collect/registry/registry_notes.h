/* What all who use the answer of a registry must know of how it was had: "87 of 100 pulls left in 6h".
 */
#ifndef FOTHER_COLLECT_REGISTRY_REGISTRY_NOTES_H
#define FOTHER_COLLECT_REGISTRY_REGISTRY_NOTES_H

#include "collect/registry/registry_plan.h"
#include "oci/transport/registry.h"

/* How it went with the registry's own API. */
struct registry_times {
	size_t asked, refused; /* repositories */
	struct slice why;      /* of the first that was refused */
};

/* Into the arena; not there: nothing. facts NULL: it was not asked. 0 or -1. */
int registry_notes_make(const struct registry_plan *plan, const struct registry_facts *facts,
			const struct registry_times *times, struct arena *arena, struct slice *ret_notes,
			struct error **err);

#endif
