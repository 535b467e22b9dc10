#include <stdlib.h>

#include "base/limits.h"
#include "configs.h"
#include "support/check.h"

#define CLUSTER(members) CONFIG_OF(members, "token: made-up-token")

static void servers_are_read_as_go_reads_them(void **state)
{
	check_access(CLUSTER("server: 'https://a.example.com/'"),
		     "server=https://a.example.com user=u auth=Bearer made-up-token");
	check_access(CLUSTER("server: ' HTTPS://a.example.com:6443/k8s/clusters/c-1// '"),
		     "server=HTTPS://a.example.com:6443/k8s/clusters/c-1 user=u auth=Bearer made-up-token");
	check_access(CLUSTER("server: 'a.example.com:6443', insecure-skip-tls-verify: true"),
		     "server=https://a.example.com:6443 user=u insecure=true auth=Bearer made-up-token");
	check_access(CLUSTER("server: 'https://[::1]:6443'"),
		     "server=https://[::1]:6443 user=u auth=Bearer made-up-token");
}

static void nothing_secret_goes_over_a_line_in_the_clear(void **state)
{
	check_access(CLUSTER("server: 'http://a.example.com'"), "server=http://a.example.com user=u");
	check_access(CLUSTER("server: a.example.com"), "server=http://a.example.com user=u");
	check_access(CLUSTER("server: 'http://a.example.com', insecure-skip-tls-verify: true"),
		     "server=http://a.example.com user=u");
	check_access(CONFIG_OF("server: 'http://a.example.com'",
			       "as: somebody, exec: {command: x}, client-key-data: '%'"),
		     "server=http://a.example.com user=u Impersonate-User: somebody");
}

static void servers_that_are_none_are_refused(void **state)
{
	check_refused(CLUSTER(""), ERROR_USAGE, "context c: cluster k: it names no server");
	check_refused(CLUSTER("server: ' '"), ERROR_USAGE, "it names no server");
	check_refused(CLUSTER("server: 'ftp://a.example.com'"), ERROR_UNSUPPORTED, "neither https:// nor http://");
	check_refused(CLUSTER("server: 'https://a b'"), ERROR_SYNTAX, "server is no URL");
	check_refused(CLUSTER("server: \"https://a\\nb\""), ERROR_SYNTAX, "server is no URL");
	check_refused(CLUSTER("server: 'https://'"), ERROR_SYNTAX, "server names no host");
	check_refused(CLUSTER("server: 'https://:6443'"), ERROR_SYNTAX, "server names no host");
	check_refused(CLUSTER("server: 'https://me:made-up@a.example.com'"), ERROR_UNSUPPORTED, "server holds a login");
	check_refused(CLUSTER("server: 'https://a.example.com/?x=y'"), ERROR_SYNTAX, "query or fragment");
	check_refused(CLUSTER("server: 'https://a.example.com#x'"), ERROR_SYNTAX, "query or fragment");
}

static void data_wins_over_a_file(void **state)
{
	check_access(
		CLUSTER(SERVER
			", certificate-authority: /nowhere, certificate-authority-data: " MADE_UP_CERTIFICATE_BASE64),
		"server=https://api.example.com:6443 user=u ca=made-up auth=Bearer made-up-token");
}

static void authorities_that_are_none_are_refused(void **state)
{
	check_refused(CLUSTER(SERVER ", certificate-authority: pki/ca.pem"), ERROR_USAGE,
		      "cluster k: certificate-authority: /made-up/pki/ca.pem: there is no such file");
	check_refused(CLUSTER(SERVER ", certificate-authority: /tmp"), ERROR_SYSTEM, "Is a directory");
	check_refused(CLUSTER(SERVER ", certificate-authority: /dev/null"), ERROR_SYNTAX,
		      "certificate-authority: /dev/null: it holds no certificate in PEM");
	check_refused(CLUSTER(SERVER ", certificate-authority: /dev/zero"), ERROR_LIMIT, "more than 1048576 bytes");
	check_refused(CLUSTER(SERVER ", certificate-authority: \"a\\0b\""), ERROR_SYNTAX, "a path with a NUL in it");
	check_refused(CLUSTER(SERVER ", certificate-authority-data: '%%'"), ERROR_SYNTAX,
		      "certificate-authority-data: bad base64 at byte 0");
	check_refused(CLUSTER(SERVER ", certificate-authority-data: bWFkZS11cA=="), ERROR_SYNTAX,
		      "certificate-authority-data holds no certificate in PEM");
	check_refused(CLUSTER(SERVER ", insecure-skip-tls-verify: true, certificate-authority: x"), ERROR_USAGE,
		      "exclude each other");
}

static void the_kubeconfigs_proxy_comes_before_the_environments(void **state)
{
	const char *of_environment = CLUSTER(SERVER);
	setenv("HTTPS_PROXY", "socks5h://me:made-up-password@proxy.example.com", 1);
	check_access(of_environment, "server=https://api.example.com:6443 user=u proxy=socks5://me@proxy.example.com "
				     "whole=socks5://me:made-up-password@proxy.example.com auth=Bearer made-up-token");
	check_access(
		CLUSTER(SERVER ", proxy-url: 'https://other.example.com:3128/'"),
		"server=https://api.example.com:6443 user=u proxy=https://other.example.com:3128 auth=Bearer made-up-token");
	setenv("NO_PROXY", "example.com", 1);
	check_access(of_environment, "server=https://api.example.com:6443 user=u auth=Bearer made-up-token");
	unsetenv("NO_PROXY");
	setenv("HTTPS_PROXY", "ftp://me:made-up-password@proxy.example.com", 1);
	check_refused(of_environment, ERROR_UNSUPPORTED,
		      "cluster k: HTTPS_PROXY of the environment: it is none of http://, https:// and socks5://");
	unsetenv("HTTPS_PROXY");
	check_refused(CLUSTER(SERVER ", proxy-url: 'socks4://x'"), ERROR_UNSUPPORTED,
		      "cluster k: proxy-url: it is none of");
	check_refused(CLUSTER(SERVER ", proxy-url: proxy.example.com"), ERROR_UNSUPPORTED, "proxy-url: it is none of");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers_are_read_as_go_reads_them),
		cmocka_unit_test(nothing_secret_goes_over_a_line_in_the_clear),
		cmocka_unit_test(servers_that_are_none_are_refused),
		cmocka_unit_test(data_wins_over_a_file),
		cmocka_unit_test(authorities_that_are_none_are_refused),
		cmocka_unit_test(the_kubeconfigs_proxy_comes_before_the_environments),
	};
	return cmocka_run_group_tests(tests, configs_setup, NULL);
}
