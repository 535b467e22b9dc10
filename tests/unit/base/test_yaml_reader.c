/* YAML reader: what kubectl prints, what sigs.k8s.io/yaml makes of the rest, and what is refused. */
#include <time.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/yaml_reader.h"
#include "support/check.h"
#include "token_trace.h"

struct trace_case {
	struct slice text;
	const char *expected;
};

#define CASE(text, expected)                                                                                           \
	{                                                                                                              \
		SLICE(text), expected                                                                                  \
	}
#define COUNT(array) (sizeof(array) / sizeof *(array))

static void check_cases(const struct trace_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_string_equal(trace_yaml(cases[i].text, READER_DUPLICATES), cases[i].expected);
}

static void test_values(void **state)
{
	static const struct trace_case cases[] = {
		CASE("a: 1\nb: [x, 'y', \"z\"]\n", "{ key(a) num(1) key(b) [ str(x) str(y) str(z) ] }"),
		CASE("- a\n-\n- ~\n- {}\n- []\n", "[ str(a) null null { } [ ] ]"),
		CASE("a:\n  b:\n  - c: yes\n    d: 'yes'\n",
		     "{ key(a) { key(b) [ { key(c) true key(d) str(yes) } ] } }"),
		CASE("a: 0x1F\nb: '0x1F'\n", "{ key(a) num(31) key(b) str(0x1F) }"),
		CASE("a: |\n  one\n  two\nb: >-\n  one\n  two\n", "{ key(a) str(one\ntwo\n) key(b) str(one two) }"),
		CASE("# only a comment\na: b # and one behind\n", "{ key(a) str(b) }"),
		CASE("a: \"x\\u00e9\\n\\t\\x41\"\n", "{ key(a) str(x\u00e9\n\tA) }"),
		CASE("plain", "str(plain)"),
		CASE("\xEF\xBB\xBF"
		     "a: 1",
		     "{ key(a) num(1) }"),
		CASE("a: 1\r\nb: 2\r\n", "{ key(a) num(1) key(b) num(2) }"),
		CASE("1: a\n0x10: b\nyes: c\n'no': d\n1.5: e\n",
		     "{ key(1) str(a) key(16) str(b) key(true) str(c) key(no) str(d) key(1.5) str(e) }"),
		CASE("\"<<\": a\n", "{ key(<<) str(a) }"),
		CASE("a: <<\n", "{ key(a) str(<<) }"),
	};
	check_cases(cases, COUNT(cases));
}

static void test_core_tags(void **state)
{
	static const struct trace_case cases[] = {
		CASE("!!str 12", "str(12)"),
		CASE("!!int 12", "num(12)"),
		CASE("!!int '12'", "num(12)"),
		CASE("!!float 12", "num(12)"),
		CASE("!!bool yes", "true"),
		CASE("!!null ''", "null"),
		CASE("!!map {a: !!seq []}", "{ key(a) [ ] }"),
		CASE("! 12", "str(12)"),
		CASE("! [! {}]", "[ { } ]"),
		CASE("!!int x", "error: line 1 column 1: a value that its tag does not fit"),
		CASE("!!int 1.5", "error: line 1 column 1: a value that its tag does not fit"),
		CASE("!!bool 1", "error: line 1 column 1: a value that its tag does not fit"),
		CASE("a: !!binary aGk=", "{ key(a) error: line 1 column 4: a tag that is not of YAML's core"),
		CASE("a: !mine b", "{ key(a) error: line 1 column 4: a tag that is not of YAML's core"),
		CASE("!!set {a}", "error: line 1 column 1: a tag that is not of YAML's core"),
		CASE("!!seq {}", "error: line 1 column 1: a tag that is not of YAML's core"),
		CASE("!!map x", "error: line 1 column 1: a value that its tag does not fit"),
	};
	check_cases(cases, COUNT(cases));
}

