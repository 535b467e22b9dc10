/* How a pod reaches the API server of its own cluster: "Accessing the Kubernetes API from a Pod" in the Kubernetes
 * documentation, client-go rest.InClusterConfig. Within kube/client.
 */
#ifndef FOTHER_KUBE_CLIENT_IN_CLUSTER_H
#define FOTHER_KUBE_CLIENT_IN_CLUSTER_H

#include "kube/client/access_internal.h"

/* Where a pod finds what it needs; tests say something else. */
struct in_cluster {
	const char *host, *port; /* KUBERNETES_SERVICE_HOST, _PORT; NULL and "": not set */
	const char *folder;      /* token, ca.crt, namespace */
};
struct in_cluster in_cluster_of_process(void);
bool in_cluster_is_there(const struct in_cluster *where);
int in_cluster_access(const struct in_cluster *where, struct kube_access **ret_access, struct error **err);

#endif
