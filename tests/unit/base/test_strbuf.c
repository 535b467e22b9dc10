#include "base/strbuf.h"

#include <limits.h>
#include <stdio.h>

#include "support/check.h"
#include "support/torture.h"

static void empty_is_an_empty_text(void **state)
{
	struct strbuf b = STRBUF_INIT(10);
	assert_string_equal(strbuf_text(&b), "");
	check_slice(strbuf_slice(&b), "");
	strbuf_cut(&b, 0);
	strbuf_clear(&b);
	strbuf_release(&b);
}

static void additions_follow_each_other(void **state)
{
	CLEANUP(strbuf_release) struct strbuf b = STRBUF_INIT(1000);
	strbuf_add(&b, "a\0b", 3);
	strbuf_add_char(&b, 'c');
	strbuf_add_text(&b, "de");
	strbuf_add_slice(&b, SLICE("fg"));
	strbuf_add_slice(&b, SLICE_NONE);
	strbuf_add_repeat(&b, '-', 3);
	strbuf_addf(&b, "%d%s", 7, "x");
	assert_true(slice_equal(strbuf_slice(&b), SLICE("a\0bcdefg---7x")));
	assert_int_equal(b.data[b.len], '\0');
}

static void integers_at_their_ends(void **state)
{
	const long long values[] = { 0, 1, -1, 9, 10, -10, 1234567890, LLONG_MAX, LLONG_MIN };
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		CLEANUP(strbuf_release) struct strbuf b = STRBUF_INIT(32);
		char expected[32];
		snprintf(expected, sizeof expected, "%lld", values[i]);
		strbuf_add_int(&b, values[i]);
		assert_string_equal(strbuf_text(&b), expected);
	}
}

static void maximum_can_be_reached_but_not_passed(void **state)
{
	CLEANUP(strbuf_release) struct strbuf b = STRBUF_INIT(4);
	struct error *err = NULL;
	strbuf_add_text(&b, "abcd");
	assert_false(strbuf_failed(&b, &err));
	strbuf_add_text(&b, "");
	assert_false(strbuf_failed(&b, &err));
	strbuf_add_char(&b, 'e');
	assert_true(strbuf_failed(&b, &err));
	check_error(&err, ERROR_LIMIT, "longer than 4 bytes");
	assert_string_equal(strbuf_text(&b), "abcd");
}

static void what_is_expected_fits_without_a_move(void **state)
{
	CLEANUP(strbuf_release) struct strbuf b = STRBUF_INIT(300);
	strbuf_add_text(&b, "ab");
	strbuf_expect(&b, 200);
	assert_string_equal(strbuf_text(&b), "ab");
	const char *data = b.data;
	strbuf_add_repeat(&b, 'x', 200);
	assert_ptr_equal(b.data, data);
	strbuf_expect(&b, 10);
	strbuf_expect(&b, SIZE_MAX);
	assert_false(strbuf_failed(&b, NULL));
	assert_int_equal(b.len, 202);
}

static void failure_is_sticky_until_cleared(void **state)
{
	CLEANUP(strbuf_release) struct strbuf b = STRBUF_INIT(4);
	struct error *err = NULL;
	strbuf_add_text(&b, "ab");
	strbuf_addf(&b, "%s", "cde");
	strbuf_add_text(&b, "f");
	assert_string_equal(strbuf_text(&b), "ab");
	assert_int_equal(b.failure, ERROR_LIMIT);
	strbuf_clear(&b);
	assert_false(strbuf_failed(&b, &err));
	strbuf_add_repeat(&b, 'z', 4);
	assert_string_equal(strbuf_text(&b), "zzzz");
	strbuf_add_repeat(&b, 'z', SIZE_MAX);
	assert_int_equal(b.failure, ERROR_LIMIT);
}

__attribute__((format(printf, 2, 3))) static void add_cut(struct strbuf *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	strbuf_addf_cut(b, format, args);
	va_end(args);
}

static void cut_additions_fill_to_the_maximum(void **state)
{
	CLEANUP(strbuf_release) struct strbuf b = STRBUF_INIT(5);
	add_cut(&b, "%s-", "ab");
	add_cut(&b, "%s", "cdef");
	assert_string_equal(strbuf_text(&b), "ab-cd");
	add_cut(&b, "%d", 1);
	assert_string_equal(strbuf_text(&b), "ab-cd");
	assert_int_equal(b.failure, 0);
}

static void cut_shortens_only(void **state)
{
	CLEANUP(strbuf_release) struct strbuf b = STRBUF_INIT(100);
	strbuf_add_text(&b, "abcdef");
	strbuf_cut(&b, 7);
	assert_string_equal(strbuf_text(&b), "abcdef");
	strbuf_cut(&b, 2);
	assert_string_equal(strbuf_text(&b), "ab");
	assert_int_equal(b.len, 2);
}

static void grows_to_its_maximum(void **state)
{
	CLEANUP(strbuf_release) struct strbuf b = STRBUF_INIT(1 << 20);
	for (int i = 0; i < 1 << 20; i++)
		strbuf_add_char(&b, (char)('a' + i % 26));
	assert_int_equal(b.failure, 0);
	assert_int_equal(b.len, 1 << 20);
	for (int i = 0; i < 1 << 20; i++)
		assert_true(b.data[i] == 'a' + i % 26);
}

static int build_text(void *data, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf b = STRBUF_INIT(10000);
	for (int i = 0; i < 100; i++)
		strbuf_addf(&b, "line %d\n", i);
	return strbuf_failed(&b, err) ? -1 : 0;
}

static void every_allocation_failed(void **state)
{
	torture(build_text, NULL);
}

static void failed_growth_keeps_what_was_there(void **state)
{
	CLEANUP(strbuf_release) struct strbuf b = STRBUF_INIT(10000);
	struct error *err = NULL;
	strbuf_add_text(&b, "kept");
	torture_fail_at(1, 0);
	strbuf_add_repeat(&b, 'x', 5000);
	torture_unwatch();
	strbuf_add_text(&b, "not added");
	assert_string_equal(strbuf_text(&b), "kept");
	assert_true(strbuf_failed(&b, &err));
	check_error(&err, ERROR_NO_MEMORY, "out of memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_is_an_empty_text),
		cmocka_unit_test(additions_follow_each_other),
		cmocka_unit_test(integers_at_their_ends),
		cmocka_unit_test(maximum_can_be_reached_but_not_passed),
		cmocka_unit_test(what_is_expected_fits_without_a_move),
		cmocka_unit_test(failure_is_sticky_until_cleared),
		cmocka_unit_test(cut_additions_fill_to_the_maximum),
		cmocka_unit_test(cut_shortens_only),
		cmocka_unit_test(grows_to_its_maximum),
		cmocka_unit_test(every_allocation_failed),
		cmocka_unit_test(failed_growth_keeps_what_was_there),
	};
	return cmocka_run_group_tests_name("strbuf", tests, NULL, NULL);
}
