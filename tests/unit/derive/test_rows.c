#include "derive/rows.h"

#include "derive/scenario.h"

static void set_keeps_each_text_once_in_order(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(1 << 20);
	struct text_set set = { 0 };
	static const char *const added[] = { "b", "a", "b", NULL, "c", "a", "d", "e", "" };
	for (size_t i = 0; i < sizeof added / sizeof *added; i++)
		assert_int_equal(text_set_add(&set, slice_of(added[i]), &arena), 0);
	struct slice_list list = text_set_list(&set);
	assert_int_equal(list.len, 6);
	check_slice(list.items[0], "b");
	check_slice(list.items[1], "a");
	check_slice(list.items[4], "e");
	check_slice(list.items[5], "");
}

/* As many as an image has tags, or a malformed secret defects: with a search through all for each, minutes. */
static void set_of_very_many(void **state)
{
	(void)state;
	enum { TEXTS = 300000 };
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(1 << 28);
	struct text_set set = { 0 };
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < TEXTS; i++)
			assert_int_equal(
				text_set_add(&set, arena_printf(&arena, "unknown_name at /auths/%d", i), &arena), 0);
	struct slice_list list = text_set_list(&set);
	assert_int_equal(list.len, TEXTS);
	check_slice(list.items[0], "unknown_name at /auths/0");
	check_slice(list.items[TEXTS - 1], "unknown_name at /auths/299999");
}

static void empty_set_is_a_list_that_is_known_to_be_empty(void **state)
{
	(void)state;
	struct text_set set = { 0 };
	struct slice_list list = text_set_list(&set);
	assert_int_equal(list.len, 0);
	assert_non_null(list.items);
}

static void secret_can_pull_with_one_living_key(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *mixed = add_secret(&s, "shop", "mixed");
	add_entry(&s, mixed, "hub.docker.com", "acme", "f1");
	add_entry(&s, mixed, "quay.io", "acme", "f2");
	struct secret *dead = add_secret(&s, "shop", "dead");
	add_entry(&s, dead, "hub.docker.com", "acme", "f1");
	add_entry(&s, dead, "quay.io", "acme", "f2")->kubelet_reads = BOOL_FALSE;
	add_entry(&s, dead, "ghcr.io", "acme", "f2")->overridden = BOOL_TRUE;
	add_secret(&s, "shop", "blocking")->decodes = BOOL_FALSE;
	add_secret(&s, "shop", "empty");
	struct world *world = scenario_world(&s);
	assert_true(secret_can_pull(secret_named(world, "shop", "mixed")));
	assert_false(secret_can_pull(secret_named(world, "shop", "dead")));
	assert_true(secret_can_pull(secret_named(world, "shop", "blocking")));
	assert_false(secret_can_pull(secret_named(world, "shop", "empty")));
	scenario_release(&s);
}

static void workload_of_two_secrets_is_one_user(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_entry(&s, add_secret(&s, "shop", "a"), "quay.io", "acme", "f1");
	add_entry(&s, add_secret(&s, "shop", "b"), "quay.io", "acme", "f1");
	add_account(&s, "shop", "builder")->pull_secrets = texts(&s, "a", NULL);
	struct pod *pod = add_pod(&s, "shop", "web", NULL, NULL);
	pod->pull_secrets = texts(&s, "a", "b", NULL);
	add_reader(&s, pod, "a", "volume");
	struct world *world = scenario_world(&s);
	CLEANUP(user_counts_release) struct user_counts counts;
	user_counts_init(&counts, world);
	user_counts_add(&counts, secret_named(world, "shop", "a"));
	user_counts_add(&counts, secret_named(world, "shop", "b"));
	assert_int_equal(user_counts_users(&counts, false), 1);
	assert_int_equal(user_counts_users(&counts, true), 2);
	assert_int_equal(user_counts_readers(&counts), 1);
	scenario_release(&s);
}

/* One namespace in which pods were refused leaves the users of the copies there unknown, and of no others. */
static void users_are_unknown_only_where_they_were_not_read(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_entry(&s, add_secret(&s, "shop", "hub"), "quay.io", "acme", "f1");
	add_entry(&s, add_secret(&s, "ci", "hub"), "quay.io", "other", "f2");
	add_live_read(&s, HOUR(1));
	refuse_kind(&s, "Pod", "forbidden", "ci", NULL);
	add_list(&s, "Pod", "shop", NULL, "complete");
	struct world *world = scenario_world(&s);
	static const char *const namespaces[] = { "shop", "ci" };
	for (size_t i = 0; i < 2; i++) {
		const struct secret_row *row = world_secret_row(world, secret_named(world, namespaces[i], "hub"));
		assert_int_equal(row->users, i == 0 ? 0 : INT_UNKNOWN);
	}
	scenario_release(&s);
}

/* An account lists the secret; how many pods do is known only where all were read. */
static void pods_of_a_user_are_unknown_where_they_were_not_all_read(void **state)
{
	(void)state;
	static const struct {
		const char *outcome;
		int64_t pods;
	} cases[] = { { "complete", 0 }, { "forbidden", INT_UNKNOWN }, { "partial", INT_UNKNOWN } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scenario s;
		struct user user;
		scenario_init(&s);
		add_entry(&s, add_secret(&s, "shop", "hub"), "quay.io", "acme", "f1");
		add_account(&s, "shop", "builder")->pull_secrets = texts(&s, "hub", NULL);
		add_live_read(&s, HOUR(1));
		coverage_of(&s, "Pod")->outcome = slice_of(cases[i].outcome);
		struct world *world = scenario_world(&s);
		assert_int_equal(user_rows_fill(world, secret_named(world, "shop", "hub"), NULL, &user), 0);
		assert_int_equal(user.pods, cases[i].pods);
		assert_int_equal(user.ended_pods, cases[i].pods);
		scenario_release(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_keeps_each_text_once_in_order),
		cmocka_unit_test(set_of_very_many),
		cmocka_unit_test(empty_set_is_a_list_that_is_known_to_be_empty),
		cmocka_unit_test(secret_can_pull_with_one_living_key),
		cmocka_unit_test(workload_of_two_secrets_is_one_user),
		cmocka_unit_test(users_are_unknown_only_where_they_were_not_read),
		cmocka_unit_test(pods_of_a_user_are_unknown_where_they_were_not_all_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
