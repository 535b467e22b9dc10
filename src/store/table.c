#include "base/alloc.h"
#include "store/store_internal.h"

bool table_keeps_reads(const struct record_type *type)
{
	if (type == &finding_type)
		return false;
	for (size_t i = type->field_count; i > 0; i--) /* they stand last */
		if (type->fields[i - 1].flags & FIELD_SEEN)
			return true;
	return false;
}

bool table_is_shared(const struct record_type *type)
{
	for (size_t i = 0; i < type->field_count; i++)
		if (type->fields[i].flags & FIELD_CLUSTER)
			return false;
	return table_keeps_reads(type) && type != &cluster_type;
}

bool table_is_numbered(const struct record_type *type)
{
	return type == &read_type || type == &incident_type || type == &manifest_type || type == &image_content_type;
}

bool table_has_column(const struct record_type *type, const struct field *field)
{
	return !(field->flags & FIELD_SEEN) || (type == &finding_type && field->type == FIELD_TIME);
}

static void add_name(struct strbuf *sql, const char *name)
{
	strbuf_addf(sql, "\"%s\"", name);
}

/* --- what the tables look like --- */

/* Text is TEXT, or BLOB where SQLite would change it: a strict table takes both only as ANY. */
static const char *column_type(const struct field *field)
{
	if (field->flags & FIELD_CLUSTER)
		return "INTEGER";
	switch (field->type) {
	case FIELD_TEXT:
		return "ANY";
	case FIELD_TEXTS:
		return "TEXT";
	default:
		return "INTEGER";
	}
}

static void add_column(struct strbuf *sql, const struct field *field)
{
	add_name(sql, field->name);
	strbuf_addf(sql, " %s%s, ", column_type(field), field->flags & (FIELD_KEY | FIELD_CLUSTER) ? " NOT NULL" : "");
}

void table_add_keys(struct strbuf *sql, const struct record_type *type)
{
	const char *separator = "";
	for (size_t i = 0; i < type->field_count; i++) {
		if (!(type->fields[i].flags & FIELD_KEY))
			continue;
		strbuf_add_text(sql, separator);
		add_name(sql, type->fields[i].name);
		separator = ", ";
	}
}

/* Clusters are named by number in every other table; read and incident are numbers already. Everything else is its
 * identity, in one tree without an index beside it (measured on 16,000 pods, containers and secrets: a fifth more time
 * to put than with row numbers, a third less to read in order, and a file that is a sixth smaller). But for what is
 * kept by digest and is some kilobytes long: digests come in no order, so that each would be put into another page, and
 * the tree is soon larger than the cache (measured on 10,000 images: three times as fast with row numbers). */
unsigned table_since(const struct record_type *type)
{
	return type->fields[0].since;
}

void table_add_create(struct strbuf *sql, const struct record_type *type, unsigned version)
{
	if (table_since(type) > version)
		return;
	strbuf_add_text(sql, "CREATE TABLE ");
	add_name(sql, type->name);
	strbuf_add_text(sql, type == &cluster_type ? " (\"id\" INTEGER PRIMARY KEY, " : " (");
	for (size_t i = 0; i < type->field_count; i++)
		if (table_has_column(type, &type->fields[i]) && type->fields[i].since <= version)
			add_column(sql, &type->fields[i]);
	if (type == &cluster_type)
		strbuf_add_text(sql, "\"first_read\" INTEGER, \"last_read\" INTEGER, ");
	else if (table_keeps_reads(type))
		strbuf_add_text(sql, "\"first_read\" INTEGER NOT NULL, \"last_read\" INTEGER NOT NULL, ");
	if (type == &finding_type)
		strbuf_add_text(sql,
				"\"version\" INTEGER NOT NULL DEFAULT 0, \"current\" INTEGER NOT NULL DEFAULT 1, ");
	strbuf_add_text(sql, type == &cluster_type ? "UNIQUE (" : "PRIMARY KEY (");
	table_add_keys(sql, type);
	strbuf_add_text(sql, table_is_numbered(type) || type == &cluster_type ? ")) STRICT;\n"
									      : ")) STRICT, WITHOUT ROWID;\n");
}

