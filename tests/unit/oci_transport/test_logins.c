#include "oci/transport/logins.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "credential/vault.h"
#include "support/check.h"
#include "support/scratch.h"
#include "support/torture.h"

/* All passwords are made up, and say where they come from. */
#define ENTRY(key, user) "\"" key "\": {\"username\": \"" user "\", \"password\": \"EXAMPLE-" user "\"}"

struct scene {
	struct scratch home;
	struct logins *logins;
	struct vault *vault;
};

static void put(struct vault *vault, const char *key, const char *registry, const char *user)
{
	CLEANUP(secret_release) struct secret_bytes password = { 0 };
	struct error *err = NULL;
	struct vault_login login = { .registry_key = slice_of(key),
				     .registry = slice_of(registry),
				     .username = slice_of(user),
				     .fingerprint = SLICE("f00d"),
				     .place = SLICE("shop/hub"),
				     .password = &password };
	check_ok(secret_copy(&password, SLICE("EXAMPLE-vault"), &err), &err);
	assert_int_equal(vault_put(vault, &login, &err), 1);
}

/* config: of docker in a home of its own; NULL: none. The helper `made-up` is in PATH, and prints `helper`. */
static struct scene scene_with(const char *config, const char *helper, const char *allowed)
{
	struct scene scene = { .home = scratch_make() };
	struct slice program = slice_of(allowed);
	struct docker_config_options options = { .allowed_exec = { &program, allowed ? 1 : 0 } };
	struct error *err = NULL;
	char text[1024];
	static const char *const variables[] = { "DOCKER_CONFIG", "DOCKER_AUTH_CONFIG", "REGISTRY_AUTH_FILE",
						 "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME" };
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
		unsetenv(variables[i]);
	setenv("HOME", scene.home.path, 1);
	if (config)
		scratch_write(&scene.home, ".docker/config.json", slice_of(config));
	snprintf(text, sizeof text, "#!/bin/sh\n%s\n", helper ? helper : "exit 1");
	scratch_write(&scene.home, "bin/docker-credential-made-up", slice_of(text));
	assert_int_equal(chmod(scratch_path(&scene.home, "bin/docker-credential-made-up"), 0700), 0);
	snprintf(text, sizeof text, "%s:/usr/bin:/bin", scratch_path(&scene.home, "bin"));
	setenv("PATH", text, 1);
	check_ok(logins_new(&scene.logins, &err), &err);
	check_ok(logins_add_docker_config(scene.logins, &options, &err), &err);
	return scene;
}

static void leave(struct scene *scene)
{
	assert_null(logins_free(scene->logins));
	vault_free(scene->vault);
	scratch_remove(&scene->home);
}

static void add_vault(struct scene *scene)
{
	struct error *err = NULL;
	check_ok(vault_new(&scene->vault, &err), &err);
	put(scene->vault, "*.example", "*.example", "wild");
	put(scene->vault, "index.docker.io", "docker.io", "hub");
	put(scene->vault, "reg.example", "reg.example", "whole");
	put(scene->vault, "reg.example/team", "reg.example", "team");
	put(scene->vault, "registry-1.docker.io", "docker.io", "dead");
	check_ok(logins_add_vault(scene->logins, scene->vault, &err), &err);
}

/* Users in the order of trying. */
static void check_found(const struct scene *scene, const char *registry, const char *repository, const char *expected,
			const char *problem)
{
	CLEANUP(strbuf_release) struct strbuf users = STRBUF_INIT(LIMIT_MIB);
	struct error *err = NULL;
	struct slice why = SLICE_NONE;
	for (size_t n = 0;; n++) {
		struct login login = { 0 };
		int got = logins_find(scene->logins, slice_of(registry), slice_of(repository), n, &login, &why, &err);
		check_ok(got, &err);
		if (got == 0)
			break;
		assert_true(login.password || login.identity_token || login.registry_token);
		strbuf_addf(&users, "%s%.*s", n ? " " : "", SLICE_ARG(login.username));
	}
	assert_string_equal(strbuf_text(&users), expected);
	if (!problem)
		assert_null(why.data);
	else
		assert_true(why.data && slice_contains(why, problem));
}

static void without_anything_there_is_no_login(void **state)
{
	struct scene scene = scene_with(NULL, NULL, NULL);
	check_found(&scene, "docker.io", "library/nginx", "", NULL);
	leave(&scene);
	assert_null(logins_free(NULL));
}

