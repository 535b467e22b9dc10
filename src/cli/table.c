#include "cli/table.h"

#include "base/limits.h"
#include "base/utf8.h"

#define GAP 2
#define LEAST_ELASTIC 10       /* below this a shortened name tells nothing */
#define COMFORTABLE_WRAPPED 28 /* below this a sentence is a list of words: rather leave a column out */
#define LEAST_WRAPPED 12       /* where no column can be left out */

struct layout {
	size_t widths[TABLE_MOST_COLUMNS];
	bool shown[TABLE_MOST_COLUMNS];
};

struct slice *table_row(struct table *table)
{
	struct slice *cells = arena_grow(table->arena, table->cells, table->rows, &table->capacity,
					 table->column_count * sizeof *cells);
	if (!cells)
		return NULL;
	table->cells = cells;
	return &cells[table->rows++ * table->column_count];
}

struct slice table_text(struct table *table, struct slice text)
{
	CLEANUP(strbuf_release) struct strbuf printable = STRBUF_INIT(LIMIT_ROW_BYTES);
	struct slice copy = SLICE_NONE;

	if (!text.data)
		return slice_of("-");
	utf8_add_printable(&printable, text);
	if (arena_copy(table->arena, slice_of(strbuf_text(&printable)), &copy) < 0)
		return SLICE_NONE;
	return copy;
}

const char *minute_format(int64_t time, char text[TIME_TEXT_BYTES])
{
	time_format(time, text);
	if (time == TIME_UNSET)
		return text;
	text[10] = ' ';
	memcpy(text + 16, "Z", 2);
	return text;
}

struct slice table_minute(struct table *table, int64_t time)
{
	char text[TIME_TEXT_BYTES];
	struct slice copy = SLICE_NONE;

	return arena_copy(table->arena, slice_of(minute_format(time, text)), &copy) < 0 ? SLICE_NONE : copy;
}

struct slice table_date(struct table *table, int64_t time)
{
	struct slice text = table_minute(table, time);
	return time == TIME_UNSET ? text : slice_part(text, 0, 10);
}

/* What a column would like; wider than the table is never of use. */
static void natural_widths(const struct table *table, struct layout *layout, size_t width)
{
	for (size_t c = 0; c < table->column_count; c++) {
		layout->shown[c] = true;
		layout->widths[c] = strlen(table->columns[c].title);
		for (size_t r = 0; r < table->rows; r++) {
			size_t cells = utf8_cells(table->cells[r * table->column_count + c]);
			cells = cells < width ? cells : width;
			if (cells > layout->widths[c])
				layout->widths[c] = cells;
		}
	}
}

static size_t total_width(const struct table *table, const struct layout *layout)
{
	size_t total = 0, shown = 0;

	for (size_t c = 0; c < table->column_count; c++)
		if (layout->shown[c])
			total += layout->widths[c] + (shown++ ? GAP : 0);
	return total;
}

static bool can_give(const struct table_column *column, size_t width, size_t least_wrapped)
{
	size_t least = column->flags & TABLE_WRAP ? least_wrapped : column->least ? column->least : LEAST_ELASTIC;
	return column->flags & (TABLE_ELASTIC | TABLE_WRAP) && width > least && width > strlen(column->title);
}

/* The widest column that can still give, or -1. */
static int widest_elastic(const struct table *table, const struct layout *layout, size_t least_wrapped)
{
	int widest = -1;

	for (size_t c = 0; c < table->column_count; c++)
		if (layout->shown[c] && can_give(&table->columns[c], layout->widths[c], least_wrapped) &&
		    (widest < 0 || layout->widths[c] > layout->widths[widest]))
			widest = (int)c;
	return widest;
}

static int first_to_drop(const struct table *table, const struct layout *layout)
{
	int found = -1;

	for (size_t c = 0; c < table->column_count; c++)
		if (layout->shown[c] && table->columns[c].drop &&
		    (found < 0 || table->columns[c].drop >= table->columns[found].drop))
			found = (int)c;
	return found;
}

static bool shrink(const struct table *table, struct layout *layout, size_t width, size_t least_wrapped)
{
	while (total_width(table, layout) > width) {
		int c = widest_elastic(table, layout, least_wrapped);
		if (c < 0)
			return false;
		layout->widths[c]--;
	}
	return true;
}

static size_t fit(const struct table *table, struct layout *layout, size_t width)
{
	size_t left_out = 0;

	natural_widths(table, layout, width);
	for (;;) {
		struct layout attempt = *layout;
		int drop = first_to_drop(table, layout);
		bool fits = shrink(table, &attempt, width, drop < 0 ? LEAST_WRAPPED : COMFORTABLE_WRAPPED);
		if (fits || drop < 0) {
			*layout = attempt;
			return left_out;
		}
		layout->shown[drop] = false;
		left_out++;
	}
}

/* The longest start of text that takes at most `cells` cells, in bytes. */
static size_t head_bytes(struct slice text, size_t cells)
{
	size_t at = 0, used = 0;
	uint32_t code_point;

	while (at < text.len) {
		struct slice rest = slice_part(text, at, text.len);
		size_t len = utf8_decode(rest, &code_point), one = utf8_cells(slice_part(rest, 0, len));
		if (used + one > cells)
			break;
		used += one;
		at += len;
	}
	return at;
}

