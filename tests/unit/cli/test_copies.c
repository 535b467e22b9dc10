#include "cli/copies.h"

#include "screen.h"

static struct screening s;

static int set_up(void **state)
{
	(void)state;
	screening_init(&s, "wide");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	screening_release(&s);
	return 0;
}

static struct credential *add_login(const char *username, const char *fingerprint)
{
	struct credential *row = add_row(&s, &s.triage.credentials, &credential_type);
	row->username = slice_of(username);
	row->fingerprint = slice_of(fingerprint);
	return row;
}

static struct copy *add_copy(struct credential *login, const char *secret)
{
	struct copy *copy = add_row(&s, &login->copies, &copy_type);
	copy->cluster = SLICE("prod");
	copy->namespace = SLICE("shop");
	copy->secret = slice_of(secret);
	copy->registry_key = SLICE("https://index.docker.io/v1/");
	copy->users = 0;
	return copy;
}

static const char *table(void)
{
	check_ok(copies_table(s.triage.credentials, &s.session.arena, &s.output.text, &s.err), &s.err);
	return screen_text(&s);
}

static void no_copies_no_section(void **state)
{
	(void)state;
	assert_string_equal(table(), "");
	add_login("former", "f1");
	assert_string_equal(table(), "");
}

static void each_copy_is_a_line_under_its_login(void **state)
{
	(void)state;
	struct credential *acme = add_login("acme", "0123456789abcdef");
	add_copy(acme, "hub");
	struct copy *managed = add_copy(acme, "hub-copy");
	managed->data_written = HOUR(0);
	managed->data_written_by = SLICE("helm");
	managed->immutable = BOOL_TRUE;
	managed->users = INT_UNKNOWN;
	managed->managed_by = SLICE("external-secrets");
	managed->managed_at = SLICE("ExternalSecret shop/hub");
	add_copy(add_login(NULL, "ffff"), "other")->users = 12;
	const char *text = table();
	check_line(text, "COPIES 3, in the order of their logins");
	check_line(text, "01234567 acme prod shop hub https://index.docker.io/v1/ - - - 0 - -");
	check_line(
		text,
		"01234567 acme prod shop hub-copy https://index.docker.io/v1/ 2026-11-20 helm yes ? external-secrets "
		"ExternalSecret shop/hub");
	check_line(text, "ffff (none) prod shop other https://index.docker.io/v1/ - - - 12 - -");
}

/* -o wide is for reading whole names, and for grep. */
static void nothing_is_shortened_whatever_the_terminal(void **state)
{
	(void)state;
	char name[300];
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	add_copy(add_login("acme", "f1"), name);
	assert_non_null(strstr(table(), name));
}

static void hostile_names_reach_no_terminal(void **state)
{
	(void)state;
	struct copy *copy = add_copy(add_login("a\033[2J", "f\n1"), "b\r\xe2\x80\xae");
	copy->registry_key = copy->managed_at = SLICE("\007");
	for (const char *c = table(); *c; c++)
		assert_true(*c == '\n' || (*c >= ' ' && *c < 127));
}

static void memory_that_is_out_is_an_error(void **state)
{
	(void)state;
	struct arena full = ARENA_INIT(4096);
	for (int i = 0; i < 40; i++)
		add_copy(add_login("acme", "f1"), "hub");
	assert_int_equal(copies_table(s.triage.credentials, &full, &s.output.text, &s.err), -1);
	check_error(&s.err, ERROR_LIMIT, "");
	arena_release(&full);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(no_copies_no_section),
		TEST(each_copy_is_a_line_under_its_login),
		TEST(nothing_is_shortened_whatever_the_terminal),
		TEST(hostile_names_reach_no_terminal),
		TEST(memory_that_is_out_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
