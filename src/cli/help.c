#include "cli/help.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "cli/options.h"
#include "cli/terminal.h"

#define HELP_INDENT 24
#define HELP_WIDTH 100

static const char about[] =
	"Fother finds what a breached container registry touches: the leaked credentials and who uses them, the bad "
	"images and where they run, ran or lie cached, and what is not known. It reads, and changes nothing.";

static const char *const exit_codes[][2] = {
	{ "0", "Fine." },
	{ "1", "Failed; nothing was stored of what failed. Or ended by ^C: what was read is stored." },
	{ "2", "The command line cannot be used." },
	{ "3",
	  "Findings at or above --fail-on. For triage, a bad image that was seen and a burnt credential in use are "
	  "high." },
	{ "4",
	  "Partial: something could not be read, or the dump lacked what the answer needs; and triage found nothing at or "
	  "above --fail-on in the rest." },
};

static int finish(struct strbuf *out)
{
	struct error *error = NULL;
	if (terminal_write(out, &error) == 0)
		return EXIT_FINE;
	log_error("%s", error->message);
	error_free(error);
	return EXIT_FAILED;
}

/* Words of `text` from column `indent` on, wrapped before HELP_WIDTH or the terminal's edge. */
static void add_wrapped(struct strbuf *out, const char *text, size_t indent)
{
	size_t width = terminal_width() < HELP_WIDTH ? terminal_width() : HELP_WIDTH, column = indent;
	struct slice rest = slice_of(text), word;
	bool more = true, first = true;

	while (more) {
		more = slice_cut(rest, ' ', &word, &rest);
		if (!first && column + 1 + word.len > width) {
			strbuf_add_char(out, '\n');
			strbuf_add_repeat(out, ' ', indent);
			column = indent;
		} else if (!first) {
			strbuf_add_char(out, ' ');
			column++;
		}
		strbuf_add_slice(out, word);
		column += word.len;
		first = false;
	}
	strbuf_add_char(out, '\n');
}

static void add_row(struct strbuf *out, struct slice name, const char *text)
{
	strbuf_addf(out, "  %.*s", SLICE_ARG(name));
	if (name.len + 4 > HELP_INDENT) {
		strbuf_add_char(out, '\n');
		strbuf_add_repeat(out, ' ', HELP_INDENT);
	} else {
		strbuf_add_repeat(out, ' ', HELP_INDENT - name.len - 2);
	}
	add_wrapped(out, text, HELP_INDENT);
}

static void add_option(struct strbuf *out, const struct option_row *row)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT(LIMIT_MESSAGE_BYTES);

	if (row->letter)
		strbuf_addf(&name, "-%c, ", row->letter);
	strbuf_addf(&name, "--%s", row->name);
	if (row->argument)
		strbuf_addf(&name, " %s", row->argument);
	add_row(out, strbuf_slice(&name), row->help);
}

int help_overview(void)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_ROW_BYTES);

	add_wrapped(&out, about, 0);
	strbuf_add_text(&out, "\nUsage: fother COMMAND [OPTION]...\n\nCommands:\n");
	for (size_t i = 0; i < command_count; i++)
		add_row(&out, slice_of(commands[i]->name), commands[i]->summary);
	strbuf_add_text(&out, "\nFirst: fother triage --registry docker.io --since 30d --all-contexts\n"
			      "   or: fother triage --registry docker.io --since 30d --snapshot DIR\n"
			      "`fother COMMAND --help` tells a command's options; `man fother` has all of it.\n");
	return finish(&out);
}

int help_command(const struct command *command)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_ROW_BYTES);

	strbuf_addf(&out, "Usage: fother %s", command->name);
	strbuf_addf(&out, "%s%s [OPTION]...\n\n", command->operands[0] ? " " : "", command->operands);
	add_wrapped(&out, command->text, 0);
	strbuf_add_text(&out, "\nOptions:\n");
	for (size_t i = 0; i < OPTION_ID_COUNT; i++)
		if (command->options & (1ULL << i))
			add_option(&out, &option_rows[i]);
	strbuf_add_text(&out, "\nExit codes:\n");
	for (size_t i = 0; i < sizeof exit_codes / sizeof exit_codes[0]; i++)
		add_row(&out, slice_of(exit_codes[i][0]), exit_codes[i][1]);
	return finish(&out);
}

/* roff: a dash is \-, a backslash \e, and a line must not start with a dot or an apostrophe. */
static void add_roff(struct strbuf *out, const char *text)
{
	if (*text == '.' || *text == '\'')
		strbuf_add_text(out, "\\&");
	for (; *text; text++) {
		if (*text == '-')
			strbuf_add_text(out, "\\-");
		else if (*text == '\\')
			strbuf_add_text(out, "\\e");
		else
			strbuf_add_char(out, *text);
	}
}

static void add_man_option(struct strbuf *out, const struct option_row *row)
{
	strbuf_add_text(out, ".TP\n");
	if (row->letter)
		strbuf_addf(out, "\\fB\\-%c\\fR, ", row->letter);
	strbuf_add_text(out, "\\fB\\-\\-");
	add_roff(out, row->name);
	strbuf_add_text(out, "\\fR");
	if (row->argument) {
		strbuf_add_text(out, " \\fI");
		add_roff(out, row->argument);
		strbuf_add_text(out, "\\fR");
	}
	strbuf_add_char(out, '\n');
	add_roff(out, row->help);
	strbuf_add_char(out, '\n');
}

static void add_man_command(struct strbuf *out, const struct command *command)
{
	strbuf_addf(out, ".SS fother %s", command->name);
	strbuf_addf(out, command->operands[0] ? " %s\n" : "%s\n", command->operands);
	add_roff(out, command->text);
	strbuf_add_text(out, "\n.PP\nOptions:\n");
	bool first = true;
	for (size_t i = 0; i < OPTION_ID_COUNT; i++) {
		if (!(command->options & (1ULL << i)))
			continue;
		strbuf_add_text(out, first ? "" : ",\n");
		strbuf_add_text(out, "\\fB\\-\\-");
		add_roff(out, option_rows[i].name);
		strbuf_add_text(out, "\\fR");
		first = false;
	}
	strbuf_add_text(out, ".\n");
}

int help_man(void)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_ROW_BYTES);

	strbuf_add_text(&out, ".TH FOTHER 1 2026-11-25 \"fother " FOTHER_VERSION "\" \"User Commands\"\n"
			      ".SH NAME\nfother \\- find what a breached container registry touches\n"
			      ".SH SYNOPSIS\n\\fBfother\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]...\n"
			      ".SH DESCRIPTION\n");
	add_roff(&out, about);
	strbuf_add_text(&out, "\n.SH COMMANDS\n");
	for (size_t i = 0; i < command_count; i++)
		add_man_command(&out, commands[i]);
	strbuf_add_text(&out, ".SH OPTIONS\n");
	for (size_t i = 0; i < OPTION_ID_COUNT; i++)
		add_man_option(&out, &option_rows[i]);
	strbuf_add_text(&out, ".SH EXIT STATUS\n");
	for (size_t i = 0; i < sizeof exit_codes / sizeof exit_codes[0]; i++) {
		strbuf_addf(&out, ".TP\n%s\n", exit_codes[i][0]);
		add_roff(&out, exit_codes[i][1]);
		strbuf_add_char(&out, '\n');
	}
	strbuf_add_text(&out, ".SH FILES\n.TP\n\\fI$XDG_STATE_HOME/fother/store.db\\fR\nThe store.\n"
			      ".TP\n\\fI$XDG_STATE_HOME/fother/key\\fR\nThe key of the fingerprints.\n");
	return finish(&out);
}
