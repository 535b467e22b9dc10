#include "store/store.h"
#include "store/store_internal.h"

static int stored_key(struct store *store, struct strbuf *id, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;

	if (sql_prepare(store, "SELECT \"id\" FROM \"fingerprint_key\"", &statement, err) < 0)
		return -1;
	int row = sql_step(store, statement, err);
	if (row > 0)
		strbuf_add_slice(id, sql_text(statement, 0));
	return row < 0 || strbuf_failed(id, err) ? -1 : row;
}

static int keep_key(struct store *store, const char *key_id, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;

	if (sql_prepare(
		    store,
		    "INSERT INTO \"fingerprint_key\" SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM \"fingerprint_key\")",
		    &statement, err) < 0)
		return -1;
	sql_bind_text(statement, 1, slice_of(key_id));
	return sql_run(store, statement, err);
}

/* 1: no read was ever begun. */
static int nothing_read(struct store *store, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(store, "SELECT 1 FROM \"read\" LIMIT 1", &statement, err) < 0)
		return -1;
	int found = sql_step(store, statement, err);
	return found < 0 ? -1 : !found;
}

int store_check_key(struct store *store, const char *key_id, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf kept = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	int found = stored_key(store, &kept, err);

	if (found == 0 && (keep_key(store, key_id, err) < 0 || (found = stored_key(store, &kept, err)) < 0))
		return -1;
	if (found < 0 || strcmp(strbuf_text(&kept), key_id) == 0)
		return found < 0 ? -1 : 0;
	int empty = nothing_read(store, err);
	if (empty < 0)
		return -1;
	if (empty)
		return error_set(err, ERROR_STORE,
				 "store %s was made for the key %s, and this is key %s; nothing was read into it: use "
				 "another --store, or remove it",
				 store->path, strbuf_text(&kept), key_id);
	return error_set(err, ERROR_STORE,
			 "store %s has fingerprints of key %s, and this is key %s: every login would look changed; "
			 "give the old key with --key-file, or use another --store",
			 store->path, strbuf_text(&kept), key_id);
}
