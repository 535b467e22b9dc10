#include <stdlib.h>

#include "answered.h"
#include "capture.h"
#include "cli/incident.h"
#include "cli/triage_answer.h"

/* What one run of triage over the dump says. */
struct run {
	const char *bad, *fail_on, *window;
	bool damaged, other_registry;
	int code;
};

static int answer(struct answered *a, const struct run *run, const char **ret_text)
{
	const char *registries[] = { run->other_registry ? "quay.io" : "docker.io" }, *bad[] = { run->bad };
	struct indicators indicators = { 0 };
	struct incident incident;
	struct output output;
	struct capture capture;
	a->options.registries = (struct text_list){ .items = registries, .len = 1 };
	a->options.bad = (struct text_list){ .items = bad, .len = run->bad != NULL };
	a->options.window = run->window;
	a->options.fail_on = run->fail_on;
	if (run->damaged)
		scratch_write(&a->scratch, "dump/cut.json",
			      SLICE("{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[{"));
	answered_open(a);
	check_ok(incident_from_options(&a->session, &a->options, &indicators, &incident, &a->err), &a->err);
	check_ok(store_incident_put(a->session.store, &incident, &a->session.arena, &a->err), &a->err);
	check_ok(output_init(&output, &a->options, &a->err), &a->err);
	capture_start(&capture);
	int code = triage_answer(&a->session, &output, &incident, &a->options, &a->err);
	const char *text = capture_end(&capture);
	output_release(&output);
	indicators_release(&indicators);
	answered_close(a);
	if (ret_text)
		*ret_text = text;
	return code;
}

/* The login is written on the 1st and pulled with: burnt in use whatever the window, unless the scope leaves it out.
 * In the dump is no finding of any severity but what detect sees in it: none that is critical. */
static void exit_codes(void **state)
{
	(void)state;
	static const char early[] = "2026-10-01..2026-10-02";
	static const struct run runs[] = {
		{ .code = EXIT_FINDINGS },
		{ .fail_on = "high", .code = EXIT_FINDINGS },
		{ .fail_on = "medium", .code = EXIT_FINDINGS },
		{ .fail_on = "critical", .code = EXIT_FINE },
		{ .fail_on = "none", .code = EXIT_FINE },
		/* Unproven, no bad image. */
		{ .window = early, .code = EXIT_FINE },
		{ .window = early, .damaged = true, .code = EXIT_PARTIAL },
		/* A bad image alone is high. */
		{ .window = early, .bad = SCAN_DIGEST, .code = EXIT_FINDINGS },
		{ .window = early, .bad = SCAN_DIGEST, .damaged = true, .code = EXIT_FINDINGS },
		{ .window = early, .bad = SCAN_DIGEST, .fail_on = "none", .code = EXIT_FINE },
		{ .window = early, .bad = SCAN_DIGEST, .fail_on = "none", .damaged = true, .code = EXIT_PARTIAL },
		{ .window = early, .bad = SCAN_DIGEST, .fail_on = "critical", .damaged = true, .code = EXIT_PARTIAL },
		/* Nothing of the breached registry there. */
		{ .other_registry = true, .code = EXIT_FINE },
		{ .other_registry = true, .damaged = true, .code = EXIT_PARTIAL },
	};
	for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
		void *own = NULL;
		answered_setup(&own);
		struct answered *a = own;
		int code = answer(a, &runs[i], NULL);
		check_no_error(&a->err);
		if (code != runs[i].code)
			fail_msg("run %zu: exit code %d, not %d", i, code, runs[i].code);
		answered_teardown(&own);
	}
}

static void severity_that_is_none_is_a_usage_error_and_prints_nothing(void **state)
{
	struct answered *a = *state;
	static const char *const wrong[] = { "urgent", "", "HIGH", "high " };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		const char *text;
		assert_int_equal(answer(a, &(struct run){ .fail_on = wrong[i] }, &text), -1);
		check_error(&a->err, ERROR_USAGE, "use critical, high, medium, low or none");
		assert_string_equal(text, "");
	}
}

static void json_carries_the_incident_and_whether_it_is_complete(void **state)
{
	struct answered *a = *state;
	const char *text;
	a->options.output = "json";
	answer(a, &(struct run){ .bad = SCAN_DIGEST }, &text);
	check_no_error(&a->err);
	assert_true(slice_starts_with(slice_of(text), "{\"schema\":\"fother/triage/v1\","));
	assert_non_null(strstr(text, "\"incident\":{\"id\":1,"));
	assert_non_null(strstr(text, "\"complete\":true"));
	assert_non_null(strstr(text, "{\"record\":\"action\",\"rank\":1,\"action\":\"contain\""));
	answer(a, &(struct run){ .bad = SCAN_DIGEST, .damaged = true }, &text);
	assert_non_null(strstr(text, "\"complete\":false"));
}

static void same_question_twice_has_the_same_answer(void **state)
{
	struct answered *a = *state;
	const char *text;
	a->options.output = "json";
	answer(a, &(struct run){ .bad = SCAN_DIGEST }, &text);
	char *first = strdup(text);
	assert_non_null(first);
	answer(a, &(struct run){ .bad = SCAN_DIGEST }, &text);
	/* But for the number of the read. */
	const char *items = strstr(first, "\"items\":"), *again = strstr(text, "\"items\":");
	assert_non_null(items);
	assert_non_null(again);
	assert_string_equal(items, again);
	free(first);
}

static void every_form_of_output_ends(void **state)
{
	struct answered *a = *state;
	static const char *const formats[] = { "table", "wide", "json", "ndjson", "csv" };
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		const char *text;
		a->options.output = formats[i];
		assert_int_equal(answer(a, &(struct run){ .bad = SCAN_DIGEST }, &text), EXIT_FINDINGS);
		assert_true(slice_ends_with(slice_of(text), "\n"));
	}
	const char *text;
	a->options.quiet = true;
	assert_int_equal(answer(a, &(struct run){ .bad = SCAN_DIGEST }, &text), EXIT_FINDINGS);
	assert_true(slice_starts_with(slice_of(text), SCAN_DIGEST "\n"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, answered_setup, answered_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exit_codes),
		TEST(severity_that_is_none_is_a_usage_error_and_prints_nothing),
		TEST(json_carries_the_incident_and_whether_it_is_complete),
		TEST(same_question_twice_has_the_same_answer),
		TEST(every_form_of_output_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
