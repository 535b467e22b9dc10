#include <stdio.h>

#include "base/limits.h"
#include "configs.h"
#include "support/check.h"

static const struct kubeconfig_user *user_of(struct kubeconfig *config)
{
	const struct kubeconfig_user *user = map_get(&config->users, SLICE("u"));
	assert_non_null(user);
	return user;
}

static void every_member(void **state)
{
	struct kubeconfig *config = config_of(
		"users:\n- name: u\n  user:\n"
		"    client-certificate: a\n    client-certificate-data: b\n    client-key: c\n    client-key-data: made-up-d\n"
		"    token: made-up-e\n    tokenFile: f\n    username: g\n    password: made-up-h\n    as: i\n    as-uid: '7'\n"
		"    as-groups: [j, k]\n    as-user-extra:\n      l: [m, q]\n      o: null\n      p: []\n"
		"    auth-provider: {name: oidc, config: {a: b}}\n    extensions: [{name: x, extension: {y: z}}]\n");
	const struct kubeconfig_user *user = user_of(config);
	check_slice(user->certificate_file, "a");
	check_slice(user->certificate_data, "b");
	check_slice(user->key_file, "c");
	check_slice(kubeconfig_vault_reveal(config, user->key_data), "made-up-d");
	check_slice(kubeconfig_vault_reveal(config, user->token), "made-up-e");
	check_slice(user->token_file, "f");
	check_slice(user->username, "g");
	check_slice(kubeconfig_vault_reveal(config, user->password), "made-up-h");
	check_slice(user->as, "i");
	check_slice(user->as_uid, "7");
	assert_int_equal(user->as_groups.len, 2);
	assert_int_equal(user->as_extra.len, 3);
	check_slice(user->as_extra.items[0].key, "l");
	check_slice(user->as_extra.items[0].values.items[1], "q");
	assert_int_equal(user->as_extra.items[1].values.len, 0);
	assert_true(user->provider.given);
	check_slice(user->provider.name, "oidc");
	assert_false(user->exec.given);
	assert_null(user->entry.defect.data);
	kubeconfig_free(config);
}

static void every_member_of_exec(void **state)
{
	struct kubeconfig *config = config_of(
		"users:\n- name: u\n  user:\n    exec:\n      apiVersion: a\n      command: b\n      args: [c, d]\n"
		"      env:\n      - {name: E, value: made-up-f}\n      - {value: made-up-h, name: G}\n      - name: I\n"
		"      installHint: j\n      interactiveMode: k\n      provideClusterInfo: true\n");
	const struct kubeconfig_exec *exec = &user_of(config)->exec;
	assert_true(exec->given);
	check_slice(exec->api_version, "a");
	check_slice(exec->command, "b");
	assert_int_equal(exec->args.len, 2);
	assert_int_equal(exec->env_count, 3);
	check_slice(exec->env[0].name, "E");
	check_slice(kubeconfig_vault_reveal(config, exec->env[0].value), "made-up-f");
	check_slice(exec->env[1].name, "G");
	check_slice(kubeconfig_vault_reveal(config, exec->env[1].value), "made-up-h");
	assert_int_equal(kubeconfig_vault_reveal(config, exec->env[2].value).len, 0);
	check_slice(exec->install_hint, "j");
	check_slice(exec->interactive_mode, "k");
	assert_true(exec->provide_cluster_info);
	kubeconfig_free(config);
}

static void check_defect(const char *members, const char *part)
{
	char text[1024];
	snprintf(text, sizeof text, CONFIG_OF(SERVER, "%s"), members);
	check_refused(text, ERROR_SYNTAX, part);
}

static void wrong_types_are_told_with_their_place(void **state)
{
	check_defect("token: 12345", "context c: user u: /made-up/config: line 4 column 33: token must be a text");
	check_defect("exec: x", "exec must be an object");
	check_defect("exec: {env: {}}", "env must be a list");
	check_defect("exec: {env: [x]}", "env must be a list of name and value");
	check_defect("exec: {env: [{name: A, value: 1}]}", "value must be a text");
	check_defect("exec: {args: [1]}", "args must be a list of texts");
	check_defect("exec: {provideClusterInfo: 'yes'}", "provideClusterInfo must be true or false");
	check_defect("auth-provider: gcp", "auth-provider must be an object");
	check_defect("as-user-extra: [a]", "as-user-extra must be an object");
	check_defect("as-user-extra: {a: b}", "as-user-extra must be a list of texts");
	check_refused("current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n"
		      "clusters: [{name: k, cluster: {" SERVER "}}]\nusers: [{name: u, user: x}]\n",
		      ERROR_SYNTAX, "user must be an object");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member),
		cmocka_unit_test(every_member_of_exec),
		cmocka_unit_test(wrong_types_are_told_with_their_place),
	};
	return cmocka_run_group_tests(tests, configs_setup, NULL);
}
