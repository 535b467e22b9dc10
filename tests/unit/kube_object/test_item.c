#include "kube/object/item.h"

#include "kube_object/reading.h"

static void the_group_is_what_stands_before_the_slash(void **state)
{
	check_slice(api_group(SLICE("apps/v1")), "apps");
	check_slice(api_group(SLICE("events.k8s.io/v1")), "events.k8s.io");
	check_slice(api_group(SLICE("v1")), "");
	check_slice(api_group(SLICE_NONE), "");
}

static void absent_values_are_unknown(void **state)
{
	assert_int_equal(optional_time((struct optional){ 0 }), TIME_UNSET);
	assert_int_equal(optional_int((struct optional){ 0 }), INT_UNKNOWN);
	assert_int_equal(optional_int((struct optional){ true, 0 }), 0);
	assert_int_equal(flag_truth(FLAG_ABSENT), BOOL_UNKNOWN);
	assert_int_equal(flag_truth(FLAG_FALSE), BOOL_FALSE);
	assert_int_equal(flag_truth(FLAG_TRUE), BOOL_TRUE);
}

static const char *secret_with_metadata(const char *metadata)
{
	static char json[2048];
	snprintf(
		json, sizeof json,
		"{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"type\": \"kubernetes.io/dockercfg\", \"data\": {\".dockercfg\": \"e30=\"},"
		"\"metadata\": {\"name\": \"hub\", \"namespace\": \"shop\", %s}}",
		metadata);
	return json;
}

static void owners_labels_and_annotations_tell_the_manager(void **state)
{
	static const struct {
		const char *metadata, *manager;
	} cases[] = {
		{ "\"ownerReferences\": [{\"apiVersion\": \"external-secrets.io/v1\", \"kind\": \"ExternalSecret\", \"name\": \"x\"}]",
		  "External Secrets" },
		{ "\"ownerReferences\": [{\"apiVersion\": \"bitnami.com/v1alpha1\", \"kind\": \"SealedSecret\", \"name\": \"x\"}]",
		  "Sealed Secrets" },
		{ "\"labels\": {\"kustomize.toolkit.fluxcd.io/name\": \"apps\"}", "Flux" },
		{ "\"annotations\": {\"meta.helm.sh/release-name\": \"web\"}", "Helm" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEANUP(reading_release) struct reading r = reading_of(secret_with_metadata(cases[i].metadata));
		check_slice(only(&r, secret)->managed_by, cases[i].manager);
		assert_non_null(only(&r, secret)->managed_at.data);
	}
	CLEANUP(reading_release) struct reading r = reading_of(secret_with_metadata("\"labels\": {}"));
	assert_null(only(&r, secret)->managed_by.data);
}

static void only_a_controller_is_the_owner(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"apiVersion" : "v1",
		"kind" : "Pod",
		"metadata" : {
			"name" : "a",
			"ownerReferences" : [
				{ "apiVersion" : "v1", "kind" : "Node", "name" : "n", "controller" : false },
				{ "apiVersion" : "v1", "kind" : "Thing", "name" : "t" }
			]
		}
	}));
	assert_null(only(&r, pod)->owner_kind.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_group_is_what_stands_before_the_slash),
		cmocka_unit_test(absent_values_are_unknown),
		cmocka_unit_test(owners_labels_and_annotations_tell_the_manager),
		cmocka_unit_test(only_a_controller_is_the_owner),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
