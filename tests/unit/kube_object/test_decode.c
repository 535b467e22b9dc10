#include "kube/object/decode.h"

#include "base/time.h"
#include "kube_object/decoding.h"

static void decoding_goes_on_behind_a_fault(void **state)
{
	DECODE(d, JSON({
		       "spec" : { "containers" : { "a" : [ 1, { "b" : 2 } ] }, "nodeName" : "n" },
		       "kind" : "Pod",
		       "metadata" : { "name" : [[ { "x" : 1 } ]], "namespace" : "s" },
		       "type" : "t"
	       }));
	assert_int_equal(d.result, 0);
	assert_int_equal(d.decoder.fault_count, 2);
	check_slice(d.object.kind, "Pod");
	check_slice(d.object.spec->node_name, "n");
	check_slice(d.object.metadata->namespace, "s");
	check_slice(d.object.type, "t");
	check_slice(d.decoder.faults[1].pointer, "/metadata/name");
}

static void null_is_absent(void **state)
{
	DECODE(d, JSON({
		       "kind" : null,
		       "spec" : null,
		       "data" : null,
		       "immutable" : null,
		       "metadata" : { "labels" : null, "creationTimestamp" : null, "ownerReferences" : [null] },
		       "items" : null
	       }));
	assert_int_equal(d.decoder.fault_count, 0);
	assert_null(d.object.kind.data);
	assert_null(d.object.spec);
	assert_int_equal(d.object.immutable, FLAG_ABSENT);
	assert_false(d.object.data.present);
	assert_false(d.object.has_items);
	assert_int_equal(d.object.metadata->owners.len, 1);
}

static void empty_and_absent_lists_differ(void **state)
{
	DECODE(d, JSON({ "spec" : { "containers" : [], "imagePullSecrets" : [] } }));
	assert_true(d.object.spec->containers.present);
	assert_false(d.object.spec->volumes.present);
}

static void names_are_case_sensitive(void **state)
{
	DECODE(d, JSON({ "Kind" : "Pod", "METADATA" : 5, "kind " : 6 }));
	assert_int_equal(d.decoder.fault_count, 0);
	assert_null(d.object.kind.data);
}

static void a_name_with_escapes_is_the_same_name(void **state)
{
	DECODE(d, "{\"\\u006bind\": \"P\\u006fd\", \"\\u0000\": 1}");
	check_slice(d.object.kind, "Pod");
}

static void of_a_name_that_stands_twice_the_last_wins(void **state)
{
	check_fault(JSON({ "kind" : "Pod", "kind" : "Secret" }), FAULT_DUPLICATE, "/kind", false);
	DECODE(d, JSON({
		       "kind" : "Pod",
		       "kind" : "Secret",
		       "spec" : { "containers" : [ { "name" : "a" }, { "name" : "b" } ] },
		       "spec" : { "nodeName" : "n", "containers" : [ { "image" : "c" } ] },
		       "metadata" : { "labels" : { "a" : "1" } },
		       "metadata" : { "labels" : { "b" : "2" } }
	       }));
	check_slice(d.object.kind, "Secret");
	assert_int_equal(d.decoder.fault_count, 3);
	assert_int_equal(d.object.spec->containers.len, 1); /* lists are replaced */
	check_slice(d.object.spec->node_name, "n");         /* objects and maps are merged */
	assert_int_equal(d.object.metadata->labels.len, 2);
}

static void a_replaced_list_keeps_nothing_of_the_old_one(void **state)
{
	DECODE(d, JSON({ "spec" : { "containers" : [ { "name" : "a" } ], "containers" : [ { "image" : "c" } ] } }));
	const struct container_spec *container = d.object.spec->containers.items;
	assert_null(container->name.data);
	check_slice(container->image, "c");
}

