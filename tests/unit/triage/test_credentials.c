#include "breach.h"

/* A login of docker.io in a secret of its own, written at an hour. */
static struct secret *add_login(struct breach *b, const char *name, int64_t written)
{
	struct secret *secret = add_secret(&b->world, "shop", name);
	secret->data_written = written;
	add_entry(&b->world, secret, "docker.io", name, name);
	return secret;
}

static const struct credential *login(const struct triage *t, const char *username)
{
	return row_with(t->credentials, &credential_type, "username", username);
}

/* Another value in place of the secret's, last seen in a read at an hour, before the one that is there. */
static void add_earlier_value(struct breach *b, const struct secret *secret, int64_t seen)
{
	struct entry_value *value = add_value(&b->world, secret, "docker.io", "old", "old value");
	value->first_seen = value->last_seen = seen;
	value->data_written = TIME_UNSET;
}

static void value_that_existed_by_the_end_of_the_window_is_burnt(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_login(&b, "before", HOUR(-100));
	add_login(&b, "inside", HOUR(-7));
	add_login(&b, "border", HOUR(-5));
	add_login(&b, "after", HOUR(-5) + 1);
	const struct triage *t = breach_triage(&b);
	check_slice(login(t, "before")->standing, "burnt");
	check_slice(login(t, "inside")->standing, "burnt");
	check_slice(login(t, "border")->standing, "burnt");
	check_slice(login(t, "after")->standing, "unproven");
	breach_release(&b);
}

/* New means: another value was seen in its place at the end of the window or later. */
static void value_is_proven_new_from_the_border_on(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_earlier_value(&b, add_login(&b, "border", HOUR(-1)), HOUR(-5));
	add_earlier_value(&b, add_login(&b, "short", HOUR(-1)), HOUR(-5) - 1);
	const struct triage *t = breach_triage(&b);
	check_slice(login(t, "border")->standing, "proven_new");
	check_slice(login(t, "border")->action, "none");
	check_slice(login(t, "short")->standing, "unproven");
	check_slice(login(t, "short")->action, "check");
	assert_false(t->burnt_in_use);
	breach_release(&b);
}

/* While the window is open nothing in place can be newer than the breach. */
static void everything_in_place_is_burnt_while_the_window_is_open(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	b.incident.window_to = TIME_UNSET;
	add_earlier_value(&b, add_login(&b, "replaced", HOUR(0)), HOUR(-1));
	add_login(&b, "undated", TIME_UNSET);
	const struct triage *t = breach_triage(&b);
	check_slice(login(t, "replaced")->standing, "burnt");
	check_slice(login(t, "undated")->standing, "burnt");
	breach_release(&b);
}

static void login_without_a_date_was_there_at_the_read_and_is_unproven(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_login(&b, "undated", TIME_UNSET)->created = HOUR(-1000);
	check_slice(login(breach_triage(&b), "undated")->standing, "unproven");
	breach_release(&b);
}

static void oldest_copy_anywhere_decides(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_login(&b, "shared", HOUR(-1));
	add_cluster(&b.world, "stage", "22222222-bbbb");
	add_login(&b, "shared", HOUR(-50));
	const struct credential *row = login(breach_triage(&b), "shared");
	check_slice(row->standing, "burnt");
	assert_int_equal(row->secrets, 2);
	assert_int_equal(row->clusters, 2);
	breach_release(&b);
}

static struct pod *add_puller(struct breach *b, const char *name, const char *secret)
{
	struct pod *pod = add_pod(&b->world, "shop", name, "Deployment", name);
	pod->pull_secrets = texts(&b->world, secret, NULL);
	add_container(&b->world, pod, "acme/web:1", DIGEST_A);
	return pod;
}

static void classes_of_burnt_logins_in_their_order(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	add_login(&b, "unused", HOUR(-20));
	add_login(&b, "read", HOUR(-20));
	add_login(&b, "used", HOUR(-20));
	add_login(&b, "exposed", HOUR(-20));
	add_puller(&b, "web", "used");
	add_reader(&b.world, add_puller(&b, "tool", "used"), "read", "volume");
	struct pod *bad = add_pod(&b.world, "shop", "scan", NULL, NULL);
	add_container(&b.world, bad, "acme/scan:1", BAD_DIGEST);
	add_reader(&b.world, bad, "exposed", "env");
	const struct triage *t = breach_triage(&b);
	check_rows(t->credentials, &credential_type, "rank username action users readers bad_readers why",
		   "1|exposed|revoke|0|1|1|1 workload with a bad image can read it\n"
		   "2|used|rotate|2|0|0|in use: 2 workloads pull with it\n"
		   "3|read|rotate|0|1|0|1 workload can read it, none pulls with it\n"
		   "4|unused|delete|0|0|0|no known user; leaked all the same\n");
	assert_true(t->burnt_in_use);
	breach_release(&b);
}

