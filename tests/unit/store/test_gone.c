#include "fixture.h"

#include "support/torture.h"

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

/* --- deletions --- */

static void put_deletion(struct fixture *f, int64_t read, const char *kind, const char *uid)
{
	struct deletion deletion;
	record_init(&deletion_type, &deletion);
	deletion.kind = slice_of(kind);
	deletion.uid = slice_of(uid);
	deletion.namespace = SLICE("shop");
	deletion.name = SLICE("hub");
	put(f, read, &deletion_type, &deletion);
}

static void delete_at(struct fixture *f, const char *kind, const char *uid, int64_t as_of)
{
	int64_t read = begin_once(f, "prod", UID_A, as_of);
	put_deletion(f, read, kind, uid);
	assert_int_equal(finish(f, read, UID_A, as_of), 0);
	commit(f);
}

struct deletion_case {
	const char *kind, *uid;
	enum truth gone;
};

/* One store for each case: a record put at hour 1, a deletion seen at hour 2. */
static void check_deletions(const struct record_type *type, const void *record, const struct deletion_case *cases,
			    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		void *state;
		fixture_setup(&state);
		struct fixture *f = state;
		int64_t read = begin_once(f, "prod", UID_A, HOUR(1));
		put(f, read, type, record);
		finish(f, read, UID_A, HOUR(1));
		commit(f);
		delete_at(f, cases[i].kind, cases[i].uid, HOUR(2));
		if (gone_of(f, type) != cases[i].gone)
			fail_msg("%s: deleted %s %s: gone should be %d", type->name, cases[i].kind, cases[i].uid,
				 cases[i].gone);
		fixture_teardown(&state);
	}
}
#define CHECK_DELETIONS(type, record, cases) check_deletions(type, record, cases, sizeof(cases) / sizeof *(cases))

static void with_a_secret_go_its_entries_and_their_values(void **state)
{
	static const struct deletion_case cases[] = {
		{ "Secret", "secret-1", BOOL_TRUE },
		{ "Secret", "secret-2", BOOL_FALSE },
		{ "Secret", "secret-", BOOL_FALSE },
		{ "Secret", "", BOOL_FALSE },
		{ "Secret.example.org", "secret-1", BOOL_FALSE },
		{ "Pod", "secret-1", BOOL_FALSE },
	};
	struct secret secret;
	struct entry entry;
	struct entry_value value;
	record_init(&secret_type, &secret);
	record_init(&entry_type, &entry);
	record_init(&entry_value_type, &value);
	secret.uid = entry.secret_uid = value.secret_uid = SLICE("secret-1");
	entry.ordinal = value.ordinal = 0;
	CHECK_DELETIONS(&secret_type, &secret, cases);
	CHECK_DELETIONS(&entry_type, &entry, cases);
	CHECK_DELETIONS(&entry_value_type, &value, cases);
}

static void with_a_pod_go_its_containers(void **state)
{
	static const struct deletion_case cases[] = {
		{ "Pod", "pod-1", BOOL_TRUE },
		{ "Pod", "pod-2", BOOL_FALSE },
		{ "Deployment", "pod-1", BOOL_FALSE },
	};
	static const struct deletion_case of_template[] = { { "Deployment", "web", BOOL_FALSE },
							    { "Pod", "web", BOOL_FALSE } };
	struct pod pod;
	struct container container;
	struct secret_reader reader;
	record_init(&pod_type, &pod);
	record_init(&container_type, &container);
	record_init(&secret_reader_type, &reader);
	pod.uid = container.holder = reader.holder = SLICE("pod-1");
	container.holder_kind = reader.holder_kind = SLICE("Pod");
	CHECK_DELETIONS(&pod_type, &pod, cases);
	CHECK_DELETIONS(&container_type, &container, cases);
	CHECK_DELETIONS(&secret_reader_type, &reader, cases);
	container.holder_kind = SLICE("Deployment");
	container.holder_group = SLICE("apps");
	container.holder = SLICE("web"); /* a name, which may come back */
	CHECK_DELETIONS(&container_type, &container, of_template);
}

