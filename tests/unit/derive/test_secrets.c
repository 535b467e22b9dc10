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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_of_an_earlier_reading_are_left_out),
		cmocka_unit_test(later_object_of_a_name_replaces_the_earlier),
		cmocka_unit_test(gone_one_gives_way_to_the_one_that_is_there),
		cmocka_unit_test(only_pull_secrets_that_do_not_decode_block),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
