#include "fixture.h"

/* What a later read says about how far it saw, and whether the record of the first read is gone then. */
struct coverage_case {
	const char *kind, *namespace, *subtype, *outcome;
	enum truth gone;
};

/* Later reads that hold nothing but their coverage. */
static void later_read(struct fixture *f, const struct coverage_case *said, int64_t as_of)
{
	int64_t read = begin(f, "prod", UID_A, as_of);
	put_coverage(f, read, said->kind, said->namespace, said->subtype, said->outcome);
	assert_int_equal(finish(f, read, UID_A, as_of), 0);
	commit(f);
}

static enum truth gone_of(struct fixture *f, const struct record_type *type)
{
	struct record_list records = all(f, type);
	assert_int_equal(records.len, 1);
	return field_bool(record_field(type, "gone"), records.items);
}

/* One store for each case: a record of shop put at hour 1, coverage at hour 2. */
static void check_cases(const struct record_type *type, const void *record, const struct coverage_case *cases,
			size_t count)
{
	for (size_t i = 0; i < count; i++) {
		void *state;
		fixture_setup(&state);
		struct fixture *f = state;
		int64_t read = begin(f, "prod", UID_A, HOUR(1));
		put(f, read, type, record);
		finish(f, read, UID_A, HOUR(1));
		commit(f);
		assert_int_equal(gone_of(f, type), BOOL_FALSE);
		later_read(f, &cases[i], HOUR(2));
		if (gone_of(f, type) != cases[i].gone)
			fail_msg("%s: %s %s %s %s: gone should be %d", type->name, cases[i].kind, cases[i].namespace,
				 cases[i].subtype, cases[i].outcome, cases[i].gone);
		fixture_teardown(&state);
	}
}
#define CHECK_CASES(type, record, cases) check_cases(type, record, cases, sizeof(cases) / sizeof *(cases))

static void secrets_go_by_namespace_and_type(void **state)
{
	static const struct coverage_case cases[] = {
		{ "Secret", "*", "*", "complete", BOOL_TRUE },
		{ "Secret", "shop", "*", "complete", BOOL_TRUE },
		{ "Secret", "*", "kubernetes.io/dockercfg", "complete", BOOL_TRUE },
		{ "Secret", "shop", "kubernetes.io/dockercfg", "complete", BOOL_TRUE },
		{ "Secret", "*", "*", "partial", BOOL_FALSE },
		{ "Secret", "*", "*", "absent", BOOL_FALSE },
		{ "Secret", "*", "*", "unknown_kind", BOOL_FALSE },
		{ "Secret", "shop2", "*", "complete", BOOL_FALSE },
		{ "Secret", "sho", "*", "complete", BOOL_FALSE },
		{ "Secret", "", "*", "complete", BOOL_FALSE },
		{ "Secret", "shop", "Opaque", "complete", BOOL_FALSE },
		{ "Secret.example.org", "*", "*", "complete", BOOL_FALSE },
		{ "Pod", "*", "*", "complete", BOOL_FALSE },
	};
	struct secret secret;
	struct entry entry;
	record_init(&secret_type, &secret);
	secret.uid = SLICE("secret-1");
	secret.namespace = SLICE("shop");
	secret.type = SLICE("kubernetes.io/dockercfg");
	CHECK_CASES(&secret_type, &secret, cases);
	record_init(&entry_type, &entry);
	entry.secret_uid = SLICE("secret-1");
	entry.data_key = SLICE(".dockercfg");
	entry.registry_key = SLICE("docker.io");
	entry.ordinal = 0;
	entry.namespace = SLICE("shop");
	entry.subtype = SLICE("kubernetes.io/dockercfg");
	CHECK_CASES(&entry_type, &entry, cases);
}

static void workloads_go_by_kind_and_group(void **state)
{
	static const struct coverage_case built_in[] = {
		{ "Deployment", "*", "*", "complete", BOOL_TRUE },
		{ "Deployment.apps", "*", "*", "complete", BOOL_FALSE },
		{ "StatefulSet", "*", "*", "complete", BOOL_FALSE },
	};
	static const struct coverage_case custom[] = {
		{ "Rollout.argoproj.io", "*", "*", "complete", BOOL_TRUE },
		{ "Rollout.argoproj.io", "shop", "*", "complete", BOOL_TRUE },
		{ "Rollout", "*", "*", "complete", BOOL_FALSE },
		{ "Rollout.other.io", "*", "*", "complete", BOOL_FALSE },
	};
	struct workload workload;
	struct container container;
	record_init(&workload_type, &workload);
	workload.namespace = SLICE("shop");
	workload.group = SLICE("apps");
	workload.kind = SLICE("Deployment");
	workload.name = SLICE("web");
	CHECK_CASES(&workload_type, &workload, built_in);
	workload.group = SLICE("argoproj.io");
	workload.kind = SLICE("Rollout");
	CHECK_CASES(&workload_type, &workload, custom);
	record_init(&container_type, &container);
	container.namespace = SLICE("shop");
	container.holder_group = SLICE("argoproj.io");
	container.holder_kind = SLICE("Rollout");
	container.holder = SLICE("web");
	CHECK_CASES(&container_type, &container, custom);
}

