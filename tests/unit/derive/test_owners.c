#include "derive/scenario.h"

static void deployment_owns_the_pods_of_its_replica_sets(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_workload(&s, "shop", "Deployment", "web");
	struct workload *set = add_workload(&s, "shop", "ReplicaSet", "web-7d9c6b5f4d");
	set->owner_group = SLICE("apps");
	set->owner_kind = SLICE("Deployment");
	set->owner_name = SLICE("web");
	add_pod(&s, "shop", "web-7d9c6b5f4d-abcde", "ReplicaSet", "web-7d9c6b5f4d");
	struct world *world = scenario_world(&s);
	const struct world_cluster *cluster = cluster_named(world, "prod");
	struct world_workload *web = workload_named(world, "shop/Deployment.apps/web");
	assert_int_equal(cluster->workloads.len, 1);
	assert_ptr_equal(cluster->workloads.items[0], web);
	assert_int_equal(web->pods.len, 1);
	assert_ptr_equal(((struct world_pod *)web->pods.items[0])->workload, web);
	assert_ptr_equal(workload_named(world, "shop/ReplicaSet.apps/web-7d9c6b5f4d")->top, web);
	scenario_release(&s);
}

static void cron_job_owns_the_pods_of_its_jobs(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_workload(&s, "ci", "CronJob", "nightly");
	struct workload *job = add_workload(&s, "ci", "Job", "nightly-29000000");
	job->owner_group = SLICE("batch");
	job->owner_kind = SLICE("CronJob");
	job->owner_name = SLICE("nightly");
	add_pod(&s, "ci", "nightly-29000000-x", "Job", "nightly-29000000")->phase = SLICE("Succeeded");
	struct world *world = scenario_world(&s);
	struct world_workload *nightly = workload_named(world, "ci/CronJob.batch/nightly");
	assert_int_equal(nightly->pods.len, 1);
	assert_true(((struct world_pod *)nightly->pods.items[0])->ended);
	scenario_release(&s);
}

/* The dump holds Deployments and pods, and nothing between them. */
static void unread_replica_set_is_guessed_by_its_name(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_workload(&s, "shop", "Deployment", "web");
	add_workload(&s, "ci", "CronJob", "nightly");
	add_pod(&s, "shop", "p1", "ReplicaSet", "web-7d9c6b5f4d");
	add_pod(&s, "ci", "p2", "Job", "nightly-29000000");
	struct world *world = scenario_world(&s);
	assert_int_equal(workload_named(world, "shop/Deployment.apps/web")->pods.len, 1);
	assert_int_equal(workload_named(world, "ci/CronJob.batch/nightly")->pods.len, 1);
	scenario_release(&s);
}

static void names_that_no_controller_makes_are_not_guessed(void **state)
{
	(void)state;
	static const char *const names[] = { "web-frontend", "web-1a1a1a1a", "web-", "web", "other-7d9c6b5f4d" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct scenario s;
		scenario_init(&s);
		add_workload(&s, "shop", "Deployment", "web");
		add_pod(&s, "shop", "p1", "ReplicaSet", names[i]);
		struct world *world = scenario_world(&s);
		assert_int_equal(workload_named(world, "shop/Deployment.apps/web")->pods.len, 0);
		assert_int_equal(cluster_named(world, "prod")->workloads.len, 2);
		scenario_release(&s);
	}
}

static void bare_and_static_pods_stand_for_themselves(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_pod(&s, "shop", "debug", NULL, NULL);
	add_pod(&s, "kube-system", "etcd-node-1", "Node", "node-1");
	struct world *world = scenario_world(&s);
	struct world_workload *debug = workload_named(world, "shop/Pod/debug");
	struct world_workload *etcd = workload_named(world, "kube-system/Pod/etcd-node-1");
	check_slice(debug->kind, "Pod");
	assert_null(debug->record);
	assert_int_equal(debug->pods.len, 1);
	assert_int_equal(etcd->pods.len, 1);
	assert_null(workload_named(world, "kube-system/Node/node-1"));
	scenario_release(&s);
}

