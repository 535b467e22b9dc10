#include "derive/scenario.h"

static void entries_of_an_earlier_reading_are_left_out(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	add_entry(&s, hub, "docker.io", "acme", "f1");
	struct entry *kept = add_entry(&s, hub, "quay.io", "acme", "f2");
	add_read(&s, HOUR(1));
	hub->last_seen = kept->last_seen = HOUR(1);
	struct world *world = scenario_world(&s);
	const struct world_secret *secret = secret_named(world, "shop", "hub");
	assert_int_equal(secret->entries.len, 1);
	assert_non_null(entry_of(secret, "quay.io"));
	assert_int_equal(cluster_named(world, "prod")->entries.len, 1);
	scenario_release(&s);
}

/* Two objects of one name that nothing has called gone (the later read was cut): the later one is there. */
static void later_object_of_a_name_replaces_the_earlier(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		struct scenario s;
		scenario_init(&s);
		struct secret *first = add_secret(&s, "shop", "hub");
		struct secret *second = add_secret(&s, "shop", "hub");
		first->uid = SLICE("a");
		second->uid = SLICE("b");
		(order ? first : second)->last_seen = HOUR(1);
		add_entry(&s, first, "docker.io", "acme", "f1")->last_seen = first->last_seen;
		add_entry(&s, second, "docker.io", "acme", "f2")->last_seen = second->last_seen;
		struct world *world = scenario_world(&s);
		assert_int_equal(world->secrets.len, 2);
		const struct world_secret *current = secret_named(world, "shop", "hub");
		check_slice(current->record->uid, order ? "a" : "b");
		assert_ptr_equal(map_get(&cluster_named(world, "prod")->secrets_by_name, SLICE("shop/hub")), current);
		/* Whose entries count is decided before they are added. */
		assert_int_equal(cluster_named(world, "prod")->entries.len, 1);
		scenario_release(&s);
	}
}

static void gone_one_gives_way_to_the_one_that_is_there(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *gone = add_secret(&s, "shop", "hub");
	gone->uid = SLICE("a");
	gone->gone = BOOL_TRUE;
	gone->last_seen = HOUR(5); /* however late it was seen */
	add_secret(&s, "shop", "hub")->uid = SLICE("b");
	struct world *world = scenario_world(&s);
	const struct world_secret *current = map_get(&cluster_named(world, "prod")->secrets_by_name, SLICE("shop/hub"));
	check_slice(current->record->uid, "b");
	assert_true(current->current);
	scenario_release(&s);
}

static void only_pull_secrets_that_do_not_decode_block(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_secret(&s, "shop", "bad")->decodes = BOOL_FALSE;
	add_secret(&s, "shop", "unknown")->decodes = BOOL_UNKNOWN;
	struct secret *opaque = add_secret(&s, "shop", "opaque");
	opaque->pull_type = opaque->decodes = BOOL_FALSE;
	struct secret *gone = add_secret(&s, "shop", "gone");
	gone->decodes = BOOL_FALSE;
	gone->gone = BOOL_TRUE;
	struct world *world = scenario_world(&s);
	assert_true(secret_named(world, "shop", "bad")->blocks_pulls);
	assert_false(secret_named(world, "shop", "unknown")->blocks_pulls);
	assert_false(secret_named(world, "shop", "opaque")->blocks_pulls);
	assert_false(secret_named(world, "shop", "gone")->blocks_pulls);
	scenario_release(&s);
}

/* As --metadata-only leaves it. */
static void read_metadata(struct scenario *s, struct secret *secret, int64_t now)
{
	add_live_read(s, now);
	coverage_of(s, "Secret")->outcome = SLICE("metadata");
	secret->last_seen = now;
	secret->decodes = BOOL_UNKNOWN;
}

