/* Who manages a Kubernetes object, for what that means to a change: facts/kubernetes.md A5. */
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
	const char *manager; /* "External Secrets", "Sealed Secrets", "Argo CD", ...; NULL: nothing says so */
	struct slice at;     /* where to change it instead: "ExternalSecret shop/hub", in the arena */
};

/* The strongest manager first (one that reverts at once before one that reverts at the next upgrade). */
int managed_by_of(const struct managed_object *object, struct arena *arena, struct managed_by *ret_managed,
		  struct error **err);

#endif
