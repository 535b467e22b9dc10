/* Who manages a Kubernetes object, for what that means to a change.
 *
 * Told from the marks that managers leave (owner, label, annotation), else from an owner that no row knows ("owner"),
 * else from who last wrote the data: a known controller, or "other writer" for a name that is not one of the tools of
 * persons. What Flux was told to leave alone is not managed. The source of a replicator is not either: a change there
 * is what is wanted. A kustomize name with a hash at its end cannot be told from any other name.
 *
 * Sources: the marks in the documentation and code of each manager.
 */
#ifndef FOTHER_CREDENTIAL_MANAGED_H
#define FOTHER_CREDENTIAL_MANAGED_H

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

struct managed_mark {
	struct slice name, value;
};

/* The parts of an object's metadata that tell. All borrowed. */
struct managed_object {
	struct slice namespace, name;
	const struct managed_mark *labels, *annotations;
	size_t label_count, annotation_count;
	const struct managed_mark *owners; /* name: "Kind.group", value: name of the owner */
	size_t owner_count;
	struct slice data_manager; /* managedFields manager that last wrote data; not there when unknown */
};

struct managed_by {
	const char *manager; /* "External Secrets", "Sealed Secrets", "Argo CD", ...; NULL: nothing says so; a constant
			      */
	struct slice at;     /* where to change it instead: "ExternalSecret shop/hub", in the arena; not there without
				manager */
};

/* The strongest manager first (one that reverts at once before one that reverts at the next upgrade). */
int managed_by_of(const struct managed_object *object, struct arena *arena, struct managed_by *ret_managed,
		  struct error **err);

#endif
