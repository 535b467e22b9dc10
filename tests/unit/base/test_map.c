#include "base/map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "support/check.h"
#include "support/torture.h"

static void *value_of(size_t number)
{
	return (void *)(uintptr_t)number; // NOLINT(performance-no-int-to-ptr)
}

/* As CPython 3.11 hashes bytes (SipHash-1-3; PYTHONHASHSEED=0 sets the key to zero), messages 00 01 02 ...:
 * PYTHONHASHSEED=0 python3 -c 'print(hex(hash(bytes(range(LEN))) % 2**64))' */
static void hash_is_siphash_1_3(void **state)
{
	static const struct {
		size_t len;
		uint64_t hash;
	} known[] = {
		{ 1, 0x68a914128e01e473 },  { 2, 0x010bac45c41e3669 },  { 7, 0x2f098ab0c751325a },
		{ 8, 0xead411e67ebe2eea },  { 9, 0x75927f9d95124362 },  { 15, 0xf30eb725bb91c9ea },
		{ 16, 0x8972188433a5c5b7 }, { 17, 0x4883c49a2c009c1d }, { 31, 0x169739443111d49b },
		{ 32, 0x31ef8061c910629b }, { 63, 0x385d3e39e5f37359 },
	};
	char bytes[64];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)i;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		assert_true(hash_bytes_keyed((struct slice){ bytes, known[i].len }, 0, 0) == known[i].hash);
}

static void keyed_hash_is_stable_within_the_process(void **state)
{
	assert_true(hash_bytes(SLICE("a")) == hash_bytes(SLICE("a")));
	assert_true(hash_bytes(SLICE("a")) != hash_bytes(SLICE("b")));
	assert_true(hash_bytes(SLICE("a")) != hash_bytes_keyed(SLICE("a"), 0, 0));
}

static void put_gives_the_same_place_twice(void **state)
{
	CLEANUP(map_release) struct map m = { 0 };
	assert_null(map_get(&m, SLICE("a")));
	void **value = map_put(&m, SLICE("a"));
	assert_null(*value);
	*value = &m;
	assert_ptr_equal(*map_put(&m, SLICE("a")), &m);
	assert_ptr_equal(map_get(&m, SLICE("a")), &m);
	assert_int_equal(m.len, 1);
}

static void keys_are_copied_and_may_hold_any_byte(void **state)
{
	CLEANUP(map_release) struct map m = { 0 };
	char key[] = "a\0b";
	*map_put(&m, (struct slice){ key, 3 }) = value_of(1);
	memset(key, 'z', sizeof key);
	assert_ptr_equal(map_get(&m, SLICE("a\0b")), value_of(1));
	assert_null(map_get(&m, SLICE("a\0c")));
	assert_null(map_get(&m, SLICE("a")));
	assert_int_equal(m.items[0].key.data[3], '\0');
}

static void nothing_and_empty_are_two_keys(void **state)
{
	CLEANUP(map_release) struct map m = { 0 };
	*map_put(&m, SLICE_NONE) = value_of(1);
	*map_put(&m, SLICE("")) = value_of(2);
	assert_int_equal(m.len, 2);
	assert_ptr_equal(map_get(&m, SLICE_NONE), value_of(1));
	assert_ptr_equal(map_get(&m, SLICE("")), value_of(2));
}

static void order_is_that_of_insertion(void **state)
{
	CLEANUP(map_release) struct map m = { 0 };
	char key[32];
	for (int i = 0; i < 5000; i++) {
		snprintf(key, sizeof key, "key %d", i * 7919 % 5000);
		assert_non_null(map_put(&m, slice_of(key)));
	}
	assert_int_equal(m.len, 5000);
	for (int i = 0; i < 5000; i++) {
		snprintf(key, sizeof key, "key %d", i * 7919 % 5000);
		check_slice(m.items[i].key, key);
	}
}