static void test_what_is_refused(void **state)
{
	static const struct trace_case cases[] = {
		CASE("a: &x 1\n", "{ key(a) error: line 1 column 4: an anchor"),
		CASE("a: 1\nb: &x [1]\n", "{ key(a) num(1) key(b) error: line 2 column 4: an anchor"),
		CASE("a: &x\n  b: 1\n", "{ key(a) error: line 1 column 4: an anchor"),
		CASE("&k a: 1\n", "{ error: line 1 column 1: an anchor"),
		CASE("a: *x\n", "{ key(a) error: line 1 column 4: an alias"),
		CASE("*x : 1\n", "{ error: line 1 column 1: an alias"),
		CASE("<<: {a: 1}\n", "{ error: line 1 column 1: a merge key"),
		CASE("? [a]\n: 1\n", "{ error: line 1 column 3: a key that is an object or array"),
		CASE("? {a: b}\n: 1\n", "{ error: line 1 column 3: a key that is an object or array"),
		CASE("~: 1\n", "{ error: line 1 column 1: a key that is null"),
		CASE("a: .inf\n", "{ key(a) error: line 1 column 4: a number that JSON does not have"),
		CASE("a: -.inf\n", "{ key(a) error: line 1 column 4: a number that JSON does not have"),
		CASE("\u00e9\u00e9: 1\n\U0001F600: .nan\n",
		     "{ key(\u00e9\u00e9) num(1) key(\U0001F600) error: line 2 column 7: a number that JSON does not have"),
		CASE("", "error: line 1 column 1: there is no document"),
		CASE("# nothing\n", "error: line 2 column 1: there is no document"),
	};
	check_cases(cases, COUNT(cases));
}

static void test_errors_of_the_parser(void **state)
{
	static const struct trace_case cases[] = {
		CASE("a: [1, 2\n", "line 2 column 1"),
		CASE("a: 'b\n", "line 2 column 1"),
		CASE("a: b: c\n", "line 1 column 5"),
		CASE("a: 1\n  b: 2\n", "line 2 column 4"),
		CASE("\ta: 1\n", "line 1 column 1"),
		CASE("a: \"\\q\"\n", "line 1 column"),
		CASE("a: \x01\n", "line 1 column 4"),
		CASE("a: \xFF\n", "line 1 column 4"),
		CASE("\xFF\xFE"
		     "a\0",
		     "line 1 column 1"),
		CASE("a: 1\n...\nb: 1\n", "line 3 column 1"),
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *trace = trace_yaml(cases[i].text, 0);
		assert_non_null(strstr(trace, "error: "));
		assert_non_null(strstr(trace, cases[i].expected));
	}
}

static void test_documents(void **state)
{
	static const struct trace_case cases[] = {
		CASE("---\na: 1\n---\nb: 2\n", "{ key(a) num(1) } | { key(b) num(2) }"),
		CASE("a\n---\n---\nb\n...\n", "str(a) | null | str(b)"),
		CASE("--- 1\n--- 2\n", "num(1) | num(2)"),
		CASE("a: 1\n--- \na: 2\n", "{ key(a) num(1) } | { key(a) num(2) }"),
		CASE("%YAML 1.1\n---\na: 1\n", "{ key(a) num(1) }"),
	};
	check_cases(cases, COUNT(cases));
}

static void test_next_document_before_the_first(void **state)
{
	struct error *error = NULL;
	struct token token;
	struct yaml_reader *yaml = yaml_reader_new(SLICE("# nothing\n"), 0, &error);
	assert_int_equal(reader_next_document(yaml_reader_reader(yaml), &error), 0);
	yaml_reader_free(yaml);
	yaml = yaml_reader_new(SLICE("- 1\n"), 0, &error);
	assert_int_equal(reader_next_document(yaml_reader_reader(yaml), &error), 1);
	assert_int_equal(reader_next_document(yaml_reader_reader(yaml), &error), 1);
	assert_int_equal(reader_next(yaml_reader_reader(yaml), &token, &error), 1);
	assert_int_equal(reader_next_document(yaml_reader_reader(yaml), &error), -1);
	assert_string_equal(error->message, "line 1 column 1: the document is not complete");
	error = error_free(error);
	assert_int_equal(reader_next(yaml_reader_reader(yaml), &token, &error), -1);
	error = error_free(error);
	yaml_reader_free(yaml);
}

