/* JSON that is written: layout, escapes, what is safe on a terminal, and that our reader takes all of it. */
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/time.h"
#include "base/utf8.h"
#include "support/check.h"
#include "support/torture.h"
#include "token_trace.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void write_sample(struct json_writer *w)
{
	json_object_begin(w);
	json_key(w, "name");
	json_text(w, SLICE("hub"));
	json_key(w, "list");
	json_array_begin(w);
	json_int(w, INT64_MIN);
	json_bool(w, true);
	json_bool(w, false);
	json_null(w);
	json_object_begin(w);
	json_object_end(w);
	json_array_begin(w);
	json_array_end(w);
	json_array_end(w);
	json_key(w, "last");
	json_object_begin(w);
	json_key(w, "a");
	json_int(w, 0);
	json_object_end(w);
	json_object_end(w);
}

static void test_one_line(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	struct json_writer w = { .out = &out };
	write_sample(&w);
	assert_string_equal(strbuf_text(&out),
			    "{\"name\":\"hub\",\"list\":[-9223372036854775808,true,false,null,{},[]],"
			    "\"last\":{\"a\":0}}");
	assert_int_equal(w.depth, 0);
}

static void test_indented(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	struct json_writer w = { .out = &out, .indent = 2 };
	write_sample(&w);
	assert_string_equal(strbuf_text(&out), "{\n"
					       "  \"name\": \"hub\",\n"
					       "  \"list\": [\n"
					       "    -9223372036854775808,\n"
					       "    true,\n"
					       "    false,\n"
					       "    null,\n"
					       "    {},\n"
					       "    []\n"
					       "  ],\n"
					       "  \"last\": {\n"
					       "    \"a\": 0\n"
					       "  }\n"
					       "}");
}

/* The same writer writes one document after another: JSON lines. */
static void test_lines(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	struct json_writer w = { .out = &out };
	for (int i = 0; i < 2; i++) {
		json_object_begin(&w);
		json_object_end(&w);
		strbuf_add_char(&out, '\n');
	}
	json_int(&w, 1);
	strbuf_add_char(&out, '\n');
	json_text(&w, SLICE("a"));
	assert_string_equal(strbuf_text(&out), "{}\n{}\n1\n\"a\"");
}

static void check_text(struct slice text, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	struct json_writer w = { .out = &out };
	json_text(&w, text);
	assert_string_equal(strbuf_text(&out), expected);
}

static void test_text(void **state)
{
	check_text(SLICE(""), "\"\"");
	check_text(SLICE_NONE, "null");
	check_text(SLICE("a\"b\\c/d"), "\"a\\\"b\\\\c/d\"");
	check_text(SLICE("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\"");
	check_text(SLICE("a\0b"), "\"a\\u0000b\"");
	check_text(SLICE("\x1b[31m\x7f"), "\"\\u001b[31m\\u007f\"");
	check_text(SLICE("\xC2\x85\xC2\x9B"), "\"\\u0085\\u009b\"");          /* C1: CSI in one character */
	check_text(SLICE("\u202e\u2066\u200f"), "\"\\u202e\\u2066\\u200f\""); /* bidirectional */
	check_text(SLICE("\u2028\u2029\ufeff"), "\"\\u2028\\u2029\\ufeff\"");
	check_text(SLICE("\U000E0041"), "\"\\udb40\\udc41\"");
	check_text(SLICE("caf\u00e9 \u65e5\u672c \U0001F600"), "\"caf\u00e9 \u65e5\u672c \U0001F600\"");
	check_text(SLICE("a\xFF\xC3z"), "\"a\uFFFD\uFFFDz\"");
	check_text(SLICE("\xED\xA0\x80"), "\"\uFFFD\uFFFD\uFFFD\"");
}

static void test_time(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	struct json_writer w = { .out = &out };
	json_array_begin(&w);
	json_time(&w, 0);
	json_time(&w, TIME_UNSET);
	json_array_end(&w);
	assert_string_equal(strbuf_text(&out), "[\"1970-01-01T00:00:00Z\",null]");
}

static void test_base64_twin(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	struct json_writer w = { .out = &out };
	json_object_begin(&w);
	json_member_text(&w, "good", SLICE("\u00e9"));
	json_member_text(&w, "none", SLICE_NONE);
	json_member_text(&w, "bad", SLICE("a\xFF"));
	json_member_text(&w, "next", SLICE(""));
	json_object_end(&w);
	assert_string_equal(strbuf_text(&out),
			    "{\"good\":\"\u00e9\",\"none\":null,\"bad\":\"a\uFFFD\",\"bad_base64\":\"Yf8=\","
			    "\"next\":\"\"}");
}

/* Every character alone: our reader gives it back, and nothing that a terminal acts on stands in the output. */
static void test_every_character_returns(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	char encoded[4], expected[16];
	for (uint32_t c = 0; c < 0x110000; c += c < 0x3100 ? 1 : 0x2f) {
		struct json_writer w = { .out = &out };
		size_t len = utf8_encode(c, encoded);
		if (c == 0 || (c >= 0xD800 && c <= 0xDFFF))
			continue;
		strbuf_clear(&out);
		json_text(&w, (struct slice){ encoded, len });
		snprintf(expected, sizeof expected, "str(%.*s)", (int)len, encoded);
		assert_string_equal(trace_json(strbuf_slice(&out), 0), expected);
		for (struct slice rest = strbuf_slice(&out); rest.len > 0;) {
			uint32_t shown;
			rest = slice_part(rest, utf8_decode(rest, &shown), rest.len);
			assert_false(utf8_is_hidden(shown));
		}
	}
}

static void test_limit_is_sticky(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(16);
	struct json_writer w = { .out = &out };
	struct error *error = NULL;
	json_text(&w, SLICE("longer than sixteen bytes"));
	json_int(&w, 1);
	assert_true(strbuf_failed(&out, &error));
	assert_int_equal(error->code, ERROR_LIMIT);
	error = error_free(error);
}

static int write_once(void *data, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	struct json_writer w = { .out = &out, .indent = 2 };
	json_object_begin(&w);
	json_key(&w, "sample");
	write_sample(&w);
	json_member_text(&w, "odd",
			 SLICE("a\xff\xe2\x80\xae"
			       "b"));
	json_key(&w, "time");
	json_time(&w, 0);
	json_object_end(&w);
	return strbuf_failed(&out, err) ? -1 : 0;
}

static void test_every_allocation_fails(void **state)
{
	torture(write_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_indented),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_base64_twin),
		cmocka_unit_test(test_every_character_returns),
		cmocka_unit_test(test_limit_is_sticky),
		cmocka_unit_test(test_every_allocation_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