static void the_longest_path_goes_first_then_hosts_then_patterns(void **state)
{
	struct scene scene = scene_with(
		"{\"auths\": {" ENTRY("*.eu.example", "p") "," ENTRY("https://reg.eu.example/v1/", "h") "," ENTRY(
			"reg.eu.example/team", "t") "," ENTRY("reg.eu.example/team/app", "a") "," ENTRY("other.example",
													"o") "}}",
		NULL, NULL);
	check_found(&scene, "reg.eu.example", "team/app", "a t h p", NULL);
	check_found(&scene, "reg.eu.example", "team/other", "t h p", NULL);
	check_found(&scene, "reg.eu.example", "", "h p", NULL);
	check_found(&scene, "other.example", "x", "o", NULL);
	leave(&scene);
}

static void a_login_tells_its_value_and_origin(void **state)
{
	struct scene scene = scene_with("{\"auths\": {" ENTRY("https://index.docker.io/v1/", "acme") "}}", NULL, NULL);
	struct login login;
	struct error *err = NULL;
	assert_int_equal(logins_find(scene.logins, SLICE("docker.io"), SLICE("a/b"), 0, &login, NULL, &err), 1);
	check_slice(login.username, "acme");
	check_slice(secret_reveal(login.password), "EXAMPLE-acme");
	check_slice(login.origin, "~/.docker/config.json");
	assert_null(login.identity_token);
	assert_null(login.fingerprint.data);
	leave(&scene);
}

static void tokens_go_before_the_password_beside_them(void **state)
{
	struct scene scene = scene_with("{\"auths\": {\"reg.example\": {\"auth\": \"dTpFWEFNUExF\", \"identitytoken\": "
					"\"EXAMPLE-identity\", \"registrytoken\": \"EXAMPLE-registry\"}}}",
					NULL, NULL);
	struct login login[3];
	struct error *err = NULL;
	for (size_t n = 0; n < 3; n++)
		assert_int_equal(logins_find(scene.logins, SLICE("reg.example"), SLICE("a"), n, &login[n], NULL, &err),
				 1);
	check_slice(secret_reveal(login[0].registry_token), "EXAMPLE-registry");
	check_slice(secret_reveal(login[1].identity_token), "EXAMPLE-identity");
	assert_null(login[1].password);
	check_slice(secret_reveal(login[2].password), "EXAMPLE");
	leave(&scene);
}

static void a_token_in_the_place_of_the_user_is_the_password(void **state)
{
	struct scene scene =
		scene_with("{\"auths\": {\"ghcr.io\": {\"username\": "
			   "\"ghp_EXAMPLE0123456789abcdefghijABCDEFGHIJ\", \"password\": \"x-oauth-basic\"}}}",
			   NULL, NULL);
	struct login login;
	struct error *err = NULL;
	assert_int_equal(logins_find(scene.logins, SLICE("ghcr.io"), SLICE("a"), 0, &login, NULL, &err), 1);
	check_slice(login.username, "token");
	assert_true(slice_starts_with(secret_reveal(login.password), "ghp_EXAMPLE"));
	leave(&scene);
}

#define HELPED(key) "{\"credHelpers\": {\"" key "\": \"made-up\"}, \"auths\": {" ENTRY("reg.example", "entry") "}}"

static void the_helper_of_a_registry_goes_first(void **state)
{
	struct scene scene = scene_with(HELPED("reg.example"),
					"echo '{\"Username\":\"helped\",\"Secret\":\"EXAMPLE\"}'",
					"docker-credential-made-up");
	struct login login;
	struct error *err = NULL;
	check_found(&scene, "reg.example", "a", "helped entry", NULL);
	check_found(&scene, "other.example", "a", "", NULL);
	assert_int_equal(logins_find(scene.logins, SLICE("reg.example"), SLICE("a"), 0, &login, NULL, &err), 1);
	check_slice(login.origin, "docker-credential-made-up");
	leave(&scene);
}

static void the_user_token_means_an_identity_token(void **state)
{
	struct scene scene = scene_with(HELPED("reg.example"),
					"echo '{\"Username\":\"<token>\",\"Secret\":\"EXAMPLE\"}'",
					"docker-credential-made-up");
	struct login login;
	struct error *err = NULL;
	assert_int_equal(logins_find(scene.logins, SLICE("reg.example"), SLICE("a"), 0, &login, NULL, &err), 1);
	check_slice(secret_reveal(login.identity_token), "EXAMPLE");
	assert_null(login.password);
	leave(&scene);
}