void table_add_new_columns(struct strbuf *sql, const struct record_type *type, unsigned version)
{
	for (size_t i = 0; i < type->field_count && table_since(type) < version; i++) {
		const struct field *field = &type->fields[i];
		if (table_has_column(type, field) && field->since == version)
			strbuf_addf(sql, "ALTER TABLE \"%s\" ADD COLUMN \"%s\" %s;\n", type->name, field->name,
				    column_type(field));
	}
}

/* --- statements --- */

void table_add_columns(struct strbuf *sql, const struct record_type *type)
{
	const char *separator = "";
	for (size_t i = 0; i < type->field_count; i++) {
		if (!table_has_column(type, &type->fields[i]))
			continue;
		strbuf_add_text(sql, separator);
		add_name(sql, type->fields[i].name);
		separator = ", ";
	}
	if (table_keeps_reads(type))
		strbuf_add_text(sql, ", \"first_read\", \"last_read\"");
}

int table_column_count(const struct record_type *type)
{
	int count = table_keeps_reads(type) ? 2 : 0;
	for (size_t i = 0; i < type->field_count; i++)
		count += table_has_column(type, &type->fields[i]);
	return count;
}

void table_add_select(struct strbuf *sql, const struct record_type *type)
{
	strbuf_add_text(sql, "SELECT ");
	table_add_columns(sql, type);
	strbuf_add_text(sql, " FROM ");
	add_name(sql, type->name);
}

void table_add_insert(struct strbuf *sql, const struct record_type *type)
{
	strbuf_add_text(sql, "INSERT INTO ");
	add_name(sql, type->name);
	strbuf_add_text(sql, " (");
	table_add_columns(sql, type);
	strbuf_add_text(sql, ") VALUES (");
	for (int i = 1; i <= table_column_count(type); i++)
		strbuf_addf(sql, i > 1 ? ", ?%d" : "?%d", i);
	strbuf_add_char(sql, ')');
}

void table_add_values(struct strbuf *sql, const struct record_type *type, const char *source)
{
	for (size_t i = 0; i < type->field_count; i++) {
		const struct field *field = &type->fields[i];
		if (table_has_column(type, field) && !(field->flags & (FIELD_KEY | FIELD_SEEN)))
			strbuf_addf(sql, "\"%s\" = %s.\"%s\", ", field->name, source, field->name);
	}
}

void table_add_assignments(struct strbuf *sql, const struct record_type *type, const char *source)
{
	table_add_values(sql, type, source);
	if (table_keeps_reads(type))
		strbuf_addf(sql, "\"last_read\" = %s.\"last_read\"", source);
	else
		strbuf_cut(sql, sql->len - 2);
}

void table_add_key_match(struct strbuf *sql, const struct record_type *type)
{
	const char *separator = "";
	int index = 0;
	for (size_t i = 0; i < type->field_count; i++) {
		if (!table_has_column(type, &type->fields[i]))
			continue;
		index++;
		if (!(type->fields[i].flags & FIELD_KEY))
			continue;
		strbuf_addf(sql, "%s\"%s\" = ?%d", separator, type->fields[i].name, index);
		separator = " AND ";
	}
}

/* --- values --- */

/* SQLite calls it when it needs the text no more, also where it did not take it. */
static void free_text(void *text)
{
	mem_free(text);
}

static int bind_texts(struct store *store, sqlite3_stmt *statement, int index, struct slice_list texts,
		      struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT(LIMIT_ROW_BYTES);
	if (!texts.items) {
		sqlite3_bind_null(statement, index);
		return 0;
	}
	if (!texts.len) {
		sqlite3_bind_text(statement, index, "[]", 2, SQLITE_STATIC);
		return 0;
	}
	size_t expected = 2;
	for (size_t i = 0; i < texts.len; i++)
		expected += texts.items[i].len + 4;
	strbuf_expect(&json, expected);
	texts_encode(texts, &json);
	if (strbuf_failed(&json, err))
		return -1;
	size_t len = json.len;
	if (sqlite3_bind_text64(statement, index, TAKE_PTR(json.data), len, free_text, SQLITE_UTF8) != SQLITE_OK)
		return store_fail(store, "bind", err);
	return 0;
}

