#include "kube/client/exec_plugin.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/time.h"
#include "configs.h"
#include "support/check.h"
#include "support/scratch.h"
#include "support/torture.h"

#define V1 "client.authentication.k8s.io/v1"
#define REPLY(status) "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\",\"status\":{" status "}}'\n"
/* Prints token number 1, 2, ...; $status says what else. */
#define COUNTING                                                                                                       \
	"cd \"$(dirname \"$0\")\"\n"                                                                                   \
	"n=$(($(cat count 2>/dev/null || echo 0) + 1))\necho $n >count\n"

/* A command in the folder, and a kubeconfig whose user runs it. */
struct plugin {
	struct scratch folder;
	char path[128], text[4096];
};

static void remove_plugin(struct plugin *plugin)
{
	scratch_remove(&plugin->folder);
}

/* `more`: further members of exec. */
static struct plugin plugin_of(const char *script, const char *more)
{
	struct plugin plugin = { .folder = scratch_make() };
	char whole[8192];
	snprintf(whole, sizeof whole, "#!/bin/sh\n%s", script);
	scratch_write(&plugin.folder, "made-up-plugin", slice_of(whole));
	snprintf(plugin.path, sizeof plugin.path, "%s/made-up-plugin", plugin.folder.path);
	assert_int_equal(chmod(plugin.path, 0700), 0);
	snprintf(plugin.text, sizeof plugin.text,
		 CONFIG_OF(SERVER ", certificate-authority-data: " MADE_UP_CERTIFICATE_BASE64,
			   "exec: {apiVersion: " V1 ", interactiveMode: Never, command: %s%s}"),
		 plugin.path, more);
	return plugin;
}

static struct kube_access *access_of_plugin(const struct plugin *plugin)
{
	const char *const allowed[] = { plugin->path };
	return access_allowing(plugin->text, allowed, 1);
}

static void check_login_fails(struct kube_access *access, bool rejected, enum error_code code, const char *part)
{
	struct error *err = NULL;
	struct kube_login login = { 0 };
	assert_int_equal(kube_access_login(access, rejected, &login, &err), -1);
	assert_null(strstr(err->message, "made-up-secret"));
	check_error(&err, code, part);
}

/* The plugin prints something else than a login, on standard output something that looks like a secret. */
static void check_fails(const char *script, enum error_code code, const char *part)
{
	CLEANUP(remove_plugin) struct plugin plugin = plugin_of(script, "");
	struct kube_access *access = access_of_plugin(&plugin);
	check_login_fails(access, false, code, part);
	kube_access_free(access);
}

static int count_of(const struct plugin *plugin)
{
	int count = 0;
	FILE *file = fopen(scratch_path(&plugin->folder, "count"), "r");
	if (!file)
		return 0;
	assert_int_equal(fscanf(file, "%d", &count), 1);
	fclose(file);
	return count;
}

/* --- what may run --- */

static void a_token(void **state)
{
	CLEANUP(remove_plugin) struct plugin plugin = plugin_of(REPLY("\"token\":\"made-up-token\""), "");
	struct kube_access *access = access_of_plugin(&plugin);
	assert_true(kube_access_facts(access)->runs_command);
	assert_string_equal(
		access_text(access),
		"server=https://api.example.com:6443 user=u ca=made-up runs=true auth=Bearer made-up-token");
	kube_access_free(access);
}

static void what_is_not_allowed_is_refused_with_the_option_that_allows_it(void **state)
{
#define EXEC(members) CONFIG_OF(SERVER, "exec: {apiVersion: " V1 ", interactiveMode: Never, " members "}")
	check_refused(
		EXEC("command: made-up-aws, args: [eks, get-token]"), ERROR_USAGE,
		"context c: user u: to log in, its exec plugin would run the command made-up-aws, which is not allowed: "
		"--allow-exec made-up-aws allows it");
	check_refused(EXEC("command: ./bin/login"), ERROR_USAGE,
		      "command ./bin/login, which is not allowed: --allow-exec /made-up/bin/login allows it");
	check_refused(EXEC("command: \"/a b/it's;x\""), ERROR_USAGE, "--allow-exec '/a b/it'\\''s;x' allows it");
	check_refused(EXEC("command: \"a\\nb\""), ERROR_USAGE, "--allow-exec 'a\\u000ab' allows it");
}

