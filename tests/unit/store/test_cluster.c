#include "fixture.h"

#include <string.h>

#include "store/store_internal.h"

static int64_t read_cluster(struct fixture *f, const char *name, const char *uid, int64_t as_of, const char *pod,
			    const char *node)
{
	int64_t read = begin(f, name, NULL, TIME_UNSET);
	put_pod(f, read, pod, "shop", node);
	put_coverage(f, read, "Pod", "*", "*", "complete");
	int result = finish(f, read, uid, as_of);
	if (result == SINK_AGAIN) {
		f->sink->ops->rollback(f->sink);
		read = begin(f, name, uid, as_of);
		put_pod(f, read, pod, "shop", node);
		put_coverage(f, read, "Pod", "*", "*", "complete");
		result = finish(f, read, uid, as_of);
	}
	assert_int_equal(result, 0);
	commit(f);
	return read;
}

static const struct cluster *only_cluster(struct fixture *f)
{
	struct record_list clusters = all(f, &cluster_type);
	assert_int_equal(clusters.len, 1);
	return clusters.items;
}

static void without_a_uid_it_is_provisional_and_found_again_by_address(void **state)
{
	struct fixture *f = *state;
	read_cluster(f, "prod", NULL, HOUR(1), "pod-1", "node-1");
	read_cluster(f, "prod", NULL, HOUR(2), "pod-1", "node-2");
	const struct cluster *cluster = only_cluster(f);
	check_slice(cluster->cluster, "/dumps/prod");
	check_slice(cluster->name, "prod");
	check_slice(cluster->server_version, "v1.31.2");
	assert_null(cluster->uid.data);
	assert_int_equal(cluster->provisional, BOOL_TRUE);
	assert_true(cluster->first_seen == HOUR(1) && cluster->last_seen == HOUR(2));
	check_slice(pod_of(f, "pod-1")->cluster, "/dumps/prod");
}

static void a_learnt_uid_keeps_everything_in_place(void **state)
{
	struct fixture *f = *state;
	read_cluster(f, "prod", NULL, HOUR(1), "pod-1", "node-1");
	read_cluster(f, "prod", UID_A, HOUR(2), "pod-2", "node-1");
	const struct cluster *cluster = only_cluster(f);
	check_slice(cluster->cluster, UID_A);
	check_slice(cluster->uid, UID_A);
	assert_int_equal(cluster->provisional, BOOL_FALSE);
	check_slice(pod_of(f, "pod-1")->cluster, UID_A);
	check_slice(pod_of(f, "pod-2")->cluster, UID_A);
	assert_int_equal(pod_of(f, "pod-1")->gone, BOOL_TRUE);
}

static void a_uid_given_at_the_start_promotes_the_provisional_one(void **state)
{
	struct fixture *f = *state;
	read_cluster(f, "prod", NULL, HOUR(1), "pod-1", "node-1");
	int64_t read = begin(f, "prod", UID_A, HOUR(2));
	assert_int_equal(finish(f, read, UID_A, HOUR(2)), 0);
	commit(f);
	check_slice(only_cluster(f)->cluster, UID_A);
}

/* Once known, and given to begin, it need not be told again; as when a read is begun anew that was not come to. */
static void a_uid_given_at_the_start_stays_when_the_end_has_none(void **state)
{
	struct fixture *f = *state;
	read_cluster(f, "prod", UID_A, HOUR(5), "pod-1", "node-5");
	int64_t read = begin(f, "prod", UID_A, HOUR(6));
	assert_int_equal(finish(f, read, NULL, HOUR(6)), 0);
	commit(f);
	check_slice(only_cluster(f)->uid, UID_A);
	read = begin(f, "prod", NULL, TIME_UNSET);
	assert_int_equal(finish(f, read, UID_A, HOUR(1)), SINK_AGAIN);
	f->sink->ops->rollback(f->sink);
	read = begin(f, "copy", UID_A, TIME_UNSET);
	put_pod(f, read, "pod-1", "shop", "node-1");
	assert_int_equal(finish(f, read, NULL, HOUR(1)), 0);
	commit(f);
	check_slice(only_cluster(f)->uid, UID_A);
	assert_int_equal(only_cluster(f)->provisional, BOOL_FALSE);
	check_slice(pod_of(f, "pod-1")->node, "node-5");
	assert_true(pod_of(f, "pod-1")->first_seen == HOUR(1));
}

static void a_provisional_one_is_merged_into_the_cluster_of_its_uid(void **state)
{
	struct fixture *f = *state;
	read_cluster(f, "east", UID_A, HOUR(2), "both", "node-2");
	read_cluster(f, "east", UID_A, HOUR(3), "only-east", "node-3");
	read_cluster(f, "copy", NULL, HOUR(1), "both", "node-1");
	int64_t read = begin(f, "copy", NULL, TIME_UNSET);
	put_pod(f, read, "only-copy", "shop", "node-4");
	assert_int_equal(finish(f, read, UID_A, HOUR(4)), 0);
	commit(f);
	check_slice(only_cluster(f)->cluster, UID_A);
	assert_int_equal(count_of(f, &pod_type), 3);
	check_slice(pod_of(f, "both")->node, "node-2"); /* hour 2 is newer than hour 1 */
	assert_true(pod_of(f, "both")->first_seen == HOUR(1) && pod_of(f, "both")->last_seen == HOUR(2));
	check_slice(pod_of(f, "only-copy")->cluster, UID_A);
	check_slice(pod_of(f, "only-east")->cluster, UID_A);
	struct record_list reads = all(f, &read_type);
	for (size_t i = 0; i < reads.len; i++)
		check_slice(((const struct read *)reads.items)[i].cluster, UID_A);
	assert_true(only_cluster(f)->first_seen == HOUR(1) && only_cluster(f)->last_seen == HOUR(4));
}

