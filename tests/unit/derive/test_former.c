/* Logins that no secret holds any more. */
#include "derive/scenario.h"

static const struct world_credential not_there;

static const struct world_credential *credential_of(const struct world *world, const char *fingerprint)
{
	for (size_t i = 0; i < world->credentials.len; i++) {
		const struct world_credential *credential = world->credentials.items[i];
		if (slice_equal_text(credential->fingerprint, fingerprint))
			return credential;
	}
	return &not_there;
}

/* A secret that held "old" at hour 0 and holds "new" at hour 24. */
static struct secret *replaced(struct scenario *s)
{
	scenario_init(s);
	struct secret *hub = add_secret(s, "shop", "hub");
	hub->data_written = HOUR(-300);
	add_value(s, hub, "docker.io", "acme", "old")->cred_detail = SLICE("read only");
	add_read(s, HOUR(24));
	hub->last_seen = HOUR(24);
	hub->data_written = HOUR(20);
	add_entry(s, hub, "docker.io", "acme", "new");
	return hub;
}

static void a_replaced_login_stays(void **state)
{
	(void)state;
	struct scenario s;
	replaced(&s);
	const struct world *world = scenario_world(&s);
	assert_int_equal(world->credentials.len, 2);
	const struct world_credential *old = credential_of(world, "old");
	assert_int_equal(old->entries.len, 0);
	check_slice(old->registry, "docker.io");
	check_slice(old->username, "acme");
	check_slice(old->cred_kind, "pat");
	check_slice(old->cred_detail, "read only");
	assert_int_equal(old->not_changed_since, HOUR(-300));
	check_slice(old->age_proof, "managedFields");
	assert_int_equal(old->set_after, TIME_UNSET);
	assert_int_equal(old->former.len, 1);
	const struct world_former *place = old->former.items[0];
	check_slice(place->cluster->name, "prod");
	check_slice(place->namespace, "shop");
	check_slice(place->secret, "hub");
	check_slice(place->registry_key, "docker.io");
	assert_int_equal(place->last_seen, HOUR(0));
	assert_int_equal(credential_of(world, "new")->former.len, 0);
	scenario_release(&s);
}

static void its_row_says_where_it_was(void **state)
{
	(void)state;
	struct scenario s;
	replaced(&s);
	struct world *world = scenario_world(&s);
	const struct credential *row = world_credential_row(world, credential_of(world, "old"));
	assert_non_null(row);
	assert_int_equal(row->secrets, 0);
	assert_int_equal(row->namespaces, 0);
	assert_int_equal(row->clusters, 0);
	assert_int_equal(row->users, 0);
	assert_int_equal(row->readers, 0);
	assert_int_equal(row->notes.len, 1);
	check_slice(row->notes.items[0], "former");
	assert_int_equal(row->used_by.len, 0);
	assert_non_null(row->used_by.items);
	assert_int_equal(row->copies.len, 1);
	const struct copy *copy = row->copies.items;
	check_slice(copy->namespace, "shop");
	check_slice(copy->secret, "hub");
	assert_int_equal(copy->last_seen, HOUR(0));
	assert_int_equal(copy->users, 0);
	scenario_release(&s);
}

static void the_login_of_a_secret_that_is_gone_stays(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	add_entry(&s, hub, "docker.io", "acme", "old");
	hub->gone = BOOL_TRUE;
	add_read(&s, HOUR(24));
	const struct world_credential *old = credential_of(scenario_world(&s), "old");
	assert_int_equal(old->former.len, 1);
	assert_int_equal(old->not_changed_since, HOUR(0));
	check_slice(old->age_proof, "history");
	scenario_release(&s);
}

/* The cluster was read again, but not all of it: the secret may well be there. */
static void what_was_not_read_again_is_still_there(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_entry(&s, add_secret(&s, "shop", "hub"), "docker.io", "acme", "old");
	add_read(&s, HOUR(24));
	coverage_of(&s, "Secret")->outcome = SLICE("partial");
	const struct world_credential *old = credential_of(scenario_world(&s), "old");
	assert_int_equal(old->entries.len, 1);
	assert_int_equal(old->former.len, 0);
	scenario_release(&s);
}

static void a_login_that_another_secret_holds_is_no_former_one(void **state)
{
	(void)state;
	struct scenario s;
	replaced(&s);
	add_entry(&s, add_secret(&s, "test", "copy"), "https://index.docker.io/v1/", "acme", "old");
	const struct world *world = scenario_world(&s);
	assert_int_equal(world->credentials.len, 2);
	const struct world_credential *old = credential_of(world, "old");
	assert_int_equal(old->entries.len, 1);
	assert_int_equal(old->former.len, 0);
	scenario_release(&s);
}

