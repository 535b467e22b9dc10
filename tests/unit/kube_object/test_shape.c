#include "kube/object/shape.h"

#include "base/limits.h"
#include "kube/object/kinds.h"
#include "support/check.h"

static struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);

static const struct shape *any(void)
{
	const struct shape *shape = NULL;
	struct error *err = NULL;
	arena_clear(&arena);
	check_ok(shape_make(&any_object, &arena, &shape, &err), &err);
	return shape;
}

static void check_all_found(const struct shape *shape, unsigned depth)
{
	assert_true(depth < 20);
	for (unsigned i = 0; i < shape->member_count; i++) {
		const struct shape_member *member = &shape->members[i];
		assert_ptr_equal(shape_find(shape, slice_of(member->member->name)), member);
		if (member->shape)
			check_all_found(member->shape, depth + 1);
	}
}

/* The shape of what `name` of a shape holds. */
static const struct shape *below(const struct shape *shape, const char *name)
{
	const struct shape_member *member = shape_find(shape, slice_of(name));
	if (!member || !member->shape)
		fail_msg("%s holds no object", name);
	return member ? member->shape : shape;
}

static void every_member_is_found_at_every_depth(void **state)
{
	check_all_found(any(), 0);
}

static void inline_members_are_members(void **state)
{
	const struct shape *volumes = below(below(any(), "spec"), "volumes");
	assert_non_null(shape_find(volumes, SLICE("secret")));
	assert_non_null(shape_find(volumes, SLICE("name")));
}

static void other_names_are_not_found(void **state)
{
	const struct shape *shape = any();
	assert_null(shape_find(shape, SLICE("Spec")));
	assert_null(shape_find(shape, SLICE("spe")));
	assert_null(shape_find(shape, SLICE("specs")));
	assert_null(shape_find(shape, SLICE("")));
	assert_null(shape_find(shape, SLICE("\xff\xff\xff")));
}

static void the_first_member_of_a_name_counts(void **state)
{
	const struct shape *conditions = below(below(any(), "status"), "conditions");
	assert_non_null(shape_find(conditions, SLICE("lastHeartbeatTime")));
	assert_non_null(shape_find(conditions, SLICE("lastTransitionTime")));
}

static void a_full_arena_is_an_error(void **state)
{
	CLEANUP(arena_release) struct arena small = ARENA_INIT(16);
	const struct shape *shape = NULL;
	struct error *err = NULL;
	assert_int_equal(shape_make(&any_object, &small, &shape, &err), -1);
	check_error(&err, ERROR_NO_MEMORY, "");
	assert_null(shape);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_is_found_at_every_depth),
		cmocka_unit_test(inline_members_are_members),
		cmocka_unit_test(other_names_are_not_found),
		cmocka_unit_test(the_first_member_of_a_name_counts),
		cmocka_unit_test(a_full_arena_is_an_error),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_release(&arena);
	return failed;
}
