#include "kube/object/decode_internal.h"

#include "kube_object/decoding.h"

static void a_wrong_type_is_a_fault_with_its_pointer(void **state)
{
	check_fault(JSON({ "kind" : 5 }), FAULT_TYPE, "/kind", true);
	check_fault(JSON({ "immutable" : "true" }), FAULT_TYPE, "/immutable", true);
	check_fault(JSON({ "spec" : [] }), FAULT_TYPE, "/spec", true);
	check_fault(JSON({ "spec" : { "containers" : {} } }), FAULT_TYPE, "/spec/containers", true);
	check_fault(JSON({ "spec" : { "replicas" : 1.5 } }), FAULT_TYPE, "/spec/replicas", true);
	check_fault(JSON({ "spec" : { "replicas" : "2" } }), FAULT_TYPE, "/spec/replicas", true);
	check_fault(
		JSON({
			"spec" : {
				"containers" :
					[ {}, { "env" : [ { "valueFrom" : { "secretKeyRef" : { "name" : true } } } ] } ]
			}
		}),
		FAULT_TYPE, "/spec/containers/1/env/0/valueFrom/secretKeyRef/name", true);
	check_fault(JSON({ "metadata" : { "labels" : { "a/b~c" : 1 } } }), FAULT_TYPE, "/metadata/labels/a~1b~0c",
		    true);
	check_fault(JSON({ "metadata" : { "annotations" : { "x" : {} } } }), FAULT_TYPE, "/metadata/annotations/x",
		    true);
	check_fault(JSON({ "metadata" : { "managedFields" : [ { "fieldsV1" : "x" } ] } }), FAULT_TYPE,
		    "/metadata/managedFields/0/fieldsV1", true);
	check_fault(JSON({ "data" : { "a" : ["x"] } }), FAULT_TYPE, "/data/a", true);
	check_fault(JSON({ "status" : { "images" : [ { "names" : [ "a", 7 ] } ] } }), FAULT_TYPE,
		    "/status/images/0/names/1", true);
	check_fault(JSON({ "items" : 7 }), FAULT_TYPE, "/items", true);
}

static void no_more_than_some_faults_are_kept(void **state)
{
	char text[4096] = "{\"imagePullSecrets\": [";
	for (int i = 0; i < 100; i++)
		snprintf(text + strlen(text), 32, "%s%d", i ? "," : "", i);
	snprintf(text + strlen(text), 32, "]}");
	DECODE(d, text);
	assert_int_equal(d.result, 0);
	assert_int_equal(d.decoder.fault_count, DECODE_FAULTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_type_is_a_fault_with_its_pointer),
		cmocka_unit_test(no_more_than_some_faults_are_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
