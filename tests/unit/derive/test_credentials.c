#include "derive/scenario.h"

/* The only one that a secret holds; former ones are test_former.c's. */
static const struct world_credential *only_credential(const struct world *world)
{
	static const struct world_credential not_there;
	const struct world_credential *only = &not_there;
	size_t held = 0;
	for (size_t i = 0; i < world->credentials.len; i++) {
		const struct world_credential *credential = world->credentials.items[i];
		if (credential->entries.len) {
			only = credential;
			held++;
		}
	}
	assert_int_equal(held, 1);
	return only;
}

static void same_login_in_many_secrets_is_one_credential(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_entry(&s, add_secret(&s, "shop", "hub"), "docker.io", "acme", "f1");
	add_entry(&s, add_secret(&s, "test", "hub"), "https://index.docker.io/v1/", "acme", "f1");
	add_cluster(&s, "stage", "22222222-bbbb");
	add_entry(&s, add_secret(&s, "shop", "hub"), "docker.io", "acme", "f1");
	const struct world_credential *credential = only_credential(scenario_world(&s));
	assert_int_equal(credential->entries.len, 3);
	check_slice(credential->registry, "docker.io");
	check_slice(credential->fingerprint, "f1");
	scenario_release(&s);
}

static void what_differs_is_another_credential(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	add_entry(&s, hub, "docker.io", "acme", "f1");
	add_entry(&s, hub, "quay.io", "acme", "f1");
	add_entry(&s, hub, "docker.io/a", "other", "f1");
	add_entry(&s, hub, "docker.io/b", "acme", "f2");
	add_entry(&s, hub, "docker.io/c", "acme", "f1")->cred_kind = SLICE("password");
	add_entry(&s, hub, "docker.io/d", NULL, "f1");
	add_entry(&s, hub, "docker.io/e", "", "f1");
	struct world *world = scenario_world(&s);
	assert_int_equal(world->credentials.len, 7);
	for (size_t i = 1; i < world->credentials.len; i++) {
		const struct world_credential *a = world->credentials.items[i - 1], *b = world->credentials.items[i];
		assert_true(slice_compare(a->registry, b->registry) <= 0);
	}
	scenario_release(&s);
}

static void what_is_not_current_is_no_copy(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_entry(&s, add_secret(&s, "shop", "empty"), "docker.io", "acme", NULL);
	struct secret *gone = add_secret(&s, "shop", "gone");
	add_entry(&s, gone, "docker.io", "acme", "f1");
	gone->gone = BOOL_TRUE;
	struct secret *changed = add_secret(&s, "shop", "changed");
	add_entry(&s, changed, "docker.io", "acme", "f2");
	changed->last_seen = HOUR(1);
	const struct world *world = scenario_world(&s);
	assert_int_equal(world->credentials.len, 2); /* former ones */
	for (size_t i = 0; i < world->credentials.len; i++)
		assert_int_equal(((const struct world_credential *)world->credentials.items[i])->entries.len, 0);
	scenario_release(&s);
}

static void age_is_the_earliest_write_over_all_copies(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	static const int64_t written[] = { HOUR(-10), HOUR(-400), TIME_UNSET, HOUR(-1) };
	for (int i = 0; i < 4; i++) {
		struct secret *secret = add_secret(&s, "shop", "hub");
		secret->uid = arena_printf(&s.arena, "uid %d", i);
		secret->name = arena_printf(&s.arena, "hub-%d", i);
		secret->data_written = written[i];
		add_entry(&s, secret, "docker.io", "acme", "f1");
	}
	const struct world_credential *credential = only_credential(scenario_world(&s));
	assert_int_equal(credential->not_changed_since, HOUR(-400));
	check_slice(credential->age_proof, "managedFields");
	scenario_release(&s);
}

static void without_managed_fields_only_the_read_proves(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	hub->created = HOUR(-5000); /* objects' own times prove nothing */
	add_entry(&s, hub, "docker.io", "acme", "f1");
	const struct world_credential *credential = only_credential(scenario_world(&s));
	assert_int_equal(credential->not_changed_since, HOUR(0));
	check_slice(credential->age_proof, "read");
	assert_int_equal(credential->set_after, TIME_UNSET);
	scenario_release(&s);
}

