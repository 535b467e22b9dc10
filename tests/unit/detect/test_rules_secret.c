#include "detect/cases.h"

static void pull_key_dead(void **state)
{
	(void)state;
	run_rule_cases("pull-key-dead");
}

static void pull_key_shadowed(void **state)
{
	(void)state;
	run_rule_cases("pull-key-shadowed");
}

static void pull_entry_undecodable(void **state)
{
	(void)state;
	run_rule_cases("pull-entry-undecodable");
}

static void pull_unsupported_auth(void **state)
{
	(void)state;
	run_rule_cases("pull-unsupported-auth");
}

static void pull_defect(void **state)
{
	(void)state;
	run_rule_cases("pull-defect");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pull_key_dead),
		cmocka_unit_test(pull_key_shadowed),
		cmocka_unit_test(pull_entry_undecodable),
		cmocka_unit_test(pull_unsupported_auth),
		cmocka_unit_test(pull_defect),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
