#include "base/time.h"
#include "store/store.h"
#include "store/store_internal.h"

/* Prepared once for all findings. */
struct finding_statements {
	sqlite3_stmt *put, *find_cluster;
};

static void statements_release(struct finding_statements *statements)
{
	sql_finalizep(&statements->put);
	sql_finalizep(&statements->find_cluster);
}

/* A finding that stays keeps its first sight, and that a person accepted it. */
static int prepare_put(struct store *store, sqlite3_stmt **ret_statement, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
	table_add_insert(&sql, &finding_type);
	strbuf_add_text(&sql, " ON CONFLICT DO UPDATE SET ");
	table_add_assignments(&sql, &finding_type, "excluded");
	strbuf_add_text(&sql, ", state = CASE finding.state WHEN 'accepted' THEN 'accepted' ELSE excluded.state END"
			      ", first_seen = min(finding.first_seen, excluded.first_seen)"
			      ", last_seen = max(finding.last_seen, excluded.last_seen), current = 1");
	return sql_prepare_buffer(store, &sql, ret_statement, err);
}

/* The row of the finding's cluster, 0 where it is about none. */
static int find_cluster(struct store *store, const struct finding *finding, sqlite3_stmt *find, int64_t *ret_cluster,
			struct error **err)
{
	*ret_cluster = 0;
	if (!finding->cluster.data)
		return 0;
	sql_bind_text(find, 1, finding->cluster);
	if (sql_number(store, find, ret_cluster, err) < 0)
		return -1;
	if (*ret_cluster == TIME_UNSET)
		return error_set(err, ERROR_STORE, "finding %.*s is about cluster %.*s, which the store does not hold",
				 SLICE_ARG(finding->rule), SLICE_ARG(finding->cluster));
	return 0;
}

static int put_finding(struct store *store, const struct finding_statements *statements, const struct finding *finding,
		       int64_t as_of, struct error **err)
{
	struct finding put = *finding;
	int64_t cluster;
	int next;
	put.first_seen = put.last_seen = as_of;
	if (!put.state.data)
		put.state = SLICE("open");
	if (find_cluster(store, &put, statements->find_cluster, &cluster, err) < 0 ||
	    table_bind(store, statements->put, &finding_type, &put, cluster, &next, err) < 0)
		return -1;
	return sql_run(store, statements->put, err);
}

/* What was not put again went away; what was, is the work of this version. */
static int settle_rest(struct store *store, int version, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_exec(store, "UPDATE finding SET state = 'resolved' WHERE NOT current AND state <> 'resolved'", err) < 0)
		return -1;
	if (sql_prepare(store, "UPDATE finding SET version = ?1 WHERE current", &statement, err) < 0)
		return -1;
	sql_bind_int(statement, 1, version);
	return sql_run(store, statement, err);
}

static int replace_all(struct store *store, const struct finding *findings, size_t count, int version, int64_t as_of,
		       struct error **err)
{
	CLEANUP(statements_release) struct finding_statements statements = { 0 };
	if (sql_exec(store, "UPDATE finding SET current = 0", err) < 0 ||
	    prepare_put(store, &statements.put, err) < 0 ||
	    sql_prepare(store, "SELECT id FROM cluster WHERE cluster = ?1", &statements.find_cluster, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (put_finding(store, &statements, &findings[i], as_of, err) < 0)
			return -1;
	return settle_rest(store, version, err);
}

int store_findings_replace(struct store *store, const struct finding *findings, size_t count, int version,
			   int64_t as_of, struct error **err)
{
	int64_t time = as_of == TIME_UNSET ? time_now() : as_of;
	if (transaction_begin(store, true, err) < 0)
		return error_context(err, "keeping the findings");
	int result = transaction_end(store, replace_all(store, findings, count, version, time, err), err);
	return result < 0 ? error_context(err, "keeping the findings") : 0;
}
