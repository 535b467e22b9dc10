/* What readers share: tokens decoded, compared, copied; leaving what was opened; places. */
#include "base/alloc.h"
#include "base/json_reader.h"
#include "base/reader_internal.h"
#include "base/yaml_reader.h"
#include "support/check.h"
#include "support/torture.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The first token of a JSON text, which must outlive it. */
static struct token first_token(const char *text, unsigned flags)
{
	struct json_reader json;
	struct token token;
	struct error *error = NULL;
	json_reader_init(&json, slice_of(text), flags);
	assert_int_equal(reader_next(&json.reader, &token, &error), 1);
	json_reader_release(&json);
	return token;
}

static void test_token_is(void **state)
{
	static const struct {
		const char *json, *text;
		bool same;
	} cases[] = {
		{ "\"kind\"", "kind", true },
		{ "\"kind\"", "kin", false },
		{ "\"kind\"", "kinds", false },
		{ "\"\"", "", true },
		{ "\"\\u006bind\"", "kind", true },
		{ "\"\\u006bin\"", "kind", false },
		{ "\"\\u006binds\"", "kind", false },
		{ "\"\\n\"", "\n", true },
		{ "\"\\n\"", "n", false },
		{ "\"\\u00e9\"", "\u00e9", true },
		{ "\"\\ud83d\\ude00\"", "\U0001F600", true },
		{ "\"kind\\u0000\"", "kind", false },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct token token = first_token(cases[i].json, 0);
		assert_int_equal(token_is(&token, cases[i].text), cases[i].same);
	}
	struct token object = first_token("{}", 0);
	assert_false(token_is(&object, ""));
}

static void test_token_equal(void **state)
{
	static const char *const same[][2] = {
		{ "\"a\"", "\"a\"" },
		{ "\"\\u0061b\"", "\"ab\"" },
		{ "\"ab\"", "\"a\\u0062\"" },
		{ "\"\\u0061b\"", "\"a\\u0062\"" },
		{ "\"\\ud83d\\ude00\\n\"", "\"\U0001F600\\u000a\"" },
	};
	static const char *const different[][2] = {
		{ "\"a\"", "\"b\"" },
		{ "\"\\u0061\"", "\"ab\"" },
		{ "\"ab\"", "\"\\u0061\"" },
		{ "\"\\u0061\"", "\"\\u0061\\u0062\"" },
		{ "\"\\u0061\\u0062\"", "\"\\u0061\"" },
		{ "\"\\u0061\"", "\"\\u0041\"" },
	};
	for (size_t i = 0; i < COUNT(same); i++) {
		struct token a = first_token(same[i][0], 0), b = first_token(same[i][1], 0);
		assert_true(token_equal(&a, &b));
	}
	for (size_t i = 0; i < COUNT(different); i++) {
		struct token a = first_token(different[i][0], 0), b = first_token(different[i][1], 0);
		assert_false(token_equal(&a, &b));
	}
}

static void test_decoded_max_is_enough(void **state)
{
	static const char *const texts[] = { "\"\"",
					     "\"plain\"",
					     "\"\\n\\u0041\\ud83d\\ude00\"",
					     "\"\xFF\xFE\x80\"",
					     "\"\\ud800\\udc00\\ud800\"",
					     "\"\xE2\x82\\ud800\"" };
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct token token = first_token(texts[i], READER_GO);
		char *out = mem_alloc(token_decoded_max(&token)); /* of that size exactly: sanitizers see more */
		assert_true(token_decode(&token, out) <= token_decoded_max(&token));
		mem_free(out);
	}
}

static void test_token_copy(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_KIB * 64);
	struct token token = first_token("\"caf\\u00e9\"", 0);
	struct slice text;
	struct error *error = NULL;
	assert_int_equal(token_copy(&token, &arena, &text, &error), 0);
	assert_true(slice_equal_text(text, "caf\u00e9"));
	assert_int_equal(text.data[text.len], '\0');
	token = first_token("\"\"", 0);
	assert_int_equal(token_copy(&token, &arena, &text, &error), 0);
	assert_non_null(text.data);
	assert_int_equal(text.len, 0);
}

