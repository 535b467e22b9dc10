#include "kube/object/decode.h"

#include "base/json_reader.h"
#include "base/limits.h"
#include "base/time.h"
#include "base/yaml_reader.h"
#include "kube_object/reading.h"

/* One object decoded, with what the decoder found. */
struct decoding {
	struct arena arena;
	struct json_reader json;
	struct decoder decoder;
	struct object object;
	int result;
	struct error *err;
};

static void decode(struct decoding *d, const char *text)
{
	struct token token;
	const struct shape *shape = NULL;
	memset(d, 0, sizeof *d);
	d->arena = (struct arena)ARENA_INIT(LIMIT_OBJECT_BYTES);
	check_ok(shape_make(&any_object, &d->arena, &shape, &d->err), &d->err);
	json_reader_init(&d->json, slice_of(text), 0);
	d->decoder =
		(struct decoder){ .reader = &d->json.reader, .arena = &d->arena, .shape = shape, .newest = TIME_UNSET };
	check_ok(reader_next(&d->json.reader, &token, &d->err), &d->err);
	d->result = decode_object(&d->decoder, &d->object, &d->err);
}

static void decoding_release(struct decoding *d)
{
	decoder_release(&d->decoder);
	json_reader_release(&d->json);
	arena_release(&d->arena);
	error_free(d->err);
}

#define DECODE(d, text)                                                                                                \
	CLEANUP(decoding_release) struct decoding d;                                                                   \
	decode(&d, text)

static const struct fault *only_fault(const struct decoding *d)
{
	assert_int_equal(d->decoder.fault_count, 1);
	return &d->decoder.faults[0];
}

static void check_fault(const char *text, const char *code, const char *pointer, bool fatal)
{
	DECODE(d, text);
	assert_int_equal(d.result, 0);
	assert_string_equal(only_fault(&d)->code, code);
	check_slice(only_fault(&d)->pointer, pointer);
	assert_int_equal(only_fault(&d)->fatal, fatal);
	assert_int_equal(d.decoder.fatal, fatal);
}

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

