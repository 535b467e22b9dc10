/* Plain scalars as go-yaml v2 resolves them (its resolve.go, and strconv with base 0). */
#include "base/yaml_scalar_internal.h"
#include "support/check.h"

static void check(const char *text, enum token_type type, const char *number)
{
	char room[YAML_NUMBER_BYTES];
	struct token token = { 0 };
	assert_true(yaml_scalar_resolve(slice_of(text), room, &token));
	assert_int_equal(token.type, type);
	assert_true(slice_equal_text(token.text, number ? number : text));
}

static void test_null_and_booleans(void **state)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };
	static const char *const booleans[] = { "y",     "Y",     "yes",   "Yes", "YES", "true", "True", "TRUE",
						"on",    "On",    "ON",    "n",   "N",   "no",   "No",   "NO",
						"false", "False", "FALSE", "off", "Off", "OFF" };
	static const char *const strings[] = { "nULL", "none", "nil",  "tRUE", "yEs", "t",
					       "f",    "oN",   "yes ", "~~",   "<<",  "=" };
	for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
		check(nulls[i], TOKEN_NULL, NULL);
	for (size_t i = 0; i < sizeof booleans / sizeof *booleans; i++) {
		char room[YAML_NUMBER_BYTES];
		struct token token = { 0 };
		check(booleans[i], TOKEN_BOOL, NULL);
		yaml_scalar_resolve(slice_of(booleans[i]), room, &token);
		assert_int_equal(token.boolean, i < 11);
	}
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		check(strings[i], TOKEN_STRING, NULL);
}

static void test_numbers(void **state)
{
	static const char *const cases[][2] = {
		{ "0", "0" },
		{ "-0", "0" },
		{ "00", "0" },
		{ "12", "12" },
		{ "+12", "12" },
		{ "-12", "-12" },
		{ "1_000", "1000" },
		{ "1__0_", "10" },
		{ "017", "15" },
		{ "-017", "-15" },
		{ "0o17", "15" },
		{ "0O17", "15" },
		{ "0x1F", "31" },
		{ "-0XfF", "-255" },
		{ "0x_1f", "31" },
		{ "0b101", "5" },
		{ "-0B11", "-3" },
		{ "9223372036854775807", "9223372036854775807" },
		{ "-9223372036854775808", "-9223372036854775808" },
		{ "18446744073709551615", "18446744073709551615" },
		{ "18446744073709551616", "18446744073709551616" },
		{ "-9223372036854775809", "-9223372036854775809" },
		{ "+9223372036854775808", "9223372036854775808" },
		{ "08", "8" },
		{ "0019.50", "19.50" },
		{ "1.5", "1.5" },
		{ "+1.5", "1.5" },
		{ "-1.5", "-1.5" },
		{ "1.", "1" },
		{ ".5", "0.5" },
		{ "-.5", "-0.5" },
		{ "1e3", "1e3" },
		{ "1E+03", "1e03" },
		{ "1_0.2_5e-1_0", "10.25e-10" },
		{ "00.0", "0.0" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check(cases[i][0], TOKEN_NUMBER, cases[i][1]);
}

static void test_strings_that_look_like_numbers(void **state)
{
	static const char *const cases[] = {
		"-",          "+",
		".",          "..",
		"-.",         "1.2.3",
		"1:30",       "190:20:30",
		"2026-11-25", "2026-11-25T10:00:00Z",
		"0x",         "0o",
		"0b",         "0xg",
		"0b2",        "0o8",
		"1e",         "1e+",
		"e1",         ".e1",
		"_1",         "12a",
		"0.5x",       "--1",
		"+-1",        "1 2",
		"1,000",      "0x10000000000000000",
		"1e999",      "- 1",
		"v1",         "10.0.0.1",
		"1Gi",        "250m",
		"sha256:12",  ".5.5",
		"0o_",
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check(cases[i], TOKEN_STRING, NULL);
}

static void test_no_json_value(void **state)
{
	static const char *const cases[] = {
		".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "-.Inf", "-.INF"
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char room[YAML_NUMBER_BYTES];
		struct token token = { 0 };
		assert_false(yaml_scalar_resolve(slice_of(cases[i]), room, &token));
	}
	check("nan", TOKEN_STRING, NULL);
	check("-inf", TOKEN_STRING, NULL);
	check(".nAn", TOKEN_STRING, NULL);
}

static void test_digits_without_end(void **state)
{
	char digits[2 * YAML_NUMBER_BYTES];
	for (size_t len = YAML_NUMBER_BYTES - 4; len < YAML_NUMBER_BYTES + 4; len++) {
		char room[YAML_NUMBER_BYTES];
		struct token token = { 0 };
		memset(digits, '0', len);
		digits[1] = '.';
		assert_true(yaml_scalar_resolve((struct slice){ digits, len }, room, &token));
		assert_int_equal(token.type, len < YAML_NUMBER_BYTES ? TOKEN_NUMBER : TOKEN_STRING);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_null_and_booleans),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_strings_that_look_like_numbers),
		cmocka_unit_test(test_no_json_value),
		cmocka_unit_test(test_digits_without_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
