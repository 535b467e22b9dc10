#include "derive/scenario.h"
#include "derive/world_internal.h"

static void list_keeps_what_is_pushed(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(1 << 20);
	struct world_list list = { 0 };
	int items[100] = { 0 };
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(world_list_push(&list, &items[i], &arena), 0);
	assert_int_equal(list.len, 100);
	for (size_t i = 0; i < 100; i++)
		assert_ptr_equal(list.items[i], &items[i]);
}

static void full_arena_leaves_the_list_as_it_was(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(4096);
	struct world_list list = { 0 };
	int item = 1;
	while (world_list_push(&list, &item, &arena) == 0)
		assert_true(list.len < 4096);
	for (size_t i = 0; i < list.len; i++)
		assert_ptr_equal(list.items[i], &item);
}

static void exact_keys_of_different_parts_differ(void **state)
{
	(void)state;
	CLEANUP(map_release) struct map seen = { 0 };
	struct build build = { .key = STRBUF_INIT(4096) };
	struct error *err = NULL;
	const struct slice parts[][3] = {
		{ SLICE("a"), SLICE("b"), SLICE("c") },  { SLICE("a/b"), SLICE(""), SLICE("c") },
		{ SLICE("ab"), SLICE(""), SLICE("c") },  { SLICE("a"), SLICE("bc"), SLICE("") },
		{ SLICE("a"), SLICE("bc"), SLICE_NONE }, { SLICE("a\0b"), SLICE(""), SLICE("c") },
	};
	for (size_t i = 0; i < 6; i++) {
		struct slice key = SLICE_NONE;
		check_ok(build_exact_key(&build, parts[i], 3, &key, &err), &err);
		void **place = map_put(&seen, key);
		assert_null(*place);
		*place = &build;
	}
	strbuf_release(&build.key);
}

static void key_over_its_maximum_is_an_error(void **state)
{
	(void)state;
	struct build build = { .key = STRBUF_INIT(8) };
	struct error *err = NULL;
	struct slice parts[] = { SLICE("12345"), SLICE("67890") }, key = SLICE_NONE;
	assert_int_equal(build_key(&build, parts, 2, &key, &err), -1);
	check_error(&err, ERROR_LIMIT, "");
	/* The next one is none the worse for it. */
	check_ok(build_key(&build, parts, 1, &key, &err), &err);
	check_slice(key, "12345");
	strbuf_release(&build.key);
}

static void put_keeps_the_first(void **state)
{
	(void)state;
	CLEANUP(map_release) struct map map = { 0 };
	struct error *err = NULL;
	int a = 1, b = 2;
	void *kept = NULL;
	check_ok(build_put(&map, SLICE("k"), &a, &kept, &err), &err);
	assert_ptr_equal(kept, &a);
	check_ok(build_put(&map, SLICE("k"), &b, &kept, &err), &err);
	assert_ptr_equal(kept, &a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_keeps_what_is_pushed),
		cmocka_unit_test(full_arena_leaves_the_list_as_it_was),
		cmocka_unit_test(exact_keys_of_different_parts_differ),
		cmocka_unit_test(key_over_its_maximum_is_an_error),
		cmocka_unit_test(put_keeps_the_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
