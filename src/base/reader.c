#include "base/reader.h"

#include <limits.h>

#include "base/ascii.h"
#include "base/cursor.h"
#include "base/reader_internal.h"
#include "base/utf8.h"

#define STEP_BYTES 4 /* the most that one decoded character takes */

int reader_leave(struct reader *r, unsigned depth, struct error **err)
{
	struct token token;
	while (r->depth > depth) {
		size_t before;
		do {
			before = r->offset;
			if (reader_skip(r, err) < 0)
				return -1;
		} while (r->offset != before);
		if (reader_next(r, &token, err) < 0)
			return -1;
	}
	return 0;
}

/* The four digits of a \u that the scanner has checked. */
static uint32_t take_code_unit(struct cursor *c)
{
	uint32_t unit = 0;
	for (int i = 0; i < 4; i++)
		unit = unit << 4 | ((unsigned)ascii_hex_value(cursor_take(c)) & 0xF);
	return unit;
}

/* Behind \u. */
static uint32_t take_code_point(struct cursor *c)
{
	uint32_t unit = take_code_unit(c);
	if (unit < 0xD800 || unit > 0xDFFF)
		return unit;
	struct cursor behind = *c;
	if (unit >= 0xDC00 || cursor_take(&behind) != '\\' || cursor_take(&behind) != 'u')
		return 0xFFFD;
	uint32_t low = take_code_unit(&behind);
	if (low < 0xDC00 || low > 0xDFFF)
		return 0xFFFD;
	*c = behind;
	return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

static size_t decode_escape(struct cursor *c, char out[STEP_BYTES])
{
	int byte = cursor_take(c);
	switch (byte) {
	case 'u':
		return utf8_encode(take_code_point(c), out);
	case 'b':
		byte = '\b';
		break;
	case 'f':
		byte = '\f';
		break;
	case 'n':
		byte = '\n';
		break;
	case 'r':
		byte = '\r';
		break;
	case 't':
		byte = '\t';
		break;
	}
	out[0] = (char)byte;
	return 1;
}

/* The next character of a text that is not plain. The cursor is not at its end. */
static size_t decode_step(struct cursor *c, char out[STEP_BYTES])
{
	uint32_t code_point;
	if (cursor_peek(c) == '\\') {
		cursor_skip(c, 1);
		return decode_escape(c, out);
	}
	if (cursor_peek(c) < 0x80) {
		out[0] = (char)cursor_take(c);
		return 1;
	}
	cursor_skip(c, utf8_decode((struct slice){ (const char *)c->position, cursor_left(c) }, &code_point));
	return utf8_encode(code_point, out);
}

/* The decoded text is what `expected` holds. Nothing decoded stays on the stack but one character, which is wiped. */
static bool decodes_to(const struct token *token, struct slice expected)
{
	struct cursor c = cursor_on(token->text), rest = cursor_on(expected);
	char step[STEP_BYTES];
	bool same = true;
	while (same && cursor_left(&c) > 0) {
		struct slice part;
		size_t len = decode_step(&c, step);
		same = cursor_take_slice(&rest, len, &part) && memcmp(part.data, step, len) == 0;
	}
	secret_wipe(step, sizeof step);
	return same && cursor_left(&rest) == 0;
}

bool token_is(const struct token *token, const char *text)
{
	if (token->plain)
		return slice_equal_text(token->text, text);
	return token->text.data && decodes_to(token, slice_of(text));
}

/* Both hold escapes: character by character. */
static bool decode_equal(const struct token *a, const struct token *b)
{
	struct cursor left = cursor_on(a->text), right = cursor_on(b->text);
	char one[STEP_BYTES], other[STEP_BYTES];
	bool same = true;
	while (same && cursor_left(&left) > 0 && cursor_left(&right) > 0) {
		size_t len = decode_step(&left, one);
		same = decode_step(&right, other) == len && memcmp(one, other, len) == 0;
	}
	secret_wipe(one, sizeof one);
	secret_wipe(other, sizeof other);
	return same && cursor_left(&left) == 0 && cursor_left(&right) == 0;
}

bool token_equal(const struct token *a, const struct token *b)
{
	if (a->plain && b->plain)
		return slice_equal(a->text, b->text);
	if (a->plain)
		return decodes_to(b, a->text);
	return b->plain ? decodes_to(a, b->text) : decode_equal(a, b);
}

size_t token_decoded_max(const struct token *token)
{
	/* Escapes shrink; one bad byte becomes the three of U+FFFD. */
	return token->replaced ? 3 * token->text.len : token->text.len;
}

/* A file that is written to while it is mapped may by now say something else than what was scanned: the room counts. */
size_t token_decode(const struct token *token, char *out)
{
	struct cursor c = cursor_on(token->text);
	size_t len = 0, room = token_decoded_max(token);
	char step[STEP_BYTES];
	if (token->plain) {
		if (token->text.len > 0)
			memcpy(out, token->text.data, token->text.len);
		return token->text.len;
	}
	while (cursor_left(&c) > 0) {
		size_t bytes = decode_step(&c, step);
		if (bytes > room - len)
			break;
		memcpy(out + len, step, bytes);
		len += bytes;
	}
	secret_wipe(step, sizeof step);
	return len;
}

int token_copy(const struct token *token, struct arena *arena, struct slice *ret_text, struct error **err)
{
	size_t room = token_decoded_max(token);
	char *text = arena_bytes(arena, room + 1);
	if (!text)
		return arena_fail(arena, err);
	size_t len = token_decode(token, text);
	text[len] = '\0';
	*ret_text = (struct slice){ text, len };
	return 0;
}

int token_secret(const struct token *token, struct secret_bytes *ret_bytes, struct error **err)
{
	if (secret_alloc(ret_bytes, token_decoded_max(token), err) < 0)
		return -1;
	secret_set_length(ret_bytes, token_decode(token, (char *)secret_room(ret_bytes)));
	return 0;
}

int token_int(const struct token *token, long long *ret_value)
{
	struct cursor c = cursor_on(token->text);
	long long value = 0;
	bool negative = cursor_peek(&c) == '-' && cursor_skip(&c, 1);
	if (token->type != TOKEN_NUMBER || cursor_left(&c) == 0)
		return -1;
	while (cursor_left(&c) > 0) {
		int digit = cursor_take(&c) - '0';
		if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10LL, &value) ||
		    __builtin_sub_overflow(value, (long long)digit, &value))
			return -1;
	}
	if (!negative && value == LLONG_MIN) /* gathered as a negative number, which reaches one further */
		return -1;
	*ret_value = negative ? value : -value;
	return 0;
}

static struct document_place place_from(struct slice document, struct document_place from, size_t offset)
{
	size_t lines, columns;
	cursor_line(slice_part(document, from.offset, document.len), offset - from.offset, &lines, &columns);
	from.column = lines > 1 ? columns - 1 : from.column + columns - 1;
	from.line += lines - 1;
	from.offset = offset < document.len ? offset : document.len;
	return from;
}

const char *reader_place(struct reader *r, size_t offset, char text[64])
{
	if (!r->ops->lines) {
		snprintf(text, 64, "byte %zu", offset);
		return text;
	}
	if (offset < r->told.offset)
		r->told = (struct document_place){ 0 };
	r->told = place_from(r->document, r->told, offset);
	snprintf(text, 64, "line %zu column %zu", r->told.line + 1, r->told.column + 1);
	return text;
}
