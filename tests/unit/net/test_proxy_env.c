#include "net/proxy_env.h"

#include <stdlib.h>

#include "support/check.h"

/* Forgets the proxies of whoever runs the tests. */
static int forget_environment(void **state)
{
	static const char *const variables[] = { "HTTP_PROXY", "http_proxy", "HTTPS_PROXY",   "https_proxy",
						 "NO_PROXY",   "no_proxy",   "REQUEST_METHOD" };
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
		unsetenv(variables[i]);
	return 0;
}

static bool is_reached_by_proxy(const char *server, const char *no_proxy)
{
	const struct proxy_environment environment = { "http-proxy", "https-proxy", no_proxy, false };
	const char *variable = NULL;
	struct slice found = proxy_environment_find(&environment, slice_of(server), &variable);
	if (!found.data)
		return false;
	bool secure = slice_starts_with(slice_of(server), "https:");
	check_slice(found, secure ? "https-proxy" : "http-proxy");
	assert_string_equal(variable, secure ? "HTTPS_PROXY" : "HTTP_PROXY");
	return true;
}

static void the_scheme_chooses_the_variable(void **state)
{
	const char *variable;
	struct proxy_environment environment = { .http_proxy = "p" };
	assert_true(is_reached_by_proxy("https://a.example.com", NULL));
	assert_true(is_reached_by_proxy("http://a.example.com:80/x", ""));
	assert_null(proxy_environment_find(&environment, SLICE("https://a"), &variable).data);
	check_slice(proxy_environment_find(&environment, SLICE("http://a"), &variable), "p");
	environment.cgi = true;
	assert_null(proxy_environment_find(&environment, SLICE("http://a"), &variable).data);
	environment = (struct proxy_environment){ .https_proxy = "" };
	assert_null(proxy_environment_find(&environment, SLICE("https://a"), &variable).data);
}

static void this_machine_is_never_reached_by_a_proxy(void **state)
{
	assert_false(is_reached_by_proxy("https://localhost:6443", NULL));
	assert_false(is_reached_by_proxy("https://LOCALHOST", NULL));
	assert_false(is_reached_by_proxy("https://127.0.0.1:6443", NULL));
	assert_false(is_reached_by_proxy("https://127.9.9.9/x", NULL));
	assert_false(is_reached_by_proxy("https://[::1]:6443", NULL));
	assert_false(is_reached_by_proxy("https://[::1]", NULL));
	assert_false(is_reached_by_proxy("https://[::ffff:127.0.0.1]:1", NULL));
	assert_true(is_reached_by_proxy("https://localhost.example.com", NULL));
	assert_true(is_reached_by_proxy("https://128.0.0.1", NULL));
	assert_true(is_reached_by_proxy("https://[::2]:6443", NULL));
}

static void names_stand_for_what_is_below_them(void **state)
{
	assert_false(is_reached_by_proxy("https://example.com", "example.com"));
	assert_false(is_reached_by_proxy("https://A.Example.com", "x, EXAMPLE.COM ,y"));
	assert_true(is_reached_by_proxy("https://anexample.com", "example.com"));
	assert_true(is_reached_by_proxy("https://example.com", ".example.com"));
	assert_false(is_reached_by_proxy("https://a.example.com", ".example.com"));
	assert_true(is_reached_by_proxy("https://example.com", "*.example.com"));
	assert_false(is_reached_by_proxy("https://a.b.example.com", "*.example.com"));
	assert_true(is_reached_by_proxy("https://a.example.com", "a.*.com"));
	assert_true(is_reached_by_proxy("https://example.com", ",, ,"));
	assert_false(is_reached_by_proxy("https://example.com", "x,*"));
	assert_true(is_reached_by_proxy("https://example.com", "*x"));
}

static void ports_narrow_it_down(void **state)
{
	assert_false(is_reached_by_proxy("https://example.com:6443", "example.com:6443"));
	assert_true(is_reached_by_proxy("https://example.com:6443", "example.com:443"));
	assert_false(is_reached_by_proxy("https://example.com", "example.com:443"));
	assert_false(is_reached_by_proxy("http://example.com", "example.com:80"));
	assert_false(is_reached_by_proxy("https://example.com:6443", "example.com:"));
	assert_true(is_reached_by_proxy("https://example.com:6443", ":6443"));
	assert_false(is_reached_by_proxy("https://10.0.0.1:6443", "10.0.0.1:6443"));
	assert_true(is_reached_by_proxy("https://10.0.0.1:6443", "10.0.0.1:443"));
	assert_false(is_reached_by_proxy("https://[fd00::1]:6443", "[fd00::1]:6443"));
}

static void addresses_and_networks(void **state)
{
	assert_false(is_reached_by_proxy("https://10.1.2.3:6443", "10.0.0.0/8"));
	assert_true(is_reached_by_proxy("https://11.1.2.3:6443", "10.0.0.0/8"));
	assert_false(is_reached_by_proxy("https://[fd00:0::1]:6443", "fd00::1"));
	assert_false(is_reached_by_proxy("https://[fd00::1]", "fd00::/16"));
	assert_true(is_reached_by_proxy("https://10.1.2.3", "::/0"));
	assert_false(is_reached_by_proxy("https://[::ffff:10.0.0.1]", "10.0.0.1"));
	assert_true(is_reached_by_proxy("https://a.example.com", "0.0.0.0/0"));
	assert_true(is_reached_by_proxy("https://10.0.0.10", "10.0.0.1"));
	assert_false(is_reached_by_proxy("https://10.0.0.1", "0.0.1")); /* by its letters, in Go too */
}

static void upper_case_comes_first(void **state)
{
	setenv("https_proxy", "lower", 1);
	setenv("no_proxy", "lower", 1);
	struct proxy_environment environment = proxy_environment_of_process();
	assert_string_equal(environment.https_proxy, "lower");
	assert_string_equal(environment.no_proxy, "lower");
	setenv("HTTPS_PROXY", "", 1);
	environment = proxy_environment_of_process();
	assert_string_equal(environment.https_proxy, "lower");
	setenv("HTTPS_PROXY", "upper", 1);
	setenv("HTTP_PROXY", "plain", 1);
	setenv("REQUEST_METHOD", "GET", 1);
	environment = proxy_environment_of_process();
	assert_string_equal(environment.https_proxy, "upper");
	assert_string_equal(environment.http_proxy, "plain");
	assert_true(environment.cgi);
	forget_environment(state);
	environment = proxy_environment_of_process();
	assert_null(environment.https_proxy);
	assert_false(environment.cgi);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_scheme_chooses_the_variable),
		cmocka_unit_test(this_machine_is_never_reached_by_a_proxy),
		cmocka_unit_test(names_stand_for_what_is_below_them),
		cmocka_unit_test(ports_narrow_it_down),
		cmocka_unit_test(addresses_and_networks),
		cmocka_unit_test(upper_case_comes_first),
	};
	return cmocka_run_group_tests(tests, forget_environment, NULL);
}
