#include "derive/scenario.h"

static void everything_live(struct scenario *s)
{
	add_account(s, "shop", "builder")->pull_secrets = texts(s, "hub", NULL);
	struct workload *web = add_workload(s, "shop", "Deployment", "web");
	web->pull_secrets = texts(s, "hub", NULL);
	add_template(s, web, "acme/web:1");
	for (int i = 0; i < 3; i++) {
		struct pod *pod = add_pod(s, "shop", "p", "Deployment", "web");
		pod->uid = arena_printf(&s->arena, "%d", i);
		pod->pull_secrets = texts(s, "hub", NULL);
	}
}

static void each_holder_of_a_dangling_reference_is_told_once(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	everything_live(&s);
	add_secret(&s, "test", "hub"); /* of another namespace */
	struct world *world = scenario_world(&s);
	assert_int_equal(world->missing.len, 2);
	const struct world_missing *web = world->missing.items[0], *builder = world->missing.items[1];
	check_slice(web->holder_kind, "Deployment");
	check_slice(web->holder, "web");
	check_slice(web->secret, "hub");
	check_slice(builder->holder_kind, "ServiceAccount");
	check_slice(builder->holder, "builder");
	scenario_release(&s);
}

static void secret_that_is_there_is_not_missing(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	everything_live(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	assert_int_equal(scenario_world(&s)->missing.len, 0);
	hub->gone = BOOL_TRUE;
	assert_int_equal(scenario_world(&s)->missing.len, 2);
	scenario_release(&s);
}

static void ended_pods_miss_nothing(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct pod *done = add_pod(&s, "shop", "done", NULL, NULL);
	done->phase = SLICE("Succeeded");
	done->pull_secrets = texts(&s, "hub", NULL);
	assert_int_equal(scenario_world(&s)->missing.len, 0);
	scenario_release(&s);
}

static void nothing_is_missing_where_secrets_were_not_all_read(void **state)
{
	(void)state;
	static const struct {
		const char *outcome, *namespace, *subtype;
		size_t missing;
	} cases[] = {
		{ "complete", "*", "*", 2 },
		{ "complete", "shop", "*", 2 },
		{ "metadata", "*", "*", 2 },
		{ "partial", "*", "*", 0 },
		{ "mixed", "*", "*", 0 },
		{ "interrupted", "*", "*", 0 },
		{ "forbidden", "*", "*", 0 },
		{ "failed", "*", "*", 0 },
		{ "absent", "*", "*", 0 },
		{ "complete", "other", "*", 0 },
		{ "complete", "*", "kubernetes.io/dockerconfigjson", 2 },
		{ "complete", "*", "kubernetes.io/dockercfg", 0 },
		{ "complete", "*", "Opaque", 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scenario s;
		scenario_init(&s);
		everything_live(&s);
		struct coverage *coverage = coverage_of(&s, "Secret");
		coverage->outcome = slice_of(cases[i].outcome);
		coverage->namespace = slice_of(cases[i].namespace);
		coverage->subtype = slice_of(cases[i].subtype);
		assert_int_equal(scenario_world(&s)->missing.len, cases[i].missing);
		scenario_release(&s);
	}
}

/* OpenShift's accounts list secrets of the old type, which a list of the new type does not hold. */
static void name_of_the_other_type_is_not_missing_from_a_list_of_one(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_account(&s, "shop", "default")->pull_secrets = texts(&s, "default-dockercfg-x7k2p", NULL);
	struct coverage *coverage = coverage_of(&s, "Secret");
	assert_int_equal(scenario_world(&s)->missing.len, 1);
	coverage->subtype = SLICE("kubernetes.io/dockerconfigjson");
	assert_int_equal(scenario_world(&s)->missing.len, 0);
	scenario_release(&s);
}

static void two_lists_one_for_each_type_are_all_pull_secrets(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_account(&s, "shop", "default")->pull_secrets = texts(&s, "old-dockercfg", "hub", NULL);
	coverage_of(&s, "Secret")->subtype = SLICE("kubernetes.io/dockerconfigjson");
	struct coverage *second = add_record(&s, &coverage_type);
	*second = *coverage_of(&s, "ServiceAccount");
	second->kind = SLICE("Secret");
	second->subtype = SLICE("kubernetes.io/dockercfg");
	assert_int_equal(scenario_world(&s)->missing.len, 2);
	scenario_release(&s);
}

/* A live cluster is asked for both types: where one list failed, a name that it does not hold may be of the other. */
static void one_type_of_a_live_cluster_proves_nothing(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	everything_live(&s);
	add_live_read(&s, HOUR(1));
	assert_int_equal(scenario_world(&s)->missing.len, 2);
	coverage_of(&s, "Secret")->outcome = SLICE("failed"); /* the later of the two: dockercfg */
	assert_int_equal(scenario_world(&s)->missing.len, 0);
	scenario_release(&s);
}

/* ... and lists of one namespace prove nothing of another. */
static void secrets_refused_in_one_namespace_may_be_missing_in_another(void **state)
{
	(void)state;
	static const char *const types[] = { "kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg" };
	struct scenario s;
	scenario_init(&s);
	everything_live(&s);
	add_account(&s, "ci", "builder")->pull_secrets = texts(&s, "hub", NULL);
	add_live_read(&s, HOUR(1));
	for (size_t i = 0; i < 2; i++) {
		add_list(&s, "Secret", "*", types[i], "forbidden");
		add_list(&s, "Secret", "shop", types[i], "forbidden");
		add_list(&s, "Secret", "ci", types[i], "complete");
	}
	for (size_t i = 0; i < s.len; i++) {
		struct coverage *coverage = s.records[i].record;
		if (s.records[i].type == &coverage_type && coverage->read == s.read &&
		    slice_equal_text(coverage->kind, "Secret") && slice_equal_text(coverage->outcome, "complete") &&
		    slice_equal_text(coverage->namespace, "*"))
			coverage->outcome = SLICE("forbidden");
	}
	struct world *world = scenario_world(&s);
	assert_int_equal(world->missing.len, 1);
	check_slice(((const struct world_missing *)world->missing.items[0])->namespace, "ci");
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_holder_of_a_dangling_reference_is_told_once),
		cmocka_unit_test(secret_that_is_there_is_not_missing),
		cmocka_unit_test(ended_pods_miss_nothing),
		cmocka_unit_test(nothing_is_missing_where_secrets_were_not_all_read),
		cmocka_unit_test(name_of_the_other_type_is_not_missing_from_a_list_of_one),
		cmocka_unit_test(two_lists_one_for_each_type_are_all_pull_secrets),
		cmocka_unit_test(one_type_of_a_live_cluster_proves_nothing),
		cmocka_unit_test(secrets_refused_in_one_namespace_may_be_missing_in_another),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