/* What stands now under another user is the same token: it is not gone. */
static void a_token_under_another_user_name_is_no_former_one(void **state)
{
	(void)state;
	struct scenario s;
	replaced(&s);
	add_entry(&s, add_secret(&s, "test", "copy"), "docker.io", "someone", "old");
	const struct world *world = scenario_world(&s);
	assert_int_equal(world->credentials.len, 2);
	check_slice(credential_of(world, "old")->username, "someone");
	assert_int_equal(credential_of(world, "old")->not_changed_since, HOUR(-300));
	scenario_release(&s);
}

static void former_logins_of_two_users_are_two(void **state)
{
	(void)state;
	struct scenario s;
	struct entry_value *other = add_value(&s, replaced(&s), "docker.io", "someone", "old");
	other->first_seen = other->last_seen = HOUR(0);
	assert_int_equal(scenario_world(&s)->credentials.len, 3);
	scenario_release(&s);
}

/* Each write and each object that it was seen under is a value of its own, in one place. */
static void a_place_is_told_once_with_its_latest_sight(void **state)
{
	(void)state;
	struct scenario s;
	struct secret *hub = replaced(&s);
	struct entry_value *again = add_value(&s, hub, "docker.io", "acme", "old");
	again->first_seen = again->last_seen = HOUR(7);
	again->secret_uid = SLICE("another uid");
	struct entry_value *other = add_value(&s, hub, "docker.io", "acme", "old");
	other->first_seen = other->last_seen = HOUR(5);
	other->namespace = SLICE("test");
	const struct world_credential *old = credential_of(scenario_world(&s), "old");
	assert_int_equal(old->former.len, 2);
	assert_int_equal(((const struct world_former *)old->former.items[0])->last_seen, HOUR(7));
	assert_int_equal(((const struct world_former *)old->former.items[1])->last_seen, HOUR(5));
	scenario_release(&s);
}

/* a, then b, then c: b is gone too, and is younger than a's last sight. */
static void a_former_login_can_be_known_to_be_young(void **state)
{
	(void)state;
	struct scenario s;
	struct secret *hub = replaced(&s);
	struct entry_value *middle = add_value(&s, hub, "docker.io", "acme", "middle");
	middle->first_seen = middle->last_seen = HOUR(12);
	middle->data_written = HOUR(11);
	const struct world_credential *credential = credential_of(scenario_world(&s), "middle");
	assert_int_equal(credential->set_after, HOUR(0));
	assert_int_equal(credential->not_changed_since, HOUR(11));
	scenario_release(&s);
}

static void fingerprints_of_another_key_tell_nothing(void **state)
{
	(void)state;
	struct scenario s;
	struct secret *hub = replaced(&s);
	add_value(&s, hub, "docker.io", "acme", "other key")->key_id = SLICE("22222222");
	struct entry_value *newest = add_value(&s, hub, "docker.io", "acme", "new");
	newest->key_id = SLICE("11111111");
	newest->last_seen = HOUR(25);
	assert_ptr_equal(credential_of(scenario_world(&s), "other key"), &not_there);
	scenario_release(&s);
}

static void clusters_that_are_not_asked_for_have_none(void **state)
{
	(void)state;
	struct scenario s;
	replaced(&s);
	add_cluster(&s, "stage", "22222222-bbbb");
	const struct slice stage = SLICE("stage");
	s.options.clusters = &stage;
	s.options.cluster_count = 1;
	assert_int_equal(scenario_world(&s)->credentials.len, 0);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_replaced_login_stays),
		cmocka_unit_test(its_row_says_where_it_was),
		cmocka_unit_test(the_login_of_a_secret_that_is_gone_stays),
		cmocka_unit_test(what_was_not_read_again_is_still_there),
		cmocka_unit_test(a_login_that_another_secret_holds_is_no_former_one),
		cmocka_unit_test(a_token_under_another_user_name_is_no_former_one),
		cmocka_unit_test(former_logins_of_two_users_are_two),
		cmocka_unit_test(a_place_is_told_once_with_its_latest_sight),
		cmocka_unit_test(a_former_login_can_be_known_to_be_young),
		cmocka_unit_test(fingerprints_of_another_key_tell_nothing),
		cmocka_unit_test(clusters_that_are_not_asked_for_have_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
