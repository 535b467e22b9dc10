#include "fixture.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "store/store_internal.h"
#include "support/torture.h"

static void refused(struct fixture *f, const char *part)
{
	struct store *store = NULL;
	f->store = store_close(f->store);
	assert_int_equal(store_open(scratch_path(&f->scratch, "state/store.db"), &store, &f->err), -1);
	check_error(&f->err, ERROR_STORE, part);
}

static void a_new_store_says_what_it_is(void **state)
{
	struct fixture *f = *state;
	assert_true(sql(f, "PRAGMA application_id") == STORE_APPLICATION_ID);
	assert_true(sql(f, "PRAGMA user_version") == STORE_SCHEMA_VERSION);
	assert_true(sql(f, "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
			   "AND NOT strict AND name NOT LIKE 'sqlite_%'") == 0);
	for (size_t i = 0; i < observed_type_count; i++) {
		char query[128];
		snprintf(query, sizeof query, "SELECT strict FROM pragma_table_list WHERE name = '%s'",
			 observed_types[i]->name);
		assert_int_equal(sql(f, query), 1);
	}
}

static void check_since(const struct record_type *type)
{
	for (size_t i = 0; i < type->field_count; i++)
		if (type->fields[i].since > STORE_SCHEMA_VERSION)
			fail_msg("%s.%s is of schema %u: a migration is missing", type->name, type->fields[i].name,
				 type->fields[i].since);
}

static void every_field_has_its_migration(void **state)
{
	for (size_t i = 0; i < observed_type_count; i++)
		check_since(observed_types[i]);
	check_since(&cluster_type);
	check_since(&read_type);
	check_since(&incident_type);
	check_since(&finding_type);
}

static void opening_it_again_changes_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin(f, "prod", UID_A, HOUR(1));
	put_pod(f, read, "pod-1", "shop", "node-1");
	finish(f, read, UID_A, HOUR(1));
	commit(f);
	const char *before = contents(f);
	f->store = store_close(f->store);
	struct file_bytes first = { 0 }, second = { 0 };
	check_ok(file_map(AT_FDCWD, scratch_path(&f->scratch, "state/store.db"), true, &first, &f->err), &f->err);
	struct slice copy;
	assert_int_equal(arena_copy(&f->arena, file_slice(&first), &copy), 0);
	file_release(&first);
	reopen(f);
	assert_string_equal(before, contents(f));
	f->store = store_close(f->store);
	check_ok(file_map(AT_FDCWD, scratch_path(&f->scratch, "state/store.db"), true, &second, &f->err), &f->err);
	assert_true(slice_equal(copy, file_slice(&second)));
	file_release(&second);
}

static void a_newer_schema_is_refused(void **state)
{
	struct fixture *f = *state;
	_Static_assert(STORE_SCHEMA_VERSION == 3, "the number below is one more");
	sql(f, "PRAGMA user_version = 4");
	refused(f, "newer fother");
	assert_true(sql(f, "PRAGMA user_version") == STORE_SCHEMA_VERSION + 1);
}

static void another_programs_database_is_left_alone(void **state)
{
	struct fixture *f = *state;
	sql(f, "PRAGMA application_id = 252006673");
	refused(f, "another program");
	f->store = NULL;
	scratch_write(&f->scratch, "plain.db", SLICE(""));
	sql(f, "PRAGMA application_id = 0");
	refused(f, "another program"); /* tables that are not marked as ours */
}

static void a_file_that_is_no_database_is_left_alone(void **state)
{
	struct fixture *f = *state;
	struct store *store = NULL;
	scratch_write(&f->scratch, "notes.txt",
		      SLICE("these are notes, long enough to be taken for the header of a file\n"
			    "and a second line, so that nothing here looks like a page\n"));
	assert_int_equal(chmod(scratch_path(&f->scratch, "notes.txt"), 0600), 0);
	assert_int_equal(store_open(scratch_path(&f->scratch, "notes.txt"), &store, &f->err), -1);
	check_error(&f->err, ERROR_STORE, "not a fother store");
	struct file_bytes notes = { 0 };
	check_ok(file_map(AT_FDCWD, scratch_path(&f->scratch, "notes.txt"), true, &notes, &f->err), &f->err);
	assert_true(slice_starts_with(file_slice(&notes), "these are notes"));
	file_release(&notes);
}

/* --- raising --- */

static void run_sql(sqlite3 *db, const char *text)
{
	char *why = NULL;
	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s", why);
}

