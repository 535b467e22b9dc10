#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "configs.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

static void the_current_context_is_reached_with_its_token(void **state)
{
	check_access(CONFIG_OF(SERVER, "token: made-up-token"),
		     "server=https://api.example.com:6443 user=u auth=Bearer made-up-token");
}

static void a_context_is_found_by_name(void **state)
{
	const char *text =
		"contexts: [{name: a, context: {cluster: k}}, {name: b, context: {cluster: k, namespace: shop}}]\n"
		"clusters: [{name: k, cluster: {" SERVER "}}]\n";
	struct kube_access *access = access_of(text, "b");
	check_slice(kube_access_facts(access)->name, "b");
	assert_string_equal(access_text(access), "server=https://api.example.com:6443 namespace=shop");
	kube_access_free(access);
}

static void everything_at_once(void **state)
{
	check_access(
		"{\"apiVersion\":\"v1\",\"kind\":\"Config\",\"current-context\":\"c\",\"preferences\":{},"
		"\"contexts\":[{\"name\":\"c\",\"context\":{\"cluster\":\"k\",\"user\":\"u\",\"namespace\":\"n\"}}],"
		"\"clusters\":[{\"name\":\"k\",\"cluster\":{\"server\":\"https://api.example.com\","
		"\"tls-server-name\":\"inner.example.com\",\"certificate-authority-data\":\"" MADE_UP_CERTIFICATE_BASE64
		"\",\"proxy-url\":\"socks5://me:made-up-password@proxy.example.com:1080\",\"disable-compression\":true}}],"
		"\"users\":[{\"name\":\"u\",\"user\":{\"client-certificate-data\":\"" MADE_UP_CERTIFICATE_BASE64
		"\",\"client-key-data\":\"" MADE_UP_KEY_BASE64
		"\",\"username\":\"me\",\"password\":\"made-up:p\\u0077\","
		"\"as\":\"somebody\",\"as-uid\":\"7\",\"as-groups\":[\"a\",\"b\"],\"as-user-extra\":{\"Team/x\":[\"1\",\"2\"]}}}]}",
		"server=https://api.example.com namespace=n user=u tls=inner.example.com ca=made-up "
		"proxy=socks5://me@proxy.example.com:1080 whole=socks5://me:made-up-password@proxy.example.com:1080 "
		"plain=true Impersonate-User: somebody Impersonate-Uid: 7 Impersonate-Group: a Impersonate-Group: b "
		"Impersonate-Extra-Team%2Fx: 1 Impersonate-Extra-Team%2Fx: 2 "
		"auth=Basic bWU6bWFkZS11cDpwdw== certificate=made-up key=made-up");
}

static void what_is_forgotten_leaves_the_facts(void **state)
{
	struct error *err = NULL;
	struct kube_login login;
	struct kube_access *access =
		access_of("current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n"
			  "clusters: [{name: k, cluster: {" SERVER
			  ", proxy-url: \"http://me:made-up-password@proxy.example.com\"}}]\n"
			  "users: [{name: u, user: {token: made-up-token}}]\n",
			  NULL);
	assert_non_null(kube_access_facts(access)->proxy_url);
	kube_access_forget(access);
	check_slice(kube_access_facts(access)->name, "c");
	check_slice(kube_access_facts(access)->proxy, "http://me@proxy.example.com");
	assert_null(kube_access_facts(access)->proxy_url);
	check_ok(kube_access_login(access, false, &login, &err), &err);
	assert_null(login.authorization);
	kube_access_free(access);
}

static void a_context_that_does_not_exist_names_the_nearest(void **state)
{
	struct error *err = NULL;
	struct kube_access_options options = { 0 };
	struct kube_access *access = NULL;
	struct kubeconfig *config = config_of("contexts: [{name: prod-eu}, {name: test}]");
	assert_int_equal(kubeconfig_access(config, SLICE("prd-eu"), &options, &access, &err), -1);
	check_error(&err, ERROR_USAGE, "context prd-eu does not exist; did you mean prod-eu?");
	assert_int_equal(kubeconfig_access(config, SLICE("x"), &options, &access, &err), -1);
	check_error(&err, ERROR_USAGE, "context x does not exist; there are prod-eu, test");
	kubeconfig_free(config);
	config = config_of(
		"contexts: [{name: a}, {name: b}, {name: c}, {name: d}, {name: e}, {name: f}, {name: g}, {name: h}, "
		"{name: i}, {name: j}, {name: k}, {name: l}]");
	assert_int_equal(kubeconfig_access(config, SLICE("zzz"), &options, &access, &err), -1);
	check_error(&err, ERROR_USAGE, "i, j and 2 more");
	kubeconfig_free(config);
}