static void check_allowed(const char *text, const char *allowed, const char *part)
{
	struct error *err = NULL;
	const char *const list[] = { "other", allowed };
	struct kube_access_options options = { list, 2 };
	struct kube_access *access = NULL;
	struct kubeconfig *config = config_of(text);
	int got = kubeconfig_access(config, SLICE_NONE, &options, &access, &err);
	if (part) {
		assert_int_equal(got, -1);
		check_error(&err, ERROR_USAGE, part);
	} else {
		check_ok(got, &err);
	}
	kube_access_free(access);
	kubeconfig_free(config);
}

static void names_mean_what_path_finds(void **state)
{
	CLEANUP(remove_plugin) struct plugin plugin = plugin_of(REPLY("\"token\":\"made-up-token\""), "");
	const char *by_name = EXEC("command: made-up-plugin");
	char before[4096];
	snprintf(before, sizeof before, "%s", getenv("PATH"));
	check_allowed(plugin.text, plugin.path, NULL);
	check_allowed(plugin.text, "made-up-plugin", "is not allowed");
	check_allowed(plugin.text, "made-up", "is not allowed");
	check_allowed(plugin.text, "", "is not allowed");
	setenv("PATH", plugin.folder.path, 1);
	check_allowed(plugin.text, "made-up-plugin", NULL);
	check_allowed(by_name, "made-up-plugin", NULL);
	check_allowed(by_name, plugin.path, NULL);
	check_allowed(by_name, "/usr/bin/made-up-plugin", "is not allowed");
	setenv("PATH", before, 1);
	check_allowed(by_name, plugin.path, "is not allowed");
}

static void one_that_is_missing_shows_the_hint(void **state)
{
	check_allowed(
		EXEC("command: made-up-aws, installHint: \"get it:\\n\\e[1m  https://example.com/\\n\""), "made-up-aws",
		"context c: user u: exec: there is no command made-up-aws; the kubeconfig says: get it: \\u001b[1m "
		"https://example.com/");
	check_allowed(EXEC("command: /nowhere/login"), "/nowhere/login", "exec: there is no command /nowhere/login");
	check_allowed(EXEC("command: /etc/passwd"), "/etc/passwd", "exec: there is no command /etc/passwd");
}

static void check_exec_refused(const char *members, enum error_code code, const char *part)
{
	char text[2048];
	const char *const list[] = { "sh" };
	struct kube_access_options options = { list, 1 };
	struct kube_access *access = NULL;
	struct error *err = NULL;
	snprintf(text, sizeof text, CONFIG_OF(SERVER, "exec: {%s}"), members);
	struct kubeconfig *config = config_of(text);
	assert_int_equal(kubeconfig_access(config, SLICE_NONE, &options, &access, &err), -1);
	check_error(&err, code, part);
	kubeconfig_free(config);
}

