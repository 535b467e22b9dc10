#include "oci/transport/realm.h"

#include "support/check.h"

static struct slice_list token_hosts;

static struct url url_of(const char *host, bool https)
{
	struct url url;
	assert_true(url_parse_host(slice_of(host), https, &url));
	return url;
}

static void check_taken(const char *registry, bool https, const char *realm, bool expected_public_only)
{
	struct url from = url_of(registry, https), to;
	bool public_only;
	const char *fault = realm_fault(&from, token_hosts, slice_of(realm), &to, &public_only);
	if (fault)
		fail_msg("%s of %s: %s", realm, registry, fault);
	assert_int_equal(public_only, expected_public_only);
}

static void check_refused(const char *registry, bool https, const char *realm, const char *part)
{
	struct url from = url_of(registry, https), to;
	bool public_only;
	const char *fault = realm_fault(&from, token_hosts, slice_of(realm), &to, &public_only);
	if (!fault || !strstr(fault, part))
		fail_msg("%s of %s: %s", realm, registry, fault ? fault : "taken");
}

static void names_with_tls_are_taken_and_must_lead_to_public_addresses(void **state)
{
	check_taken("registry.example", true, "https://auth.example/token?x=y", true);
	check_taken("registry.example:5000", false, "https://auth.example:8443/token", true);
	check_taken("registry.example", true, "https://8.8.8.8/token", true);
}

static void the_registry_s_own_host_is_taken_wherever_it_is(void **state)
{
	check_taken("10.0.0.1:5000", true, "https://10.0.0.1:5001/token", false);
	check_taken("Registry.local", true, "https://registry.LOCAL/token", false);
	check_taken("127.0.0.1:5000", false, "http://127.0.0.1:5000/token", false);
	check_taken("[::1]:5000", true, "https://[::1]:5000/token", false);
}

static void plain_http_is_taken_on_the_plain_registry_s_own_port_only(void **state)
{
	check_refused("registry.example", true, "http://auth.example/token", "without TLS");
	check_refused("registry.example", true, "http://registry.example/token", "without TLS");
	check_refused("registry.example:443", true, "http://registry.example:443/token", "without TLS");
	check_refused("127.0.0.1:5000", false, "http://127.0.0.1:5001/token", "without TLS");
	check_refused("127.0.0.1:5000", false, "http://localhost:5000/token", "without TLS");
}

static void addresses_that_lead_inside_are_refused(void **state)
{
	static const char *const hosts[] = {
		"127.0.0.1",  "10.1.2.3",   "192.168.1.1",  "172.20.0.1", "169.254.169.254",
		"100.64.0.1", "[::1]",      "[fd00::1]",    "[fe80::1]",  "[::ffff:10.0.0.1]",
		"0x7f.1",     "2130706433", "017700000001", "localhost",  "0",
		"224.0.0.1",  NULL
	};
	char realm[200];
	for (const char *const *host = hosts; *host; host++) {
		snprintf(realm, sizeof realm, "https://%s/token", *host);
		check_refused("registry.example", true, realm, "not public");
	}
	check_refused("10.0.0.1:5000", true, "https://10.0.0.2:5000/token", "not public");
}

static void a_token_server_that_the_user_named_may_be_inside_and_no_other(void **state)
{
	struct slice named[] = { SLICE("git.corp"), SLICE("10.0.0.2:8443"), SLICE("[fd00::1]"), SLICE("not a host") };
	token_hosts = (struct slice_list){ named, 4 };
	check_taken("registry.corp", true, "https://GIT.corp/jwt/auth", false);
	check_taken("registry.corp", true, "https://git.corp:443/jwt/auth", false);
	check_taken("registry.corp", true, "https://10.0.0.2:8443/token", false);
	check_taken("registry.corp", true, "https://[fd00::1]/token", false);
	check_taken("registry.corp", true, "https://git.corp:8443/jwt/auth", true);
	check_taken("registry.corp", true, "https://git.corp.example/jwt/auth", true);
	check_refused("registry.corp", true, "https://10.0.0.2/token", "not public");
	check_refused("registry.corp", true, "https://10.0.0.3:8443/token", "not public");
	check_refused("registry.corp", true, "http://git.corp/jwt/auth", "without TLS");
	check_refused("registry.corp", false, "http://10.0.0.2:8443/token", "without TLS");
	check_refused("registry.corp", true, "https://git.corp@10.0.0.3/", "no URL");
	token_hosts = (struct slice_list){ 0 };
}

static void what_is_no_url(void **state)
{
	static const char *const realms[] = { "",
					      "Registry",
					      "/token",
					      "https://user:pw@auth.example/",
					      "ftp://auth.example/",
					      "https://auth.example\\@x/",
					      NULL };
	for (const char *const *realm = realms; *realm; realm++)
		check_refused("registry.example", true, *realm, "no URL");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_with_tls_are_taken_and_must_lead_to_public_addresses),
		cmocka_unit_test(the_registry_s_own_host_is_taken_wherever_it_is),
		cmocka_unit_test(plain_http_is_taken_on_the_plain_registry_s_own_port_only),
		cmocka_unit_test(addresses_that_lead_inside_are_refused),
		cmocka_unit_test(a_token_server_that_the_user_named_may_be_inside_and_no_other),
		cmocka_unit_test(what_is_no_url),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
