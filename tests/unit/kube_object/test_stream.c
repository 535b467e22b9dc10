#include "kube/object/stream.h"

#include "base/json_reader.h"
#include "base/limits.h"
#include "kube_object/reading.h"
#include "support/mangle.h"
#include "support/torture.h"

static const struct object_list_about SECRETS = {
	.kind = { "Secret", 6 },
	.group = { "", 0 },
	.version = { "v1", 2 },
	.resource = { "secrets", 7 },
	.namespace = { "*", 1 },
	.subtype = { "kubernetes.io/dockerconfigjson", 30 },
};

static struct object_list_about about_of(const char *kind, const char *group, const char *resource)
{
	return (struct object_list_about){
		.kind = slice_of(kind),
		.group = slice_of(group),
		.version = SLICE("v1"),
		.resource = slice_of(resource),
		.namespace = SLICE("*"),
		.subtype = SLICE("*"),
	};
}

static struct object_stream *open_stream(struct reading *r, const struct object_list_about *about)
{
	struct error *err = NULL;
	struct object_stream *stream = NULL;
	check_ok(object_stream_open(&r->context, about, &stream, &err), &err);
	return stream;
}

static void take(struct object_stream *stream, const char *item)
{
	struct error *err = NULL;
	check_ok(object_stream_json(stream, slice_of(item), &err), &err);
}

static void close_as(struct object_stream *stream, const char *outcome)
{
	struct error *err = NULL;
	struct object_stream_end end = { slice_of(outcome), SLICE_NONE };
	check_ok(object_stream_close(stream, &end, &err), &err);
}

static const char HUB[] = JSON({
	"metadata" : {
		"name" : "hub",
		"namespace" : "shop",
		"uid" : "s-1",
		"resourceVersion" : "77",
		"managedFields" :
			[ { "manager" : "kubectl", "time" : "2026-11-05T00:00:00Z", "fieldsV1" : { "f:data" : {} } } ]
	},
	"data" : { ".dockerconfigjson" : "eyJhdXRocyI6eyJxdWF5LmlvIjp7ImF1dGgiOiJZVHBpIn19fQ==" },
	"type" : "kubernetes.io/dockerconfigjson"
});

/* --- records --- */
static void check_the_same_as_a_dump(const char *item, const char *kind, const char *group)
{
	CLEANUP(strbuf_release) struct strbuf document = STRBUF_INIT(LIMIT_MIB);
	CLEANUP(strbuf_release) struct strbuf live = STRBUF_INIT(LIMIT_MIB), dumped = STRBUF_INIT(LIMIT_MIB);
	CLEANUP(reading_release) struct reading a, b;
	struct object_list_about about = about_of(kind, group, "things");
	strbuf_addf(&document, "{\"kind\": \"%sList\", \"apiVersion\": \"%s%sv1\", \"items\": [%s]}", kind, group,
		    *group ? "/" : "", item);
	reading_start(&a);
	reading_start(&b);
	reading_json(&a, strbuf_slice(&document));
	struct object_stream *stream = open_stream(&b, &about);
	take(stream, item);
	assert_int_equal(object_stream_objects(stream), 1);
	object_stream_free(stream);
	reading_text(&a, &dumped);
	reading_text(&b, &live);
	assert_string_equal(strbuf_text(&live), strbuf_text(&dumped));
	assert_int_equal(a.context.newest, b.context.newest);
	assert_int_equal(a.context.objects, b.context.objects);
	assert_true(b.memory.record_count > 0);
}

static void records_are_those_of_a_dump(void **state)
{
	check_the_same_as_a_dump(HUB, "Secret", "");
	check_the_same_as_a_dump(
		JSON({ "metadata" : { "name" : "n", "uid" : "u" }, "status" : { "images" : [ { "names" : ["a"] } ] } }),
		"Node", "");
	check_the_same_as_a_dump(
		JSON({
			"metadata" : { "name" : "web", "namespace" : "shop" },
			"spec" : { "template" : { "spec" : { "containers" : [ { "name" : "c", "image" : "i" } ] } } }
		}),
		"Deployment", "apps");
	check_the_same_as_a_dump(
		JSON({
			"metadata" : { "name" : "web", "namespace" : "shop" },
			"spec" : { "template" : { "spec" : { "containers" : [ { "name" : "c", "image" : "i" } ] } } }
		}),
		"Rollout", "argoproj.io");
}