static void test_token_copy_keeps_the_limit(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(16);
	struct token token = first_token("\"longer than the arena may become\"", 0);
	struct slice text;
	struct error *error = NULL;
	assert_int_equal(token_copy(&token, &arena, &text, &error), -1);
	assert_int_equal(error->code, ERROR_LIMIT);
	error = error_free(error);
}

static void test_token_secret(void **state)
{
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	struct token token = first_token("\"dckr_pat_EXAMPLE\\u0065xample\"", 0);
	struct error *error = NULL;
	assert_int_equal(token_secret(&token, &bytes, &error), 0);
	assert_true(slice_equal_text(secret_reveal(&bytes), "dckr_pat_EXAMPLEexample"));
}

static void test_token_int(void **state)
{
	static const struct {
		const char *json;
		int result;
		long long value;
	} cases[] = {
		{ "0", 0, 0 },
		{ "-0", 0, 0 },
		{ "7", 0, 7 },
		{ "-12", 0, -12 },
		{ "9223372036854775807", 0, INT64_MAX },
		{ "-9223372036854775808", 0, INT64_MIN },
		{ "9223372036854775808", -1, 0 },
		{ "-9223372036854775809", -1, 0 },
		{ "92233720368547758070", -1, 0 },
		{ "1.0", -1, 0 },
		{ "1e3", -1, 0 },
		{ "\"7\"", -1, 0 },
		{ "true", -1, 0 },
		{ "null", -1, 0 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct token token = first_token(cases[i].json, 0);
		long long value = 42;
		assert_int_equal(token_int(&token, &value), cases[i].result);
		assert_true(value == (cases[i].result < 0 ? 42 : cases[i].value));
	}
}

/* Goes `steps` tokens in, leaves to each depth that is open, and expects to stand behind what was left. */
static void check_leave(struct reader *r, size_t steps, unsigned depth)
{
	struct token token;
	struct error *error = NULL;
	for (size_t i = 0; i < steps; i++)
		assert_int_equal(reader_next(r, &token, &error), 1);
	if (depth > r->depth)
		depth = r->depth;
	assert_int_equal(reader_leave(r, depth, &error), 0);
	assert_int_equal(r->depth, depth);
	assert_int_equal(reader_leave(r, 0, &error), 0);
	assert_int_equal(reader_next(r, &token, &error), 0);
	assert_int_equal(reader_next_document(r, &error), 1);
	assert_int_equal(reader_next(r, &token, &error), 1);
	assert_true(slice_equal_text(token.text, "9"));
}

static void test_leave_from_everywhere(void **state)
{
	struct slice json_text = SLICE("{\"a\":[1,{\"b\":[[]],\"c\":2},3,[4]],\"d\":{}} 9");
	struct slice yaml_text = SLICE("a:\n- 1\n- b: [[]]\n  c: 2\n-\n- [4]\nd: {}\n--- 9\n");
	for (size_t steps = 1; steps <= 21; steps++) {
		for (unsigned depth = 0; depth < 6; depth++) {
			struct json_reader json;
			struct error *error = NULL;
			json_reader_init(&json, json_text, 0);
			check_leave(&json.reader, steps, depth);
			json_reader_release(&json);
			CLEANUP(yaml_reader_freep) struct yaml_reader *yaml = yaml_reader_new(yaml_text, 0, &error);
			check_leave(yaml_reader_reader(yaml), steps, depth);
		}
	}
}

static void test_leave_checks_what_it_passes(void **state)
{
	static const char *const bad[] = { "{\"a\":[1,{\"b\":2},3", "{\"a\":[1 2]}", "{\"a\":[1,]}", "{\"a\":[tru]}",
					   "{\"a\":[1}}" };
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct json_reader json;
		struct token token;
		struct error *error = NULL;
		json_reader_init(&json, slice_of(bad[i]), 0);
		for (int n = 0; n < 3; n++)
			assert_int_equal(reader_next(&json.reader, &token, &error), 1);
		assert_int_equal(reader_leave(&json.reader, 0, &error), -1);
		error = error_free(error);
	}
}

