#include "base/limits.h"
#include "fixture.h"
#include "store/store_internal.h"

/* Another program holds the file; the second connection plays it. */
static void a_locked_store_says_so(void **state)
{
	struct fixture *f = *state;
	sqlite3 *other;
	struct sink_scope scope = { .cluster_name = SLICE("prod"), .as_of = TIME_UNSET };
	int64_t read;
	assert_int_equal(sqlite3_open(scratch_path(&f->scratch, "state/store.db"), &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_busy_timeout(f->store->db, 10);
	assert_int_equal(f->sink->ops->begin(f->sink, &scope, &read, &f->err), -1);
	check_error(&f->err, ERROR_STORE, "another fother command");
	assert_int_equal(count_of(f, &read_type), 0); /* reading does not wait for a writer */
	sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(other);
	read = begin(f, "prod", UID_A, HOUR(1));
	finish(f, read, UID_A, HOUR(1));
	commit(f);
}

static void other_failures_name_the_file_and_what_was_done(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(sql_exec(f->store, "SELECT nonsense", &f->err), -1);
	check_error(&f->err, ERROR_STORE, "state/store.db: SELECT nonsense: no such column");
}

static void numbers_and_text_come_back(void **state)
{
	struct fixture *f = *state;
	static const int64_t numbers[] = { 0, 1, -1, INT64_MAX, INT64_MIN + 1, TIME_UNSET };
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	check_ok(sql_prepare(f->store, "SELECT ?1, ?2, typeof(?1)", &statement, &f->err), &f->err);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		sql_bind_int(statement, 1, numbers[i]);
		sql_bind_text(statement, 2, SLICE("a\0b"));
		assert_int_equal(sql_step(f->store, statement, &f->err), 1);
		assert_true(sql_int(statement, 0) == numbers[i]);
		assert_true(slice_equal(sql_text(statement, 1), SLICE("a\0b")));
		check_slice(sql_text(statement, 2), numbers[i] == TIME_UNSET ? "null" : "integer");
		sqlite3_reset(statement);
	}
}

static void a_transaction_ends_as_its_work_did(void **state)
{
	struct fixture *f = *state;
	check_ok(transaction_begin(f->store, true, &f->err), &f->err);
	check_ok(sql_exec(f->store, "INSERT INTO incident (state) VALUES ('kept')", &f->err), &f->err);
	assert_int_equal(transaction_end(f->store, 5, &f->err), 5);
	check_ok(transaction_begin(f->store, true, &f->err), &f->err);
	check_ok(sql_exec(f->store, "INSERT INTO incident (state) VALUES ('dropped')", &f->err), &f->err);
	assert_int_equal(transaction_end(f->store, -1, &f->err), -1);
	assert_int_equal(count_of(f, &incident_type), 1);
	assert_int_equal(transaction_end(f->store, 0, &f->err), -1); /* none is open */
	check_error(&f->err, ERROR_STORE, "COMMIT");
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_locked_store_says_so),
		STORE_TEST(other_failures_name_the_file_and_what_was_done),
		STORE_TEST(numbers_and_text_come_back),
		STORE_TEST(a_transaction_ends_as_its_work_did),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
