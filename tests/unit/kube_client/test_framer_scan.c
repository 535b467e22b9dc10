#include "kube/client/framer_scan.h"

#include "support/check.h"
#include "support/mangle.h"

/* Bytes of the value, fed in pieces of `step`; -1: refused. */
static long scan(struct slice text, size_t step)
{
	struct frame_scan scan;
	const char *problem = NULL;
	size_t at = 0;
	frame_scan_start(&scan);
	while (at < text.len) {
		struct slice piece = slice_part(text, at, step);
		struct cursor c = cursor_on(piece);
		int passed = frame_scan_on(&scan, &c, &problem);
		assert_true(passed != 0 || cursor_left(&c) == 0);
		assert_true((passed < 0) == (problem != NULL));
		if (passed < 0)
			return -1;
		at += cursor_offset(&c);
		if (passed)
			return (long)at;
	}
	return frame_scan_is_scalar(&scan) ? (long)at : -2;
}

static void check_length(const char *text, long length)
{
	for (size_t step = 1; step <= strlen(text); step++)
		assert_int_equal(scan(slice_of(text), step), length);
}

static void a_value_ends_where_its_last_bracket_or_quote_does(void **state)
{
	check_length("{}x", 2);
	check_length("[1,{\"a\":[]},\"]\"] ", 16);
	check_length("\"a\\\"b\" ", 6);
	check_length("\"\\\\\"\"", 4);
	check_length("\"\\\\\\\"\\\\\"}", 8);
	check_length("-12.5e3,", 7);
	check_length("null]", 4);
	check_length("true", 4);
}

static void a_value_that_goes_on_does_not_end(void **state)
{
	check_length("{\"a\":1", -2);
	check_length("\"abc\\\"", -2);
	check_length("[\"]", -2);
}

static void brackets_must_fit(void **state)
{
	check_length("{\"a\":1]", -1);
	check_length("[1}", -1);
	check_length("]", -1);
	check_length(",", -1);
}

static void no_byte_beyond_the_piece_is_looked_at_(struct slice variant, size_t at, void *data)
{
	scan(variant, variant.len ? variant.len : 1);
}

static void no_byte_beyond_the_piece_is_looked_at(void **state)
{
	mangle_truncate(SLICE("{\"a\\\\\":[\"\\\"\",1.5,{}],\"b\":\"\\\\\\\\\"}"),
			no_byte_beyond_the_piece_is_looked_at_, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_ends_where_its_last_bracket_or_quote_does),
		cmocka_unit_test(a_value_that_goes_on_does_not_end),
		cmocka_unit_test(brackets_must_fit),
		cmocka_unit_test(no_byte_beyond_the_piece_is_looked_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
