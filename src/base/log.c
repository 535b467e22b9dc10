#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "base/utf8.h"

static enum log_level shown_level = LOG_WARN;

void log_set_level(enum log_level level)
{
	shown_level = level;
}

enum log_level log_level(void)
{
	return shown_level;
}

static const char *level_name(enum log_level level)
{
	switch (level) {
	case LOG_ERROR:
		return "error";
	case LOG_WARN:
		return "warning";
	case LOG_INFO:
		return "info";
	default:
		return "debug";
	}
}

/* One call of fputs for a line, so that lines of several threads do not mix. */
void log_write(enum log_level level, const char *format, ...)
{
	if (level == LOG_QUIET || level > shown_level)
		return;
	CLEANUP(strbuf_release) struct strbuf raw = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT(8 * LIMIT_MESSAGE_BYTES);
	va_list args;
	va_start(args, format);
	strbuf_addf_cut(&raw, format, args);
	va_end(args);
	strbuf_addf(&line, "fother: %s: ", level_name(level));
	utf8_add_printable(&line, strbuf_slice(&raw));
	strbuf_add_char(&line, '\n');
	if (raw.failure || line.failure)
		fputs("fother: out of memory for a message\n", stderr);
	else
		fputs(strbuf_text(&line), stderr);
}
