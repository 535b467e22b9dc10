#include "base/limits.h"
#include "oci/transport/logins_internal.h"
#include "support/check.h"

static unsigned fit(const char *key, const char *registry, const char *repository)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct error *err = NULL;
	unsigned answer = 0;
	check_ok(login_match(slice_of(key), slice_of(registry), slice_of(repository), &arena, &answer, &err), &err);
	return answer;
}

static void every_spelling_of_a_host_fits(void **state)
{
	static const char *const keys[] = {
		"https://index.docker.io/v1/",
		"https://index.docker.io/v1",
		"index.docker.io",
		"docker.io",
		"registry-1.docker.io",
		"https://docker.io",
		"HTTPS://Index.Docker.IO/v2/",
	};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		assert_true(fit(keys[i], "docker.io", "library/nginx"));
	assert_true(fit("https://reg.example", "reg.example", "a/b"));
	assert_true(fit("http://reg.example/v1/", "reg.example", "a/b"));
	assert_true(fit("reg.example:443", "reg.example", "a/b"));
	assert_true(fit("reg.example:5000", "reg.example:5000", "a/b"));
	assert_true(fit("[::1]:5000", "[::1]:5000", "a/b"));
}

static void another_host_or_port_does_not(void **state)
{
	assert_false(fit("reg.example", "reg.example:5000", "a/b"));
	assert_false(fit("reg.example:5000", "reg.example", "a/b"));
	assert_false(fit("reg.example", "eg.example", "a/b"));
	assert_false(fit("reg.example", "reg.example.evil", "a/b"));
	assert_false(fit("reg.example", "evil.reg.example", "a/b"));
	assert_false(fit("reg.example@evil.example", "reg.example", "a/b"));
	assert_false(fit("", "reg.example", "a/b"));
}

static void a_path_holds_what_is_below_it(void **state)
{
	assert_true(fit("quay.io/team", "quay.io", "team/app"));
	assert_true(fit("quay.io/team/app", "quay.io", "team/app"));
	assert_false(fit("quay.io/team", "quay.io", "teammate/app"));
	assert_false(fit("quay.io/team/app", "quay.io", "team"));
	assert_false(fit("quay.io/team", "quay.io", ""));
	assert_true(fit("quay.io", "quay.io", ""));
	/* docker cuts what it takes for a URL */
	assert_true(fit("https://quay.io/team", "quay.io", "other/app"));
}

static void the_better_one_is_larger(void **state)
{
	static const char *const in_order[] = {
		"reg.eu.example/team/app",    "reg.eu.example/team", "reg.eu.example",
		"https://reg.eu.example/v1/", "reg*.eu.example",     "*.eu.example",
	};
	for (size_t i = 0; i + 1 < sizeof in_order / sizeof *in_order; i++)
		assert_true(fit(in_order[i], "reg.eu.example", "team/app") >
			    fit(in_order[i + 1], "reg.eu.example", "team/app"));
	assert_true(fit("*.eu.example", "reg.eu.example", "team/app"));
	assert_true(fit("https://index.docker.io/v1/", "docker.io", "a/b") >
		    fit("registry-1.docker.io", "docker.io", "a/b"));
}

static void patterns_are_dockers(void **state)
{
	assert_true(fit("*.dkr.ecr.amazonaws.com", "1.dkr.ecr.amazonaws.com", "a"));
	assert_true(fit("*.dkr.ecr.*.amazonaws.com", "1.dkr.ecr.eu.amazonaws.com", "a"));
	assert_false(fit("*.amazonaws.com", "1.dkr.amazonaws.com", "a")); /* a label for a label */
	assert_false(fit("*.example", "reg.example", "a"));               /* two labels */
	assert_false(fit("reg.*.example", "reg.eu.example", "a"));        /* in the last two */
	assert_false(fit("reg.eu.*", "reg.eu.example", "a"));
	assert_false(fit("https://*.eu.example", "reg.eu.example", "a"));
	assert_false(fit("*.eu.example/team", "reg.eu.example", "team/a"));
	assert_false(fit("r?g.eu.example", "reg.eu.example", "a"));
	assert_false(fit("[r]eg.eu.example", "reg.eu.example", "a"));
}

static void long_keys_do_not_leave_their_class(void **state)
{
	char key[4096];
	memset(key, 'a', sizeof key);
	memcpy(key, "quay.io/", 8);
	key[sizeof key - 1] = '\0';
	assert_true(fit(key, "quay.io", key + 8) > fit("quay.io/aaa", "quay.io", "aaa/b"));
	assert_in_range(fit(key, "quay.io", key + 8), 2000, 2900);
}

static void helpers_are_asked_for_the_server_that_docker_names(void **state)
{
	check_slice(login_server(SLICE("docker.io")), "https://index.docker.io/v1/");
	check_slice(login_server(SLICE("reg.example:5000")), "reg.example:5000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_spelling_of_a_host_fits),
		cmocka_unit_test(another_host_or_port_does_not),
		cmocka_unit_test(a_path_holds_what_is_below_it),
		cmocka_unit_test(the_better_one_is_larger),
		cmocka_unit_test(patterns_are_dockers),
		cmocka_unit_test(long_keys_do_not_leave_their_class),
		cmocka_unit_test(helpers_are_asked_for_the_server_that_docker_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
