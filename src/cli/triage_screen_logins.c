#include "base/limits.h"
#include "cli/copies.h"
#include "cli/triage_screen_internal.h"

/* --- credentials --- */

static const struct table_column credential_columns[] = {
	{ "#", 0, TABLE_RIGHT },
	{ "DO", 0, 0 },
	{ "USER", 0, TABLE_ELASTIC },
	{ "KIND", 4, TABLE_ELASTIC },
	{ "ID", 0, 0 },
	{ "STANDING", 3, 0 },
	{ "UNCHANGED", 2, 0 },
	{ "COPIES", 0, TABLE_RIGHT },
	{ "USERS", 0, TABLE_RIGHT },
	{ "WHY", 6, TABLE_WRAP },
	{ "REGISTRY", 7, TABLE_ELASTIC },
};

static int credential_row(struct table *table, const struct credential *row, struct error **err)
{
	struct slice *cells = table_row(table);

	if (!cells)
		return arena_fail(table->arena, err);
	cells[0] = cell_number(table, row->rank);
	cells[1] = row->action;
	cells[2] = table_text(table, row->username.len ? row->username : SLICE("(none)"));
	cells[3] = table_text(table, row->cred_kind);
	cells[4] = cell_short(table, row->fingerprint, 8);
	cells[5] = row->standing;
	cells[6] = table_date(table, row->not_changed_since);
	cells[7] = cell_number(table, row->secrets);
	cells[8] = cell_number(table, row->users);
	cells[9] = table_text(table, row->why);
	cells[10] = table_text(table, row->registry);
	return 0;
}

/* What makes a rotation of these logins more than a new value in each secret. */
static const struct table_column care_columns[] = {
	{ "#", 0, TABLE_RIGHT },
	{ "A CHANGE IS PUT BACK BY", 0, TABLE_WRAP },
	{ "TAKE CARE", 0, TABLE_WRAP },
};

static struct slice list_cell(struct table *table, struct slice_list list)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_ROW_BYTES);

	screen_add_list(&text, list, ", ");
	return table_text(table, slice_of(text.len ? strbuf_text(&text) : "-"));
}

static int take_care(struct screen *s, size_t shown, struct error **err)
{
	struct table table = NEW_TABLE(s, care_columns);
	const struct credential *items = s->triage->credentials.items;

	for (size_t i = 0; i < shown; i++) {
		if (items[i].reverted_by.len == 0 && items[i].notes.len == 0)
			continue;
		struct slice *cells = table_row(&table);
		if (!cells)
			return arena_fail(table.arena, err);
		cells[0] = cell_number(&table, items[i].rank);
		cells[1] = list_cell(&table, items[i].reverted_by);
		cells[2] = list_cell(&table, items[i].notes);
	}
	if (table.rows == 0)
		return 0;
	strbuf_add_char(s->out, '\n');
	return screen_table(s, &table, err);
}

/* No login seen is not no login there. */
static bool secrets_unread(const struct screen *s)
{
	const struct unknown *items = s->triage->unknown.items;

	for (size_t i = 0; i < s->triage->unknown.len; i++)
		if (items[i].incomplete == BOOL_TRUE &&
		    (slice_equal_text(items[i].kind, "Secret") || !items[i].kind.data))
			return true;
	return false;
}

int screen_credentials(struct screen *s, struct error **err)
{
	struct table table = NEW_TABLE(s, credential_columns);
	const struct credential *items = s->triage->credentials.items;
	size_t rows = s->triage->credentials.len, burnt = 0, unproven = 0;
	int64_t copies = 0;

	for (size_t i = 0; i < rows; i++) {
		copies += items[i].secrets;
		burnt += slice_equal_text(items[i].standing, "burnt");
		unproven += slice_equal_text(items[i].standing, "unproven");
	}
	if (rows == 0 && secrets_unread(s))
		screen_heading(s, "CREDENTIALS", "none known: not all secrets were read, see NOT KNOWN");
	else
		screen_heading(s, "CREDENTIALS",
			       "%zu login%s in %lld secret%s: %zu burnt, %zu unproven, %zu proven new", rows,
			       rows == 1 ? "" : "s", (long long)copies, copies == 1 ? "" : "s", burnt, unproven,
			       rows - burnt - unproven);
	for (size_t i = 0; i < screen_shown_rows(s, rows); i++)
		if (credential_row(&table, &items[i], err) < 0)
			return -1;
	if (rows && screen_table(s, &table, err) < 0)
		return -1;
	screen_more_line(s, rows);
	if (take_care(s, screen_shown_rows(s, rows), err) < 0)
		return -1;
	return s->wide ? copies_table(s->triage->credentials, &s->session->arena, s->out, err) : 0;
}

