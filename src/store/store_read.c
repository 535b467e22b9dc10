#include "store/store_read.h"

#include <stdlib.h>

#include "store/store_internal.h"

/* Reads that were looked up, by the last digits of their number. Most records were last held by one of a few reads; of
 * a watch, each by another one. */
#define READS_KEPT 256

struct read_kept {
	int64_t id; /* 0: none */
	int64_t as_of;
	bool ended;
};

/* What rows hold by number: clusters, whose number is the index, and reads. */
struct lookup {
	struct slice *clusters; /* not there: no row of that number */
	size_t cluster_count;
	sqlite3_stmt *find_read;
	struct read_kept reads[READS_KEPT];
};

struct reading {
	struct store *store;
	const struct record_type *type;
	struct arena *arena;
	struct lookup lookup;
	struct gone_index *gone_index;
	const struct field *first_seen, *last_seen, *gone; /* NULL: the type has none */
	char *records;                                     /* in the arena */
	size_t count;
	bool brief; /* without lists of text */
};

static void reading_release(struct reading *reading)
{
	gone_freep(&reading->gone_index);
	sql_finalizep(&reading->lookup.find_read);
}

/* --- numbers to what they stand for --- */

static int make_cluster_array(struct reading *reading, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	struct lookup *lookup = &reading->lookup;
	int64_t highest;
	if (sql_prepare(reading->store, "SELECT max(id) FROM cluster", &statement, err) < 0 ||
	    sql_number(reading->store, statement, &highest, err) < 0)
		return -1;
	if (highest > STORE_CLUSTERS_MAX)
		return store_damaged(reading->store, "a row number that is too large", err);
	lookup->cluster_count = highest > 0 ? (size_t)highest + 1 : 1;
	lookup->clusters = arena_zeroed(reading->arena, lookup->cluster_count, sizeof *lookup->clusters);
	return lookup->clusters ? 0 : arena_fail(reading->arena, err);
}

/* A number that a row gives, as an index of the clusters. */
static int take_index(struct reading *reading, sqlite3_stmt *row, int column, size_t *ret_index, struct error **err)
{
	int64_t number;
	if (sql_take_int(reading->store, row, column, &number, err) < 0)
		return -1;
	if (number < 1 || (uint64_t)number >= reading->lookup.cluster_count) {
		store_damaged(reading->store, "a row number that no row has", err);
		return -1;
	}
	*ret_index = (size_t)number;
	return 0;
}

static int load_clusters(struct reading *reading, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *rows = NULL;
	struct lookup *lookup = &reading->lookup;
	size_t index;
	int got;
	if (make_cluster_array(reading, err) < 0 ||
	    sql_prepare(reading->store, "SELECT id, cluster FROM cluster", &rows, err) < 0)
		return -1;
	while ((got = sql_step(reading->store, rows, err)) > 0) {
		if (take_index(reading, rows, 0, &index, err) < 0)
			return -1;
		if (arena_copy(reading->arena, sql_text(rows, 1), &lookup->clusters[index]) < 0)
			return arena_fail(reading->arena, err);
	}
	return got;
}

static int refers_to_nothing(struct reading *reading, struct error **err)
{
	return store_damaged(reading->store, "a row that refers to one that is not there", err);
}

static int find_read(struct reading *reading, int64_t id, struct read_kept *kept, struct error **err)
{
	struct lookup *lookup = &reading->lookup;
	const char *sql = "SELECT as_of, ended IS NOT NULL FROM \"read\" WHERE id = ?1";
	if (!lookup->find_read && sql_prepare(reading->store, sql, &lookup->find_read, err) < 0)
		return -1;
	sqlite3_bind_int64(lookup->find_read, 1, id);
	int got = sql_step(reading->store, lookup->find_read, err);
	if (got > 0)
		got = sql_take_time(reading->store, lookup->find_read, 0, &kept->as_of, err) < 0 ? -1 : 1;
	else if (got == 0)
		got = refers_to_nothing(reading, err);
	kept->ended = got > 0 && sql_int(lookup->find_read, 1);
	kept->id = got > 0 ? id : 0;
	sqlite3_reset(lookup->find_read);
	return got > 0 ? 0 : -1;
}

/* The read of that number. The result lasts until the next call. */
static const struct read_kept *read_of(struct reading *reading, int64_t id, struct error **err)
{
	struct read_kept *kept = &reading->lookup.reads[(uint64_t)id % READS_KEPT];
	if (kept->id == id && id != 0)
		return kept;
	return find_read(reading, id, kept, err) < 0 ? NULL : kept;
}

/* --- rows to records --- */

/* Row 0 stands for no cluster. */
static int fill_cluster(struct reading *reading, sqlite3_stmt *row, int column, struct slice *cluster,
			int64_t *ret_number, struct error **err)
{
	const struct lookup *lookup = &reading->lookup;
	size_t index = 0;
	if (sqlite3_column_type(row, column) != SQLITE_INTEGER || sql_int(row, column) != 0) {
		if (take_index(reading, row, column, &index, err) < 0)
			return -1;
		*cluster = lookup->clusters[index];
		if (!cluster->data)
			return refers_to_nothing(reading, err);
	}
	*ret_number = (int64_t)index;
	return 0;
}

