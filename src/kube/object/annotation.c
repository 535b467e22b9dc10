#include "kube/object/annotation.h"

#include <stddef.h>

/* The part of the name before its slash ends so. */
static const char *const managers[] = {
	"external-secrets.io", /* External Secrets */
	"bitnami.com",         /* Sealed Secrets */
	"argoproj.io",         /* Argo CD */
	"fluxcd.io",           /* Flux */
	"helm.sh",             /* Helm */
	"replicator.v1.mittwald.de",
	"emberstack.com",        /* reflector */
	"app.kubernetes.io",     /* managed-by, of imagepullsecret-patcher among others */
	"secrets.hashicorp.com", /* Vault Secrets Operator */
	"secrets-store.csi.x-k8s.io",
	"secrets-store.csi.k8s.io",
	"kyverno.io",
	"hnc.x-k8s.io",
	"onepassword.com",
	"1password.io",
	"openshift.io",
};

bool annotation_kept(struct slice name)
{
	struct slice domain, rest;
	if (!slice_cut(name, '/', &domain, &rest))
		return false;
	for (size_t i = 0; i < sizeof managers / sizeof managers[0]; i++) {
		if (slice_ends_with(domain, managers[i]))
			return true;
	}
	return false;
}
