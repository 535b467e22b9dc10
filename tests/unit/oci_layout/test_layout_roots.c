/* Names, in their order. */
#include "base/limits.h"
#include "oci/layout/layout_internal.h"
#include "support/check.h"

static void add(struct image_layout *layout, const char *repository, const char *tag, const char *digest)
{
	struct error *err = NULL;
	struct layout_root root = { .repository = slice_of(repository),
				    .tag = slice_of(tag),
				    .digest = slice_of(digest) };
	check_ok(layout_add_root(layout, &root, &err), &err);
}

static struct image_layout *settled(void)
{
	struct error *err = NULL;
	struct image_layout *layout = layout_new(&layout_folder_ops, &err);
	add(layout, "b", "2", "d2");
	add(layout, "a", NULL, "d3");
	add(layout, "b", "1", "d1");
	add(layout, "b", "1", "d4");
	add(layout, "b", NULL, "d2");
	add(layout, "", "1", "d5");
	check_ok(layout_settle(layout, &err), &err);
	check_ok(layout_find_unnamed(layout, &err), &err);
	return layout;
}

static void test_tags_of_a_repository_without_its_neighbours(void **state)
{
	CLEANUP(image_layout_freep) struct image_layout *layout = settled();
	size_t count;
	const struct layout_root *tags = layout_tags(layout, SLICE("b"), &count);
	assert_int_equal(count, 2);
	check_slice(tags[0].tag, "1");
	check_slice(tags[1].tag, "2");
	assert_null(layout_tags(layout, SLICE("a"), &count));
	assert_int_equal(count, 0);
	assert_non_null(layout_tags(layout, SLICE(""), &count));
	assert_int_equal(count, 1);
	assert_null(layout_tags(layout, SLICE("c"), &count));
}

static void test_of_one_name_the_first_counts_and_the_other_is_unnamed(void **state)
{
	CLEANUP(image_layout_freep) struct image_layout *layout = settled();
	check_slice(layout_find(layout, SLICE("b"), SLICE("1"))->digest, "d1");
	assert_null(layout_find(layout, SLICE("b"), SLICE("3")));
	assert_null(layout_find(layout, SLICE("b"), SLICE_NONE));
	assert_int_equal(image_layout_problem_count(layout), 1);
	assert_int_equal(image_layout_unnamed_count(layout), 2);
	check_slice(image_layout_unnamed(layout, 0).digest, "d3");
	check_slice(image_layout_unnamed(layout, 1).digest, "d4");
}

static void test_only_what_was_settled_is_found(void **state)
{
	CLEANUP(image_layout_freep) struct image_layout *layout = settled();
	struct error *err = NULL;
	add(layout, "a", "1", "d6");
	assert_null(layout_find(layout, SLICE("a"), SLICE("1")));
	check_ok(layout_settle(layout, &err), &err);
	check_slice(layout_find(layout, SLICE("a"), SLICE("1"))->digest, "d6");
	assert_int_equal(image_layout_problem_count(layout), 1); /* told once */
}

static void test_nothing_at_all(void **state)
{
	struct error *err = NULL;
	CLEANUP(image_layout_freep) struct image_layout *layout = layout_new(&layout_folder_ops, &err);
	size_t count;
	check_ok(layout_settle(layout, &err), &err);
	check_ok(layout_find_unnamed(layout, &err), &err);
	assert_null(layout_tags(layout, SLICE("a"), &count));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tags_of_a_repository_without_its_neighbours),
		cmocka_unit_test(test_of_one_name_the_first_counts_and_the_other_is_unnamed),
		cmocka_unit_test(test_only_what_was_settled_is_found),
		cmocka_unit_test(test_nothing_at_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
