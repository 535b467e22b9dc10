#include "derive/scenario.h"

static void two_clusters_of_one_name_get_their_uids(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_cluster(&s, "prod", "22222222-bbbb");
	add_cluster(&s, "stage", "33333333-cccc");
	struct world *world = scenario_world(&s);
	assert_int_equal(world->clusters.len, 3);
	assert_non_null(cluster_named(world, "prod (11111111)"));
	assert_non_null(cluster_named(world, "prod (22222222)"));
	assert_non_null(cluster_named(world, "stage"));
	assert_null(cluster_named(world, "prod"));
	scenario_release(&s);
}

static void cluster_without_uid_is_told_apart_by_its_identity(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct cluster *provisional = add_cluster(&s, "prod", "name:prod");
	provisional->uid = SLICE_NONE;
	struct world *world = scenario_world(&s);
	assert_non_null(cluster_named(world, "prod (name:prod)"));
	scenario_release(&s);
}

static void only_the_wanted_clusters_are_there(void **state)
{
	(void)state;
	static const char *const asked[] = { "stage", "22222222-bbbb" };
	for (size_t i = 0; i < 2; i++) {
		struct scenario s;
		scenario_init(&s);
		add_secret(&s, "shop", "of-prod");
		add_pod(&s, "shop", "web", NULL, NULL);
		add_cluster(&s, "stage", "22222222-bbbb");
		add_secret(&s, "shop", "of-stage");
		struct slice name = slice_of(asked[i]);
		s.options.clusters = &name;
		s.options.cluster_count = 1;
		struct world *world = scenario_world(&s);
		assert_int_equal(world->clusters.len, 1);
		assert_int_equal(world->secrets.len, 1);
		assert_int_equal(world->reads.len, 1);
		assert_non_null(secret_named(world, "shop", "of-stage"));
		scenario_release(&s);
	}
}

static void latest_read_is_the_one_of_the_latest_time(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_read(&s, HOUR(5));
	add_read(&s, HOUR(9));
	add_read(&s, HOUR(9)); /* the same dump once more */
	add_read(&s, HOUR(2)); /* an older dump, read later */
	struct world *world = scenario_world(&s);
	const struct world_cluster *cluster = cluster_named(world, "prod");
	assert_int_equal(cluster->as_of, HOUR(9));
	assert_int_equal(cluster->read->id, 4);
	assert_int_equal(cluster->as_of_before, HOUR(5));
	assert_int_equal(cluster->secrets_before, HOUR(5));
	assert_int_equal(world->as_of, HOUR(9));
	assert_int_equal(world->reads.len, 1);
	scenario_release(&s);
}

static void failed_read_is_told_and_counts_for_nothing(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_read(&s, HOUR(5))->outcome = SLICE("failed");
	struct world *world = scenario_world(&s);
	const struct world_cluster *cluster = cluster_named(world, "prod");
	assert_int_equal(cluster->as_of, HOUR(0));
	assert_int_equal(cluster->read->id, 1);
	assert_int_equal(cluster->as_of_before, TIME_UNSET);
	assert_int_equal(world->reads.len, 2);
	scenario_release(&s);
}

static void secrets_before_is_of_reads_that_held_secrets(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_read(&s, HOUR(1));
	coverage_of(&s, "Secret")->outcome = SLICE("absent");
	add_read(&s, HOUR(2));
	const struct world_cluster *cluster = cluster_named(scenario_world(&s), "prod");
	assert_int_equal(cluster->as_of_before, HOUR(1));
	assert_int_equal(cluster->secrets_as_of, HOUR(2));
	assert_int_equal(cluster->secrets_before, HOUR(0));
	scenario_release(&s);
}

static void given_time_is_the_world_s_and_hides_nothing(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_secret(&s, "shop", "hub");
	s.options.as_of = HOUR(-100);
	struct world *world = scenario_world(&s);
	assert_int_equal(world->as_of, HOUR(-100));
	assert_int_equal(cluster_named(world, "prod")->as_of, HOUR(0));
	assert_int_equal(world->secrets.len, 1);
	scenario_release(&s);
}