static void test_duplicate_keys(void **state)
{
	static const struct trace_case cases[] = {
		CASE("a: 1\nb: 2\na: 3\n", "{ key(a) num(1) key(b) num(2) key(a)! num(3) }"),
		CASE("a: 1\n\"\\x61\": 2\n", "{ key(a) num(1) key(a)! num(2) }"),
		CASE("a: {a: 1}\nb: {a: 1}\n", "{ key(a) { key(a) num(1) } key(b) { key(a) num(1) } }"),
		CASE("1: a\n0x1: b\n", "{ key(1) str(a) key(1)! str(b) }"),
	};
	check_cases(cases, COUNT(cases));
	assert_string_equal(trace_yaml(SLICE("a: 1\na: 2\n"), 0), "{ key(a) num(1) key(a) num(2) }");
}

static void test_depth(void **state)
{
	struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	for (size_t depth = LIMIT_YAML_DEPTH - 1; depth <= LIMIT_YAML_DEPTH + 1; depth++) {
		strbuf_clear(&text);
		for (size_t i = 0; i < depth; i++)
			strbuf_add_text(&text, i % 2 ? "{a: " : "[");
		for (size_t i = depth; i-- > 0;)
			strbuf_add_char(&text, i % 2 ? '}' : ']');
		assert_int_equal(strstr(trace_yaml(strbuf_slice(&text), 0), "nested too deeply") != NULL,
				 depth > LIMIT_YAML_DEPTH);
	}
	strbuf_release(&text);
}

/* Unbounded, libyaml takes seconds for the first and a minute for the second. */
static void test_deep_nesting_ends_quickly(void **state)
{
	static const char *const pieces[] = { "{a: ", "[" };
	for (size_t i = 0; i < COUNT(pieces); i++) {
		struct strbuf text = STRBUF_INIT(4 * LIMIT_MIB);
		for (int n = 0; n < 200000; n++)
			strbuf_add_text(&text, pieces[i]);
		clock_t before = clock();
		assert_non_null(strstr(trace_yaml(strbuf_slice(&text), 0), "nested too deeply"));
		assert_true(clock() - before < CLOCKS_PER_SEC);
		strbuf_release(&text);
	}
}

static void test_directives_without_end(void **state)
{
	struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	for (int n = 0; n < LIMIT_YAML_TAG_DIRECTIVES; n++)
		strbuf_addf(&text, "%%TAG !a%d! x\n", n);
	strbuf_add_text(&text, "--- a\n");
	assert_string_equal(trace_yaml(strbuf_slice(&text), 0), "str(a)");
	strbuf_add_text(&text, "...\n%TAG !b! x\n--- b\n");
	assert_string_equal(trace_yaml(strbuf_slice(&text), 0), "error: YAML with more than 1000 %TAG directives");
	struct error *error = NULL;
	CLEANUP(yaml_reader_freep)
	struct yaml_reader *part = yaml_reader_new(strbuf_slice(&text), READER_PART, &error);
	assert_non_null(part); /* whose whole was checked before */
	strbuf_release(&text);
}

static const struct slice SAMPLE = SLICE(
	"apiVersion: v1\nitems:\n- kind: Pod\n  metadata: {name: w\u00e9b, labels: {a: 'x', 1: \"\\u00e9\"}}\n"
	"  spec:\n    containers:\n    - image: docker.io/acme/web:1.2\n      args: [a, -1.5, 0o17, ~]\n"
	"  text: |-\n    one\n     two\n---\nkind: Secret\ndata:\n  k: !!str 12\n");

