#include <errno.h>

#include "screen.h"

#include "cli/triage_screen.h"

static int set_up(void **state)
{
	static struct screening s;
	screening_init(&s, NULL);
	*state = &s;
	return 0;
}

static int tear_down(void **state)
{
	screening_release(*state);
	return 0;
}

static const char *screen(struct screening *s)
{
	check_ok(triage_screen(&s->session, &s->output, &s->triage, &s->err), &s->err);
	return screen_text(s);
}

static struct unknown *add_unknown(struct screening *s, const char *subject, bool incomplete)
{
	struct unknown *row = add_row(s, &s->triage.unknown, &unknown_type);
	row->cluster = SLICE("prod");
	row->subject = slice_of(subject);
	row->why = SLICE("no Pod was read");
	row->fix = SLICE("kubectl get pods");
	row->incomplete = incomplete ? BOOL_TRUE : BOOL_FALSE;
	return row;
}

static void sections_stand_in_their_order_though_nothing_was_found(void **state)
{
	struct screening *s = *state;
	static const char *const order[] = {
		"INC 4  docker.io  0 indicators  opened 1h ago\n",
		"window not given",
		"\nCOMPLETE  0 clusters",
		"as of 2026-11-20 01:00Z\n",
		"\nDO NOW",
		"nothing",
		"\nBAD IMAGES",
		"\nIMAGES IN SCOPE",
		"\nCREDENTIALS",
		"\nNOT KNOWN",
		"\nNEXT",
		"triage 4 -o json",
	};
	const char *at = screen(s);
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		const char *found = strstr(at, order[i]);
		if (!found)
			fail_msg("no \"%s\" behind:\n%s", order[i], at);
		at = found;
	}
}

static void head_tells_the_scope(void **state)
{
	struct screening *s = *state;
	static const struct slice registries[] = { SLICE("docker.io"), SLICE("ghcr.io") };
	static const struct slice paths[] = { SLICE("acme"), SLICE("lib/x") }, accounts[] = { SLICE("ci") };
	s->triage.incident.registries = (struct slice_list){ registries, 2 };
	s->triage.incident.repositories = (struct slice_list){ paths, 2 };
	s->triage.incident.accounts = (struct slice_list){ accounts, 1 };
	s->triage.incident.indicators = (struct slice_list){ paths, 1 };
	assert_true(
		slice_starts_with(slice_of(screen(s)),
				  "INC 4  docker.io, ghcr.io/acme, /lib/x  account ci  1 indicator  opened 1h ago\n"));
}

static void incident_that_was_opened_by_this_answer(void **state)
{
	struct screening *s = *state;
	s->triage.incident.opened = HOUR(1);
	assert_non_null(strstr(screen(s), "opened now\n"));
	/* With --as-of an answer can be older than the incident. */
	s->triage.incident.opened = HOUR(9);
	assert_non_null(strstr(screen(s), "opened now\n"));
}

static void window_with_its_open_ends(void **state)
{
	struct screening *s = *state;
	s->triage.incident.window_from = HOUR(-10);
	assert_non_null(strstr(screen(s), "\nwindow 2026-11-19 14:00Z .. open: nothing counts as new\n"));
	s->triage.incident.window_to = HOUR(-5);
	const char *text = screen(s);
	assert_non_null(strstr(text, "\nwindow 2026-11-19 14:00Z .. 2026-11-19 19:00Z\n"));
	assert_null(strstr(text, "--window A..B"));
	s->triage.incident.window_from = TIME_UNSET;
	assert_non_null(strstr(screen(s), "\nwindow ? .. 2026-11-19 19:00Z\n"));
}

