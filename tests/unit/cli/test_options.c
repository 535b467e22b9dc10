#include "support/check.h"

#include "cli/options.h"

#define ARGV(...)                                                                                                      \
	(char *[])                                                                                                     \
	{                                                                                                              \
		(char *)"fother", __VA_ARGS__, NULL                                                                    \
	}
#define W(text) ((char *)(text))

static struct options options;

static int parse(char **argv, const char *complaint)
{
	struct error *error = NULL;
	int argc = 0;

	options_release(&options);

	while (argv[argc])
		argc++;
	int result = options_parse(argc, argv, &options, &error);
	assert_true((result < 0) == (error != NULL));
	if (error) {
		assert_int_equal(error->code, ERROR_USAGE);
		assert_non_null(complaint);
		if (!strstr(error->message, complaint))
			fail_msg("\"%s\" does not say \"%s\"", error->message, complaint);
	}
	error_free(error);
	return result;
}

static int release(void **state)
{
	(void)state;
	options_release(&options);
	return 0;
}

static void test_options_stand_anywhere(void **state)
{
	(void)state;
	assert_int_equal(parse(ARGV(W("triage"), W("--registry"), W("docker.io"), W("4"), W("--snapshot=a"),
				    W("--snapshot"), W("b"), W("-o"), W("json"), W("-q"), W("-vv")),
			       NULL),
			 0);
	assert_string_equal(options.command->name, "triage");
	assert_int_equal(options.registries.len, 1);
	assert_int_equal(options.snapshots.len, 2);
	assert_string_equal(options.snapshots.items[0], "a");
	assert_string_equal(options.operands.items[0], "4");
	assert_string_equal(options.output, "json");
	assert_true(options.quiet);
	assert_int_equal(options.verbose, 2);
}

static void test_two_word_commands(void **state)
{
	(void)state;
	assert_int_equal(parse(ARGV(W("incident"), W("show"), W("7")), NULL), 0);
	assert_string_equal(options.command->name, "incident show");
	assert_string_equal(options.operands.items[0], "7");
	assert_int_equal(parse(ARGV(W("incident")), "needs a second word"), -1);
	assert_int_equal(parse(ARGV(W("incident"), W("shov")), "second word"), -1);
}

static void test_values_that_look_like_options(void **state)
{
	(void)state;
	assert_int_equal(parse(ARGV(W("triage"), W("--snapshot"), W("-")), NULL), 0);
	assert_string_equal(options.snapshots.items[0], "-");
	options_release(&options);
	assert_int_equal(parse(ARGV(W("where"), W("--"), W("-odd")), NULL), 0);
	assert_string_equal(options.operands.items[0], "-odd");
}

static void test_refused(void **state)
{
	(void)state;
	assert_int_equal(parse(ARGV(W("triage"), W("--registery"), W("x")), "did you mean --registry?"), -1);
	assert_int_equal(parse(ARGV(W("triag")), "did you mean `triage`?"), -1);
	assert_int_equal(parse(ARGV(W("triage"), W("--registry")), "needs a value"), -1);
	assert_int_equal(parse(ARGV(W("triage"), W("--quiet=yes")), "takes no value"), -1);
	assert_int_equal(parse(ARGV(W("version"), W("--registry"), W("x")), "takes no --registry"), -1);
	assert_int_equal(parse(ARGV(W("triage"), W("-z")), "unknown option -z"), -1);
	assert_int_equal(parse(ARGV(W("triage"), W("--since"), W("30d"), W("--since"), W("3d")), "given twice"), -1);
	char *none[] = { W("fother"), NULL };
	assert_int_equal(parse(none, "no command"), -1);
}

static void test_no_abbreviations(void **state)
{
	(void)state;
	/* --snap would change its meaning with the next option that begins so. */
	assert_int_equal(parse(ARGV(W("triage"), W("--snap"), W("x")), "unknown option --snap"), -1);
}

static void test_help_and_version_as_options(void **state)
{
	(void)state;
	assert_int_equal(parse(ARGV(W("--help")), NULL), 0);
	assert_string_equal(options.command->name, "help");
	assert_int_equal(parse(ARGV(W("--version")), NULL), 0);
	assert_string_equal(options.command->name, "version");
	assert_int_equal(parse(ARGV(W("triage"), W("--help")), NULL), 0);
	assert_true(options.help);
}

static void test_every_option_belongs_to_a_command(void **state)
{
	unsigned long long used = 0;

	(void)state;
	for (size_t i = 0; i < command_count; i++)
		used |= commands[i]->options;
	assert_true(used == (1ULL << OPTION_ID_COUNT) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_options_stand_anywhere, release),
		cmocka_unit_test_teardown(test_two_word_commands, release),
		cmocka_unit_test_teardown(test_values_that_look_like_options, release),
		cmocka_unit_test_teardown(test_refused, release),
		cmocka_unit_test_teardown(test_no_abbreviations, release),
		cmocka_unit_test_teardown(test_help_and_version_as_options, release),
		cmocka_unit_test_teardown(test_every_option_belongs_to_a_command, release),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
