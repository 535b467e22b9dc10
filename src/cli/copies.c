#include "cli/copies.h"

#include "cli/table.h"

static const struct table_column copy_columns[] = {
	{ "ID", 0, 0 },          { "USER", 0, 0 },
	{ "CLUSTER", 0, 0 },     { "NAMESPACE", 0, 0 },
	{ "SECRET", 0, 0 },      { "REGISTRY KEY", 0, 0 },
	{ "WRITTEN", 0, 0 },     { "BY", 0, 0 },
	{ "IMMUTABLE", 0, 0 },   { "USERS", 0, TABLE_RIGHT },
	{ "PUT BACK BY", 0, 0 }, { "CHANGE IT AT", 0, 0 },
};

static int add_copy(struct table *table, const struct credential *login, const struct copy *copy, struct error **err)
{
	struct slice *cells = table_row(table);

	if (!cells)
		return arena_fail(table->arena, err);
	const struct slice texts[] = {
		table_text(table, slice_part(login->fingerprint, 0, 8)),
		table_text(table, login->username.len ? login->username : SLICE("(none)")),
		table_text(table, copy->cluster),
		table_text(table, copy->namespace),
		table_text(table, copy->secret),
		table_text(table, copy->registry_key),
		table_date(table, copy->data_written),
		table_text(table, copy->data_written_by),
		slice_of(copy->immutable == BOOL_TRUE ? "yes" : "-"),
		copy->users == INT_UNKNOWN ? SLICE("?") : arena_printf(table->arena, "%lld", (long long)copy->users),
		table_text(table, copy->managed_by),
		table_text(table, copy->managed_at),
	};
	_Static_assert(sizeof texts / sizeof *texts == sizeof copy_columns / sizeof *copy_columns, "a text a column");
	for (size_t i = 0; i < table->column_count; i++)
		if (!(cells[i] = texts[i]).data)
			return arena_fail(table->arena, err);
	return 0;
}

int copies_table(struct record_list credentials, struct arena *arena, struct strbuf *out, struct error **err)
{
	struct table table = { .columns = copy_columns,
			       .column_count = sizeof copy_columns / sizeof *copy_columns,
			       .arena = arena };
	const struct credential *logins = credentials.items;

	for (size_t i = 0; i < credentials.len; i++) {
		const struct copy *copies = logins[i].copies.items;
		for (size_t c = 0; c < logins[i].copies.len; c++)
			if (add_copy(&table, &logins[i], &copies[c], err) < 0)
				return -1;
	}
	if (table.rows == 0)
		return 0;
	strbuf_addf(out, "\nCOPIES   %zu, in the order of their logins\n", table.rows);
	table_render(&table, TABLE_UNBOUNDED, 1, out, NULL);
	return strbuf_failed(out, err) ? -1 : 0;
}
