#include "base/utf8.h"
#include "cli/image_lines.h"

static bool is_what(const struct image_difference *row, const char *what)
{
	return slice_equal_text(row->what, what);
}

/* The judgement of a platform, and what was compared. */
static void add_change(struct image_lines *l, const struct image_difference *row)
{
	struct strbuf *out = l->screen->out;
	if (row->platform.data) {
		utf8_add_printable(out, row->platform);
		strbuf_add_text(out, "  ");
	}
	utf8_add_printable(out, row->name);
	strbuf_add_text(out, "\n  ");
	utf8_add_printable(out, row->old.data ? row->old : SLICE("-"));
	if (!slice_equal(row->old, row->new)) {
		strbuf_add_text(out, "\n  ");
		utf8_add_printable(out, row->new.data ? row->new : SLICE("-"));
	}
	strbuf_add_char(out, '\n');
}

static void add_side(struct image_lines *l, const char *label, char sign, struct slice text)
{
	strbuf_add_char(&l->value, sign);
	strbuf_add_char(&l->value, ' ');
	image_line_add(l, text.len ? text : SLICE("\"\""));
	image_line_end(l, label);
}

/* A name that is too long for a label has a line of its own. */
static int label_of(struct image_lines *l, const struct image_difference *row, struct slice *ret_label,
		    struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf label = STRBUF_INIT(l->screen->out->max);
	strbuf_add_text(&label, "  ");
	utf8_add_printable(&label, row->what);
	if (row->name.len) {
		strbuf_add_char(&label, ' ');
		utf8_add_printable(&label, row->name);
	}
	if (label.len >= IMAGE_LABEL_CELLS) {
		strbuf_add_slice(l->screen->out, strbuf_slice(&label));
		strbuf_add_char(l->screen->out, '\n');
		strbuf_clear(&label);
	}
	if (strbuf_failed(&label, err))
		return -1;
	return arena_copy(l->screen->arena, (struct slice){ strbuf_text(&label), label.len }, ret_label) < 0
		       ? arena_fail(l->screen->arena, err)
		       : 0;
}

static int add_difference(struct image_lines *l, const struct image_difference *row, struct error **err)
{
	struct slice label;
	if (label_of(l, row, &label, err) < 0)
		return -1;
	if (row->old.data)
		add_side(l, label.data, '-', row->old);
	if (row->new.data)
		add_side(l, row->old.data ? "" : label.data, '+', row->new);
	return 0;
}

int image_screen_differences(const struct image_screen *screen, struct record_list rows, struct error **err)
{
	const struct image_difference *row = rows.items;
	struct image_lines lines = image_lines_of(screen);
	int result = 0;
	for (size_t i = 0; result == 0 && i < rows.len; i++) {
		if (is_what(&row[i], "change") || is_what(&row[i], "platform"))
			add_change(&lines, &row[i]);
		else
			result = add_difference(&lines, &row[i], err);
	}
	image_lines_release(&lines);
	if (result < 0)
		return -1;
	return strbuf_failed(screen->out, err) ? -1 : 0;
}
