#include "base/vec.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/limits.h"
#include "support/check.h"
#include "support/torture.h"

struct numbers {
	VEC(long)
};

static void numbers_release(struct numbers *n)
{
	vec_release(n);
}

static long *push(struct numbers *n)
{
	long *item = vec_push(n);
	assert_non_null(item);
	return item;
}

static void pushed_items_stay_in_order(void **state)
{
	CLEANUP(numbers_release) struct numbers n = { 0 };
	for (long i = 0; i < 100000; i++)
		*push(&n) = i;
	assert_int_equal(n.len, 100000);
	assert_true(n.capacity >= n.len);
	for (long i = 0; i < 100000; i++)
		assert_true(n.items[i] == i);
}

static void new_items_are_zero_after_clear_too(void **state)
{
	CLEANUP(numbers_release) struct numbers n = { 0 };
	for (int i = 0; i < 20; i++)
		*push(&n) = -1;
	size_t capacity = n.capacity;
	vec_clear(&n);
	assert_int_equal(n.len, 0);
	assert_int_equal(n.capacity, capacity);
	for (int i = 0; i < 20; i++)
		assert_int_equal(*push(&n), 0);
}

static void release_may_come_twice(void **state)
{
	struct numbers n = { 0 };
	vec_release(&n);
	push(&n);
	vec_release(&n);
	vec_release(&n);
	assert_null(n.items);
	assert_int_equal(n.len + n.capacity, 0);
}

static void maximum_of_items_is_kept(void **state)
{
	size_t len = LIMIT_VEC_ITEMS, capacity = LIMIT_VEC_ITEMS;
	void *items = NULL;
	assert_null(vec_push_item(&items, &len, &capacity, sizeof(long)));
	assert_int_equal(len, LIMIT_VEC_ITEMS);
	len = capacity = 0;
	assert_null(vec_push_item(&items, &len, &capacity, SIZE_MAX / 2));
	assert_null(items);
	assert_int_equal(len + capacity, 0);
}

static void failed_push_keeps_the_items(void **state)
{
	CLEANUP(numbers_release) struct numbers n = { 0 };
	for (long i = 0; i < 8; i++)
		*push(&n) = i;
	assert_int_equal(n.capacity, 8);
	torture_fail_at(1, 0);
	assert_null(vec_push(&n));
	torture_unwatch();
	assert_int_equal(n.len, 8);
	assert_int_equal(n.items[7], 7);
	push(&n);
}

static int push_many(void *data, struct error **err)
{
	CLEANUP(numbers_release) struct numbers n = { 0 };
	for (int i = 0; i < 1000; i++)
		if (!vec_push(&n))
			return error_no_memory(err);
	return 0;
}

static void every_allocation_failed(void **state)
{
	torture(push_many, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pushed_items_stay_in_order),  cmocka_unit_test(new_items_are_zero_after_clear_too),
		cmocka_unit_test(release_may_come_twice),      cmocka_unit_test(maximum_of_items_is_kept),
		cmocka_unit_test(failed_push_keeps_the_items), cmocka_unit_test(every_allocation_failed),
	};
	return cmocka_run_group_tests_name("vec", tests, NULL, NULL);
}
