/* What we write to: how wide it is, and whether a person sits there. */
#ifndef FOTHER_CLI_TERMINAL_H
#define FOTHER_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "base/strbuf.h"

/* Columns: $COLUMNS, else the terminal behind stdout or stderr, else 80. */
size_t terminal_width(void);
/* stdout is a terminal and $NO_COLOR is not set. */
bool terminal_colour(void);

/* Writes all of it to stdout and clears it. A reader that went away is ERROR_SYSTEM. */
int terminal_write(struct strbuf *out, struct error **err);

/* A line on stderr that replaces itself, only where stderr is a terminal; progress_end takes it away. */
void terminal_progress(void *data, const char *file, int64_t objects);
void terminal_progress_line(struct slice line);
void terminal_progress_end(void);

#endif