/* A primary key holds no NULL. What is not there is an empty BLOB, which no text is stored as. */
static void bind_key(sqlite3_stmt *statement, int index, struct slice text)
{
	if (text.data)
		sql_bind_text(statement, index, text);
	else
		sqlite3_bind_zeroblob(statement, index, 0);
}

/* One value as the column of the field has it. */
static int bind_field(struct store *store, sqlite3_stmt *statement, int index, const struct field *field,
		      const void *record, struct error **err)
{
	bool key = field->flags & FIELD_KEY;
	switch (field->type) {
	case FIELD_TEXT:
		if (key)
			bind_key(statement, index, field_text(field, record));
		else
			sql_bind_text(statement, index, field_text(field, record));
		return 0;
	case FIELD_INT:
	case FIELD_TIME:
		if (key)
			sqlite3_bind_int64(statement, index, field_int(field, record));
		else
			sql_bind_int(statement, index, field_int(field, record));
		return 0;
	case FIELD_BOOL:
		sql_bind_int(statement, index,
			     field_bool(field, record) == BOOL_UNKNOWN ? INT_UNKNOWN : field_bool(field, record));
		return 0;
	case FIELD_TEXTS:
		return bind_texts(store, statement, index, field_texts(field, record), err);
	case FIELD_RECORDS: /* conclusions only: never stored */
		break;
	}
	return error_set(err, ERROR_STORE, "field %s cannot be stored", field->name);
}

int table_bind(struct store *store, sqlite3_stmt *statement, const struct record_type *type, const void *record,
	       int64_t cluster, int *ret_next, struct error **err)
{
	int index = 1;
	for (size_t i = 0; i < type->field_count; i++) {
		const struct field *field = &type->fields[i];
		if (!table_has_column(type, field))
			continue;
		if (field->flags & FIELD_CLUSTER)
			sqlite3_bind_int64(statement, index, cluster);
		else if (bind_field(store, statement, index, field, record, err) < 0)
			return -1;
		index++;
	}
	*ret_next = index;
	return 0;
}

static int read_text(const struct row_target *target, sqlite3_stmt *statement, int column, struct slice *ret_text,
		     struct error **err)
{
	int type = sqlite3_column_type(statement, column);
	if (type == SQLITE_INTEGER || type == SQLITE_FLOAT)
		return store_damaged(target->store, "a number where text belongs", err);
	return arena_copy(target->arena, sql_text(statement, column), ret_text) < 0 ? arena_fail(target->arena, err)
										    : 0;
}

static int read_bool(const struct row_target *target, sqlite3_stmt *statement, int column, enum truth *ret_truth,
		     struct error **err)
{
	int64_t number;
	if (sql_take_int(target->store, statement, column, &number, err) < 0)
		return -1;
	if (number != INT_UNKNOWN)
		*ret_truth = number ? BOOL_TRUE : BOOL_FALSE;
	return 0;
}

/* A list that is no JSON at all is damage too. */
static int read_texts(const struct row_target *target, sqlite3_stmt *statement, int column,
		      struct slice_list *ret_texts, struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	if (sqlite3_column_type(statement, column) == SQLITE_NULL)
		return 0;
	if (texts_decode(sql_text(statement, column), target->arena, ret_texts, &why) == 0)
		return 0;
	if (why->code == ERROR_SYNTAX || why->code == ERROR_STORE)
		return store_damaged(target->store, why->message, err);
	return error_move(err, &why);
}

int table_read_field(const struct row_target *target, sqlite3_stmt *statement, int column, const struct field *field,
		     struct error **err)
{
	void *value = field_of(field, target->record);
	switch (field->type) {
	case FIELD_TEXT:
		return read_text(target, statement, column, value, err);
	case FIELD_INT:
		return sql_take_int(target->store, statement, column, value, err);
	case FIELD_TIME:
		return sql_take_time(target->store, statement, column, value, err);
	case FIELD_BOOL:
		return read_bool(target, statement, column, value, err);
	case FIELD_TEXTS:
		return read_texts(target, statement, column, value, err);
	case FIELD_RECORDS:
		break;
	}
	return 0;
}
