#include "support/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "capture.h"
#include "cli/help.h"
#include "cli/options.h"

static const char *text_of_command(const struct command *command, const char *columns)
{
	struct capture capture;
	setenv("COLUMNS", columns, 1);
	capture_start(&capture);
	int code = help_command(command);
	const char *text = capture_end(&capture);
	assert_int_equal(code, EXIT_FINE);
	return text;
}

static const char *text_of(int (*help)(void))
{
	struct capture capture;
	capture_start(&capture);
	int code = help();
	const char *text = capture_end(&capture);
	assert_int_equal(code, EXIT_FINE);
	return text;
}

static void every_option_has_its_texts_and_names_are_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < OPTION_ID_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		bool takes_one = row->kind == OPTION_KIND_TEXT || row->kind == OPTION_KIND_LIST;
		assert_true(strlen(row->name) > 1 && row->name[0] != '-');
		assert_true(slice_ends_with(slice_of(row->help), "."));
		assert_int_equal(takes_one, row->argument != NULL);
		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(row->name, option_rows[k].name);
			assert_true(!row->letter || row->letter != option_rows[k].letter);
		}
		if (row->kind == OPTION_KIND_LIST)
			assert_non_null(strstr(row->help, "May be repeated."));
	}
}

static void command_s_help_has_its_options_and_no_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < command_count; i++) {
		const char *text = text_of_command(commands[i], "100");
		assert_non_null(strstr(text, commands[i]->name));
		for (size_t k = 0; k < OPTION_ID_COUNT; k++) {
			CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT(LIMIT_KIB);
			if (option_rows[k].letter)
				strbuf_addf(&name, "\n  -%c, ", option_rows[k].letter);
			else
				strbuf_add_text(&name, "\n  ");
			strbuf_addf(&name, "--%s%s", option_rows[k].name, option_rows[k].argument ? " " : "  ");
			bool told = strstr(text, strbuf_text(&name)) != NULL;
			if (told != ((commands[i]->options >> k & 1) == 1))
				fail_msg("%s: --%s", commands[i]->name, option_rows[k].name);
		}
	}
}

static void exit_codes_are_told_with_every_command(void **state)
{
	(void)state;
	const char *text = strstr(text_of_command(commands[0], "100"), "\nExit codes:\n");
	assert_non_null(text);
	static const char *const codes[] = { "\n  0  ", "\n  1  ", "\n  2  ", "\n  3  ", "\n  4  " };
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		assert_non_null(strstr(text, codes[i]));
}

/* But for a word that is longer than what is left for it, and the usage line, which is for copying. */
static void check_width(const char *text, size_t width)
{
	struct slice rest = slice_of(text), line, head, tail;
	while (slice_cut(rest, '\n', &line, &rest)) {
		bool one_word = !slice_cut(slice_trim(line), ' ', &head, &tail);
		if (line.len > width && !one_word && !slice_starts_with(line, "Usage: "))
			fail_msg("%zu columns in %zu: %.*s", line.len, width, SLICE_ARG(line));
	}
}

static void help_is_wrapped_to_the_terminal_and_never_wider_than_a_page(void **state)
{
	(void)state;
	static const struct {
		const char *columns;
		size_t width;
	} cases[] = { { "40", 40 }, { "60", 60 }, { "80", 80 }, { "100", 100 }, { "200", 100 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (size_t k = 0; k < command_count; k++)
			check_width(text_of_command(commands[k], cases[i].columns), cases[i].width);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\n';
}

/* Every word of wrapped text in its order, whatever blanks stand between. */
static void check_words(const char *at, const char *wanted)
{
	assert_non_null(at);
	for (; *wanted; wanted++) {
		if (is_blank(*wanted))
			continue;
		while (is_blank(*at))
			at++;
		if (*at++ != *wanted)
			fail_msg("lost before: %s", wanted);
	}
}

static void wrapping_loses_no_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < command_count; i++) {
		check_words(strstr(text_of_command(commands[i], "40"), "\n\n"), commands[i]->text);
		check_words(strstr(text_of_command(commands[i], "200"), "\n\n"), commands[i]->text);
	}
}

