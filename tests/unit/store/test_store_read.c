#include "fixture.h"

static struct record_list ask(struct fixture *f, const struct record_type *type, const struct store_where *where,
			      size_t count)
{
	struct record_list records = { 0 };
	check_ok(store_read_all(f->store, type, where, count, &f->arena, &records, &f->err), &f->err);
	return records;
}

static void fill(struct fixture *f)
{
	int64_t read = begin(f, "b", UID_B, HOUR(1));
	put_pod(f, read, "pod-2", "shop", "node-1");
	put_pod(f, read, "pod-1", "shop", NULL);
	finish(f, read, UID_B, HOUR(1));
	read = begin(f, "a", UID_A, HOUR(1));
	put_pod(f, read, "pod-9", "pay", "");
	put_pod(f, read, "\xff", "pay", "node-1");
	put_pod(f, read, "pod-1", "pay", "node-1");
	put_pod(f, read, NULL, "pay", "node-1");
	put_pod(f, read, "", "pay", "node-1");
	put_pod(f, read, "a\0b", "pay", "node-1");
	finish(f, read, UID_A, HOUR(1));
	commit(f);
}

/* Clusters were read in the other order, and SQLite has BLOBs behind every TEXT. */
static void records_come_ordered_by_identity(void **state)
{
	struct fixture *f = *state;
	fill(f);
	struct record_list pods = all(f, &pod_type);
	assert_int_equal(pods.len, 8);
	const struct pod *pod = pods.items;
	for (size_t i = 1; i < pods.len; i++)
		assert_true(record_compare(&pod_type, &pod[i - 1], &pod[i]) < 0);
	check_slice(pod[0].cluster, UID_A);
	assert_null(pod[0].uid.data); /* not there is not empty */
	check_slice(pod[1].uid, "");
	check_slice(pod[5].uid, "\xff");
	check_slice(pod[7].cluster, UID_B);
}

static void conditions_narrow(void **state)
{
	struct fixture *f = *state;
	fill(f);
	struct store_where where[] = {
		{ .field = "cluster", .text = SLICE(UID_A) },
		{ .field = "node", .text = SLICE("node-1") },
		{ .field = "uid", .text = SLICE("pod-1") },
	};
	assert_int_equal(ask(f, &pod_type, where, 0).len, 8);
	assert_int_equal(ask(f, &pod_type, where, 1).len, 6);
	assert_int_equal(ask(f, &pod_type, where, 2).len, 5);
	assert_int_equal(ask(f, &pod_type, where, 3).len, 1);
	assert_int_equal(ask(f, &pod_type, where + 1, 1).len, 6);
	where[0].text = SLICE("no such cluster");
	assert_int_equal(ask(f, &pod_type, where, 1).len, 0);
}

static void unknown_and_odd_bytes_can_be_asked_for(void **state)
{
	struct fixture *f = *state;
	fill(f);
	struct store_where no_node = { .field = "node" }, empty_node = { .field = "node", .text = SLICE("") };
	struct store_where no_uid = { .field = "uid" }, bad_uid = { .field = "uid", .text = SLICE("\xff") };
	check_slice(((const struct pod *)ask(f, &pod_type, &no_node, 1).items)->uid, "pod-1");
	check_slice(((const struct pod *)ask(f, &pod_type, &empty_node, 1).items)->uid, "pod-9");
	assert_int_equal(ask(f, &pod_type, &no_uid, 1).len, 1);
	assert_int_equal(ask(f, &pod_type, &bad_uid, 1).len, 1);
}

static void numbers_can_be_asked_for(void **state)
{
	struct fixture *f = *state;
	fill(f);
	struct store_where second = { .field = "id", .number = 2 };
	struct record_list reads = ask(f, &read_type, &second, 1);
	assert_int_equal(reads.len, 1);
	check_slice(((const struct read *)reads.items)->cluster, UID_A);
}

static void what_cannot_be_asked_is_an_error(void **state)
{
	struct fixture *f = *state;
	static const char *const fields[] = { "nothing", "last_seen", "gone", "pull_secrets", "uid\" IS NULL --" };
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		struct store_where where = { .field = fields[i], .text = SLICE("x") };
		struct record_list records;
		assert_int_equal(store_read_all(f->store, &pod_type, &where, 1, &f->arena, &records, &f->err), -1);
		check_error(&f->err, ERROR_STORE, fields[i]);
	}
}

static void an_empty_answer_is_a_list(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < observed_type_count; i++) {
		struct record_list records = all(f, observed_types[i]);
		assert_int_equal(records.len, 0);
		assert_non_null(records.items);
	}
}

static void an_open_read_can_be_looked_at_by_its_own_store(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin(f, "a", UID_A, HOUR(1));
	put_pod(f, read, "pod-1", "pay", "node-1");
	assert_int_equal(count_of(f, &pod_type), 1);
	f->sink->ops->rollback(f->sink);
	assert_int_equal(count_of(f, &pod_type), 0);
}

static void a_full_arena_is_a_limit(void **state)
{
	struct fixture *f = *state;
	CLEANUP(arena_release) struct arena small = ARENA_INIT(4096);
	struct record_list records;
	int64_t read = begin(f, "a", UID_A, HOUR(1));
	for (int i = 0; i < 200; i++) {
		char uid[16];
		snprintf(uid, sizeof uid, "pod-%d", i);
		put_pod(f, read, uid, "shop", "node-1");
	}
	finish(f, read, UID_A, HOUR(1));
	commit(f);
	assert_int_equal(store_read_all(f->store, &pod_type, NULL, 0, &small, &records, &f->err), -1);
	check_error(&f->err, ERROR_LIMIT, "reading pod records");
	assert_int_equal(count_of(f, &pod_type), 200); /* the store is as good as before */
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(records_come_ordered_by_identity),
		STORE_TEST(conditions_narrow),
		STORE_TEST(unknown_and_odd_bytes_can_be_asked_for),
		STORE_TEST(numbers_can_be_asked_for),
		STORE_TEST(what_cannot_be_asked_is_an_error),
		STORE_TEST(an_empty_answer_is_a_list),
		STORE_TEST(an_open_read_can_be_looked_at_by_its_own_store),
		STORE_TEST(a_full_arena_is_a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
