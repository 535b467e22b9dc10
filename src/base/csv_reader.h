/* Tables as RFC 4180 writes them, row by row over a whole buffer, as spreadsheets and cloud consoles export them.
 *
 *     struct csv_reader csv;
 *     csv_reader_init(&csv, document);
 *     while ((got = csv_reader_next(&csv, &arena, &row, err)) != CSV_END) {
 *         if (got < 0) return -1;
 *         if (got == CSV_BAD) ...                         // row.why, row.line; the next row can be read
 *         else use(row.fields.items[i]);
 *         arena_clear(&arena);
 *     }
 *
 * Lines end with LF, CRLF or CR; a BOM at the start and empty lines are passed over. The separator is whichever of
 * comma, semicolon and tab stands in the first line most often, outside of quotes. In quotes stand separators, ends of
 * lines and doubled quotes. A quote inside a field that does not begin with one is a character like others.
 *
 * Fields lie in the document, or in the arena where they held doubled quotes. Rows are bounded by LIMIT_CSV_ROW_BYTES
 * and LIMIT_CSV_FIELDS. A row that is bad ends with its first line, so that a quote that is never closed costs one
 * line.
 */
#ifndef FOTHER_BASE_CSV_READER_H
#define FOTHER_BASE_CSV_READER_H

#include "base/arena.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/slice.h"

enum csv_result { CSV_END = 0, CSV_ROW = 1, CSV_BAD = 2 };

struct csv_row {
	struct slice_list fields; /* of a CSV_ROW: at least one */
	size_t line;              /* of its start, from 1 */
	size_t offset;
	const char *why; /* of a CSV_BAD: a constant text */
};

struct csv_reader {
	struct cursor cursor; /* its offset is the byte after the last row */
	char separator;
	size_t line;
};

void csv_reader_init(struct csv_reader *csv, struct slice document);
/* An enum csv_result, or -1 when memory is out. The list of fields lies in the arena. */
int csv_reader_next(struct csv_reader *csv, struct arena *arena, struct csv_row *ret_row, struct error **err);

#endif
