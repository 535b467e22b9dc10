#include "store/store_internal.h"

static const struct record_type *const kept_types[] = { &cluster_type, &read_type, &incident_type, &finding_type };

typedef void (*table_change)(struct strbuf *sql, const struct record_type *type, unsigned version);

static int change_all(struct store *store, table_change change, unsigned version, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
	for (size_t i = 0; i < sizeof kept_types / sizeof kept_types[0]; i++)
		change(&sql, kept_types[i], version);
	for (size_t i = 0; i < observed_type_count; i++)
		change(&sql, observed_types[i], version);
	return strbuf_failed(&sql, err) ? -1 : sql_exec(store, strbuf_text(&sql), err);
}

/* Version 1: every table as the field lists had it then. */
static int migrate_1(struct store *store, struct error **err)
{
	if (change_all(store, table_add_create, 1, err) < 0)
		return -1;
	return sql_exec(store,
			"CREATE INDEX \"read_by_cluster\" ON \"read\" (\"cluster\", \"as_of\");"
			"CREATE INDEX \"cluster_by_name\" ON \"cluster\" (\"name\");"
			"CREATE TABLE \"fingerprint_key\" (\"id\" TEXT NOT NULL) STRICT;",
			err);
}

static void add_new_table(struct strbuf *sql, const struct record_type *type, unsigned version)
{
	if (table_since(type) == version)
		table_add_create(sql, type, version);
}

/* Version 2: live clusters. Reads that are committed while they are under way, of which there are few. */
static int migrate_2(struct store *store, struct error **err)
{
	if (change_all(store, table_add_new_columns, 2, err) < 0 || change_all(store, add_new_table, 2, err) < 0)
		return -1;
	return sql_exec(store,
			"CREATE INDEX \"read_under_way\" ON \"read\" (\"id\") WHERE \"outcome\" = " READING ";"
			"CREATE INDEX \"read_by_source\" ON \"read\" (\"source\", \"cluster\");",
			err);
}

/* Version 3: images, of registries and layouts. */
static int migrate_3(struct store *store, struct error **err)
{
	if (change_all(store, table_add_new_columns, 3, err) < 0)
		return -1;
	return change_all(store, add_new_table, 3, err);
}

/* In order; entry n raises a store of version n to n + 1. A published one is never changed. */
static int (*const migrations[])(struct store *store, struct error **err) = { migrate_1, migrate_2, migrate_3 };
_Static_assert(sizeof migrations / sizeof migrations[0] == STORE_SCHEMA_VERSION, "one migration for each version");

static int number_of(struct store *store, const char *sql, int64_t *ret_number, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(store, sql, &statement, err) < 0)
		return -1;
	return sql_number(store, statement, ret_number, err);
}

/* The version of a store of ours, 0 for an empty file; -1 for anything else. */
static int64_t version_of(struct store *store, struct error **err)
{
	int64_t application = 0, version = 0, objects = 0;
	if (number_of(store, "PRAGMA application_id", &application, err) < 0 ||
	    number_of(store, "PRAGMA user_version", &version, err) < 0 ||
	    number_of(store, "SELECT count(*) FROM sqlite_schema", &objects, err) < 0)
		return -1;
	if (!application && !version && !objects)
		return 0;
	if (application != STORE_APPLICATION_ID || version < 1)
		return error_set(err, ERROR_STORE,
				 "%s is a SQLite file of another program (application id 0x%08llx), "
				 "not a fother store; it was left alone",
				 store->path, (unsigned long long)(application & 0xffffffff));
	if (version > STORE_SCHEMA_VERSION)
		return error_set(err, ERROR_STORE,
				 "store %s was written by a newer fother (schema %lld, this one knows %d); "
				 "use that fother, or another store",
				 store->path, (long long)version, STORE_SCHEMA_VERSION);
	return version;
}

static int raise_from(struct store *store, int64_t version, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
	for (; version < STORE_SCHEMA_VERSION; version++)
		if (migrations[version](store, err) < 0)
			return error_context(err, "raising the store to schema %lld", (long long)version + 1);
	strbuf_addf(&sql, "PRAGMA application_id = %d; PRAGMA user_version = %d", STORE_APPLICATION_ID,
		    STORE_SCHEMA_VERSION);
	return strbuf_failed(&sql, err) ? -1 : sql_exec(store, strbuf_text(&sql), err);
}

/* In one transaction: another process may be making the schema between two of the questions. */
static int64_t version_at_once(struct store *store, struct error **err)
{
	if (transaction_begin(store, false, err) < 0)
		return -1;
	int64_t version = version_of(store, err);
	return transaction_end(store, version < 0 ? -1 : 0, err) < 0 ? -1 : version;
}

int store_is_ours(struct store *store, struct error **err)
{
	return version_at_once(store, err) < 0 ? -1 : 0;
}

int migrate(struct store *store, struct error **err)
{
	int64_t version = version_at_once(store, err);
	if (version < 0 || version == STORE_SCHEMA_VERSION)
		return version < 0 ? -1 : 0;
	if (transaction_begin(store, true, err) < 0)
		return -1;
	version = version_of(store, err); /* another process may have been faster */
	return transaction_end(store, version < 0 ? -1 : raise_from(store, version, err), err);
}