static void an_earlier_read_proves_more(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	struct entry *entry = add_entry(&s, hub, "docker.io", "acme", NULL);
	entry->fingerprint = SLICE("f1");
	struct entry_value *value = add_value(&s, hub, "docker.io", "acme", "f1");
	add_read(&s, HOUR(30));
	hub->last_seen = entry->last_seen = value->last_seen = HOUR(30);
	const struct world_credential *credential = only_credential(scenario_world(&s));
	assert_int_equal(credential->not_changed_since, HOUR(0));
	check_slice(credential->age_proof, "history");
	scenario_release(&s);
}

/* Deleted and made anew with the old value: managedFields say new, history says old. */
static void re_created_copy_with_the_old_value_stays_old(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *old = add_secret(&s, "shop", "hub");
	old->data_written = HOUR(-900);
	add_value(&s, old, "docker.io", "acme", "f1");
	old->gone = BOOL_TRUE;
	add_read(&s, HOUR(48));
	struct secret *new = add_secret(&s, "shop", "hub");
	new->uid = SLICE("another uid");
	new->data_written = HOUR(47);
	add_entry(&s, new, "docker.io", "acme", "f1");
	const struct world_credential *credential = only_credential(scenario_world(&s));
	assert_int_equal(credential->entries.len, 1);
	assert_int_equal(credential->not_changed_since, HOUR(-900));
	check_slice(credential->age_proof, "managedFields");
	assert_int_equal(credential->set_after, TIME_UNSET);
	scenario_release(&s);
}

static void re_created_copy_without_managed_fields_too(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *old = add_secret(&s, "shop", "hub");
	add_value(&s, old, "https://index.docker.io/v1/", "acme", "f1");
	old->gone = BOOL_TRUE;
	add_read(&s, HOUR(48));
	struct secret *new = add_secret(&s, "other", "pull");
	new->data_written = HOUR(47);
	add_entry(&s, new, "docker.io", "acme", "f1");
	const struct world_credential *credential = only_credential(scenario_world(&s));
	assert_int_equal(credential->not_changed_since, HOUR(0));
	check_slice(credential->age_proof, "history");
	scenario_release(&s);
}

/* An identity token has no user; its history names the empty one. */
static void history_of_a_token_without_user_counts(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *old = add_secret(&s, "shop", "old");
	old->gone = BOOL_TRUE;
	add_value(&s, old, "acme.azurecr.io", "", "f1");
	add_read(&s, HOUR(48));
	add_entry(&s, add_secret(&s, "shop", "acr"), "acme.azurecr.io", NULL, NULL)->fingerprint = SLICE("f1");
	const struct world_credential *credential = only_credential(scenario_world(&s));
	assert_int_equal(credential->not_changed_since, HOUR(0));
	check_slice(credential->age_proof, "history");
	scenario_release(&s);
}

static void add_password(struct scenario *s, struct secret *secret, const char *registry, const char *username)
{
	struct entry *entry = add_entry(s, secret, registry, username, NULL);
	entry->fingerprint = SLICE("f1");
	entry->cred_kind = SLICE("password");
	add_value(s, secret, registry, username, "f1")->cred_kind = SLICE("password");
}

/* GHCR takes any user name with a PAT. */
static void token_under_another_user_name_is_the_same_value(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *old = add_secret(&s, "shop", "old");
	old->data_written = HOUR(-900);
	add_entry(&s, old, "ghcr.io", "robot", "f1");
	struct secret *new = add_secret(&s, "shop", "new");
	new->data_written = HOUR(-2);
	add_entry(&s, new, "ghcr.io", "someone", "f1");
	add_entry(&s, new, "quay.io", "someone", "f1");
	const struct world *world = scenario_world(&s);
	assert_int_equal(world->credentials.len, 3);
	static const int64_t since[] = { HOUR(-900), HOUR(-900), HOUR(-2) };
	for (size_t i = 0; i < 3; i++) {
		const struct world_credential *credential = world->credentials.items[i];
		assert_int_equal(credential->not_changed_since, since[i]);
		check_slice(credential->age_proof, "managedFields");
	}
	scenario_release(&s);
}

static void password_of_two_users_is_two_values(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *old = add_secret(&s, "shop", "old");
	old->data_written = HOUR(-900);
	add_password(&s, old, "docker.io", "a");
	struct secret *new = add_secret(&s, "shop", "new");
	new->data_written = HOUR(-2);
	add_password(&s, new, "docker.io", "b");
	const struct world *world = scenario_world(&s);
	assert_int_equal(((const struct world_credential *)world->credentials.items[1])->not_changed_since, HOUR(-2));
	scenario_release(&s);
}