static void test_places(void **state)
{
	struct json_reader json;
	struct error *error = NULL;
	char text[64];
	json_reader_init(&json, SLICE("[1,\n2]"), 0);
	assert_string_equal(reader_place(&json.reader, 4, text), "byte 4");
	CLEANUP(yaml_reader_freep) struct yaml_reader *yaml = yaml_reader_new(SLICE("a: 1\nb: 2\n"), 0, &error);
	assert_string_equal(reader_place(yaml_reader_reader(yaml), 0, text), "line 1 column 1");
	assert_string_equal(reader_place(yaml_reader_reader(yaml), 8, text), "line 2 column 4");
}

/* Whichever place was told before it. */
static void test_places_in_any_order(void **state)
{
	struct slice document = SLICE("a: 1\n\n- b\n  c");
	struct error *error = NULL;
	CLEANUP(yaml_reader_freep) struct yaml_reader *yaml = yaml_reader_new(document, 0, &error);
	for (size_t before = 0; before <= document.len + 1; before++)
		for (size_t offset = 0; offset <= document.len + 1; offset++) {
			char text[64], expected[64];
			size_t line, column;
			cursor_line(document, offset, &line, &column);
			snprintf(expected, sizeof expected, "line %zu column %zu", line, column);
			reader_place(yaml_reader_reader(yaml), before, text);
			assert_string_equal(reader_place(yaml_reader_reader(yaml), offset, text), expected);
		}
}

static int read_all(struct reader *r, struct error **err)
{
	struct token token;
	int got;
	while ((got = reader_next(r, &token, err)) > 0)
		;
	return got;
}

static int json_with_keys(void *data, struct error **err)
{
	CLEANUP(json_reader_release) struct json_reader json;
	json_reader_init(&json, SLICE("{\"a\":1,\"\\u0061\":2,\"b\":{\"c\":3}}"), READER_DUPLICATES);
	return read_all(&json.reader, err);
}

static int yaml_with_keys(void *data, struct error **err)
{
	CLEANUP(yaml_reader_freep)
	struct yaml_reader *yaml = yaml_reader_new(SLICE("a: 1\na: 2\nb: {c: 3}\n"), READER_DUPLICATES, err);
	return yaml ? read_all(yaml_reader_reader(yaml), err) : -1;
}

static int copied_token(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	struct token token = { .type = TOKEN_STRING, .text = SLICE("\\u0061b") };
	struct slice text;
	return token_copy(&token, &arena, &text, err) < 0 ? -1 : token_secret(&token, &bytes, err);
}

static void test_each_allocation_fails(void **state)
{
	torture(json_with_keys, NULL);
	torture(yaml_with_keys, NULL);
	torture(copied_token, NULL);
}

/* Without READER_DUPLICATES, reading JSON allocates nothing. */
static void test_json_needs_no_memory(void **state)
{
	struct json_reader json;
	struct error *error = NULL;
	torture_watch();
	torture_fail_at(1, 1);
	json_reader_init(&json, SLICE("{\"a\":[1,\"\\u0061\",{\"b\":null}]}"), READER_GO);
	int got = read_all(&json.reader, &error);
	torture_fail_at(0, 0);
	torture_unwatch();
	assert_int_equal(got, 0);
}

/* As when the file behind a mapping is written to after it was scanned: escapes that shrink have become bytes that
 * grow. */
static void test_what_changed_does_not_outgrow_its_room(void **state)
{
	static const char changed[] = "\xff\xff\xff\xff\xff\xff\xff\xff";
	const struct token token = { .type = TOKEN_STRING, .text = { changed, 8 } };
	char out[16];
	memset(out, '#', sizeof out);
	assert_int_equal(token_decoded_max(&token), 8);
	assert_int_equal(token_decode(&token, out), 6);
	assert_memory_equal(out, "\xef\xbf\xbd\xef\xbf\xbd##########", sizeof out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_token_is),
		cmocka_unit_test(test_token_equal),
		cmocka_unit_test(test_decoded_max_is_enough),
		cmocka_unit_test(test_token_copy),
		cmocka_unit_test(test_token_copy_keeps_the_limit),
		cmocka_unit_test(test_token_secret),
		cmocka_unit_test(test_token_int),
		cmocka_unit_test(test_leave_from_everywhere),
		cmocka_unit_test(test_leave_checks_what_it_passes),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_places_in_any_order),
		cmocka_unit_test(test_each_allocation_fails),
		cmocka_unit_test(test_json_needs_no_memory),
		cmocka_unit_test(test_what_changed_does_not_outgrow_its_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