/* Of a cluster before its first read with a time there is none yet. */
static int time_of_read(struct reading *reading, sqlite3_stmt *row, int column, int64_t *ret_time, struct error **err)
{
	int64_t id;
	*ret_time = TIME_UNSET;
	if (sql_take_int(reading->store, row, column, &id, err) < 0)
		return -1;
	if (id == INT_UNKNOWN)
		return 0;
	const struct read_kept *read = read_of(reading, id, err);
	if (!read)
		return -1;
	*ret_time = read->as_of;
	return 0;
}

/* What a read says to have covered is not believed before it has ended. */
static int doubt_coverage(struct reading *reading, struct coverage *coverage, struct error **err)
{
	static const char *const outcomes[] = { "complete", "mixed", "metadata", "doubted", "partial" };
	const struct read_kept *read = read_of(reading, coverage->read, err);
	if (!read)
		return -1;
	for (size_t i = 0; !read->ended && i < sizeof outcomes / sizeof *outcomes; i++) {
		if (!slice_equal_text(coverage->outcome, outcomes[i]))
			continue;
		coverage->outcome = SLICE("interrupted");
		coverage->why = SLICE("the read that it is part of did not end");
		break;
	}
	return 0;
}

/* The columns behind the fields: first_read and last_read. */
static int fill_seen(struct reading *reading, sqlite3_stmt *row, int column, int64_t cluster, void *record,
		     struct error **err)
{
	int64_t *last_seen = field_of(reading->last_seen, record);
	if (time_of_read(reading, row, column, field_of(reading->first_seen, record), err) < 0 ||
	    time_of_read(reading, row, column + 1, last_seen, err) < 0)
		return -1;
	if (!reading->gone)
		return 0;
	int gone = gone_after(reading->gone_index, cluster, record, *last_seen, err);
	*(enum truth *)field_of(reading->gone, record) = gone > 0 ? BOOL_TRUE : BOOL_FALSE;
	return gone < 0 ? -1 : 0;
}

static int fill_record(struct reading *reading, sqlite3_stmt *row, void *record, struct error **err)
{
	const struct record_type *type = reading->type;
	const struct row_target target = { reading->store, record, reading->arena };
	int64_t cluster = 0;
	int column = 0;
	record_init(type, record);
	for (size_t i = 0; i < type->field_count; i++) {
		const struct field *field = &type->fields[i];
		if (!table_has_column(type, field))
			continue;
		if (field->flags & FIELD_CLUSTER) {
			if (fill_cluster(reading, row, column, field_of(field, record), &cluster, err) < 0)
				return -1;
		} else if (!(reading->brief && field->type == FIELD_TEXTS) &&
			   table_read_field(&target, row, column, field, err) < 0) {
			return -1;
		}
		column++;
	}
	if (type == &coverage_type)
		return doubt_coverage(reading, record, err);
	if (table_keeps_reads(type))
		return fill_seen(reading, row, column, cluster, record, err);
	if (type == &finding_type)
		((struct finding *)record)->gone = slice_equal_text(((struct finding *)record)->state, "resolved")
							   ? BOOL_TRUE
							   : BOOL_FALSE;
	return 0;
}

/* --- the queries --- */

static int add_condition(struct reading *reading, struct strbuf *sql, const struct store_where *where, size_t number,
			 struct error **err)
{
	const struct field *field = record_field(reading->type, where->field);
	if (!field || !table_has_column(reading->type, field) || field->type > FIELD_TIME)
		return error_set(err, ERROR_STORE, "%s cannot be asked for by %s", reading->type->name, where->field);
	strbuf_addf(sql, "%s\"%s\" IS ?%zu", number > 1 ? " AND " : " WHERE ", field->name, number);
	return 0;
}

static int bind_condition(struct reading *reading, sqlite3_stmt *statement, const struct store_where *where, int number,
			  struct error **err)
{
	const struct field *field = record_field(reading->type, where->field);
	int64_t cluster;
	if (field->flags & FIELD_CLUSTER) {
		if (cluster_find(reading->store, where->text, &cluster, err) < 0)
			return -1;
		sqlite3_bind_int64(statement, number, cluster);
	} else if (field->type != FIELD_TEXT) {
		sql_bind_int(statement, number, where->number);
	} else if (!where->text.data && field->flags & FIELD_KEY) {
		sqlite3_bind_zeroblob(statement, number, 0);
	} else {
		sql_bind_text(statement, number, where->text);
	}
	return 0;
}

