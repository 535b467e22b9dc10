#include "base/time.h"
#include "store/store_internal.h"

/* NULL too when SQLite has ended the transaction by itself (a full disk): nothing may go in outside of it. */
static struct open_read *open_read_of(struct store *store, int64_t id)
{
	if (sqlite3_get_autocommit(store->db))
		return NULL;
	for (size_t i = 0; i < store->reads.len; i++)
		if (store->reads.items[i].id == id && !store->reads.items[i].finished)
			return &store->reads.items[i];
	return NULL;
}

static int not_open(const char *call, int64_t read, struct error **err)
{
	return error_set(err, ERROR_STORE, "%s: read %lld is not open", call, (long long)read);
}

static void store_rollback(struct sink *sink)
{
	struct store *store = (struct store *)sink;
	if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	vec_clear(&store->reads);
}

/* --- begin --- */

static int insert_read(struct store *store, const struct sink_scope *scope, struct open_read *read, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(
		    store,
		    "INSERT INTO \"read\" (source, source_kind, cluster, started, as_of) VALUES (?1, ?2, ?3, ?4, ?5)",
		    &statement, err) < 0)
		return -1;
	sql_bind_text(statement, 1, scope->source);
	sql_bind_text(statement, 2, scope->source_kind);
	sql_bind_int(statement, 3, read->cluster);
	sql_bind_int(statement, 4, time_now());
	sql_bind_int(statement, 5, scope->as_of);
	if (sql_run(store, statement, err) < 0)
		return -1;
	read->id = sqlite3_last_insert_rowid(store->db);
	return 0;
}

/* Identities that are addresses hold a slash or begin with a dash: what looks like one is no UID. */
static struct slice usable_uid(struct slice uid)
{
	bool usable = uid.len && uid.data[0] != '-' && !memchr(uid.data, '/', uid.len);
	return usable ? uid : SLICE_NONE;
}

/* What is not known yet is filed under a row of its own, and settled when it ends; so nothing can turn out to be filed
 * wrongly, and a source that is read again is not asked a third time. Only where the cluster is as good as known, the
 * records go there at once. */
static int file_read(struct store *store, const struct sink_scope *scope, struct open_read *read, struct error **err)
{
	struct slice uid = usable_uid(scope->cluster_uid);
	bool certain = uid.data && scope->as_of != TIME_UNSET;
	int found = 0;
	if (uid.data && (certain || !store->again))
		return cluster_for_uid(store, uid, scope->cluster_name, &read->cluster, err);
	if (!store->again)
		found = cluster_guess(store, scope->source, scope->cluster_name, &read->cluster, err);
	read->staged = found == 0;
	if (found)
		return found < 0 ? -1 : 0;
	return cluster_stage(store, uid, scope->cluster_name, &read->cluster, err);
}

static int begin_read(struct store *store, const struct sink_scope *scope, struct open_read *read, struct error **err)
{
	int64_t newest;
	*read = (struct open_read){ .as_of = scope->as_of, .uid_known = usable_uid(scope->cluster_uid).data };
	if (file_read(store, scope, read, err) < 0 || insert_read(store, scope, read, err) < 0)
		return -1;
	if (cluster_newest(store, read->cluster, read->id, &newest, err) < 0)
		return -1;
	read->older = read->as_of != TIME_UNSET && newest > read->as_of;
	return 0;
}

static int store_begin(struct sink *sink, const struct sink_scope *scope, int64_t *ret_read, struct error **err)
{
	struct store *store = (struct store *)sink;
	if (sqlite3_get_autocommit(store->db) && transaction_begin(store, true, err) < 0)
		return -1;
	struct open_read read;
	if (begin_read(store, scope, &read, err) < 0)
		goto fail;
	struct open_read *kept = vec_push(&store->reads);
	if (!kept) {
		error_no_memory(err);
		goto fail;
	}
	*kept = read;
	*ret_read = read.id;
	return 0;
fail:
	if (!store->reads.len) /* the transaction was opened for this read alone */
		store_rollback(sink);
	return -1;
}

/* --- put --- */

