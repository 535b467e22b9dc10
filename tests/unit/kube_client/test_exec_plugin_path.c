#include "base/limits.h"
#include "kube/client/exec_plugin.h"
#include "support/check.h"

static void any_of_the_list_allows(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct error *err = NULL;
	const char *const allowed[] = { "made-up", "/opt/./x" };
	struct kube_access_options options = { allowed, 2 };
	bool answer;
	check_ok(exec_plugin_is_allowed(&arena, &options, SLICE("made-up"), SLICE_NONE, &answer, &err), &err);
	assert_true(answer);
	check_ok(exec_plugin_is_allowed(&arena, &options, SLICE("x"), SLICE("/opt/x"), &answer, &err), &err);
	assert_true(answer);
	check_ok(exec_plugin_is_allowed(&arena, &options, SLICE("x"), SLICE("/opt/y/x"), &answer, &err), &err);
	assert_false(answer);
}

static void an_empty_list_allows_nothing(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct error *err = NULL;
	struct kube_access_options options = { 0 };
	bool answer;
	check_ok(exec_plugin_is_allowed(&arena, &options, SLICE("sh"), SLICE("/bin/sh"), &answer, &err), &err);
	assert_false(answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_of_the_list_allows),
		cmocka_unit_test(an_empty_list_allows_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
