#include "base/json_scan.h"

#include <stdint.h>

#include "base/ascii.h"
#include "base/limits.h"
#include "base/utf8.h"

#if defined(__SSE2__) && !defined(JSON_SCAN_PORTABLE)
#include <emmintrin.h>
#define BLOCK_BYTES 16
#define SPACES_BYTES 32

/* The bytes of the block that a string does not hold as they are. */
static inline __m128i block_stops(const unsigned char *block)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)block);
	__m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
	__m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
	/* As signed numbers, control characters and everything from 0x80 are below the space. */
	__m128i other = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' '));
	return _mm_or_si128(_mm_or_si128(quote, backslash), other);
}

/* How many bytes of the block, from its start, a string may hold as they are. */
static inline size_t block_plain(const unsigned char *block)
{
	unsigned stops = (unsigned)_mm_movemask_epi8(block_stops(block));
	return (size_t)__builtin_ctz(stops | 1u << BLOCK_BYTES);
}

/* The same of four blocks, all or nothing. */
static inline bool blocks_plain(const unsigned char *block)
{
	__m128i first = _mm_or_si128(block_stops(block), block_stops(block + BLOCK_BYTES));
	__m128i last = _mm_or_si128(block_stops(block + 2 * BLOCK_BYTES), block_stops(block + 3 * BLOCK_BYTES));
	return !_mm_movemask_epi8(_mm_or_si128(first, last));
}

static inline unsigned spaces_mask(const unsigned char *block)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)block);
	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')));
}

/* How many of SPACES_BYTES bytes, from their start, are spaces: the indentation that kubectl prints seldom has more. */
static inline size_t block_spaces(const unsigned char *block)
{
	uint64_t spaces = spaces_mask(block) | (uint64_t)spaces_mask(block + BLOCK_BYTES) << BLOCK_BYTES;
	return (size_t)__builtin_ctzll(~spaces);
}
#else
#define BLOCK_BYTES 8
#define SPACES_BYTES BLOCK_BYTES
#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

static inline uint64_t block_load(const unsigned char *block)
{
	uint64_t bytes;
	memcpy(&bytes, block, sizeof bytes);
	return bytes;
}

/* Not 0 when a byte of the word is below `bound` (at most 0x80); bytes from 0x80 are not below. */
static inline uint64_t word_below(uint64_t word, unsigned char bound)
{
	return (word - EACH_BYTE(bound)) & ~word & EACH_BYTE(0x80);
}

/* All of the block or nothing: which byte it was is left to the loop over single bytes, whatever the byte order. */
static inline size_t block_plain(const unsigned char *block)
{
	uint64_t word = block_load(block);
	uint64_t stops = word_below(word ^ EACH_BYTE('"'), 1) | word_below(word ^ EACH_BYTE('\\'), 1) |
			 word_below(word, ' ') | (word & EACH_BYTE(0x80));
	return stops ? 0 : BLOCK_BYTES;
}

static inline bool blocks_plain(const unsigned char *block)
{
	return block_plain(block) && block_plain(block + BLOCK_BYTES) && block_plain(block + 2 * BLOCK_BYTES) &&
	       block_plain(block + 3 * BLOCK_BYTES);
}

static inline size_t block_spaces(const unsigned char *block)
{
	return block_load(block) == EACH_BYTE(' ') ? BLOCK_BYTES : 0;
}
#endif

static inline bool is_plain(int byte)
{
	return byte >= ' ' && byte < 0x80 && byte != '"' && byte != '\\';
}

bool json_scan_fail(struct json_scan *scan, enum error_code code, const char *problem)
{
	bool at_end = cursor_left(&scan->cursor) == 0;
	scan->code = at_end ? ERROR_SYNTAX : code;
	scan->problem = at_end ? "the document ends too early" : problem;
	return false;
}

static bool wrong(struct json_scan *scan, const char *problem)
{
	return json_scan_fail(scan, ERROR_SYNTAX, problem);
}

static inline void pass_spaces(struct cursor *c)
{
	while (cursor_left(c) >= SPACES_BYTES) {
		size_t spaces = block_spaces(c->position);
		cursor_skip(c, spaces);
		if (spaces < SPACES_BYTES)
			break;
	}
	while (cursor_peek(c) == ' ')
		cursor_skip(c, 1);
}

static inline void pass_blanks(struct cursor *c)
{
	for (;;) {
		int byte = cursor_peek(c);
		if (byte > ' ') /* in a document without indentation: nearly always */
			return;
		if (byte != ' ' && byte != '\n' && byte != '\r' && byte != '\t')
			return;
		cursor_skip(c, 1);
		if (cursor_peek(c) == ' ') /* a space behind a colon stands alone */
			pass_spaces(c);
	}
}