static void a_custom_object_without_a_template_gives_no_record(void **state)
{
	CLEANUP(reading_release) struct reading r;
	struct object_list_about about = about_of("Rollout", "argoproj.io", "rollouts");
	reading_start(&r);
	struct object_stream *stream = open_stream(&r, &about);
	take(stream, JSON({ "metadata" : { "name" : "a" }, "spec" : { "template" : "x" } }));
	close_as(stream, "complete");
	check_slice(only(&r, coverage)->kind, "Rollout.argoproj.io");
	check_slice(only(&r, coverage)->outcome, "complete");
	assert_int_equal(only(&r, coverage)->objects, 1);
	assert_int_equal(r.memory.record_count, 1);
}

static void the_cluster_is_learnt_from_its_namespaces(void **state)
{
	CLEANUP(reading_release) struct reading r;
	struct object_list_about about = about_of("Namespace", "", "namespaces");
	reading_start(&r);
	struct object_stream *stream = open_stream(&r, &about);
	take(stream, JSON({
		     "metadata" : {
			     "name" : "kube-system",
			     "uid" : "cluster-uid",
			     "creationTimestamp" : "2026-01-02T03:04:05Z"
		     }
	     }));
	object_stream_free(stream);
	check_slice(r.context.cluster_uid, "cluster-uid");
	assert_int_equal(r.context.newest, INT64_C(1767323045000000));
	check_slice(only(&r, namespace)->name, "kube-system");
}

/* The time of the deletion itself, an hour before its grace ends. */
static void a_deletion_counts_for_the_newest_time(void **state)
{
	CLEANUP(reading_release) struct reading r;
	reading_start(&r);
	struct object_stream *stream = open_stream(&r, &SECRETS);
	take(stream, JSON({
		     "metadata" : {
			     "name" : "x",
			     "deletionTimestamp" : "2026-01-02T04:04:05Z",
			     "deletionGracePeriodSeconds" : 3600
		     }
	     }));
	object_stream_free(stream);
	assert_int_equal(r.context.newest, INT64_C(1767323045000000));
}

static void the_object_last_taken_is_known(void **state)
{
	CLEANUP(reading_release) struct reading r;
	reading_start(&r);
	struct object_stream *stream = open_stream(&r, &SECRETS);
	char *item = strdup(HUB);
	take(stream, item);
	memset(item, '#', strlen(HUB)); /* nothing is borrowed from it */
	free(item);
	check_slice(object_stream_last(stream)->namespace, "shop");
	check_slice(object_stream_last(stream)->name, "hub");
	check_slice(object_stream_last(stream)->uid, "s-1");
	check_slice(object_stream_last(stream)->resource_version, "77");
	take(stream, JSON({ "metadata" : { "resourceVersion" : "78" }, "type" : 5 }));
	assert_null(object_stream_last(stream)->name.data);
	check_slice(object_stream_last(stream)->resource_version, "78");
	take(stream, "{}");
	assert_null(object_stream_last(stream)->resource_version.data);
	object_stream_free(stream);
}

/* --- what is wrong with items --- */
static void a_defect_stands_at_the_objects_own_path(void **state)
{
	CLEANUP(reading_release) struct reading r;
	reading_start(&r);
	struct object_stream *stream = open_stream(&r, &SECRETS);
	take(stream, JSON({
		     "metadata" : { "name" : "bad", "namespace" : "shop", "uid" : "s-2" },
		     "data" : { ".dockerconfigjson" : "bm90IEpTT04=" },
		     "type" : "kubernetes.io/dockerconfigjson"
	     }));
	close_as(stream, "complete");
	check_slice(only(&r, defect)->file, "/api/v1/namespaces/shop/secrets/bad");
	assert_int_equal(r.context.objects, 1); /* read, whatever its value is */
	check_slice(only(&r, coverage)->outcome, "complete");
}