static void the_newest_time_is_found_in_every_place(void **state)
{
	static const char *const texts[] = {
		JSON({ "metadata" : { "creationTimestamp" : "2026-11-20T08:00:00Z" } }),
		JSON({ "metadata" : { "managedFields" : [ { "time" : "2026-11-20T08:00:00Z" } ] } }),
		JSON({ "status" : { "startTime" : "2026-11-20T08:00:00Z" } }),
		JSON({ "status" : { "conditions" : [ { "lastHeartbeatTime" : "2026-11-20T08:00:00Z" } ] } }),
		JSON({ "status" : { "conditions" : [ { "lastTransitionTime" : "2026-11-20T08:00:00Z" } ] } }),
		JSON({
			"status" : {
				"containerStatuses" :
					[ { "state" : { "running" : { "startedAt" : "2026-11-20T08:00:00Z" } } } ]
			}
		}),
		JSON({
			"status" : {
				"initContainerStatuses" :
					[ { "state" : { "terminated" : { "finishedAt" : "2026-11-20T08:00:00Z" } } } ]
			}
		}),
		JSON({ "status" : { "completionTime" : "2026-11-20T08:00:00Z" } }),
		JSON({ "status" : { "lastScheduleTime" : "2026-11-20T08:00:00Z" } }),
		JSON({ "lastTimestamp" : "2026-11-20T08:00:00Z" }),
		JSON({ "eventTime" : "2026-11-20T08:00:00.000000Z" }),
		JSON({ "series" : { "lastObservedTime" : "2026-11-20T08:00:00Z" } }),
	};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		DECODE(d, texts[i]);
		assert_int_equal(d.decoder.newest, INT64_C(1795161600) * USEC_PER_SECOND);
	}
	DECODE(d, JSON({ "metadata" : { "deletionTimestamp" : "2026-11-20T08:00:00Z" } })); /* may lie in the future */
	assert_int_equal(d.decoder.newest, TIME_UNSET);
}

static void who_owns_the_data_is_seen(void **state)
{
	DECODE(d, JSON({
		       "metadata" : {
			       "managedFields" : [
				       { "manager" : "a", "fieldsV1" : { "f:data" : { "f:x" : {} }, "f:type" : {} } },
				       { "manager" : "b", "fieldsV1" : { "f:metadata" : { "f:data" : {} } } },
				       { "manager" : "c" }
			       ]
		       }
	       }));
	const struct managed_fields *entry = d.object.metadata->managed_fields.items;
	assert_true(entry[0].owns_data);
	assert_false(entry[1].owns_data);
	assert_false(entry[2].owns_data);
}

static void a_document_that_ends_inside_is_dead(void **state)
{
	DECODE(d, "{\"kind\": \"Pod\", \"spec\": {\"containers\": [");
	assert_int_equal(d.result, -1);
	assert_true(d.decoder.dead);
	check_error(&d.err, ERROR_SYNTAX, "");
}

static void a_full_arena_is_a_limit_not_a_death(void **state)
{
	CLEANUP(decoding_release) struct decoding d;
	struct token token;
	decode(&d, "{}");
	d.arena.max = d.arena.used;
	json_reader_init(&d.json, SLICE("{\"kind\": \"\\u0041\", \"imagePullSecrets\": [{},{},{},{},{}]}"), 0);
	check_ok(reader_next(&d.json.reader, &token, &d.err), &d.err);
	while (arena_bytes(&d.arena, 64))
		;
	assert_int_equal(decode_object(&d.decoder, &d.object, &d.err), -1);
	assert_false(d.decoder.dead);
	check_error(&d.err, ERROR_LIMIT, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decoding_goes_on_behind_a_fault),
		cmocka_unit_test(null_is_absent),
		cmocka_unit_test(empty_and_absent_lists_differ),
		cmocka_unit_test(names_are_case_sensitive),
		cmocka_unit_test(a_name_with_escapes_is_the_same_name),
		cmocka_unit_test(of_a_name_that_stands_twice_the_last_wins),
		cmocka_unit_test(a_replaced_list_keeps_nothing_of_the_old_one),
		cmocka_unit_test(the_newest_time_is_found_in_every_place),
		cmocka_unit_test(who_owns_the_data_is_seen),
		cmocka_unit_test(a_document_that_ends_inside_is_dead),
		cmocka_unit_test(a_full_arena_is_a_limit_not_a_death),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