static void a_merge_takes_newer_attributes_over(void **state)
{
	struct fixture *f = *state;
	read_cluster(f, "east", UID_A, HOUR(1), "both", "node-1");
	read_cluster(f, "copy", NULL, HOUR(2), "both", "node-2");
	int64_t read = begin(f, "copy", NULL, TIME_UNSET);
	assert_int_equal(finish(f, read, UID_A, HOUR(3)), 0);
	commit(f);
	check_slice(pod_of(f, "both")->node, "node-2");
	assert_true(pod_of(f, "both")->first_seen == HOUR(1) && pod_of(f, "both")->last_seen == HOUR(2));
}

static void two_clusters_of_one_name_stay_two(void **state)
{
	struct fixture *f = *state;
	read_cluster(f, "dump", UID_A, HOUR(1), "pod-a", "node-1");
	read_cluster(f, "dump", UID_B, HOUR(2), "pod-b", "node-1");
	assert_int_equal(count_of(f, &cluster_type), 2);
	check_slice(pod_of(f, "pod-a")->cluster, UID_A);
	check_slice(pod_of(f, "pod-b")->cluster, UID_B);
	assert_int_equal(pod_of(f, "pod-a")->gone, BOOL_FALSE);
}

/* A name or a place alone is a guess: a dump without kube-system must not make another cluster's records gone. */
static void a_read_without_uid_is_not_taken_for_a_known_cluster(void **state)
{
	struct fixture *f = *state;
	read_cluster(f, "dump", UID_A, HOUR(1), "pod-a", "node-1");
	read_cluster(f, "dump", NULL, HOUR(2), "pod-b", "node-1");
	assert_int_equal(count_of(f, &cluster_type), 2);
	check_slice(pod_of(f, "pod-a")->cluster, UID_A);
	check_slice(pod_of(f, "pod-b")->cluster, "/dumps/dump");
	assert_int_equal(pod_of(f, "pod-a")->gone, BOOL_FALSE);
}

static void names_may_hold_any_byte(void **state)
{
	struct fixture *f = *state;
	read_cluster(f, "\xff\xfe", NULL, HOUR(1), "pod-1", "node-1");
	read_cluster(f, "\xff\xfe", NULL, HOUR(2), "pod-1", "node-1");
	check_slice(only_cluster(f)->name, "\xff\xfe");
	read_cluster(f, NULL, NULL, HOUR(1), "pod-2", "node-1");
	check_slice(pod_of(f, "pod-2")->cluster, "/dumps/");
}

static void two_reads_of_one_cluster_in_one_transaction(void **state)
{
	struct fixture *f = *state;
	int64_t first = begin(f, "a", NULL, TIME_UNSET), second = begin(f, "b", NULL, TIME_UNSET);
	put_pod(f, first, "both", "shop", "node-1");
	put_pod(f, second, "both", "shop", "node-2");
	put_pod(f, second, "only-second", "shop", "node-2");
	assert_int_equal(finish(f, first, UID_A, HOUR(1)), 0);
	assert_int_equal(finish(f, second, UID_A, HOUR(2)), 0);
	commit(f);
	check_slice(only_cluster(f)->cluster, UID_A);
	check_slice(pod_of(f, "both")->node, "node-2");
	assert_true(pod_of(f, "both")->first_seen == HOUR(1) && pod_of(f, "both")->last_seen == HOUR(2));
	check_slice(pod_of(f, "only-second")->cluster, UID_A);
}

/* A store that would be too full to be read is not made: what is in it stays good. */
static void at_the_limit_no_cluster_is_added(void **state)
{
	struct fixture *f = *state;
	struct sink_scope scope = { .source = SLICE("/dumps/more"), .cluster_name = SLICE("more"), .as_of = HOUR(1) };
	char last[160];
	int64_t read;
	snprintf(last, sizeof last, "INSERT INTO cluster (id, cluster, provisional) VALUES (%d, 'last', 1)",
		 STORE_CLUSTERS_MAX);
	sql(f, last);
	assert_int_equal(f->sink->ops->begin(f->sink, &scope, &read, &f->err), -1);
	check_error(&f->err, ERROR_LIMIT, "can hold no more");
	assert_int_equal(count_of(f, &cluster_type), 1);
	assert_int_equal(count_of(f, &read_type), 0);
	sql(f, "DELETE FROM cluster");
	read = begin(f, "prod", NULL, HOUR(1));
	assert_int_equal(finish(f, read, NULL, HOUR(1)), 0);
	commit(f);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(without_a_uid_it_is_provisional_and_found_again_by_address),
		STORE_TEST(a_learnt_uid_keeps_everything_in_place),
		STORE_TEST(a_uid_given_at_the_start_promotes_the_provisional_one),
		STORE_TEST(a_uid_given_at_the_start_stays_when_the_end_has_none),
		STORE_TEST(a_provisional_one_is_merged_into_the_cluster_of_its_uid),
		STORE_TEST(a_merge_takes_newer_attributes_over),
		STORE_TEST(two_clusters_of_one_name_stay_two),
		STORE_TEST(a_read_without_uid_is_not_taken_for_a_known_cluster),
		STORE_TEST(names_may_hold_any_byte),
		STORE_TEST(two_reads_of_one_cluster_in_one_transaction),
		STORE_TEST(at_the_limit_no_cluster_is_added),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
