/* Lines of a label and a value that fit the terminal: words go on in the next line, below the value.
 *
 *     struct image_lines lines = image_lines_of(&screen);
 *     image_line_add(&lines, facts->user);
 *     image_line_end(&lines, "user");
 *     image_lines_release(&lines);
 */
#ifndef FOTHER_CLI_IMAGE_LINES_H
#define FOTHER_CLI_IMAGE_LINES_H

#include "base/slice.h"
#include "base/strbuf.h"
#include "cli/image_screen.h"

#define IMAGE_LABEL_CELLS 14

struct image_lines {
	const struct image_screen *screen;
	struct strbuf value; /* of the line that is being made, printable; text of ours may be added as it is */
	size_t width;
};

struct image_lines image_lines_of(const struct image_screen *screen);
void image_lines_release(struct image_lines *lines);

/* Any text, made printable. */
void image_line_add(struct image_lines *lines, struct slice text);
/* To the minute. */
void image_line_add_time(struct image_lines *lines, int64_t time);
void image_line_end(struct image_lines *lines, const char *label);

/* sha256: and 12 digits: enough to type. */
struct slice image_short_digest(struct slice digest);
/* The same of one that ends a name or stands alone; a name with a tag as it is. */
struct slice image_short_name(struct slice name);

#endif