static int prepare_upsert(struct store *store, const struct record_type *type, sqlite3_stmt **ret_statement,
			  struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
	table_add_insert(&sql, type);
	strbuf_add_text(&sql, " ON CONFLICT DO UPDATE SET ");
	table_add_assignments(&sql, type, "excluded");
	return sql_prepare_buffer(store, &sql, ret_statement, err);
}

/* The read's as_of is the parameter behind the columns. */
static int prepare_upsert_older(struct store *store, const struct record_type *type, int as_of,
				sqlite3_stmt **ret_statement, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
	table_add_insert(&sql, type);
	strbuf_add_text(&sql, " ON CONFLICT DO UPDATE SET ");
	table_add_assignments(&sql, type, "excluded");
	strbuf_addf(&sql, " WHERE (SELECT as_of FROM \"read\" WHERE id = \"%s\".last_read) <= ?%d", type->name, as_of);
	return sql_prepare_buffer(store, &sql, ret_statement, err);
}

static int prepare_lower_first(struct store *store, const struct record_type *type, int as_of,
			       sqlite3_stmt **ret_statement, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
	strbuf_addf(&sql, "UPDATE \"%s\" SET first_read = ?%d WHERE ", type->name, as_of - 1);
	table_add_key_match(&sql, type);
	strbuf_addf(&sql, " AND (SELECT as_of FROM \"read\" WHERE id = first_read) > ?%d", as_of);
	return sql_prepare_buffer(store, &sql, ret_statement, err);
}

/* Binds the record, and behind it its read and, where the statement asks for it, the read's time. */
static int bind_record(struct store *store, sqlite3_stmt *statement, const struct record_type *type,
		       const struct open_read *read, const void *record, struct error **err)
{
	int next;
	if (table_bind(store, statement, type, record, read->cluster, &next, err) < 0)
		return -1;
	if (table_keeps_reads(type)) {
		sqlite3_bind_int64(statement, next, read->id);
		sqlite3_bind_int64(statement, next + 1, read->id);
	}
	if (sqlite3_bind_parameter_count(statement) >= next + 2)
		sqlite3_bind_int64(statement, next + 2, read->as_of);
	return 0;
}

static int run_put(struct store *store, sqlite3_stmt *statement, const struct record_type *type,
		   const struct open_read *read, const void *record, struct error **err)
{
	if (bind_record(store, statement, type, read, record, err) < 0)
		return -1;
	return sql_run(store, statement, err);
}

/* Later reads keep their word about what the record is; only when it was seen first may change. */
static int put_older(struct store *store, struct table_statements *statements, const struct record_type *type,
		     const struct open_read *read, const void *record, struct error **err)
{
	int as_of = table_column_count(type) + 1;
	if (!statements->upsert_older && prepare_upsert_older(store, type, as_of, &statements->upsert_older, err) < 0)
		return -1;
	if (!statements->lower_first && prepare_lower_first(store, type, as_of, &statements->lower_first, err) < 0)
		return -1;
	if (run_put(store, statements->upsert_older, type, read, record, err) < 0)
		return -1;
	return run_put(store, statements->lower_first, type, read, record, err);
}

static int put_record(struct store *store, struct table_statements *statements, const struct record_type *type,
		      const struct open_read *read, const void *record, struct error **err)
{
	if (read->older && table_keeps_reads(type))
		return put_older(store, statements, type, read, record, err);
	if (!statements->upsert && prepare_upsert(store, type, &statements->upsert, err) < 0)
		return -1;
	return run_put(store, statements->upsert, type, read, record, err);
}

static struct table_statements *statements_of(struct store *store, const struct record_type *type)
{
	for (size_t i = 0; i < observed_type_count && i < STORE_TABLES_MAX; i++)
		if (observed_types[i] == type)
			return &store->tables[i];
	return NULL;
}

