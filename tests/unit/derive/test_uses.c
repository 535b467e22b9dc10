#include "derive/scenario.h"

static void pods_that_list_a_secret_pull_with_it(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_secret(&s, "shop", "hub");
	add_workload(&s, "shop", "Deployment", "web");
	for (int i = 0; i < 3; i++) {
		struct pod *pod = add_pod(&s, "shop", "web", "Deployment", "web");
		pod->uid = arena_printf(&s.arena, "web-%d", i);
		pod->pull_secrets = texts(&s, "hub", "hub", NULL);
		pod->phase = i == 2 ? SLICE("Failed") : SLICE("Running");
	}
	const struct world_secret *hub = secret_named(scenario_world(&s), "shop", "hub");
	const struct world_use *use = use_by(hub, USE_PULLS);
	assert_int_equal(hub->uses.len, 1);
	check_slice(use->workload->name, "web");
	check_slice(use->via, "pod");
	assert_int_equal(use->pods, 2);
	assert_int_equal(use->ended_pods, 1);
	assert_true(world_use_pulls(use));
	scenario_release(&s);
}

static void only_ended_pods_are_no_pull_to_come(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_secret(&s, "shop", "hub");
	struct pod *done = add_pod(&s, "shop", "done", NULL, NULL);
	done->phase = SLICE("Succeeded");
	done->pull_secrets = texts(&s, "hub", NULL);
	const struct world_use *use = use_by(secret_named(scenario_world(&s), "shop", "hub"), USE_PULLS);
	assert_int_equal(use->pods, 0);
	assert_int_equal(use->ended_pods, 1);
	assert_false(world_use_pulls(use));
	scenario_release(&s);
}

static void template_without_pods_uses_what_it_lists(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_secret(&s, "ci", "hub");
	struct workload *nightly = add_workload(&s, "ci", "CronJob", "nightly");
	nightly->pull_secrets = texts(&s, "hub", NULL);
	add_template(&s, nightly, "acme/nightly:1");
	const struct world_use *use = use_by(secret_named(scenario_world(&s), "ci", "hub"), USE_TEMPLATE);
	check_slice(use->workload->name, "nightly");
	check_slice(use->via, "template");
	assert_int_equal(use->pods, 0);
	assert_true(world_use_pulls(use));
	scenario_release(&s);
}

static void gone_workload_and_old_replica_sets_use_nothing(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_secret(&s, "shop", "old");
	struct workload *gone = add_workload(&s, "shop", "Deployment", "gone");
	gone->gone = BOOL_TRUE;
	gone->pull_secrets = texts(&s, "old", NULL);
	add_template(&s, gone, "acme/web:1");
	struct workload *web = add_workload(&s, "shop", "Deployment", "web");
	add_template(&s, web, "acme/web:2");
	struct workload *set = add_workload(&s, "shop", "ReplicaSet", "web-7d9c6b5f4d");
	set->owner_group = SLICE("apps");
	set->owner_kind = SLICE("Deployment");
	set->owner_name = SLICE("web");
	set->pull_secrets = texts(&s, "old", NULL);
	add_template(&s, set, "acme/web:1");
	assert_int_equal(secret_named(scenario_world(&s), "shop", "old")->uses.len, 0);
	scenario_release(&s);
}

static struct workload *replica_set_of_a_rollout(struct scenario *s, const char *name, int64_t replicas)
{
	struct workload *set = add_workload(s, "shop", "ReplicaSet", name);
	set->owner_group = SLICE("argoproj.io");
	set->owner_kind = SLICE("Rollout");
	set->owner_name = SLICE("web");
	set->replicas = replicas;
	set->pull_secrets = texts(s, replicas ? "hub" : "old", NULL);
	add_template(s, set, "acme/web:1");
	return set;
}

static void replica_sets_of_an_owner_that_was_not_read_count_while_they_run(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_secret(&s, "shop", "hub");
	add_secret(&s, "shop", "old");
	replica_set_of_a_rollout(&s, "web-a", 2);
	replica_set_of_a_rollout(&s, "web-b", 0);
	struct world *world = scenario_world(&s);
	check_slice(use_by(secret_named(world, "shop", "hub"), USE_TEMPLATE)->workload->kind, "Rollout");
	assert_int_equal(secret_named(world, "shop", "old")->uses.len, 0);
	scenario_release(&s);
}