static void incomplete_is_said_in_the_head(void **state)
{
	struct screening *s = *state;
	static const struct slice errors[] = { SLICE("/b: cannot be opened") };
	struct read partial;
	s->triage.complete = false;
	assert_non_null(strstr(screen(s), "\nINCOMPLETE  0 clusters  as of 2026-11-20 01:00Z  see NOT KNOWN\n"));
	s->triage.complete = true;
	s->session.errors = (struct slice_list){ errors, 1 };
	assert_non_null(strstr(screen(s), "\nINCOMPLETE  "));
	s->session.errors.len = 0;
	record_init(&read_type, &partial);
	partial.outcome = SLICE("partial");
	s->world.reads = (struct record_list){ &partial, 1 };
	assert_non_null(strstr(screen(s), "\nINCOMPLETE  "));
}

static void what_makes_the_answer_incomplete_stands_first_and_sources_before_it(void **state)
{
	struct screening *s = *state;
	static const struct slice errors[] = { SLICE("/b: cannot be\033 opened") };
	s->session.errors = (struct slice_list){ errors, 1 };
	add_unknown(s, "harmless", false)->cluster = SLICE_NONE;
	add_unknown(s, "grave", true);
	const char *section = strstr(screen(s), "\nNOT KNOWN");
	assert_non_null(section);
	const char *source = strstr(section, "/b: cannot be"), *grave = strstr(section, "grave"),
		   *harmless = strstr(section, "harmless");
	assert_true(source && grave && harmless && source < grave && grave < harmless);
	assert_null(strchr(section, '\033'));
	assert_non_null(strstr(section, "\n !  -        a source that was given"));
	assert_non_null(strstr(section, "\n !  prod     grave"));
}

/* A user without rights is refused every kind: one row instead of a screen of them. What differs in place, reason or
 * cluster stays apart. */
static void kinds_that_are_not_known_for_the_same_reason_share_a_row(void **state)
{
	struct screening *s = *state;
	static const struct {
		const char *cluster, *subject, *why;
		bool incomplete;
	} rows[] = {
		{ "ap", "Secrets of all namespaces", "forbidden", true },
		{ "ap", "Nodes", "forbidden", true },
		{ "ap", "Pods of all namespaces", "forbidden", true },
		{ "ap", "Jobs of namespace ci", "forbidden", true },
		{ "ap", "Events of all namespaces", "no answer", true },
		{ "ap", "CronJobs of all namespaces", "forbidden", false },
		{ "eu", "Pods of all namespaces", "forbidden", true },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct unknown *row = add_unknown(s, rows[i].subject, rows[i].incomplete);
		row->cluster = slice_of(rows[i].cluster);
		row->why = slice_of(rows[i].why);
		row->kind = SLICE("X");
	}
	s->output.width = 120;
	const char *section = strstr(screen(s), "\nNOT KNOWN");
	assert_non_null(section);
	check_line(section, "! ap Secrets, Pods of all namespaces forbidden kubectl get pods");
	check_line(section, "! ap Nodes forbidden kubectl get pods");
	check_line(section, "! ap Jobs of namespace ci forbidden kubectl get pods");
	check_line(section, "! ap Events of all namespaces no answer kubectl get pods");
	check_line(section, "ap CronJobs of all namespaces forbidden kubectl get pods");
	check_line(section, "! eu Pods of all namespaces forbidden kubectl get pods");
}

/* A cluster of the world, read at hour 0. */
static struct world_cluster *add_world_cluster(struct screening *s, const char *name)
{
	struct world_cluster *cluster = arena_zeroed(&s->session.arena, 1, sizeof *cluster);
	struct read *read = arena_zeroed(&s->session.arena, 1, sizeof *read);
	assert_true(cluster && read);
	record_init(&read_type, read);
	read->outcome = SLICE("complete");
	cluster->name = slice_of(name);
	cluster->read = read;
	assert_int_equal(world_list_push(&s->world.clusters, cluster, &s->session.arena), 0);
	return cluster;
}

static void clusters_that_are_not_whole_are_counted_in_the_head(void **state)
{
	struct screening *s = *state;
	add_world_cluster(s, "ap");
	add_world_cluster(s, "prod");
	s->triage.complete = false;
	s->triage.whole_clusters = 1;
	assert_non_null(strstr(screen(s), "\nINCOMPLETE  1 of 2 clusters complete  as of "));
	s->triage.whole_clusters = 2;
	assert_non_null(strstr(screen(s), "\nINCOMPLETE  2 clusters  as of "));
}

