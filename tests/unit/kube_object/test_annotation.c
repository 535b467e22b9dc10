#include "kube/object/annotation.h"

#include "support/check.h"

static void what_tells_a_manager_is_kept(void **state)
{
	assert_true(annotation_kept(SLICE("reconcile.external-secrets.io/data-hash")));
	assert_true(annotation_kept(SLICE("sealedsecrets.bitnami.com/managed")));
	assert_true(annotation_kept(SLICE("argocd.argoproj.io/tracking-id")));
	assert_true(annotation_kept(SLICE("kustomize.toolkit.fluxcd.io/ssa")));
	assert_true(annotation_kept(SLICE("meta.helm.sh/release-name")));
	assert_true(annotation_kept(SLICE("replicator.v1.mittwald.de/replicated-at")));
	assert_true(annotation_kept(SLICE("reflector.v1.k8s.emberstack.com/reflects")));
	assert_true(annotation_kept(SLICE("app.kubernetes.io/managed-by")));
}

static void copies_of_objects_are_not(void **state)
{
	assert_false(annotation_kept(SLICE("kubectl.kubernetes.io/last-applied-configuration")));
	assert_false(annotation_kept(SLICE("objectset.rio.cattle.io/applied")));
	assert_false(annotation_kept(SLICE("kapp.k14s.io/original")));
}

static void others_are_not(void **state)
{
	assert_false(annotation_kept(SLICE("password")));
	assert_false(annotation_kept(SLICE("helm.sh")));
	assert_false(annotation_kept(SLICE("")));
	assert_false(annotation_kept(SLICE("/argoproj.io")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_tells_a_manager_is_kept),
		cmocka_unit_test(copies_of_objects_are_not),
		cmocka_unit_test(others_are_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
