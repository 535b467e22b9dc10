/* Several documents in a file, and what is read behind a broken one. */
#include "base/limits.h"
#include "base/strbuf.h"
#include "collect/snapshot/documents.h"
#include "fixture.h"
#include "support/mangle.h"

struct parsing {
	struct reading reading; /* its sink */
	struct object_context context;
	struct documents_broken broken;
	struct error *err;
};

static void parse_begin(struct parsing *parsing)
{
	struct sink_scope scope = { .source = SLICE("/dump"), .cluster_name = SLICE("dump"), .as_of = TIME_UNSET };
	struct sink *sink = &parsing->reading.memory.sink;
	int64_t read;
	*parsing = (struct parsing){ 0 };
	reading_init(&parsing->reading, "/dump");
	check_ok(sink->ops->begin(sink, &scope, &read, &parsing->err), &parsing->err);
	check_ok(object_context_init(&parsing->context, sink, read, parsing->reading.options.key, &parsing->err),
		 &parsing->err);
	parsing->context.file = SLICE("file");
}

static void parse_end(struct parsing *parsing)
{
	object_context_release(&parsing->context);
	reading_release(&parsing->reading);
}

static void parse(struct parsing *parsing, enum content content, struct slice text)
{
	parse_begin(parsing);
	check_ok(documents_read(text, content, &parsing->context, &parsing->broken, &parsing->err), &parsing->err);
}

struct document_case {
	enum content content;
	const char *text;
	size_t pods, broken;
};

