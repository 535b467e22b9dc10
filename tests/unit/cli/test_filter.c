#include <unistd.h>

#include "answered.h"
#include "cli/filter.h"

#define S(text) slice_of(text)
#define LIST(...)                                                                                                      \
	((struct slice_list){ (const struct slice[]){ __VA_ARGS__ },                                                   \
			      sizeof((const struct slice[]){ __VA_ARGS__ }) / sizeof(struct slice) })

static const struct options nothing;

static void what_is_not_given_filters_nothing(void **state)
{
	(void)state;
	const struct filter filter = { .options = &nothing };
	assert_true(filter_registry(&filter, S("docker.io")));
	assert_true(filter_registry(&filter, SLICE_NONE));
	assert_true(filter_any_registry(&filter, (struct slice_list){ 0 }));
	assert_true(filter_account(&filter, SLICE_NONE));
	assert_true(filter_repository(&filter, SLICE_NONE));
}

static void registry_is_one_of_those_given(void **state)
{
	(void)state;
	const struct filter filter = { .options = &nothing, .registries = LIST(S("docker.io"), S("ghcr.io")) };
	assert_true(filter_registry(&filter, S("ghcr.io")));
	assert_false(filter_registry(&filter, S("quay.io")));
	assert_false(filter_registry(&filter, SLICE_NONE));
	assert_true(filter_any_registry(&filter, LIST(S("quay.io"), S("docker.io"))));
	assert_false(filter_any_registry(&filter, LIST(S("quay.io"))));
	/* A secret without one login is of no registry. */
	assert_false(filter_any_registry(&filter, (struct slice_list){ 0 }));
}

static void account_is_compared_without_regard_to_case(void **state)
{
	(void)state;
	const char *accounts[] = { "Acme", "robot$x" };
	const struct options options = { .accounts = { .items = accounts, .len = 2 } };
	const struct filter filter = { .options = &options };
	assert_true(filter_account(&filter, S("aCME")));
	assert_true(filter_account(&filter, S("robot$x")));
	assert_false(filter_account(&filter, S("acm")));
	assert_false(filter_account(&filter, S("")));
	assert_false(filter_account(&filter, SLICE_NONE));
}

static void repository_holds_what_is_below_it(void **state)
{
	(void)state;
	const struct filter filter = { .options = &nothing, .repositories = LIST(S("acme"), S("library/redis")) };
	assert_true(filter_repository(&filter, S("acme")));
	assert_true(filter_repository(&filter, S("acme/web/debug")));
	assert_true(filter_repository(&filter, S("library/redis")));
	assert_false(filter_repository(&filter, S("acmecorp/web")));
	assert_false(filter_repository(&filter, S("acm")));
	assert_false(filter_repository(&filter, S("library")));
	assert_false(filter_repository(&filter, S("library/redis-stack")));
	assert_false(filter_repository(&filter, SLICE_NONE));
}

static void one_path_in_all_its_forms(void **state)
{
	(void)state;
	static const char *const forms[][2] = {
		{ "acme", "acme" },
		{ "/acme/", "acme" },
		{ "acme//", "acme" },
		{ "docker.io/acme", "acme" },
		{ "docker.io//acme/web/", "acme/web" },
		{ "ghcr.io/acme", "acme" },
		{ "quay.io/acme", "quay.io/acme" },
		{ "docker.io", "docker.io" },
		{ "docker.io/", "" },
		{ "/", "" },
		{ "", "" },
	};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		check_slice(repository_path(LIST(S("docker.io"), S("ghcr.io")), S(forms[i][0])), forms[i][1]);
}

static int calls;

static int check_and_answer(struct session *session, struct output *output, const struct filter *filter,
			    struct error **err)
{
	(void)err;
	calls++;
	bool taken = filter->registries.len == 2 && slice_equal_text(filter->registries.items[0], "docker.io") &&
		     slice_equal_text(filter->registries.items[1], "ghcr.io") && filter->repositories.len == 1 &&
		     slice_equal_text(filter->repositories.items[0], "acme");
	return taken && session->world->clusters.len == 1 && output->format == OUTPUT_CSV ? EXIT_FINDINGS : EXIT_FAILED;
}

static void frame_opens_everything_and_hands_the_answer_s_code_on(void **state)
{
	struct answered *a = *state;
	const char *registries[] = { "https://index.docker.io/v1/", "GHCR.io" },
		   *repositories[] = { "docker.io/acme/" };
	a->options.output = "csv";
	a->options.registries = (struct text_list){ .items = registries, .len = 2 };
	a->options.repositories = (struct text_list){ .items = repositories, .len = 1 };
	calls = 0;
	int code = filter_run(&a->options, check_and_answer, &a->err);
	check_ok(code, &a->err);
	assert_int_equal(code, EXIT_FINDINGS);
	assert_int_equal(calls, 1);
}

static void what_cannot_be_used_is_said_before_anything_is_answered(void **state)
{
	struct answered *a = *state;
	const char *bad_host[] = { "docker.io/acme" }, *bad_path[] = { "/" };
	calls = 0;
	a->options.registries = (struct text_list){ .items = bad_host, .len = 1 };
	assert_int_equal(filter_run(&a->options, check_and_answer, &a->err), -1);
	check_error(&a->err, ERROR_USAGE, "--registry");
	a->options.registries.len = 0;
	a->options.repositories = (struct text_list){ .items = bad_path, .len = 1 };
	assert_int_equal(filter_run(&a->options, check_and_answer, &a->err), -1);
	check_error(&a->err, ERROR_USAGE, "--repository / names no path");
	assert_int_equal(calls, 0);
}

static void wrong_format_is_said_before_a_store_is_made(void **state)
{
	struct answered *a = *state;
	a->options.output = "xml";
	assert_int_equal(filter_run(&a->options, check_and_answer, &a->err), -1);
	check_error(&a->err, ERROR_USAGE, "-o xml");
	assert_int_equal(access(a->store, F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_given_filters_nothing),
		cmocka_unit_test(registry_is_one_of_those_given),
		cmocka_unit_test(account_is_compared_without_regard_to_case),
		cmocka_unit_test(repository_holds_what_is_below_it),
		cmocka_unit_test(one_path_in_all_its_forms),
		cmocka_unit_test_setup_teardown(frame_opens_everything_and_hands_the_answer_s_code_on, answered_setup,
						answered_teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_used_is_said_before_anything_is_answered, answered_setup,
						answered_teardown),
		cmocka_unit_test_setup_teardown(wrong_format_is_said_before_a_store_is_made, answered_setup,
						answered_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