/* Each result has an end: complete (a cut block is YAML too) or an error with its place. */
static void test_cut_at_every_byte(void **state)
{
	for (size_t len = 0; len < SAMPLE.len; len++) {
		const char *error = strstr(trace_yaml(slice_part(SAMPLE, 0, len), READER_DUPLICATES), "error: ");
		assert_true(!error || strncmp(error, "error: line ", 12) == 0);
	}
	assert_null(strstr(trace_yaml(SAMPLE, READER_DUPLICATES), "error"));
}

static void test_flow_never_completes_when_cut(void **state)
{
	struct slice text = SLICE("{a: [1, {b: 'c'}], d: \"e\"}");
	for (size_t len = 0; len < text.len; len++)
		assert_non_null(strstr(trace_yaml(slice_part(text, 0, len), 0), "error: line "));
}

static bool ends(struct slice text, bool skip, size_t *ret_offset)
{
	struct error *error = NULL;
	struct token token;
	struct yaml_reader *yaml = yaml_reader_new(text, 0, &error);
	struct reader *r = yaml_reader_reader(yaml);
	int got = skip ? reader_skip(r, &error) : 1;
	while (got >= 0 && (got = reader_next(r, &token, &error)) > 0)
		;
	*ret_offset = r->offset;
	error_free(error);
	yaml_reader_free(yaml);
	return got == 0;
}

static void test_flipped_bits(void **state)
{
	char *text = mem_alloc(SAMPLE.len);
	memcpy(text, SAMPLE.data, SAMPLE.len);
	for (size_t bit = 0; bit < SAMPLE.len * 8; bit++) {
		size_t next_end, skip_end;
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
		bool by_next = ends((struct slice){ text, SAMPLE.len }, false, &next_end);
		assert_int_equal(ends((struct slice){ text, SAMPLE.len }, true, &skip_end), by_next);
		assert_int_equal(next_end, skip_end);
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
	}
	mem_free(text);
}

static void test_skip_between_tokens(void **state)
{
	struct error *error = NULL;
	struct token token;
	struct yaml_reader *yaml = yaml_reader_new(SLICE("a: [1, {x: 2}, 3]\nb: 4\nc: 5\n"), 0, &error);
	struct reader *r = yaml_reader_reader(yaml);
	for (int i = 0; i < 3; i++)
		assert_int_equal(reader_next(r, &token, &error), 1); /* { a [ */
	assert_int_equal(reader_skip(r, &error), 0);
	assert_int_equal(reader_skip(r, &error), 0);
	assert_int_equal(reader_next(r, &token, &error), 1);
	assert_true(slice_equal_text(token.text, "3"));
	assert_int_equal(token.offset, 15);
	assert_int_equal(reader_skip(r, &error), 0); /* nothing: the array ends here */
	assert_int_equal(reader_next(r, &token, &error), 1);
	assert_int_equal(token.type, TOKEN_ARRAY_END);
	assert_int_equal(reader_skip(r, &error), 0); /* b: 4, whole */
	assert_int_equal(reader_next(r, &token, &error), 1);
	assert_true(token_is(&token, "c"));
	assert_int_equal(reader_skip(r, &error), 0);
	assert_int_equal(reader_next(r, &token, &error), 1);
	assert_int_equal(token.type, TOKEN_OBJECT_END);
	assert_int_equal(reader_skip(r, &error), 0); /* nothing: the document ends */
	assert_int_equal(reader_next(r, &token, &error), 0);
	assert_int_equal(reader_next(r, &token, &error), 0);
	yaml_reader_free(yaml);
}

static void test_text_is_valid_until_the_next_call(void **state)
{
	struct error *error = NULL;
	struct token token;
	struct yaml_reader *yaml = yaml_reader_new(SLICE("key: \"va\\x6cue\"\n"), 0, &error);
	struct reader *r = yaml_reader_reader(yaml);
	assert_int_equal(reader_next(r, &token, &error), 1);
	assert_int_equal(reader_next(r, &token, &error), 1);
	assert_true(token_is(&token, "key"));
	assert_int_equal(token.offset, 0);
	assert_int_equal(reader_next(r, &token, &error), 1);
	assert_true(token_is(&token, "value"));
	assert_int_equal(token.offset, 5);
	yaml_reader_free(yaml);
}

