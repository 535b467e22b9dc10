#include "store/store_internal.h"

static void add_named(struct strbuf *sql, const char *table, const char *column)
{
	strbuf_addf(sql, " UNION ALL SELECT \"%s\" FROM \"%s\"", column, table);
}

/* What is still under way is nobody's to remove. A number that is not there (of a cluster before its first read) would
 * make every NOT IN unknown: it stands as 0. */
static void add_delete(struct strbuf *sql)
{
	strbuf_add_text(sql, "DELETE FROM \"read\" WHERE source_kind = 'watch' AND outcome IS NOT " READING
			     " AND id NOT IN (SELECT \"read\" FROM coverage"
			     " UNION ALL SELECT ifnull(first_read, 0) FROM cluster"
			     " UNION ALL SELECT ifnull(last_read, 0) FROM cluster");
	for (size_t i = 0; i < observed_type_count; i++) {
		if (!table_keeps_reads(observed_types[i]))
			continue;
		add_named(sql, observed_types[i]->name, "first_read");
		add_named(sql, observed_types[i]->name, "last_read");
	}
	strbuf_add_char(sql, ')');
}

int reads_prune(struct store *store, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
	add_delete(&sql);
	return strbuf_failed(&sql, err) ? -1 : sql_exec(store, strbuf_text(&sql), err);
}
