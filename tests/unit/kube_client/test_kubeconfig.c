#include "kube/client/kubeconfig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "configs.h"
#include "support/check.h"
#include "support/scratch.h"
#include "support/torture.h"

/* "A:B" of files in the folder. */
static const char *joined(const struct scratch *folder, const char *const *names)
{
	static char paths[4096];
	size_t len = 0;
	for (; *names; names++)
		len += (size_t)snprintf(paths + len, sizeof paths - len, "%s%s/%s", len ? ":" : "", folder->path,
					*names);
	return paths;
}
#define PATHS(folder, ...) joined(folder, (const char *const[]){ __VA_ARGS__, NULL })

static struct kubeconfig *load(const char *paths)
{
	struct error *err = NULL;
	struct kubeconfig *config = NULL;
	check_ok(kubeconfig_load(paths, &config, &err), &err);
	return config;
}

static void check_not_loaded(const char *paths, enum error_code code, const char *part)
{
	struct error *err = NULL;
	struct kubeconfig *config = NULL;
	assert_int_equal(kubeconfig_load(paths, &config, &err), -1);
	check_error(&err, code, part);
	assert_null(config);
}

static void check_names(const struct kubeconfig *config, const char *expected)
{
	char names[256] = "";
	size_t len = 0;
	for (size_t i = 0; i < kubeconfig_context_count(config); i++)
		len += (size_t)snprintf(names + len, sizeof names - len, "%s%.*s", i ? " " : "",
					SLICE_ARG(kubeconfig_context_name(config, i)));
	assert_string_equal(names, expected);
}

static void the_first_file_that_names_a_thing_has_it_whole(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	struct error *err = NULL;
	struct kube_access_options options = { 0 };
	struct kube_access *access = NULL;
	scratch_write(&folder, "a",
		      SLICE("contexts: [{name: one, context: {cluster: k, user: u}}]\n"
			    "users: [{name: u, user: {token: made-up-first}}]\n"));
	scratch_write(
		&folder, "b",
		SLICE("current-context: two\n"
		      "contexts: [{name: two, context: {cluster: k, user: u}}, {name: one, context: {cluster: x}}]\n"
		      "clusters: [{name: k, cluster: {server: 'https://b.example.com'}}]\n"
		      "users: [{name: u, user: {token: made-up-second, as: nobody}}]\n"));
	scratch_write(&folder, "c",
		      SLICE("{\"current-context\": \"one\", \"clusters\": [{\"name\": \"k\", \"cluster\": {}}]}"));
	struct kubeconfig *config = load(PATHS(&folder, "a", "b", "c"));
	check_names(config, "one two");
	check_slice(kubeconfig_current_context(config), "two");
	assert_true(slice_contains(kubeconfig_files(config), "/b, ") && slice_contains(kubeconfig_files(config), "/c"));
	for (int i = 0; i < 2; i++) {
		check_ok(kubeconfig_access(config, i ? SLICE("one") : SLICE("two"), &options, &access, &err), &err);
		assert_string_equal(access_text(access),
				    "server=https://b.example.com user=u auth=Bearer made-up-first");
		access = kube_access_free(access);
	}
	kubeconfig_free(config);
}

static void paths_are_relative_to_their_file(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	struct error *err = NULL;
	struct kube_access_options options = { 0 };
	struct kube_access *access = NULL;
	scratch_write(&folder, "main",
		      SLICE("current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n"));
	scratch_write(&folder, "x/users",
		      SLICE("users: [{name: u, user: {client-certificate: ../pki/./c.pem, client-key: ..//pki/c.key,\n"
			    "  tokenFile: t}}]\n"));
	scratch_write(
		&folder, "y/z/clusters",
		SLICE("clusters: [{name: k, cluster: {server: 'https://a.example.com', certificate-authority: ca.pem}}]\n"));
	scratch_write(&folder, "pki/c.pem", SLICE(MADE_UP_CERTIFICATE));
	scratch_write(&folder, "pki/c.key", SLICE(MADE_UP_KEY));
	scratch_write(&folder, "y/z/ca.pem", SLICE(MADE_UP_CERTIFICATE));
	scratch_write(&folder, "x/t", SLICE(" made-up-token\n"));
	struct kubeconfig *config = load(PATHS(&folder, "main", "x/users", "y/z/clusters"));
	check_ok(kubeconfig_access(config, SLICE_NONE, &options, &access, &err), &err);
	assert_string_equal(access_text(access),
			    "server=https://a.example.com user=u ca=made-up auth=Bearer made-up-token "
			    "certificate=made-up key=made-up");
	kube_access_free(access);
	kubeconfig_free(config);
}

