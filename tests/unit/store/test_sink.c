#include "fixture.h"

#include <string.h>

#include "base/limits.h"
#include "store/store_internal.h"

static void what_is_put_reads_back(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin(f, "prod", UID_A, HOUR(1));
	put_pod(f, read, "pod-1", "shop", "node-1");
	assert_int_equal(finish(f, read, UID_A, HOUR(1)), 0);
	commit(f);
	const struct pod *pod = pod_of(f, "pod-1");
	check_slice(pod->cluster, UID_A);
	check_slice(pod->namespace, "shop");
	check_slice(pod->node, "node-1");
	assert_null(pod->phase.data);
	assert_null(pod->pull_secrets.items);
	assert_true(pod->created == TIME_UNSET);
	assert_true(pod->first_seen == HOUR(1) && pod->last_seen == HOUR(1));
	assert_int_equal(pod->gone, BOOL_FALSE);
}

static void the_read_itself_is_kept(void **state)
{
	struct fixture *f = *state;
	int64_t id = begin(f, "prod", NULL, TIME_UNSET);
	finish(f, id, UID_A, HOUR(2));
	commit(f);
	struct record_list reads = all(f, &read_type);
	const struct read *read = reads.items;
	assert_int_equal(reads.len, 1);
	assert_true(read->id == id);
	check_slice(read->source, "/dumps/prod");
	check_slice(read->source_kind, "snapshot");
	check_slice(read->cluster, UID_A);
	check_slice(read->as_of_from, "given");
	check_slice(read->outcome, "complete");
	assert_null(read->why.data);
	assert_true(read->as_of == HOUR(2) && read->objects == 7 && read->defects == 0);
	assert_true(read->started != TIME_UNSET && read->ended >= read->started);
}

static void read_pods(struct fixture *f, int64_t as_of, const char *node)
{
	int64_t read = begin(f, "prod", NULL, TIME_UNSET);
	put_pod(f, read, "pod-1", "shop", node);
	put_coverage(f, read, "Pod", "*", "*", "complete");
	assert_int_equal(finish(f, read, UID_A, as_of), 0);
	commit(f);
}

static void a_later_read_overwrites_and_keeps_first_seen(void **state)
{
	struct fixture *f = *state;
	read_pods(f, HOUR(1), "node-1");
	read_pods(f, HOUR(3), "node-2");
	const struct pod *pod = pod_of(f, "pod-1");
	check_slice(pod->node, "node-2");
	assert_true(pod->first_seen == HOUR(1) && pod->last_seen == HOUR(3));
	assert_int_equal(count_of(f, &pod_type), 1);
}

static void the_same_snapshot_twice_changes_only_the_reads(void **state)
{
	struct fixture *f = *state;
	read_pods(f, HOUR(1), "node-1");
	const char *before = contents(f);
	read_pods(f, HOUR(1), "node-1");
	const char *after = contents(f);
	/* What is new is one read and its coverage; every other line stands as it did. */
	assert_int_equal(count_of(f, &read_type), 2);
	assert_int_equal(count_of(f, &coverage_type), 2);
	const char *pods = strstr(before, "\npod "), *pods_after = strstr(after, "\npod ");
	assert_non_null(pods);
	assert_string_equal(pods, pods_after);
	assert_memory_equal(before, after, strchr(before, '\n') - before); /* the cluster's line */
}

static void an_older_read_that_is_known_to_be_older_keeps_what_is_newer(void **state)
{
	struct fixture *f = *state;
	read_pods(f, HOUR(5), "node-new");
	int64_t read = begin(f, "prod", UID_A, HOUR(2));
	put_pod(f, read, "pod-1", "shop", "node-old");
	put_pod(f, read, "pod-2", "shop", "node-old");
	assert_int_equal(finish(f, read, UID_A, HOUR(2)), 0);
	commit(f);
	const struct pod *both = pod_of(f, "pod-1"), *only_old = pod_of(f, "pod-2");
	check_slice(both->node, "node-new");
	assert_true(both->first_seen == HOUR(2) && both->last_seen == HOUR(5));
	check_slice(only_old->node, "node-old");
	assert_true(only_old->first_seen == HOUR(2) && only_old->last_seen == HOUR(2));
	assert_int_equal(only_old->gone, BOOL_TRUE); /* the complete read of hour 5 did not hold it */
	assert_int_equal(both->gone, BOOL_FALSE);
}