/* The same password at another registry, or of another user, is another login. */
static void history_of_another_login_proves_nothing(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *old = add_secret(&s, "shop", "old");
	old->gone = BOOL_TRUE;
	add_value(&s, old, "quay.io", "acme", "f1")->cred_kind = SLICE("password");
	add_value(&s, old, "docker.io", "other", "f1")->cred_kind = SLICE("password");
	add_read(&s, HOUR(48));
	add_password(&s, add_secret(&s, "shop", "hub"), "docker.io", "acme");
	const struct world_credential *credential = only_credential(scenario_world(&s));
	assert_int_equal(credential->not_changed_since, HOUR(48));
	check_slice(credential->age_proof, "read");
	scenario_release(&s);
}

/* A place whose value was seen to change from `old` at hour 0 to f1 at hour 10. */
static struct secret *changed_copy(struct scenario *s, const char *namespace)
{
	s->now = HOUR(0);
	struct secret *secret = add_secret(s, namespace, "hub");
	add_value(s, secret, "docker.io", "acme", "old");
	s->now = HOUR(10);
	secret->last_seen = HOUR(10);
	add_entry(s, secret, "docker.io", "acme", "f1");
	return secret;
}

static void change_in_every_copy_makes_it_younger(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_read(&s, HOUR(10));
	changed_copy(&s, "shop");
	changed_copy(&s, "test");
	const struct world_credential *credential = only_credential(scenario_world(&s));
	assert_int_equal(credential->set_after, HOUR(0));
	scenario_release(&s);
}

static void one_copy_without_a_change_leaves_it_unproven(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_read(&s, HOUR(10));
	changed_copy(&s, "shop");
	s.now = HOUR(10);
	add_entry(&s, add_secret(&s, "test", "hub"), "docker.io", "acme", "f1");
	assert_int_equal(only_credential(scenario_world(&s))->set_after, TIME_UNSET);
	scenario_release(&s);
}

static void proof_that_it_is_older_beats_the_change(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_read(&s, HOUR(10));
	changed_copy(&s, "shop")->data_written = HOUR(-1);
	const struct world_credential *credential = only_credential(scenario_world(&s));
	assert_int_equal(credential->not_changed_since, HOUR(-1));
	assert_int_equal(credential->set_after, TIME_UNSET);
	scenario_release(&s);
}

/* Another value stood here at hour 0, and this one, at the same hour, elsewhere. */
static void sight_elsewhere_at_the_time_of_the_other_value_is_no_change(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_read(&s, HOUR(10));
	s.now = HOUR(0);
	struct secret *former = add_secret(&s, "test", "hub");
	former->gone = BOOL_TRUE;
	add_value(&s, former, "docker.io", "acme", "f1");
	changed_copy(&s, "shop");
	const struct world_credential *credential = only_credential(scenario_world(&s));
	assert_int_equal(credential->not_changed_since, HOUR(0));
	assert_int_equal(credential->set_after, TIME_UNSET);
	scenario_release(&s);
}

/* A clock that runs ahead writes times after the read: the read itself is the better proof. */
static void write_after_the_read_is_not_believed(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	hub->data_written = HOUR(3);
	add_entry(&s, hub, "docker.io", "acme", "f1");
	const struct world_credential *credential = only_credential(scenario_world(&s));
	assert_int_equal(credential->not_changed_since, HOUR(0));
	check_slice(credential->age_proof, "read");
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_login_in_many_secrets_is_one_credential),
		cmocka_unit_test(what_differs_is_another_credential),
		cmocka_unit_test(what_is_not_current_is_no_copy),
		cmocka_unit_test(age_is_the_earliest_write_over_all_copies),
		cmocka_unit_test(without_managed_fields_only_the_read_proves),
		cmocka_unit_test(an_earlier_read_proves_more),
		cmocka_unit_test(re_created_copy_with_the_old_value_stays_old),
		cmocka_unit_test(re_created_copy_without_managed_fields_too),
		cmocka_unit_test(history_of_a_token_without_user_counts),
		cmocka_unit_test(token_under_another_user_name_is_the_same_value),
		cmocka_unit_test(password_of_two_users_is_two_values),
		cmocka_unit_test(history_of_another_login_proves_nothing),
		cmocka_unit_test(change_in_every_copy_makes_it_younger),
		cmocka_unit_test(one_copy_without_a_change_leaves_it_unproven),
		cmocka_unit_test(proof_that_it_is_older_beats_the_change),
		cmocka_unit_test(sight_elsewhere_at_the_time_of_the_other_value_is_no_change),
		cmocka_unit_test(write_after_the_read_is_not_believed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