static void overview_names_every_command_with_its_summary(void **state)
{
	(void)state;
	setenv("COLUMNS", "100", 1);
	const char *text = text_of(help_overview);
	for (size_t i = 0; i < command_count; i++) {
		CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT(LIMIT_KIB);
		strbuf_addf(&name, "\n  %s  ", commands[i]->name);
		const char *at = strstr(text, strbuf_text(&name));
		assert_non_null(at);
		check_words(at + name.len, commands[i]->summary);
	}
	check_width(text, 100);
	setenv("COLUMNS", "80", 1);
	check_width(text_of(help_overview), 80);
}

/* A line that starts with a dot is a request; what is not one of ours would be swallowed. */
static void manual_page_has_known_requests_only(void **state)
{
	(void)state;
	static const char *const known[] = { ".TH ", ".SH ", ".SS ", ".TP", ".PP" };
	struct slice rest = slice_of(text_of(help_man)), line;
	while (slice_cut(rest, '\n', &line, &rest)) {
		bool request = slice_starts_with(line, ".") && line.len > 1;
		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			request = request && !slice_starts_with(line, known[i]);
		if (request || slice_starts_with(line, "'"))
			fail_msg("%.*s", SLICE_ARG(line));
	}
}

/* An unescaped dash becomes a hyphen, which nobody can paste into a shell. */
static void manual_page_escapes_dashes_and_backslashes(void **state)
{
	(void)state;
	struct slice rest = slice_of(text_of(help_man)), line;
	while (slice_cut(rest, '\n', &line, &rest)) {
		for (size_t i = 0; i < line.len && !slice_starts_with(line, ".TH "); i++) {
			if (line.data[i] == '-' && (i == 0 || line.data[i - 1] != '\\'))
				fail_msg("%.*s", SLICE_ARG(line));
			/* \- \e \& and the fonts. */
			if (line.data[i] == '\\' && (i + 1 == line.len || !strchr("-e&f", line.data[i + 1])))
				fail_msg("%.*s", SLICE_ARG(line));
		}
	}
}

static void manual_page_has_every_command_and_option(void **state)
{
	(void)state;
	const char *text = text_of(help_man);
	for (size_t i = 0; i < command_count; i++) {
		CLEANUP(strbuf_release) struct strbuf title = STRBUF_INIT(LIMIT_KIB);
		strbuf_addf(&title, "\n.SS fother %s", commands[i]->name);
		assert_non_null(strstr(text, strbuf_text(&title)));
	}
	const char *options = strstr(text, "\n.SH OPTIONS\n");
	assert_non_null(options);
	for (size_t i = 0; i < OPTION_ID_COUNT; i++) {
		CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT(LIMIT_KIB);
		strbuf_add_text(&name, "\\fB\\-\\-");
		for (const char *c = option_rows[i].name; *c; c++)
			strbuf_addf(&name, *c == '-' ? "\\%c" : "%c", *c);
		strbuf_add_text(&name, "\\fR");
		assert_non_null(strstr(options, strbuf_text(&name)));
	}
}

/* add_roff looks at the start of a text only. */
static void texts_are_single_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < command_count; i++)
		assert_null(strchr(commands[i]->text, '\n'));
	for (size_t i = 0; i < OPTION_ID_COUNT; i++)
		assert_null(strchr(option_rows[i].help, '\n'));
}

/* `fother help > /dev/full` must not look like a success. */
static void help_that_cannot_be_written_is_a_failure(void **state)
{
	(void)state;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC), saved = dup(STDOUT_FILENO);
	if (full < 0)
		check_skip("there is no /dev/full here");
	fflush(stdout);
	assert_int_equal(dup2(full, STDOUT_FILENO), STDOUT_FILENO);
	int codes[] = { help_overview(), help_man(), help_command(commands[0]) };
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(full);
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		assert_int_equal(codes[i], EXIT_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_option_has_its_texts_and_names_are_unique),
		cmocka_unit_test(command_s_help_has_its_options_and_no_others),
		cmocka_unit_test(exit_codes_are_told_with_every_command),
		cmocka_unit_test(help_is_wrapped_to_the_terminal_and_never_wider_than_a_page),
		cmocka_unit_test(wrapping_loses_no_word),
		cmocka_unit_test(overview_names_every_command_with_its_summary),
		cmocka_unit_test(manual_page_has_known_requests_only),
		cmocka_unit_test(manual_page_escapes_dashes_and_backslashes),
		cmocka_unit_test(manual_page_has_every_command_and_option),
		cmocka_unit_test(texts_are_single_lines),
		cmocka_unit_test(help_that_cannot_be_written_is_a_failure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