static void clear_forgets_and_keeps_the_room(void **state)
{
	CLEANUP(map_release) struct map m = { 0 };
	map_clear(&m);
	char key[32];
	for (int i = 0; i < 100; i++) {
		snprintf(key, sizeof key, "%d", i);
		*map_put(&m, slice_of(key)) = &m;
	}
	size_t capacity = m.capacity;
	map_clear(&m);
	assert_int_equal(m.len, 0);
	assert_null(map_get(&m, SLICE("7")));
	assert_null(*map_put(&m, SLICE("7")));
	assert_int_equal(m.capacity, capacity);
	assert_int_equal(m.len, 1);
}

/* A model that cannot be wrong: an array searched from the start. */
struct model {
	char keys[600][8];
	size_t values[600], len;
};

static size_t *model_find(struct model *model, const char *key)
{
	for (size_t i = 0; i < model->len; i++)
		if (!strcmp(model->keys[i], key))
			return &model->values[i];
	return NULL;
}

static void model_put(struct model *model, const char *key, size_t value)
{
	size_t *place = model_find(model, key);
	if (!place) {
		snprintf(model->keys[model->len], sizeof model->keys[0], "%s", key);
		place = &model->values[model->len++];
	}
	*place = value;
}

static void random_operations_agree_with_a_model(void **state)
{
	CLEANUP(map_release) struct map m = { 0 };
	static struct model model;
	unsigned short random[3] = { 1, 2, 3 };
	for (size_t i = 1; i < 40000; i++) {
		char key[8];
		snprintf(key, sizeof key, "%ld", nrand48(random) % 600);
		if (nrand48(random) % 2) {
			void **place = map_put(&m, slice_of(key));
			assert_int_equal(*place != NULL, model_find(&model, key) != NULL);
			*place = value_of(i);
			model_put(&model, key, i);
		} else {
			const size_t *expected = model_find(&model, key);
			assert_ptr_equal(map_get(&m, slice_of(key)), expected ? value_of(*expected) : NULL);
		}
		assert_int_equal(m.len, model.len);
		if (i % 9999 == 0) {
			map_clear(&m);
			model.len = 0;
		}
	}
}

static int put_many(void *data, struct error **err)
{
	CLEANUP(map_release) struct map m = { 0 };
	char key[32];
	for (int i = 0; i < 40; i++) {
		snprintf(key, sizeof key, "%d", i);
		void **value = map_put(&m, slice_of(key));
		if (!value)
			return error_no_memory(err);
		*value = &m;
	}
	return 0;
}

static void every_allocation_failed(void **state)
{
	torture(put_many, NULL);
}

/* Whatever fails while one more key is put, the others are found, and the next try succeeds. */
static void failed_put_keeps_the_map(void **state)
{
	for (size_t nth = 1; nth <= 3; nth++) {
		CLEANUP(map_release) struct map m = { 0 };
		char key[32];
		for (int i = 0; i < 8; i++) {
			snprintf(key, sizeof key, "%d", i);
			*map_put(&m, slice_of(key)) = &m;
		}
		torture_fail_at(nth, 0);
		void **place = map_put(&m, SLICE("new"));
		torture_unwatch();
		assert_null(place);
		assert_int_equal(m.len, 8);
		assert_ptr_equal(map_get(&m, SLICE("7")), &m);
		assert_null(map_get(&m, SLICE("new")));
		assert_non_null(map_put(&m, SLICE("new")));
		assert_int_equal(m.len, 9);
		assert_ptr_equal(map_get(&m, SLICE("0")), &m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_is_siphash_1_3),
		cmocka_unit_test(keyed_hash_is_stable_within_the_process),
		cmocka_unit_test(put_gives_the_same_place_twice),
		cmocka_unit_test(keys_are_copied_and_may_hold_any_byte),
		cmocka_unit_test(nothing_and_empty_are_two_keys),
		cmocka_unit_test(order_is_that_of_insertion),
		cmocka_unit_test(clear_forgets_and_keeps_the_room),
		cmocka_unit_test(random_operations_agree_with_a_model),
		cmocka_unit_test(every_allocation_failed),
		cmocka_unit_test(failed_put_keeps_the_map),
	};
	return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