static void pod_containers_go_with_pods(void **state)
{
	static const struct coverage_case cases[] = {
		{ "Pod", "*", "*", "complete", BOOL_TRUE },
		{ "Deployment", "*", "*", "complete", BOOL_FALSE },
	};
	struct container container;
	record_init(&container_type, &container);
	container.namespace = SLICE("shop");
	container.holder_group = SLICE("");
	container.holder_kind = SLICE("Pod");
	container.holder = SLICE("pod-1");
	CHECK_CASES(&container_type, &container, cases);
}

static void a_defect_goes_with_the_kind_that_it_is_about(void **state)
{
	static const struct coverage_case cases[] = {
		{ "Secret", "*", "*", "complete", BOOL_TRUE },
		{ "Secret", "shop", "*", "complete", BOOL_TRUE },
		{ "Secret", "*", "kubernetes.io/dockercfg", "complete", BOOL_FALSE },
		{ "Pod", "*", "*", "complete", BOOL_FALSE },
	};
	static const struct coverage_case of_file[] = { { "Secret", "*", "*", "complete", BOOL_FALSE } };
	struct defect defect;
	record_init(&defect_type, &defect);
	defect.object_kind = SLICE("Secret");
	defect.namespace = SLICE("shop");
	defect.object = SLICE("hub");
	defect.code = SLICE("bad_base64");
	CHECK_CASES(&defect_type, &defect, cases);
	defect.object_kind = SLICE("File");
	CHECK_CASES(&defect_type, &defect, of_file);
}

static void history_events_and_gaps_never_go(void **state)
{
	static const struct coverage_case of_events[] = { { "Event", "*", "*", "complete", BOOL_FALSE } };
	static const struct coverage_case of_secrets[] = { { "Secret", "*", "*", "complete", BOOL_FALSE } };
	struct event event;
	struct gap gap;
	struct entry_value value;
	record_init(&event_type, &event);
	CHECK_CASES(&event_type, &event, of_events);
	record_init(&gap_type, &gap);
	CHECK_CASES(&gap_type, &gap, of_events);
	record_init(&entry_value_type, &value);
	CHECK_CASES(&entry_value_type, &value, of_secrets);
}

static void only_later_reads_of_the_same_cluster_count(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin(f, "prod", UID_A, HOUR(2));
	put_pod(f, read, "pod-1", "shop", "node-1");
	put_coverage(f, read, "Pod", "*", "*", "complete"); /* the read that held it */
	finish(f, read, UID_A, HOUR(2));
	commit(f);
	assert_int_equal(pod_of(f, "pod-1")->gone, BOOL_FALSE);
	later_read(f, &(struct coverage_case){ "Pod", "*", "*", "complete", 0 }, HOUR(1)); /* older */
	later_read(f, &(struct coverage_case){ "Pod", "*", "*", "complete", 0 }, HOUR(2)); /* of the same time */
	assert_int_equal(pod_of(f, "pod-1")->gone, BOOL_FALSE);
	read = begin(f, "other", UID_B, HOUR(9));
	put_coverage(f, read, "Pod", "*", "*", "complete");
	finish(f, read, UID_B, HOUR(9));
	commit(f);
	assert_int_equal(pod_of(f, "pod-1")->gone, BOOL_FALSE);
	later_read(f, &(struct coverage_case){ "Pod", "*", "*", "complete", 0 }, HOUR(3));
	assert_int_equal(pod_of(f, "pod-1")->gone, BOOL_TRUE);
	read = begin(f, "prod", UID_A, HOUR(4)); /* and back again */
	put_pod(f, read, "pod-1", "shop", "node-1");
	finish(f, read, UID_A, HOUR(4));
	commit(f);
	assert_int_equal(pod_of(f, "pod-1")->gone, BOOL_FALSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_go_by_namespace_and_type),
		cmocka_unit_test(workloads_go_by_kind_and_group),
		cmocka_unit_test(pod_containers_go_with_pods),
		cmocka_unit_test(a_defect_goes_with_the_kind_that_it_is_about),
		cmocka_unit_test(history_events_and_gaps_never_go),
		cmocka_unit_test_setup_teardown(only_later_reads_of_the_same_cluster_count, fixture_setup,
						fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
