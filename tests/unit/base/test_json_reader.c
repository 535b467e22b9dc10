/* JSON reader against RFC 8259, Go's encoding/json where it says so, and its limits. Generated input is held against
 * another parser in test_json_oracle.c. */
#include "base/alloc.h"
#include "base/json_reader.h"
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

static void check_cases(const struct trace_case *cases, size_t count, unsigned flags)
{
	for (size_t i = 0; i < count; i++)
		assert_string_equal(trace_json(cases[i].text, flags), cases[i].expected);
}

static void test_values(void **state)
{
	static const struct trace_case cases[] = {
		CASE("null", "null"),
		CASE("true", "true"),
		CASE(" false\n", "false"),
		CASE("\"\"", "str()"),
		CASE("\"a b\"", "str(a b)"),
		CASE("{}", "{ }"),
		CASE("[]", "[ ]"),
		CASE("\t{ \r\n} ", "{ }"),
		CASE("[ [ ] , [ [ ] ] ]", "[ [ ] [ [ ] ] ]"),
		CASE("{\"a\":[1,\"x\",null]}", "{ key(a) [ num(1) str(x) null ] }"),
		CASE("{ \"a\" : { \"b\" : { } } , \"\" : true }", "{ key(a) { key(b) { } } key() true }"),
		CASE("\xEF\xBB\xBF{}", "{ }"),
	};
	check_cases(cases, COUNT(cases), 0);
}