/* A workload whose bad image has ended could read it too. One that only waits could not yet. */
static void reader_counts_once_its_bad_image_ran(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	add_login(&b, "hub", HOUR(-20));
	struct pod *pod = add_pod(&b.world, "shop", "scan", NULL, NULL);
	struct container *c = add_container(&b.world, pod, "acme/scan:1", BAD_DIGEST);
	add_reader(&b.world, pod, "hub", "env");
	c->state = SLICE("terminated");
	check_slice(login(breach_triage(&b), "hub")->action, "revoke");
	c->state = SLICE("waiting");
	assert_int_equal(login(breach_triage(&b), "hub")->bad_readers, 0);
	check_slice(login(&b.triage, "hub")->action, "rotate");
	breach_release(&b);
}

static void nobody_is_unknown_where_users_were_not_read(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	coverage_of(&b.world, "Pod")->outcome = SLICE("absent");
	add_login(&b, "hub", HOUR(-20));
	const struct credential *row = login(breach_triage(&b), "hub");
	assert_int_equal(row->users, INT_UNKNOWN);
	check_slice(row->action, "rotate");
	check_slice(row->why, "users not known: not all that could use it was read");
	assert_false(b.triage.burnt_in_use);
	breach_release(&b);
}

/* A dead key in a secret that a pod lists: the login goes, the secret stays. */
static void unused_login_in_a_secret_that_is_listed_is_only_revoked(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	struct secret *secret = add_secret(&b.world, "shop", "hub");
	secret->data_written = HOUR(-20);
	add_entry(&b.world, secret, "registry-1.docker.io", "dead", "f1");
	add_puller(&b, "web", "hub");
	const struct credential *row = login(breach_triage(&b), "dead");
	assert_int_equal(row->users, 0);
	check_slice(row->action, "revoke");
	check_slice(row->why, "no pull needs it; a secret with it is listed");
	breach_release(&b);
}

static void kinds_users_copies_and_age_order_a_class(void **state)
{
	(void)state;
	static const struct {
		const char *name, *kind;
		int64_t written;
	} logins[] = {
		{ "g", "acr", HOUR(-30) },      { "f", "oat", HOUR(-30) },  { "e", "robot", HOUR(-30) },
		{ "d", "pat", HOUR(-30) },      { "c", "pat", HOUR(-31) },  { "b", "json-key", HOUR(-30) },
		{ "a", "password", HOUR(-30) }, { "h", "ghcr", HOUR(-30) },
	};
	struct breach b;
	breach_init(&b);
	for (size_t i = 0; i < sizeof logins / sizeof *logins; i++) {
		struct secret *secret = add_secret(&b.world, "shop", logins[i].name);
		secret->data_written = logins[i].written;
		add_entry(&b.world, secret, "docker.io", logins[i].name, "f")->cred_kind = slice_of(logins[i].kind);
	}
	check_rows(breach_triage(&b)->credentials, &credential_type, "rank username",
		   "1|a\n2|b\n3|c\n4|d\n5|e\n6|f\n7|g\n8|h\n");
	breach_release(&b);
}

static void logins_out_of_the_scope_are_not_told(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	b.incident.accounts = texts(&b.world, "ACME", NULL);
	add_login(&b, "acme", HOUR(-20));
	add_login(&b, "other", HOUR(-20));
	struct secret *elsewhere = add_secret(&b.world, "shop", "ghcr");
	add_entry(&b.world, elsewhere, "ghcr.io", "acme", "f9");
	check_rows(breach_triage(&b)->credentials, &credential_type, "registry username", "docker.io|acme\n");
	breach_release(&b);
}

/* It leaked with the workload, whatever the breached registry is. */
static void login_of_any_registry_that_a_bad_image_can_read_is_told(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	static const char *const names[] = { "read", "unread" };
	for (size_t i = 0; i < 2; i++) {
		struct secret *secret = add_secret(&b.world, "shop", names[i]);
		secret->data_written = HOUR(-20);
		add_entry(&b.world, secret, "ghcr.io", names[i], names[i]);
	}
	struct pod *pod = add_pod(&b.world, "shop", "scan", NULL, NULL);
	add_container(&b.world, pod, "acme/scan:1", BAD_DIGEST);
	add_reader(&b.world, pod, "read", "env");
	check_rows(breach_triage(&b)->credentials, &credential_type, "registry username action standing",
		   "ghcr.io|read|revoke|burnt\n");
	breach_release(&b);
}