static void account_gives_its_list_to_templates_that_have_none(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_secret(&s, "shop", "hub");
	add_secret(&s, "shop", "own");
	struct service_account *builder = add_account(&s, "shop", "builder");
	builder->pull_secrets = texts(&s, "hub", NULL);
	struct workload *web = add_workload(&s, "shop", "Deployment", "web");
	web->service_account = SLICE("builder");
	add_template(&s, web, "acme/web:1");
	struct workload *api = add_workload(&s, "shop", "Deployment", "api");
	api->service_account = SLICE("builder");
	api->pull_secrets = texts(&s, "own", NULL);
	add_template(&s, api, "acme/api:1");
	struct world *world = scenario_world(&s);
	const struct world_use *use = use_by(secret_named(world, "shop", "hub"), USE_SERVICE_ACCOUNT);
	check_slice(use->workload->name, "web");
	check_slice(use->via, "service_account builder");
	check_slice(use->service_account->name, "builder");
	assert_int_equal(secret_named(world, "shop", "hub")->uses.len, 1);
	check_slice(use_by(secret_named(world, "shop", "own"), USE_TEMPLATE)->workload->name, "api");
	scenario_release(&s);
}

/* A pod is frozen when it is made: the account's later list is not the pod's. */
static void live_pods_do_not_follow_their_account(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_secret(&s, "shop", "old");
	add_secret(&s, "shop", "new");
	add_account(&s, "shop", "default")->pull_secrets = texts(&s, "new", NULL);
	struct pod *debug = add_pod(&s, "shop", "debug", NULL, NULL);
	debug->service_account = SLICE("default");
	debug->pull_secrets = texts(&s, "old", NULL);
	struct world *world = scenario_world(&s);
	check_slice(use_by(secret_named(world, "shop", "old"), USE_PULLS)->workload->name, "debug");
	assert_null(use_by(secret_named(world, "shop", "new"), USE_PULLS));
	scenario_release(&s);
}

static void account_without_workloads_uses_what_it_lists(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_secret(&s, "shop", "hub");
	add_account(&s, "shop", "default")->pull_secrets = texts(&s, "hub", "hub", NULL);
	add_account(&s, "test", "default")->pull_secrets = texts(&s, "hub", NULL);
	const struct world_secret *hub = secret_named(scenario_world(&s), "shop", "hub");
	assert_int_equal(hub->uses.len, 1);
	const struct world_use *use = hub->uses.items[0];
	assert_int_equal(use->relation, USE_SERVICE_ACCOUNT);
	assert_null(use->workload);
	check_slice(use->service_account->namespace, "shop");
	scenario_release(&s);
}

static void readers_are_counted_once_a_pod(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_secret(&s, "ci", "hub");
	struct pod *kaniko = add_pod(&s, "ci", "kaniko", NULL, NULL);
	add_reader(&s, kaniko, "hub", "volume");
	add_reader(&s, kaniko, "hub", "env");
	add_reader(&s, kaniko, "hub", "env_from");
	const struct world_secret *hub = secret_named(scenario_world(&s), "ci", "hub");
	const struct world_use *use = use_by(hub, USE_READS);
	assert_int_equal(hub->uses.len, 1);
	assert_int_equal(use->pods, 1);
	check_slice(use->via, "env, env_from, volume");
	assert_false(world_use_pulls(use));
	scenario_release(&s);
}

static void reader_of_an_earlier_reading_reads_no_more(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "ci", "hub");
	struct pod *kaniko = add_pod(&s, "ci", "kaniko", NULL, NULL);
	add_reader(&s, kaniko, "hub", "volume");
	add_read(&s, HOUR(1));
	hub->last_seen = kaniko->last_seen = HOUR(1);
	assert_int_equal(secret_named(scenario_world(&s), "ci", "hub")->uses.len, 0);
	scenario_release(&s);
}

