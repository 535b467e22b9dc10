#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "configs.h"
#include "support/check.h"

static struct kubeconfig *cluster_of(const char *members, const struct kubeconfig_cluster **ret_cluster)
{
	char text[4096];
	snprintf(text, sizeof text, "clusters: [{name: k, cluster: {%s}}]", members);
	struct kubeconfig *config = config_of(text);
	*ret_cluster = map_get(&config->clusters, SLICE("k"));
	assert_non_null(*ret_cluster);
	return config;
}

static void every_member(void **state)
{
	const struct kubeconfig_cluster *cluster;
	struct kubeconfig *config =
		cluster_of("server: a, tls-server-name: b, insecure-skip-tls-verify: true, certificate-authority: c, "
			   "certificate-authority-data: d, proxy-url: e, disable-compression: true",
			   &cluster);
	check_slice(cluster->server, "a");
	check_slice(cluster->tls_server_name, "b");
	assert_true(cluster->insecure);
	check_slice(cluster->ca_file, "c");
	check_slice(cluster->ca_data, "d");
	check_slice(kubeconfig_vault_reveal(config, cluster->proxy_url), "e");
	assert_true(cluster->no_compression);
	assert_null(cluster->exec_config.data);
	kubeconfig_free(config);
}

#define EXEC "client.authentication.k8s.io/exec"

static void check_config(const char *extensions, const char *expected)
{
	char members[2048];
	const struct kubeconfig_cluster *cluster;
	snprintf(members, sizeof members, "extensions: [%s]", extensions);
	struct kubeconfig *config = cluster_of(members, &cluster);
	assert_null(cluster->entry.defect.data);
	if (expected)
		check_slice(cluster->exec_config, expected);
	else
		assert_null(cluster->exec_config.data);
	kubeconfig_free(config);
}

static void the_extension_for_plugins_is_kept_as_json(void **state)
{
	check_config("{name: " EXEC ", extension: {}}", "{}");
	check_config("{name: " EXEC ", extension: []}", "[]");
	check_config("{name: " EXEC ", extension: 'a \"b\"'}", "\"a \\\"b\\\"\"");
	check_config("{name: " EXEC ", extension: 1.50}", "1.50");
	check_config("{name: " EXEC ", extension: true}", "true");
	check_config("{extension: {a: [1, [], {}, null, false, 'x'], \"b\\nc\": {d: {e: f}}, g: 2}, name: " EXEC "}",
		     "{\"a\":[1,[],{},null,false,\"x\"],\"b\\nc\":{\"d\":{\"e\":\"f\"}},\"g\":2}");
	check_config("{name: other, extension: {a: b}}, {name: " EXEC ", extension: {c: d}}, {name: x}",
		     "{\"c\":\"d\"}");
	check_config("{name: other, extension: {a: b}}", NULL);
	check_config("{name: " EXEC "}", NULL);
	check_config("{name: " EXEC ", extension: null}", NULL);
}

static void check_defect(const char *members, const char *part)
{
	char text[1024];
	snprintf(text, sizeof text, CONFIG_OF("%s", ""), members);
	check_refused(text, ERROR_SYNTAX, part);
}

static void wrong_types_are_told_with_their_place(void **state)
{
	check_defect("server: 7", "context c: cluster k: /made-up/config: line 3 column 40: server must be a text");
	check_defect(SERVER ", insecure-skip-tls-verify: 'true'", "insecure-skip-tls-verify must be true or false");
	check_defect(SERVER ", extensions: x", "extensions must be a list");
	check_defect(SERVER ", extensions: [x]", "extensions must be a list of objects");
	check_defect(SERVER ", proxy-url: [made-up]", "proxy-url must be a text");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member),
		cmocka_unit_test(the_extension_for_plugins_is_kept_as_json),
		cmocka_unit_test(wrong_types_are_told_with_their_place),
	};
	return cmocka_run_group_tests(tests, configs_setup, NULL);
}