static void what_we_do_not_speak_is_refused_by_name(void **state)
{
	check_exec_refused(
		"apiVersion: client.authentication.k8s.io/v1alpha1, command: sh", ERROR_UNSUPPORTED,
		"context c: user u: exec: apiVersion client.authentication.k8s.io/v1alpha1 is not supported; "
		"client.authentication.k8s.io/v1 and v1beta1 are");
	check_exec_refused("apiVersion: v1, command: sh", ERROR_UNSUPPORTED, "exec: apiVersion v1 is not supported");
	check_exec_refused("command: sh", ERROR_USAGE, "exec: apiVersion is missing");
	check_exec_refused("apiVersion: " V1, ERROR_USAGE, "exec: command is missing");
	check_exec_refused("apiVersion: " V1 ", command: sh", ERROR_USAGE, "exec: interactiveMode is missing");
	check_exec_refused("apiVersion: " V1 ", command: sh, interactiveMode: Perhaps", ERROR_USAGE,
			   "exec: interactiveMode is none of");
	check_exec_refused(
		"apiVersion: " V1 ", command: sh, interactiveMode: Always", ERROR_UNSUPPORTED,
		"exec: the command sh asks on the terminal (interactiveMode Always), and standard input is none");
	check_exec_refused("apiVersion: " V1 ", command: sh, interactiveMode: Never, env: [{value: x}]", ERROR_SYNTAX,
			   "exec: env: a variable needs a name");
	check_exec_refused("apiVersion: " V1
			   ", command: sh, interactiveMode: Never, env: [{name: A, value: \"a\\0b\"}]",
			   ERROR_SYNTAX, "exec: env: A: the value holds a NUL");
	check_exec_refused("apiVersion: " V1 ", command: sh, interactiveMode: Never, args: [\"a\\0b\"]", ERROR_SYNTAX,
			   "exec: args: a NUL");
	check_exec_refused("apiVersion: " V1 ", command: \"sh\\0\", interactiveMode: Never", ERROR_SYNTAX, "NUL");
}

static void v1beta1_without_a_mode(void **state)
{
	CLEANUP(remove_plugin)
	struct plugin plugin =
		plugin_of("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\","
			  "\"status\":{\"token\":\"made-up-token\"}}'\n",
			  "");
	char text[1024];
	const char *const allowed[] = { plugin.path };
	snprintf(text, sizeof text,
		 CONFIG_OF(SERVER, "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: %s}"),
		 plugin.path);
	struct kube_access *access = access_allowing(text, allowed, 1);
	check_slice(secret_reveal(login_of(access, false).authorization), "Bearer made-up-token");
	kube_access_free(access);
}

/* --- what it is given --- */

static void arguments_and_environment(void **state)
{
	CLEANUP(remove_plugin)
	struct plugin plugin = plugin_of(
		"cd \"$(dirname \"$0\")\"\nprintf '[%s]' \"$@\" >args\n"
		"printf '%s|%s|%s|%s' \"$A\" \"$HERE\" \"$EMPTY\" \"$KUBERNETES_EXEC_INFO\" >environment\n" REPLY(
			"\"token\":\"made-up-token\""),
		", args: [eks, 'a b', ''], env: [{name: A, value: first}, {name: HERE, value: made-up-value}, {name: A, value: "
		"last}, {name: EMPTY}]");
	CLEANUP(file_release) struct file_bytes args = { 0 }, environment = { 0 };
	struct error *err = NULL;
	setenv("A", "ours", 1);
	setenv("EMPTY", "ours", 1);
	struct kube_access *access = access_of_plugin(&plugin);
	login_of(access, false);
	kube_access_free(access);
	assert_string_equal(getenv("A"), "ours");
	assert_null(getenv("KUBERNETES_EXEC_INFO"));
	check_ok(file_map(AT_FDCWD, scratch_path(&plugin.folder, "args"), false, &args, &err), &err);
	check_slice(file_slice(&args), "[eks][a b][]");
	check_ok(file_map(AT_FDCWD, scratch_path(&plugin.folder, "environment"), false, &environment, &err), &err);
	check_slice(file_slice(&environment), "last|made-up-value||{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1
					      "\",\"spec\":{\"interactive\":false}}");
	unsetenv("A");
	unsetenv("EMPTY");
}

/* --- what it prints --- */

