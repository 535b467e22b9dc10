#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "oci/transport/logins_internal.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/scratch.h"
#include "support/torture.h"

/* All made up. */
#define GOOD "{\"ServerURL\":\"reg.example\",\"Username\":\"acme\",\"Secret\":\"EXAMPLE-p\\u00e4ss\"}\n"
#define SERVER SLICE("reg.example")

/* --- what it prints --- */

static int parse(const char *text, struct login_reply *reply, struct arena *arena, struct error **err)
{
	return login_helper_parse(slice_of(text), arena, reply, err);
}

static void check_parses(const char *text, const char *user, const char *secret, bool is_token)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(login_reply_release) struct login_reply reply = { 0 };
	struct error *err = NULL;
	check_ok(parse(text, &reply, &arena, &err), &err);
	check_slice(reply.username, user);
	check_slice(secret_reveal(&reply.secret), secret);
	assert_int_equal(reply.is_identity_token, is_token);
}

static void check_refused(const char *text, const char *part)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(login_reply_release) struct login_reply reply = { 0 };
	struct error *err = NULL;
	assert_int_equal(parse(text, &reply, &arena, &err), -1);
	assert_null(strstr(err->message, "EXAMPLE"));
	check_error(&err, ERROR_SYNTAX, part);
	assert_false(secret_is_set(&reply.secret));
}

static void a_reply_gives_user_and_secret(void **state)
{
	check_parses(GOOD, "acme", "EXAMPLE-p\xc3\xa4ss", false);
	check_parses("{\"Username\":\"<token>\",\"Secret\":\"EXAMPLE\"}", "<token>", "EXAMPLE", true);
	check_parses("{\"Secret\":\"EXAMPLE\",\"More\":{\"Secret\":[\"x\"]}}", "", "EXAMPLE", false);
	check_parses("{\"Secret\":\"first\",\"Secret\":\"EXAMPLE\",\"Username\":\"u\"}", "u", "EXAMPLE", false);
}

static void what_is_no_reply_is_refused_without_a_byte_of_it(void **state)
{
	check_refused("", "what it printed");
	check_refused("EXAMPLE-password", "what it printed");
	check_refused("[\"EXAMPLE\"]", "it is no object");
	check_refused("{\"Secret\":{\"EXAMPLE\":1}}", "Secret is no text");
	check_refused("{\"Username\":[\"EXAMPLE\"],\"Secret\":\"EXAMPLE\"}", "Username is no text");
	check_refused("{\"Username\":\"EXAMPLE\"}", "holds no Secret");
	check_refused("{\"Username\":\"u\",\"Secret\":\"\"}", "holds no Secret");
	check_refused("{\"Secret\":\"EXAMPLE\"}}", "what it printed");
	check_refused("{\"Secret\":\"EXAMPLE\"} EXAMPLE", "what it printed");
	check_refused("{\"Secret\":\"EXAMPLE", "what it printed");
}

static void use(struct slice variant, size_t at, void *data)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(login_reply_release) struct login_reply reply = { 0 };
	CLEANUP(error_freep) struct error *err = NULL;
	size_t *good = data;
	if (login_helper_parse(variant, &arena, &reply, &err) < 0)
		assert_true(error_is_of_input(err));
	else
		*good += secret_length(&reply.secret) > 0;
}

static void cut_or_flipped_it_stays_within(void **state)
{
	size_t good = 0;
	mangle_truncate(SLICE(GOOD), use, &good);
	assert_int_equal(good, 1); /* all but the newline */
	mangle_flip(SLICE(GOOD), use, &good);
}

/* --- running one --- */

static char path_before[4096];

/* A helper in a folder that alone is PATH. $1 of the script is `get`. */
static struct scratch with_helper(const char *name, const char *script)
{
	struct scratch folder = scratch_make();
	char text[4096], path[256];
	snprintf(text, sizeof text, "#!/bin/sh\nPATH=/usr/bin:/bin\ncd '%s'\n%s\n", folder.path, script);
	scratch_write(&folder, name, slice_of(text));
	assert_int_equal(chmod(scratch_path(&folder, name), 0700), 0);
	snprintf(path, sizeof path, "%s", folder.path);
	snprintf(path_before, sizeof path_before, "%s", getenv("PATH"));
	setenv("PATH", path, 1);
	return folder;
}

