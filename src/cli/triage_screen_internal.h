/* The pieces that the sections of triage's screen are made of. Internal to triage_screen*.c.
 *
 * triage_screen.c prints the head, DO NOW, NOT KNOWN and NEXT; the other sections have files of their own.
 */
#ifndef FOTHER_CLI_TRIAGE_SCREEN_INTERNAL_H
#define FOTHER_CLI_TRIAGE_SCREEN_INTERNAL_H

#include "base/time.h"
#include "cli/cells.h"
#include "cli/output.h"
#include "cli/session.h"
#include "cli/table.h"
#include "triage/triage.h"

struct screen {
	struct session *session;
	struct output *output;
	const struct triage *triage;
	struct strbuf *out;
	bool wide, colour;
};

/* A table of the columns of an array, in the session's arena. */
#define NEW_TABLE(s, columns_)                                                                                         \
	{                                                                                                              \
		.columns = (columns_), .column_count = sizeof(columns_) / sizeof *(columns_),                          \
		.arena = &(s)->session->arena                                                                          \
	}

/* A blank line, the title, and behind it what the section counts. */
void screen_heading(struct screen *s, const char *title, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* How many of so many rows are shown, and the line that says how many are not. */
size_t screen_shown_rows(const struct screen *s, size_t rows);
void screen_more_line(struct screen *s, size_t rows);
/* Renders the table. A cell that could not be made (not there) is a failure of memory. */
int screen_table(struct screen *s, const struct table *table, struct error **err);

void screen_add_list(struct strbuf *out, struct slice_list list, const char *separator);

/* Whether a registry of the scope, or a layout, told of images. */
bool screen_images_read(const struct screen *s);

/* The sections. */
int screen_bad_images(struct screen *s, struct error **err);
int screen_images(struct screen *s, struct error **err);
int screen_tags(struct screen *s, struct error **err);
int screen_credentials(struct screen *s, struct error **err);
int screen_blocked(struct screen *s, struct error **err);
int screen_findings(struct screen *s, struct error **err);

#endif