/* A cluster of which nothing is known must not look like one in which nothing was found. */
static void clusters_that_failed_and_notes_of_reads_stand_before_all_answers(void **state)
{
	struct screening *s = *state;
	struct read failed;
	record_init(&read_type, &failed);
	failed.outcome = SLICE("failed");
	failed.why = SLICE("connection\033 refused");
	struct world_cluster *ap = add_world_cluster(s, "ap"), *eu = add_world_cluster(s, "eu"),
			     *prod = add_world_cluster(s, "prod");
	add_world_cluster(s, "stage");
	ap->read = ap->failed = &failed;
	eu->failed = &failed;
	((struct read *)(uintptr_t)prod->read)->notes =
		SLICE("the server's certificate was not verified (insecure-skip-tls-verify)");
	const char *text = screen(s), *notes = strstr(text, " CLUSTER  TAKE NOTE\n");
	assert_non_null(notes);
	assert_true(notes < strstr(text, "\nDO NOW"));
	check_line(notes, "ap NOT READ: connection\\u001b refused");
	check_line(notes, "eu not read again, what follows is older: connection\\u001b refused");
	assert_non_null(strstr(notes, "prod     the server's certificate was not verified"));
	assert_null(strstr(notes, "stage"));
	for (const char *line = notes; line < strstr(text, "\nDO NOW"); line = strchr(line, '\n') + 1)
		assert_true(strcspn(line, "\n") <= 80);
}

/* Its row says why already. */
static void source_that_is_a_cluster_is_told_once(void **state)
{
	struct screening *s = *state;
	static const struct slice errors[] = { SLICE("context ap (https://127.0.0.1:1): connection refused") };
	struct read failed;
	record_init(&read_type, &failed);
	failed.why = SLICE("connection refused");
	s->session.errors = (struct slice_list){ errors, 1 };
	struct world_cluster *ap = add_world_cluster(s, "ap");
	assert_non_null(strstr(screen(s), "a source that was given"));
	ap->failed = &failed;
	assert_null(strstr(screen(s), "a source that was given"));
	failed.why = SLICE("refused, and more");
	assert_non_null(strstr(screen(s), "a source that was given"));
}

static void rights_are_offered_where_some_were_missing(void **state)
{
	struct screening *s = *state;
	struct unknown *row = add_unknown(s, "Pods", true);
	assert_null(strstr(screen(s), "triage --rbac"));
	row->outcome = SLICE("forbidden");
	assert_non_null(strstr(screen(s), "triage --rbac"));
}

static void another_read_is_offered_where_a_live_one_was_not_complete(void **state)
{
	struct screening *s = *state;
	static const char offer[] = "triage 4 --context NAME";
	struct world_cluster *cluster = add_world_cluster(s, "ap");
	struct read *read = (struct read *)(uintptr_t)cluster->read;
	read->source_kind = SLICE("cluster");
	assert_null(strstr(screen(s), offer));
	read->outcome = SLICE("partial");
	assert_non_null(strstr(screen(s), offer));
	read->source_kind = SLICE("snapshot");
	assert_null(strstr(screen(s), offer));
}

static void actions_in_their_order_and_many_of_them(void **state)
{
	struct screening *s = *state;
	for (int i = 1; i <= 18; i++) {
		struct action *row = add_row(s, &s->triage.actions, &action_type);
		row->rank = i;
		row->action = SLICE("contain");
		row->subject = arena_printf(&s->session.arena, "prod/shop Deployment/w%d", i);
		row->why = SLICE("runs a bad image");
	}
	const char *text = strstr(screen(s), "\nDO NOW\n");
	assert_non_null(text);
	check_line(text, "1 contain prod/shop Deployment/w1 runs a bad image");
	check_line(text, "15 contain prod/shop Deployment/w15 runs a bad image");
	assert_non_null(strstr(text, "\n  and 3 more: -o wide shows all\n"));
	assert_null(strstr(text, "Deployment/w16 "));
}