static void test_numbers(void **state)
{
	static const char *const good[] = { "0",    "-0",  "7",    "10",    "-12",    "0.5",
					    "1.25", "1e5", "1E+5", "1e-05", "-0.0e0", "123456789012345678901234567890",
					    "1e999" };
	static const char *const bad[] = { "-",     "+1",  "01",       "-01",       "1.",   ".5",  "1.e5",
					   "1e",    "1e+", "0x10",     "1_0",       "1a",   "--1", "1-",
					   "1.5.5", "NaN", "Infinity", "-Infinity", "1e5.5" };
	char expected[64];
	for (size_t i = 0; i < COUNT(good); i++) {
		snprintf(expected, sizeof expected, "num(%s)", good[i]);
		assert_string_equal(trace_json(slice_of(good[i]), 0), expected);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_memory_equal(trace_json(slice_of(bad[i]), 0), "error: byte ", 12);
}

static void test_escapes(void **state)
{
	static const struct trace_case cases[] = {
		CASE("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "str(\"\\/\b\f\n\r\t)"),
		CASE("\"\\u0041\\u00e9\\u20AC\"", "str(A\u00e9\u20ac)"),
		CASE("\"\\ud83d\\ude00\"", "str(\U0001F600)"),
		CASE("\"\\uDBFF\\uDFFF\"", "str(\U0010FFFF)"),
		CASE("{\"\\u006bey\":\"\u00e9\U0001F600\"}", "{ key(key) str(\u00e9\U0001F600) }"),
		CASE("\"\x7f\"", "str(\x7f)"),
	};
	check_cases(cases, COUNT(cases), 0);
}

static void test_nul_is_a_character(void **state)
{
	struct json_reader json;
	struct token token;
	struct error *error = NULL;
	char out[16];
	json_reader_init(&json, SLICE("\"a\\u0000b\""), 0);
	assert_int_equal(reader_next(&json.reader, &token, &error), 1);
	assert_false(token.plain);
	assert_true(token_decoded_max(&token) <= sizeof out);
	assert_int_equal(token_decode(&token, out), 3);
	assert_memory_equal(out, "a\0b", 3);
	json_reader_release(&json);
}

static void test_errors_have_their_place(void **state)
{
	static const struct trace_case cases[] = {
		CASE("", "error: byte 0: the document ends too early"),
		CASE(" \n", "error: byte 2: the document ends too early"),
		CASE("{\"a\":1", "{ key(a) num(1) error: byte 6: the document ends too early"),
		CASE("{\"a\":1,}", "{ key(a) num(1) error: byte 7: a key in quotes is missing"),
		CASE("[1,]", "[ num(1) error: byte 3: a value is missing"),
		CASE("[,1]", "[ error: byte 1: a value is missing"),
		CASE("[1 2]", "[ num(1) error: byte 3: a comma or the end of an object or array is missing"),
		CASE("[1}", "[ num(1) error: byte 2: a comma or the end of an object or array is missing"),
		CASE("{]", "{ error: byte 1: a key in quotes is missing"),
		CASE("{a:1}", "{ error: byte 1: a key in quotes is missing"),
		CASE("{\"a\" 1}", "{ error: byte 5: a colon is missing"),
		CASE("{\"a\":}", "{ key(a) error: byte 5: a value is missing"),
		CASE("'a'", "error: byte 0: a value is missing"),
		CASE("// a\n1", "error: byte 0: a value is missing"),
		CASE("[tru]", "[ error: byte 4: a number or word that JSON does not know"),
		CASE("[True]", "[ error: byte 1: a value is missing"),
		CASE("truefalse", "error: byte 4: a number or word that JSON does not know"),
		CASE("nullx", "error: byte 4: a number or word that JSON does not know"),
		CASE("\"a\nb\"", "error: byte 2: a control character in a string"),
		CASE("\"a\0b\"", "error: byte 2: a control character in a string"),
		CASE("\"\x1f\"", "error: byte 1: a control character in a string"),
		CASE("\"\\x\"", "error: byte 2: an escape that JSON does not know"),
		CASE("\"\\", "error: byte 2: the document ends too early"),
		CASE("\"\\u12g4\"", "error: byte 5: \\u is not followed by four hexadecimal digits"),
		CASE("\"abc", "error: byte 4: the document ends too early"),
		CASE("]", "error: byte 0: a value is missing"),
		CASE("{} ]", "{ } | error: byte 3: a value is missing"),
		CASE("\f1", "error: byte 0: a value is missing"),
		CASE("\0", "error: byte 0: a value is missing"),
		CASE("\u00a01", "error: byte 0: a value is missing"),
		CASE(" \xEF\xBB\xBF{}", "error: byte 1: a value is missing"),
		CASE("\xFF\xFE{\0}\0", "error: byte 0: a value is missing"),
	};
	check_cases(cases, COUNT(cases), 0);
}

static const struct slice NOT_UTF8[] = {
	SLICE("\"\x80\""),                 /* a continuation alone */
	SLICE("\"\xC3\""),                 /* its second byte is missing */
	SLICE("\"\xC0\xAF\""),             /* an overlong slash */
	SLICE("\"\xE0\x80\xAF\""),         /* the same in three */
	SLICE("\"\xED\xA0\x80\""),         /* a surrogate */
	SLICE("\"\xF4\x90\x80\x80\""),     /* above U+10FFFF */
	SLICE("\"\xFE\""),                 /* never UTF-8 */
	SLICE("\"0123456789abcdef\xFF\""), /* behind the first block */
};

static void test_bytes_that_are_not_utf8(void **state)
{
	for (size_t i = 0; i < COUNT(NOT_UTF8); i++) {
		assert_non_null(strstr(trace_json(NOT_UTF8[i], 0), "bytes that are not UTF-8"));
		assert_non_null(strstr(trace_json(NOT_UTF8[i], READER_GO), "\xEF\xBF\xBD"));
	}
}

/* encoding/json, unquoteBytes: one U+FFFD for each bad byte, and for each surrogate without its other half. */
static void test_go_replaces(void **state)
{
	static const struct trace_case cases[] = {
		CASE("\"a\x80\xFF\"", "str(a\uFFFD\uFFFD)?"),
		CASE("\"\xE2\x82\"", "str(\uFFFD\uFFFD)?"),
		CASE("\"\\ud800\"", "str(\uFFFD)?"),
		CASE("\"\\udc00x\"", "str(\uFFFDx)?"),
		CASE("\"\\ud800\\u0041\"", "str(\uFFFDA)?"),
		CASE("\"\\ud800\\ud83d\\ude00\"", "str(\uFFFD\U0001F600)?"),
		CASE("\"\\ud800\\n\"", "str(\uFFFD\n)?"),
		CASE("{\"\xFF\":1}", "{ key(\uFFFD)? num(1) }"),
		CASE("\"\uFFFD\"", "str(\uFFFD)"),
		CASE("\"\\ufffd\"", "str(\uFFFD)"),
		CASE("\"\x01\"", "error: byte 1: a control character in a string"),
	};
	check_cases(cases, COUNT(cases), READER_GO);
}

static void test_lone_surrogates_are_refused(void **state)
{
	static const char *const bad[] = { "\"\\ud800\"",        "\"\\udc00\"",        "\"\\ud800\\u0041\"",
					   "\"\\ud800\\ud800\"", "\"\\udc00\\ud800\"", "\"\\udbff\\n\"" };
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_non_null(strstr(trace_json(slice_of(bad[i]), 0), "a surrogate without its other half"));
}

static void test_documents_one_after_another(void **state)
{
	static const struct trace_case cases[] = {
		CASE("{}{}", "{ } | { }"),
		CASE("{}\n[]\n\n1 2", "{ } | [ ] | num(1) | num(2)"),
		CASE("\"a\"\"b\"", "str(a) | str(b)"),
		CASE("1[2]", "num(1) | [ num(2) ]"),
		CASE("{},{}", "{ } | error: byte 2: a value is missing"),
		CASE("{}\n{", "{ } | { error: byte 4: the document ends too early"),
		CASE("{\"a\":1}{\"a\":2}", "{ key(a) num(1) } | { key(a) num(2) }"),
	};
	check_cases(cases, COUNT(cases), READER_DUPLICATES);
}

static void test_next_document_before_the_first(void **state)
{
	struct json_reader json;
	struct error *error = NULL;
	struct token token;
	json_reader_init(&json, SLICE("\xEF\xBB\xBF \n"), 0);
	assert_int_equal(reader_next_document(&json.reader, &error), 0);
	json_reader_init(&json, SLICE(" []"), 0);
	assert_int_equal(reader_next_document(&json.reader, &error), 1);
	assert_int_equal(reader_next_document(&json.reader, &error), 1);
	assert_int_equal(reader_next(&json.reader, &token, &error), 1);
	assert_int_equal(reader_next_document(&json.reader, &error), -1);
	assert_string_equal(error->message, "byte 2: the document is not complete");
	error = error_free(error);
}

static void test_duplicate_keys(void **state)
{
	static const struct trace_case cases[] = {
		CASE("{\"a\":1,\"b\":2,\"a\":3,\"a\":4}",
		     "{ key(a) num(1) key(b) num(2) key(a)! num(3) key(a)! num(4) }"),
		CASE("{\"a\":{\"a\":1},\"b\":{\"a\":2}}", "{ key(a) { key(a) num(1) } key(b) { key(a) num(2) } }"),
		CASE("{\"a\":{\"b\":0},\"b\":1,\"a\":2}", "{ key(a) { key(b) num(0) } key(b) num(1) key(a)! num(2) }"),
		CASE("{\"ab\":1,\"\\u0061b\":2}", "{ key(ab) num(1) key(ab)! num(2) }"),
		CASE("{\"\\u0061\":1,\"a\":2,\"A\":3}", "{ key(a) num(1) key(a)! num(2) key(A) num(3) }"),
		CASE("{\"\\u0061\\n\":1,\"a\\u000a\":2}", "{ key(a\n) num(1) key(a\n)! num(2) }"),
		CASE("{\"\":1,\"\":2}", "{ key() num(1) key()! num(2) }"),
		CASE("[{\"a\":1},{\"a\":1}]", "[ { key(a) num(1) } { key(a) num(1) } ]"),
	};
	check_cases(cases, COUNT(cases), READER_DUPLICATES);
	assert_string_equal(trace_json(SLICE("{\"a\":1,\"a\":2}"), 0), "{ key(a) num(1) key(a) num(2) }");
	assert_string_equal(trace_json(SLICE("{\"\xFF\":1,\"\\ud800\":2}"), READER_DUPLICATES | READER_GO),
			    "{ key(\uFFFD)? num(1) key(\uFFFD)!? num(2) }");
}

static void test_depth(void **state)
{
	struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	for (int objects = 0; objects < 2; objects++) {
		for (size_t depth = LIMIT_JSON_DEPTH - 1; depth <= LIMIT_JSON_DEPTH + 1; depth++) {
			strbuf_clear(&text);
			for (size_t i = 0; i < depth; i++)
				strbuf_add_text(&text, objects ? "{\"\":" : "[");
			strbuf_add_text(&text, "1");
			strbuf_add_repeat(&text, objects ? '}' : ']', depth);
			const char *trace = trace_json(strbuf_slice(&text), READER_DUPLICATES);
			assert_int_equal(strstr(trace, "nested too deeply") != NULL, depth > LIMIT_JSON_DEPTH);

			struct json_reader json;
			struct error *error = NULL;
			json_reader_init(&json, strbuf_slice(&text), 0);
			assert_int_equal(reader_skip(&json.reader, &error), depth > LIMIT_JSON_DEPTH ? -1 : 0);
			if (error)
				assert_int_equal(error->code, ERROR_LIMIT);
			error = error_free(error);
		}
	}
	strbuf_release(&text);
}

static void test_brackets_never_end_inside(void **state)
{
	struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	strbuf_add_repeat(&text, '[', 100000);
	assert_non_null(strstr(trace_json(strbuf_slice(&text), 0), "nested too deeply"));
	strbuf_release(&text);
}

static void test_too_many_keys(void **state)
{
	struct strbuf text = STRBUF_INIT(8 * LIMIT_MIB);
	strbuf_add_char(&text, '{');
	for (int i = 0; i <= LIMIT_JSON_KEYS; i++)
		strbuf_addf(&text, "%s\"%d\":0", i ? "," : "", i);
	strbuf_add_char(&text, '}');
	assert_non_null(strstr(trace_json(strbuf_slice(&text), READER_DUPLICATES), "more than 100000 keys"));
	assert_null(strstr(trace_json(strbuf_slice(&text), 0), "error"));
	strbuf_release(&text);
}

static const struct slice SAMPLE = SLICE(
	" {\"kind\" : \"Pod\", \"n\":[-1.5e+3,true,false,null,{}], \"e\\u00e9\\ud83d\\ude00\":"
	"\"caf\u00e9 0123456789abcdef \\\" \U0001F600\",\n  \"o\": {\"x\":[[]]}}");

static void test_cut_at_every_byte(void **state)
{
	for (size_t len = 0; len < SAMPLE.len; len++) {
		const char *trace = trace_json(slice_part(SAMPLE, 0, len), READER_DUPLICATES);
		assert_non_null(strstr(trace, "error: byte "));
	}
	assert_null(strstr(trace_json(SAMPLE, READER_DUPLICATES), "error"));
}

static void *copy_of(struct slice text)
{
	char *copy = mem_alloc(text.len);
	memcpy(copy, text.data, text.len);
	return copy;
}

/* Reads a document by next alone, or skips it whole: offset where it ended or failed. */
static size_t end_of(struct slice text, unsigned flags, bool skip, bool *ret_failed)
{
	struct json_reader json;
	struct error *error = NULL;
	struct token token;
	int got;
	json_reader_init(&json, text, flags);
	if (skip)
		got = reader_skip(&json.reader, &error);
	else
		while ((got = reader_next(&json.reader, &token, &error)) > 0)
			;
	*ret_failed = got < 0;
	error_free(error);
	json_reader_release(&json);
	return json.reader.offset;
}

static void check_skip_equals_next(struct slice text)
{
	for (unsigned flags = 0; flags <= READER_GO; flags += READER_GO) {
		bool next_failed, skip_failed;
		size_t next_end = end_of(text, flags, false, &next_failed);
		size_t skip_end = end_of(text, flags, true, &skip_failed);
		assert_int_equal(next_failed, skip_failed);
		assert_int_equal(next_end, skip_end);
	}
}

static void test_flipped_bits(void **state)
{
	char *text = copy_of(SAMPLE);
	for (size_t bit = 0; bit < SAMPLE.len * 8; bit++) {
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
		check_skip_equals_next((struct slice){ text, SAMPLE.len });
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
	}
	assert_memory_equal(text, SAMPLE.data, SAMPLE.len);
	mem_free(text);
}

static void test_skip_and_next_agree_on_cut_input(void **state)
{
	for (size_t len = 0; len <= SAMPLE.len; len++) {
		char *text = copy_of(slice_part(SAMPLE, 0, len));
		check_skip_equals_next((struct slice){ text, len });
		mem_free(text);
	}
}

static void test_skip_between_tokens(void **state)
{
	struct json_reader json;
	struct reader *r = &json.reader;
	struct error *error = NULL;
	struct token token;
	json_reader_init(&json, SLICE("{\"a\":[1,{\"x\":2},3],\"b\":4,\"c\":5}"), 0);
	assert_int_equal(reader_next(r, &token, &error), 1); /* { */
	assert_int_equal(reader_next(r, &token, &error), 1); /* a */
	assert_int_equal(reader_next(r, &token, &error), 1); /* [ */
	assert_int_equal(reader_skip(r, &error), 0);         /* 1 */
	assert_int_equal(reader_skip(r, &error), 0);         /* {"x":2} */
	assert_int_equal(reader_next(r, &token, &error), 1);
	assert_int_equal(token.type, TOKEN_NUMBER);
	assert_true(slice_equal_text(token.text, "3"));
	assert_int_equal(token.offset, 16);
	for (int i = 0; i < 3; i++)
		assert_int_equal(reader_skip(r, &error), 0); /* nothing: the array ends here */
	assert_int_equal(reader_next(r, &token, &error), 1);
	assert_int_equal(token.type, TOKEN_ARRAY_END);
	assert_int_equal(r->depth, 1);
	assert_int_equal(reader_skip(r, &error), 0); /* "b":4, whole */
	assert_int_equal(reader_next(r, &token, &error), 1);
	assert_true(token.type == TOKEN_KEY && token_is(&token, "c"));
	assert_int_equal(reader_skip(r, &error), 0);
	assert_int_equal(reader_next(r, &token, &error), 1);
	assert_int_equal(token.type, TOKEN_OBJECT_END);
	assert_int_equal(reader_skip(r, &error), 0); /* nothing: the document ended */
	assert_int_equal(reader_next(r, &token, &error), 0);
	assert_int_equal(r->offset, r->document.len);
}

static void test_skip_wants_the_comma(void **state)
{
	static const char *const bad[] = { "[1 2]", "[1,]", "[1}", "[1" };
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct json_reader json;
		struct error *error = NULL;
		struct token token;
		json_reader_init(&json, slice_of(bad[i]), 0);
		assert_int_equal(reader_next(&json.reader, &token, &error), 1);
		assert_int_equal(reader_skip(&json.reader, &error), 0);
		assert_int_equal(reader_skip(&json.reader, &error), -1);
		error = error_free(error);
		assert_int_equal(reader_next(&json.reader, &token, &error), -1);
		assert_string_equal(error->message, "the document was given up after an error");
		error = error_free(error);
	}
}

static void test_offsets(void **state)
{
	static const size_t expected[] = { 3, 4, 8, 9, 12, 13 };
	struct json_reader json;
	struct error *error = NULL;
	struct token token;
	json_reader_init(&json, SLICE("\xEF\xBB\xBF{\"a\":[12 ]}"), 0);
	for (size_t i = 0; i < COUNT(expected); i++) {
		assert_int_equal(reader_next(&json.reader, &token, &error), 1);
		assert_int_equal(token.offset, expected[i]);
	}
	assert_int_equal(reader_next(&json.reader, &token, &error), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_nul_is_a_character),
		cmocka_unit_test(test_errors_have_their_place),
		cmocka_unit_test(test_bytes_that_are_not_utf8),
		cmocka_unit_test(test_go_replaces),
		cmocka_unit_test(test_lone_surrogates_are_refused),
		cmocka_unit_test(test_documents_one_after_another),
		cmocka_unit_test(test_next_document_before_the_first),
		cmocka_unit_test(test_duplicate_keys),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_brackets_never_end_inside),
		cmocka_unit_test(test_too_many_keys),
		cmocka_unit_test(test_cut_at_every_byte),
		cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_skip_and_next_agree_on_cut_input),
		cmocka_unit_test(test_skip_between_tokens),
		cmocka_unit_test(test_skip_wants_the_comma),
		cmocka_unit_test(test_offsets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