static int store_put(struct sink *sink, int64_t id, const struct record_type *type, const void *record,
		     struct error **err)
{
	struct store *store = (struct store *)sink;
	struct open_read *read = open_read_of(store, id);
	struct table_statements *statements = statements_of(store, type);
	if (!read)
		return not_open("put", id, err);
	if (!statements)
		return error_set(err, ERROR_STORE, "%s is not a record that readers of sources give", type->name);
	if (type != &coverage_type)
		return put_record(store, statements, type, read, record, err);
	struct coverage coverage = *(const struct coverage *)record;
	if (coverage.read == INT_UNKNOWN)
		coverage.read = id;
	return put_record(store, statements, type, read, &coverage, err);
}

/* --- finish --- */

/* 1: every record stands where it belongs; 0: the source must be read again, knowing what its end told; -1. */
static int filed_rightly(struct store *store, const struct open_read *read, const struct sink_end *end,
			 struct error **err)
{
	int64_t newest;
	struct slice uid = usable_uid(end->cluster_uid);
	int same = cluster_has_uid(store, read->cluster, uid, err);
	if (same < 0)
		return -1;
	if (read->uid_known && uid.data && !same)
		return error_set(err, ERROR_STORE, "the read was begun for another cluster than %.*s, which it read",
				 SLICE_ARG(uid));
	if (!read->uid_known && !same)
		return 0; /* the guess was wrong */
	if (read->as_of != TIME_UNSET)
		return 1;
	if (cluster_newest(store, read->cluster, read->id, &newest, err) < 0)
		return -1;
	return newest <= end->as_of;
}

static int write_end(struct store *store, const struct open_read *read, const struct sink_end *end, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(store,
			"UPDATE \"read\" SET ended = ?2, as_of = ?3, as_of_from = ?4, outcome = ?5, why = ?6, "
			"objects = ?7, defects = ?8 WHERE id = ?1",
			&statement, err) < 0)
		return -1;
	sql_bind_int(statement, 1, read->id);
	sql_bind_int(statement, 2, time_now());
	sql_bind_int(statement, 3, read->as_of == TIME_UNSET ? end->as_of : read->as_of);
	sql_bind_text(statement, 4, end->as_of_from);
	sql_bind_text(statement, 5, end->outcome);
	sql_bind_text(statement, 6, end->why);
	sql_bind_int(statement, 7, end->objects);
	sql_bind_int(statement, 8, end->defects);
	return sql_run(store, statement, err);
}

static int store_finish(struct sink *sink, int64_t id, const struct sink_end *end, struct error **err)
{
	struct store *store = (struct store *)sink;
	struct open_read *read = open_read_of(store, id);
	if (!read)
		return not_open("finish", id, err);
	int filed = read->staged ? 1 : filed_rightly(store, read, end, err);
	if (filed < 0)
		return -1;
	if (!filed) {
		store->again = true;
		return SINK_AGAIN;
	}
	int64_t cluster;
	if (write_end(store, read, end, err) < 0 ||
	    cluster_settle(store, read, usable_uid(end->cluster_uid), &cluster, err) < 0 ||
	    cluster_refresh(store, cluster, id, end->server_version, err) < 0)
		return -1;
	read->finished = true;
	return 0;
}

/* --- commit --- */

static int store_commit(struct sink *sink, struct error **err)
{
	struct store *store = (struct store *)sink;
	for (size_t i = 0; i < store->reads.len; i++)
		if (!store->reads.items[i].finished)
			return error_set(err, ERROR_STORE, "commit: read %lld is still open",
					 (long long)store->reads.items[i].id);
	if (store->reads.len && sqlite3_get_autocommit(store->db))
		return error_set(err, ERROR_STORE, "commit: the transaction was lost to an earlier failure");
	if (store->reads.len && sql_exec(store, "COMMIT", err) < 0)
		return -1;
	vec_clear(&store->reads);
	store->again = false;
	return 0;
}

const struct sink_ops store_sink_ops = {
	.begin = store_begin,
	.put = store_put,
	.finish = store_finish,
	.commit = store_commit,
	.rollback = store_rollback,
};

void store_statements_finalize(struct store *store)
{
	for (size_t i = 0; i < STORE_TABLES_MAX; i++) {
		sql_finalizep(&store->tables[i].upsert);
		sql_finalizep(&store->tables[i].upsert_older);
		sql_finalizep(&store->tables[i].lower_first);
	}
}