static void a_certificate(void **state)
{
	CLEANUP(remove_plugin)
	struct plugin plugin = plugin_of(
		COUNTING
		"printf '%s' '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1
		"\",\"status\":{\"clientKeyData\":\"-----BEGIN '\n"
		"printf '%s' 'PRIVATE KEY-----\\nmade-up-secret '$n'\",\"clientCertificateData\":'\n"
		"printf '%s' '\"-----BEGIN CERTIFICATE-----\\nbWFkZS11cA==\\n-----END CERTIFICATE-----\\n\"}}'\n",
		"");
	struct kube_access *access = access_of_plugin(&plugin);
	struct kube_login login = login_of(access, false);
	check_slice(login.certificate_pem, MADE_UP_CERTIFICATE);
	check_slice(secret_reveal(login.key), "-----BEGIN "
					      "PRIVATE KEY-----\nmade-up-secret 1");
	assert_null(login.authorization);
	assert_false(login.certificate_changed);
	login = login_of(access, true);
	check_slice(secret_reveal(login.key), "-----BEGIN "
					      "PRIVATE KEY-----\nmade-up-secret 2");
	assert_true(login.certificate_changed);
	assert_true(login.can_retry);
	assert_false(login_of(access, false).certificate_changed);
	kube_access_free(access);
}

static void failures_tell_what_it_said_and_nothing_that_it_printed(void **state)
{
	check_fails("echo made-up-secret; echo '  no\nnetwork' >&2; exit 7", ERROR_SYSTEM,
		    "context c: user u: command ");
	check_fails("echo made-up-secret; echo '  no\nnetwork' >&2; exit 7", ERROR_SYSTEM,
		    "/made-up-plugin: it exited with 7; it said: no network");
	check_fails("echo made-up-secret; exit 1", ERROR_SYSTEM, "it exited with 1");
	check_fails("echo made-up-secret; kill -9 $$", ERROR_SYSTEM, "it was ended by signal 9");
	check_fails("echo made-up-secret; echo odd >&2", ERROR_SYNTAX,
		    "what it printed: it printed no ExecCredential; it said: odd");
	check_fails("echo '{\"token\": \"made-up-secret'", ERROR_SYNTAX, "what it printed: line 2 column 1");
	check_fails(":", ERROR_SYNTAX, "it printed nothing");
	check_fails(
		"echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"made-up-secret\",\"status\":{\"token\":\"made-up-secret\"}}'",
		ERROR_UNSUPPORTED, "it printed another apiVersion than " V1 ", which it was asked for");
	check_fails(REPLY("\"token\":\"made-up-secret\\\\n1\""), ERROR_SYNTAX,
		    "the token holds bytes that no header can");
	check_fails("head -c 2000000 /dev/zero | tr '\\0' m", ERROR_LIMIT, "it printed more than 1048576 bytes");
}

static void what_is_no_program_cannot_be_started(void **state)
{
	CLEANUP(remove_plugin) struct plugin plugin = plugin_of("", "");
	scratch_write(&plugin.folder, "made-up-plugin", SLICE("\x01\x02"));
	struct kube_access *access = access_of_plugin(&plugin);
	check_login_fails(access, false, ERROR_SYSTEM, "starting it: Exec format error");
	kube_access_free(access);
}

/* --- when it runs --- */

static int64_t wall, steady;

static int64_t made_up_wall(void)
{
	return wall;
}

static int64_t made_up_steady(void)
{
	return steady;
}

static void pass(int64_t time)
{
	wall += time;
	steady += time;
}

static struct kube_access *access_with_clock(const struct plugin *plugin)
{
	struct kube_access *access = access_of_plugin(plugin);
	struct error *err = NULL;
	access->clock = (struct access_clock){ made_up_wall, made_up_steady };
	check_ok(time_parse(SLICE("2026-01-01T00:00:00Z"), &wall, &err), &err);
	steady = 5 * USEC_PER_HOUR;
	return access;
}

static void check_token(struct kube_access *access, bool rejected, const char *token, bool can_retry)
{
	struct kube_login login = login_of(access, rejected);
	check_slice(secret_reveal(login.authorization), token);
	assert_int_equal(login.can_retry, can_retry);
}