/* A store of an older version as state/store.db, and the same beside it as state/before.db. */
static void make_version(struct fixture *f, const char *data)
{
	static const char *const names[] = { "state/store.db", "state/before.db" };
	CLEANUP(file_release) struct file_bytes text = { 0 };
	struct slice copy;
	f->store = store_close(f->store);
	check_ok(file_map(AT_FDCWD, data, true, &text, &f->err), &f->err);
	assert_int_equal(arena_copy(&f->arena, file_slice(&text), &copy), 0);
	for (size_t i = 0; i < 2; i++) {
		sqlite3 *db;
		unlink(scratch_path(&f->scratch, names[i]));
		assert_int_equal(sqlite3_open(scratch_path(&f->scratch, names[i]), &db), SQLITE_OK);
		run_sql(db, copy.data);
		sqlite3_close(db);
		assert_int_equal(chmod(scratch_path(&f->scratch, names[i]), 0600), 0);
	}
}

static void make_version_1(struct fixture *f)
{
	make_version(f, SOURCE_ROOT "/tests/data/store/version_1.sql");
}

static void make_version_2(struct fixture *f)
{
	make_version(f, SOURCE_ROOT "/tests/data/store/version_2.sql");
}

static int compare_table(void *data, int columns, char **values, char **names)
{
	char query[2048];
	sqlite3_stmt *statement;
	const char *table = values[0], *list = values[1];
	snprintf(query, sizeof query,
		 "SELECT (SELECT count(*) FROM (SELECT %s FROM was.\"%s\" EXCEPT SELECT %s FROM main.\"%s\")) + "
		 "(SELECT count(*) FROM main.\"%s\") - (SELECT count(*) FROM was.\"%s\")",
		 list, table, list, table, table, table);
	assert_int_equal(sqlite3_prepare_v2(data, query, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	if (sqlite3_column_int(statement, 0))
		fail_msg("table %s is not what it was", table);
	sqlite3_finalize(statement);
	return 0;
}

/* Every row of every table, by every column that it had. */
static void holds_what_it_held(struct fixture *f)
{
	sqlite3 *db;
	char attach[256];
	assert_int_equal(sqlite3_open(scratch_path(&f->scratch, "state/store.db"), &db), SQLITE_OK);
	snprintf(attach, sizeof attach, "ATTACH '%s' AS was", scratch_path(&f->scratch, "state/before.db"));
	run_sql(db, attach);
	assert_int_equal(sqlite3_exec(db,
				      "SELECT t.name, (SELECT group_concat('\"' || c.name || '\"') "
				      "FROM pragma_table_info(t.name, 'was') c) FROM was.sqlite_schema t "
				      "WHERE t.type = 'table'",
				      compare_table, db, NULL),
			 SQLITE_OK);
	sqlite3_close(db);
}

static void version_1_is_raised_and_keeps_everything(void **state)
{
	struct fixture *f = *state;
	make_version_1(f);
	reopen(f);
	assert_true(sql(f, "PRAGMA user_version") == STORE_SCHEMA_VERSION);
	holds_what_it_held(f);
	assert_int_equal(count_of(f, &read_type), 3);
	assert_null(read_of(f, 1)->notes.data);
	check_slice(read_of(f, 1)->outcome, "complete");
	struct record_list secrets = all(f, &secret_type);
	assert_int_equal(secrets.len, 4);
	size_t gone = 0;
	for (size_t i = 0; i < secrets.len; i++)
		gone += ((const struct secret *)secrets.items)[i].gone == BOOL_TRUE;
	assert_int_equal(gone, 1); /* shop/old was not in the second dump */
	assert_int_equal(count_of(f, &deletion_type), 0);
}

static void version_2_is_raised_and_keeps_everything(void **state)
{
	struct fixture *f = *state;
	make_version_2(f);
	assert_true(sql(f, "PRAGMA user_version") == 2);
	reopen(f);
	assert_true(sql(f, "PRAGMA user_version") == STORE_SCHEMA_VERSION);
	holds_what_it_held(f);
	assert_int_equal(count_of(f, &read_type), 3);
	check_slice(read_of(f, 3)->notes, "the certificate was not verified");
	assert_int_equal(count_of(f, &deletion_type), 1);
	struct record_list pods = all(f, &pod_type);
	assert_int_equal(pods.len, 3);
	size_t gone = 0;
	for (size_t i = 0; i < pods.len; i++)
		gone += ((const struct pod *)pods.items)[i].gone == BOOL_TRUE;
	assert_int_equal(gone, 1); /* shop/web-1 of the known cluster */
	assert_int_equal(count_of(f, &tag_type) + count_of(f, &manifest_type), 0);
}

/* And takes what that version did not know. */
static void version_2_is_read_into(void **state)
{
	struct fixture *f = *state;
	struct manifest manifest;
	struct tag tag;
	make_version_2(f);
	reopen(f);
	int64_t read = begin_once(f, "docker.io", "registry:docker.io", HOUR(9000));
	record_init(&manifest_type, &manifest);
	record_init(&tag_type, &tag);
	manifest.digest = tag.digest = SLICE("sha256:1");
	tag.since = HOUR(9000);
	put(f, read, &manifest_type, &manifest);
	put(f, read, &tag_type, &tag);
	finish(f, read, "registry:docker.io", HOUR(9000));
	commit(f);
	assert_int_equal(count_of(f, &cluster_type), 3);
	assert_int_equal(count_of(f, &manifest_type), 1);
	assert_int_equal(count_of(f, &tag_type), 1);
}

/* And is a store like any other: the next reads of its clusters go on where it was left. */
static void what_was_raised_is_read_into(void **state)
{
	struct fixture *f = *state;
	make_version_1(f);
	reopen(f);
	int64_t read = begin_once(f, "prod", "aaaaaaaa-0000-4000-8000-000000000001", HOUR(9000));
	put_coverage(f, read, "Secret", "*", "*", "complete");
	commit(f);
	struct sink_end end = { .as_of = HOUR(9000), .outcome = SLICE("complete"), .notes = SLICE("not verified") };
	check_ok(f->sink->ops->finish(f->sink, read, &end, &f->err), &f->err);
	commit(f);
	assert_int_equal(count_of(f, &cluster_type), 2);
	check_slice(read_of(f, read)->notes, "not verified");
	struct record_list secrets = all(f, &secret_type);
	size_t gone = 0;
	for (size_t i = 0; i < secrets.len; i++)
		gone += ((const struct secret *)secrets.items)[i].gone == BOOL_TRUE;
	assert_int_equal(gone, 2);
}

/* What is raised and what is new are the same, but for the order of nothing. */
static void a_raised_store_has_the_tables_of_a_new_one(void **state)
{
	struct fixture *f = *state;
	const char *tables = "SELECT sum(length(sql) * unicode(substr(sql, 20, 1))) FROM sqlite_schema";
	int64_t fresh = sql(f, tables), count = sql(f, "SELECT count(*) FROM sqlite_schema");
	void (*const make[])(struct fixture *) = { make_version_1, make_version_2 };
	for (size_t i = 0; i < 2; i++) {
		make[i](f);
		assert_true(sql(f, "SELECT count(*) FROM sqlite_schema") < count);
		reopen(f);
		assert_true(sql(f, "SELECT count(*) FROM sqlite_schema") == count);
		assert_true(sql(f, tables) == fresh);
	}
}

/* Without any allocation of its own, which would be one that fails. */
static void copy_file(const char *from, const char *to)
{
	struct stat file;
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(fstat(in, &file), 0);
	assert_int_equal(sendfile(out, in, NULL, file.st_size), file.st_size);
	close(in);
	close(out);
}

struct raise_paths {
	char before[128], store[128];
};

static int raise_it(void *data, struct error **err)
{
	const struct raise_paths *paths = data;
	CLEANUP(store_closep) struct store *store = NULL;
	copy_file(paths->before, paths->store);
	return store_open(paths->store, &store, err);
}

static void memory_may_run_out(void **state)
{
	struct fixture *f = *state;
	struct raise_paths paths;
	make_version_1(f);
	snprintf(paths.before, sizeof paths.before, "%s", scratch_path(&f->scratch, "state/before.db"));
	snprintf(paths.store, sizeof paths.store, "%s", scratch_path(&f->scratch, "state/store.db"));
	torture(raise_it, &paths);
	reopen(f);
	holds_what_it_held(f);
}

/* As a process that was killed between making the file and its tables leaves it. */
static void an_empty_file_becomes_a_store(void **state)
{
	struct fixture *f = *state;
	struct store *store = NULL;
	scratch_write(&f->scratch, "empty.db", SLICE(""));
	assert_int_equal(chmod(scratch_path(&f->scratch, "empty.db"), 0600), 0);
	check_ok(store_open(scratch_path(&f->scratch, "empty.db"), &store, &f->err), &f->err);
	store_close(store);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_new_store_says_what_it_is),
		cmocka_unit_test(every_field_has_its_migration),
		STORE_TEST(opening_it_again_changes_nothing),
		STORE_TEST(a_newer_schema_is_refused),
		STORE_TEST(another_programs_database_is_left_alone),
		STORE_TEST(a_file_that_is_no_database_is_left_alone),
		STORE_TEST(version_1_is_raised_and_keeps_everything),
		STORE_TEST(what_was_raised_is_read_into),
		STORE_TEST(version_2_is_raised_and_keeps_everything),
		STORE_TEST(version_2_is_read_into),
		STORE_TEST(a_raised_store_has_the_tables_of_a_new_one),
		STORE_TEST(memory_may_run_out),
		STORE_TEST(an_empty_file_becomes_a_store),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