static void a_read_between_two_moves_only_what_it_may(void **state)
{
	struct fixture *f = *state;
	read_pods(f, HOUR(5), "node-5");
	int64_t read = begin(f, "prod", UID_A, HOUR(1));
	put_pod(f, read, "pod-2", "shop", "node-1");
	finish(f, read, UID_A, HOUR(1));
	commit(f);
	read = begin(f, "prod", UID_A, HOUR(3));
	put_pod(f, read, "pod-1", "shop", "node-3");
	put_pod(f, read, "pod-2", "shop", "node-3");
	finish(f, read, UID_A, HOUR(3));
	commit(f);
	check_slice(pod_of(f, "pod-1")->node, "node-5");
	assert_true(pod_of(f, "pod-1")->first_seen == HOUR(3) && pod_of(f, "pod-1")->last_seen == HOUR(5));
	check_slice(pod_of(f, "pod-2")->node, "node-3"); /* newer than what hour 1 wrote */
	assert_true(pod_of(f, "pod-2")->first_seen == HOUR(1) && pod_of(f, "pod-2")->last_seen == HOUR(3));
}

static void learning_at_the_end_that_it_is_older_asks_again(void **state)
{
	struct fixture *f = *state;
	read_pods(f, HOUR(5), "node-new");
	const char *before = contents(f);
	int64_t read = begin(f, "prod", NULL, TIME_UNSET);
	put_pod(f, read, "pod-1", "shop", "node-old");
	assert_int_equal(finish(f, read, UID_A, HOUR(2)), SINK_AGAIN);
	f->sink->ops->rollback(f->sink);
	assert_string_equal(before, contents(f));
	read = begin(f, "prod", UID_A, HOUR(2));
	put_pod(f, read, "pod-1", "shop", "node-old");
	assert_int_equal(finish(f, read, UID_A, HOUR(2)), 0);
	commit(f);
	check_slice(pod_of(f, "pod-1")->node, "node-new");
	assert_true(pod_of(f, "pod-1")->first_seen == HOUR(2));
}

/* The retry may hold reads that the first try did not come to: nothing is known of those, and they are not asked again.
 */
static void it_is_never_asked_twice(void **state)
{
	struct fixture *f = *state;
	read_pods(f, HOUR(5), "node-new");
	int64_t read = begin(f, "prod", NULL, TIME_UNSET);
	assert_int_equal(finish(f, read, UID_A, HOUR(2)), SINK_AGAIN);
	f->sink->ops->rollback(f->sink);
	read = begin(f, "prod", NULL, TIME_UNSET);
	put_pod(f, read, "pod-1", "shop", "node-old");
	put_pod(f, read, "pod-2", "shop", "node-old");
	put_coverage(f, read, "Node", "*", "*", "complete");
	assert_int_equal(finish(f, read, UID_A, HOUR(2)), 0);
	commit(f);
	check_slice(pod_of(f, "pod-1")->node, "node-new");
	assert_true(pod_of(f, "pod-1")->first_seen == HOUR(2) && pod_of(f, "pod-1")->last_seen == HOUR(5));
	check_slice(pod_of(f, "pod-2")->node, "node-old");
	assert_int_equal(count_of(f, &cluster_type), 1);
	check_slice(((const struct coverage *)all(f, &coverage_type).items)[1].cluster, UID_A);
}

/* As when the same dump is given twice: the later reading of the same time is as good as the earlier, and wins. */
static void a_retry_of_the_same_time_overwrites(void **state)
{
	struct fixture *f = *state;
	read_pods(f, HOUR(5), "node-first");
	int64_t read = begin(f, "prod", NULL, TIME_UNSET);
	assert_int_equal(finish(f, read, UID_A, HOUR(2)), SINK_AGAIN);
	f->sink->ops->rollback(f->sink);
	read = begin(f, "prod", NULL, TIME_UNSET);
	put_pod(f, read, "pod-1", "shop", "node-second");
	assert_int_equal(finish(f, read, UID_A, HOUR(5)), 0);
	commit(f);
	check_slice(pod_of(f, "pod-1")->node, "node-second");
	assert_true(pod_of(f, "pod-1")->first_seen == HOUR(5) && pod_of(f, "pod-1")->last_seen == HOUR(5));
}

static void rollback_leaves_no_trace(void **state)
{
	struct fixture *f = *state;
	read_pods(f, HOUR(1), "node-1");
	const char *before = contents(f);
	int64_t read = begin(f, "other", NULL, TIME_UNSET);
	put_pod(f, read, "pod-9", "shop", "node-1");
	f->sink->ops->rollback(f->sink);
	f->sink->ops->rollback(f->sink); /* twice is once */
	assert_string_equal(before, contents(f));
	read_pods(f, HOUR(2), "node-2");
	check_slice(pod_of(f, "pod-1")->node, "node-2");
}

static void the_same_object_twice_in_a_read_is_one(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin(f, "prod", NULL, TIME_UNSET);
	put_pod(f, read, "pod-1", "shop", "node-1");
	put_pod(f, read, "pod-1", "shop", "node-2");
	put_coverage(f, read, "Pod", "*", "*", "complete");
	put_coverage(f, read, "Pod", "*", "*", "partial");
	finish(f, read, UID_A, HOUR(1));
	commit(f);
	check_slice(pod_of(f, "pod-1")->node, "node-2");
	struct record_list coverage = all(f, &coverage_type);
	assert_int_equal(coverage.len, 1);
	check_slice(((const struct coverage *)coverage.items)->outcome, "partial");
	assert_true(((const struct coverage *)coverage.items)->read == read);
}

