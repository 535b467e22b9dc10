#include "base/cursor.h"

#include "support/check.h"

static void takes_until_the_end(void **state)
{
	struct cursor c = cursor_on(SLICE("a\xff"));
	assert_int_equal(cursor_peek(&c), 'a');
	assert_int_equal(cursor_take(&c), 'a');
	assert_int_equal(cursor_offset(&c), 1);
	assert_int_equal(cursor_take(&c), 0xff);
	assert_int_equal(cursor_left(&c), 0);
	assert_int_equal(cursor_peek(&c), -1);
	assert_int_equal(cursor_take(&c), -1);
	assert_int_equal(cursor_offset(&c), 2);
}

static void nothing_is_empty(void **state)
{
	struct cursor c = cursor_on(SLICE_NONE);
	assert_int_equal(cursor_left(&c), 0);
	assert_int_equal(cursor_take(&c), -1);
	assert_true(cursor_skip(&c, 0));
	assert_false(cursor_skip(&c, 1));
}

static void skips_all_or_nothing(void **state)
{
	struct cursor c = cursor_on(SLICE("abcd"));
	struct slice taken;
	assert_false(cursor_skip(&c, 5));
	assert_false(cursor_skip(&c, SIZE_MAX));
	assert_int_equal(cursor_offset(&c), 0);
	assert_true(cursor_take_slice(&c, 3, &taken));
	check_slice(taken, "abc");
	assert_false(cursor_take_slice(&c, 2, &taken));
	check_slice(taken, "abc");
	assert_int_equal(cursor_offset(&c), 3);
}

static void what_stands_before_a_byte_is_taken(void **state)
{
	struct cursor c = cursor_on(SLICE("ab\"c")), none = cursor_on(SLICE_NONE);
	struct slice before;
	assert_true(cursor_take_to(&c, '"', &before));
	check_slice(before, "ab");
	assert_int_equal(cursor_peek(&c), '"');
	assert_true(cursor_take_to(&c, '"', &before));
	check_slice(before, "");
	assert_true(cursor_skip(&c, 1));
	assert_false(cursor_take_to(&c, '"', &before));
	check_slice(before, "c");
	assert_int_equal(cursor_offset(&c), 3);
	assert_false(cursor_take_to(&none, '"', &before));
	check_slice(before, "");
}

static void sub_cursor_stays_inside(void **state)
{
	struct cursor c = cursor_on(SLICE("0123456789")), sub, inner;
	assert_true(cursor_skip(&c, 2));
	assert_true(cursor_take_cursor(&c, 5, &sub));
	assert_int_equal(cursor_offset(&c), 7);
	assert_int_equal(cursor_left(&sub), 5);
	assert_int_equal(cursor_offset(&sub), 2);
	assert_true(cursor_skip(&sub, 1));
	assert_false(cursor_take_cursor(&sub, 5, &inner));
	assert_true(cursor_take_cursor(&sub, 4, &inner));
	assert_int_equal(cursor_offset(&inner), 3);
	assert_int_equal(cursor_take(&inner), '3');
	assert_int_equal(cursor_offset(&inner), 4);
	assert_false(cursor_skip(&inner, 4));
	assert_false(cursor_take_cursor(&c, 4, &sub));
}

static void check_line(struct slice text, size_t offset, size_t line, size_t column)
{
	size_t got_line, got_column;
	cursor_line(text, offset, &got_line, &got_column);
	assert_int_equal(got_line, line);
	assert_int_equal(got_column, column);
}

static void lines_and_columns_count_from_one(void **state)
{
	struct slice text = SLICE("ab\n\ncd");
	check_line(text, 0, 1, 1);
	check_line(text, 2, 1, 3);
	check_line(text, 3, 2, 1);
	check_line(text, 4, 3, 1);
	check_line(text, 5, 3, 2);
	check_line(text, 6, 3, 3);
	check_line(text, 1000, 3, 3);
	check_line(SLICE(""), 0, 1, 1);
	check_line(SLICE_NONE, 3, 1, 1);
	check_line(SLICE("\n"), 1, 2, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_until_the_end),     cmocka_unit_test(nothing_is_empty),
		cmocka_unit_test(skips_all_or_nothing),    cmocka_unit_test(what_stands_before_a_byte_is_taken),
		cmocka_unit_test(sub_cursor_stays_inside), cmocka_unit_test(lines_and_columns_count_from_one),
	};
	return cmocka_run_group_tests_name("cursor", tests, NULL, NULL);
}
