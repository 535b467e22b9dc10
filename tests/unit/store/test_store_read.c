#include <sqlite3.h>

#include "fixture.h"

static void copy_database(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	assert_non_null(backup);
	assert_int_equal(sqlite3_backup_step(backup, -1), SQLITE_DONE);
	assert_int_equal(sqlite3_backup_finish(backup), SQLITE_OK);
}

/* In memory, until it is put back. */
static sqlite3 *keep_copy(const char *path)
{
	sqlite3 *copy, *db;
	assert_int_equal(sqlite3_open(":memory:", &copy), SQLITE_OK);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	copy_database(db, copy);
	sqlite3_close(db);
	return copy;
}

static void put_back(sqlite3 *copy, const char *path)
{
	sqlite3 *db;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	copy_database(copy, db);
	sqlite3_close(db);
	sqlite3_close(copy);
}

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

static void a_brief_record_lacks_its_lists_alone(void **state)
{
	struct fixture *f = *state;
	struct slice layers[] = { SLICE("sha256:a"), SLICE("sha256:b") };
	struct manifest manifest;
	struct record_list brief = { 0 };
	int64_t read = begin(f, "a", UID_A, HOUR(1));
	record_init(&manifest_type, &manifest);
	manifest.digest = SLICE("sha256:c");
	manifest.user = SLICE("1000");
	manifest.layers = (struct slice_list){ layers, 2 };
	put(f, read, &manifest_type, &manifest);
	finish(f, read, UID_A, HOUR(1));
	commit(f);
	assert_int_equal(((const struct manifest *)all(f, &manifest_type).items)->layers.len, 2);
	check_ok(store_read_brief(f->store, &manifest_type, &f->arena, &brief, &f->err), &f->err);
	assert_int_equal(brief.len, 1);
	const struct manifest *found = brief.items;
	assert_null(found->layers.items);
	check_slice(found->digest, "sha256:c");
	check_slice(found->user, "1000");
	assert_true(found->first_seen == HOUR(1));
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

/* A store that somebody or something else than fother wrote to: with the schema, or with what only looks like it. */
static void a_damaged_store_is_told_and_never_believed(void **state)
{
	struct fixture *f = *state;
	static const char *const changes[] = {
		"UPDATE cluster SET id = -5 WHERE id = 1",
		"UPDATE cluster SET id = -9223372036854775808 WHERE id = 1",
		"UPDATE cluster SET id = 9223372036854775807 WHERE id = 1",
		"UPDATE cluster SET id = 4194305 WHERE id = 1",
		"UPDATE cluster SET id = 7 WHERE id = 1", /* pods of a cluster that is not there */
		"UPDATE \"read\" SET id = -1 WHERE id = 1",
		"UPDATE \"read\" SET id = 0 WHERE id = 1",
		"UPDATE \"read\" SET id = 9223372036854775807 WHERE id = 2",
		"UPDATE \"read\" SET as_of = 9223372036854775807 WHERE id = 1",
		"UPDATE \"read\" SET as_of = -9223372036854775807 WHERE id = 1",
		"DELETE FROM \"read\" WHERE id = 1",
		"UPDATE pod SET cluster = -1 WHERE uid = 'pod-9'",
		"UPDATE pod SET cluster = 9223372036854775807 WHERE uid = 'pod-9'",
		"UPDATE pod SET first_read = -1",
		"UPDATE pod SET first_read = 9223372036854775807",
		"UPDATE pod SET last_read = 99",
		"UPDATE pod SET name = 5",
		"UPDATE pod SET name = 1.5",
		"UPDATE pod SET created = 9223372036854775807",
		"UPDATE pod SET created = -9223372036854775807",
		"UPDATE pod SET pull_secrets = 'no list'",
		"UPDATE pod SET pull_secrets = '[1]'",
		"UPDATE pod SET pull_secrets = '[\"cut'",
		"UPDATE pod SET pull_secrets = '[{\"hex\":\"f\"}]'",
	};
	fill(f);
	const char *path = scratch_path(&f->scratch, "state/store.db");
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct record_list records;
		sqlite3 *good = keep_copy(path);
		sql(f, changes[i]);
		int result = store_read_all(f->store, &pod_type, NULL, 0, &f->arena, &records, &f->err);
		if (result == 0)
			result = store_read_all(f->store, &read_type, NULL, 0, &f->arena, &records, &f->err);
		if (result != -1)
			fail_msg("believed: %s", changes[i]);
		check_error(&f->err, ERROR_STORE, "store.db is damaged");
		put_back(good, path);
		assert_int_equal(count_of(f, &pod_type), 8);
	}
}

/* A table that is not strict takes text where a number belongs. */
static void a_column_of_another_type_is_damage(void **state)
{
	struct fixture *f = *state;
	static const char *const columns[] = { "cluster", "first_read", "last_read", "created" };
	fill(f);
	sql(f, "CREATE TABLE kept AS SELECT * FROM pod");
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
		struct record_list records;
		sql(f, "DROP TABLE pod");
		sql(f, "CREATE TABLE pod AS SELECT * FROM kept");
		assert_int_equal(count_of(f, &pod_type), 8);
		sql(f, arena_printf(&f->arena, "UPDATE pod SET %s = 'text'", columns[i]).data);
		assert_int_equal(store_read_all(f->store, &pod_type, NULL, 0, &f->arena, &records, &f->err), -1);
		check_error(&f->err, ERROR_STORE, "store.db is damaged");
	}
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
		STORE_TEST(a_brief_record_lacks_its_lists_alone),
		STORE_TEST(an_empty_answer_is_a_list),
		STORE_TEST(an_open_read_can_be_looked_at_by_its_own_store),
		STORE_TEST(a_full_arena_is_a_limit),
		STORE_TEST(a_damaged_store_is_told_and_never_believed),
		STORE_TEST(a_column_of_another_type_is_damage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