static void without_an_end_it_runs_once(void **state)
{
	CLEANUP(remove_plugin) struct plugin plugin = plugin_of(COUNTING REPLY("\"token\":\"made-up-'$n'\""), "");
	struct kube_access *access = access_with_clock(&plugin);
	assert_int_equal(count_of(&plugin), 0);
	check_token(access, false, "Bearer made-up-1", false);
	pass(1000 * USEC_PER_DAY);
	check_token(access, false, "Bearer made-up-1", false);
	assert_int_equal(count_of(&plugin), 1);
	kube_access_free(access);
}

static void it_runs_again_before_the_end(void **state)
{
	CLEANUP(remove_plugin)
	struct plugin plugin = plugin_of(
		COUNTING REPLY("\"token\":\"made-up-'$n'\",\"expirationTimestamp\":\"2026-01-01T0'$n':00:00Z\""), "");
	struct kube_access *access = access_with_clock(&plugin);
	check_token(access, false, "Bearer made-up-1", false);
	pass(USEC_PER_HOUR - USEC_PER_MINUTE - 1);
	check_token(access, false, "Bearer made-up-1", false);
	pass(1);
	check_token(access, false, "Bearer made-up-2", false);
	check_token(access, false, "Bearer made-up-2", false);
	assert_int_equal(count_of(&plugin), 2);
	kube_access_free(access);
}

static void a_short_life_is_used_for_three_quarters(void **state)
{
	CLEANUP(remove_plugin)
	struct plugin plugin = plugin_of(
		COUNTING REPLY(
			"\"token\":\"made-up-'$n'\",\"expirationTimestamp\":\"2026-01-01T00:0'$((n * 2))':00Z\""),
		"");
	struct kube_access *access = access_with_clock(&plugin);
	check_token(access, false, "Bearer made-up-1", false);
	pass(90 * USEC_PER_SECOND - 1);
	check_token(access, false, "Bearer made-up-1", false);
	pass(1);
	check_token(access, false, "Bearer made-up-2", false);
	kube_access_free(access);
}

static void after_a_rejection_it_runs_once_more(void **state)
{
	CLEANUP(remove_plugin) struct plugin plugin = plugin_of(COUNTING REPLY("\"token\":\"made-up-'$n'\""), "");
	struct kube_access *access = access_with_clock(&plugin);
	check_token(access, false, "Bearer made-up-1", false);
	check_token(access, true, "Bearer made-up-2", true);
	check_token(access, true, "Bearer made-up-2", false);
	check_token(access, false, "Bearer made-up-2", false);
	pass(USEC_PER_MINUTE); /* a new one that was good for a while may be rejected as well */
	check_token(access, true, "Bearer made-up-3", true);
	assert_int_equal(count_of(&plugin), 3);
	kube_access_free(access);
}

static void the_same_credential_again_is_nothing_new(void **state)
{
	CLEANUP(remove_plugin) struct plugin plugin = plugin_of(COUNTING REPLY("\"token\":\"made-up-token\""), "");
	struct kube_access *access = access_with_clock(&plugin);
	check_token(access, false, "Bearer made-up-token", false);
	check_token(access, true, "Bearer made-up-token", false);
	assert_int_equal(count_of(&plugin), 2);
	kube_access_free(access);
}

/* Our clock may be the wrong one: the server decides. */
static void an_expired_credential_is_tried(void **state)
{
	CLEANUP(remove_plugin)
	struct plugin plugin = plugin_of(
		COUNTING REPLY("\"token\":\"made-up-'$n'\",\"expirationTimestamp\":\"2020-01-01T00:00:00Z\""), "");
	struct kube_access *access = access_with_clock(&plugin);
	check_token(access, false, "Bearer made-up-1", false);
	check_token(access, false, "Bearer made-up-1", false);
	pass(USEC_PER_MINUTE);
	check_token(access, false, "Bearer made-up-2", false);
	check_login_fails(access, true, ERROR_SYSTEM, "which had expired: is the clock right?");
	assert_int_equal(count_of(&plugin), 3);
	kube_access_free(access);
}

