#include "breach.h"
#include "triage/triage_internal.h"

#define S(text) slice_of(text)

static struct scenario s;
static struct incident incident;

static int set_up(void **state)
{
	(void)state;
	scenario_init(&s);
	record_init(&incident_type, &incident);
	incident.registries = texts(&s, "docker.io", "registry.example:5000", NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scenario_release(&s);
	return 0;
}

static void every_registry_of_the_scope_counts_and_no_other(void **state)
{
	(void)state;
	assert_true(scope_has_image(&incident, S("docker.io"), S("acme/web")));
	assert_true(scope_has_image(&incident, S("registry.example:5000"), S("acme/web")));
	assert_false(scope_has_image(&incident, S("registry.example"), S("acme/web")));
	assert_false(scope_has_image(&incident, S("registry.example:50000"), S("acme/web")));
	assert_false(scope_has_image(&incident, S("ghcr.io"), S("acme/web")));
	assert_false(scope_has_image(&incident, SLICE_NONE, S("acme/web")));
	assert_true(scope_has_login(&incident, S("registry.example:5000"), S("acme")));
	assert_false(scope_has_login(&incident, S("docker.io.example"), S("acme")));
	assert_false(scope_has_login(&incident, SLICE_NONE, S("acme")));
}

static void scope_without_a_registry_holds_nothing(void **state)
{
	(void)state;
	incident.registries = (struct slice_list){ 0 };
	assert_false(scope_has_image(&incident, S("docker.io"), S("acme/web")));
	assert_false(scope_has_login(&incident, S("docker.io"), S("acme")));
}

static void repository_is_a_prefix_of_whole_segments(void **state)
{
	(void)state;
	static const struct {
		const char *repository;
		bool inside;
	} cases[] = {
		{ "acme", true },
		{ "acme/web", true },
		{ "acme/web/debug", true },
		{ "acmecorp/web", false },
		{ "acm", false },
		{ "ACME/web", false },
		{ "mirror/acme", false },
		{ "", false },
		{ NULL, false },
		{ "library/redis", true },
		{ "library", false },
		{ "library/redis-stack", false },
		{ "library/redis/x", true },
	};
	incident.repositories = texts(&s, "acme", "library/redis", NULL);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (scope_has_image(&incident, S("docker.io"), S(cases[i].repository)) != cases[i].inside)
			fail_msg("%s", cases[i].repository);
}

static void without_repositories_every_path_is_inside_even_an_unknown_one(void **state)
{
	(void)state;
	assert_true(scope_has_image(&incident, S("docker.io"), S("anything")));
	assert_true(scope_has_image(&incident, S("docker.io"), SLICE_NONE));
}

static void accounts_are_compared_without_regard_to_case(void **state)
{
	(void)state;
	incident.accounts = texts(&s, "Acme-CI", "robot$pull", NULL);
	assert_true(scope_has_login(&incident, S("docker.io"), S("acme-ci")));
	assert_true(scope_has_login(&incident, S("docker.io"), S("ACME-CI")));
	assert_true(scope_has_login(&incident, S("docker.io"), S("robot$pull")));
	assert_false(scope_has_login(&incident, S("docker.io"), S("acme")));
	assert_false(scope_has_login(&incident, S("docker.io"), S("acme-ci2")));
	assert_false(scope_has_login(&incident, S("docker.io"), S("")));
	assert_false(scope_has_login(&incident, S("ghcr.io"), S("acme-ci")));
}

/* A token without a user name may be anyone's: an account narrows it away, and only that does. */
static void login_without_a_user_is_of_no_account(void **state)
{
	(void)state;
	assert_true(scope_has_login(&incident, S("docker.io"), SLICE_NONE));
	incident.accounts = texts(&s, "acme", NULL);
	assert_false(scope_has_login(&incident, S("docker.io"), SLICE_NONE));
}

static void repositories_narrow_images_only_and_accounts_logins_only(void **state)
{
	(void)state;
	incident.repositories = texts(&s, "acme/web", NULL);
	incident.accounts = texts(&s, "acme", NULL);
	assert_true(scope_has_login(&incident, S("docker.io"), S("acme")));
	assert_true(scope_has_image(&incident, S("docker.io"), S("acme/web")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_registry_of_the_scope_counts_and_no_other, set_up, tear_down),
		cmocka_unit_test_setup_teardown(scope_without_a_registry_holds_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(repository_is_a_prefix_of_whole_segments, set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_repositories_every_path_is_inside_even_an_unknown_one, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(accounts_are_compared_without_regard_to_case, set_up, tear_down),
		cmocka_unit_test_setup_teardown(login_without_a_user_is_of_no_account, set_up, tear_down),
		cmocka_unit_test_setup_teardown(repositories_narrow_images_only_and_accounts_logins_only, set_up,
						tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