static void check_bad(const char *item, const char *code, const char *file, const char *place)
{
	CLEANUP(reading_release) struct reading r;
	CLEANUP(strbuf_release) struct strbuf why = STRBUF_INIT(4096);
	reading_start(&r);
	struct object_stream *stream = open_stream(&r, &SECRETS);
	take(stream, HUB);
	take(stream, item);
	take(stream, item);
	take(stream, HUB);
	assert_int_equal(object_stream_objects(stream), 2);
	close_as(stream, "complete");
	const struct defect *defect = nth(&r, defect, 0);
	check_slice(defect->object_kind, "Secret");
	check_slice(defect->code, code);
	check_slice(defect->file, file);
	check_slice(defect->place, place);
	assert_int_equal(count(&r, defect), 2);
	assert_int_equal(r.context.defects, 2);
	const struct coverage *coverage = only(&r, coverage);
	check_slice(coverage->outcome, "partial");
	strbuf_addf(&why, "%s: %s", file, code);
	check_slice(coverage->why, strbuf_text(&why));
	assert_int_equal(coverage->objects, 2);
}

static void a_bad_item_is_a_defect_and_the_next_is_read(void **state)
{
	check_bad(JSON({ "metadata" : { "name" : "x", "namespace" : "shop" }, "type" : [] }), "wrong_type",
		  "/api/v1/namespaces/shop/secrets/x", "/type");
	check_bad(JSON({ "metadata" : { "namespace" : "shop" } }), "no_name", "/api/v1/namespaces/shop/secrets",
		  "/metadata/name");
	check_bad("null", "bad_document", "/api/v1/secrets", "item 1");
	check_bad("[{}]", "bad_document", "/api/v1/secrets", "item 1");
	check_bad("{} {}", "bad_document", "/api/v1/secrets", "item 1");
	check_bad("", "bad_document", "/api/v1/secrets", "item 1");
	check_bad("{\"metadata\":{\"name\":\"x\",\"namespace\":\"shop\"},\"data\":{]}", "bad_document",
		  "/api/v1/namespaces/shop/secrets/x", "item 1");
}

static void an_item_that_was_lost_is_told(void **state)
{
	CLEANUP(reading_release) struct reading r;
	struct object_list_about about = SECRETS;
	struct error *err = NULL;
	about.namespace = SLICE("shop");
	reading_start(&r);
	struct object_stream *stream = open_stream(&r, &about);
	take(stream, HUB);
	check_ok(object_stream_lost(stream, "too_large", SLICE("an item of 9000000 bytes"), &err), &err);
	assert_null(object_stream_last(stream)->name.data);
	close_as(stream, "metadata");
	check_slice(only(&r, defect)->code, "too_large");
	check_slice(only(&r, defect)->namespace, "shop");
	check_slice(only(&r, defect)->message, "an item of 9000000 bytes");
	check_slice(only(&r, coverage)->outcome, "partial");
	check_slice(only(&r, coverage)->why, "/api/v1/namespaces/shop/secrets: too_large");
}

static void protobuf_of_a_kind_that_has_none_is_a_defect(void **state)
{
	CLEANUP(reading_release) struct reading r;
	struct object_list_about about = about_of("Rollout", "argoproj.io", "rollouts");
	struct error *err = NULL;
	reading_start(&r);
	struct object_stream *stream = open_stream(&r, &about);
	check_ok(object_stream_protobuf(stream, SLICE("\x0a\x00"), &err), &err);
	close_as(stream, "complete");
	check_slice(only(&r, defect)->code, "bad_document");
	check_slice(only(&r, coverage)->outcome, "partial");
}

static void an_object_that_fills_the_arena_is_too_large(void **state)
{
	CLEANUP(reading_release) struct reading r;
	CLEANUP(strbuf_release) struct strbuf item = STRBUF_INIT(LIMIT_OBJECT_BYTES);
	struct object_list_about about = about_of("Pod", "", "pods");
	reading_start(&r);
	strbuf_add_text(&item, "{\"metadata\":{\"name\":\"x\",\"namespace\":\"shop\"},\"spec\":{\"containers\":[{}");
	while (item.len < LIMIT_ITEM_BYTES)
		strbuf_add_text(&item, ",{}");
	strbuf_add_text(&item, "]}}");
	struct object_stream *stream = open_stream(&r, &about);
	take(stream, strbuf_text(&item));
	close_as(stream, "complete");
	check_slice(reading_defect(&r, "too_large")->file, "/api/v1/namespaces/shop/pods/x");
	check_slice(only(&r, coverage)->outcome, "partial");
}

