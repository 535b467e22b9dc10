#include "kube_object/reading.h"

/* clang-format off */
static const char NAMESPACE[] = JSON({
	"apiVersion": "v1", "kind": "Namespace",
	"metadata": {"name": "kube-system", "uid": "7d0e-cluster", "creationTimestamp": "2026-01-01T00:00:00Z"},
	"spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}
});
/* clang-format on */

static void kube_system_tells_the_cluster(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(NAMESPACE);
	check_slice(only(&r, namespace)->name, "kube-system");
	check_slice(only(&r, namespace)->uid, "7d0e-cluster");
	assert_int_equal(only(&r, namespace)->created, INT64_C(1767225600) * USEC_PER_SECOND);
	check_slice(r.context.cluster_uid, "7d0e-cluster");
}

static void other_namespaces_do_not(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(
		JSON({ "apiVersion" : "v1", "kind" : "Namespace", "metadata" : { "name" : "shop", "uid" : "x" } }));
	check_slice(only(&r, namespace)->name, "shop");
	assert_null(r.context.cluster_uid.data);
}

static void a_custom_kind_of_that_name_does_not(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"apiVersion" : "corp.example/v1",
		"kind" : "Namespace",
		"metadata" : { "name" : "kube-system", "uid" : "x" }
	}));
	assert_int_equal(count(&r, namespace), 0);
	assert_null(r.context.cluster_uid.data);
}

static void yaml_gives_the_same(void **state)
{
	check_yaml_gives_the_same(NAMESPACE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kube_system_tells_the_cluster),
		cmocka_unit_test(other_namespaces_do_not),
		cmocka_unit_test(a_custom_kind_of_that_name_does_not),
		cmocka_unit_test(yaml_gives_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
