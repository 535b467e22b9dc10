#include <stdarg.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "cli/triage_screen_internal.h"

/* Rows of a section before "and N more"; -o wide shows all. */
#define SCREEN_ROWS 15

void screen_heading(struct screen *s, const char *title, const char *format, ...)
{
	char counts[160];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(counts, sizeof counts, format, arguments);
	va_end(arguments);
	strbuf_addf(s->out, s->colour ? "\n\033[1m%s\033[0m" : "\n%s", title);
	if (counts[0])
		strbuf_addf(s->out, "   %s", counts);
	strbuf_add_char(s->out, '\n');
}

size_t screen_shown_rows(const struct screen *s, size_t rows)
{
	/* A single row left over is shown, rather than announced. */
	return s->wide || rows <= SCREEN_ROWS + 1 ? rows : SCREEN_ROWS;
}

void screen_more_line(struct screen *s, size_t rows)
{
	size_t shown = screen_shown_rows(s, rows);
	if (shown < rows)
		strbuf_addf(s->out, "  and %zu more: -o wide shows all\n", rows - shown);
}

int screen_table(struct screen *s, const struct table *table, struct error **err)
{
	for (size_t i = 0; i < table->rows * table->column_count; i++)
		if (!table->cells[i].data)
			return arena_fail(table->arena, err);
	table_render(table, s->wide ? TABLE_UNBOUNDED : s->output->width, 1, s->out, NULL);
	return strbuf_failed(s->out, err) ? -1 : 0;
}

void screen_add_list(struct strbuf *out, struct slice_list list, const char *separator)
{
	for (size_t i = 0; i < list.len; i++) {
		strbuf_add_text(out, i ? separator : "");
		utf8_add_printable(out, list.items[i]);
	}
}