static void what_a_context_lacks_is_named(void **state)
{
	check_refused("", ERROR_USAGE, "there is no context in");
	check_refused("contexts: [{name: a}]", ERROR_USAGE, "name one with --context");
	check_refused("current-context: c", ERROR_USAGE, "context c does not exist: there is none in");
	check_refused("current-context: c\ncontexts: [{name: c}]", ERROR_USAGE, "context c: it names no cluster");
	check_refused("current-context: c\ncontexts: [{name: c, context: {cluster: k}}]", ERROR_USAGE,
		      "context c: its cluster k does not exist");
	check_refused("current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n"
		      "clusters: [{name: k, cluster: {" SERVER "}}]",
		      ERROR_USAGE, "context c: its user u does not exist");
	check_refused("current-context: c\ncontexts: [{name: c, context: {cluster: 7}}]", ERROR_SYNTAX,
		      "context c: /made-up/config: line 2 column 41: cluster must be a text");
}

static void what_is_not_used_is_not_checked(void **state)
{
	check_access(
		"current-context: c\n"
		"contexts: [{name: c, context: {cluster: k, user: u}}, {name: bad, context: 5}]\n"
		"clusters: [{name: k, cluster: {" SERVER
		"}}, {name: bad, cluster: {server: [], proxy-url: 'ftp://x'}}]\n"
		"users: [{name: u, user: {token: made-up-token}}, {name: u2, user: {auth-provider: {name: oidc}}},\n"
		"        {name: u3, user: {client-certificate-data: '%%', token: 7}}, {name: u3}]\n",
		"server=https://api.example.com:6443 user=u auth=Bearer made-up-token");
}

static const char whole[] = CONFIG_OF(
	SERVER ", certificate-authority-data: " MADE_UP_CERTIFICATE_BASE64
	       ", proxy-url: 'http://me:made-up-password@proxy.example.com', extensions: [{name: "
	       "client.authentication.k8s.io/exec, extension: {a: [1, b]}}]",
	"client-certificate-data: " MADE_UP_CERTIFICATE_BASE64 ", client-key-data: " MADE_UP_KEY_BASE64
	", token: made-up-token, as: somebody, as-groups: [a], as-user-extra: {k: [v]}, exec: {env: [{name: A, value: b}]}");

static int load_and_log_in(void *data, struct error **err)
{
	struct slice *text = data;
	struct kube_access_options options = { 0 };
	struct kube_access *access = NULL;
	struct kube_login login = { 0 };
	struct kubeconfig *config = kubeconfig_new();
	if (!config)
		return error_no_memory(err);
	int got = kubeconfig_parse(config, SLICE("/made-up/config"), *text, err);
	if (got == 0)
		got = kubeconfig_access(config, SLICE_NONE, &options, &access, err);
	kubeconfig_free(config);
	if (got == 0)
		got = kube_access_login(access, false, &login, err);
	kube_access_free(access);
	return got;
}

static void every_allocation_may_fail(void **state)
{
	struct slice text = SLICE("current-context: c\n"
				  "contexts: [{name: c, context: {cluster: k, user: u}}]\n"
				  "clusters: [{name: k, cluster: {" SERVER
				  ", certificate-authority-data: " MADE_UP_CERTIFICATE_BASE64
				  ", proxy-url: 'http://me:made-up-password@proxy.example.com'}}]\n"
				  "users: [{name: u, user: {client-certificate-data: " MADE_UP_CERTIFICATE_BASE64
				  ", client-key-data: " MADE_UP_KEY_BASE64
				  ", token: made-up-token, as: somebody, as-groups: [a], as-user-extra: {k: [v]}}}]\n");
	assert_in_range(torture(load_and_log_in, &text), 10, 10000);
	text = SLICE(
		"{\"current-context\":\"c\",\"contexts\":[{\"name\":\"c\",\"context\":{\"cluster\":\"k\",\"user\":\"u\"}}],"
		"\"clusters\":[{\"name\":\"k\",\"cluster\":{"
		"\"server\":\"https://api.example.com\"}}],"
		"\"users\":[{\"name\":\"u\",\"user\":{\"username\":\"u\",\"password\":\"made-up\\u0020password\"}}]}");
	assert_in_range(torture(load_and_log_in, &text), 5, 10000);
}

static void survive(struct slice variant, size_t at, void *data)
{
	CLEANUP(error_freep) struct error *err = NULL;
	int got = load_and_log_in(&variant, &err);
	assert_int_equal(got < 0, err != NULL);
	if (err)
		assert_null(strstr(err->message, "made-up-"));
}

static void cuts_and_flips_are_survived(void **state)
{
	mangle_truncate((struct slice){ whole, sizeof whole - 1 }, survive, NULL);
	mangle_flip((struct slice){ whole, sizeof whole - 1 }, survive, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_current_context_is_reached_with_its_token),
		cmocka_unit_test(a_context_is_found_by_name),
		cmocka_unit_test(everything_at_once),
		cmocka_unit_test(what_is_forgotten_leaves_the_facts),
		cmocka_unit_test(a_context_that_does_not_exist_names_the_nearest),
		cmocka_unit_test(what_a_context_lacks_is_named),
		cmocka_unit_test(what_is_not_used_is_not_checked),
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(cuts_and_flips_are_survived),
	};
	return cmocka_run_group_tests(tests, configs_setup, NULL);
}
