#include "store/store_internal.h"

/* When a read was: its time, and of one time the one that was read later. One that is still open is later than all. */
#define WHEN(read) "(ifnull((SELECT as_of FROM \"read\" WHERE id = " read "), 9223372036854775807), " read ")"

static void add_same_identity(struct strbuf *sql, const struct record_type *type)
{
	strbuf_add_text(sql, " WHERE ours.cluster = ?2 AND theirs.cluster = ?1");
	for (size_t i = 0; i < type->field_count; i++)
		if (type->fields[i].flags & FIELD_KEY && !(type->fields[i].flags & FIELD_CLUSTER))
			strbuf_addf(sql, " AND ours.\"%s\" = theirs.\"%s\"", type->fields[i].name,
				    type->fields[i].name);
}

/* Of what both clusters hold, the earlier first sight. */
static void add_earlier_sight(struct strbuf *sql, const struct record_type *type)
{
	strbuf_addf(sql, "UPDATE \"%s\" AS ours SET first_read = theirs.first_read FROM \"%s\" AS theirs", type->name,
		    type->name);
	add_same_identity(sql, type);
	strbuf_add_text(sql, " AND " WHEN("theirs.first_read") " < " WHEN("ours.first_read") ";");
}

/* Everything of theirs becomes ours; what both hold takes the later read's attributes. In one pass: a live read of a
 * hundred thousand records is merged while somebody waits who has pressed ^C. */
static void add_move(struct strbuf *sql, const struct record_type *type)
{
	strbuf_addf(sql, "INSERT INTO \"%s\" (", type->name);
	table_add_columns(sql, type);
	strbuf_add_text(sql, ") SELECT ");
	for (size_t i = 0; i < type->field_count; i++) {
		const struct field *field = &type->fields[i];
		if (!table_has_column(type, field))
			continue;
		if (field->flags & FIELD_CLUSTER)
			strbuf_add_text(sql, "?2, ");
		else
			strbuf_addf(sql, "\"%s\", ", field->name);
	}
	strbuf_addf(sql, "first_read, last_read FROM \"%s\" WHERE cluster = ?1 ON CONFLICT DO UPDATE SET ", type->name);
	table_add_assignments(sql, type, "excluded");
	strbuf_addf(sql, " WHERE " WHEN("excluded.last_read") " > " WHEN("\"%s\".last_read") ";", type->name,
		    type->name);
}

/* Findings hold the time itself. */
static void add_earlier_finding(struct strbuf *sql)
{
	strbuf_add_text(sql, "UPDATE finding AS ours SET first_seen = theirs.first_seen FROM finding AS theirs");
	add_same_identity(sql, &finding_type);
	strbuf_add_text(sql, " AND theirs.first_seen < ours.first_seen;");
}

/* Runs each statement of sql with ?1 = from and ?2 = to. */
static int run_for_both(struct store *store, const struct strbuf *sql, int64_t from, int64_t to, struct error **err)
{
	const char *rest = strbuf_text(sql);
	if (strbuf_failed(sql, err))
		return -1;
	while (*rest) {
		CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
		if (sqlite3_prepare_v2(store->db, rest, -1, &statement, &rest) != SQLITE_OK)
			return store_fail(store, "merge of clusters", err);
		if (!statement)
			break;
		if (sqlite3_bind_parameter_count(statement) >= 1)
			sql_bind_int(statement, 1, from);
		if (sqlite3_bind_parameter_count(statement) >= 2)
			sql_bind_int(statement, 2, to);
		if (sql_run(store, statement, err) < 0)
			return -1;
	}
	return 0;
}

static int merge_table(struct store *store, const struct record_type *type, int64_t from, int64_t to,
		       struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
	if (table_keeps_reads(type)) {
		add_earlier_sight(&sql, type);
		add_move(&sql, type);
	} else {
		strbuf_addf(&sql, "UPDATE OR IGNORE \"%s\" SET cluster = ?2 WHERE cluster = ?1;", type->name);
		if (type == &finding_type)
			add_earlier_finding(&sql);
	}
	strbuf_addf(&sql, "DELETE FROM \"%s\" WHERE cluster = ?1;", type->name);
	return run_for_both(store, &sql, from, to, err);
}

int cluster_merge(struct store *store, int64_t from, int64_t to, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
	for (size_t i = 0; i < observed_type_count; i++)
		if (!table_is_shared(observed_types[i]) && merge_table(store, observed_types[i], from, to, err) < 0)
			return -1;
	if (merge_table(store, &finding_type, from, to, err) < 0)
		return -1;
	strbuf_add_text(&sql, "UPDATE \"read\" SET cluster = ?2 WHERE cluster = ?1;"
			      "UPDATE cluster SET server_version = (SELECT server_version FROM cluster WHERE id = ?1) "
			      "WHERE id = ?2 AND server_version IS NULL;"
			      "DELETE FROM cluster WHERE id = ?1;");
	if (run_for_both(store, &sql, from, to, err) < 0)
		return -1;
	for (size_t i = 0; i < store->reads.len; i++)
		if (store->reads.items[i].cluster == from)
			store->reads.items[i].cluster = to;
	return 0;
}
