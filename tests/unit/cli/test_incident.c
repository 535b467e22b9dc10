#include "support/check.h"

#include "base/limits.h"
#include "cli/incident.h"
#include "support/scratch.h"

#define NOW (INT64_C(1764072000) * USEC_PER_SECOND) /* 2025-11-25T12:00:00Z */
#define DIGEST_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST_B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define MOST 8

/* Options, and a session that has no more than the scope of an incident needs: an arena, now, a world's time. */
struct fixture {
	struct options options;
	const char *texts[4][MOST];
	struct world world;
	struct session session;
	struct indicators indicators;
	struct incident incident;
	struct error *err;
};

static int set_up(void **state)
{
	static struct fixture f;
	f = (struct fixture){ 0 };
	f.options.registries.items = f.texts[0];
	f.options.repositories.items = f.texts[1];
	f.options.accounts.items = f.texts[2];
	f.options.bad.items = f.texts[3];
	f.world.as_of = NOW - USEC_PER_HOUR;
	f.session = (struct session){ .arena = ARENA_INIT(LIMIT_MIB), .now = NOW, .world = &f.world };
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	indicators_release(&f->indicators);
	arena_release(&f->session.arena);
	error_free(f->err);
	return 0;
}

static void give(struct text_list *list, const char *text)
{
	assert_true(list->len < MOST);
	list->items[list->len++] = text;
}

static void take(struct fixture *f)
{
	check_ok(incident_from_options(&f->session, &f->options, &f->indicators, &f->incident, &f->err), &f->err);
}

static void refuse(struct fixture *f, const char *part)
{
	assert_int_equal(incident_from_options(&f->session, &f->options, &f->indicators, &f->incident, &f->err), -1);
	check_error(&f->err, ERROR_USAGE, part);
}

static void check_list(struct slice_list list, const char *joined)
{
	char text[512] = "";
	for (size_t i = 0; i < list.len; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.*s", i ? "," : "",
			 SLICE_ARG(list.items[i]));
	assert_string_equal(text, joined);
}

static void registries_are_normalised_and_each_named_once(void **state)
{
	struct fixture *f = *state;
	give(&f->options.registries, "index.docker.io");
	give(&f->options.registries, "GHCR.io");
	give(&f->options.registries, "https://registry-1.docker.io/v2/");
	give(&f->options.registries, "docker.io");
	give(&f->options.registries, "registry.example:5000");
	take(f);
	check_list(f->incident.registries, "docker.io,ghcr.io,registry.example:5000");
	check_slice(f->incident.state, "open");
}

static void impossible_registry_is_named(void **state)
{
	struct fixture *f = *state;
	give(&f->options.registries, "docker.io");
	give(&f->options.registries, "");
	refuse(f, "--registry ");
	f->options.registries.items[1] = "*.docker.io";
	refuse(f, "--registry *.docker.io");
}

static void repositories_are_paths_below_the_registry(void **state)
{
	struct fixture *f = *state;
	give(&f->options.registries, "docker.io");
	give(&f->options.repositories, "acme");
	give(&f->options.repositories, "/acme/web/");
	give(&f->options.repositories, "docker.io/acme/api");
	take(f);
	check_list(f->incident.repositories, "acme,acme/web,acme/api");
	give(&f->options.repositories, "docker.io/");
	refuse(f, "--repository docker.io/ names no path");
}

static void accounts_stay_as_they_are_typed(void **state)
{
	struct fixture *f = *state;
	give(&f->options.registries, "docker.io");
	give(&f->options.accounts, "Acme-CI");
	give(&f->options.accounts, "robot$x");
	take(f);
	check_list(f->incident.accounts, "Acme-CI,robot$x");
}

