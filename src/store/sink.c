#include "base/time.h"
#include "store/store_internal.h"

/* NULL too when SQLite has ended the transaction by itself (a full disk): nothing may go in outside of it. */
static struct open_read *open_read_of(struct store *store, int64_t id)
{
	if (store->writing && sqlite3_get_autocommit(store->db))
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

/* What is half done can only be taken back. */
static int fail_for_good(struct store *store)
{
	store->broken = true;
	return -1;
}

/* --- begin --- */

static int insert_read(struct store *store, const struct sink_scope *scope, struct open_read *read, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(store,
			"INSERT INTO \"read\" (source, source_kind, cluster, started, as_of, outcome) "
			"VALUES (?1, ?2, ?3, ?4, ?5, " READING ")",
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
	bool sure = store->again || scope->once; /* nothing that finish would have to ask for again */
	int found = 0;
	if (uid.data && (certain || !sure)) {
		read->may_ask_again = !certain;
		return cluster_for_uid(store, uid, scope->cluster_name, &read->cluster, err);
	}
	if (!sure)
		found = cluster_guess(store, scope->source, scope->cluster_name, &read->cluster, err);
	read->staged = found == 0;
	read->may_ask_again = found > 0;
	if (found)
		return found < 0 ? -1 : 0;
	return cluster_stage(store, uid, scope->cluster_name, &read->cluster, err);
}

static int begin_read(struct store *store, const struct sink_scope *scope, int64_t *ret_read, struct error **err)
{
	struct open_read *read = vec_push(&store->reads);
	if (!read)
		return error_no_memory(err);
	*read = (struct open_read){ .as_of = scope->as_of, .uid_known = usable_uid(scope->cluster_uid).data };
	if (file_read(store, scope, read, err) < 0 || insert_read(store, scope, read, err) < 0 ||
	    (read->id % STORE_PRUNE_READS == 0 && reads_prune(store, err) < 0) || reads_compare(store, err) < 0) {
		store->reads.len--;
		return -1;
	}
	*ret_read = read->id;
	return 0;
}

static int store_begin(struct sink *sink, const struct sink_scope *scope, int64_t *ret_read, struct error **err)
{
	struct store *store = (struct store *)sink;
	bool first = !store->writing;
	if (reads_write(store, err) < 0)
		return -1;
	if (begin_read(store, scope, ret_read, err) == 0)
		return 0;
	if (first) /* the transaction was opened for this read alone */
		reads_write_nothing(store);
	return first ? -1 : fail_for_good(store);
}

/* --- put --- */

static int store_put(struct sink *sink, int64_t id, const struct record_type *type, const void *record,
		     struct error **err)
{
	struct store *store = (struct store *)sink;
	const struct open_read *read = open_read_of(store, id);
	if (!read)
		return not_open("put", id, err);
	if (reads_write(store, err) < 0)
		return -1;
	if (type != &coverage_type)
		return record_put(store, read, type, record, err);
	struct coverage coverage = *(const struct coverage *)record;
	coverage.read = id;
	return record_put(store, read, type, &coverage, err);
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
			"objects = ?7, defects = ?8, notes = ?9 WHERE id = ?1",
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
	sql_bind_text(statement, 9, end->notes);
	return sql_run(store, statement, err);
}

static int end_read(struct store *store, struct open_read *read, const struct sink_end *end, struct error **err)
{
	int64_t cluster;
	read->finished = true;
	if (write_end(store, read, end, err) < 0 ||
	    cluster_settle(store, read, usable_uid(end->cluster_uid), &cluster, err) < 0 ||
	    cluster_refresh(store, cluster, read->id, end->server_version, err) < 0)
		return -1;
	return reads_compare(store, err);
}

static int store_finish(struct sink *sink, int64_t id, const struct sink_end *end, struct error **err)
{
	struct store *store = (struct store *)sink;
	struct open_read *read = open_read_of(store, id);
	if (!read)
		return not_open("finish", id, err);
	if (reads_write(store, err) < 0)
		return -1;
	int filed = read->staged ? 1 : filed_rightly(store, read, end, err);
	if (filed < 0)
		return -1;
	if (!filed) {
		store->again = true;
		return SINK_AGAIN;
	}
	return end_read(store, read, end, err) < 0 ? fail_for_good(store) : 0;
}

/* --- commit and rollback --- */

static int may_commit(struct store *store, struct error **err)
{
	if (store->broken)
		return error_set(err, ERROR_STORE, "commit: an earlier call failed half done");
	for (size_t i = 0; i < store->reads.len; i++)
		if (!store->reads.items[i].finished && store->reads.items[i].may_ask_again)
			return error_set(err, ERROR_STORE,
					 "commit: read %lld is still open, and may have to be read again",
					 (long long)store->reads.items[i].id);
	if (store->writing && sqlite3_get_autocommit(store->db))
		return error_set(err, ERROR_STORE, "commit: the transaction was lost to an earlier failure");
	return 0;
}

static int store_commit(struct sink *sink, struct error **err)
{
	struct store *store = (struct store *)sink;
	if (may_commit(store, err) < 0)
		return -1;
	if (store->writing && (reads_hold(store, err) < 0 || sql_exec(store, "COMMIT", err) < 0))
		return -1;
	store->writing = store->again = false;
	reads_keep_open(store);
	return 0;
}

static void store_rollback(struct sink *sink)
{
	struct store *store = (struct store *)sink;
	reads_write_nothing(store);
	reads_give_up(store);
	store->broken = false;
}

const struct sink_ops store_sink_ops = {
	.begin = store_begin,
	.put = store_put,
	.finish = store_finish,
	.commit = store_commit,
	.rollback = store_rollback,
};
