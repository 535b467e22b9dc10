#include "collect/registry/registry_plan.h"

#include "base/limits.h"
#include "support/check.h"
#include "support/torture.h"

static const struct registry_target hub_web = { SLICE("docker.io"), SLICE("acme/web"), SLICE("1.0"), false };
static const struct registry_target hub_acme = { SLICE("docker.io"), SLICE("acme"), { NULL, 0 }, true };
static const struct registry_target quay = { SLICE("quay.io"), { NULL, 0 }, { NULL, 0 }, false };

static void each_registry_is_asked_once_with_all_its_targets(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	const struct registry_target targets[] = { hub_web, quay, hub_acme, quay };
	const struct slice plain[] = { SLICE("quay.io") };
	struct registries_options options = { .targets = targets, .target_count = 4, .plain_http = { plain, 1 } };
	struct registry_plan *plans;
	struct error *err = NULL;
	size_t count;
	check_ok(registry_plan_make(&options, &arena, &plans, &count, &err), &err);
	assert_int_equal(count, 2);
	check_slice(plans[0].registry, "docker.io");
	check_slice(plans[0].host, "docker.io");
	assert_false(plans[0].plain_http);
	assert_int_equal(plans[0].target_count, 2);
	assert_ptr_equal(plans[0].targets[0], &targets[0]);
	assert_ptr_equal(plans[0].targets[1], &targets[2]);
	check_slice(plans[1].registry, "quay.io");
	assert_true(plans[1].plain_http);
	assert_int_equal(plans[1].target_count, 2);
}

static void every_mirror_is_asked_in_place_of_what_it_mirrors(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	const struct registry_target targets[] = { hub_web, quay };
	const struct registry_mirror mirrors[] = { { SLICE("one.local"), SLICE("docker.io") },
						   { SLICE("two.local"), SLICE("docker.io") },
						   { SLICE("one.local"), SLICE("docker.io") },
						   { SLICE("three.local"), SLICE("ghcr.io") } };
	const struct slice plain[] = { SLICE("two.local"), SLICE("docker.io") };
	struct registries_options options = {
		.targets = targets, .target_count = 2, .mirrors = mirrors, .mirror_count = 4, .plain_http = { plain, 2 }
	};
	struct registry_plan *plans;
	struct error *err = NULL;
	size_t count;
	check_ok(registry_plan_make(&options, &arena, &plans, &count, &err), &err);
	assert_int_equal(count, 3);
	check_slice(plans[0].registry, "docker.io");
	check_slice(plans[0].host, "one.local");
	assert_false(plans[0].plain_http);
	check_slice(plans[1].host, "two.local");
	assert_true(plans[1].plain_http);
	check_slice(plans[2].host, "quay.io");
}

static void nothing_is_asked_for_nothing(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	struct registries_options options = { 0 };
	struct registry_plan *plans;
	struct error *err = NULL;
	size_t count = 7;
	check_ok(registry_plan_make(&options, &arena, &plans, &count, &err), &err);
	assert_int_equal(count, 0);
}

static void a_prefix_wants_whole_path_segments_of_the_catalog(void **state)
{
	const struct registry_target *const targets[] = { &hub_web, &hub_acme };
	const struct registry_plan plan = { .targets = targets, .target_count = 2 };
	assert_true(registry_plan_wants_list(&plan));
	assert_true(registry_plan_wants(&plan, SLICE("acme")));
	assert_true(registry_plan_wants(&plan, SLICE("acme/web")));
	assert_true(registry_plan_wants(&plan, SLICE("acme/deep/web")));
	assert_false(registry_plan_wants(&plan, SLICE("acmecorp/web")));
	assert_false(registry_plan_wants(&plan, SLICE("other")));
}

static void a_whole_registry_wants_everything_and_a_name_nothing(void **state)
{
	const struct registry_target *const all[] = { &quay }, *const one[] = { &hub_web };
	const struct registry_plan whole = { .targets = all, .target_count = 1 };
	const struct registry_plan named = { .targets = one, .target_count = 1 };
	assert_true(registry_plan_wants_list(&whole));
	assert_true(registry_plan_wants(&whole, SLICE("any/thing")));
	assert_false(registry_plan_wants_list(&named));
	assert_false(registry_plan_wants(&named, SLICE("acme/web")));
}

static int plan(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	const struct registry_target targets[] = { hub_web, quay };
	struct registries_options options = { .targets = targets, .target_count = 2 };
	struct registry_plan *plans;
	size_t count;
	return registry_plan_make(&options, &arena, &plans, &count, err);
}

static void each_allocation_may_fail(void **state)
{
	torture(plan, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_registry_is_asked_once_with_all_its_targets),
		cmocka_unit_test(every_mirror_is_asked_in_place_of_what_it_mirrors),
		cmocka_unit_test(nothing_is_asked_for_nothing),
		cmocka_unit_test(a_prefix_wants_whole_path_segments_of_the_catalog),
		cmocka_unit_test(a_whole_registry_wants_everything_and_a_name_nothing),
		cmocka_unit_test(each_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