static size_t tail_start(struct slice text, size_t cells)
{
	size_t at = text.len, used = 0;

	while (at > 0) {
		size_t before = at - 1;
		while (before > 0 && ((unsigned char)text.data[before] & 0xC0) == 0x80)
			before--;
		used += utf8_cells(slice_part(text, before, at - before));
		if (used > cells)
			break;
		at = before;
	}
	return at;
}

/* Names differ at both ends, and more so at the tail: a pod's hash, an image's name and tag. So the middle gives way.
 */
static size_t add_shortened(struct strbuf *out, struct slice text, size_t width)
{
	if (utf8_cells(text) <= width) {
		strbuf_add_slice(out, text);
		return utf8_cells(text);
	}
	if (width < 5) {
		struct slice head = slice_part(text, 0, head_bytes(text, width));
		strbuf_add_slice(out, head);
		return utf8_cells(head);
	}
	size_t keep = width - 2;
	struct slice head = slice_part(text, 0, head_bytes(text, keep / 3));
	struct slice tail = slice_part(text, tail_start(text, keep - keep / 3), text.len);
	strbuf_add_slice(out, head);
	strbuf_add_text(out, "..");
	strbuf_add_slice(out, tail);
	return utf8_cells(head) + 2 + utf8_cells(tail);
}

/* What of a wrapped text goes into this line: words while they fit, a part of one that never would. Moves *rest on. */
static struct slice next_piece(struct slice *rest, size_t width)
{
	size_t fits = head_bytes(*rest, width), end = fits;

	if (fits < rest->len && rest->data[fits] != ' ') {
		while (end > 0 && rest->data[end - 1] != ' ')
			end--;
		end = end ? end : fits;
	}
	struct slice piece = slice_trim(slice_part(*rest, 0, end));
	*rest = slice_trim(slice_part(*rest, end ? end : 1, rest->len));
	return piece;
}

static void add_cell(struct strbuf *out, struct slice text, size_t width, bool right, bool last)
{
	size_t cells = utf8_cells(text);

	if (right && cells < width)
		strbuf_add_repeat(out, ' ', width - cells);
	cells = add_shortened(out, text, width);
	if (!right && !last && cells < width)
		strbuf_add_repeat(out, ' ', width - cells);
}

/* One line of a row; `rests` holds what of the wrapped cells is left, and an empty text where a cell is done. */
static void add_line(const struct table *table, const struct layout *layout, struct slice *rests, size_t indent,
		     struct strbuf *out)
{
	size_t last = 0, start = out->len;
	bool first = true;

	for (size_t c = 0; c < table->column_count; c++)
		last = layout->shown[c] ? c : last;
	strbuf_add_repeat(out, ' ', indent);
	for (size_t c = 0; c < table->column_count; c++) {
		if (!layout->shown[c])
			continue;
		strbuf_add_repeat(out, ' ', first ? 0 : GAP);
		first = false;
		struct slice text = rests[c];
		rests[c] = SLICE("");
		if ((table->columns[c].flags & TABLE_WRAP) && utf8_cells(text) > layout->widths[c]) {
			rests[c] = text;
			text = next_piece(&rests[c], layout->widths[c]);
		}
		add_cell(out, text, layout->widths[c], table->columns[c].flags & TABLE_RIGHT, c == last);
	}
	while (out->len > start && out->data[out->len - 1] == ' ')
		strbuf_cut(out, out->len - 1);
	strbuf_add_char(out, '\n');
}

static void add_row(const struct table *table, const struct layout *layout, const struct slice *cells, size_t indent,
		    struct strbuf *out)
{
	struct slice rests[TABLE_MOST_COLUMNS];
	bool more = true;

	for (size_t c = 0; c < table->column_count; c++)
		rests[c] = cells ? cells[c] : slice_of(table->columns[c].title);
	while (more && !out->failure) {
		add_line(table, layout, rests, indent, out);
		more = false;
		for (size_t c = 0; c < table->column_count; c++)
			more = more || (layout->shown[c] && rests[c].len);
	}
}

void table_render(const struct table *table, size_t width, size_t indent, struct strbuf *out, size_t *ret_left_out)
{
	struct layout layout;
	size_t left_out = fit(table, &layout, width > indent ? width - indent : 1);

	add_row(table, &layout, NULL, indent, out);
	for (size_t r = 0; r < table->rows; r++)
		add_row(table, &layout, &table->cells[r * table->column_count], indent, out);
	if (ret_left_out)
		*ret_left_out = left_out;
}

static bool is_known(const struct table *table, size_t column)
{
	bool known = table->rows == 0 || table->columns[column].drop == 0;

	for (size_t r = 0; !known && r < table->rows; r++) {
		struct slice cell = table->cells[r * table->column_count + column];
		known = !slice_equal_text(cell, "-") && !slice_equal_text(cell, "?");
	}
	return known;
}

int table_leave_out_unknown(struct table *table, struct table_column *columns)
{
	size_t kept = 0, count = table->column_count;
	size_t keep[TABLE_MOST_COLUMNS];

	for (size_t c = 0; c < count; c++)
		if (is_known(table, c))
			keep[kept++] = c;
	struct slice *cells = arena_zeroed(table->arena, table->rows * kept + 1, sizeof *cells);
	if (!cells)
		return -1;
	for (size_t r = 0; r < table->rows; r++)
		for (size_t c = 0; c < kept; c++)
			cells[r * kept + c] = table->cells[r * count + keep[c]];
	for (size_t c = 0; c < kept; c++)
		columns[c] = columns[keep[c]];
	table->cells = cells;
	table->capacity = table->rows;
	table->column_count = kept;
	return 0;
}
