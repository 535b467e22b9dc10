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

int cluster_guess(struct store *store, struct slice source, struct slice name, int64_t *ret_cluster, struct error **err)
{
	int64_t cluster;
	int found = find_row(store, "SELECT cluster FROM \"read\" WHERE source = ?1 ORDER BY id DESC LIMIT 1", source,
			     &cluster, err);
	if (!found)
		found = find_row(store,
				 "SELECT id FROM cluster WHERE name = ?1 AND NOT provisional "
				 "ORDER BY last_read DESC LIMIT 1",
				 name.data ? name : SLICE(""), &cluster, err);
	if (found <= 0)
		return found;
	int state = cluster_state(store, cluster, err),
	    images = state < 0 ? -1 : cluster_holds_images(store, cluster, err);
	if (images < 0)
		return -1;
	bool usable = state == CLUSTER_KNOWN && !images;
	if (usable)
		*ret_cluster = cluster;
	return usable;
}

static int insert_row(struct store *store, struct slice uid, struct slice name, enum cluster_state state,
		      int64_t *ret_cluster, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(store,
			"INSERT INTO cluster (cluster, name, uid, provisional) SELECT CASE ?3 WHEN 0 THEN ?1 "
			"ELSE '-staged ' || (SELECT ifnull(max(id), 0) FROM cluster) END, ?2, ?1, ?3",
			&statement, err) < 0)
		return -1;
	sql_bind_text(statement, 1, uid);
	sql_bind_text(statement, 2, name.data ? name : SLICE(""));
	sql_bind_int(statement, 3, state);
	if (sql_run(store, statement, err) < 0)
		return -1;
	*ret_cluster = sqlite3_last_insert_rowid(store->db);
	if (*ret_cluster > STORE_CLUSTERS_MAX)
		return error_set(err, ERROR_LIMIT,
				 "store %s holds %d clusters, and can hold no more; use another --store", store->path,
				 STORE_CLUSTERS_MAX);
	return 0;
}

int cluster_stage(struct store *store, struct slice uid, struct slice name, int64_t *ret_cluster, struct error **err)
{
	return insert_row(store, uid, name, CLUSTER_STAGED, ret_cluster, err);
}

int cluster_for_uid(struct store *store, struct slice uid, struct slice name, int64_t *ret_cluster, struct error **err)
{
	int found = find_row(store, "SELECT id FROM cluster WHERE cluster = ?1", uid, ret_cluster, err);
	if (found)
		return found < 0 ? -1 : 0;
	return insert_row(store, uid, name, CLUSTER_KNOWN, ret_cluster, err);
}

int cluster_set_uid(struct store *store, int64_t cluster, struct slice uid, int64_t *ret_known, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *note = NULL, *find = NULL, *settle = NULL;
	if (sql_prepare(store, "UPDATE cluster SET uid = ?2 WHERE id = ?1 AND uid IS NULL", &note, err) < 0 ||
	    sql_prepare(store,
			"SELECT k.id FROM cluster c JOIN cluster k ON k.cluster = c.uid "
			"WHERE c.id = ?1",
			&find, err) < 0 ||
	    sql_prepare(store, "UPDATE cluster SET cluster = uid, provisional = 0 WHERE id = ?1 AND uid IS NOT NULL",
			&settle, err) < 0)
		return -1;
	sql_bind_int(note, 1, cluster);
	sql_bind_text(note, 2, uid);
	sql_bind_int(find, 1, cluster);
	sql_bind_int(settle, 1, cluster);
	if (sql_run(store, note, err) < 0)
		return -1;
	int found = sql_step(store, find, err);
	*ret_known = found > 0 ? sql_int(find, 0) : cluster;
	return found == 0 ? sql_run(store, settle, err) : found < 0 ? -1 : 0;
}

/* The address, or "ADDRESS (n)" where that is taken; the name for people is numbered alike. */
int cluster_set_address(struct store *store, int64_t cluster, int64_t read, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(
		    store,
		    "WITH RECURSIVE address(a) AS (SELECT ifnull(CAST(source AS TEXT), '-') FROM \"read\" WHERE id = ?1), "
		    "number(n, text) AS (SELECT 1, a FROM address UNION ALL SELECT n + 1, a || ' (' || (n + 1) || ')' "
		    "FROM number, address WHERE EXISTS (SELECT 1 FROM cluster c WHERE c.cluster = text)) "
		    "UPDATE cluster SET provisional = 1, "
		    "cluster = (SELECT text FROM number ORDER BY n DESC LIMIT 1), "
		    "name = (SELECT CASE n WHEN 1 THEN name ELSE CAST(name AS TEXT) || ' (' || n || ')' END "
		    "FROM number ORDER BY n DESC LIMIT 1) WHERE id = ?2",
		    &statement, err) < 0)
		return -1;
	sql_bind_int(statement, 1, read);
	sql_bind_int(statement, 2, cluster);
	return sql_run(store, statement, err);
}

int cluster_state(struct store *store, int64_t cluster, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(store, "SELECT provisional FROM cluster WHERE id = ?1", &statement, err) < 0)
		return -1;
	sql_bind_int(statement, 1, cluster);
	int got = sql_step(store, statement, err);
	if (got < 0)
		return -1;
	int64_t state = got ? sql_int(statement, 0) : -1;
	if (state < CLUSTER_KNOWN || state > CLUSTER_STAGED)
		return store_damaged(store, got ? "a cluster in no known state" : "a cluster is missing", err);
	return (int)state;
}

int cluster_holds_images(struct store *store, int64_t cluster, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(store, "SELECT cluster FROM cluster WHERE id = ?1", &statement, err) < 0)
		return -1;
	sql_bind_int(statement, 1, cluster);
	int got = sql_step(store, statement, err);
	return got < 0 ? -1 : got && !identity_is_cluster(sql_text(statement, 0));
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
	if (sql_prepare(store, "SELECT as_of FROM \"read\" WHERE cluster = ?1 AND id <> ?2 ORDER BY as_of DESC LIMIT 1",
			&statement, err) < 0)
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
