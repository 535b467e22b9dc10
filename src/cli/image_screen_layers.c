#include "base/utf8.h"
#include "cli/image_lines.h"
#include "cli/table.h"

#define NUMBER_CELLS 3
#define SIZE_CELLS 9
#define DATE_CELLS 10
#define LEAST_INSTRUCTION 20
#define GAP "  "

void image_screen_heading(const struct image_screen *screen, struct slice reference, struct slice platform,
			  struct slice digest)
{
	utf8_add_printable(screen->out, reference);
	if (platform.len) {
		strbuf_add_text(screen->out, GAP);
		utf8_add_printable(screen->out, platform);
	}
	if (!slice_equal(reference, digest)) {
		strbuf_add_text(screen->out, GAP);
		utf8_add_printable(screen->out, image_short_digest(digest));
	}
	strbuf_add_char(screen->out, '\n');
}

/* Lines, tabs and indentation are one blank: the whole is in `image dockerfile` and in JSON. */
static struct slice one_line(struct slice text, struct arena *arena)
{
	char *line = arena_bytes(arena, text.len + 1);
	size_t len = 0;
	for (size_t i = 0; line && i < text.len; i++) {
		char c = text.data[i] == '\n' || text.data[i] == '\t' ? ' ' : text.data[i];
		if (c != ' ' || !len || line[len - 1] != ' ')
			line[len++] = c;
	}
	return (struct slice){ line, len };
}

static struct slice instruction_of(const struct layer_row *row, struct arena *arena)
{
	if (!row->instruction.data)
		return row->number == INT_UNKNOWN ? SLICE("-") : SLICE("(no history tells of it)");
	return one_line(row->instruction, arena);
}

/* What begins a command tells most: the end gives way. */
static void add_cut(struct strbuf *out, struct slice printable, size_t cells)
{
	size_t at = 0, used = 0;
	if (utf8_cells(printable) <= cells) {
		strbuf_add_slice(out, printable);
		return;
	}
	while (at < printable.len) {
		uint32_t code_point;
		size_t len = utf8_decode(slice_part(printable, at, printable.len), &code_point);
		size_t wide = utf8_cells(slice_part(printable, at, len));
		if (used + wide + 2 > cells)
			break;
		used += wide;
		at += len;
	}
	strbuf_add_slice(out, slice_part(printable, 0, at));
	strbuf_add_text(out, "..");
}

static const char *date_of(const struct layer_row *row, char text[TIME_TEXT_BYTES])
{
	if (slice_equal_text(row->dating, "reproducible"))
		return "epoch";
	if (slice_equal_text(row->dating, "invalid"))
		return "no date";
	minute_format(row->created, text);
	if (row->created != TIME_UNSET)
		text[DATE_CELLS] = 0;
	return text;
}

static int add_row(const struct image_screen *screen, const struct layer_row *row, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf printable = STRBUF_INIT(screen->out->max);
	char size[IMAGE_SIZE_TEXT_BYTES], date[TIME_TEXT_BYTES];
	struct slice text = instruction_of(row, screen->arena);
	size_t before = NUMBER_CELLS + SIZE_CELLS + DATE_CELLS + 3 * strlen(GAP);
	size_t left = screen->width > before + LEAST_INSTRUCTION ? screen->width - before : LEAST_INSTRUCTION;
	if (!text.data)
		return arena_fail(screen->arena, err);
	utf8_add_printable(&printable, text);
	if (strbuf_failed(&printable, err))
		return -1;
	if (row->number == INT_UNKNOWN)
		strbuf_addf(screen->out, "%*s", NUMBER_CELLS, "-");
	else
		strbuf_addf(screen->out, "%*lld", NUMBER_CELLS, (long long)row->number);
	strbuf_addf(screen->out, GAP "%*s" GAP "%-*s" GAP, SIZE_CELLS, image_size_format(row->size_bytes, size),
		    DATE_CELLS, date_of(row, date));
	add_cut(screen->out, strbuf_slice(&printable), left);
	strbuf_add_char(screen->out, '\n');
	return 0;
}

static bool any_base(const struct layer_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].from.data)
			return true;
	return false;
}

/* Which base brought what follows; nothing is said where no base is known. */
static void add_base(const struct image_screen *screen, const struct layer_row *row)
{
	if (!row->from.data) {
		strbuf_add_text(screen->out, "its own:\n");
		return;
	}
	strbuf_add_text(screen->out, "from ");
	utf8_add_printable(screen->out, image_short_name(row->from));
	strbuf_add_text(screen->out, ":\n");
}

int image_screen_layers(const struct image_screen *screen, struct record_list rows, struct error **err)
{
	const struct layer_row *row = rows.items;
	bool bases = any_base(row, rows.len);
	strbuf_addf(screen->out, "%*s" GAP "%*s" GAP "%-*s" GAP "INSTRUCTION\n", NUMBER_CELLS, "#", SIZE_CELLS, "SIZE",
		    DATE_CELLS, "CLAIMED");
	for (size_t i = 0; i < rows.len; i++) {
		if (bases && (i == 0 || !slice_equal(row[i].from, row[i - 1].from)))
			add_base(screen, &row[i]);
		if (add_row(screen, &row[i], err) < 0)
			return -1;
	}
	return strbuf_failed(screen->out, err) ? -1 : 0;
}
