#include "base/slice.h"

#include "support/check.h"

static void nothing_equals_only_itself(void **state)
{
	assert_true(slice_equal(SLICE_NONE, SLICE_NONE));
	assert_false(slice_equal(SLICE_NONE, SLICE("")));
	assert_false(slice_equal_nocase(SLICE(""), SLICE_NONE));
	assert_true(slice_equal_nocase(SLICE_NONE, SLICE_NONE));
	assert_true(slice_equal_text(SLICE_NONE, NULL));
	assert_false(slice_equal_text(SLICE_NONE, ""));
	assert_false(slice_equal_text(SLICE(""), NULL));
}

static void equal_looks_at_every_byte(void **state)
{
	assert_true(slice_equal(SLICE("a\0b"), SLICE("a\0b")));
	assert_false(slice_equal(SLICE("a\0b"), SLICE("a\0c")));
	assert_false(slice_equal(SLICE("ab"), SLICE("abc")));
	assert_true(slice_equal_text(SLICE("auths"), "auths"));
	assert_false(slice_equal_text(SLICE("auths\0"), "auths"));
}

static void nocase_folds_ascii_only(void **state)
{
	assert_true(slice_equal_nocase(SLICE("AUTHS"), SLICE("auths")));
	assert_false(slice_equal_nocase(SLICE("[\\]"), SLICE("{|}")));
	assert_false(slice_equal_nocase(SLICE("\xc3\x89"), SLICE("\xc3\xa9")));
}

static void order_is_that_of_bytes(void **state)
{
	const struct slice ascending[] = { SLICE_NONE,  SLICE(""),  SLICE("a"),   SLICE("a\0"),
					   SLICE("ab"), SLICE("b"), SLICE("\xff") };
	size_t count = sizeof ascending / sizeof *ascending;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++) {
			int order = slice_compare(ascending[i], ascending[j]);
			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
}

static void starts_ends_contains(void **state)
{
	assert_true(slice_starts_with(SLICE("https://hub"), "https://"));
	assert_false(slice_starts_with(SLICE("http"), "https"));
	assert_true(slice_starts_with(SLICE(""), ""));
	assert_false(slice_starts_with(SLICE_NONE, ""));
	assert_true(slice_ends_with(SLICE("pods.json"), ".json"));
	assert_false(slice_ends_with(SLICE("json"), ".json"));
	assert_false(slice_ends_with(SLICE_NONE, ""));
	assert_true(slice_contains(SLICE("a\0needle"), "needle"));
	assert_false(slice_contains(SLICE("needl"), "needle"));
	assert_true(slice_contains(SLICE(""), ""));
	assert_false(slice_contains(SLICE_NONE, ""));
}

static void part_is_clamped(void **state)
{
	check_slice(slice_part(SLICE("abcdef"), 2, 3), "cde");
	check_slice(slice_part(SLICE("abcdef"), 2, SIZE_MAX), "cdef");
	check_slice(slice_part(SLICE("abcdef"), 6, 1), "");
	check_slice(slice_part(SLICE("abcdef"), SIZE_MAX, SIZE_MAX), "");
	assert_null(slice_part(SLICE_NONE, 0, 1).data);
}

static void trim_takes_blanks_at_both_ends(void **state)
{
	check_slice(slice_trim(SLICE(" \t\r\n a b \n")), "a b");
	check_slice(slice_trim(SLICE(" \n ")), "");
	check_slice(slice_trim(SLICE("\v")), "\v");
	assert_null(slice_trim(SLICE_NONE).data);
}

static void cut_takes_the_first_cut_last_the_last(void **state)
{
	struct slice head, tail;
	assert_true(slice_cut(SLICE("a:b:c"), ':', &head, &tail));
	check_slice(head, "a");
	check_slice(tail, "b:c");
	assert_true(slice_cut_last(SLICE("a:b:c"), ':', &head, &tail));
	check_slice(head, "a:b");
	check_slice(tail, "c");
	assert_true(slice_cut(SLICE(":"), ':', &head, &tail));
	check_slice(head, "");
	check_slice(tail, "");
}

static void cut_without_separator_gives_the_whole(void **state)
{
	struct slice head, tail;
	assert_false(slice_cut(SLICE("abc"), ':', &head, &tail));
	check_slice(head, "abc");
	assert_null(tail.data);
	assert_false(slice_cut_last(SLICE_NONE, ':', &head, &tail));
	assert_null(head.data);
	assert_null(tail.data);
	assert_false(slice_cut(SLICE(""), ':', &head, &tail));
	check_slice(head, "");
}

static void cut_may_write_to_what_it_reads(void **state)
{
	struct slice left = SLICE("a,b,c"), item;
	size_t count = 1;
	while (slice_cut(left, ',', &item, &left))
		count++;
	assert_int_equal(count, 3);
	check_slice(item, "c");
}

static int precision_of(int precision, const char *text)
{
	return text ? precision : -1;
}

static void printf_never_reads_on_to_a_nul(void **state)
{
	assert_int_equal(precision_of(SLICE_ARG(SLICE("abc"))), 3);
	assert_int_equal(precision_of(SLICE_ARG(SLICE_NONE)), 0);
	struct slice large = { "", (size_t)INT_MAX + 1 };
	assert_int_equal(precision_of(SLICE_ARG(large)), INT_MAX);
}

static void a_list_has_what_equals_one_of_its_texts(void **state)
{
	(void)state;
	static const struct slice items[] = { SLICE("a"), SLICE(""), SLICE("abc") };
	const struct slice_list list = { items, 3 };
	assert_true(slice_list_has(list, SLICE("abc")));
	assert_true(slice_list_has(list, SLICE("")));
	assert_false(slice_list_has(list, SLICE("ab")));
	assert_false(slice_list_has(list, SLICE_NONE));
	assert_false(slice_list_has((struct slice_list){ NULL, 0 }, SLICE("a")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_equals_only_itself),
		cmocka_unit_test(equal_looks_at_every_byte),
		cmocka_unit_test(a_list_has_what_equals_one_of_its_texts),
		cmocka_unit_test(nocase_folds_ascii_only),
		cmocka_unit_test(order_is_that_of_bytes),
		cmocka_unit_test(starts_ends_contains),
		cmocka_unit_test(part_is_clamped),
		cmocka_unit_test(trim_takes_blanks_at_both_ends),
		cmocka_unit_test(cut_takes_the_first_cut_last_the_last),
		cmocka_unit_test(cut_without_separator_gives_the_whole),
		cmocka_unit_test(cut_may_write_to_what_it_reads),
		cmocka_unit_test(printf_never_reads_on_to_a_nul),
	};
	return cmocka_run_group_tests_name("slice", tests, NULL, NULL);
}
