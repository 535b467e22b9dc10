#include "base/ascii.h"
#include "oci/format/step_internal.h"
#include "oci/format/step_words.h"

static struct slice after(struct slice text, size_t count)
{
	return slice_part(text, count, text.len);
}

/* The next line without its end, moving *rest behind it; not there at the end. */
static struct slice take_line(struct slice *rest)
{
	struct slice line;
	if (!rest->data)
		return SLICE_NONE;
	slice_cut(*rest, '\n', &line, rest);
	return line;
}

/* --- quotes --- */

/* Where in a shell's command we are: what stands in quotes is neither a heredoc nor a place to break a line. */
struct scan {
	char quote;   /* ' or ", or 0 */
	bool escaped; /* the next byte is quoted by a backslash */
};

static void scan_byte(struct scan *scan, char c)
{
	if (scan->escaped) {
		scan->escaped = false;
		return;
	}
	if (c == '\\' && scan->quote != '\'')
		scan->escaped = true;
	else if (scan->quote == c)
		scan->quote = 0;
	else if (!scan->quote && (c == '\'' || c == '"'))
		scan->quote = c;
}

/* --- heredocs --- */

static struct slice heredoc_end(struct slice line, bool tabs)
{
	while (tabs && line.len && line.data[0] == '\t')
		line = after(line, 1);
	if (slice_ends_with(line, "\r"))
		line.len--;
	return line;
}

bool step_heredoc_word(struct slice word, struct step_heredoc *ret_heredoc)
{
	while (word.len && ascii_is_digit(word.data[0]))
		word = after(word, 1);
	if (!slice_starts_with(word, "<<") || slice_starts_with(word, "<<<"))
		return false;
	ret_heredoc->tabs = slice_starts_with(word, "<<-");
	word = after(word, ret_heredoc->tabs ? 3 : 2);
	if (word.len > 2 && (word.data[0] == '"' || word.data[0] == '\'') && word.data[word.len - 1] == word.data[0])
		word = slice_part(word, 1, word.len - 2);
	ret_heredoc->delimiter = word;
	return step_is_variable(word);
}

/* The next heredoc of a line outside quotes, moving *line behind it. */
static bool next_heredoc(struct slice *line, struct scan *scan, struct step_heredoc *ret_heredoc)
{
	bool word_start = true;
	while (line->len) {
		if (word_start && !scan->quote && !scan->escaped && !ascii_is_blank(line->data[0])) {
			struct slice rest = *line, word = step_word(&rest);
			if (step_heredoc_word(word, ret_heredoc)) {
				*line = after(*line, word.len);
				return true;
			}
		}
		word_start = ascii_is_blank(line->data[0]);
		scan_byte(scan, line->data[0]);
		*line = after(*line, 1);
	}
	return false;
}

/* Moves *rest behind the line that ends a heredoc: true. False: there is none, and nothing is left. */
static bool skip_heredoc(struct slice *rest, const struct step_heredoc *heredoc)
{
	struct slice line;
	while ((line = take_line(rest)).data)
		if (slice_equal(heredoc_end(line, heredoc->tabs), heredoc->delimiter))
			return true;
	return false;
}

/* The first line goes on in the next one: where the heredoc begins is then another matter. */
static bool ends_in_backslash(struct slice command)
{
	struct slice rest = command;
	return slice_ends_with(slice_trim(take_line(&rest)), "\\");
}

static bool has_heredoc(struct slice command)
{
	struct step_heredoc heredoc;
	struct scan scan = { 0 };
	return next_heredoc(&command, &scan, &heredoc);
}

void step_add_heredoc_ends(struct strbuf *out, struct slice line, size_t ended)
{
	struct step_heredoc heredoc;
	struct scan scan = { 0 };
	for (size_t i = 0; next_heredoc(&line, &scan, &heredoc); i++) {
		if (i < ended)
			continue;
		strbuf_add_char(out, '\n');
		strbuf_add_slice(out, heredoc.delimiter);
	}
}

