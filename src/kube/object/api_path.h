/* Where an object lies on its API server. Within kube/object. */
#ifndef FOTHER_KUBE_OBJECT_API_PATH_H
#define FOTHER_KUBE_OBJECT_API_PATH_H

#include "kube/object/stream.h"

/* "/apis/apps/v1/namespaces/shop/deployments/web", "/api/v1/nodes/n1"; without a name that of the list. For people:
 * nothing is percent-encoded. In the arena. */
int api_path(const struct object_list_about *about, struct slice namespace, struct slice name, struct arena *arena,
	     struct slice *ret_path, struct error **err);

#endif
