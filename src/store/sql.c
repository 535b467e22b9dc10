#include <time.h>

#include "base/time.h"
#include "base/utf8.h"
#include "store/store_internal.h"

int store_fail(struct store *store, const char *doing, struct error **err)
{
	const char *why = sqlite3_errmsg(store->db);
	switch (sqlite3_errcode(store->db)) {
	case SQLITE_NOMEM:
		return error_no_memory(err);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return error_set(
			err, ERROR_STORE,
			"store %s: another fother command has kept it locked for %d s; try again when it is done",
			store->path, STORE_BUSY_MS / 1000);
	case SQLITE_FULL:
		return error_set(err, ERROR_STORE, "store %s: no space left on its disk; nothing of this read was kept",
				 store->path);
	case SQLITE_NOTADB:
		return error_set(err, ERROR_STORE,
				 "%s is not a fother store, and not a SQLite file at all; it was left alone",
				 store->path);
	case SQLITE_CORRUPT:
		return store_damaged(store, why, err);
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
		return error_set(err, ERROR_STORE, "store %s cannot be written: %s", store->path, why);
	default:
		return error_set(err, ERROR_STORE, "store %s: %s: %s", store->path, doing, why);
	}
}

int store_damaged(struct store *store, const char *what, struct error **err)
{
	return error_set(err, ERROR_STORE,
			 "store %s is damaged (%s); move it away and read the dumps again, a new one is made then",
			 store->path, what);
}

/* SQLite's own handler looks ten times a second at most, and nobody knows of it: it would never find a command that
 * reads for minutes between two transactions. */
static int wait_for_turn(void *data, int count)
{
	struct store *store = data;
	if (count == 0)
		store->waits_since = time_now();
	if (time_now() - store->waits_since >= (int64_t)store->patience_ms * 1000)
		return 0;
	alive_wait(store);
	nanosleep(&(struct timespec){ .tv_nsec = STORE_LOOK_MS * 1000000 }, NULL);
	return 1;
}

void sql_set_patience(struct store *store, int milliseconds)
{
	store->patience_ms = milliseconds;
	sqlite3_busy_handler(store->db, wait_for_turn, store);
}

int sql_exec(struct store *store, const char *sql, struct error **err)
{
	return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : store_fail(store, sql, err);
}

int sql_prepare(struct store *store, const char *sql, sqlite3_stmt **ret_statement, struct error **err)
{
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
		return store_fail(store, sql, err);
	*ret_statement = statement;
	return 0;
}

int sql_prepare_buffer(struct store *store, const struct strbuf *sql, sqlite3_stmt **ret_statement, struct error **err)
{
	return strbuf_failed(sql, err) ? -1 : sql_prepare(store, strbuf_text(sql), ret_statement, err);
}

int sql_step(struct store *store, sqlite3_stmt *statement, struct error **err)
{
	int result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		return 1;
	return result == SQLITE_DONE ? 0 : store_fail(store, sqlite3_sql(statement), err);
}

int sql_run(struct store *store, sqlite3_stmt *statement, struct error **err)
{
	int result = sql_step(store, statement, err);
	sqlite3_reset(statement);
	return result < 0 ? -1 : 0;
}

int sql_number(struct store *store, sqlite3_stmt *statement, int64_t *ret_number, struct error **err)
{
	int64_t number = TIME_UNSET;
	int result = sql_step(store, statement, err);
	if (result > 0)
		result = sql_take_int(store, statement, 0, &number, err);
	if (result >= 0)
		*ret_number = number;
	sqlite3_reset(statement);
	return result < 0 ? -1 : 0;
}

void sql_finalizep(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
	*statement = NULL;
}

void sql_bind_int(sqlite3_stmt *statement, int index, int64_t value)
{
	_Static_assert(TIME_UNSET == INT_UNKNOWN, "one number stands for unknown");
	if (value == INT_UNKNOWN)
		sqlite3_bind_null(statement, index);
	else
		sqlite3_bind_int64(statement, index, value);
}

/* Bytes that SQLite would not give back as they are (it ends TEXT at a NUL, and repairs bad UTF-8) go in as a BLOB. */
void sql_bind_text(sqlite3_stmt *statement, int index, struct slice text)
{
	if (!text.data)
		sqlite3_bind_null(statement, index);
	else if (!memchr(text.data, 0, text.len) && utf8_valid(text))
		sqlite3_bind_text64(statement, index, text.data, text.len, SQLITE_STATIC, SQLITE_UTF8);
	else
		sqlite3_bind_blob64(statement, index, text.data, text.len, SQLITE_STATIC);
}

struct slice sql_text(sqlite3_stmt *statement, int column)
{
	const void *data = sqlite3_column_type(statement, column) == SQLITE_TEXT
				   ? (const void *)sqlite3_column_text(statement, column)
				   : sqlite3_column_blob(statement, column);
	return data ? (struct slice){ data, (size_t)sqlite3_column_bytes(statement, column) } : SLICE_NONE;
}

int64_t sql_int(sqlite3_stmt *statement, int column)
{
	return sqlite3_column_type(statement, column) == SQLITE_NULL ? INT_UNKNOWN
								     : sqlite3_column_int64(statement, column);
}

int sql_take_int(struct store *store, sqlite3_stmt *statement, int column, int64_t *ret_number, struct error **err)
{
	int type = sqlite3_column_type(statement, column);
	if (type != SQLITE_NULL && type != SQLITE_INTEGER)
		return store_damaged(store, "no number where one belongs", err);
	*ret_number = sql_int(statement, column);
	return 0;
}

int sql_take_time(struct store *store, sqlite3_stmt *statement, int column, int64_t *ret_time, struct error **err)
{
	if (sql_take_int(store, statement, column, ret_time, err) < 0)
		return -1;
	if (*ret_time != TIME_UNSET && !time_is_valid(*ret_time))
		return store_damaged(store, "a time outside of the years 1 to 9999", err);
	return 0;
}

int transaction_begin(struct store *store, bool to_write, struct error **err)
{
	int result = sql_exec(store, to_write ? "BEGIN IMMEDIATE" : "BEGIN", err);
	alive_wait_no_more(store);
	return result;
}

int transaction_end(struct store *store, int result, struct error **err)
{
	if (result >= 0 && sql_exec(store, "COMMIT", err) == 0)
		return result;
	/* A failed COMMIT leaves the transaction open; some failures have ended it already. */
	if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}
