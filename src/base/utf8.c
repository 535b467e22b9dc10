#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8_width.h"

#define REPLACEMENT 0xfffd
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* What hides, reorders or moves text without being seen: format characters (category Cf, with the bidirectional
 * controls), line and paragraph separators, blanks other than space, and what Unicode lists as Default_Ignorable. */
static const struct code_point_range hidden_ranges[] = {
	{ 0x0000, 0x001f },   { 0x007f, 0x00a0 },   { 0x00ad, 0x00ad },   { 0x034f, 0x034f },   { 0x0600, 0x0605 },
	{ 0x061c, 0x061c },   { 0x06dd, 0x06dd },   { 0x070f, 0x070f },   { 0x0890, 0x0891 },   { 0x08e2, 0x08e2 },
	{ 0x115f, 0x1160 },   { 0x1680, 0x1680 },   { 0x17b4, 0x17b5 },   { 0x180b, 0x180f },   { 0x2000, 0x200f },
	{ 0x2028, 0x202f },   { 0x205f, 0x206f },   { 0x2800, 0x2800 },   { 0x3000, 0x3000 },   { 0x3164, 0x3164 },
	{ 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },   { 0x110bd, 0x110bd },
	{ 0x110cd, 0x110cd }, { 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};

static bool in_ranges(uint32_t code_point, const struct code_point_range *ranges, size_t count)
{
	while (count) {
		size_t middle = count / 2;
		if (code_point < ranges[middle].first) {
			count = middle;
		} else if (code_point > ranges[middle].last) {
			ranges += middle + 1;
			count -= middle + 1;
		} else {
			return true;
		}
	}
	return false;
}

/* Length of the sequence that the first byte announces; 0 for one that cannot begin a sequence. */
static size_t sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/* Overlong forms, surrogates and what is above U+10FFFF show in the second byte (RFC 3629 section 4). */
static bool second_byte_fits(unsigned char first, unsigned char second)
{
	unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
	return second >= low && second <= high;
}

size_t utf8_decode(struct slice text, uint32_t *ret_code_point)
{
	const unsigned char *bytes = (const unsigned char *)text.data;
	size_t len = sequence_length(bytes[0]);
	*ret_code_point = REPLACEMENT;
	if (len == 1) {
		*ret_code_point = bytes[0];
		return 1;
	}
	if (len == 0 || len > text.len || !second_byte_fits(bytes[0], bytes[1]))
		return 1;
	uint32_t code_point = bytes[0] & (0xffU >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 1;
		code_point = code_point << 6 | (bytes[i] & 0x3f);
	}
	*ret_code_point = code_point;
	return len;
}

static bool is_bad(uint32_t code_point, size_t len)
{
	return code_point == REPLACEMENT && len == 1;
}

/* Bytes at the start of text that are ASCII, eight at a time. */
static size_t ascii_length(struct slice text)
{
	size_t at = 0;
	for (uint64_t word; text.len - at >= sizeof word; at += sizeof word) {
		memcpy(&word, text.data + at, sizeof word);
		if (word & 0x8080808080808080)
			break;
	}
	while (at < text.len && (unsigned char)text.data[at] < 0x80)
		at++;
	return at;
}

bool utf8_valid(struct slice text)
{
	while (text.len) {
		text = slice_part(text, ascii_length(text), text.len);
		if (!text.len)
			break;
		uint32_t code_point;
		size_t len = utf8_decode(text, &code_point);
		if (is_bad(code_point, len))
			return false;
		text = slice_part(text, len, text.len);
	}
	return true;
}

size_t utf8_encode(uint32_t code_point, char out[4])
{
	if (code_point > 0x10ffff || (code_point >= 0xd800 && code_point <= 0xdfff))
		code_point = REPLACEMENT;
	if (code_point < 0x80) {
		out[0] = (char)code_point;
		return 1;
	}
	size_t len = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
	for (size_t i = len - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (code_point & 0x3f));
		code_point >>= 6;
	}
	out[0] = (char)((0xf00U >> len & 0xff) | code_point);
	return len;
}

bool utf8_is_hidden(uint32_t code_point)
{
	return in_ranges(code_point, hidden_ranges, COUNT(hidden_ranges));
}

static void add_escaped(struct strbuf *out, struct slice bytes, uint32_t code_point)
{
	if (is_bad(code_point, bytes.len))
		strbuf_addf(out, "\\x%02x", (unsigned)(unsigned char)bytes.data[0]);
	else if (code_point > 0xffff)
		strbuf_addf(out, "\\U%08x", code_point);
	else
		strbuf_addf(out, "\\u%04x", code_point);
}

static bool is_printable_ascii(char c)
{
	return c >= 0x20 && c < 0x7f;
}

void utf8_add_printable(struct strbuf *out, struct slice text)
{
	while (text.len) {
		size_t plain = 0;
		while (plain < text.len && is_printable_ascii(text.data[plain]))
			plain++;
		strbuf_add(out, text.data, plain);
		text = slice_part(text, plain, text.len);
		if (!text.len)
			break;

		uint32_t code_point;
		struct slice bytes = slice_part(text, 0, utf8_decode(text, &code_point));
		if (is_bad(code_point, bytes.len) || utf8_is_hidden(code_point))
			add_escaped(out, bytes, code_point);
		else
			strbuf_add_slice(out, bytes);
		text = slice_part(text, bytes.len, text.len);
	}
}

static size_t cells_of(uint32_t code_point)
{
	if (in_ranges(code_point, combining_ranges, COUNT(combining_ranges)))
		return 0;
	return in_ranges(code_point, wide_ranges, COUNT(wide_ranges)) ? 2 : 1;
}

size_t utf8_cells(struct slice text)
{
	size_t cells = 0;
	while (text.len) {
		size_t ascii = ascii_length(text);
		cells += ascii;
		text = slice_part(text, ascii, text.len);
		if (!text.len)
			break;
		uint32_t code_point;
		size_t len = utf8_decode(text, &code_point);
		cells += cells_of(code_point);
		text = slice_part(text, len, text.len);
	}
	return cells;
}
