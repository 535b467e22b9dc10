#include "base/base64.h"

#include <stdint.h>

#include "base/limits.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The six bits of a character with KNOWN set; 0 for a byte that is not in the alphabet. */
#define KNOWN 0x40
#define BITS 0x3f
#define SEXTET(value) (KNOWN | (value))

/* clang-format off */
static const unsigned char sextets[256] = {
	['A'] = SEXTET(0),  ['B'] = SEXTET(1),  ['C'] = SEXTET(2),  ['D'] = SEXTET(3),  ['E'] = SEXTET(4),
	['F'] = SEXTET(5),  ['G'] = SEXTET(6),  ['H'] = SEXTET(7),  ['I'] = SEXTET(8),  ['J'] = SEXTET(9),
	['K'] = SEXTET(10), ['L'] = SEXTET(11), ['M'] = SEXTET(12), ['N'] = SEXTET(13), ['O'] = SEXTET(14),
	['P'] = SEXTET(15), ['Q'] = SEXTET(16), ['R'] = SEXTET(17), ['S'] = SEXTET(18), ['T'] = SEXTET(19),
	['U'] = SEXTET(20), ['V'] = SEXTET(21), ['W'] = SEXTET(22), ['X'] = SEXTET(23), ['Y'] = SEXTET(24),
	['Z'] = SEXTET(25),
	['a'] = SEXTET(26), ['b'] = SEXTET(27), ['c'] = SEXTET(28), ['d'] = SEXTET(29), ['e'] = SEXTET(30),
	['f'] = SEXTET(31), ['g'] = SEXTET(32), ['h'] = SEXTET(33), ['i'] = SEXTET(34), ['j'] = SEXTET(35),
	['k'] = SEXTET(36), ['l'] = SEXTET(37), ['m'] = SEXTET(38), ['n'] = SEXTET(39), ['o'] = SEXTET(40),
	['p'] = SEXTET(41), ['q'] = SEXTET(42), ['r'] = SEXTET(43), ['s'] = SEXTET(44), ['t'] = SEXTET(45),
	['u'] = SEXTET(46), ['v'] = SEXTET(47), ['w'] = SEXTET(48), ['x'] = SEXTET(49), ['y'] = SEXTET(50),
	['z'] = SEXTET(51),
	['0'] = SEXTET(52), ['1'] = SEXTET(53), ['2'] = SEXTET(54), ['3'] = SEXTET(55), ['4'] = SEXTET(56),
	['5'] = SEXTET(57), ['6'] = SEXTET(58), ['7'] = SEXTET(59), ['8'] = SEXTET(60), ['9'] = SEXTET(61),
	['+'] = SEXTET(62), ['/'] = SEXTET(63),
};
/* clang-format on */

struct decoder {
	const unsigned char *text;
	size_t len, at;
	bool padded;
	unsigned char *out;
	size_t written;
};

/* Four characters of the alphabet at a time, until something else comes. */
static void decode_plain(struct decoder *d)
{
	const unsigned char *in = d->text + d->at;
	const unsigned char *end = d->text + d->len;
	unsigned char *out = d->out + d->written;
	while (end - in >= 4) {
		unsigned a = sextets[in[0]], b = sextets[in[1]], c = sextets[in[2]], e = sextets[in[3]];
		if (!(a & b & c & e & KNOWN))
			break;
		uint32_t bits = (a & BITS) << 18 | (b & BITS) << 12 | (c & BITS) << 6 | (e & BITS);
		out[0] = (unsigned char)(bits >> 16);
		out[1] = (unsigned char)(bits >> 8);
		out[2] = (unsigned char)bits;
		in += 4;
		out += 3;
	}
	d->at = (size_t)(in - d->text);
	d->written = (size_t)(out - d->out);
}

/* `count` sextets give count - 1 bytes; bits left over are not looked at. */
static void put_quantum(struct decoder *d, uint32_t bits, size_t count)
{
	bits <<= 6 * (4 - count);
	for (size_t i = 0; i + 1 < count; i++)
		d->out[d->written++] = (unsigned char)(bits >> (16 - 8 * i));
}

static void skip_line_ends(struct decoder *d)
{
	while (d->at < d->len && (d->text[d->at] == '\n' || d->text[d->at] == '\r'))
		d->at++;
}

/* Behind the first '=' after `count` sextets. -1 with the place that Go names. */
static int read_padding(struct decoder *d, size_t count, size_t *ret_bad)
{
	*ret_bad = d->at - 1;
	if (count < 2)
		return -1;
	if (count == 2) {
		skip_line_ends(d);
		*ret_bad = d->at == d->len ? d->len : d->at - 1;
		if (d->at == d->len || d->text[d->at] != '=')
			return -1;
		d->at++;
	}
	skip_line_ends(d);
	*ret_bad = d->at;
	return d->at < d->len ? -1 : 0;
}