static void workloads_go_by_their_kind_and_defects_with_their_object(void **state)
{
	static const struct deletion_case built_in[] = {
		{ "Deployment", "uid-1", BOOL_TRUE },
		{ "StatefulSet", "uid-1", BOOL_FALSE },
	};
	static const struct deletion_case custom[] = {
		{ "Rollout.argoproj.io", "uid-1", BOOL_TRUE },
		{ "Rollout", "uid-1", BOOL_FALSE },
	};
	static const struct deletion_case of_secret[] = {
		{ "Secret", "uid-1", BOOL_TRUE },
		{ "Pod", "uid-1", BOOL_FALSE },
	};
	struct workload workload;
	struct defect defect;
	record_init(&workload_type, &workload);
	workload.name = SLICE("web");
	workload.uid = SLICE("uid-1");
	workload.group = SLICE("apps");
	workload.kind = SLICE("Deployment");
	CHECK_DELETIONS(&workload_type, &workload, built_in);
	workload.group = SLICE("argoproj.io");
	workload.kind = SLICE("Rollout");
	CHECK_DELETIONS(&workload_type, &workload, custom);
	record_init(&defect_type, &defect);
	defect.object_kind = SLICE("Secret");
	defect.object_uid = SLICE("uid-1");
	CHECK_DELETIONS(&defect_type, &defect, of_secret);
}

static void what_is_no_object_is_not_deleted(void **state)
{
	static const struct deletion_case cases[] = { { "Event", "uid-1", BOOL_FALSE }, { "", "uid-1", BOOL_FALSE } };
	struct event event;
	struct namespace namespace;
	record_init(&event_type, &event);
	record_init(&namespace_type, &namespace);
	event.uid = SLICE("uid-1");
	namespace.name = SLICE("shop"); /* read without its UID */
	CHECK_DELETIONS(&event_type, &event, cases);
	CHECK_DELETIONS(&namespace_type, &namespace, cases);
}

static enum truth secret_gone(struct fixture *f, const char *uid)
{
	struct record_list secrets = all(f, &secret_type);
	for (size_t i = 0; i < secrets.len; i++)
		if (slice_equal_text(((const struct secret *)secrets.items)[i].uid, uid))
			return ((const struct secret *)secrets.items)[i].gone;
	fail_msg("no secret %s", uid);
	return BOOL_UNKNOWN;
}

/* In one batch of a watch: changed, then deleted, then made again under its name. */
static void the_read_that_saw_the_deletion_may_have_held_it(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin_once(f, "prod", UID_A, HOUR(1));
	put_secret(f, read, "before", "shop", "Opaque");
	put_deletion(f, read, "Secret", "before");
	put_secret(f, read, "after", "shop", "Opaque");
	commit(f);
	assert_int_equal(secret_gone(f, "before"), BOOL_TRUE); /* what it saw it saw, though it goes on */
	assert_int_equal(secret_gone(f, "after"), BOOL_FALSE);
	assert_int_equal(finish(f, read, UID_A, HOUR(1)), 0);
	commit(f);
	assert_int_equal(secret_gone(f, "before"), BOOL_TRUE);
	assert_int_equal(secret_gone(f, "after"), BOOL_FALSE);
	assert_int_equal(gone_of(f, &deletion_type), BOOL_FALSE);
}

static void put_read(struct fixture *f, const char *secret, int64_t as_of)
{
	int64_t read = begin_once(f, "prod", UID_A, as_of);
	put_secret(f, read, secret, "shop", "Opaque");
	assert_int_equal(finish(f, read, UID_A, as_of), 0);
	commit(f);
}

static void only_deletions_that_are_not_earlier_count(void **state)
{
	struct fixture *f = *state;
	put_read(f, "secret-1", HOUR(3));
	delete_at(f, "Secret", "secret-1", HOUR(2));
	assert_int_equal(secret_gone(f, "secret-1"), BOOL_FALSE);
	delete_at(f, "Secret", "secret-1", HOUR(4)); /* told once more */
	assert_int_equal(secret_gone(f, "secret-1"), BOOL_TRUE);
	delete_at(f, "Secret", "secret-1", HOUR(1)); /* an old one that is filed late */
	assert_int_equal(secret_gone(f, "secret-1"), BOOL_TRUE);
	assert_int_equal(count_of(f, &deletion_type), 1);
}

static void deletions_stay_in_their_cluster(void **state)
{
	struct fixture *f = *state;
	put_read(f, "secret-1", HOUR(1));
	int64_t read = begin_once(f, "other", UID_B, HOUR(2));
	put_deletion(f, read, "Secret", "secret-1");
	assert_int_equal(finish(f, read, UID_B, HOUR(2)), 0);
	commit(f);
	assert_int_equal(secret_gone(f, "secret-1"), BOOL_FALSE);
}