static void a_bad_time_is_a_fault_but_the_object_stays(void **state)
{
	check_fault(JSON({ "metadata" : { "creationTimestamp" : "yesterday" } }), FAULT_TIME,
		    "/metadata/creationTimestamp", false);
	check_fault(JSON({ "metadata" : { "creationTimestamp" : "9500-01-01T00:00:00Z" } }), FAULT_TIME,
		    "/metadata/creationTimestamp", false);
	check_fault(JSON({ "metadata" : { "creationTimestamp" : 7 } }), FAULT_TYPE, "/metadata/creationTimestamp",
		    true);
	DECODE(d, JSON({ "metadata" : { "creationTimestamp" : "9500-01-01T00:00:00Z" } }));
	assert_false(d.object.metadata->created.set);
	assert_int_equal(d.decoder.newest, TIME_UNSET);
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

static bool in_document(const struct decoding *d, struct slice text)
{
	const char *start = d->json.reader.document.data;
	return text.data >= start && text.data < start + d->json.reader.document.len;
}

static void text_is_borrowed_where_it_can_be(void **state)
{
	DECODE(d, "{\"kind\": \"Pod\", \"type\": \"a\\u0041\"}");
	assert_true(in_document(&d, d.object.kind));
	assert_false(in_document(&d, d.object.type));
	check_slice(d.object.type, "aA");
}

static void annotations_that_hold_objects_are_not_taken(void **state)
{
	DECODE(d, JSON({
		       "metadata" : {
			       "annotations" : {
				       "kubectl.kubernetes.io/last-applied-configuration" : "{\"data\":{}}",
				       "meta.helm.sh/release-name" : "web"
			       }
		       }
	       }));
	const struct managed_mark *mark = d.object.metadata->annotations.items;
	assert_int_equal(d.object.metadata->annotations.len, 1);
	check_slice(mark->name, "meta.helm.sh/release-name");
	check_slice(mark->value, "web");
}

static void data_is_kept_as_it_stands(void **state)
{
	DECODE(d, JSON({ "stringData" : { "p" : "plain" }, "data" : { "a" : "Y2VydA==", "n" : null } }));
	const struct data_value *value = d.object.data.items;
	assert_int_equal(d.object.data.len, 3);
	assert_true(value[0].is_text);
	assert_false(value[1].is_text);
	check_slice(value[1].key, "a");
	assert_true(in_document(&d, value[1].token.text));
	assert_false(secret_is_set(&value[1].copy));
	assert_true(value[2].is_null);
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

/* --- values of YAML --- */
struct yaml_decoding {
	struct arena arena;
	struct yaml_reader *yaml;
	struct decoder decoder;
	struct object object;
};

static void decode_yaml(struct yaml_decoding *d, struct slice text)
{
	struct error *err = NULL;
	const struct shape *shape = NULL;
	struct token token;
	memset(d, 0, sizeof *d);
	d->arena = (struct arena)ARENA_INIT(LIMIT_OBJECT_BYTES);
	d->yaml = yaml_reader_new(text, 0, &err);
	assert_non_null(d->yaml);
	check_ok(shape_make(&any_object, &d->arena, &shape, &err), &err);
	d->decoder = (struct decoder){ .reader = yaml_reader_reader(d->yaml), .arena = &d->arena, .shape = shape };
	check_ok(reader_next(d->decoder.reader, &token, &err), &err);
	check_ok(decode_object(&d->decoder, &d->object, &err), &err);
}

static void yaml_decoding_release(struct yaml_decoding *d)
{
	decoder_release(&d->decoder);
	yaml_reader_free(d->yaml);
	arena_release(&d->arena);
}

static void what_may_be_a_config_is_copied_into_secret_memory(void **state)
{
	CLEANUP(yaml_decoding_release) struct yaml_decoding d;
	decode_yaml(&d,
		    SLICE("data:\n  .dockercfg: Y2VydA==\n  b: |\n    eyJh\n    Ijox\n  cert: Y2VydA==\n  n: null\n"));
	const struct data_value *value = d.object.data.items;
	assert_int_equal(d.object.data.len, 4);
	check_slice(secret_reveal(&value[0].copy), "Y2VydA==");
	check_slice(secret_reveal(&value[1].copy), "eyJh\nIjox\n");
	assert_true(value[2].is_other);
	assert_false(secret_is_set(&value[2].copy));
	assert_true(value[3].is_null);
	decoder_release(&d.decoder);
	assert_false(secret_is_set(&value[0].copy));
	assert_false(secret_is_set(&value[1].copy));
}

/* The secure heap is small: neither a large value nor very many small ones may fill it. */
static void no_more_is_copied_than_a_secret_may_hold(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_ROW_BYTES);
	CLEANUP(yaml_decoding_release) struct yaml_decoding d;
	size_t copied = 0;
	strbuf_add_text(&text, "data:\n  .dockercfg: \"");
	strbuf_add_repeat(&text, 'e', LIMIT_SECRET_BYTES);
	strbuf_add_text(&text, "\"\nstringData:\n");
	for (size_t i = 0; i < LIMIT_SECRET_BYTES / 32; i++)
		strbuf_addf(&text, "  a%zu: \"{\"\n", i);
	decode_yaml(&d, strbuf_slice(&text));
	const struct data_value *value = d.object.data.items;
	assert_true(value[0].is_too_large);
	for (size_t i = 1; i < d.object.data.len; i++)
		copied += secret_is_set(&value[i].copy);
	assert_int_equal(d.object.data.len, 1 + LIMIT_SECRET_BYTES / 32);
	assert_true(copied > 1000 && copied < LIMIT_SECRET_BYTES / 64);
	assert_true(value[d.object.data.len - 1].is_too_large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_type_is_a_fault_with_its_pointer),
		cmocka_unit_test(decoding_goes_on_behind_a_fault),
		cmocka_unit_test(no_more_than_some_faults_are_kept),
		cmocka_unit_test(null_is_absent),
		cmocka_unit_test(empty_and_absent_lists_differ),
		cmocka_unit_test(names_are_case_sensitive),
		cmocka_unit_test(a_name_with_escapes_is_the_same_name),
		cmocka_unit_test(of_a_name_that_stands_twice_the_last_wins),
		cmocka_unit_test(a_replaced_list_keeps_nothing_of_the_old_one),
		cmocka_unit_test(a_bad_time_is_a_fault_but_the_object_stays),
		cmocka_unit_test(the_newest_time_is_found_in_every_place),
		cmocka_unit_test(who_owns_the_data_is_seen),
		cmocka_unit_test(text_is_borrowed_where_it_can_be),
		cmocka_unit_test(annotations_that_hold_objects_are_not_taken),
		cmocka_unit_test(data_is_kept_as_it_stands),
		cmocka_unit_test(a_document_that_ends_inside_is_dead),
		cmocka_unit_test(a_full_arena_is_a_limit_not_a_death),
		cmocka_unit_test(what_may_be_a_config_is_copied_into_secret_memory),
		cmocka_unit_test(no_more_is_copied_than_a_secret_may_hold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
