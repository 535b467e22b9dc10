#include "fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "store/store_internal.h"

static void reopen(struct fixture *f)
{
	f->store = store_close(f->store);
	check_ok(store_open(scratch_path(&f->scratch, "state/store.db"), &f->store, &f->err), &f->err);
	f->sink = store_sink(f->store);
}

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
	sql(f, "PRAGMA user_version = 2");
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
		STORE_TEST(an_empty_file_becomes_a_store),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