static void a_failure_is_not_repeated_at_once(void **state)
{
	CLEANUP(remove_plugin) struct plugin plugin = plugin_of(COUNTING "echo broken $n >&2; exit 1", "");
	struct kube_access *access = access_with_clock(&plugin);
	check_login_fails(access, false, ERROR_SYSTEM, "it said: broken 1");
	check_login_fails(access, false, ERROR_SYSTEM, "it said: broken 1");
	pass(USEC_PER_MINUTE);
	check_login_fails(access, false, ERROR_SYSTEM, "it said: broken 2");
	kube_access_free(access);
}

static void a_good_credential_outlives_a_failure(void **state)
{
	CLEANUP(remove_plugin)
	struct plugin plugin =
		plugin_of(COUNTING "test $n = 1 || { echo broken >&2; exit 1; }\n" REPLY(
				  "\"token\":\"made-up-1\",\"expirationTimestamp\":\"2026-01-01T01:00:00Z\""),
			  "");
	struct kube_access *access = access_with_clock(&plugin);
	check_token(access, false, "Bearer made-up-1", false);
	pass(USEC_PER_HOUR - USEC_PER_MINUTE);
	check_token(access, false, "Bearer made-up-1", false);
	assert_int_equal(count_of(&plugin), 2);
	check_token(access, false, "Bearer made-up-1", false);
	assert_int_equal(count_of(&plugin), 2);
	pass(USEC_PER_MINUTE);
	check_login_fails(access, false, ERROR_SYSTEM, "it said: broken");
	kube_access_free(access);
}

static int take_and_run(void *data, struct error **err)
{
	const struct plugin *plugin = data;
	const char *const allowed[] = { plugin->path };
	struct kube_access_options options = { allowed, 1 };
	struct kube_access *access = NULL;
	struct kube_login login = { 0 };
	struct kubeconfig *config = kubeconfig_new();
	if (!config)
		return error_no_memory(err);
	int got = kubeconfig_parse(config, SLICE("/made-up/config"), slice_of(plugin->text), err);
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
	CLEANUP(remove_plugin)
	struct plugin plugin = plugin_of(REPLY("\"token\":\"made-up-token\""),
					 ", provideClusterInfo: true, args: [a], env: [{name: A, value: b}]");
	assert_in_range(torture(take_and_run, &plugin), 10, 1000);
}

static int setup(void **state)
{
	int fd = open("/dev/null", O_RDONLY);
	dup2(fd, STDIN_FILENO);
	close(fd);
	return configs_setup(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token),
		cmocka_unit_test(what_is_not_allowed_is_refused_with_the_option_that_allows_it),
		cmocka_unit_test(names_mean_what_path_finds),
		cmocka_unit_test(one_that_is_missing_shows_the_hint),
		cmocka_unit_test(what_we_do_not_speak_is_refused_by_name),
		cmocka_unit_test(v1beta1_without_a_mode),
		cmocka_unit_test(arguments_and_environment),
		cmocka_unit_test(a_certificate),
		cmocka_unit_test(failures_tell_what_it_said_and_nothing_that_it_printed),
		cmocka_unit_test(what_is_no_program_cannot_be_started),
		cmocka_unit_test(without_an_end_it_runs_once),
		cmocka_unit_test(it_runs_again_before_the_end),
		cmocka_unit_test(a_short_life_is_used_for_three_quarters),
		cmocka_unit_test(after_a_rejection_it_runs_once_more),
		cmocka_unit_test(the_same_credential_again_is_nothing_new),
		cmocka_unit_test(an_expired_credential_is_tried),
		cmocka_unit_test(a_failure_is_not_repeated_at_once),
		cmocka_unit_test(a_good_credential_outlives_a_failure),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