/* --- secrets that stop pulls --- */

static const struct table_column blocked_columns[] = {
	{ "WHERE", 0, TABLE_ELASTIC },
	{ "SECRET", 0, TABLE_ELASTIC },
	{ "USERS", 0, TABLE_RIGHT },
	{ "WHAT IS WRONG", 0, TABLE_WRAP },
};

int screen_blocked(struct screen *s, struct error **err)
{
	struct table table = NEW_TABLE(s, blocked_columns);
	const struct secret_row *items = s->triage->blocked.items;
	size_t rows = s->triage->blocked.len;

	if (rows == 0)
		return 0;
	screen_heading(s, "BLOCKED PULLS", "%zu malformed secret%s: every pull of a pod that lists one fails", rows,
		       rows == 1 ? "" : "s");
	for (size_t i = 0; i < screen_shown_rows(s, rows); i++) {
		struct slice *cells = table_row(&table);
		if (!cells)
			return arena_fail(table.arena, err);
		cells[0] = cell_place(&table, items[i].cluster, items[i].namespace);
		cells[1] = table_text(&table, items[i].name);
		cells[2] = cell_number(&table, items[i].users);
		cells[3] = table_text(&table, items[i].defects.len ? items[i].defects.items[0] : SLICE_NONE);
	}
	if (screen_table(s, &table, err) < 0)
		return -1;
	screen_more_line(s, rows);
	return 0;
}

/* --- findings: by rule --- */

static const struct table_column finding_columns[] = {
	{ "SEVERITY", 0, 0 },
	{ "RULE", 0, 0 },
	{ "N", 0, TABLE_RIGHT },
	{ "WHAT", 0, TABLE_WRAP },
};

static int finding_row(struct table *table, const struct finding *first, size_t count, struct error **err)
{
	struct slice *cells = table_row(table);

	if (!cells)
		return arena_fail(table->arena, err);
	cells[0] = first->severity;
	cells[1] = first->rule;
	cells[2] = cell_number(table, (int64_t)count);
	cells[3] = table_text(table, first->title);
	return 0;
}

/* Findings of one rule and severity; detect has few of either. */
struct finding_group {
	const struct finding *first;
	size_t count;
};

#define MOST_FINDING_GROUPS 64

static size_t group_findings(const struct record_list *findings, struct finding_group groups[MOST_FINDING_GROUPS])
{
	const struct finding *items = findings->items;
	size_t count = 0;

	for (size_t i = 0; i < findings->len; i++) {
		size_t g = 0;
		while (g < count && (!slice_equal(groups[g].first->rule, items[i].rule) ||
				     !slice_equal(groups[g].first->severity, items[i].severity)))
			g++;
		if (g == MOST_FINDING_GROUPS)
			continue;
		if (g == count)
			groups[count++] = (struct finding_group){ &items[i], 0 };
		groups[g].count++;
	}
	return count;
}

int screen_findings(struct screen *s, struct error **err)
{
	struct table table = NEW_TABLE(s, finding_columns);
	struct finding_group groups[MOST_FINDING_GROUPS];
	size_t len = s->session->world->findings.len;
	size_t count = group_findings(&s->session->world->findings, groups);

	if (len == 0)
		return 0;
	screen_heading(s, "ALSO WRONG", "%zu finding%s by rule, worst first; -o json has each", len,
		       len == 1 ? "" : "s");
	for (size_t i = 0; i < count; i++)
		if (finding_row(&table, groups[i].first, groups[i].count, err) < 0)
			return -1;
	return screen_table(s, &table, err);
}
