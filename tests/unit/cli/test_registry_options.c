#include "support/check.h"

#include <stdio.h>

#include "base/limits.h"
#include "cli/registry_options.h"
#include "support/scratch.h"

static int run_nothing(const struct options *options, struct error **err)
{
	(void)options;
	(void)err;
	return 0;
}

static const struct command answers = { .name = "images", .options = OPTIONS_SOURCES, .run = run_nothing };
static const struct command asks = {
	.name = "registry tags",
	.options = OPTION_BIT(PLAIN_HTTP) | OPTION_BIT(CA_FILE) | OPTION_BIT(MIRROR) | OPTION_BIT(OFFLINE),
	.run = run_nothing,
};
static const struct command never = { .name = "version", .options = OPTIONS_ALWAYS, .run = run_nothing };

static const char *hosts[] = { "localhost:5000" };
#define ONE(array)                                                                                                     \
	{                                                                                                              \
		.items = (array), .len = 1                                                                             \
	}

static void refuse(const struct options *options, const char *complaint)
{
	struct error *err = NULL;
	assert_int_equal(registry_options_check(options, &err), -1);
	check_error(&err, ERROR_USAGE, complaint);
}

static void accept(const struct options *options)
{
	struct error *err = NULL;
	check_ok(registry_options_check(options, &err), &err);
}

static void no_registry_is_asked_without_being_told_to(void **state)
{
	(void)state;
	assert_false(registry_options_asks(&(struct options){ .command = &answers }));
	assert_true(registry_options_asks(&(struct options){ .command = &answers, .read_registry = true }));
	assert_false(registry_options_asks(&(struct options){ .command = &never }));
	assert_false(registry_options_asks(&(struct options){ 0 }));
}

static void command_for_a_registry_asks_it_unless_offline(void **state)
{
	(void)state;
	assert_true(registry_options_asks(&(struct options){ .command = &asks }));
	assert_false(registry_options_asks(&(struct options){ .command = &asks, .offline = true }));
}

static void options_that_say_how_need_one_that_says_that(void **state)
{
	(void)state;
	refuse(&(struct options){ .command = &answers, .plain_http = ONE(hosts) }, "give --read-registry too");
	refuse(&(struct options){ .command = &answers, .mirrors = ONE(hosts) }, "--mirror says how");
	refuse(&(struct options){ .command = &answers, .token_hosts = ONE(hosts) }, "--token-host says how");
	refuse(&(struct options){ .command = &answers, .ca_file = "ca.pem" }, "--ca-file says how");
	refuse(&(struct options){ .command = &answers, .use_pull_secrets = true }, "--use-pull-secrets says how");
	refuse(&(struct options){ .command = &asks, .offline = true, .plain_http = ONE(hosts) },
	       "leave --offline away");
	accept(&(struct options){ .command = &answers, .plain_http = ONE(hosts), .read_registry = true });
	accept(&(struct options){ .command = &asks, .plain_http = ONE(hosts) });
	accept(&(struct options){ .command = &answers });
}

static void pull_secrets_need_to_be_read_with_their_values(void **state)
{
	(void)state;
	struct options options = { .command = &answers, .read_registry = true, .use_pull_secrets = true };
	refuse(&options, "their values are never stored");
	options.snapshots = (struct text_list)ONE(hosts);
	accept(&options);
	options.metadata_only = true;
	refuse(&options, "--metadata-only asks for none");
}

static void files_of_logs_are_looked_for_before_anything_is_read(void **state)
{
	(void)state;
	const char *missing[] = { "/nonexistent/audit.json" }, *stdin_name[] = { "-" };
	refuse(&(struct options){ .command = &answers, .hub_audit = ONE(missing) }, "--hub-audit /nonexistent");
	refuse(&(struct options){ .command = &answers, .hub_usage = ONE(missing) }, "--hub-usage /nonexistent");
	accept(&(struct options){ .command = &answers, .hub_audit = ONE(stdin_name) });
}

/* --- settings --- */

static void fail_settings(const struct options *options, const char *complaint)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct registry_settings settings;
	struct error *err = NULL;
	assert_int_equal(registry_options_settings(options, &arena, &settings, &err), -1);
	check_error(&err, ERROR_USAGE, complaint);
}

static void hosts_and_mirrors_are_normalised(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	const char *plain[] = { "LocalHost:5000" }, *mirrors[] = { "mirror.example=index.docker.io" };
	const char *token[] = { "Git.corp:8443" };
	struct options options = {
		.command = &asks, .plain_http = ONE(plain), .mirrors = ONE(mirrors), .token_hosts = ONE(token)
	};
	struct registry_settings settings;
	struct error *err = NULL;
	check_ok(registry_options_settings(&options, &arena, &settings, &err), &err);
	check_slice(settings.plain_http.items[0], "localhost:5000");
	check_slice(settings.token_hosts.items[0], "git.corp:8443");
	assert_int_equal(settings.mirror_count, 1);
	check_slice(settings.mirrors[0].host, "mirror.example");
	check_slice(settings.mirrors[0].upstream, "docker.io");
	assert_null(settings.ca_pem.data);
}

static void mirror_that_is_none_is_refused(void **state)
{
	(void)state;
	const char *plain[] = { "mirror.example" }, *itself[] = { "docker.io=index.docker.io" };
	const char *two[] = { "a.example=quay.io", "b.example=quay.io" };
	fail_settings(&(struct options){ .mirrors = ONE(plain) }, "write HOST=UPSTREAM");
	fail_settings(&(struct options){ .mirrors = ONE(itself) }, "no mirror of itself");
	fail_settings(&(struct options){ .mirrors = { .items = two, .len = 2 } }, "quay.io has two mirrors");
}

static void file_of_authorities_must_hold_one(void **state)
{
	(void)state;
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct registry_settings settings;
	struct error *err = NULL;
	char path[128];
	scratch_write(&scratch, "ca.pem", SLICE("no certificate"));
	snprintf(path, sizeof path, "%s/ca.pem", scratch.path);
	fail_settings(&(struct options){ .ca_file = path }, "holds no certificate");
	fail_settings(&(struct options){ .ca_file = "/nonexistent/ca.pem" }, "--ca-file");
	scratch_write(&scratch, "ca.pem", SLICE("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
	check_ok(registry_options_settings(&(struct options){ .ca_file = path }, &arena, &settings, &err), &err);
	assert_true(slice_starts_with(settings.ca_pem, "-----BEGIN"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_registry_is_asked_without_being_told_to),
		cmocka_unit_test(command_for_a_registry_asks_it_unless_offline),
		cmocka_unit_test(options_that_say_how_need_one_that_says_that),
		cmocka_unit_test(pull_secrets_need_to_be_read_with_their_values),
		cmocka_unit_test(files_of_logs_are_looked_for_before_anything_is_read),
		cmocka_unit_test(hosts_and_mirrors_are_normalised),
		cmocka_unit_test(mirror_that_is_none_is_refused),
		cmocka_unit_test(file_of_authorities_must_hold_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