static inline void pass_plain(struct cursor *c)
{
	while (cursor_left(c) >= BLOCK_BYTES) {
		size_t plain = block_plain(c->position);
		cursor_skip(c, plain);
		if (plain < BLOCK_BYTES)
			break;
		while (cursor_left(c) >= 4 * BLOCK_BYTES && blocks_plain(c->position)) /* base64 is long */
			cursor_skip(c, 4 * BLOCK_BYTES);
	}
	while (is_plain(cursor_peek(c)))
		cursor_skip(c, 1);
}

/* \uXXXX at the cursor. */
static bool take_code_unit(struct cursor *c, unsigned *ret_unit)
{
	unsigned unit = 0;
	if (cursor_take(c) != '\\' || cursor_take(c) != 'u')
		return false;
	for (int i = 0; i < 4; i++) {
		int value = ascii_hex_value(cursor_peek(c));
		if (value < 0)
			return false;
		unit = unit << 4 | (unsigned)value;
		cursor_skip(c, 1);
	}
	*ret_unit = unit;
	return true;
}

static bool pass_unicode_escape(struct json_scan *scan)
{
	unsigned unit, low;
	if (!take_code_unit(&scan->cursor, &unit))
		return wrong(scan, "\\u is not followed by four hexadecimal digits");
	if (unit < 0xD800 || unit > 0xDFFF)
		return true;
	struct cursor behind = scan->cursor;
	if (unit < 0xDC00 && take_code_unit(&behind, &low) && low >= 0xDC00 && low <= 0xDFFF) {
		scan->cursor = behind;
		return true;
	}
	scan->replaced = true;
	return scan->replace || wrong(scan, "a surrogate without its other half");
}

static bool pass_escape(struct json_scan *scan)
{
	struct cursor behind = scan->cursor;
	scan->escaped = true;
	cursor_skip(&behind, 1);
	switch (cursor_take(&behind)) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		scan->cursor = behind;
		return true;
	case 'u':
		return pass_unicode_escape(scan);
	default:
		cursor_skip(&scan->cursor, 1);
		return wrong(scan, "an escape that JSON does not know");
	}
}

static bool pass_beyond_ascii(struct json_scan *scan)
{
	struct cursor *c = &scan->cursor;
	while (cursor_peek(c) >= 0x80) {
		uint32_t code_point;
		size_t bytes = utf8_decode((struct slice){ (const char *)c->position, cursor_left(c) }, &code_point);
		if (bytes == 1) { /* U+FFFD in place of a bad byte; its own encoding has three */
			scan->replaced = true;
			if (!scan->replace)
				return wrong(scan, "bytes that are not UTF-8");
		}
		cursor_skip(c, bytes);
	}
	return true;
}

/* At a byte that does not stand for itself: an escape, a character beyond ASCII, or what no string may hold. */
static bool pass_special(struct json_scan *scan)
{
	int byte = cursor_peek(&scan->cursor);
	if (byte == '\\')
		return pass_escape(scan);
	if (byte < ' ')
		return wrong(scan, "a control character in a string");
	return pass_beyond_ascii(scan);
}

/* Kept apart, so that the strings that are plain, nearly all, pay nothing for the others. */
static __attribute__((noinline)) bool pass_rest_of_string(struct json_scan *scan)
{
	while (cursor_peek(&scan->cursor) != '"') {
		if (!pass_special(scan))
			return false;
		pass_plain(&scan->cursor);
	}
	return cursor_skip(&scan->cursor, 1);
}

static inline bool pass_string(struct json_scan *scan)
{
	struct cursor c = scan->cursor;
	scan->escaped = scan->replaced = false;
	cursor_skip(&c, 1);
	pass_plain(&c);
	bool plain = cursor_peek(&c) == '"' && cursor_skip(&c, 1);
	scan->cursor.position = c.position;
	return plain || pass_rest_of_string(scan);
}

/* A word or a number may not run on: what stands together is one thing, and a wrong one. */
static bool ends_here(struct json_scan *scan)
{
	int byte = cursor_peek(&scan->cursor);
	if (ascii_is_alphanumeric(byte) || byte == '+' || byte == '-' || byte == '.' || byte == '_')
		return wrong(scan, "a number or word that JSON does not know");
	return true;
}

static bool pass_digits(struct json_scan *scan)
{
	if (!ascii_is_digit(cursor_peek(&scan->cursor)))
		return wrong(scan, "a digit is missing in a number");
	while (ascii_is_digit(cursor_peek(&scan->cursor)))
		cursor_skip(&scan->cursor, 1);
	return true;
}

static bool pass_exponent(struct json_scan *scan)
{
	int byte = cursor_peek(&scan->cursor);
	if (byte != 'e' && byte != 'E')
		return true;
	cursor_skip(&scan->cursor, 1);
	byte = cursor_peek(&scan->cursor);
	if (byte == '+' || byte == '-')
		cursor_skip(&scan->cursor, 1);
	return pass_digits(scan);
}

