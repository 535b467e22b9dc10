#include "screen.h"

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

static struct credential *add_login(struct screening *s, const char *username, const char *standing)
{
	struct credential *row = add_row(s, &s->triage.credentials, &credential_type);
	row->rank = (int64_t)s->triage.credentials.len;
	row->action = SLICE("rotate");
	row->registry = SLICE("docker.io");
	row->username = slice_of(username);
	row->cred_kind = SLICE("pat");
	row->fingerprint = SLICE("0123456789abcdef");
	row->standing = slice_of(standing);
	row->not_changed_since = HOUR(0);
	row->secrets = 2;
	row->users = 1;
	row->why = SLICE("in use");
	return row;
}

static void logins_with_what_is_known_of_them(void **state)
{
	struct screening *s = *state;
	s->output.width = 120;
	add_login(s, "acme", "burnt");
	struct credential *unknown = add_login(s, NULL, "unproven");
	unknown->users = INT_UNKNOWN;
	unknown->not_changed_since = TIME_UNSET;
	unknown->secrets = 1;
	check_ok(screen_credentials(&s->screen, &s->err), &s->err);
	const char *text = screen_text(s);
	check_line(text, "CREDENTIALS 2 logins in 3 secrets: 1 burnt, 1 unproven, 0 proven new");
	check_line(text, "1 rotate acme pat 01234567 burnt 2026-11-20 2 1 in use docker.io");
	check_line(text, "2 rotate (none) pat 01234567 unproven - 1 ? in use docker.io");
}

static void no_login_of_the_scope(void **state)
{
	struct screening *s = *state;
	check_ok(screen_credentials(&s->screen, &s->err), &s->err);
	check_screen(s, "\nCREDENTIALS   0 logins in 0 secrets: 0 burnt, 0 unproven, 0 proven new\n");
}

static void no_login_seen_is_not_none_there(void **state)
{
	struct screening *s = *state;
	struct unknown *row = add_row(s, &s->triage.unknown, &unknown_type);
	row->kind = SLICE("Secret");
	row->incomplete = BOOL_TRUE;
	check_ok(screen_credentials(&s->screen, &s->err), &s->err);
	check_screen(s, "\nCREDENTIALS   none known: not all secrets were read, see NOT KNOWN\n");
	row->kind = SLICE("Pod");
	check_ok(screen_credentials(&s->screen, &s->err), &s->err);
	check_screen(s, "\nCREDENTIALS   0 logins in 0 secrets: 0 burnt, 0 unproven, 0 proven new\n");
}

static void one_login_in_one_secret_is_singular(void **state)
{
	struct screening *s = *state;
	add_login(s, "acme", "proven_new")->secrets = 1;
	check_ok(screen_credentials(&s->screen, &s->err), &s->err);
	assert_non_null(strstr(screen_text(s), "1 login in 1 secret: 0 burnt, 0 unproven, 1 proven new\n"));
}

/* What a rotation must mind stands in every width, though the notes of a login are no column. */
static void what_a_rotation_must_mind_is_told_below(void **state)
{
	struct screening *s = *state;
	static const struct slice managers[] = { SLICE("external-secrets"), SLICE("helm") },
				  notes[] = { SLICE("immutable") };
	add_login(s, "plain", "burnt");
	add_login(s, "managed", "burnt")->reverted_by = (struct slice_list){ managers, 2 };
	add_login(s, "noted", "burnt")->notes = (struct slice_list){ notes, 1 };
	check_ok(screen_credentials(&s->screen, &s->err), &s->err);
	const char *care = strstr(screen_text(s), "TAKE CARE");
	assert_non_null(care);
	check_line(care, "2 external-secrets, helm -");
	check_line(care, "3 - immutable");
	assert_null(strstr(care, "\n 1 "));
}

static void five_hundred_logins_fit_on_a_screen(void **state)
{
	struct screening *s = *state;
	for (int i = 0; i < 500; i++)
		add_login(s, "acme", "burnt");
	check_ok(screen_credentials(&s->screen, &s->err), &s->err);
	const char *text = screen_text(s);
	size_t lines = 0;
	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	assert_true(lines < 60);
	assert_non_null(strstr(text, "500 logins in 1000 secrets"));
	assert_non_null(strstr(text, "  and 485 more: -o wide shows all\n"));
}

static void secrets_that_block_pulls_and_what_is_wrong_with_them(void **state)
{
	struct screening *s = *state;
	static const struct slice defects[] = { SLICE("bad_json at byte 7"), SLICE("second") };
	check_ok(screen_blocked(&s->screen, &s->err), &s->err);
	check_screen(s, "");
	struct secret_row *row = add_row(s, &s->triage.blocked, &secret_row_type);
	row->cluster = SLICE("prod");
	row->namespace = SLICE("shop");
	row->name = SLICE("hub");
	row->users = INT_UNKNOWN;
	row->defects = (struct slice_list){ defects, 2 };
	check_ok(screen_blocked(&s->screen, &s->err), &s->err);
	const char *text = screen_text(s);
	check_line(text, "BLOCKED PULLS 1 malformed secret: every pull of a pod that lists one fails");
	check_line(text, "prod/shop hub ? bad_json at byte 7");
}

static void add_finding(struct screening *s, const char *severity, const char *rule)
{
	struct finding *row = add_row(s, &s->world.findings, &finding_type);
	row->severity = slice_of(severity);
	row->rule = slice_of(rule);
	row->title = arena_printf(&s->session.arena, "about %s", rule);
}

static void findings_are_one_line_a_rule_and_severity(void **state)
{
	struct screening *s = *state;
	check_ok(screen_findings(&s->screen, &s->err), &s->err);
	check_screen(s, "");
	add_finding(s, "high", "pull-a");
	add_finding(s, "high", "pull-b");
	add_finding(s, "high", "pull-a");
	add_finding(s, "low", "pull-a");
	check_ok(screen_findings(&s->screen, &s->err), &s->err);
	const char *text = screen_text(s);
	check_line(text, "ALSO WRONG 4 findings by rule, worst first; -o json has each");
	check_line(text, "high pull-a 2 about pull-a");
	check_line(text, "high pull-b 1 about pull-b");
	check_line(text, "low pull-a 1 about pull-a");
}

static void one_finding_is_singular(void **state)
{
	struct screening *s = *state;
	add_finding(s, "low", "pull-a");
	check_ok(screen_findings(&s->screen, &s->err), &s->err);
	assert_non_null(strstr(screen_text(s), "ALSO WRONG   1 finding by rule"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(logins_with_what_is_known_of_them),
		TEST(no_login_of_the_scope),
		TEST(no_login_seen_is_not_none_there),
		TEST(one_login_in_one_secret_is_singular),
		TEST(what_a_rotation_must_mind_is_told_below),
		TEST(five_hundred_logins_fit_on_a_screen),
		TEST(secrets_that_block_pulls_and_what_is_wrong_with_them),
		TEST(findings_are_one_line_a_rule_and_severity),
		TEST(one_finding_is_singular),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
