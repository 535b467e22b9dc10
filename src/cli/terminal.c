#include "cli/terminal.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/limits.h"
#include "base/utf8.h"

#define DEFAULT_COLUMNS 80
#define LEAST_COLUMNS 40
#define MOST_COLUMNS 1000

static bool progress_shown;

static size_t clamp(size_t columns)
{
	columns = columns < LEAST_COLUMNS ? LEAST_COLUMNS : columns;
	return columns > MOST_COLUMNS ? MOST_COLUMNS : columns;
}

size_t terminal_width(void)
{
	const char *text = getenv("COLUMNS");
	char *end = NULL;
	/* Digits only: strtoul takes a sign, and makes a minus a huge number. */
	unsigned long columns = text && ascii_is_digit(*text) ? strtoul(text, &end, 10) : 0;

	if (columns > 0 && end && *end == '\0')
		return clamp(columns);
	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
		struct winsize size = { 0 };
		if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
			return clamp(size.ws_col);
	}
	return DEFAULT_COLUMNS;
}

bool terminal_colour(void)
{
	const char *no_colour = getenv("NO_COLOR");
	return isatty(STDOUT_FILENO) && !(no_colour && *no_colour);
}

int terminal_write(struct strbuf *out, struct error **err)
{
	struct slice left = strbuf_slice(out);

	if (strbuf_failed(out, err))
		return -1;
	while (left.len > 0) {
		ssize_t written = write(STDOUT_FILENO, left.data, left.len);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return error_set_errno(err, errno, "standard output");
		left = slice_part(left, (size_t)written, left.len);
	}
	strbuf_clear(out);
	return 0;
}

void terminal_progress_line(struct slice text)
{
	CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT(LIMIT_MESSAGE_BYTES);

	if (!isatty(STDERR_FILENO))
		return;
	strbuf_add_text(&line, "\r\033[K");
	size_t prefix = line.len, width = terminal_width() - 1;
	utf8_add_printable(&line, text);
	strbuf_cut(&line, line.len < prefix + width ? line.len : prefix + width);
	ssize_t ignored = write(STDERR_FILENO, strbuf_text(&line), line.len);
	(void)ignored;
	progress_shown = true;
}

void terminal_progress(void *data, const char *file, int64_t objects)
{
	CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT(LIMIT_MESSAGE_BYTES);

	(void)data;
	strbuf_addf(&line, "%lld objects  %s", (long long)objects, file);
	terminal_progress_line(strbuf_slice(&line));
}

void terminal_progress_end(void)
{
	if (progress_shown) {
		ssize_t ignored = write(STDERR_FILENO, "\r\033[K", 4);
		(void)ignored;
	}
	progress_shown = false;
}