static void custom_owner_that_was_not_read_is_the_workload(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct workload *set = add_workload(&s, "shop", "StatefulSet", "prometheus-main");
	set->owner_group = SLICE("monitoring.coreos.com");
	set->owner_kind = SLICE("Prometheus");
	set->owner_name = SLICE("main");
	add_pod(&s, "shop", "prometheus-main-0", "StatefulSet", "prometheus-main");
	struct world *world = scenario_world(&s);
	struct world_workload *owner = workload_named(world, "shop/Prometheus.monitoring.coreos.com/main");
	assert_null(owner->record);
	assert_int_equal(owner->pods.len, 1);
	assert_false(owner->gone);
	scenario_release(&s);
}

static void owner_of_gone_things_only_is_gone(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_pod(&s, "shop", "old", NULL, NULL)->gone = BOOL_TRUE;
	add_pod(&s, "shop", "done", NULL, NULL)->phase = SLICE("Succeeded");
	struct world *world = scenario_world(&s);
	assert_true(workload_named(world, "shop/Pod/old")->gone);
	assert_false(workload_named(world, "shop/Pod/done")->gone);
	scenario_release(&s);
}

static void circles_of_owners_end(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = { "a", "b", "c", "a" };
		struct workload *workload = add_workload(&s, "shop", "Deployment", names[i]);
		workload->owner_group = SLICE("apps");
		workload->owner_kind = SLICE("Deployment");
		workload->owner_name = slice_of(names[i + 1]);
	}
	struct workload *self = add_workload(&s, "shop", "StatefulSet", "self");
	self->owner_group = SLICE("apps");
	self->owner_kind = SLICE("StatefulSet");
	self->owner_name = SLICE("self");
	add_pod(&s, "shop", "p", "Deployment", "b");
	struct world *world = scenario_world(&s);
	const struct world_cluster *cluster = cluster_named(world, "prod");
	assert_int_equal(cluster->workloads.len, 2);
	assert_int_equal(((struct world_workload *)cluster->workloads.items[0])->pods.len, 1);
	scenario_release(&s);
}

/* Each link is the owner of the one before it, told from the bottom up: the way up is walked once in all. */
static void long_chains_of_owners_end(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	for (int i = 0; i < 1000; i++) {
		struct workload *workload = add_workload(&s, "shop", "Deployment", "x");
		workload->name = arena_printf(&s.arena, "w%04d", i);
		workload->owner_group = SLICE("apps");
		workload->owner_kind = SLICE("Deployment");
		workload->owner_name = arena_printf(&s.arena, "w%04d", i + 1);
	}
	add_pod(&s, "shop", "p", "Deployment", "w0000");
	struct world *world = scenario_world(&s);
	assert_non_null(workload_named(world, "shop/Deployment.apps/w0000")->top);
	scenario_release(&s);
}

static void same_names_in_two_namespaces_are_two_workloads(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_workload(&s, "shop", "Deployment", "web");
	add_workload(&s, "test", "Deployment", "web");
	add_pod(&s, "test", "p", "Deployment", "web");
	struct world *world = scenario_world(&s);
	assert_int_equal(workload_named(world, "shop/Deployment.apps/web")->pods.len, 0);
	assert_int_equal(workload_named(world, "test/Deployment.apps/web")->pods.len, 1);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deployment_owns_the_pods_of_its_replica_sets),
		cmocka_unit_test(cron_job_owns_the_pods_of_its_jobs),
		cmocka_unit_test(unread_replica_set_is_guessed_by_its_name),
		cmocka_unit_test(names_that_no_controller_makes_are_not_guessed),
		cmocka_unit_test(bare_and_static_pods_stand_for_themselves),
		cmocka_unit_test(custom_owner_that_was_not_read_is_the_workload),
		cmocka_unit_test(owner_of_gone_things_only_is_gone),
		cmocka_unit_test(circles_of_owners_end),
		cmocka_unit_test(long_chains_of_owners_end),
		cmocka_unit_test(same_names_in_two_namespaces_are_two_workloads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
