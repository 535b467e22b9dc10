#include "cli/image_lines.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "cli/table.h"

#define LEAST_WIDTH 40
#define SHORT_DIGEST 19

struct image_lines image_lines_of(const struct image_screen *screen)
{
	return (struct image_lines){ .screen = screen,
				     .value = STRBUF_INIT(LIMIT_ROW_BYTES),
				     .width = screen->width < LEAST_WIDTH ? LEAST_WIDTH : screen->width };
}

void image_lines_release(struct image_lines *lines)
{
	strbuf_release(&lines->value);
}

struct slice image_short_digest(struct slice digest)
{
	return slice_part(digest, 0, SHORT_DIGEST);
}

struct slice image_short_name(struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.data[i] == '@')
			return slice_part(name, 0, i + 1 + SHORT_DIGEST);
	return slice_starts_with(name, "sha256:") ? image_short_digest(name) : name;
}

void image_line_add(struct image_lines *lines, struct slice text)
{
	utf8_add_printable(&lines->value, text);
}

void image_line_add_time(struct image_lines *lines, int64_t time)
{
	char text[TIME_TEXT_BYTES];
	strbuf_add_text(&lines->value, minute_format(time, text));
}

void image_line_end(struct image_lines *lines, const char *label)
{
	struct strbuf *out = lines->screen->out;
	struct slice rest = { strbuf_text(&lines->value), lines->value.len }, word;
	size_t at = IMAGE_LABEL_CELLS;
	strbuf_addf(out, "%-*s", IMAGE_LABEL_CELLS, label);
	for (bool first = true; rest.data; first = false) {
		slice_cut(rest, ' ', &word, &rest);
		size_t cells = utf8_cells(word);
		if (!first && at + 1 + cells > lines->width) {
			strbuf_addf(out, "\n%-*s", IMAGE_LABEL_CELLS, "");
			at = IMAGE_LABEL_CELLS;
		} else if (!first) {
			strbuf_add_char(out, ' ');
			at++;
		}
		strbuf_add_slice(out, word);
		at += cells;
	}
	strbuf_add_char(out, '\n');
	if (lines->value.failure)
		out->failure = lines->value.failure;
	strbuf_clear(&lines->value);
}
