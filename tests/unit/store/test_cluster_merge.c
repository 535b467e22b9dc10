#include "fixture.h"

#include "store/store_internal.h"

/* Two clusters known by UID, each read at its hour, made one in the open transaction of a third. */
static void read_secret(struct fixture *f, const char *cluster, int hour, const char *fingerprint, const char *version)
{
	struct entry_value value;
	struct secret secret;
	struct gap gap;
	int64_t read = begin(f, cluster, cluster, HOUR(hour));
	record_init(&secret_type, &secret);
	record_init(&entry_value_type, &value);
	record_init(&gap_type, &gap);
	secret.uid = value.secret_uid = SLICE("secret-1");
	secret.namespace = SLICE("shop");
	secret.resource_version = slice_of(version);
	value.data_key = SLICE(".dockerconfigjson");
	value.registry_key = SLICE("docker.io");
	value.ordinal = 0;
	value.username = SLICE("acme");
	value.fingerprint = slice_of(fingerprint);
	gap.source = SLICE("node-1");
	gap.kind = SLICE("Image");
	gap.cause = slice_of(version);
	put(f, read, &secret_type, &secret);
	put(f, read, &entry_value_type, &value);
	put(f, read, &gap_type, &gap);
	put_coverage(f, read, "Secret", "*", "*", "complete");
	assert_int_equal(finish(f, read, cluster, HOUR(hour)), 0);
	commit(f);
}

static int64_t row_of(struct fixture *f, const char *uid)
{
	int64_t row;
	check_ok(cluster_find(f->store, slice_of(uid), &row, &f->err), &f->err);
	assert_true(row > 0);
	return row;
}

static void merge(struct fixture *f, const char *from, const char *to)
{
	check_ok(cluster_merge(f->store, row_of(f, from), row_of(f, to), &f->err), &f->err);
}

static const struct secret *only_secret(struct fixture *f)
{
	struct record_list secrets = all(f, &secret_type);
	assert_int_equal(secrets.len, 1);
	return secrets.items;
}

/* Whichever of the two goes into the other. */
static void check_both_ways(void (*check)(struct fixture *f, const char *from, const char *to))
{
	for (int way = 0; way < 2; way++) {
		void *fixture;
		fixture_setup(&fixture);
		check(fixture, way ? UID_A : UID_B, way ? UID_B : UID_A);
		fixture_teardown(&fixture);
	}
}

static void earliest_and_latest(struct fixture *f, const char *from, const char *to)
{
	read_secret(f, UID_A, 1, "old", "1");
	read_secret(f, UID_B, 2, "old", "2");
	read_secret(f, UID_A, 3, "new", "3");
	read_secret(f, UID_B, 4, "newest", "4");
	merge(f, from, to);
	const struct secret *secret = only_secret(f);
	check_slice(secret->cluster, to);
	check_slice(secret->resource_version, "4");
	assert_true(secret->first_seen == HOUR(1) && secret->last_seen == HOUR(4));
	check_slice(((const struct gap *)all(f, &gap_type).items)->cause, "4");
	assert_int_equal(count_of(f, &cluster_type), 1);
	struct record_list values = all(f, &entry_value_type); /* by fingerprint: new, newest, old */
	const struct entry_value *value = values.items;
	assert_int_equal(values.len, 3);
	assert_true(value[0].first_seen == HOUR(3) && value[0].last_seen == HOUR(3));
	assert_true(value[1].first_seen == HOUR(4) && value[1].last_seen == HOUR(4));
	assert_true(value[2].first_seen == HOUR(1) && value[2].last_seen == HOUR(2));
}

static void the_earliest_sight_and_the_latest_word_stay(void **state)
{
	check_both_ways(earliest_and_latest);
}

static void later_read_of_one_time(struct fixture *f, const char *from, const char *to)
{
	read_secret(f, UID_A, 1, "value", "first");
	read_secret(f, UID_B, 1, "value", "second");
	merge(f, from, to);
	check_slice(only_secret(f)->resource_version, "second");
}

static void of_one_time_the_later_reading_wins(void **state)
{
	check_both_ways(later_read_of_one_time);
}

static void coverage_moves(struct fixture *f, const char *from, const char *to)
{
	read_secret(f, UID_A, 1, "value", "1");
	int64_t read = begin(f, UID_B, UID_B, HOUR(2));
	put_coverage(f, read, "Secret", "*", "*", "complete");
	assert_int_equal(finish(f, read, UID_B, HOUR(2)), 0);
	commit(f);
	assert_int_equal(only_secret(f)->gone, BOOL_FALSE);
	merge(f, from, to);
	assert_int_equal(only_secret(f)->gone, BOOL_TRUE);
	struct record_list reads = all(f, &read_type), coverage = all(f, &coverage_type);
	assert_int_equal(reads.len, 2);
	for (size_t i = 0; i < 2; i++) {
		check_slice(((const struct read *)reads.items)[i].cluster, to);
		check_slice(((const struct coverage *)coverage.items)[i].cluster, to);
	}
}

static void what_is_gone_is_told_by_the_reads_of_both(void **state)
{
	check_both_ways(coverage_moves);
}

static void what_only_one_knows_of_the_server_stays(void **state)
{
	struct fixture *f = *state;
	struct sink_end end = { .cluster_uid = SLICE(UID_B), .as_of = HOUR(1), .outcome = SLICE("complete") };
	read_secret(f, UID_A, 1, "value", "1");
	int64_t read = begin(f, "b", UID_B, HOUR(1));
	check_ok(f->sink->ops->finish(f->sink, read, &end, &f->err), &f->err);
	commit(f);
	merge(f, UID_A, UID_B);
	check_slice(((const struct cluster *)all(f, &cluster_type).items)->server_version, "v1.31.2");
}

static void findings_keep_their_first_sight(void **state)
{
	struct fixture *f = *state;
	struct finding findings[2];
	read_secret(f, UID_A, 1, "value", "1");
	read_secret(f, UID_B, 2, "value", "1");
	for (int i = 0; i < 2; i++) {
		record_init(&finding_type, &findings[i]);
		findings[i].rule = SLICE("pull-key-dead");
		findings[i].cluster = i ? SLICE(UID_B) : SLICE(UID_A);
		findings[i].subject = SLICE("hub");
		findings[i].state = SLICE("open");
	}
	check_ok(store_findings_replace(f->store, findings, 1, 1, HOUR(1), &f->err), &f->err);
	check_ok(store_findings_replace(f->store, findings, 2, 1, HOUR(2), &f->err), &f->err);
	assert_int_equal(count_of(f, &finding_type), 2);
	merge(f, UID_A, UID_B);
	struct record_list left = all(f, &finding_type);
	assert_int_equal(left.len, 1);
	check_slice(((const struct finding *)left.items)->cluster, UID_B);
	assert_true(((const struct finding *)left.items)->first_seen == HOUR(1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_earliest_sight_and_the_latest_word_stay),
		cmocka_unit_test(of_one_time_the_later_reading_wins),
		cmocka_unit_test(what_is_gone_is_told_by_the_reads_of_both),
		cmocka_unit_test_setup_teardown(what_only_one_knows_of_the_server_stays, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(findings_keep_their_first_sight, fixture_setup, fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
