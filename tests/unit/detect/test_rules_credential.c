#include "detect/cases.h"

static void pull_password(void **state)
{
	(void)state;
	run_rule_cases("pull-password");
}

static void pull_shared(void **state)
{
	(void)state;
	run_rule_cases("pull-shared");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pull_password),
		cmocka_unit_test(pull_shared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