/* The same objects, as kubectl prints them with -o yaml and with -o json. */
static void test_equals_json(void **state)
{
	static const struct {
		struct slice yaml, json;
	} cases[] = {
		{ SLICE("apiVersion: v1\n"
			"data:\n"
			"  .dockerconfigjson: eyJhdXRocyI6e319\n"
			"kind: Secret\n"
			"metadata:\n"
			"  annotations:\n"
			"    note: |\n"
			"      {\"a\":\"b\"}\n"
			"    quoted: \"1\"\n"
			"    flag: \"true\"\n"
			"  creationTimestamp: \"2026-11-01T08:00:00Z\"\n"
			"  name: hub\n"
			"  namespace: shop\n"
			"  uid: 5f3c1a52-0000-4000-8000-000000000001\n"
			"immutable: true\n"
			"type: kubernetes.io/dockerconfigjson\n"),
		  SLICE("{\"apiVersion\": \"v1\", \"data\": {\".dockerconfigjson\": \"eyJhdXRocyI6e319\"}, \"kind\": \"Secret\","
			"\"metadata\": {\"annotations\": {\"note\": \"{\\\"a\\\":\\\"b\\\"}\\n\", \"quoted\": \"1\", \"flag\": \"true\"},"
			"\"creationTimestamp\": \"2026-11-01T08:00:00Z\", \"name\": \"hub\", \"namespace\": \"shop\","
			"\"uid\": \"5f3c1a52-0000-4000-8000-000000000001\"}, \"immutable\": true,"
			"\"type\": \"kubernetes.io/dockerconfigjson\"}") },
		{ SLICE("apiVersion: v1\n"
			"items:\n"
			"- apiVersion: v1\n"
			"  kind: Pod\n"
			"  metadata:\n"
			"    creationTimestamp: null\n"
			"    name: web-7\n"
			"  spec:\n"
			"    containers:\n"
			"    - args:\n"
			"      - --verbose\n"
			"      - \"8080\"\n"
			"      env: []\n"
			"      image: docker.io/acme/web@sha256:1111\n"
			"      resources: {}\n"
			"    imagePullSecrets:\n"
			"    - name: hub\n"
			"    terminationGracePeriodSeconds: 30\n"
			"kind: List\n"
			"metadata:\n"
			"  resourceVersion: \"\"\n"),
		  SLICE("{\"apiVersion\":\"v1\",\"items\":[{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"creationTimestamp\":null,"
			"\"name\":\"web-7\"},\"spec\":{\"containers\":[{\"args\":[\"--verbose\",\"8080\"],\"env\":[],"
			"\"image\":\"docker.io/acme/web@sha256:1111\",\"resources\":{}}],\"imagePullSecrets\":[{\"name\":\"hub\"}],"
			"\"terminationGracePeriodSeconds\":30}}],\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"\"}}") },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_string_equal(trace_yaml(cases[i].yaml, 0), trace_json(cases[i].json, 0));
		assert_string_equal(trace_yaml(cases[i].json, 0), trace_json(cases[i].json, 0)); /* flow style */
		assert_null(strstr(trace_json(cases[i].json, 0), "error"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_core_tags),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_errors_of_the_parser),
		cmocka_unit_test(test_documents),
		cmocka_unit_test(test_next_document_before_the_first),
		cmocka_unit_test(test_duplicate_keys),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_deep_nesting_ends_quickly),
		cmocka_unit_test(test_directives_without_end),
		cmocka_unit_test(test_cut_at_every_byte),
		cmocka_unit_test(test_flow_never_completes_when_cut),
		cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_skip_between_tokens),
		cmocka_unit_test(test_text_is_valid_until_the_next_call),
		cmocka_unit_test(test_equals_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