/* What stands for a UID where a dump has none is a name. */
static void a_name_may_come_back(void **state)
{
	struct fixture *f = *state;
	put_read(f, "shop/hub", HOUR(1));
	delete_at(f, "Secret", "shop/hub", HOUR(2));
	assert_int_equal(secret_gone(f, "shop/hub"), BOOL_FALSE);
}

/* A watch of a cluster that was known by its address until a read told its UID. */
static void deletions_move_with_their_cluster(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin_once(f, "prod", NULL, HOUR(1));
	put_secret(f, read, "secret-1", "shop", "Opaque");
	put_deletion(f, read, "Secret", "secret-1");
	assert_int_equal(finish(f, read, NULL, HOUR(1)), 0);
	commit(f);
	assert_int_equal(secret_gone(f, "secret-1"), BOOL_TRUE);
	read = begin_once(f, "prod", NULL, HOUR(0));
	put_secret(f, read, "secret-1", "shop", "Opaque");
	assert_int_equal(finish(f, read, UID_A, HOUR(0)), 0);
	commit(f);
	check_slice(((const struct deletion *)all(f, &deletion_type).items)->cluster, UID_A);
	assert_int_equal(secret_gone(f, "secret-1"), BOOL_TRUE);
}

/* --- reads that did not end --- */

static void coverage_of_a_read_that_did_not_end_makes_nothing_gone(void **state)
{
	struct fixture *f = *state;
	put_read(f, "secret-1", HOUR(1));
	int64_t read = begin_once(f, "prod", UID_A, HOUR(2));
	put_coverage(f, read, "Secret", "*", "*", "complete");
	put_coverage(f, read, "Pod", "*", "*", "forbidden");
	commit(f);
	assert_int_equal(secret_gone(f, "secret-1"), BOOL_FALSE);
	reopen(f); /* nobody ended it */
	check_slice(read_of(f, read)->outcome, "interrupted");
	assert_int_equal(secret_gone(f, "secret-1"), BOOL_FALSE);
	struct record_list coverage = all(f, &coverage_type);
	const struct coverage *items = coverage.items;
	assert_int_equal(coverage.len, 2);
	check_slice(items[0].kind, "Pod");
	check_slice(items[0].outcome, "forbidden");
	check_slice(items[1].outcome, "interrupted");
	check_slice(items[1].why, "the read that it is part of did not end");
	later_read(f, &(struct coverage_case){ "Secret", "*", "*", "complete", 0 }, HOUR(3));
	assert_int_equal(secret_gone(f, "secret-1"), BOOL_TRUE);
}

/* --- memory --- */

static int read_back(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = { .max = SIZE_MAX };
	struct record_list secrets;
	return store_read_all(data, &secret_type, NULL, 0, &arena, &secrets, err);
}

static void memory_may_run_out(void **state)
{
	struct fixture *f = *state;
	put_read(f, "secret-1", HOUR(1));
	delete_at(f, "Secret", "secret-1", HOUR(2));
	later_read(f, &(struct coverage_case){ "Secret", "*", "*", "complete", 0 }, HOUR(3));
	torture(read_back, f->store);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_go_by_namespace_and_type),
		cmocka_unit_test(workloads_go_by_kind_and_group),
		cmocka_unit_test(pod_containers_go_with_pods),
		cmocka_unit_test(a_defect_goes_with_the_kind_that_it_is_about),
		cmocka_unit_test(history_events_and_gaps_never_go),
		STORE_TEST(only_later_reads_of_the_same_cluster_count),
		cmocka_unit_test(with_a_secret_go_its_entries_and_their_values),
		cmocka_unit_test(with_a_pod_go_its_containers),
		cmocka_unit_test(workloads_go_by_their_kind_and_defects_with_their_object),
		cmocka_unit_test(what_is_no_object_is_not_deleted),
		STORE_TEST(the_read_that_saw_the_deletion_may_have_held_it),
		STORE_TEST(only_deletions_that_are_not_earlier_count),
		STORE_TEST(deletions_stay_in_their_cluster),
		STORE_TEST(a_name_may_come_back),
		STORE_TEST(deletions_move_with_their_cluster),
		STORE_TEST(coverage_of_a_read_that_did_not_end_makes_nothing_gone),
		STORE_TEST(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
