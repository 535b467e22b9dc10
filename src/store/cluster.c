#include "store/store_internal.h"

/* 1 and the row's number, 0 not there, -1. */
static int find_row(struct store *store, const char *sql, struct slice text, int64_t *ret_cluster, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(store, sql, &statement, err) < 0)
		return -1;
	sql_bind_text(statement, 1, text);
	int found = sql_step(store, statement, err);
	if (found > 0)
		*ret_cluster = sql_int(statement, 0);
	return found;
}

static int find_uid(struct store *store, struct slice uid, int64_t *ret_cluster, struct error **err)
{
	return find_row(store, "SELECT id FROM cluster WHERE cluster = ?1 AND NOT provisional", uid, ret_cluster, err);
}

static int find_provisional(struct store *store, struct slice name, int64_t *ret_cluster, struct error **err)
{
	return find_row(store, "SELECT id FROM cluster WHERE name = ?1 AND provisional = 1", name, ret_cluster, err);
}

static int guess_name(struct store *store, struct slice name, int64_t *ret_cluster, struct error **err)
{
	return find_row(store, "SELECT id FROM cluster WHERE name = ?1 ORDER BY last_read DESC LIMIT 1", name,
			ret_cluster, err);
}

/* What the row is known by: the uid, or the name while there is none. */
static int set_identity(struct store *store, int64_t cluster, struct slice uid, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(store,
			"UPDATE cluster SET uid = ?2, provisional = (?2 IS NULL), "
			"cluster = ifnull(?2, 'name:' || CAST(name AS TEXT)) WHERE id = ?1",
			&statement, err) < 0)
		return -1;
	sql_bind_int(statement, 1, cluster);
	sql_bind_text(statement, 2, uid);
	return sql_run(store, statement, err);
}

/* provisional: 1 and 0 as in the record; 2 for a row that is staged, which is found by nobody but its read. */
static int insert_row(struct store *store, struct slice uid, struct slice name, int provisional, int64_t *ret_cluster,
		      struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(
		    store,
		    "INSERT INTO cluster (cluster, name, uid, provisional) SELECT CASE ?3 WHEN 0 THEN ?1 "
		    "WHEN 1 THEN 'name:' || CAST(?2 AS TEXT) ELSE 'staged:' || (SELECT ifnull(max(id), 0) FROM cluster) "
		    "END, ?2, ?1, ?3",
		    &statement, err) < 0)
		return -1;
	sql_bind_text(statement, 1, uid);
	sql_bind_text(statement, 2, name.data ? name : SLICE(""));
	sql_bind_int(statement, 3, provisional);
	if (sql_run(store, statement, err) < 0)
		return -1;
	*ret_cluster = sqlite3_last_insert_rowid(store->db);
	return 0;
}

int cluster_stage(struct store *store, struct slice uid, struct slice name, int64_t *ret_cluster, struct error **err)
{
	return insert_row(store, uid, name, 2, ret_cluster, err);
}

static int cluster_for_uid(struct store *store, struct slice uid, struct slice name, int64_t *ret_cluster,
			   struct error **err)
{
	int found = find_uid(store, uid, ret_cluster, err);
	if (found)
		return found < 0 ? -1 : 0;
	found = find_provisional(store, name, ret_cluster, err);
	if (found > 0)
		return set_identity(store, *ret_cluster, uid, err);
	return found < 0 ? -1 : insert_row(store, uid, name, 0, ret_cluster, err);
}

int cluster_for(struct store *store, struct slice uid, struct slice name, bool guess, int64_t *ret_cluster,
		struct error **err)
{
	struct slice known_name = name.data ? name : SLICE("");
	if (uid.data)
		return cluster_for_uid(store, uid, known_name, ret_cluster, err);
	int found = guess ? guess_name(store, known_name, ret_cluster, err)
			  : find_provisional(store, known_name, ret_cluster, err);
	if (found)
		return found < 0 ? -1 : 0;
	return insert_row(store, SLICE_NONE, known_name, 1, ret_cluster, err);
}

