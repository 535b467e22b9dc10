#include "oci/walk/name_queue.h"

#include "support/check.h"
#include "support/torture.h"

static void names_come_out_in_the_order_of_their_coming(void **state)
{
	struct name_queue queue = NAME_QUEUE_INIT;
	struct error *err = NULL;
	struct slice name;
	check_ok(name_queue_add(&queue, SLICE("one"), &err), &err);
	check_ok(name_queue_add(&queue, SLICE(""), &err), &err);
	assert_true(name_queue_take(&queue, &name));
	check_slice(name, "one");
	check_ok(name_queue_add(&queue, SLICE("three"), &err), &err);
	assert_int_equal(queue.len, 2);
	assert_true(name_queue_take(&queue, &name));
	check_slice(name, "");
	assert_true(name_queue_take(&queue, &name));
	check_slice(name, "three");
	assert_false(name_queue_take(&queue, &name));
	name_queue_release(&queue);
}

static void taken_names_give_their_room_back(void **state)
{
	struct name_queue queue = NAME_QUEUE_INIT;
	struct error *err = NULL;
	struct slice name;
	for (size_t i = 0; i < 1000; i++) {
		check_ok(name_queue_add(&queue, SLICE("a-name-of-some-bytes"), &err), &err);
		assert_true(name_queue_take(&queue, &name));
	}
	assert_true(queue.names.len < 64);
	name_queue_release(&queue);
}

static void what_is_too_much_is_refused_and_the_rest_stays(void **state)
{
	struct name_queue queue = NAME_QUEUE_INIT;
	struct error *err = NULL;
	struct slice name;
	queue.names.max = 10;
	check_ok(name_queue_add(&queue, SLICE("one"), &err), &err);
	assert_int_equal(name_queue_add(&queue, SLICE("much-too-long"), &err), -1);
	check_error(&err, ERROR_LIMIT, "");
	check_ok(name_queue_add(&queue, SLICE("two"), &err), &err);
	assert_true(name_queue_take(&queue, &name));
	check_slice(name, "one");
	assert_true(name_queue_take(&queue, &name));
	check_slice(name, "two");
	assert_false(name_queue_take(&queue, &name));
	name_queue_release(&queue);
}

static int fill(void *data, struct error **err)
{
	struct name_queue queue = NAME_QUEUE_INIT;
	int result = 0;
	for (size_t i = 0; i < 100 && result == 0; i++)
		result = name_queue_add(&queue, SLICE("a-name-of-some-bytes"), err);
	name_queue_release(&queue);
	return result;
}

static void each_allocation_may_fail(void **state)
{
	torture(fill, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_come_out_in_the_order_of_their_coming),
		cmocka_unit_test(taken_names_give_their_room_back),
		cmocka_unit_test(what_is_too_much_is_refused_and_the_rest_stays),
		cmocka_unit_test(each_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
