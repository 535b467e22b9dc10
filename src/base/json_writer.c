#include "base/json_writer.h"

#include "base/base64.h"
#include "base/time.h"
#include "base/utf8.h"

static void new_line(struct json_writer *w)
{
	if (w->indent == 0)
		return;
	strbuf_add_char(w->out, '\n');
	strbuf_add_repeat(w->out, ' ', (size_t)w->indent * w->depth);
}

/* What stands between the last thing and the next one. */
static void separate(struct json_writer *w)
{
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (w->comma)
		strbuf_add_char(w->out, ',');
	if (w->depth > 0)
		new_line(w);
}

static void begin(struct json_writer *w, char bracket)
{
	separate(w);
	strbuf_add_char(w->out, bracket);
	w->depth++;
	w->comma = false;
}

static void end(struct json_writer *w, char bracket)
{
	w->depth--;
	if (w->comma) /* not empty */
		new_line(w);
	strbuf_add_char(w->out, bracket);
	w->comma = w->depth > 0;
}

static void value_written(struct json_writer *w)
{
	w->comma = w->depth > 0;
}

void json_object_begin(struct json_writer *w)
{
	begin(w, '{');
}

void json_object_end(struct json_writer *w)
{
	end(w, '}');
}

void json_array_begin(struct json_writer *w)
{
	begin(w, '[');
}

void json_array_end(struct json_writer *w)
{
	end(w, ']');
}

static void add_unicode_escape(struct strbuf *out, uint32_t code_point)
{
	if (code_point < 0x10000) {
		strbuf_addf(out, "\\u%04x", code_point);
		return;
	}
	code_point -= 0x10000;
	strbuf_addf(out, "\\u%04x\\u%04x", 0xD800 + (code_point >> 10), 0xDC00 + (code_point & 0x3FF));
}

/* The letter behind the backslash of RFC 8259's short escapes, or 0. */
static char short_escape(uint32_t code_point)
{
	switch (code_point) {
	case '"':
	case '\\':
		return (char)code_point;
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return 0;
	}
}

static void add_code_point(struct strbuf *out, uint32_t code_point)
{
	char encoded[4], letter = short_escape(code_point);
	if (letter) {
		strbuf_add_char(out, '\\');
		strbuf_add_char(out, letter);
	} else if (utf8_is_hidden(code_point)) {
		add_unicode_escape(out, code_point);
	} else {
		strbuf_add(out, encoded, utf8_encode(code_point, encoded));
	}
}

static bool stands_as_it_is(char c)
{
	return c >= ' ' && c < 0x7F && c != '"' && c != '\\';
}

static void add_escaped(struct strbuf *out, struct slice text)
{
	while (text.len > 0) {
		size_t run = 0;
		uint32_t code_point;
		while (run < text.len && stands_as_it_is(text.data[run]))
			run++;
		strbuf_add(out, text.data, run);
		text = slice_part(text, run, text.len);
		if (text.len == 0)
			break;
		text = slice_part(text, utf8_decode(text, &code_point), text.len);
		add_code_point(out, code_point);
	}
}

static void write_key(struct json_writer *w, const char *key, const char *suffix)
{
	separate(w);
	strbuf_add_char(w->out, '"');
	add_escaped(w->out, slice_of(key));
	strbuf_add_text(w->out, suffix);
	strbuf_add_text(w->out, w->indent ? "\": " : "\":");
	w->after_key = true;
}

void json_key(struct json_writer *w, const char *key)
{
	write_key(w, key, "");
}

void json_key_base64(struct json_writer *w, const char *key)
{
	write_key(w, key, "_base64");
}

static void add_word(struct json_writer *w, const char *word)
{
	separate(w);
	strbuf_add_text(w->out, word);
	value_written(w);
}

void json_text(struct json_writer *w, struct slice text)
{
	if (!text.data) {
		json_null(w);
		return;
	}
	separate(w);
	strbuf_add_char(w->out, '"');
	add_escaped(w->out, text);
	strbuf_add_char(w->out, '"');
	value_written(w);
}

void json_int(struct json_writer *w, int64_t value)
{
	separate(w);
	strbuf_add_int(w->out, value);
	value_written(w);
}

void json_bool(struct json_writer *w, bool value)
{
	add_word(w, value ? "true" : "false");
}

void json_null(struct json_writer *w)
{
	add_word(w, "null");
}

void json_time(struct json_writer *w, int64_t time)
{
	char text[TIME_TEXT_BYTES];
	if (time == TIME_UNSET)
		json_null(w);
	else
		json_text(w, slice_of(time_format(time, text)));
}

/* Base64 holds nothing that JSON escapes. */
void json_base64(struct json_writer *w, struct slice bytes)
{
	separate(w);
	strbuf_add_char(w->out, '"');
	base64_encode(bytes, w->out);
	strbuf_add_char(w->out, '"');
	value_written(w);
}

void json_member_text(struct json_writer *w, const char *key, struct slice text)
{
	json_key(w, key);
	json_text(w, text);
	if (!text.data || utf8_valid(text))
		return;
	json_key_base64(w, key);
	json_base64(w, text);
}