static void wrong_calls_are_refused(void **state)
{
	struct fixture *f = *state;
	struct pod pod;
	struct incident incident;
	record_init(&pod_type, &pod);
	record_init(&incident_type, &incident);
	pod.uid = SLICE("pod-1");
	assert_int_equal(f->sink->ops->put(f->sink, 1, &pod_type, &pod, &f->err), -1);
	check_error(&f->err, ERROR_STORE, "not open");
	int64_t read = begin(f, "prod", UID_A, HOUR(1));
	assert_int_equal(f->sink->ops->put(f->sink, read, &incident_type, &incident, &f->err), -1);
	check_error(&f->err, ERROR_STORE, "incident");
	struct sink_end end = { .cluster_uid = SLICE(UID_B), .as_of = HOUR(1) };
	assert_int_equal(f->sink->ops->finish(f->sink, read, &end, &f->err), -1);
	check_error(&f->err, ERROR_STORE, UID_B);
	f->sink->ops->rollback(f->sink);
	assert_int_equal(count_of(f, &read_type), 0);
}

/* SQLite ends the transaction by itself then; nothing may slip in behind it. */
static void a_full_disk_keeps_nothing_of_the_read(void **state)
{
	struct fixture *f = *state;
	read_pods(f, HOUR(1), "node-1");
	const char *before = contents(f);
	assert_int_equal(sqlite3_exec(f->store->db, "PRAGMA max_page_count = 40", NULL, NULL, NULL), SQLITE_OK);
	int64_t read = begin(f, "prod", UID_A, HOUR(2));
	struct pod pod;
	record_init(&pod_type, &pod);
	int result = 0;
	for (int i = 0; i < 100000 && result == 0; i++) {
		char uid[32];
		snprintf(uid, sizeof uid, "other-%d", i);
		pod.uid = slice_of(uid);
		result = f->sink->ops->put(f->sink, read, &pod_type, &pod, &f->err);
	}
	assert_int_equal(result, -1);
	check_error(&f->err, ERROR_STORE, "no space left");
	if (sqlite3_get_autocommit(f->store->db)) {
		assert_int_equal(f->sink->ops->put(f->sink, read, &pod_type, &pod, &f->err), -1);
		check_error(&f->err, ERROR_STORE, "not open");
		assert_int_equal(f->sink->ops->commit(f->sink, &f->err), -1);
		check_error(&f->err, ERROR_STORE, "lost");
	}
	f->sink->ops->rollback(f->sink);
	assert_string_equal(before, contents(f));
	assert_int_equal(sqlite3_exec(f->store->db, "PRAGMA max_page_count = 100000", NULL, NULL, NULL), SQLITE_OK);
	read_pods(f, HOUR(3), "node-3");
	check_slice(pod_of(f, "pod-1")->node, "node-3");
}

static void a_lost_transaction_is_noticed(void **state)
{
	struct fixture *f = *state;
	struct pod pod;
	int64_t read = begin(f, "prod", UID_A, HOUR(1));
	finish(f, read, UID_A, HOUR(1));
	assert_int_equal(sqlite3_exec(f->store->db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	record_init(&pod_type, &pod);
	assert_int_equal(f->sink->ops->put(f->sink, read, &pod_type, &pod, &f->err), -1);
	check_error(&f->err, ERROR_STORE, "not open");
	assert_int_equal(f->sink->ops->commit(f->sink, &f->err), -1);
	check_error(&f->err, ERROR_STORE, "lost");
	f->sink->ops->rollback(f->sink);
	read_pods(f, HOUR(1), "node-1");
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_is_put_reads_back),
		STORE_TEST(the_read_itself_is_kept),
		STORE_TEST(a_later_read_overwrites_and_keeps_first_seen),
		STORE_TEST(the_same_snapshot_twice_changes_only_the_reads),
		STORE_TEST(an_older_read_that_is_known_to_be_older_keeps_what_is_newer),
		STORE_TEST(a_read_between_two_moves_only_what_it_may),
		STORE_TEST(learning_at_the_end_that_it_is_older_asks_again),
		STORE_TEST(it_is_never_asked_twice),
		STORE_TEST(a_retry_of_the_same_time_overwrites),
		STORE_TEST(rollback_leaves_no_trace),
		STORE_TEST(the_same_object_twice_in_a_read_is_one),
		STORE_TEST(wrong_calls_are_refused),
		STORE_TEST(a_full_disk_keeps_nothing_of_the_read),
		STORE_TEST(a_lost_transaction_is_noticed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