static void opened_by_the_clock(void **state)
{
	struct fixture *f = *state;
	take(f);
	assert_int_equal(f->incident.opened, NOW);
	assert_int_equal(f->incident.refreshed, NOW);
	assert_int_equal(f->incident.window_from, TIME_UNSET);
	assert_int_equal(f->incident.window_to, TIME_UNSET);
	assert_int_equal(f->incident.id, INT_UNKNOWN);
}

static void since_is_an_age_or_a_time_and_leaves_the_end_open(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *since;
		int64_t from;
	} cases[] = {
		{ "30d", NOW - 30 * USEC_PER_DAY },
		{ "1h30m", NOW - 90 * USEC_PER_MINUTE },
		{ "now-2d", NOW - 2 * USEC_PER_DAY },
		{ "2025-11-20", NOW - 5 * USEC_PER_DAY - 12 * USEC_PER_HOUR },
		{ "2025-11-25T11:00Z", NOW - USEC_PER_HOUR },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		f->options.since = cases[i].since;
		take(f);
		assert_int_equal(f->incident.window_from, cases[i].from);
		assert_int_equal(f->incident.window_to, TIME_UNSET);
	}
	f->options.since = "yesterday";
	refuse(f, "--since");
}

static void window_has_two_ends_or_one(void **state)
{
	struct fixture *f = *state;
	f->options.window = "2025-11-20T12:00Z..now-1d";
	take(f);
	assert_int_equal(f->incident.window_from, NOW - 5 * USEC_PER_DAY);
	assert_int_equal(f->incident.window_to, NOW - USEC_PER_DAY);
	f->options.window = "..2025-11-20T12:00Z";
	take(f);
	assert_int_equal(f->incident.window_from, TIME_UNSET);
	assert_int_equal(f->incident.window_to, NOW - 5 * USEC_PER_DAY);
	f->options.window = "2025-11-20..2025-11-19";
	refuse(f, "--window");
	f->options.window = "2025-11-20";
	refuse(f, "--window");
}

/* Neither can be written down again, nor reckoned with. */
static void time_before_the_year_1_or_out_of_numbers_is_refused(void **state)
{
	struct fixture *f = *state;
	static const char *const ages[] = {
		"99999y", "now-99999y", "2027y", "292471y", "9223372036854775807s", "9223372036854775808y",
	};
	for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
		f->options.window = NULL;
		f->options.since = ages[i];
		refuse(f, "--since");
		f->options.since = NULL;
		f->options.window = arena_printf(&f->session.arena, "%s..", ages[i]).data;
		refuse(f, "--window");
	}
	f->options.window = NULL;
	f->options.since = "2020y";
	take(f);
	assert_true(time_is_valid(f->incident.window_from));
}

static void since_and_window_exclude_each_other(void **state)
{
	struct fixture *f = *state;
	f->options.since = "30d";
	f->options.window = "2025-11-20..2025-11-21";
	refuse(f, "--since and --window");
}

static void bad_is_an_indicator_or_a_file_of_them(void **state)
{
	struct fixture *f = *state;
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	scratch_write(&scratch, "bad.txt",
		      SLICE("# from the registry\n\n" DIGEST_B "\nacme/web:1 2025-11-20..2025-11-21\n"));
	give(&f->options.bad, DIGEST_A);
	give(&f->options.bad, scratch_path(&scratch, "bad.txt"));
	give(&f->options.bad, DIGEST_A);
	take(f);
	check_list(f->incident.indicators,
		   DIGEST_A "," DIGEST_B ",docker.io/acme/web:1 2025-11-20T00:00:00Z..2025-11-21T23:59:59.999999Z");
	assert_int_equal(f->indicators.len, 3);
}

static void line_that_cannot_be_used_is_named_with_its_file_and_number(void **state)
{
	struct fixture *f = *state;
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	scratch_write(&scratch, "bad.txt", SLICE("# comment\n" DIGEST_B "\nsha256:short\n"));
	give(&f->options.bad, scratch_path(&scratch, "bad.txt"));
	refuse(f, "bad.txt: line 3: ");
}