static void test_pods_and_broken(void **state)
{
	static const struct document_case cases[] = {
		{ CONTENT_JSON, POD("a"), 1, 0 },
		{ CONTENT_JSON, "\xef\xbb\xbf" POD("a") "\r\n" POD("b") "\r\n", 2, 0 },
		{ CONTENT_JSON, POD("a") POD("b") " " LIST(POD("c") "," POD("d")), 4, 0 },
		{ CONTENT_JSON, LIST(""), 0, 0 },
		/* JSON lines */
		{ CONTENT_JSON, POD("a") "\n{\"kind\":\"Pod\"\n" POD("b") "\n", 2, 1 },
		{ CONTENT_JSON, POD("a") "\nnoise\n\n" POD("b") "\n", 2, 1 },
		{ CONTENT_JSON, POD("a") "\n{\"apiVersion\":\"v1\",\"kind\":\n" POD("b") "\n" POD("c"), 2, 1 },
		{ CONTENT_JSON, "{\n" POD("a"), 1, 1 },
		{ CONTENT_JSON, "{]}\n{]}\n" POD("a") "\n{]}", 1, 3 },
		/* pretty-printed, the first cut in the middle */
		{ CONTENT_JSON,
		  "{\n    \"kind\": \"Pod\",\n    \"meta\n{\n \"apiVersion\": \"v1\",\n \"items\": [\n" POD("a") "\n]}",
		  1, 1 },
		{ CONTENT_TEXT_FIRST, "Warning: deprecated\n" POD("a"), 1, 0 },
		{ CONTENT_TEXT_FIRST, "only text", 0, 0 },
		/* YAML */
		{ CONTENT_YAML, POD_YAML("a") "---\n" POD_YAML("b") "---\n", 2, 0 },
		{ CONTENT_YAML, "---\n" POD_YAML("a") "...\n---\n" POD_YAML("b"), 2, 0 },
		{ CONTENT_YAML, POD_YAML("a") "---\nkind: [unclosed\n---\n" POD_YAML("b"), 2, 1 },
		{ CONTENT_YAML, "\tkind: Pod\n---\n" POD_YAML("a") "---\nx: {\n", 1, 2 },
		{ CONTENT_YAML, "kind: \"Pod\n---\n" POD_YAML("a"), 1, 1 },
		{ CONTENT_YAML, "# nothing\n", 0, 0 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct parsing parsing;
		parse(&parsing, cases[i].content, slice_of(cases[i].text));
		if (pod_count(&parsing.reading) != cases[i].pods || parsing.broken.count != cases[i].broken)
			fail_msg("case %zu: %zu pods, %zu broken at %s: %s", i, pod_count(&parsing.reading),
				 parsing.broken.count, parsing.broken.place, cases[i].text);
		if ((file_defect_of(&parsing.reading, "file", NULL) != NULL) != (cases[i].broken > 0))
			fail_msg("case %zu: a defect, or none: %s", i, cases[i].text);
		parse_end(&parsing);
	}
}

static void test_crlf_yaml(void **state)
{
	struct parsing parsing;
	parse(&parsing, CONTENT_YAML,
	      SLICE("apiVersion: v1\r\nkind: Pod\r\nmetadata:\r\n  name: a\r\n  namespace: shop\r\n  uid: u\r\n---\r\n"));
	assert_true(has_pod(&parsing.reading, "a"));
	parse_end(&parsing);
}

/* Places keep counting from the file's start behind a broken JSON document; behind YAML the file's name says from
 * where. */
static void test_places(void **state)
{
	struct parsing parsing;
	parse(&parsing, CONTENT_JSON, SLICE("{]}\n{\"a\":1}\n{]\n"));
	assert_string_equal(parsing.broken.place, "byte 1");
	const struct defect *first = file_defect_of(&parsing.reading, "file", NULL);
	assert_true(slice_contains(first->place, "byte 1"));
	bool second = false;
	for (size_t i = 0; i < parsing.reading.memory.record_count; i++) {
		const struct defect *defect = parsing.reading.memory.records[i].record;
		second |= parsing.reading.memory.records[i].type == &defect_type &&
			  slice_equal_text(defect->place, "byte 13");
	}
	assert_true(second);
	parse_end(&parsing);

	parse(&parsing, CONTENT_YAML, SLICE("a: [\n---\nb: 1\n---\nc: {\n"));
	assert_int_equal(parsing.broken.count, 2);
	assert_non_null(file_defect_of(&parsing.reading, "file", NULL));
	assert_non_null(file_defect_of(&parsing.reading, "file (counted from line 2)", NULL));
	check_slice(parsing.context.file, "file");
	parse_end(&parsing);
}

static void test_noise_is_given_up(void **state)
{
	CLEANUP(strbuf_release) struct strbuf noise = STRBUF_INIT(LIMIT_MIB);
	for (size_t i = 0; i < 2 * LIMIT_BROKEN_DOCUMENTS; i++)
		strbuf_add_text(&noise, "{]\n");
	strbuf_add_text(&noise, POD("a"));
	struct parsing parsing;
	parse(&parsing, CONTENT_JSON, strbuf_slice(&noise));
	assert_int_equal(parsing.broken.count, LIMIT_BROKEN_DOCUMENTS);
	assert_non_null(file_defect_of(&parsing.reading, "file", "too_many_broken"));
	assert_int_equal(count_of(&parsing.reading, &defect_type), LIMIT_BROKEN_DOCUMENTS + 1);
	parse_end(&parsing);
}

static void check_mangled(struct slice variant, size_t at, void *data)
{
	struct parsing parsing;
	const enum content *content = data;
	(void)at;
	parse(&parsing, *content, variant);
	assert_true(parsing.context.objects <= 4);
	parse_end(&parsing);
}

/* Never more than defects; with a broken first document, the whole second is read. */
static void check_cut(struct slice variant, size_t at, void *data)
{
	struct parsing parsing;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	(void)data;
	strbuf_add_slice(&text, variant);
	strbuf_add_text(&text, "\n" POD("behind") "\n");
	parse(&parsing, CONTENT_JSON, strbuf_slice(&text));
	if (!has_pod(&parsing.reading, "behind") && parsing.broken.count == 0)
		fail_msg("cut at %zu: the next document was lost and nothing broken", at);
	parse_end(&parsing);
	check_mangled(variant, at, &(enum content){ CONTENT_JSON });
}

static void test_cut_and_flipped(void **state)
{
	enum content content = CONTENT_JSON;
	mangle_truncate(SLICE(POD("a")), check_cut, NULL);
	mangle_flip(SLICE(POD("a") "\n" POD("b")), check_mangled, &content);
	content = CONTENT_YAML;
	mangle_truncate(SLICE(POD_YAML("a") "---\n" POD_YAML("b")), check_mangled, &content);
	mangle_flip(SLICE(POD_YAML("a") "---\n" POD_YAML("b")), check_mangled, &content);
}

static void test_failing_sink(void **state)
{
	static const char *const texts[] = { POD("a"), "{]}", POD_YAML("a") };
	static const enum content contents[] = { CONTENT_JSON, CONTENT_JSON, CONTENT_YAML };
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct parsing parsing;
		parse_begin(&parsing);
		parsing.reading.memory.fail_after = 1;
		parsing.reading.memory.puts = 1;
		assert_int_equal(documents_read(slice_of(texts[i]), contents[i], &parsing.context, &parsing.broken,
						&parsing.err),
				 -1);
		check_error(&parsing.err, ERROR_STORE, "told to fail");
		parse_end(&parsing);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pods_and_broken), cmocka_unit_test(test_crlf_yaml),
		cmocka_unit_test(test_places),          cmocka_unit_test(test_noise_is_given_up),
		cmocka_unit_test(test_cut_and_flipped), cmocka_unit_test(test_failing_sink),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
