#include "derive/scenario.h"

static void first_read_tells_no_change(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_secret(&s, "shop", "hub");
	assert_null(secret_named(scenario_world(&s), "shop", "hub")->change.data);
	/* Nor does the same dump read twice. */
	add_read(&s, HOUR(0));
	assert_null(secret_named(scenario_world(&s), "shop", "hub")->change.data);
	scenario_release(&s);
}

static void new_gone_and_same_are_told(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *same = add_secret(&s, "shop", "same");
	struct entry *entry = add_entry(&s, same, "docker.io", "acme", NULL);
	struct entry_value *value = add_value(&s, same, "docker.io", "acme", "f1");
	struct secret *gone = add_secret(&s, "shop", "gone");
	gone->gone = BOOL_TRUE;
	add_read(&s, HOUR(1));
	same->last_seen = entry->last_seen = value->last_seen = HOUR(1);
	add_entry(&s, add_secret(&s, "shop", "new"), "docker.io", "acme", "f2");
	struct world *world = scenario_world(&s);
	check_slice(secret_named(world, "shop", "same")->change, "same");
	check_slice(secret_named(world, "shop", "gone")->change, "gone");
	check_slice(secret_named(world, "shop", "new")->change, "new");
	assert_false(secret_named(world, "shop", "gone")->current);
	assert_int_equal(cluster_named(world, "prod")->entries.len, 2);
	scenario_release(&s);
}

static void another_value_is_a_change(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	struct entry *entry = add_entry(&s, hub, "docker.io", "acme", "f1");
	add_read(&s, HOUR(1));
	hub->last_seen = entry->last_seen = HOUR(1);
	add_value(&s, hub, "docker.io", "acme", "f2");
	check_slice(secret_named(scenario_world(&s), "shop", "hub")->change, "changed");
	scenario_release(&s);
}

/* a, b, a: the value that is there now was there before, but not at the read before. */
static void value_that_came_back_is_a_change(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	struct entry *entry = add_entry(&s, hub, "docker.io", "acme", NULL);
	struct entry_value *a = add_value(&s, hub, "docker.io", "acme", "a");
	add_read(&s, HOUR(1));
	add_value(&s, hub, "docker.io", "acme", "b");
	add_read(&s, HOUR(2));
	hub->last_seen = entry->last_seen = a->last_seen = HOUR(2);
	check_slice(secret_named(scenario_world(&s), "shop", "hub")->change, "changed");
	scenario_release(&s);
}

static void added_and_removed_entries_are_changes(void **state)
{
	(void)state;
	for (int removed = 0; removed < 2; removed++) {
		struct scenario s;
		scenario_init(&s);
		struct secret *hub = add_secret(&s, "shop", "hub");
		if (removed)
			add_entry(&s, hub, "quay.io", "acme", NULL);
		add_read(&s, HOUR(1));
		hub->last_seen = HOUR(1);
		if (!removed)
			add_entry(&s, hub, "quay.io", "acme", NULL);
		check_slice(secret_named(scenario_world(&s), "shop", "hub")->change, "changed");
		scenario_release(&s);
	}
}

/* What changed two reads ago is the same since the read before. */
static void older_changes_are_not_told_again(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	add_value(&s, hub, "docker.io", "acme", "f1");
	add_read(&s, HOUR(1));
	struct entry *entry = add_entry(&s, hub, "docker.io", "acme", NULL);
	struct entry_value *value = add_value(&s, hub, "docker.io", "acme", "f2");
	add_read(&s, HOUR(2));
	hub->last_seen = entry->last_seen = value->last_seen = HOUR(2);
	check_slice(secret_named(scenario_world(&s), "shop", "hub")->change, "same");
	scenario_release(&s);
}

/* A read without secrets in between is not what is compared with. */
static void read_without_secrets_is_passed_over(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	add_read(&s, HOUR(1));
	coverage_of(&s, "Secret")->outcome = SLICE("absent");
	add_read(&s, HOUR(2));
	hub->last_seen = HOUR(2);
	check_slice(secret_named(scenario_world(&s), "shop", "hub")->change, "same");
	scenario_release(&s);
}

/* A later read of metadata alone looks at no value, so nothing has changed since the read before. */
static void read_of_metadata_changes_nothing(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	struct entry *entry = add_entry(&s, hub, "docker.io", "acme", "f1");
	add_read(&s, HOUR(1));
	entry->last_seen = HOUR(1);
	for (size_t i = 0; i < s.len; i++)
		if (s.records[i].type == &entry_value_type)
			((struct entry_value *)s.records[i].record)->last_seen = HOUR(1);
	add_live_read(&s, HOUR(2));
	for (size_t i = 0; i < s.len; i++) {
		struct coverage *coverage = s.records[i].record;
		if (s.records[i].type == &coverage_type && coverage->read == s.read)
			coverage->outcome = SLICE("metadata");
	}
	hub->last_seen = HOUR(2);
	hub->decodes = BOOL_UNKNOWN;
	const struct world_cluster *cluster = cluster_named(scenario_world(&s), "prod");
	assert_int_equal(cluster->secrets_as_of, HOUR(1));
	assert_int_equal(cluster->secrets_before, HOUR(0));
	check_slice(secret_named(s.world, "shop", "hub")->change, "same");
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_read_tells_no_change),
		cmocka_unit_test(new_gone_and_same_are_told),
		cmocka_unit_test(another_value_is_a_change),
		cmocka_unit_test(value_that_came_back_is_a_change),
		cmocka_unit_test(added_and_removed_entries_are_changes),
		cmocka_unit_test(older_changes_are_not_told_again),
		cmocka_unit_test(read_without_secrets_is_passed_over),
		cmocka_unit_test(read_of_metadata_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