static void values_stay_known_when_only_metadata_is_read_later(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	add_entry(&s, hub, "docker.io", "replaced", "f0")->last_seen = HOUR(-1);
	add_entry(&s, hub, "docker.io", "acme", "f1");
	struct secret *bad = add_secret(&s, "shop", "bad");
	struct defect *defect = add_record(&s, &defect_type);
	defect->object_kind = SLICE("Secret");
	defect->object_uid = bad->uid;
	defect->blocks_pulls = BOOL_TRUE;
	read_metadata(&s, hub, HOUR(1));
	hub->data_written = HOUR(1);
	bad->last_seen = HOUR(1);
	bad->decodes = BOOL_UNKNOWN;
	struct world *world = scenario_world(&s);
	const struct world_secret *known = secret_named(world, "shop", "hub");
	assert_int_equal(known->values_as_of, HOUR(0));
	assert_int_equal(known->entries.len, 1);
	assert_int_equal(secret_named(world, "shop", "bad")->defects.len, 1);
	assert_true(secret_named(world, "shop", "bad")->blocks_pulls);
	/* The login is where it was, and was not written when the secret was written since. */
	for (size_t i = 0; i < world->credentials.len; i++) {
		const struct world_credential *credential = world->credentials.items[i];
		if (!slice_equal_text(credential->username, "acme"))
			continue;
		assert_int_equal(credential->entries.len, 1);
		assert_int_equal(credential->not_changed_since, HOUR(0));
		check_slice(credential->age_proof, "read");
		const struct credential *row = world_credential_row(world, credential);
		assert_int_equal(((const struct copy *)row->copies.items)->last_seen, HOUR(0));
	}
	scenario_release(&s);
}

static void secret_that_nobody_looked_into_may_hold_anything(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	read_metadata(&s, hub, HOUR(0));
	add_pod(&s, "shop", "web", NULL, NULL)->pull_secrets = texts(&s, "hub", NULL);
	struct world *world = scenario_world(&s);
	struct world_secret *secret = secret_named(world, "shop", "hub");
	assert_int_equal(secret->values_as_of, TIME_UNSET);
	assert_false(secret->blocks_pulls);
	const struct secret_row *row = world_secret_row(world, secret);
	assert_int_equal(row->users, 1);
	assert_int_equal(row->entries_count, INT_UNKNOWN);
	assert_null(row->entries.items);
	assert_null(row->defects.items);
	assert_null(row->registries.items);
	assert_int_equal(row->blocks_pulls, BOOL_UNKNOWN);
	scenario_release(&s);
}

/* Of other types nothing in the record tells whether a read looked; the coverage of the reads does. */
static void secret_of_another_type_was_looked_into_unless_its_metadata_was_read(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *opaque = add_secret(&s, "shop", "opaque");
	opaque->type = SLICE("Opaque");
	opaque->pull_type = BOOL_FALSE;
	opaque->decodes = BOOL_UNKNOWN;
	add_entry(&s, opaque, "docker.io", "acme", "f1");
	add_read(&s, HOUR(1));
	opaque->last_seen = HOUR(1);
	assert_int_equal(secret_named(scenario_world(&s), "shop", "opaque")->entries.len, 0);
	coverage_of(&s, "Secret")->outcome = SLICE("metadata");
	assert_int_equal(secret_named(scenario_world(&s), "shop", "opaque")->entries.len, 1);
	coverage_of(&s, "Secret")->namespace = SLICE("ci");
	assert_int_equal(secret_named(scenario_world(&s), "shop", "opaque")->entries.len, 0);
	coverage_of(&s, "Secret")->namespace = SLICE("shop");
	coverage_of(&s, "Secret")->subtype = SLICE("kubernetes.io/dockercfg");
	assert_int_equal(secret_named(scenario_world(&s), "shop", "opaque")->entries.len, 0);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_of_an_earlier_reading_are_left_out),
		cmocka_unit_test(later_object_of_a_name_replaces_the_earlier),
		cmocka_unit_test(gone_one_gives_way_to_the_one_that_is_there),
		cmocka_unit_test(only_pull_secrets_that_do_not_decode_block),
		cmocka_unit_test(values_stay_known_when_only_metadata_is_read_later),
		cmocka_unit_test(secret_that_nobody_looked_into_may_hold_anything),
		cmocka_unit_test(secret_of_another_type_was_looked_into_unless_its_metadata_was_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