/* Of the rows in their order, or of their number. */
static int prepare_query(struct reading *reading, bool number, const struct store_where *where, size_t where_count,
			 sqlite3_stmt **ret_statement, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (number)
		strbuf_addf(&sql, "SELECT count(*) FROM \"%s\"", reading->type->name);
	else
		table_add_select(&sql, reading->type);
	for (size_t i = 0; i < where_count; i++)
		if (add_condition(reading, &sql, &where[i], i + 1, err) < 0)
			return -1;
	if (!number && !table_is_numbered(reading->type)) {
		strbuf_add_text(&sql, " ORDER BY ");
		table_add_keys(&sql, reading->type);
	}
	if (sql_prepare_buffer(reading->store, &sql, &statement, err) < 0)
		return -1;
	for (size_t i = 0; i < where_count; i++)
		if (bind_condition(reading, statement, &where[i], (int)i + 1, err) < 0)
			return -1;
	*ret_statement = TAKE_PTR(statement);
	return 0;
}

/* Counted first, so that a large table is never copied from one array to the next while it grows. */
static int make_room(struct reading *reading, const struct store_where *where, size_t where_count, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	int64_t count;
	if (prepare_query(reading, true, where, where_count, &statement, err) < 0 ||
	    sql_number(reading->store, statement, &count, err) < 0)
		return -1;
	reading->records = arena_zeroed(reading->arena, count > 0 ? (size_t)count : 1, reading->type->size);
	if (!reading->records)
		return arena_fail(reading->arena, err);
	reading->count = (size_t)count;
	return 0;
}

static int read_rows(struct reading *reading, const struct store_where *where, size_t where_count, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (prepare_query(reading, false, where, where_count, &statement, err) < 0)
		return -1;
	for (size_t i = 0; i < reading->count; i++) {
		int got = sql_step(reading->store, statement, err);
		if (got <= 0)
			return got < 0 ? -1 : error_set(err, ERROR_STORE, "fewer rows than were counted");
		if (fill_record(reading, statement, reading->records + i * reading->type->size, err) < 0)
			return -1;
	}
	return 0;
}

static int run_query(struct reading *reading, const struct store_where *where, size_t where_count, struct error **err)
{
	bool of_clusters = !table_is_shared(reading->type);
	if ((of_clusters && load_clusters(reading, err) < 0) ||
	    gone_load(reading->store, reading->type, &reading->gone_index, err) < 0 ||
	    make_room(reading, where, where_count, err) < 0)
		return -1;
	return read_rows(reading, where, where_count, err);
}

/* --- the result --- */

static int compare_records(const void *a, const void *b, void *type)
{
	return record_compare(type, a, b);
}

/* Rows come, where the table is its own index, ordered by the cluster's number and by SQLite's idea of bytes: for one
 * cluster with plain names that is the order of identities already. */
static bool in_order(const struct reading *reading)
{
	size_t size = reading->type->size;
	for (size_t i = 1; i < reading->count; i++)
		if (record_compare(reading->type, reading->records + (i - 1) * size, reading->records + i * size) > 0)
			return false;
	return true;
}

static void sort_records(struct reading *reading)
{
	if (!in_order(reading))
		qsort_r(reading->records, reading->count, reading->type->size, compare_records,
			(void *)(uintptr_t)reading->type);
}

/* Inside a transaction, so that all the queries speak of the same state. */
static int read_consistently(struct reading *reading, const struct store_where *where, size_t where_count,
			     struct error **err)
{
	if (!sqlite3_get_autocommit(reading->store->db))
		return run_query(reading, where, where_count, err);
	if (transaction_begin(reading->store, false, err) < 0)
		return -1;
	return transaction_end(reading->store, run_query(reading, where, where_count, err), err);
}

static int read_into(struct reading *reading, const struct store_where *where, size_t where_count,
		     struct record_list *ret_records, struct error **err)
{
	const struct record_type *type = reading->type;
	reading->first_seen = record_field(type, "first_seen");
	reading->last_seen = record_field(type, "last_seen");
	reading->gone = record_field(type, "gone");
	if (read_consistently(reading, where, where_count, err) < 0)
		return error_context(err, "reading %s records", type->name);
	sort_records(reading);
	*ret_records = (struct record_list){ reading->records, reading->count };
	return 0;
}

int store_read_all(struct store *store, const struct record_type *type, const struct store_where *where,
		   size_t where_count, struct arena *arena, struct record_list *ret_records, struct error **err)
{
	CLEANUP(reading_release) struct reading reading = { .store = store, .type = type, .arena = arena };
	return read_into(&reading, where, where_count, ret_records, err);
}

int store_read_brief(struct store *store, const struct record_type *type, struct arena *arena,
		     struct record_list *ret_records, struct error **err)
{
	CLEANUP(reading_release)
	struct reading reading = { .store = store, .type = type, .arena = arena, .brief = true };
	return read_into(&reading, NULL, 0, ret_records, err);
}

int store_read_incident(struct store *store, int64_t id, struct arena *arena, struct incident *ret_incident,
			struct error **err)
{
	struct store_where where = { .field = "id", .number = id };
	struct record_list found;
	if (store_read_all(store, &incident_type, &where, 1, arena, &found, err) < 0)
		return -1;
	if (!found.len)
		return 0;
	*ret_incident = *(const struct incident *)found.items;
	return 1;
}