static void coverage_tells_what_was_read(void **state)
{
	(void)state;
	static const struct {
		const char *outcome;
		bool read, complete;
	} cases[] = {
		{ "complete", true, true },
		{ "partial", true, false },
		{ "absent", false, false },
		{ "unknown_kind", false, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scenario s;
		scenario_init(&s);
		coverage_of(&s, "Pod")->outcome = slice_of(cases[i].outcome);
		const struct world_cluster *cluster = cluster_named(scenario_world(&s), "prod");
		assert_int_equal(world_read_kind(cluster, "Pod"), cases[i].read);
		assert_int_equal(world_users_known(cluster), cases[i].complete);
		assert_false(world_read_kind(cluster, "Rollout.argoproj.io"));
		scenario_release(&s);
	}
}

static void users_are_known_only_when_all_that_can_use_was_read(void **state)
{
	(void)state;
	static const struct {
		const char *absent[8];
		bool known;
	} cases[] = {
		{ { NULL }, true },
		{ { "Deployment", NULL }, true },
		{ { "Pod", NULL }, false },
		{ { "ServiceAccount", NULL }, false },
		{ { "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", NULL }, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scenario s;
		scenario_init(&s);
		for (size_t j = 0; cases[i].absent[j]; j++)
			coverage_of(&s, cases[i].absent[j])->outcome = SLICE("absent");
		assert_int_equal(world_users_known(cluster_named(scenario_world(&s), "prod")), cases[i].known);
		scenario_release(&s);
	}
}

static void partial_lists_of_what_can_use_secrets_leave_users_unknown(void **state)
{
	(void)state;
	static const struct {
		const char *kind;
		bool known;
	} cases[] = {
		{ "Pod", false },      { "ServiceAccount", false }, { "Deployment", false },
		{ "CronJob", false },  { "Secret", true },          { "Node", true },
		{ "Namespace", true }, { "Event", true },           { "Job", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scenario s;
		scenario_init(&s);
		coverage_of(&s, cases[i].kind)->outcome = SLICE("partial");
		if (world_users_known(cluster_named(scenario_world(&s), "prod")) != cases[i].known)
			fail_msg("%s", cases[i].kind);
		scenario_release(&s);
	}
}

/* `kubectl get pod NAME` beside the list of all. */
static void single_objects_beside_the_whole_list_lose_nothing(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct coverage *single = add_record(&s, &coverage_type);
	single->read = s.read;
	single->kind = SLICE("Pod");
	single->namespace = SLICE("shop");
	single->subtype = SLICE("*");
	single->outcome = SLICE("partial");
	assert_true(world_users_known(cluster_named(scenario_world(&s), "prod")));
	coverage_of(&s, "Deployment")->namespace = SLICE("other");
	single->kind = SLICE("Deployment");
	assert_false(world_users_known(cluster_named(scenario_world(&s), "prod")));
	scenario_release(&s);
}

static void no_cluster_is_an_empty_world(void **state)
{
	(void)state;
	struct scenario s = { .arena = ARENA_INIT(1 << 20), .options = { .as_of = TIME_UNSET } };
	struct world *world = scenario_world(&s);
	assert_int_equal(world->clusters.len, 0);
	assert_int_equal(world->as_of, TIME_UNSET);
	assert_int_equal(world->credentials.len, 0);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_clusters_of_one_name_get_their_uids),
		cmocka_unit_test(cluster_without_uid_is_told_apart_by_its_identity),
		cmocka_unit_test(only_the_wanted_clusters_are_there),
		cmocka_unit_test(latest_read_is_the_one_of_the_latest_time),
		cmocka_unit_test(failed_read_is_told_and_counts_for_nothing),
		cmocka_unit_test(secrets_before_is_of_reads_that_held_secrets),
		cmocka_unit_test(given_time_is_the_world_s_and_hides_nothing),
		cmocka_unit_test(coverage_tells_what_was_read),
		cmocka_unit_test(users_are_known_only_when_all_that_can_use_was_read),
		cmocka_unit_test(partial_lists_of_what_can_use_secrets_leave_users_unknown),
		cmocka_unit_test(single_objects_beside_the_whole_list_lose_nothing),
		cmocka_unit_test(no_cluster_is_an_empty_world),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
