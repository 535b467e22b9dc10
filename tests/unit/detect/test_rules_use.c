#include "detect/cases.h"

static void pull_missing(void **state)
{
	(void)state;
	run_rule_cases("pull-missing");
}

static void pull_unused(void **state)
{
	(void)state;
	run_rule_cases("pull-unused");
}

static void pull_exposed(void **state)
{
	(void)state;
	run_rule_cases("pull-exposed");
}

static void pull_rotation_blocked(void **state)
{
	(void)state;
	run_rule_cases("pull-rotation-blocked");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pull_missing),
		cmocka_unit_test(pull_unused),
		cmocka_unit_test(pull_exposed),
		cmocka_unit_test(pull_rotation_blocked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
