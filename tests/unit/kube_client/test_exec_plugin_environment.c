#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "configs.h"
#include "kube/client/exec_plugin.h"
#include "support/check.h"

#define V1 "client.authentication.k8s.io/v1"

static void check_info(const char *cluster, bool with_cluster, bool interactive, const char *expected)
{
	CLEANUP(secret_release) struct secret_bytes entry = { 0 };
	struct error *err = NULL;
	char text[4096];
	snprintf(text, sizeof text, CONFIG_OF("%s", ""), cluster);
	struct kube_access *access = access_of(text, NULL);
	check_ok(exec_plugin_info(access, SLICE(V1), with_cluster, interactive, &entry, &err), &err);
	assert_string_equal((const char *)secret_room(&entry), expected);
	assert_int_equal(secret_length(&entry), strlen(expected) + 1);
	kube_access_free(access);
}

#define START "KUBERNETES_EXEC_INFO={\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\",\"spec\":{"

static void the_cluster_is_told_only_where_it_is_asked_for(void **state)
{
	check_info(SERVER, false, false, START "\"interactive\":false}}");
	check_info(SERVER, false, true, START "\"interactive\":true}}");
	check_info(SERVER, true, false,
		   START "\"cluster\":{\"server\":\"https://api.example.com:6443\"},\"interactive\":false}}");
	check_info(
		SERVER ", insecure-skip-tls-verify: true, disable-compression: true, tls-server-name: x, "
		       "proxy-url: 'http://proxy.example.com'",
		true, false,
		START
		"\"cluster\":{\"server\":\"https://api.example.com:6443\",\"tls-server-name\":\"x\","
		"\"insecure-skip-tls-verify\":true,\"disable-compression\":true,\"proxy-url\":\"http://proxy.example.com\"},"
		"\"interactive\":false}}");
	check_info(
		SERVER ", certificate-authority-data: " MADE_UP_CERTIFICATE_BASE64
		       ", proxy-url: 'http://me:made-up-password@proxy.example.com', extensions: [{name: "
		       "client.authentication.k8s.io/exec, extension: {audience: [a, 1, true, null]}}]",
		true, false,
		START
		"\"cluster\":{\"server\":\"https://api.example.com:6443\",\"certificate-authority-data\":\"" MADE_UP_CERTIFICATE_BASE64
		"\",\"proxy-url\":\"http://me:made-up-password@proxy.example.com\",\"config\":{\"audience\":[\"a\",1,true,null]}},"
		"\"interactive\":false}}");
}

static void the_environments_proxy_is_not_the_clusters(void **state)
{
	setenv("HTTPS_PROXY", "http://proxy.example.com", 1);
	check_info(SERVER, true, false,
		   START "\"cluster\":{\"server\":\"https://api.example.com:6443\"},\"interactive\":false}}");
	unsetenv("HTTPS_PROXY");
}

static void variables(void **state)
{
	CLEANUP(secret_release) struct secret_bytes entry = { 0 };
	struct error *err = NULL;
	check_ok(exec_plugin_variable(SLICE("A"), SLICE("b=c"), &entry, &err), &err);
	assert_string_equal((const char *)secret_room(&entry), "A=b=c");
	check_ok(exec_plugin_variable(SLICE("A"), SLICE_NONE, &entry, &err), &err);
	assert_string_equal((const char *)secret_room(&entry), "A=");
	assert_int_equal(exec_plugin_variable(SLICE(""), SLICE("x"), &entry, &err), -1);
	check_error(&err, ERROR_SYNTAX, "a variable needs a name");
	assert_int_equal(exec_plugin_variable(SLICE("a=b"), SLICE("x"), &entry, &err), -1);
	check_error(&err, ERROR_SYNTAX, "a variable needs a name");
	assert_int_equal(exec_plugin_variable(SLICE("a\0b"), SLICE("x"), &entry, &err), -1);
	check_error(&err, ERROR_SYNTAX, "a variable needs a name");
	assert_int_equal(exec_plugin_variable(SLICE("a"), SLICE("made-up\0secret"), &entry, &err), -1);
	check_error(&err, ERROR_SYNTAX, "a: the value holds a NUL");
}

static size_t count_of(char *const *environment, const char *entry)
{
	size_t count = 0;
	for (; *environment; environment++)
		count += strcmp(*environment, entry) == 0;
	return count;
}

static void the_last_one_of_a_name_counts(void **state)
{
	struct secret_bytes entries[3] = { 0 };
	struct error *err = NULL;
	setenv("MADE_UP_A", "ours", 1);
	setenv("MADE_UP_AB", "ours", 1);
	check_ok(exec_plugin_variable(SLICE("MADE_UP_A"), SLICE("1"), &entries[0], &err), &err);
	check_ok(exec_plugin_variable(SLICE("MADE_UP_B"), SLICE("2"), &entries[1], &err), &err);
	check_ok(exec_plugin_variable(SLICE("MADE_UP_A"), SLICE("3"), &entries[2], &err), &err);
	char **environment = exec_plugin_environment(entries, 3);
	assert_non_null(environment);
	assert_int_equal(count_of(environment, "MADE_UP_A=ours"), 0);
	assert_int_equal(count_of(environment, "MADE_UP_A=1"), 0);
	assert_int_equal(count_of(environment, "MADE_UP_A=3"), 1);
	assert_int_equal(count_of(environment, "MADE_UP_B=2"), 1);
	assert_int_equal(count_of(environment, "MADE_UP_AB=ours"), 1);
	mem_freep(&environment);
	for (size_t i = 0; i < 3; i++)
		secret_release(&entries[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cluster_is_told_only_where_it_is_asked_for),
		cmocka_unit_test(the_environments_proxy_is_not_the_clusters),
		cmocka_unit_test(variables),
		cmocka_unit_test(the_last_one_of_a_name_counts),
	};
	return cmocka_run_group_tests(tests, configs_setup, NULL);
}