static void without_helper(struct scratch *folder)
{
	setenv("PATH", path_before, 1);
	scratch_remove(folder);
}

static struct login_helpers *helpers_that_may(const char *allowed)
{
	struct login_helpers *helpers = NULL;
	struct error *err = NULL;
	struct slice name = slice_of(allowed);
	check_ok(login_helpers_new(&helpers, &err), &err);
	check_ok(login_helpers_allow(helpers, (struct slice_list){ &name, allowed ? 1 : 0 }, &err), &err);
	return helpers;
}

static const struct login_reply *ask(struct login_helpers *helpers, const char *name, const char *problem)
{
	const struct login_reply *reply = NULL;
	struct slice why = SLICE_NONE;
	struct error *err = NULL;
	check_ok(login_helpers_ask(helpers, slice_of(name), SERVER, &reply, &why, &err), &err);
	assert_non_null(reply);
	if (!problem)
		assert_null(why.data);
	else if (!why.data || !slice_contains(why, problem))
		fail_msg("\"%s\" is not in \"%.*s\"", problem, SLICE_ARG(why));
	assert_false(why.data && slice_contains(why, "EXAMPLE"));
	return reply;
}

/* What the script does, and what is told of it. */
static void check_problem(const char *script, const char *problem)
{
	struct scratch folder = with_helper("docker-credential-made-up", script);
	struct login_helpers *helpers = helpers_that_may("docker-credential-made-up");
	assert_false(secret_is_set(&ask(helpers, "made-up", problem)->secret));
	login_helpers_free(helpers);
	without_helper(&folder);
}

static void one_that_is_allowed_is_asked_for_the_server(void **state)
{
	struct scratch folder = with_helper(
		"docker-credential-made-up",
		"test \"$#\" = 1 -a \"$1\" = get -a \"$(cat)\" = reg.example -a -n \"$HOME\" && echo '" GOOD "'");
	struct login_helpers *helpers = helpers_that_may("docker-credential-made-up");
	setenv("HOME", "/made-up", 0);
	const struct login_reply *reply = ask(helpers, "made-up", NULL);
	check_slice(reply->username, "acme");
	check_slice(reply->program, "docker-credential-made-up");
	check_slice(secret_reveal(&reply->secret), "EXAMPLE-p\xc3\xa4ss");
	login_helpers_free(helpers);
	without_helper(&folder);
}

static void a_path_may_be_allowed_too(void **state)
{
	struct scratch folder = with_helper("docker-credential-made-up", "echo '" GOOD "'");
	struct login_helpers *helpers = helpers_that_may(scratch_path(&folder, "docker-credential-made-up"));
	assert_true(secret_is_set(&ask(helpers, "made-up", NULL)->secret));
	login_helpers_free(helpers);
	without_helper(&folder);
}

static void one_that_is_not_allowed_is_not_run(void **state)
{
	struct scratch folder = with_helper("docker-credential-made-up", "touch ran; echo '" GOOD "'");
	static const char *const allowed[] = { NULL, "", "made-up", "docker-credential-other",
					       "/x/docker-credential-made-up" };
	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
		struct login_helpers *helpers = helpers_that_may(allowed[i]);
		ask(helpers, "made-up", "--allow-exec docker-credential-made-up allows it");
		login_helpers_free(helpers);
	}
	assert_int_equal(access(scratch_path(&folder, "ran"), F_OK), -1);
	without_helper(&folder);
}

static void a_name_is_no_path(void **state)
{
	struct scratch folder = with_helper("docker-credential-made-up", "touch ran");
	struct login_helpers *helpers = helpers_that_may("docker-credential-made-up");
	ask(helpers, "../made-up", "this is no name of a helper");
	ask(helpers, "x/../docker-credential-made-up", "this is no name of a helper");
	ask(helpers, "", "this is no name of a helper");
	assert_int_equal(access(scratch_path(&folder, "ran"), F_OK), -1);
	login_helpers_free(helpers);
	helpers = helpers_that_may("docker-credential-none");
	ask(helpers, "none", "there is no such program in PATH");
	login_helpers_free(helpers);
	without_helper(&folder);
}

static void what_it_does_not_have_is_no_problem(void **state)
{
	check_problem("echo 'credentials not found in native keychain'; exit 1", NULL);
	check_problem("printf 'credentials not found in native keychain' >&2; exit 1", NULL);
}