/* The text ended after `count` sextets. */
static int read_end(const struct decoder *d, size_t count, size_t *ret_bad)
{
	*ret_bad = d->at - count;
	return count == 0 || (count > 1 && !d->padded) ? 0 : -1;
}

/* One quantum, byte by byte. 1: more may follow. 0: the text is complete. -1: *ret_bad is the bad byte's place. */
static int decode_quantum(struct decoder *d, size_t *ret_bad)
{
	uint32_t bits = 0;
	size_t count = 0;
	int more = 1;
	while (count < 4 && more > 0) {
		if (d->at == d->len) {
			more = read_end(d, count, ret_bad);
			break;
		}
		unsigned char byte = d->text[d->at++];
		if (sextets[byte]) {
			bits = bits << 6 | (sextets[byte] & BITS);
			count++;
		} else if (byte == '=' && d->padded) {
			more = read_padding(d, count, ret_bad);
		} else if (byte != '\n' && byte != '\r') {
			*ret_bad = d->at - 1;
			more = -1;
		}
	}
	if (more >= 0 && count)
		put_quantum(d, bits, count);
	return more;
}

enum base64_variant base64_variant_of(struct slice text)
{
	return slice_ends_with(slice_trim(text), "=") ? BASE64_PADDED : BASE64_UNPADDED;
}

static int decode(struct decoder *d, struct error **err)
{
	size_t bad = 0;
	int more;
	do {
		decode_plain(d);
		more = decode_quantum(d, &bad);
	} while (more > 0);
	return more < 0 ? error_set(err, ERROR_SYNTAX, "bad base64 at byte %zu", bad) : 0;
}

int base64_decode_secret(struct slice text, enum base64_variant variant, struct secret_bytes *ret_bytes,
			 struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	if (secret_alloc(&bytes, text.len / 4 * 3 + 3, err) < 0)
		return -1;
	struct decoder d = {
		(const unsigned char *)text.data, text.len, 0, variant == BASE64_PADDED, secret_room(&bytes), 0
	};
	if (decode(&d, err) < 0)
		return -1;
	secret_set_length(&bytes, d.written);
	secret_release(ret_bytes);
	*ret_bytes = bytes;
	bytes = (struct secret_bytes){ 0 };
	return 0;
}

int base64_decode(struct slice text, enum base64_variant variant, struct arena *arena, struct slice *ret_bytes,
		  struct error **err)
{
	char *room = arena_bytes(arena, text.len / 4 * 3 + 3);
	if (!room)
		return arena_fail(arena, err);
	struct decoder d = {
		(const unsigned char *)text.data, text.len, 0, variant == BASE64_PADDED, (unsigned char *)room, 0
	};
	if (decode(&d, err) < 0)
		return -1;
	*ret_bytes = (struct slice){ room, d.written };
	return 0;
}

/* The first three bytes, or the last ones, as four characters. */
static void encode_quantum(struct slice bytes, char text[4])
{
	size_t count = bytes.len < 3 ? bytes.len : 3;
	uint32_t bits = 0;
	for (size_t i = 0; i < 3; i++)
		bits = bits << 8 | (i < count ? (unsigned char)bytes.data[i] : 0);
	memset(text, '=', 4);
	for (size_t i = 0; i <= count; i++)
		text[i] = alphabet[bits >> (18 - 6 * i) & BITS];
}

void base64_encode(struct slice bytes, struct strbuf *out)
{
	char text[4];
	for (; bytes.len; bytes = slice_part(bytes, 3, bytes.len)) {
		encode_quantum(bytes, text);
		strbuf_add(out, text, sizeof text);
	}
}

int base64_encode_secret(struct slice bytes, struct secret_bytes *ret_text, struct error **err)
{
	size_t len = 0;
	if (bytes.len > LIMIT_SECRET_BYTES)
		return error_set(err, ERROR_LIMIT, "secret value of %zu bytes, more than %zu", bytes.len,
				 LIMIT_SECRET_BYTES);
	if (secret_alloc(ret_text, (bytes.len + 2) / 3 * 4, err) < 0)
		return -1;
	for (; bytes.len; bytes = slice_part(bytes, 3, bytes.len), len += 4)
		encode_quantum(bytes, (char *)secret_room(ret_text) + len);
	secret_set_length(ret_text, len);
	return 0;
}
