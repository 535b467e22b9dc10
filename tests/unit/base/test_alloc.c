#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

#include "support/check.h"
#include "support/torture.h"

static void empty_blocks_are_unique(void **state)
{
	void *one = mem_alloc(0), *two = mem_alloc(0);
	assert_non_null(one);
	assert_non_null(two);
	assert_ptr_not_equal(one, two);
	mem_free(one);
	mem_free(two);
	void *none = mem_alloc_zeroed(0, 8);
	assert_non_null(none);
	none = mem_resize(none, 0, 8);
	assert_non_null(none);
	assert_null(mem_free(none));
}

static void zeroed_is_zero(void **state)
{
	char *block = mem_alloc_zeroed(100, 10);
	assert_non_null(block);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(block[i], 0);
	mem_free(block);
}

static void products_that_overflow_are_refused(void **state)
{
	assert_null(mem_alloc_zeroed(SIZE_MAX / 2 + 1, 2));
	char *block = mem_copy_text("kept", 4);
	assert_null(mem_resize(block, SIZE_MAX / 16 + 1, 16));
	assert_string_equal(block, "kept");
	mem_free(block);
	assert_null(mem_copy_text("x", SIZE_MAX));
}

static void resize_keeps_bytes_and_starts_from_null(void **state)
{
	char *block = mem_resize(NULL, 4, 1);
	assert_non_null(block);
	memcpy(block, "abcd", 4);
	block = mem_resize(block, 1 << 20, 2);
	assert_memory_equal(block, "abcd", 4);
	mem_free(block);
}

static void text_is_terminated(void **state)
{
	char *text = mem_copy_text("abcdef", 3);
	assert_string_equal(text, "abc");
	mem_free(text);
	text = mem_copy_text(NULL, 0);
	assert_string_equal(text, "");
	mem_free(text);
}

static void freep_forgets_the_pointer(void **state)
{
	char *text = mem_copy_text("a", 1);
	mem_freep(&text);
	assert_null(text);
	mem_freep(&text);
	assert_null(mem_free(NULL));
}

static int take_one_of_each(void *data, struct error **err)
{
	CLEANUP(mem_freep) void *plain = mem_alloc(10);
	if (!plain)
		return error_no_memory(err);
	CLEANUP(mem_freep) void *zeroed = mem_alloc_zeroed(10, 10);
	if (!zeroed)
		return error_no_memory(err);
	CLEANUP(mem_freep) char *text = mem_copy_text("abc", 3);
	if (!text)
		return error_no_memory(err);
	char *longer = mem_resize(text, 100, 1);
	if (!longer)
		return error_no_memory(err);
	text = longer;
	return 0;
}

static void every_allocation_failed(void **state)
{
	assert_int_equal(torture(take_one_of_each, NULL), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_blocks_are_unique),
		cmocka_unit_test(zeroed_is_zero),
		cmocka_unit_test(products_that_overflow_are_refused),
		cmocka_unit_test(resize_keeps_bytes_and_starts_from_null),
		cmocka_unit_test(text_is_terminated),
		cmocka_unit_test(freep_forgets_the_pointer),
		cmocka_unit_test(every_allocation_failed),
	};
	return cmocka_run_group_tests_name("alloc", tests, NULL, NULL);
}
