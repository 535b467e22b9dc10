/* What earlier reads say of a value's age: world_entry.set_after. */
#include "derive/scenario.h"

/* One secret whose value changes from read to read: 'a', 'b', ...; '-' for a read that did not hold it. */
static int64_t set_after_of(struct scenario *s, const char *values)
{
	scenario_init(s);
	struct secret *hub = add_secret(s, "shop", "hub");
	struct entry *entry = NULL;
	struct entry_value *seen[256] = { 0 };
	for (int hour = 0; values[hour]; hour++) {
		unsigned char name = (unsigned char)values[hour];
		if (hour > 0)
			add_read(s, HOUR(hour));
		if (name == '-')
			continue;
		char fingerprint[2] = { (char)name, 0 };
		if (!entry)
			entry = add_entry(s, hub, "docker.io", "acme", NULL);
		if (!seen[name])
			seen[name] = add_value(s, hub, "docker.io", "acme", fingerprint);
		entry->fingerprint = seen[name]->fingerprint;
		entry->last_seen = hub->last_seen = seen[name]->last_seen = HOUR(hour);
	}
	return entry_of(secret_named(scenario_world(s), "shop", "hub"), "docker.io")->set_after;
}

static void set_after_is_the_last_sight_of_another_value_before(void **state)
{
	(void)state;
	static const struct {
		const char *values;
		int64_t set_after;
	} cases[] = {
		{ "a", TIME_UNSET },     { "aaa", TIME_UNSET }, { "ab", HOUR(0) },     { "aabb", HOUR(1) },
		{ "a--b", HOUR(0) },     { "abc", HOUR(1) },    { "aba", TIME_UNSET }, { "abab", HOUR(0) },
		{ "abbca", TIME_UNSET }, { "abcb", HOUR(0) },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scenario s;
		if (set_after_of(&s, cases[i].values) != cases[i].set_after)
			fail_msg("%s", cases[i].values);
		scenario_release(&s);
	}
}

/* The place is the name: what stood there under another UID stood there before. */
static void place_survives_a_new_object_of_the_name(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *old = add_secret(&s, "shop", "hub");
	old->gone = BOOL_TRUE;
	add_value(&s, old, "docker.io", "acme", "old");
	add_read(&s, HOUR(5));
	struct secret *new = add_secret(&s, "shop", "hub");
	new->uid = SLICE("another uid");
	add_entry(&s, new, "docker.io", "acme", "new");
	const struct world_secret *hub = secret_named(scenario_world(&s), "shop", "hub");
	assert_int_equal(entry_of(hub, "docker.io")->set_after, HOUR(0));
	scenario_release(&s);
}

static void other_places_do_not_count(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	add_value(&s, hub, "quay.io", "acme", "other key");
	add_value(&s, hub, "docker.io", "acme", "other ordinal")->ordinal = 1;
	add_value(&s, add_secret(&s, "test", "hub"), "docker.io", "acme", "other namespace");
	add_read(&s, HOUR(1));
	hub->last_seen = HOUR(1);
	add_entry(&s, hub, "docker.io", "acme", "new");
	const struct world_secret *secret = secret_named(scenario_world(&s), "shop", "hub");
	assert_int_equal(entry_of(secret, "docker.io")->set_after, TIME_UNSET);
	scenario_release(&s);
}

/* Another key makes another fingerprint of every value: that is no rotation. */
static void fingerprints_of_different_keys_do_not_compare(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	add_value(&s, hub, "docker.io", "acme", "aaaa")->key_id = SLICE("11111111");
	add_read(&s, HOUR(1));
	hub->last_seen = HOUR(1);
	add_entry(&s, hub, "docker.io", "acme", NULL)->fingerprint = SLICE("bbbb");
	struct entry_value *value = add_value(&s, hub, "docker.io", "acme", "bbbb");
	value->key_id = SLICE("22222222");
	const struct world_secret *secret = secret_named(scenario_world(&s), "shop", "hub");
	assert_int_equal(entry_of(secret, "docker.io")->set_after, TIME_UNSET);
	value->key_id = SLICE("11111111");
	secret = secret_named(scenario_world(&s), "shop", "hub");
	assert_int_equal(entry_of(secret, "docker.io")->set_after, HOUR(0));
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_after_is_the_last_sight_of_another_value_before),
		cmocka_unit_test(place_survives_a_new_object_of_the_name),
		cmocka_unit_test(other_places_do_not_count),
		cmocka_unit_test(fingerprints_of_different_keys_do_not_compare),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
