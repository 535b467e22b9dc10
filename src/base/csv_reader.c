#include "base/csv_reader.h"

#include "base/limits.h"

#define BOM "\xef\xbb\xbf"

static bool is_line_end(int byte)
{
	return byte == '\n' || byte == '\r';
}

/* --- the separator --- */

static char separator_of(struct cursor c)
{
	static const char separators[] = ",;\t";
	size_t counts[sizeof separators - 1] = { 0 }, best = 0;
	bool quoted = false;
	for (int byte; (byte = cursor_take(&c)) >= 0 && (quoted || !is_line_end(byte));) {
		quoted = quoted != (byte == '"');
		for (size_t i = 0; i < sizeof counts / sizeof *counts && !quoted; i++)
			counts[i] += byte == separators[i];
	}
	for (size_t i = 1; i < sizeof counts / sizeof *counts; i++)
		if (counts[i] > counts[best])
			best = i;
	return separators[best];
}

void csv_reader_init(struct csv_reader *csv, struct slice document)
{
	*csv = (struct csv_reader){ .cursor = cursor_on(document), .line = 1 };
	if (slice_starts_with(document, BOM))
		cursor_skip(&csv->cursor, sizeof BOM - 1);
	struct cursor first;
	struct slice start = { (const char *)csv->cursor.position, cursor_left(&csv->cursor) };
	first = cursor_on(slice_part(start, 0, LIMIT_CSV_ROW_BYTES));
	csv->separator = separator_of(first);
}

/* --- one row --- */

struct row {
	struct csv_reader *csv;
	struct arena *arena;
	struct slice *fields;
	size_t len, capacity;
	size_t start; /* offset */
	const char *why;
};

/* CRLF is one end. */
static void take_line_end(struct csv_reader *csv)
{
	if (cursor_take(&csv->cursor) == '\r' && cursor_peek(&csv->cursor) == '\n')
		cursor_skip(&csv->cursor, 1);
	csv->line++;
}

static int add_field(struct row *row, struct slice field, struct error **err)
{
	if (row->len >= LIMIT_CSV_FIELDS) {
		row->why = "more fields than a table has columns";
		return CSV_BAD;
	}
	if (row->len == row->capacity) {
		struct slice *grown = arena_grow(row->arena, row->fields, row->len, &row->capacity,
						 sizeof *row->fields);
		if (!grown)
			return arena_fail(row->arena, err);
		row->fields = grown;
	}
	row->fields[row->len++] = field;
	return CSV_ROW;
}

static bool is_too_long(struct row *row)
{
	if (cursor_offset(&row->csv->cursor) - row->start <= LIMIT_CSV_ROW_BYTES)
		return false;
	row->why = "the row is too long, or a quote is not closed";
	return true;
}

static int take_plain(struct row *row, struct error **err)
{
	struct cursor *c = &row->csv->cursor;
	const char *start = (const char *)c->position;
	while (cursor_left(c) > 0 && cursor_peek(c) != row->csv->separator && !is_line_end(cursor_peek(c)))
		cursor_skip(c, 1);
	if (is_too_long(row))
		return CSV_BAD;
	return add_field(row, (struct slice){ start, (size_t)((const char *)c->position - start) }, err);
}

/* Doubled quotes become one. */
static int undouble(struct row *row, struct slice text, struct slice *ret_field, struct error **err)
{
	char *copy = arena_bytes(row->arena, text.len + 1);
	size_t len = 0;
	if (!copy)
		return arena_fail(row->arena, err);
	for (size_t i = 0; i < text.len; i++) {
		copy[len++] = text.data[i];
		i += text.data[i] == '"';
	}
	*ret_field = (struct slice){ copy, len };
	return 0;
}

static int take_quoted(struct row *row, struct error **err)
{
	struct cursor *c = &row->csv->cursor;
	struct slice field;
	bool doubled = false;
	cursor_skip(c, 1);
	const char *start = (const char *)c->position;
	for (;;) {
		int byte = cursor_peek(c);
		if (byte < 0 || is_too_long(row)) {
			row->why = row->why ? row->why : "a quote is not closed";
			return CSV_BAD;
		}
		if (is_line_end(byte)) {
			take_line_end(row->csv);
			continue;
		}
		cursor_skip(c, 1);
		if (byte != '"')
			continue;
		if (cursor_peek(c) != '"')
			break;
		cursor_skip(c, 1);
		doubled = true;
	}
	field = (struct slice){ start, (size_t)((const char *)c->position - start) - 1 };
	if (cursor_left(c) > 0 && cursor_peek(c) != row->csv->separator && !is_line_end(cursor_peek(c))) {
		row->why = "something stands between a closing quote and the separator";
		return CSV_BAD;
	}
	if (doubled && undouble(row, field, &field, err) < 0)
		return -1;
	return add_field(row, field, err);
}

static int take_fields(struct row *row, struct error **err)
{
	struct cursor *c = &row->csv->cursor;
	for (;;) {
		int got = cursor_peek(c) == '"' ? take_quoted(row, err) : take_plain(row, err);
		if (got != CSV_ROW)
			return got;
		if (cursor_left(c) == 0)
			return CSV_ROW;
		if (is_line_end(cursor_peek(c))) {
			take_line_end(row->csv);
			return CSV_ROW;
		}
		cursor_skip(c, 1); /* the separator, behind which a field begins, if only an empty one */
	}
}

/* From its start, whatever its quotes say. */
static void pass_line(struct csv_reader *csv)
{
	while (cursor_left(&csv->cursor) > 0 && !is_line_end(cursor_peek(&csv->cursor)))
		cursor_skip(&csv->cursor, 1);
	if (cursor_left(&csv->cursor) > 0)
		take_line_end(csv);
}

int csv_reader_next(struct csv_reader *csv, struct arena *arena, struct csv_row *ret_row, struct error **err)
{
	while (is_line_end(cursor_peek(&csv->cursor)))
		take_line_end(csv);
	if (cursor_left(&csv->cursor) == 0)
		return CSV_END;
	struct csv_reader before = *csv;
	struct row row = { .csv = csv, .arena = arena, .start = cursor_offset(&csv->cursor) };
	int got = take_fields(&row, err);
	if (got < 0)
		return -1;
	if (got == CSV_BAD) {
		*csv = before;
		pass_line(csv);
	}
	*ret_row = (struct csv_row){ .fields = { row.fields, got == CSV_ROW ? row.len : 0 },
				     .line = before.line,
				     .offset = row.start,
				     .why = row.why };
	return got;
}