static void a_store_is_asked_for_every_registry(void **state)
{
	struct scene scene = scene_with("{\"credsStore\": \"made-up\"}",
					"echo \"{\\\"Username\\\":\\\"$(cat)\\\",\\\"Secret\\\":\\\"EXAMPLE\\\"}\"",
					"docker-credential-made-up");
	check_found(&scene, "docker.io", "a/b", "https://index.docker.io/v1/", NULL);
	check_found(&scene, "reg.example:5000", "a/b", "reg.example:5000", NULL);
	leave(&scene);
}

static void a_helper_that_is_not_allowed_is_passed_over_and_told(void **state)
{
	struct scene scene = scene_with(HELPED("reg.example"),
					"echo '{\"Username\":\"helped\",\"Secret\":\"EXAMPLE\"}'", NULL);
	check_found(&scene, "reg.example", "a", "entry", "--allow-exec docker-credential-made-up");
	leave(&scene);
}

static void a_helper_without_a_login_gives_way_to_entries(void **state)
{
	struct scene scene = scene_with(HELPED("reg.example"), "echo credentials not found in native keychain; exit 1",
					"docker-credential-made-up");
	check_found(&scene, "reg.example", "a", "entry", NULL);
	leave(&scene);
}

static void the_vault_comes_last_by_the_kubelets_rules(void **state)
{
	struct scene scene = scene_with("{\"auths\": {" ENTRY("reg.example", "entry") "}}", NULL, NULL);
	struct login login;
	struct error *err = NULL;
	add_vault(&scene);
	check_found(&scene, "reg.example", "team/app", "entry team whole wild", NULL);
	check_found(&scene, "reg.example", "teamwork/app", "entry team whole wild", NULL); /* a string prefix */
	check_found(&scene, "reg.example", "other/app", "entry whole wild", NULL);
	check_found(&scene, "reg.example", "", "entry whole", NULL);
	check_found(&scene, "new.example", "app", "wild", NULL);
	check_found(&scene, "docker.io", "library/nginx", "hub", NULL);
	check_found(&scene, "reg.example:5000", "app", "", NULL);
	assert_int_equal(logins_find(scene.logins, SLICE("docker.io"), SLICE("library/nginx"), 0, &login, NULL, &err),
			 1);
	check_slice(login.origin, "secret shop/hub");
	check_slice(login.fingerprint, "f00d");
	check_slice(secret_reveal(login.password), "EXAMPLE-vault");
	leave(&scene);
}

static void entries_that_cannot_be_used_are_told(void **state)
{
	struct scene scene = scene_with("{\"auths\": {\"reg.example\": {\"auth\": \"!\"}, \"empty.example\": {}}}",
					NULL, NULL);
	check_found(&scene, "reg.example", "a", "", "the auth of reg.example is no base64");
	check_found(&scene, "empty.example", "a", "", NULL);
	leave(&scene);
}

static int scenario(void *data, struct error **err)
{
	struct logins *logins = NULL;
	struct login login;
	struct slice problem;
	const struct docker_config_options options = { 0 };
	int got = logins_new(&logins, err);
	if (got == 0)
		got = logins_add_docker_config(logins, &options, err);
	if (got == 0)
		got = logins_add_vault(logins, data, err);
	if (got == 0)
		got = logins_find(logins, SLICE("reg.example"), SLICE("team/app"), 1, &login, &problem, err);
	logins_free(logins);
	return got < 0 ? -1 : 0;
}

static void every_allocation_may_fail(void **state)
{
	struct scene scene = scene_with(HELPED("reg.example"), NULL, NULL);
	add_vault(&scene);
	assert_in_range(torture(scenario, scene.vault), 20, 1000);
	leave(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_anything_there_is_no_login),
		cmocka_unit_test(the_longest_path_goes_first_then_hosts_then_patterns),
		cmocka_unit_test(a_login_tells_its_value_and_origin),
		cmocka_unit_test(tokens_go_before_the_password_beside_them),
		cmocka_unit_test(a_token_in_the_place_of_the_user_is_the_password),
		cmocka_unit_test(the_helper_of_a_registry_goes_first),
		cmocka_unit_test(the_user_token_means_an_identity_token),
		cmocka_unit_test(a_store_is_asked_for_every_registry),
		cmocka_unit_test(a_helper_that_is_not_allowed_is_passed_over_and_told),
		cmocka_unit_test(a_helper_without_a_login_gives_way_to_entries),
		cmocka_unit_test(the_vault_comes_last_by_the_kubelets_rules),
		cmocka_unit_test(entries_that_cannot_be_used_are_told),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
