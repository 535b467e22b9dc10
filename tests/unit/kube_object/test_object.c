#include "kube_object/reading.h"

#include "base/json_reader.h"
#include "base/limits.h"
#include "support/mangle.h"
#include "support/torture.h"

/* clang-format off */
static const char LIST[] = JSON({
	"apiVersion": "v1",
	"items": [
		{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system", "uid": "cluster-uid"}},
		{"apiVersion": "v1", "data": {".dockercfg": "e30="}, "kind": "Secret",
		 "metadata": {"name": "hub", "namespace": "shop", "uid": "s1"}, "type": "kubernetes.io/dockercfg"},
		{"apiVersion": "v1", "kind": "ServiceAccount", "imagePullSecrets": [{"name": "hub"}],
		 "metadata": {"name": "web", "namespace": "shop", "uid": "sa1"}},
		{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-1", "namespace": "shop", "uid": "p1"},
		 "spec": {"containers": [{"name": "web", "image": "acme/web:1"}]}},
		{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"},
		 "spec": {"template": {"spec": {"containers": [{"name": "web", "image": "acme/web:1"}]}}}}
	],
	"kind": "List",
	"metadata": {"resourceVersion": ""}
});
/* clang-format on */

static void a_list_of_mixed_kinds_is_read(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(LIST);
	assert_int_equal(r.result, 0);
	assert_int_equal(r.context.objects, 5);
	assert_int_equal(count(&r, defect), 0);
	assert_int_equal(count(&r, container), 2);
	check_slice(only(&r, namespace)->name, "kube-system");
	check_slice(only(&r, secret)->name, "hub");
	check_slice(only(&r, service_account)->name, "web");
	check_slice(only(&r, pod)->name, "web-1");
	check_slice(only(&r, workload)->name, "web");
	check_slice(r.context.cluster_uid, "cluster-uid");
}

static void yaml_gives_the_same(void **state)
{
	check_yaml_gives_the_same(LIST);
}

/* --- documents that are cut or damaged --- */
static struct strbuf whole_text = STRBUF_INIT(LIMIT_ROW_BYTES);

/* What was read of a cut list is a beginning of what is read of the whole one; the cut is said; and no kind counts as
 * complete. */
static void check_cut(struct slice variant, size_t at, void *data)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_ROW_BYTES);
	CLEANUP(reading_release) struct reading r;
	reading_start(&r);
	reading_json(&r, variant);
	if (at == 0) {
		assert_int_equal(r.memory.record_count, 0);
		return;
	}
	assert_int_equal(r.result, 1);
	assert_int_equal(count(&r, defect), 1);
	assert_int_equal(r.context.defects, 1);
	check_slice(reading_defect(&r, "truncated")->object_kind, "File");
	check_slice(reading_defect(&r, "truncated")->object, "dump");
	reading_end(&r);
	for (size_t i = 0; i < count(&r, coverage); i++)
		assert_false(slice_equal_text(nth(&r, coverage, i)->outcome, "complete"));
	r.memory.record_count -= count(&r, coverage) + 1;
	reading_text(&r, &text);
	assert_true(slice_starts_with(strbuf_slice(&whole_text), strbuf_text(&text)));
	if (at > strlen(LIST) - 30)
		assert_int_equal(r.context.objects, 5);
}

static void a_list_may_be_cut_at_every_byte(void **state)
{
	CLEANUP(reading_release) struct reading whole = reading_of(LIST);
	strbuf_clear(&whole_text);
	reading_text(&whole, &whole_text);
	mangle_truncate(slice_of(LIST), check_cut, NULL);
	strbuf_release(&whole_text);
}

static void check_damaged(struct slice variant, size_t at, void *data)
{
	CLEANUP(reading_release) struct reading r;
	reading_start(&r);
	(data ? reading_yaml : reading_json)(&r, variant);
	reading_end(&r);
	assert_true(r.result == 0 || count(&r, defect) > 0);
}

static void flipped_bits_do_no_harm(void **state)
{
	mangle_flip(slice_of(LIST), check_damaged, NULL);
}

static void yaml_cut_or_flipped_does_no_harm(void **state)
{
	CLEANUP(strbuf_release) struct strbuf yaml = STRBUF_INIT(LIMIT_ROW_BYTES);
	int is_yaml;
	yaml_of_json(slice_of(LIST), &yaml);
	mangle_truncate(strbuf_slice(&yaml), check_damaged, &is_yaml);
	mangle_flip(strbuf_slice(&yaml), check_damaged, &is_yaml);
}

static void a_syntax_error_in_the_middle_is_no_truncation(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of("{\"kind\": \"List\", \"items\": [{}, {a}]}");
	assert_int_equal(r.result, 1);
	check_slice(reading_defect(&r, "bad_document")->object_kind, "File");
}

/* --- what is no object --- */
static void an_error_text_is_told_as_such(void **state)
{
	CLEANUP(reading_release)
	struct reading r =
		reading_of("Error from server (Forbidden): secrets is forbidden: User \"x\" cannot list\nmore\n");
	const struct defect *defect = reading_defect(&r, "error_text");
	check_slice(defect->message, "kubectl's words, not objects: Error from server (Forbidden): secrets is "
				     "forbidden: User \"x\" cannot list");
	check_slice(defect->object_kind, "File");
	assert_int_equal(r.result, 1);
}