static void neither_a_file_nor_an_indicator(void **state)
{
	struct fixture *f = *state;
	give(&f->options.bad, "no-such-file.txt");
	refuse(f, "no file of that name");
}

static void folder_is_no_list_of_indicators(void **state)
{
	struct fixture *f = *state;
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	give(&f->options.bad, scratch.path);
	assert_int_equal(incident_from_options(&f->session, &f->options, &f->indicators, &f->incident, &f->err), -1);
	assert_non_null(f->err);
	assert_non_null(strstr(f->err->message, "--bad"));
}

/* Relative times were made absolute when it was opened: years later the same lines mean the same. */
static void stored_indicators_come_back_the_same(void **state)
{
	struct fixture *f = *state;
	static const char *const given[] = { "acme/web:1 now-2d..now", "ghcr.io/acme/web@" DIGEST_A, "file:" DIGEST_B,
					     "acme/api:2 2025-11-20..",
					     "redis"
					     ":7" };
	struct indicators again = { 0 };
	for (size_t i = 0; i < sizeof given / sizeof *given; i++)
		give(&f->options.bad, given[i]);
	take(f);
	f->session.now += 365 * USEC_PER_DAY;
	check_ok(incident_indicators(&f->session, &f->incident, &again, &f->err), &f->err);
	assert_int_equal(again.len, f->indicators.len);
	for (size_t i = 0; i < again.len; i++) {
		const struct indicator *a = &f->indicators.items[i], *b = &again.items[i];
		assert_int_equal(a->kind, b->kind);
		assert_true(slice_equal(a->text, b->text) && slice_equal(a->digest, b->digest));
		assert_true(slice_equal(a->reference.domain, b->reference.domain) &&
			    slice_equal(a->reference.path, b->reference.path) &&
			    slice_equal(a->reference.tag, b->reference.tag));
		assert_true(a->from == b->from && a->to == b->to);
	}
	indicators_release(&again);
}

static void incident_is_found_by_its_number_only(void **state)
{
	struct fixture *f = *state;
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	struct incident found;
	give(&f->options.registries, "docker.io");
	take(f);
	check_ok(store_open(scratch_path(&scratch, "store.db"), &f->session.store, &f->err), &f->err);
	check_ok(store_incident_put(f->session.store, &f->incident, &f->session.arena, &f->err), &f->err);
	char number[32];
	snprintf(number, sizeof number, "%lld", (long long)f->incident.id);
	check_ok(incident_by_number(&f->session, number, &found, &f->err), &f->err);
	check_list(found.registries, "docker.io");
	static const char *const wrong[] = { "", "0", "-1", "x", "1x", "1 ", "99999999999999999999999", "0x1" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_int_equal(incident_by_number(&f->session, wrong[i], &found, &f->err), -1);
		check_error(&f->err, ERROR_USAGE, "is no incident number");
	}
	assert_int_equal(incident_by_number(&f->session, "4711", &found, &f->err), -1);
	check_error(&f->err, ERROR_USAGE, "there is no incident 4711");
	f->session.store = store_close(f->session.store);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(registries_are_normalised_and_each_named_once),
		TEST(impossible_registry_is_named),
		TEST(repositories_are_paths_below_the_registry),
		TEST(accounts_stay_as_they_are_typed),
		TEST(opened_by_the_clock),
		TEST(since_is_an_age_or_a_time_and_leaves_the_end_open),
		TEST(window_has_two_ends_or_one),
		TEST(time_before_the_year_1_or_out_of_numbers_is_refused),
		TEST(since_and_window_exclude_each_other),
		TEST(bad_is_an_indicator_or_a_file_of_them),
		TEST(line_that_cannot_be_used_is_named_with_its_file_and_number),
		TEST(neither_a_file_nor_an_indicator),
		TEST(folder_is_no_list_of_indicators),
		TEST(stored_indicators_come_back_the_same),
		TEST(incident_is_found_by_its_number_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
