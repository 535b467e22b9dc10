/* Dumps of one cluster, read in any order, by any name, any number of times: what the store says must be what a naive
 * look at all the dumps says.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"

#define DUMPS 4
#define PODS 6

struct dump {
	bool holds[PODS];
	bool complete;
};

/* A reader that knows nothing at first, as a snapshot's, or everything, as one that was asked again. */
static void read_dump(struct fixture *f, const struct dump *dump, int hour, const char *name, bool known)
{
	int64_t read = begin(f, name, known ? UID_A : NULL, known ? HOUR(hour) : TIME_UNSET);
	for (int i = 0; i < PODS; i++) {
		char uid[16], node[16];
		snprintf(uid, sizeof uid, "pod-%d", i);
		snprintf(node, sizeof node, "node-%d", hour);
		if (dump->holds[i])
			put_pod(f, read, uid, "shop", node);
	}
	put_coverage(f, read, "Pod", "*", "*", dump->complete ? "complete" : "partial");
	if (finish(f, read, UID_A, HOUR(hour)) == SINK_AGAIN) {
		assert_false(known);
		f->sink->ops->rollback(f->sink);
		read_dump(f, dump, hour, name, true);
		return;
	}
	commit(f);
}

static void check_pod(struct fixture *f, const struct dump *dumps, const bool *was_read, int number)
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
	snprintf(uid, sizeof uid, "pod-%d", number);
	snprintf(node, sizeof node, "node-%d", last);
	for (int hour = last + 1; hour < DUMPS && last >= 0; hour++)
		gone = gone || (was_read[hour] && dumps[hour].complete);
	if (last < 0)
		return;
	const struct pod *pod = pod_of(f, uid);
	check_slice(pod->node, node);
	check_slice(pod->cluster, UID_A);
	assert_true(pod->first_seen == HOUR(first));
	assert_true(pod->last_seen == HOUR(last));
	assert_int_equal(pod->gone, gone ? BOOL_TRUE : BOOL_FALSE);
}

static void make_dumps(unsigned *seed, struct dump dumps[DUMPS])
{
	for (int hour = 0; hour < DUMPS; hour++) {
		dumps[hour].complete = rand_r(seed) % 3 > 0;
		for (int i = 0; i < PODS; i++)
			dumps[hour].holds[i] = rand_r(seed) % 2;
	}
}

static void any_order_gives_the_same(void **state)
{
	static const char *const names[] = { "prod", "prod", "copy", "" };
	unsigned seed = 7;
	for (int round = 0; round < 40; round++) {
		void *fixture;
		struct dump dumps[DUMPS];
		bool was_read[DUMPS] = { false };
		fixture_setup(&fixture);
		make_dumps(&seed, dumps);
		for (int step = 0; step < DUMPS + 3; step++) {
			int hour = rand_r(&seed) % DUMPS;
			read_dump(fixture, &dumps[hour], hour, names[rand_r(&seed) % 4], rand_r(&seed) % 3 == 0);
			was_read[hour] = true;
			for (int i = 0; i < PODS; i++)
				check_pod(fixture, dumps, was_read, i);
		}
		assert_int_equal(count_of(fixture, &cluster_type), 1);
		fixture_teardown(&fixture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(any_order_gives_the_same) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