static void an_error_text_read_as_yaml_too(void **state)
{
	CLEANUP(reading_release) struct reading r;
	reading_start(&r);
	reading_yaml(&r, SLICE("Error from server (Forbidden): secrets is forbidden\n"));
	reading_defect(&r, "error_text");
}

static void a_text_in_quotes_is_not_an_object(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of("\"hello\"");
	reading_defect(&r, "not_an_object");
	assert_int_equal(r.result, 0);
	assert_int_equal(r.context.defects, 1);
}

static void nothing_between_two_lines_of_dashes_is_nothing(void **state)
{
	CLEANUP(reading_release) struct reading r;
	reading_start(&r);
	reading_yaml(&r, SLICE("---\n---\nkind: Pod\napiVersion: v1\nmetadata: {name: a}\n---\n# end\n---\n"));
	assert_int_equal(count(&r, defect), 0);
	check_slice(only(&r, pod)->name, "a");
	CLEANUP(reading_release) struct reading n = reading_of("null");
	reading_defect(&n, "not_an_object");
}

static void a_status_is_an_error_response_with_its_tokens_masked(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"kind" : "Status",
		"apiVersion" : "v1",
		"metadata" : {},
		"status" : "Failure",
		"message" : "bad token dckr_pat_EXAMPLEexampleEXAMPLE1",
		"reason" : "Forbidden",
		"code" : 403
	}));
	check_slice(reading_defect(&r, "error_response")->message, "bad token dckr_pat_[masked]");
	assert_int_equal(r.context.objects, 0);
}

/* --- several documents --- */
static void single_objects_follow_each_other(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of("{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\"}}\n"
				      "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"b\"}}\n");
	assert_int_equal(count(&r, pod), 2);
	assert_int_equal(r.context.objects, 2);
}

static void an_array_is_read_as_single_objects(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(
		"[{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\",\"namespace\":\"n\"}}, 5]");
	check_slice(only(&r, pod)->name, "a");
	reading_defect(&r, "not_an_object");
	reading_end(&r);
	check_slice(reading_coverage(&r, "Pod")->outcome, "partial");
}

static void the_server_says_its_version(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"clientVersion" : { "gitVersion" : "v1.1" },
		"serverVersion" : { "major" : "1", "gitVersion" : "v1.31.2" }
	}));
	check_slice(r.context.server_version, "v1.31.2");
	assert_int_equal(r.context.defects, 0);
}

static void a_failing_sink_ends_the_reading(void **state)
{
	CLEANUP(reading_release) struct reading r;
	struct error *err = NULL;
	struct json_reader json;
	reading_start(&r);
	r.context.sink = &r.memory.sink;
	r.memory.fail_after = 2;
	json_reader_init(&json, slice_of(LIST), 0);
	assert_int_equal(object_read(&json.reader, &r.context, &err), -1);
	check_error(&err, ERROR_STORE, "");
	json_reader_release(&json);
}

/* --- memory --- */
static int put_nothing(struct sink *sink, int64_t read, const struct record_type *type, const void *record,
		       struct error **err)
{
	return 0;
}

/* A context, a document, its coverage; every kind of object stands in the list. */
static int read_text(void *data, struct error **err)
{
	static const struct sink_ops ops = { .put = put_nothing };
	static const struct fingerprint_key no_key;
	struct sink sink = { &ops };
	struct object_context context;
	struct json_reader json;
	json_reader_init(&json, *(struct slice *)data, 0);
	int read = object_context_init(&context, &sink, 1, &no_key, err);
	if (read == 0)
		read = object_read(&json.reader, &context, err);
	if (read >= 0)
		read = object_put_coverage(&context, err);
	object_context_release(&context);
	json_reader_release(&json);
	return read;
}

static void every_allocation_may_fail(void **state)
{
	struct slice list = slice_of(LIST);
	assert_true(torture(read_text, &list) > 20);
}

static void also_in_a_document_that_dies(void **state)
{
	struct slice cut = slice_part(slice_of(LIST), 0, strlen(LIST) - 60);
	torture(read_text, &cut);
}

static size_t passed;
static void count_passed(void *data, const struct reader *reader)
{
	passed++;
}

static void progress_is_told_after_every_object(void **state)
{
	CLEANUP(reading_release) struct reading r;
	reading_start(&r);
	r.context.after_object = count_passed;
	reading_json(&r, slice_of(LIST));
	assert_int_equal(passed, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_of_mixed_kinds_is_read),
		cmocka_unit_test(yaml_gives_the_same),
		cmocka_unit_test(a_list_may_be_cut_at_every_byte),
		cmocka_unit_test(flipped_bits_do_no_harm),
		cmocka_unit_test(yaml_cut_or_flipped_does_no_harm),
		cmocka_unit_test(a_syntax_error_in_the_middle_is_no_truncation),
		cmocka_unit_test(an_error_text_is_told_as_such),
		cmocka_unit_test(an_error_text_read_as_yaml_too),
		cmocka_unit_test(a_text_in_quotes_is_not_an_object),
		cmocka_unit_test(nothing_between_two_lines_of_dashes_is_nothing),
		cmocka_unit_test(a_status_is_an_error_response_with_its_tokens_masked),
		cmocka_unit_test(single_objects_follow_each_other),
		cmocka_unit_test(an_array_is_read_as_single_objects),
		cmocka_unit_test(the_server_says_its_version),
		cmocka_unit_test(a_failing_sink_ends_the_reading),
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(also_in_a_document_that_dies),
		cmocka_unit_test(progress_is_told_after_every_object),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
