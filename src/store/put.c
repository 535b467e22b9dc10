#include "store/store_internal.h"

/* What several registries hold is read in no order of times, so each row is asked for its own. The read's as_of is the
 * parameter behind the columns; where it is not known yet the read is taken for the latest. */
static void add_shared_update(struct strbuf *sql, const struct record_type *type)
{
	int as_of = table_column_count(type) + 1;
	strbuf_add_text(sql, " ON CONFLICT DO UPDATE SET ");
	table_add_values(sql, type, "excluded");
	strbuf_addf(sql,
		    "\"last_read\" = CASE WHEN (SELECT as_of FROM \"read\" WHERE id = \"%s\".last_read) > ?%d "
		    "THEN \"%s\".last_read ELSE excluded.last_read END, "
		    "\"first_read\" = CASE WHEN (SELECT as_of FROM \"read\" WHERE id = \"%s\".first_read) > ?%d "
		    "THEN excluded.first_read ELSE \"%s\".first_read END",
		    type->name, as_of, type->name, type->name, as_of, type->name);
	/* Who could not have the config takes nothing from who could. */
	if (type == &manifest_type)
		strbuf_add_text(sql, " WHERE excluded.config_read IS 1 OR manifest.config_read IS NOT 1");
}

/* Bytes of a digest never change: they are written once. */
static int prepare_shared(struct store *store, const struct record_type *type, sqlite3_stmt **ret_statement,
			  struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
	table_add_insert(&sql, type);
	if (type == &image_content_type)
		strbuf_add_text(&sql, " ON CONFLICT DO NOTHING");
	else
		add_shared_update(&sql, type);
	return sql_prepare_buffer(store, &sql, ret_statement, err);
}

static int prepare_upsert(struct store *store, const struct record_type *type, sqlite3_stmt **ret_statement,
			  struct error **err)
{
	if (table_is_shared(type))
		return prepare_shared(store, type, ret_statement, err);
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
		sql_bind_int(statement, next + 2, read->as_of);
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

static struct table_statements *statements_of(struct store *store, const struct record_type *type)
{
	for (size_t i = 0; i < observed_type_count && i < STORE_TABLES_MAX; i++)
		if (observed_types[i] == type)
			return &store->tables[i];
	return NULL;
}

int record_put(struct store *store, const struct open_read *read, const struct record_type *type, const void *record,
	       struct error **err)
{
	struct table_statements *statements = statements_of(store, type);
	if (!statements)
		return error_set(err, ERROR_STORE, "%s is not a record that readers of sources give", type->name);
	if (read->older && table_keeps_reads(type) && !table_is_shared(type))
		return put_older(store, statements, type, read, record, err);
	if (!statements->upsert && prepare_upsert(store, type, &statements->upsert, err) < 0)
		return -1;
	return run_put(store, statements->upsert, type, read, record, err);
}

void store_statements_finalize(struct store *store)
{
	for (size_t i = 0; i < STORE_TABLES_MAX; i++) {
		sql_finalizep(&store->tables[i].upsert);
		sql_finalizep(&store->tables[i].upsert_older);
		sql_finalizep(&store->tables[i].lower_first);
	}
}