/* --- coverage --- */
static void a_stream_gives_one_coverage_record(void **state)
{
	CLEANUP(reading_release) struct reading r;
	struct error *err = NULL;
	struct object_stream_end end = { SLICE("interrupted"), SLICE("stopped") };
	reading_start(&r);
	struct object_stream *stream = open_stream(&r, &SECRETS);
	take(stream, HUB);
	take(stream, "null");
	check_ok(object_stream_close(stream, &end, &err), &err);
	const struct coverage *coverage = only(&r, coverage);
	check_slice(coverage->kind, "Secret");
	check_slice(coverage->namespace, "*");
	check_slice(coverage->subtype, "kubernetes.io/dockerconfigjson");
	check_slice(coverage->outcome, "interrupted");
	check_slice(coverage->why, "stopped");
	assert_int_equal(coverage->objects, 1);
}

static void kinds_that_were_streamed_are_not_absent(void **state)
{
	CLEANUP(reading_release) struct reading r;
	reading_start(&r);
	close_as(open_stream(&r, &SECRETS), "complete");
	struct object_list_about about = about_of("Rollout", "argoproj.io", "rollouts");
	close_as(open_stream(&r, &about), "forbidden");
	reading_end(&r);
	check_slice(reading_coverage(&r, "Secret")->outcome, "complete");
	check_slice(reading_coverage(&r, "Rollout.argoproj.io")->outcome, "forbidden");
	check_slice(reading_coverage(&r, "Pod")->outcome, "absent");
}

/* --- metadata alone --- */
static void of_metadata_a_pull_secret_is_known_and_its_values_are_not(void **state)
{
	CLEANUP(reading_release) struct reading r;
	struct object_list_about about = SECRETS;
	about.metadata_only = true;
	reading_start(&r);
	struct object_stream *stream = open_stream(&r, &about);
	take(stream, HUB); /* a server that sends values all the same: they are not read */
	close_as(stream, "metadata");
	const struct secret *secret = only(&r, secret);
	check_slice(secret->type, "kubernetes.io/dockerconfigjson");
	assert_int_equal(secret->pull_type, BOOL_TRUE);
	assert_int_equal(secret->decodes, BOOL_UNKNOWN);
	assert_int_equal(secret->immutable, BOOL_UNKNOWN);
	check_slice(secret->data_written_by, "kubectl");
	assert_int_equal(count(&r, entry), 0);
	assert_int_equal(count(&r, defect), 0);
	check_slice(only(&r, coverage)->outcome, "metadata");
}

static void of_metadata_of_any_type_nothing_is_known(void **state)
{
	CLEANUP(reading_release) struct reading r;
	struct object_list_about about = SECRETS;
	about.metadata_only = true;
	about.subtype = SLICE("*");
	reading_start(&r);
	struct object_stream *stream = open_stream(&r, &about);
	take(stream, HUB);
	assert_int_equal(object_stream_objects(stream), 1);
	object_stream_free(stream);
	assert_int_equal(r.memory.record_count, 0);
}

static void of_kinds_that_metadata_says_too_little_about_it_is_refused(void **state)
{
	CLEANUP(reading_release) struct reading r;
	struct object_list_about about = about_of("Pod", "", "pods");
	struct object_stream *stream = NULL;
	struct error *err = NULL;
	about.metadata_only = true;
	reading_start(&r);
	assert_int_equal(object_stream_open(&r.context, &about, &stream, &err), -1);
	check_error(&err, ERROR_UNSUPPORTED, "Pod");
	about = about_of("Namespace", "", "namespaces");
	about.metadata_only = true;
	object_stream_free(open_stream(&r, &about));
}

/* --- memory, failure, damage --- */
static void nothing_is_remembered_of_single_objects(void **state)
{
	CLEANUP(reading_release) struct reading r;
	struct object_list_about about = about_of("Event", "", "events"); /* which are no record */
	reading_start(&r);
	struct object_stream *stream = open_stream(&r, &about);
	size_t kept = r.context.kept.used, scratch = 0;
	for (int i = 0; i < 20000; i++) {
		char item[256];
		snprintf(item, sizeof item,
			 "{\"metadata\":{\"name\":\"e-%d\",\"namespace\":\"n-%d\",\"uid\":\"u-%d\"},\"reason\":\"x\"}",
			 i, i, i);
		take(stream, item);
		if (i == 10) {
			scratch = r.context.scratch.used;
			torture_watch();
		}
	}
	assert_int_equal(torture_live_blocks(), 0);
	torture_unwatch();
	assert_int_equal(r.context.kept.used, kept);
	assert_int_equal(r.context.scratch.used, scratch);
	assert_int_equal(r.context.seen.len, 0);
	assert_int_equal(object_stream_objects(stream), 20000);
	object_stream_free(stream);
}