/* Replaced after the breach, and read again by code that still runs. */
static void new_login_that_bad_code_reads_now_is_burnt_again(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	add_earlier_value(&b, add_login(&b, "new", HOUR(-1)), HOUR(-2));
	struct pod *pod = add_pod(&b.world, "shop", "scan", NULL, NULL);
	struct container *c = add_container(&b.world, pod, "acme/scan:1", BAD_DIGEST);
	add_reader(&b.world, pod, "new", "env");
	check_slice(login(breach_triage(&b), "new")->standing, "burnt");
	check_slice(login(&b.triage, "new")->action, "revoke");
	c->state = SLICE("terminated");
	check_slice(login(breach_triage(&b), "new")->standing, "proven_new");
	breach_release(&b);
}

/* A login dies at its registry, not with its last copy. */
static void login_without_a_copy_is_revoked_all_the_same(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	struct secret *hub = add_secret(&b.world, "shop", "hub");
	hub->data_written = HOUR(-20);
	add_value(&b.world, hub, "docker.io", "former", "old");
	add_read(&b.world, HOUR(24));
	hub->last_seen = HOUR(24);
	hub->data_written = HOUR(20);
	add_entry(&b.world, hub, "docker.io", "current", "new");
	const struct credential *row = login(breach_triage(&b), "former");
	assert_int_equal(row->secrets, 0);
	check_slice(row->standing, "burnt");
	check_slice(row->action, "revoke");
	check_slice(row->why, "no copy is left; did the registry revoke it?");
	check_slice(((const struct action *)row_with(b.triage.actions, &action_type, "subject", "former pat old"))->why,
		    "no copy left; is it revoked?");
	breach_release(&b);
}

static struct secret *add_malformed(struct breach *b, const char *name)
{
	struct secret *secret = add_secret(&b->world, "shop", name);
	secret->decodes = BOOL_FALSE;
	struct defect *defect = add_record(&b->world, &defect_type);
	defect->object_kind = SLICE("Secret");
	defect->namespace = secret->namespace;
	defect->object = secret->name;
	defect->object_uid = secret->uid;
	defect->code = SLICE("bad_json");
	defect->place = SLICE("/data");
	defect->message = SLICE("no JSON");
	defect->blocks_pulls = BOOL_TRUE;
	return secret;
}

static void secret_that_blocks_pulls_is_told_of_any_registry_until_it_is_gone(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	b.incident.registries = texts(&b.world, "ghcr.io", NULL);
	struct secret *broken = add_malformed(&b, "broken");
	add_malformed(&b, "gone")->gone = BOOL_TRUE;
	add_login(&b, "fine", HOUR(-20));
	check_rows(breach_triage(&b)->blocked, &secret_row_type, "cluster namespace name defects",
		   "prod|shop|broken|bad_json at /data\n");
	check_rows(b.triage.actions, &action_type, "action subject rule", "fix|prod/shop Secret/broken|fix\n");
	broken->gone = BOOL_TRUE;
	assert_int_equal(breach_triage(&b)->blocked.len, 0);
	breach_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(value_that_existed_by_the_end_of_the_window_is_burnt),
		cmocka_unit_test(value_is_proven_new_from_the_border_on),
		cmocka_unit_test(everything_in_place_is_burnt_while_the_window_is_open),
		cmocka_unit_test(login_without_a_date_was_there_at_the_read_and_is_unproven),
		cmocka_unit_test(oldest_copy_anywhere_decides),
		cmocka_unit_test(classes_of_burnt_logins_in_their_order),
		cmocka_unit_test(reader_counts_once_its_bad_image_ran),
		cmocka_unit_test(nobody_is_unknown_where_users_were_not_read),
		cmocka_unit_test(unused_login_in_a_secret_that_is_listed_is_only_revoked),
		cmocka_unit_test(kinds_users_copies_and_age_order_a_class),
		cmocka_unit_test(logins_out_of_the_scope_are_not_told),
		cmocka_unit_test(login_of_any_registry_that_a_bad_image_can_read_is_told),
		cmocka_unit_test(new_login_that_bad_code_reads_now_is_burnt_again),
		cmocka_unit_test(login_without_a_copy_is_revoked_all_the_same),
		cmocka_unit_test(secret_that_blocks_pulls_is_told_of_any_registry_until_it_is_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