static void files_that_the_environment_names_may_be_missing(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	scratch_write(&folder, "a", SLICE("contexts: [{name: a}]"));
	scratch_write(&folder, ".kube/config", SLICE("contexts: [{name: of-home}]"));
	setenv("HOME", folder.path, 1);
	setenv("KUBECONFIG", PATHS(&folder, "missing", "a", "a/below-a-file", "a"), 1);
	struct kubeconfig *config = load(NULL);
	check_names(config, "a");
	kubeconfig_free(config);
	setenv("KUBECONFIG", "", 1);
	config = load(NULL);
	check_names(config, "of-home");
	kubeconfig_free(config);
	setenv("HOME", "/nowhere", 1);
	config = load(NULL);
	check_names(config, "");
	assert_null(kubeconfig_current_context(config).data);
	kubeconfig_free(config);
	unsetenv("HOME");
	check_not_loaded(NULL, ERROR_USAGE, "neither KUBECONFIG nor HOME");
	unsetenv("KUBECONFIG");
}

static void files_that_were_asked_for_must_be_there(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	scratch_write(&folder, "a", SLICE("contexts: [{name: a}]"));
	check_not_loaded(PATHS(&folder, "a", "missing"), ERROR_USAGE, "missing: there is no such file");
	check_not_loaded("", ERROR_USAGE, "is empty");
}

static void what_is_no_file_does_not_hurt(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	struct kubeconfig *config;
	check_not_loaded(folder.path, ERROR_SYSTEM, "Is a directory");
	check_not_loaded("/dev/zero", ERROR_LIMIT, "more than 16777216 bytes");
	config = load("/dev/null");
	check_names(config, "");
	kubeconfig_free(config);
}

static void a_file_is_named_in_what_is_wrong_with_it(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	scratch_write(&folder, "a", SLICE("contexts: []"));
	scratch_write(&folder, "b", SLICE("contexts: ["));
	check_not_loaded(PATHS(&folder, "a", "b"), ERROR_SYNTAX, "/b: line");
}

static void relative_names_of_files_work(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	char before[4096];
	assert_non_null(getcwd(before, sizeof before));
	scratch_write(&folder, "sub/a", SLICE("contexts: [{name: a}]"));
	assert_int_equal(chdir(folder.path), 0);
	struct kubeconfig *config = load("sub/../sub/a");
	check_names(config, "a");
	kubeconfig_free(config);
	check_not_loaded("b", ERROR_USAGE, "/b: there is no such file");
	assert_int_equal(chdir(before), 0);
}

static int load_scenario(void *data, struct error **err)
{
	struct kubeconfig *config = NULL;
	int got = kubeconfig_load(data, &config, err);
	kubeconfig_free(config);
	return got;
}

static void every_allocation_may_fail(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	scratch_write(&folder, "a", SLICE("contexts: [{name: a}]\nusers: [{name: u, user: {token: made-up-token}}]"));
	scratch_write(&folder, "b",
		      SLICE("{\"users\": [{\"name\": \"v\", \"user\": {\"token\": \"made-up\\u002dtoken\"}}]}"));
	assert_in_range(torture(load_scenario, (void *)PATHS(&folder, "a", "b")), 5, 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_file_that_names_a_thing_has_it_whole),
		cmocka_unit_test(paths_are_relative_to_their_file),
		cmocka_unit_test(files_that_the_environment_names_may_be_missing),
		cmocka_unit_test(files_that_were_asked_for_must_be_there),
		cmocka_unit_test(what_is_no_file_does_not_hurt),
		cmocka_unit_test(a_file_is_named_in_what_is_wrong_with_it),
		cmocka_unit_test(relative_names_of_files_work),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, configs_setup, NULL);
}
