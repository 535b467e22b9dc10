#include "support/check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/limits.h"
#include "capture.h"
#include "cli/terminal.h"

/* stdout and stderr put on another file for the time of a call. */
struct elsewhere {
	int saved[2];
};

static void go(struct elsewhere *elsewhere, int fd)
{
	fflush(stdout);
	fflush(stderr);
	for (int i = 0; i < 2; i++) {
		elsewhere->saved[i] = dup(STDOUT_FILENO + i);
		dup2(fd, STDOUT_FILENO + i);
	}
}

static void come_back(const struct elsewhere *elsewhere)
{
	for (int i = 0; i < 2; i++) {
		dup2(elsewhere->saved[i], STDOUT_FILENO + i);
		close(elsewhere->saved[i]);
	}
}

/* With no terminal anywhere, so that only COLUMNS and the default count. */
static size_t width_without_terminal(const char *columns)
{
	struct elsewhere elsewhere;
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	assert_true(null >= 0);
	if (columns)
		setenv("COLUMNS", columns, 1);
	else
		unsetenv("COLUMNS");
	go(&elsewhere, null);
	size_t width = terminal_width();
	come_back(&elsewhere);
	close(null);
	unsetenv("COLUMNS");
	return width;
}

static void width_is_columns_between_its_bounds_else_eighty(void **state)
{
	(void)state;
	static const struct {
		const char *columns;
		size_t width;
	} cases[] = {
		{ NULL, 80 },
		{ "", 80 },
		{ "0", 80 },
		{ "wide", 80 },
		{ "80x", 80 },
		{ "-5", 80 },
		{ "+120", 80 },
		{ " 120", 80 },
		{ "1.5e3", 80 },
		{ "1", 40 },
		{ "39", 40 },
		{ "40", 40 },
		{ "41", 41 },
		{ "200", 200 },
		{ "1000", 1000 },
		{ "1001", 1000 },
		{ "99999999999999999999999999", 1000 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t width = width_without_terminal(cases[i].columns);
		if (width != cases[i].width)
			fail_msg("COLUMNS=%s is %zu", cases[i].columns, width);
	}
}

/* A terminal of our own: *ret_ours is its other side. */
static int open_terminal(int *ret_ours, unsigned short columns)
{
	int ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (ours < 0 || grantpt(ours) < 0 || unlockpt(ours) < 0)
		return -1;
	int theirs = open(ptsname(ours), O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct winsize size = { .ws_col = columns, .ws_row = 25 };
	if (theirs < 0 || ioctl(theirs, TIOCSWINSZ, &size) < 0)
		return -1;
	*ret_ours = ours;
	return theirs;
}

static void width_and_colour_of_a_terminal(void **state)
{
	(void)state;
	struct elsewhere elsewhere;
	int ours, theirs = open_terminal(&ours, 132);
	if (theirs < 0)
		check_skip("no pseudo terminal can be opened here");
	unsetenv("COLUMNS");
	unsetenv("NO_COLOR");
	go(&elsewhere, theirs);
	size_t width = terminal_width();
	bool colour = terminal_colour();
	setenv("NO_COLOR", "1", 1);
	bool no_colour = terminal_colour();
	setenv("NO_COLOR", "", 1);
	bool empty = terminal_colour();
	setenv("COLUMNS", "60", 1);
	size_t given = terminal_width();
	come_back(&elsewhere);
	unsetenv("COLUMNS");
	unsetenv("NO_COLOR");
	close(theirs);
	close(ours);
	assert_int_equal(width, 132);
	assert_int_equal(given, 60);
	assert_true(colour);
	assert_false(no_colour);
	assert_true(empty); /* https://no-color.org: present and not empty */
}

static void no_colour_into_a_file(void **state)
{
	(void)state;
	struct capture capture;
	unsetenv("NO_COLOR");
	capture_start(&capture);
	bool colour = terminal_colour();
	capture_end(&capture);
	assert_false(colour);
}

/* What the terminal was sent, with control characters as they are. */
static void progress_replaces_its_line_and_takes_it_away(void **state)
{
	(void)state;
	struct elsewhere elsewhere;
	char sent[1024] = "";
	int ours, theirs = open_terminal(&ours, 40);
	if (theirs < 0)
		check_skip("no pseudo terminal can be opened here");
	go(&elsewhere, theirs);
	terminal_progress(NULL, "a\033[31mred.json", 7);
	terminal_progress(NULL, "a-very-long-name-of-a-file-that-does-not-fit-into-forty-columns.json", 8);
	terminal_progress_end();
	terminal_progress_end();
	come_back(&elsewhere);
	close(theirs);
	/* What was sent may come in pieces; when nobody holds the other end any more, it ends. */
	size_t len = 0;
	for (ssize_t got = 1; got > 0 && len<sizeof sent - 1; len += got> 0 ? (size_t)got : 0)
		got = read(ours, sent + len, sizeof sent - 1 - len);
	close(ours);
	assert_non_null(strstr(sent, "7 objects"));
	assert_null(strstr(sent, "\033[31m"));
	assert_null(strstr(sent, "columns.json"));
	const char *end = strstr(sent, "\r\033[K8 objects");
	assert_non_null(end);
	/* Taken away once, and nothing behind it. */
	end = strstr(end + 1, "\r\033[K");
	assert_non_null(end);
	assert_string_equal(end, "\r\033[K");
}

static void no_progress_into_a_file(void **state)
{
	(void)state;
	struct elsewhere elsewhere;
	int ends[2];
	char byte;
	assert_int_equal(pipe(ends), 0);
	go(&elsewhere, ends[1]);
	terminal_progress(NULL, "a.json", 7);
	terminal_progress_end();
	come_back(&elsewhere);
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 0);
	close(ends[0]);
}

static void write_gives_everything_once(void **state)
{
	(void)state;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	struct error *err = NULL;
	struct capture capture;
	strbuf_add_repeat(&out, 'x', 200000);
	capture_start(&capture);
	int first = terminal_write(&out, &err), second = terminal_write(&out, &err);
	const char *text = capture_end(&capture);
	check_no_error(&err);
	assert_true(first == 0 && second == 0);
	assert_int_equal(out.len, 0);
	assert_int_equal(strspn(text, "x"), 200000);
	assert_int_equal(strlen(text), 200000);
}

static void text_that_could_not_be_made_is_not_half_written(void **state)
{
	(void)state;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(8);
	struct error *err = NULL;
	struct capture capture;
	strbuf_add_text(&out, "short");
	strbuf_add_text(&out, "and too long");
	capture_start(&capture);
	int result = terminal_write(&out, &err);
	const char *text = capture_end(&capture);
	assert_int_equal(result, -1);
	check_error(&err, ERROR_LIMIT, "");
	assert_string_equal(text, "");
}

static void reader_that_went_away_is_an_error(void **state)
{
	(void)state;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_KIB);
	struct error *err = NULL;
	struct elsewhere elsewhere;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	signal(SIGPIPE, SIG_IGN);
	strbuf_add_text(&out, "hello\n");
	go(&elsewhere, ends[1]);
	int result = terminal_write(&out, &err);
	come_back(&elsewhere);
	close(ends[1]);
	assert_int_equal(result, -1);
	check_error(&err, ERROR_SYSTEM, "standard output");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(width_is_columns_between_its_bounds_else_eighty),
		cmocka_unit_test(width_and_colour_of_a_terminal),
		cmocka_unit_test(no_colour_into_a_file),
		cmocka_unit_test(progress_replaces_its_line_and_takes_it_away),
		cmocka_unit_test(no_progress_into_a_file),
		cmocka_unit_test(write_gives_everything_once),
		cmocka_unit_test(text_that_could_not_be_made_is_not_half_written),
		cmocka_unit_test(reader_that_went_away_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
