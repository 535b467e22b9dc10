#include <string.h>

#include "base/limits.h"
#include "base/process.h"
#include "support/check.h"

static void check_said(struct slice said, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	process_add_said(&out, said);
	assert_string_equal(strbuf_text(&out), expected);
}

static void lines_become_one(void **state)
{
	check_said(SLICE("\n\nAn error\r\n\toccurred:  no\n"), "An error occurred: no");
	check_said(SLICE(""), "");
	check_said(SLICE(" \n "), "");
	check_said(SLICE("arn:aws:iam::123456789012:role/some-role is not authorized"),
		   "arn:aws:iam::123456789012:role/some-role is not authorized");
}

static void words_as_long_as_tokens_are_left_out(void **state)
{
	char text[400], expected[400];
	memset(text, 'x', sizeof text);
	memcpy(text, "token: ", 7);
	check_said((struct slice){ text, 7 + 101 }, "token: (101 bytes left out)");
	memcpy(expected, text, 107);
	expected[107] = '\0';
	check_said((struct slice){ text, 7 + 100 }, expected);
	memcpy(text + 150, "\"}", 2);
	check_said((struct slice){ text, 152 }, "token: (143 bytes left out)\"}");
}

static void the_middle_of_a_long_text_is_left_out(void **state)
{
	CLEANUP(strbuf_release) struct strbuf said = STRBUF_INIT(LIMIT_MIB), out = STRBUF_INIT(LIMIT_MIB);
	strbuf_add_text(&said, "Traceback");
	for (int i = 0; i < 1000; i++)
		strbuf_addf(&said, "\nline %d", i);
	strbuf_add_text(&said, "\nValueError: last");
	process_add_said(&out, strbuf_slice(&said));
	assert_int_equal(out.len, 300 + 5 + 500);
	assert_true(slice_starts_with(strbuf_slice(&out), "Traceback line 0 line 1"));
	assert_true(slice_ends_with(strbuf_slice(&out), "line 999 ValueError: last"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_become_one),
		cmocka_unit_test(words_as_long_as_tokens_are_left_out),
		cmocka_unit_test(the_middle_of_a_long_text_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