static void secrets_are_of_their_namespace_and_cluster(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_secret(&s, "shop", "hub");
	add_pod(&s, "test", "p", NULL, NULL)->pull_secrets = texts(&s, "hub", NULL);
	add_cluster(&s, "stage", "22222222-bbbb");
	add_pod(&s, "shop", "p", NULL, NULL)->pull_secrets = texts(&s, "hub", NULL);
	assert_int_equal(secret_named(scenario_world(&s), "shop", "hub")->uses.len, 0);
	scenario_release(&s);
}

static void check_reads(const struct world *world, const char *workload, const char *expected)
{
	char names[256] = "";
	const struct world_list *reads = &workload_named(world, workload)->reads;
	for (size_t i = 0; i < reads->len; i++) {
		const struct slice *name = reads->items[i];
		size_t len = strlen(names);
		snprintf(names + len, sizeof names - len, "%s%.*s", i ? " " : "", SLICE_ARG(*name));
	}
	assert_string_equal(names, expected);
}

/* Secrets of any type, whether they hold a login or were read at all: what bad code can take. */
static void every_secret_that_a_workload_can_read_is_named(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_secret(&s, "shop", "hub");
	struct pod *web = add_pod(&s, "shop", "web", "StatefulSet", "web");
	struct pod *other = add_pod(&s, "shop", "other", "StatefulSet", "web");
	other->phase = SLICE("Succeeded");
	add_reader(&s, web, "hub", "volume");
	add_reader(&s, web, "tls", "projected");
	add_reader(&s, web, "database", "env");
	add_reader(&s, web, "database", "env_from");
	add_reader(&s, other, "database", "csi");
	add_reader(&s, other, "api", "env");
	add_reader(&s, add_pod(&s, "shop", "alone", NULL, NULL), "tls", "env");
	struct workload *job = add_workload(&s, "shop", "CronJob", "night");
	add_template(&s, job, "acme/job:1");
	struct secret_reader *reader = add_reader(&s, web, "report", "env");
	reader->holder_group = SLICE("batch");
	reader->holder_kind = SLICE("CronJob");
	reader->holder = SLICE("night");
	add_pod(&s, "shop", "nothing", NULL, NULL);
	const struct world *world = scenario_world(&s);
	check_reads(world, "shop/StatefulSet.apps/web", "api database hub tls");
	check_reads(world, "shop/Pod/alone", "tls");
	check_reads(world, "shop/CronJob.batch/night", "report");
	check_reads(world, "shop/Pod/nothing", "");
	scenario_release(&s);
}

/* What an earlier reading of the pod had is not read any more. */
static void what_is_not_of_the_latest_reading_is_not_named(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct pod *web = add_pod(&s, "shop", "web", NULL, NULL);
	add_reader(&s, web, "old", "env");
	struct secret_reader *still = add_reader(&s, web, "still", "env");
	add_read(&s, HOUR(1));
	web->last_seen = still->last_seen = HOUR(1);
	check_reads(scenario_world(&s), "shop/Pod/web", "still");
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pods_that_list_a_secret_pull_with_it),
		cmocka_unit_test(only_ended_pods_are_no_pull_to_come),
		cmocka_unit_test(template_without_pods_uses_what_it_lists),
		cmocka_unit_test(gone_workload_and_old_replica_sets_use_nothing),
		cmocka_unit_test(replica_sets_of_an_owner_that_was_not_read_count_while_they_run),
		cmocka_unit_test(account_gives_its_list_to_templates_that_have_none),
		cmocka_unit_test(live_pods_do_not_follow_their_account),
		cmocka_unit_test(account_without_workloads_uses_what_it_lists),
		cmocka_unit_test(readers_are_counted_once_a_pod),
		cmocka_unit_test(reader_of_an_earlier_reading_reads_no_more),
		cmocka_unit_test(secrets_are_of_their_namespace_and_cluster),
		cmocka_unit_test(every_secret_that_a_workload_can_read_is_named),
		cmocka_unit_test(what_is_not_of_the_latest_reading_is_not_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
