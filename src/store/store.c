#include "store/store.h"

#include <pthread.h>
#include <time.h>

#include "base/alloc.h"
#include "base/file.h"
#include "store/store_internal.h"

#define WAL_PAUSE_MS 20
#define WAL_TRIES (STORE_BUSY_MS / WAL_PAUSE_MS)

/* Nothing a stored schema says is trusted to run code, and no temporary file is made. Rows of some hundred bytes in
 * trees without row numbers want pages larger than the usual 4 KiB (sqlite.org/withoutrowid.html); it counts for a file
 * that is yet empty, and took a twentieth off a first reading. */
static int configure(struct store *store, struct error **err)
{
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sql_set_patience(store, STORE_BUSY_MS);
	return sql_exec(store,
			"PRAGMA page_size = 16384; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768; "
			"PRAGMA synchronous = NORMAL",
			err);
}

/* Switching to WAL does not wait for other processes as everything else does: two that make a store at once meet here.
 */
static int set_wal(struct store *store, struct error **err)
{
	int result = SQLITE_BUSY;
	sql_set_patience(store, 0);
	for (int i = 0; i < WAL_TRIES && (result & 0xff) == SQLITE_BUSY; i++) {
		if (i)
			nanosleep(&(struct timespec){ .tv_nsec = WAL_PAUSE_MS * 1000000 }, NULL);
		result = sqlite3_exec(store->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
	}
	sql_set_patience(store, STORE_BUSY_MS);
	return result == SQLITE_OK ? 0 : store_fail(store, "journal_mode = WAL", err);
}

/* Nobody asks how much memory SQLite has: it need not count it under a lock. Refused where SQLite is in use already. */
static void start_sqlite(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* A file that is not ours is recognised before anything is written to it. */
static int open_database(struct store *store, struct error **err)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
	if (sqlite3_open_v2(store->path, &store->db, flags, NULL) != SQLITE_OK)
		return store->db ? store_fail(store, "open", err) : error_no_memory(err);
	if (configure(store, err) < 0 || store_is_ours(store, err) < 0 || set_wal(store, err) < 0)
		return -1;
	return migrate(store, err) < 0 ? -1 : reads_end_dead(store, err);
}

int store_open(const char *path, struct store **ret_store, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(store_closep) struct store *store = mem_alloc_zeroed(1, sizeof *store);
	struct slice real;
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, start_sqlite);
	if (!store)
		return error_no_memory(err);
	store->sink.ops = &store_sink_ops;
	store->alive = -1;
	if (place_prepare(path, &arena, &real, err) < 0)
		return -1;
	store->path = mem_copy_text(real.data, real.len);
	if (!store->path)
		return error_no_memory(err);
	if (open_database(store, err) < 0)
		return -1;
	*ret_store = TAKE_PTR(store);
	return 0;
}

struct store *store_close(struct store *store)
{
	if (!store)
		return NULL;
	if (store->reads.len)
		store->sink.ops->rollback(&store->sink);
	store_statements_finalize(store);
	fd_closep(&store->alive);
	sqlite3_close_v2(store->db);
	vec_release(&store->reads);
	mem_free(store->path);
	return mem_free(store);
}

void store_closep(struct store **store)
{
	*store = store_close(*store);
}

struct sink *store_sink(struct store *store)
{
	return &store->sink;
}
