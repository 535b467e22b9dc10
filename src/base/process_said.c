#include "base/process.h"

#include "base/ascii.h"
#include "base/cursor.h"
#include "base/limits.h"

/* Of both ends of a long text: the first line names the problem, or the last one of a traceback. */
#define SAID_HEAD_BYTES 300
#define SAID_TAIL_BYTES 500
/* No word of a message is as long, and tokens are longer. */
#define SAID_WORD_BYTES 100

static bool is_token_byte(int byte)
{
	return ascii_is_alphanumeric(byte) || byte == '-' || byte == '_' || byte == '.' || byte == '+' || byte == '/' ||
	       byte == '=' || byte == '%';
}

static void add_word(struct strbuf *line, struct cursor *c)
{
	const char *start = (const char *)c->position;
	while (is_token_byte(cursor_peek(c)))
		cursor_skip(c, 1);
	struct slice word = { start, (size_t)((const char *)c->position - start) };
	if (word.len > SAID_WORD_BYTES)
		strbuf_addf(line, "(%zu bytes left out)", word.len);
	else
		strbuf_add_slice(line, word);
}

static void add_line(struct strbuf *line, struct slice said)
{
	struct cursor c = cursor_on(slice_trim(said));
	while (cursor_left(&c) > 0) {
		bool white = false;
		while (ascii_is_blank(cursor_peek(&c)))
			white = cursor_skip(&c, 1);
		if (white && line->len)
			strbuf_add_char(line, ' ');
		if (is_token_byte(cursor_peek(&c)))
			add_word(line, &c);
		else if (cursor_left(&c) > 0)
			strbuf_add_char(line, (char)cursor_take(&c));
	}
}

void process_add_said(struct strbuf *out, struct slice said)
{
	CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT(2 * LIMIT_MESSAGE_BYTES);
	add_line(&line, slice_part(said, 0, LIMIT_MESSAGE_BYTES));
	struct slice text = slice_trim(strbuf_slice(&line));
	if (text.len <= SAID_HEAD_BYTES + SAID_TAIL_BYTES) {
		strbuf_add_slice(out, text);
		return;
	}
	strbuf_add_slice(out, slice_part(text, 0, SAID_HEAD_BYTES));
	strbuf_add_text(out, " ... ");
	strbuf_add_slice(out, slice_part(text, text.len - SAID_TAIL_BYTES, SAID_TAIL_BYTES));
}