/* A command with heredocs of its own in its first line, and nothing behind them. Ends what has no end: builders leave
 * it out. */
static bool add_heredocs(struct strbuf *out, struct slice command)
{
	struct slice rest = command, first = take_line(&rest), line = first;
	struct step_heredoc heredoc;
	struct scan scan = { 0 };
	size_t count = 0, ended = 0;
	for (; next_heredoc(&line, &scan, &heredoc); count++)
		ended += rest.data && skip_heredoc(&rest, &heredoc);
	if (!count || scan.quote || slice_trim(rest).len || ends_in_backslash(command))
		return false;
	strbuf_add_slice(out, command);
	step_add_heredoc_ends(out, first, ended);
	return true;
}

/* Every line but the last goes on behind a backslash. */
static bool is_continued(struct slice command)
{
	struct slice rest = command;
	for (;;) {
		struct slice line = slice_trim(take_line(&rest));
		if (!rest.data)
			return !slice_ends_with(line, "\\");
		if (!slice_ends_with(line, "\\"))
			return false;
	}
}

/* EOF with so many underscores that no line is the same. */
static size_t underscores_for(struct slice script)
{
	struct slice rest = script, line;
	size_t most = 0;
	while ((line = slice_trim(take_line(&rest))).data) {
		size_t count = line.len;
		while (count > 3 && line.data[count - 1] == '_')
			count--;
		if (count == 3 && slice_starts_with(line, "EOF") && line.len - 2 > most)
			most = line.len - 2;
	}
	return most;
}

/* Lines that a RUN <<EOF had: the builder gave them to the shell as they are. */
static void add_script(struct strbuf *out, struct slice script)
{
	size_t underscores = underscores_for(script);
	strbuf_add_text(out, "<<EOF");
	strbuf_add_repeat(out, '_', underscores);
	strbuf_add_char(out, '\n');
	strbuf_add_slice(out, script);
	strbuf_add_text(out, "\nEOF");
	strbuf_add_repeat(out, '_', underscores);
}

void step_add_command(struct strbuf *out, struct slice command, bool windows)
{
	bool lines = memchr(command.data ? command.data : "", '\n', command.len) != NULL;
	if (!has_heredoc(command) && (!lines || (!windows && is_continued(command))))
		strbuf_add_slice(out, command);
	else if (!add_heredocs(out, command))
		add_script(out, command);
}

/* --- lines of a command --- */

static bool quotes_close(struct slice command)
{
	struct scan scan = { 0 };
	for (size_t i = 0; i < command.len; i++)
		scan_byte(&scan, command.data[i]);
	return !scan.quote && !scan.escaped;
}

static size_t blanks_at(struct slice text)
{
	size_t count = 0;
	while (count < text.len && (text.data[count] == ' ' || text.data[count] == '\t'))
		count++;
	return count;
}

/* Blanks that may be the end of a line: before `&&`, and two or more, which were one already in the Dockerfile. What
 * begins with # would be a comment of the Dockerfile. */
static bool breaks_at(struct slice blanks_and_rest, size_t blanks)
{
	struct slice rest = after(blanks_and_rest, blanks);
	if (!rest.len || rest.data[0] == '#')
		return false;
	return slice_starts_with(rest, "&& ") || blanks > 1 || blanks_and_rest.data[0] == '\t';
}

void step_add_laid_out(struct strbuf *out, struct slice command)
{
	struct scan scan = { 0 };
	if (!quotes_close(command)) {
		strbuf_add_slice(out, command);
		return;
	}
	for (size_t i = 0; i < command.len; i++) {
		size_t blanks = scan.quote || scan.escaped ? 0 : blanks_at(after(command, i));
		if (blanks && breaks_at(after(command, i), blanks)) {
			strbuf_add_text(out, " \\\n    ");
			i += blanks - 1;
			continue;
		}
		scan_byte(&scan, command.data[i]);
		strbuf_add_char(out, command.data[i]);
	}
}