static bool pass_number(struct json_scan *scan)
{
	struct cursor *c = &scan->cursor;
	if (cursor_peek(c) == '-')
		cursor_skip(c, 1);
	if (cursor_peek(c) == '0')
		cursor_skip(c, 1); /* a zero stands alone: 01 is not a number */
	else if (!pass_digits(scan))
		return false;
	if (cursor_peek(c) == '.') {
		cursor_skip(c, 1);
		if (!pass_digits(scan))
			return false;
	}
	return pass_exponent(scan) && ends_here(scan);
}

static bool pass_word(struct json_scan *scan)
{
	const char *word = "null";
	if (cursor_peek(&scan->cursor) == 't')
		word = "true";
	else if (cursor_peek(&scan->cursor) == 'f')
		word = "false";
	for (; *word; word++) {
		if (cursor_peek(&scan->cursor) != *word)
			return wrong(scan, "a number or word that JSON does not know");
		cursor_skip(&scan->cursor, 1);
	}
	return ends_here(scan);
}

static inline bool pass_separator(struct json_scan *scan, char separator, const char *missing)
{
	pass_blanks(&scan->cursor);
	if (cursor_peek(&scan->cursor) != separator)
		return wrong(scan, missing);
	cursor_skip(&scan->cursor, 1);
	pass_blanks(&scan->cursor);
	return true;
}

static bool pass_key(struct json_scan *scan)
{
	if (cursor_peek(&scan->cursor) != '"')
		return wrong(scan, "a key in quotes is missing");
	return pass_string(scan) && pass_separator(scan, ':', "a colon is missing");
}

static bool pass_value(struct json_scan *scan, unsigned depth);

/* At the bracket or brace that opens; depth counts it. Every round of the loop stands before an element or member. */
static bool pass_container(struct json_scan *scan, unsigned depth)
{
	bool object = cursor_peek(&scan->cursor) == '{';
	char end = object ? '}' : ']';
	if (depth > LIMIT_JSON_DEPTH)
		return json_scan_fail(scan, ERROR_LIMIT, "nested too deeply");
	cursor_skip(&scan->cursor, 1);
	pass_blanks(&scan->cursor);
	if (cursor_peek(&scan->cursor) == end)
		return cursor_skip(&scan->cursor, 1);
	for (;;) {
		if (object && !pass_key(scan))
			return false;
		if (!pass_value(scan, depth))
			return false;
		pass_blanks(&scan->cursor);
		if (cursor_peek(&scan->cursor) == end)
			return cursor_skip(&scan->cursor, 1);
		if (!pass_separator(scan, ',', "a comma or the end of an object or array is missing"))
			return false;
	}
}

static bool pass_value(struct json_scan *scan, unsigned depth)
{
	switch (cursor_peek(&scan->cursor)) {
	case '"':
		return pass_string(scan);
	case '{':
	case '[':
		return pass_container(scan, depth + 1);
	case 't':
	case 'f':
	case 'n':
		return pass_word(scan);
	case '-':
	case '0' ... '9':
		return pass_number(scan);
	default:
		return wrong(scan, "a value is missing");
	}
}

void json_scan_blanks(struct json_scan *scan)
{
	pass_blanks(&scan->cursor);
}

bool json_scan_separator(struct json_scan *scan, char separator, const char *missing)
{
	return pass_separator(scan, separator, missing);
}

/* The bytes from where `before` stood to the cursor, without `edge` bytes at both ends. */
static inline struct slice passed(const struct json_scan *scan, const struct cursor *before, size_t edge)
{
	struct cursor from = *before;
	struct slice text = SLICE_NONE;
	cursor_skip(&from, edge);
	cursor_take_slice(&from, cursor_left(&from) - cursor_left(&scan->cursor) - edge, &text);
	return text;
}

bool json_scan_string(struct json_scan *scan, struct slice *ret_text)
{
	struct cursor before = scan->cursor;
	if (!pass_string(scan))
		return false;
	*ret_text = passed(scan, &before, 1);
	return true;
}

bool json_scan_number(struct json_scan *scan, struct slice *ret_text)
{
	struct cursor before = scan->cursor;
	if (!pass_number(scan))
		return false;
	*ret_text = passed(scan, &before, 0);
	return true;
}

bool json_scan_word(struct json_scan *scan, char *ret_letter)
{
	char letter = (char)cursor_peek(&scan->cursor);
	if (!pass_word(scan))
		return false;
	*ret_letter = letter;
	return true;
}

bool json_scan_value(struct json_scan *scan, unsigned depth)
{
	return pass_value(scan, depth);
}