int cluster_has_uid(struct store *store, int64_t cluster, struct slice uid, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(store, "SELECT uid IS ?2 FROM cluster WHERE id = ?1", &statement, err) < 0)
		return -1;
	sql_bind_int(statement, 1, cluster);
	sql_bind_text(statement, 2, uid);
	int got = sql_step(store, statement, err);
	return got < 0 ? -1 : got && sql_int(statement, 0) == 1;
}

int cluster_newest(struct store *store, int64_t cluster, int64_t but_read, int64_t *ret_as_of, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(store, "SELECT max(as_of) FROM \"read\" WHERE cluster = ?1 AND id <> ?2", &statement, err) < 0)
		return -1;
	sql_bind_int(statement, 1, cluster);
	sqlite3_bind_int64(statement, 2, but_read);
	return sql_number(store, statement, ret_as_of, err);
}

int cluster_refresh(struct store *store, int64_t cluster, int64_t read, struct slice server_version, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(store,
			"UPDATE cluster SET "
			"first_read = (SELECT id FROM \"read\" r WHERE r.cluster = ?1 AND as_of IS NOT NULL "
			"ORDER BY as_of, id LIMIT 1), "
			"last_read = (SELECT id FROM \"read\" r WHERE r.cluster = ?1 AND as_of IS NOT NULL "
			"ORDER BY as_of DESC, id DESC LIMIT 1) WHERE id = ?1",
			&statement, err) < 0)
		return -1;
	sql_bind_int(statement, 1, cluster);
	if (sql_run(store, statement, err) < 0)
		return -1;
	sql_finalizep(&statement);
	if (sql_prepare(store,
			"UPDATE cluster SET server_version = ?3 WHERE id = ?1 AND ?3 IS NOT NULL "
			"AND (server_version IS NULL OR last_read = ?2)",
			&statement, err) < 0)
		return -1;
	sql_bind_int(statement, 1, cluster);
	sql_bind_int(statement, 2, read);
	sql_bind_text(statement, 3, server_version);
	return sql_run(store, statement, err);
}

int cluster_find(struct store *store, struct slice identity, int64_t *ret_cluster, struct error **err)
{
	*ret_cluster = 0;
	if (!identity.data)
		return 0;
	int found = find_row(store, "SELECT id FROM cluster WHERE cluster = ?1", identity, ret_cluster, err);
	if (found < 0)
		return -1;
	if (!found)
		*ret_cluster = -1;
	return 0;
}

/* Name and uid of a row into the arena. */
static int read_names(struct store *store, int64_t cluster, struct arena *arena, struct slice *ret_name,
		      struct slice *ret_uid, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(store, "SELECT name, uid FROM cluster WHERE id = ?1", &statement, err) < 0)
		return -1;
	sql_bind_int(statement, 1, cluster);
	int got = sql_step(store, statement, err);
	if (got <= 0)
		return got < 0 ? -1 : error_set(err, ERROR_STORE, "store %s: a cluster went missing", store->path);
	if (arena_copy(arena, sql_text(statement, 0), ret_name) < 0 ||
	    arena_copy(arena, sql_text(statement, 1), ret_uid) < 0)
		return arena_fail(arena, err);
	return 0;
}

static int settle_staged(struct store *store, const struct open_read *read, struct slice uid, struct slice name,
			 int64_t *ret_cluster, struct error **err)
{
	if (cluster_for(store, uid, name, false, ret_cluster, err) < 0)
		return -1;
	return cluster_merge(store, read->cluster, *ret_cluster, err);
}

int cluster_settle(struct store *store, const struct open_read *read, struct slice uid, int64_t *ret_cluster,
		   struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct slice name, known_uid;
	int64_t other;
	if (read_names(store, read->cluster, &arena, &name, &known_uid, err) < 0)
		return -1;
	*ret_cluster = read->cluster;
	if (read->staged)
		return settle_staged(store, read, known_uid.data ? known_uid : uid, name, ret_cluster, err);
	if (!uid.data || known_uid.data)
		return 0;
	int found = find_uid(store, uid, &other, err);
	if (found < 0)
		return -1;
	if (!found)
		return set_identity(store, read->cluster, uid, err);
	*ret_cluster = other;
	return cluster_merge(store, read->cluster, other, err);
}