static void failures_are_told_without_what_it_printed(void **state)
{
	check_problem("echo EXAMPLE-password; exit 3", "docker-credential-made-up: it exited with 3");
	check_problem("echo no bus >&2; exit 1", "it exited with 1; it said: no bus");
	check_problem("kill -9 $$", "it was ended by signal 9");
	check_problem("echo EXAMPLE", "docker-credential-made-up: what it printed");
	check_problem("cat /dev/zero", "it printed more than");
	check_problem("echo 'dckr_pat_EXAMPLE0123456789abcdef' >&2; exit 1", "[masked]");
	check_problem("exit 0", "what it printed");
}

static void it_is_run_once_for_each_server(void **state)
{
	struct scratch folder = with_helper("docker-credential-made-up", "echo x >>count; echo '" GOOD "'");
	struct login_helpers *helpers = helpers_that_may("docker-credential-made-up");
	const struct login_reply *other = NULL, *reply = ask(helpers, "made-up", NULL);
	struct slice problem;
	struct stat status;
	struct error *err = NULL;
	assert_ptr_equal(ask(helpers, "made-up", NULL), reply);
	assert_int_equal(stat(scratch_path(&folder, "count"), &status), 0);
	assert_int_equal(status.st_size, 2);
	check_ok(login_helpers_ask(helpers, SLICE("made-up"), SLICE("other.example"), &other, &problem, &err), &err);
	assert_int_equal(stat(scratch_path(&folder, "count"), &status), 0);
	assert_int_equal(status.st_size, 4);
	login_helpers_free(helpers);
	without_helper(&folder);
}

static void *ask_in_thread(void *data)
{
	const struct login_reply *reply = NULL;
	struct slice problem;
	struct error *err = NULL;
	if (login_helpers_ask(data, SLICE("made-up"), SERVER, &reply, &problem, &err) < 0 ||
	    !secret_is_set(&reply->secret))
		return data;
	return NULL;
}

static void threads_share_one_run(void **state)
{
	struct scratch folder = with_helper("docker-credential-made-up", "echo x >>count; sleep 0.2; echo '" GOOD "'");
	struct login_helpers *helpers = helpers_that_may("docker-credential-made-up");
	pthread_t threads[8];
	struct stat status;
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask_in_thread, helpers), 0);
	for (size_t i = 0; i < 8; i++) {
		void *failed;
		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	assert_int_equal(stat(scratch_path(&folder, "count"), &status), 0);
	assert_int_equal(status.st_size, 2);
	login_helpers_free(helpers);
	without_helper(&folder);
}

/* --- allocations --- */

static int parse_scenario(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(login_reply_release) struct login_reply reply = { 0 };
	return parse(GOOD, &reply, &arena, err);
}

static int ask_scenario(void *data, struct error **err)
{
	struct login_helpers *helpers = NULL;
	const struct login_reply *reply;
	struct slice problem, allowed = SLICE("docker-credential-made-up");
	int got = login_helpers_new(&helpers, err);
	if (got == 0)
		got = login_helpers_allow(helpers, (struct slice_list){ &allowed, 1 }, err);
	if (got == 0)
		got = login_helpers_ask(helpers, SLICE("made-up"), SERVER, &reply, &problem, err);
	login_helpers_free(helpers);
	return got;
}

static void every_allocation_may_fail(void **state)
{
	assert_in_range(torture(parse_scenario, NULL), 2, 50);
	struct scratch folder = with_helper("docker-credential-made-up", "echo '" GOOD "'");
	assert_in_range(torture(ask_scenario, NULL), 5, 200);
	without_helper(&folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reply_gives_user_and_secret),
		cmocka_unit_test(what_is_no_reply_is_refused_without_a_byte_of_it),
		cmocka_unit_test(cut_or_flipped_it_stays_within),
		cmocka_unit_test(one_that_is_allowed_is_asked_for_the_server),
		cmocka_unit_test(a_path_may_be_allowed_too),
		cmocka_unit_test(one_that_is_not_allowed_is_not_run),
		cmocka_unit_test(a_name_is_no_path),
		cmocka_unit_test(what_it_does_not_have_is_no_problem),
		cmocka_unit_test(failures_are_told_without_what_it_printed),
		cmocka_unit_test(it_is_run_once_for_each_server),
		cmocka_unit_test(threads_share_one_run),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