static void next_names_the_first_bad_digest_as_where_takes_it(void **state)
{
	struct screening *s = *state;
	static const struct slice indicator = SLICE(DIGEST_A);
	s->triage.incident.indicators = (struct slice_list){ &indicator, 1 };
	add_sighting(s, "runs", "web", DIGEST_A);
	const char *next = strstr(screen(s), "\nNEXT\n");
	assert_non_null(next);
	assert_non_null(strstr(next, " where sha256:aaaaaaaaaaaa"));
	assert_null(strstr(next, "sha256:aaaaaaaaaaaaa"));
}

static void next_takes_the_store_and_key_that_were_given(void **state)
{
	struct screening *s = *state;
	char *called = program_invocation_name, name[] = "fother";
	s->session.store_given = "a.db";
	s->session.key_given = "b.key";
	program_invocation_name = name;
	assert_non_null(strstr(screen(s), " fother triage 4 -o wide --store a.db --key-file b.key\n"));
	program_invocation_name = called;
}

static void command_that_is_too_long_goes_on_in_the_next_line(void **state)
{
	struct screening *s = *state;
	char *called = program_invocation_name, name[] = "fother";
	s->session.store_given = "a-folder-with-a-rather-long-name/and-another-one/store.db";
	program_invocation_name = name;
	assert_non_null(strstr(screen(s), " fother triage 4 -o wide \\\n    --store a-folder"));
	program_invocation_name = called;
}

/* Nothing but ASCII printable and newlines, whatever the objects are called; and no line wider than the terminal but
 * commands to copy and what cannot be broken. */
static void hostile_names_reach_no_terminal(void **state)
{
	struct screening *s = *state;
	static const char hostile[] = "\033]0;owned\007\r\n\xe2\x80\xaex";
	static const struct slice list[] = { SLICE("\033[2J\xe2\x80\xae") };
	struct action *action = add_row(s, &s->triage.actions, &action_type);
	action->rank = 1;
	action->action = SLICE("contain");
	action->subject = action->why = slice_of(hostile);
	struct sighting *seen = add_sighting(s, "runs", hostile, DIGEST_A);
	seen->cluster = seen->namespace = seen->image = seen->proof = slice_of(hostile);
	struct credential *login = add_row(s, &s->triage.credentials, &credential_type);
	login->action = login->standing = SLICE("x");
	login->username = login->registry = login->why = login->cred_kind = slice_of(hostile);
	login->notes = login->reverted_by = (struct slice_list){ list, 1 };
	add_unknown(s, hostile, true)->why = slice_of(hostile);
	s->triage.incident.indicators = s->triage.incident.accounts = s->triage.incident.repositories =
		(struct slice_list){ list, 1 };
	for (const char *c = screen(s); *c; c++)
		assert_true(*c == '\n' || (*c >= ' ' && *c < 127));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(sections_stand_in_their_order_though_nothing_was_found),
		TEST(head_tells_the_scope),
		TEST(incident_that_was_opened_by_this_answer),
		TEST(window_with_its_open_ends),
		TEST(incomplete_is_said_in_the_head),
		TEST(what_makes_the_answer_incomplete_stands_first_and_sources_before_it),
		TEST(kinds_that_are_not_known_for_the_same_reason_share_a_row),
		TEST(clusters_that_are_not_whole_are_counted_in_the_head),
		TEST(clusters_that_failed_and_notes_of_reads_stand_before_all_answers),
		TEST(source_that_is_a_cluster_is_told_once),
		TEST(rights_are_offered_where_some_were_missing),
		TEST(another_read_is_offered_where_a_live_one_was_not_complete),
		TEST(actions_in_their_order_and_many_of_them),
		TEST(next_names_the_first_bad_digest_as_where_takes_it),
		TEST(next_takes_the_store_and_key_that_were_given),
		TEST(command_that_is_too_long_goes_on_in_the_next_line),
		TEST(hostile_names_reach_no_terminal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
