#include "base/arena.h"

#include <string.h>

#include "base/limits.h"
#include "support/check.h"
#include "support/torture.h"

static void zeroed_is_aligned_and_zero(void **state)
{
	CLEANUP(arena_release) struct arena a = ARENA_INIT(LIMIT_MIB);
	for (size_t size = 1; size < 3000; size += 7) {
		assert_non_null(arena_bytes(&a, 1));
		char *block = arena_zeroed(&a, 1, size);
		assert_non_null(block);
		assert_int_equal((uintptr_t)block % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(block[i], 0);
		memset(block, 0xff, size);
	}
}

/* Each piece is filled with its own number and looked at again at the end. */
static void pieces_do_not_overlap(void **state)
{
	enum { COUNT = 3000 };
	static unsigned char *pieces[COUNT];
	CLEANUP(arena_release) struct arena a = ARENA_INIT(64 * LIMIT_MIB);
	for (size_t i = 0; i < COUNT; i++) {
		size_t size = 1 + i * 7919 % 9000;
		pieces[i] = i % 2 ? arena_zeroed(&a, 1, size) : (unsigned char *)arena_bytes(&a, size);
		assert_non_null(pieces[i]);
		memset(pieces[i], (int)(i % 251), size);
	}
	for (size_t i = 0; i < COUNT; i++) {
		size_t size = 1 + i * 7919 % 9000;
		for (size_t j = 0; j < size; j++)
			assert_true(pieces[i][j] == i % 251);
	}
}

static void empty_pieces_are_there(void **state)
{
	CLEANUP(arena_release) struct arena a = ARENA_INIT(LIMIT_MIB);
	void *none = arena_zeroed(&a, 0, 8);
	assert_non_null(none);
	assert_ptr_not_equal(none, arena_zeroed(&a, 0, 8));
	assert_non_null(arena_bytes(&a, 0));
}

static void blocks_grow_from_4_kib_to_1_mib(void **state)
{
	CLEANUP(arena_release) struct arena a = ARENA_INIT(64 * LIMIT_MIB);
	assert_non_null(arena_bytes(&a, 1));
	assert_int_equal(a.used, 4 * LIMIT_KIB);
	size_t before = a.used, largest = 0;
	while (before < 16 * LIMIT_MIB) {
		assert_non_null(arena_bytes(&a, 1000));
		if (a.used - before > largest)
			largest = a.used - before;
		before = a.used;
	}
	assert_int_equal(largest, LIMIT_MIB);
}

/* The block in use stays in use when a large piece comes between. */
static void large_pieces_get_a_block_of_their_own(void **state)
{
	CLEANUP(arena_release) struct arena a = ARENA_INIT(64 * LIMIT_MIB);
	char *first = arena_bytes(&a, 10);
	assert_non_null(arena_bytes(&a, 3 * LIMIT_MIB));
	assert_int_equal(a.used, 4 * LIMIT_KIB + 3 * LIMIT_MIB);
	assert_ptr_equal(arena_bytes(&a, 10), first + 10);
}

static void maximum_is_kept(void **state)
{
	CLEANUP(arena_release) struct arena a = ARENA_INIT(100000);
	struct error *err = NULL;
	size_t taken = 0;
	while (arena_bytes(&a, 1000))
		taken += 1000;
	assert_int_equal(arena_fail(&a, &err), -1);
	check_error(&err, ERROR_LIMIT, "more than 100000 bytes");
	assert_true(a.used <= 100000);
	assert_in_range(taken, 90000, 100000);
	assert_null(arena_zeroed(&a, 1, 200000));
	assert_null(arena_zeroed(&a, SIZE_MAX, 1));
	assert_null(arena_bytes(&a, SIZE_MAX));
}

static void overflow_is_a_limit(void **state)
{
	CLEANUP(arena_release) struct arena a = ARENA_INIT(SIZE_MAX);
	struct error *err = NULL;
	assert_null(arena_zeroed(&a, SIZE_MAX / 2, 3));
	arena_fail(&a, &err);
	check_error(&err, ERROR_LIMIT, "needs more than");
	assert_null(arena_bytes(&a, SIZE_MAX));
	torture_fail_at(1, 0);
	assert_null(arena_bytes(&a, 1));
	torture_unwatch();
	arena_fail(&a, &err);
	check_error(&err, ERROR_NO_MEMORY, "out of memory");
}

static void copies_keep_nothing_apart_from_empty(void **state)
{
	CLEANUP(arena_release) struct arena a = ARENA_INIT(LIMIT_MIB);
	struct slice copy;
	assert_int_equal(arena_copy(&a, SLICE("a\0b"), &copy), 0);
	assert_true(slice_equal(copy, SLICE("a\0b")));
	assert_int_equal(copy.data[3], '\0');
	assert_int_equal(arena_copy(&a, SLICE(""), &copy), 0);
	check_slice(copy, "");
	assert_int_equal(arena_copy(&a, SLICE_NONE, &copy), 0);
	assert_null(copy.data);
}

static void printf_formats_whole(void **state)
{
	CLEANUP(arena_release) struct arena a = ARENA_INIT(LIMIT_MIB);
	check_slice(arena_printf(&a, "%s/%d", "shop", 7), "shop/7");
	check_slice(arena_printf(&a, "%s", ""), "");
	struct slice wide = arena_printf(&a, "%20000d", 1);
	assert_int_equal(wide.len, 20000);
	assert_int_equal(wide.data[19999], '1');
	assert_null(arena_printf(&a, "%2000000d", 1).data);
}

static void clear_keeps_one_block(void **state)
{
	CLEANUP(arena_release) struct arena a = ARENA_INIT(LIMIT_MIB);
	for (int i = 0; i < 100; i++)
		memset(arena_bytes(&a, 1000), 0xff, 1000);
	torture_watch();
	arena_clear(&a);
	size_t kept = a.used;
	assert_in_range(kept, 1, LIMIT_MIB / 2);
	char *again = arena_zeroed(&a, 1, 1000);
	torture_unwatch();
	assert_int_equal(torture_live_blocks(), 0);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(again[i], 0);
	assert_int_equal(a.used, kept);
}

static void release_may_come_twice(void **state)
{
	struct arena a = ARENA_INIT(LIMIT_MIB);
	arena_clear(&a);
	arena_bytes(&a, 10);
	arena_release(&a);
	arena_release(&a);
	assert_int_equal(a.used, 0);
	assert_non_null(arena_bytes(&a, 10));
	arena_release(&a);
}

static int fill(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena a = ARENA_INIT(LIMIT_MIB);
	struct slice copy;
	for (int i = 0; i < 20; i++)
		if (!arena_zeroed(&a, 10, 100) || !arena_bytes(&a, 7) || arena_copy(&a, SLICE("text"), &copy) < 0 ||
		    !arena_printf(&a, "%4000d", i).data)
			return arena_fail(&a, err);
	return 0;
}

static void every_allocation_failed(void **state)
{
	torture(fill, NULL);
}

static void an_array_grows_and_keeps_what_it_holds(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	int *items = NULL;
	size_t capacity = 0;
	for (int i = 0; i < 1000; i++) {
		items = arena_grow(&arena, items, (size_t)i, &capacity, sizeof *items);
		assert_non_null(items);
		assert_int_equal(items[i], 0);
		items[i] = i + 1;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(items[i], i + 1);
	arena.max = arena.used;
	assert_null(arena_grow(&arena, items, capacity, &capacity, sizeof *items));
	assert_int_equal(capacity, 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zeroed_is_aligned_and_zero),
		cmocka_unit_test(pieces_do_not_overlap),
		cmocka_unit_test(empty_pieces_are_there),
		cmocka_unit_test(blocks_grow_from_4_kib_to_1_mib),
		cmocka_unit_test(large_pieces_get_a_block_of_their_own),
		cmocka_unit_test(maximum_is_kept),
		cmocka_unit_test(overflow_is_a_limit),
		cmocka_unit_test(copies_keep_nothing_apart_from_empty),
		cmocka_unit_test(printf_formats_whole),
		cmocka_unit_test(clear_keeps_one_block),
		cmocka_unit_test(release_may_come_twice),
		cmocka_unit_test(every_allocation_failed),
		cmocka_unit_test(an_array_grows_and_keeps_what_it_holds),
	};
	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