static void a_sink_that_fails_ends_the_reading(void **state)
{
	for (size_t after = 1; after <= 2; after++) {
		CLEANUP(reading_release) struct reading r;
		struct error *err = NULL;
		reading_start(&r);
		r.memory.fail_after = after;
		struct object_stream *stream = open_stream(&r, &SECRETS);
		assert_int_equal(object_stream_json(stream, slice_of(HUB), &err), -1);
		check_error(&err, ERROR_STORE, "");
		object_stream_free(stream);
	}
}

static int read_stream(void *data, struct error **err)
{
	struct reading *r = data;
	struct object_stream_end end = { SLICE("complete"), SLICE_NONE };
	struct object_stream *stream = NULL;
	struct object_context context;
	if (object_context_init(&context, &r->memory.sink, 1, &r->key, err) < 0 ||
	    object_stream_open(&context, &SECRETS, &stream, err) < 0) {
		object_context_release(&context);
		return -1;
	}
	int read = object_stream_json(stream, slice_of(HUB), err);
	if (read == 0)
		read = object_stream_json(stream, SLICE("{\"metadata\":5}"), err);
	if (read == 0)
		read = object_stream_lost(stream, "too_large", SLICE("an item of 9000000 bytes"), err);
	if (read == 0)
		read = object_stream_close(stream, &end, err);
	else
		object_stream_free(stream);
	object_context_release(&context);
	return read;
}

static int put_nothing(struct sink *sink, int64_t read, const struct record_type *type, const void *record,
		       struct error **err)
{
	return 0;
}

static void every_failed_allocation_is_told(void **state)
{
	static const struct sink_ops ops = { .put = put_nothing };
	CLEANUP(reading_release) struct reading r;
	reading_start(&r);
	const struct sink_ops *kept = r.memory.sink.ops;
	r.memory.sink.ops = &ops;
	torture(read_stream, &r);
	r.memory.sink.ops = kept;
}

/* Whatever happens to the bytes: a record, or a defect of this object. */
static void check_damaged(struct slice variant, size_t at, void *data)
{
	CLEANUP(reading_release) struct reading r;
	struct error *err = NULL;
	reading_start(&r);
	struct object_stream *stream = open_stream(&r, &SECRETS);
	check_ok(object_stream_json(stream, variant, &err), &err);
	assert_true(object_stream_objects(stream) + (int64_t)r.context.defects == 1);
	assert_true(r.context.defects == 0 || count(&r, defect) > 0);
	object_stream_free(stream);
}

static void damaged_items_are_records_or_defects(void **state)
{
	mangle_truncate(slice_of(HUB), check_damaged, NULL);
	mangle_flip(slice_of(HUB), check_damaged, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_those_of_a_dump),
		cmocka_unit_test(a_custom_object_without_a_template_gives_no_record),
		cmocka_unit_test(the_cluster_is_learnt_from_its_namespaces),
		cmocka_unit_test(a_deletion_counts_for_the_newest_time),
		cmocka_unit_test(the_object_last_taken_is_known),
		cmocka_unit_test(a_defect_stands_at_the_objects_own_path),
		cmocka_unit_test(a_bad_item_is_a_defect_and_the_next_is_read),
		cmocka_unit_test(an_item_that_was_lost_is_told),
		cmocka_unit_test(protobuf_of_a_kind_that_has_none_is_a_defect),
		cmocka_unit_test(an_object_that_fills_the_arena_is_too_large),
		cmocka_unit_test(a_stream_gives_one_coverage_record),
		cmocka_unit_test(kinds_that_were_streamed_are_not_absent),
		cmocka_unit_test(of_metadata_a_pull_secret_is_known_and_its_values_are_not),
		cmocka_unit_test(of_metadata_of_any_type_nothing_is_known),
		cmocka_unit_test(of_kinds_that_metadata_says_too_little_about_it_is_refused),
		cmocka_unit_test(nothing_is_remembered_of_single_objects),
		cmocka_unit_test(a_sink_that_fails_ends_the_reading),
		cmocka_unit_test(every_failed_allocation_is_told),
		cmocka_unit_test(damaged_items_are_records_or_defects),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
