#include "derive/scenario.h"

/* Whether users of secrets are known in shop and in ci. */
static void check_known(struct scenario *s, bool in_shop, bool in_ci, const char *what)
{
	const struct world_cluster *cluster = cluster_named(scenario_world(s), "prod");
	if (world_users_known(cluster, SLICE("shop")) != in_shop)
		fail_msg("%s: shop is %s", what, in_shop ? "unknown" : "known");
	if (world_users_known(cluster, SLICE("ci")) != in_ci)
		fail_msg("%s: ci is %s", what, in_ci ? "unknown" : "known");
}

static void coverage_tells_what_was_read(void **state)
{
	(void)state;
	static const struct {
		const char *outcome;
		int64_t objects;
		bool read, complete;
	} cases[] = {
		{ "complete", 0, true, true },
		{ "metadata", 0, true, true },
		{ "mixed", 0, true, false },
		{ "partial", INT_UNKNOWN, true, false },
		{ "interrupted", 0, false, false },
		{ "interrupted", 7, true, false },
		{ "failed", INT_UNKNOWN, false, false },
		{ "failed", 7, true, false },
		{ "forbidden", 0, false, false },
		{ "absent", 0, false, false },
		{ "unknown_kind", 3, false, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (int live = 0; live < 2; live++) {
			struct scenario s;
			scenario_init(&s);
			if (live)
				add_live_read(&s, HOUR(1));
			coverage_of(&s, "Pod")->outcome = slice_of(cases[i].outcome);
			coverage_of(&s, "Pod")->objects = cases[i].objects;
			const struct world_cluster *cluster = cluster_named(scenario_world(&s), "prod");
			if (world_read_kind(cluster, "Pod") != cases[i].read ||
			    world_users_known(cluster, SLICE("shop")) != cases[i].complete)
				fail_msg("%s of %lld objects", cases[i].outcome, (long long)cases[i].objects);
			assert_false(world_read_kind(cluster, "Rollout.argoproj.io"));
			scenario_release(&s);
		}
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
		check_known(&s, cases[i].known, cases[i].known, "dump");
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
		check_known(&s, cases[i].known, cases[i].known, cases[i].kind);
		scenario_release(&s);
	}
}

/* `kubectl get pod NAME` beside the list of all. */
static void single_objects_beside_the_whole_list_lose_nothing(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct coverage *single = add_list(&s, "Pod", "shop", NULL, "partial");
	check_known(&s, true, true, "pods");
	struct coverage *whole = coverage_of(&s, "Deployment");
	whole->namespace = SLICE("other");
	single->kind = SLICE("Deployment");
	check_known(&s, false, false, "deployments");
	whole->namespace = SLICE("ci");
	check_known(&s, false, true, "deployments");
	scenario_release(&s);
}

/* In a dump a list whose objects are all of one namespace may be that of all. */
static void list_of_another_namespace_is_one_of_all_only_in_a_dump(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	coverage_of(&s, "Deployment")->namespace = SLICE("ci");
	check_known(&s, true, true, "dump");
	coverage_of(&s, "Pod")->namespace = SLICE("ci");
	coverage_of(&s, "Pod")->outcome = SLICE("doubted");
	check_known(&s, true, true, "doubted dump");
	add_live_read(&s, HOUR(1));
	coverage_of(&s, "Deployment")->namespace = SLICE("ci");
	check_known(&s, false, true, "live");
	scenario_release(&s);
}

/* What fother collect wrote knows what was asked for as a live read does. */
static void collected_snapshot_is_as_exact_as_the_cluster(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct read *read = add_live_read(&s, HOUR(1));
	read->source_kind = SLICE("snapshot");
	coverage_of(&s, "Deployment")->namespace = SLICE("ci");
	check_known(&s, true, true, "a dump");
	read->as_of_from = SLICE("manifest");
	check_known(&s, false, true, "collected");
	scenario_release(&s);
}

/* Each way to lose a list of each kind that can use secrets, in one namespace: the other one stays known. */
static void what_was_lost_in_one_namespace_is_known_in_another(void **state)
{
	(void)state;
	static const char *const outcomes[] = { "forbidden", "failed", "interrupted", "partial", "mixed" };
	static const char *const kinds[] = { "Pod",        "ServiceAccount", "Deployment",
					     "ReplicaSet", "StatefulSet",    "DaemonSet",
					     "Job",        "CronJob",        "ReplicationController",
					     "PodTemplate" };
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
			struct scenario s;
			scenario_init(&s);
			add_live_read(&s, HOUR(1));
			check_known(&s, true, true, "all");
			refuse_kind(&s, kinds[k], outcomes[i], "ci", NULL);
			add_list(&s, kinds[k], "shop", NULL, "complete");
			check_known(&s, true, false, outcomes[i]);
			scenario_release(&s);
		}
	}
}

static void what_was_lost_in_all_namespaces_is_known_in_none(void **state)
{
	(void)state;
	static const char *const outcomes[] = { "forbidden", "failed", "interrupted", "partial", "mixed", "absent" };
	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
		struct scenario s;
		scenario_init(&s);
		add_live_read(&s, HOUR(1));
		coverage_of(&s, "CronJob")->outcome = slice_of(outcomes[i]);
		check_known(&s, false, false, outcomes[i]);
		scenario_release(&s);
	}
}

static void namespace_that_was_not_tried_is_not_known(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_live_read(&s, HOUR(1));
	refuse_kind(&s, "Pod", "complete", "shop", NULL);
	check_known(&s, true, false, "pods");
	scenario_release(&s);
}

static void secrets_and_nodes_that_were_refused_take_nothing_from_users(void **state)
{
	(void)state;
	static const char *const kinds[] = { "Secret", "Node", "Namespace", "Event" };
	struct scenario s;
	scenario_init(&s);
	add_live_read(&s, HOUR(1));
	for (size_t i = 0; i < 4; i++)
		coverage_of(&s, kinds[i])->outcome = SLICE("forbidden");
	check_known(&s, true, true, "others");
	scenario_release(&s);
}

static void namespaces_are_those_that_are_there(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct namespace *shop = add_record(&s, &namespace_type);
	shop->name = SLICE("shop");
	struct namespace *gone = add_record(&s, &namespace_type);
	gone->name = SLICE("gone");
	gone->gone = BOOL_TRUE;
	const struct world_cluster *cluster = cluster_named(scenario_world(&s), "prod");
	assert_int_equal(cluster->namespaces.len, 1);
	check_slice(((const struct namespace *)cluster->namespaces.items[0])->name, "shop");
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(coverage_tells_what_was_read),
		cmocka_unit_test(users_are_known_only_when_all_that_can_use_was_read),
		cmocka_unit_test(partial_lists_of_what_can_use_secrets_leave_users_unknown),
		cmocka_unit_test(single_objects_beside_the_whole_list_lose_nothing),
		cmocka_unit_test(list_of_another_namespace_is_one_of_all_only_in_a_dump),
		cmocka_unit_test(collected_snapshot_is_as_exact_as_the_cluster),
		cmocka_unit_test(what_was_lost_in_one_namespace_is_known_in_another),
		cmocka_unit_test(what_was_lost_in_all_namespaces_is_known_in_none),
		cmocka_unit_test(namespace_that_was_not_tried_is_not_known),
		cmocka_unit_test(secrets_and_nodes_that_were_refused_take_nothing_from_users),
		cmocka_unit_test(namespaces_are_those_that_are_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
