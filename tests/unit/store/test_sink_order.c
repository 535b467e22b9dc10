/* Dumps of two clusters, read in any order, from any place, with and without what tells the cluster's UID, any number
 * of times: what the store says must be what a naive look at all the dumps says.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"

#define CLUSTERS 2
#define DUMPS 4
#define PODS 6

struct dump {
	bool holds[PODS];
	bool complete;
	bool tells; /* the UID of the cluster */
};

static const char *const uids[CLUSTERS] = { UID_A, UID_B };
static const char *const sources[] = { "/case/prod", "/other/prod", "-" };
#define SOURCES (sizeof sources / sizeof *sources)

/* Two values of one entry in turn. */
static void put_value(struct fixture *f, int64_t read, const char *secret, int hour)
{
	struct entry_value value;
	record_init(&entry_value_type, &value);
	value.secret_uid = slice_of(secret);
	value.data_key = SLICE(".dockerconfigjson");
	value.registry_key = SLICE("docker.io");
	value.ordinal = 0;
	value.fingerprint = hour % 2 ? SLICE("odd") : SLICE("even");
	value.username = SLICE("acme");
	put(f, read, &entry_value_type, &value);
}

static void name_pod(char uid[16], int cluster, int number)
{
	snprintf(uid, 16, "pod-%c-%d", 'a' + cluster, number);
}

/* A reader that knows nothing at first, as a snapshot's, or everything, as one that was asked again. The secret is what
 * all dumps of one cluster have in common. */
static void read_dump(struct fixture *f, const struct dump *dump, int cluster, int hour, const char *source, bool known,
		      bool again)
{
	const char *uid = dump->tells ? uids[cluster] : NULL, *secret = cluster ? "secret-b" : "secret-a";
	int64_t read = begin_at(f, source, "prod", known ? uid : NULL, known ? HOUR(hour) : TIME_UNSET);
	put_secret(f, read, secret, "shop", "Opaque");
	put_value(f, read, secret, hour);
	for (int i = 0; i < PODS; i++) {
		char pod[16], node[16];
		name_pod(pod, cluster, i);
		snprintf(node, sizeof node, "node-%d", hour);
		if (dump->holds[i])
			put_pod(f, read, pod, "shop", node);
	}
	put_coverage(f, read, "Pod", "*", "*", dump->complete ? "complete" : "partial");
	if (finish(f, read, uid, HOUR(hour)) == SINK_AGAIN) {
		assert_false(again);
		f->sink->ops->rollback(f->sink);
		read_dump(f, dump, cluster, hour, source, true, true);
		return;
	}
	commit(f);
}

/* What is known of a cluster when some of its dumps were read. */
static const char *identity_of(struct fixture *f, const struct dump *dumps, const bool *was_read, int cluster)
{
	for (int hour = 0; hour < DUMPS; hour++)
		if (was_read[hour] && dumps[hour].tells)
			return uids[cluster];
	struct store_where where = { .field = "uid", .text = slice_of(cluster ? "secret-b" : "secret-a") };
	struct record_list secrets = { 0 };
	check_ok(store_read_all(f->store, &secret_type, &where, 1, &f->arena, &secrets, &f->err), &f->err);
	assert_int_equal(secrets.len, 1);
	return ((const struct secret *)secrets.items)->cluster.data;
}

static void check_pod(struct fixture *f, const struct dump *dumps, const bool *was_read, int cluster, int number)
{
	int first = -1, last = -1;
	bool gone = false;
	char uid[16], node[16];
	for (int hour = 0; hour < DUMPS; hour++) {
		if (!was_read[hour] || !dumps[hour].holds[number])
			continue;
		first = first < 0 ? hour : first;
		last = hour;
	}
	name_pod(uid, cluster, number);
	snprintf(node, sizeof node, "node-%d", last);
	for (int hour = last + 1; hour < DUMPS && last >= 0; hour++)
		gone = gone || (was_read[hour] && dumps[hour].complete);
	if (last < 0)
		return;
	const struct pod *pod = pod_of(f, uid);
	check_slice(pod->node, node);
	check_slice(pod->cluster, identity_of(f, dumps, was_read, cluster));
	assert_true(pod->first_seen == HOUR(first));
	assert_true(pod->last_seen == HOUR(last));
	assert_int_equal(pod->gone, gone ? BOOL_TRUE : BOOL_FALSE);
}

static void check_history(struct fixture *f, const bool *was_read, int cluster, const char *fingerprint)
{
	int first = -1, last = -1;
	for (int hour = fingerprint[0] == 'o'; hour < DUMPS; hour += 2) {
		if (!was_read[hour])
			continue;
		first = first < 0 ? hour : first;
		last = hour;
	}
	struct store_where where[] = { { .field = "secret_uid", .text = slice_of(cluster ? "secret-b" : "secret-a") },
				       { .field = "fingerprint", .text = slice_of(fingerprint) } };
	struct record_list values = { 0 };
	check_ok(store_read_all(f->store, &entry_value_type, where, 2, &f->arena, &values, &f->err), &f->err);
	assert_int_equal(values.len, last >= 0);
	if (last < 0)
		return;
	const struct entry_value *value = values.items;
	assert_true(value->first_seen == HOUR(first) && value->last_seen == HOUR(last));
}

static void make_dumps(unsigned *seed, struct dump dumps[DUMPS])
{
	for (int hour = 0; hour < DUMPS; hour++) {
		dumps[hour].complete = rand_r(seed) % 3 > 0;
		dumps[hour].tells = rand_r(seed) % 3 == 0;
		for (int i = 0; i < PODS; i++)
			dumps[hour].holds[i] = rand_r(seed) % 2;
	}
}

static void check_cluster(struct fixture *f, const struct dump *dumps, const bool *was_read, int cluster)
{
	for (int i = 0; i < PODS; i++)
		check_pod(f, dumps, was_read, cluster, i);
	check_history(f, was_read, cluster, "odd");
	check_history(f, was_read, cluster, "even");
}

static void any_order_gives_the_same(void **state)
{
	unsigned seed = 7;
	for (int round = 0; round < 40; round++) {
		void *fixture;
		struct dump dumps[CLUSTERS][DUMPS];
		bool was_read[CLUSTERS][DUMPS] = { 0 }, was_any[CLUSTERS] = { 0 };
		fixture_setup(&fixture);
		for (int cluster = 0; cluster < CLUSTERS; cluster++)
			make_dumps(&seed, dumps[cluster]);
		for (int step = 0; step < CLUSTERS * DUMPS + 4; step++) {
			int cluster = rand_r(&seed) % CLUSTERS, hour = rand_r(&seed) % DUMPS;
			const char *source = sources[(size_t)rand_r(&seed) % SOURCES];
			read_dump(fixture, &dumps[cluster][hour], cluster, hour, source, rand_r(&seed) % 3 == 0, false);
			was_read[cluster][hour] = was_any[cluster] = true;
			check_cluster(fixture, dumps[cluster], was_read[cluster], cluster);
			assert_int_equal(count_of(fixture, &cluster_type), was_any[0] + was_any[1]);
		}
		for (int cluster = 0; cluster < CLUSTERS; cluster++)
			check_cluster(fixture, dumps[cluster], was_read[cluster], cluster);
		fixture_teardown(&fixture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(any_order_gives_the_same) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
