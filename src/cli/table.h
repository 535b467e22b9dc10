/* A table that fits the terminal: elastic columns shrink, then whole columns give way, the least important first. */
#ifndef FOTHER_CLI_TABLE_H
#define FOTHER_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/strbuf.h"
#include "base/time.h"

enum table_column_flags {
	TABLE_ELASTIC = 1, /* may be shortened: the middle of a text gives way to ".." */
	TABLE_RIGHT = 2,   /* numbers */
	TABLE_WRAP = 4,    /* may be narrow: the text goes on in the next line. For reasons, not for names */
};

struct table_column {
	const char *title;
	unsigned drop; /* 0: never left out; the highest goes first */
	unsigned flags;
	unsigned least; /* of an elastic one: narrower it tells nothing, and another column gives way; 0: 10 */
};

#define TABLE_MOST_COLUMNS 64

struct table {
	const struct table_column *columns;
	size_t column_count; /* at most TABLE_MOST_COLUMNS */
	struct slice *cells; /* rows * column_count, printable text */
	size_t rows, capacity;
	struct arena *arena;
};

/* The cells of a new row, to be filled by the caller with printable text (utf8_add_printable); NULL: no memory. */
struct slice *table_row(struct table *table);
/* Printable copy of any text, for a cell; "-" for "not there". */
struct slice table_text(struct table *table, struct slice text);

/* Cells of times: "2026-11-20 09:10Z" (to the minute, said to be UTC; seconds are in JSON) and "2026-11-20". */
struct slice table_minute(struct table *table, int64_t time);
struct slice table_date(struct table *table, int64_t time);
/* The same as text; "-" for TIME_UNSET. Returns text. */
const char *minute_format(int64_t time, char text[TIME_TEXT_BYTES]);

/* Takes columns away that may be left out (drop is not 0) and are "-" or "?" in every row. columns are the table's own,
 * not const. 0, or -1: memory is out. */
int table_leave_out_unknown(struct table *table, struct table_column *columns);

/* A width that nothing is shortened for. */
#define TABLE_UNBOUNDED ((size_t)1 << 20)

/* Title line and rows, each indented, none wider than width. When columns gave way, *ret_left_out (may be NULL) says
 * how many. */
void table_render(const struct table *table, size_t width, size_t indent, struct strbuf *out, size_t *ret_left_out);

#endif
