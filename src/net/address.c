#include "net/address.h"

#include <stdint.h>
#include <string.h>

#include "base/ascii.h"
#include "base/cursor.h"

struct network {
	unsigned char bytes[16];
	unsigned bits;
};

static const struct network inner_4[] = {
	{ { 0 }, 8 },             /* this network */
	{ { 10 }, 8 },            /* private */
	{ { 100, 64 }, 10 },      /* shared by carriers */
	{ { 127 }, 8 },           /* loopback */
	{ { 169, 254 }, 16 },     /* link-local, and metadata of clouds */
	{ { 172, 16 }, 12 },      /* private */
	{ { 192, 0, 0 }, 24 },    /* protocols */
	{ { 192, 0, 2 }, 24 },    /* documentation */
	{ { 192, 88, 99 }, 24 },  /* 6to4 relays */
	{ { 192, 168 }, 16 },     /* private */
	{ { 198, 18 }, 15 },      /* benchmarks */
	{ { 198, 51, 100 }, 24 }, /* documentation */
	{ { 203, 0, 113 }, 24 },  /* documentation */
	{ { 224 }, 3 },           /* multicast, reserved, broadcast */
};

/* Public is what lies in 2000::/3 and not here. */
static const struct network inner_6[] = {
	{ { 0x20, 0x01, 0x00 }, 23 },       /* protocols: Teredo, ORCHID, benchmarks */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
	{ { 0x20, 0x02 }, 16 },             /* 6to4: wraps IPv4 */
	{ { 0x3f, 0xff }, 20 },             /* documentation */
};

static bool is_in(const unsigned char *bytes, const struct network *network)
{
	unsigned whole = network->bits / 8, rest = network->bits % 8;
	if (memcmp(bytes, network->bytes, whole) != 0)
		return false;
	return !rest || ((bytes[whole] ^ network->bytes[whole]) >> (8 - rest)) == 0;
}

static bool is_in_any(const unsigned char *bytes, const struct network *networks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_in(bytes, &networks[i]))
			return true;
	return false;
}

bool address_is_public(const unsigned char *bytes, size_t len)
{
	static const struct network translated = { { 0x00, 0x64, 0xff, 0x9b }, 96 }; /* NAT64: IPv4 behind it */
	static const struct network unicast = { { 0x20 }, 3 };

	if (len == 4)
		return !is_in_any(bytes, inner_4, sizeof inner_4 / sizeof *inner_4);
	if (len != 16)
		return false;
	if (is_in(bytes, &translated))
		return address_is_public(bytes + 12, 4);
	return is_in(bytes, &unicast) && !is_in_any(bytes, inner_6, sizeof inner_6 / sizeof *inner_6);
}

/* --- literal forms --- */

/* A part of an IPv4 address as inet_aton reads it: decimal, 0x and hex, 0 and octal. */
static bool read_part(struct slice part, uint64_t *ret_value)
{
	unsigned base = 10;
	uint64_t value = 0;

	if (slice_starts_with(part, "0x") || slice_starts_with(part, "0X")) {
		base = 16;
		part = slice_part(part, 2, part.len);
	} else if (part.len > 1 && part.data[0] == '0') {
		base = 8;
	}
	for (size_t i = 0; i < part.len; i++) {
		int digit = ascii_hex_value(part.data[i]);
		if (digit < 0 || (unsigned)digit >= base || value > UINT32_MAX)
			return false;
		value = value * base + (unsigned)digit;
	}
	*ret_value = value;
	return part.len > 0 || base == 16;
}

/* The last part fills what is left. */
static bool read_4(struct slice host, unsigned char bytes[4])
{
	uint64_t parts[4] = { 0 };
	size_t count = 0;
	struct slice part, rest = host;

	do {
		bool more = slice_cut(rest, '.', &part, &rest);
		if (count == 4 || !read_part(part, &parts[count++]))
			return false;
		if (!more)
			break;
	} while (true);
	uint64_t last_max = UINT32_MAX >> (8 * (count - 1));
	uint64_t all = parts[count - 1];
	if (all > last_max)
		return false;
	for (size_t i = 0; i + 1 < count; i++) {
		if (parts[i] > 255)
			return false;
		all |= parts[i] << (24 - 8 * i);
	}
	for (size_t i = 0; i < 4; i++)
		bytes[i] = (unsigned char)(all >> (24 - 8 * i));
	return true;
}

static bool read_group(struct cursor *c, unsigned *ret_group)
{
	unsigned group = 0, digits = 0;
	while (ascii_is_hex(cursor_peek(c)) && digits < 4) {
		group = group * 16 + (unsigned)ascii_hex_value(cursor_take(c));
		digits++;
	}
	*ret_group = group;
	return digits > 0;
}

/* IPv4 at the end of IPv6: four decimal numbers, and no other form of it. */
static bool read_6_tail(struct cursor *c, unsigned char bytes[4])
{
	struct slice rest;
	struct cursor ahead = *c;
	size_t dots = 0;

	if (!cursor_take_slice(&ahead, cursor_left(&ahead), &rest))
		return false;
	for (size_t i = 0; i < rest.len; i++) {
		dots += rest.data[i] == '.';
		if (rest.data[i] != '.' && !ascii_is_digit(rest.data[i]))
			return false;
	}
	if (dots != 3 || !read_4(rest, bytes))
		return false;
	*c = ahead;
	return true;
}

/* RFC 4291, section 2.2. A zone (%eth0) is never public, and not read. */
static bool read_6(struct slice host, unsigned char bytes[16])
{
	struct cursor c = cursor_on(host);
	size_t at = 0, gap = SIZE_MAX;

	memset(bytes, 0, 16);
	if (slice_starts_with(host, "::"))
		gap = 0, cursor_skip(&c, 2);
	while (cursor_left(&c)) {
		unsigned group;
		if (at <= 12 && read_6_tail(&c, bytes + at)) {
			at += 4;
			break;
		}
		if (at == 16 || !read_group(&c, &group))
			return false;
		bytes[at++] = (unsigned char)(group >> 8);
		bytes[at++] = (unsigned char)group;
		if (!cursor_left(&c))
			break;
		if (cursor_take(&c) != ':' || !cursor_left(&c))
			return false;
		if (cursor_peek(&c) == ':') {
			if (gap != SIZE_MAX)
				return false;
			gap = at;
			cursor_skip(&c, 1);
		}
	}
	if (gap == SIZE_MAX)
		return at == 16;
	if (at > 14)
		return false;
	memmove(bytes + 16 - (at - gap), bytes + gap, at - gap);
	memset(bytes + gap, 0, 16 - at);
	return true;
}

static enum address_kind kind_of(const unsigned char *bytes, size_t len)
{
	return address_is_public(bytes, len) ? ADDRESS_PUBLIC : ADDRESS_INNER;
}

/* What ends in a number is no name (WHATWG URL, "ends in a number"). */
static bool ends_in_number(struct slice host)
{
	struct slice before, last = host;
	uint64_t value;
	if (slice_cut_last(host, '.', &before, &last) == false)
		last = host;
	if (read_part(last, &value))
		return true;
	for (size_t i = 0; i < last.len; i++)
		if (!ascii_is_digit(last.data[i]))
			return false;
	return last.len > 0;
}

static bool is_localhost(struct slice host)
{
	static const struct slice name = { "localhost", 9 };
	if (host.len < name.len || !slice_equal_nocase(slice_part(host, host.len - name.len, name.len), name))
		return false;
	return host.len == name.len || host.data[host.len - name.len - 1] == '.';
}

enum address_kind address_kind_of_host(struct slice host)
{
	unsigned char bytes[16];

	if (host.len > 1 && host.data[0] == '[' && host.data[host.len - 1] == ']')
		host = slice_part(host, 1, host.len - 2);
	while (host.len && host.data[host.len - 1] == '.')
		host.len--;
	if (!host.len || is_localhost(host))
		return ADDRESS_INNER;
	if (memchr(host.data, ':', host.len))
		return read_6(host, bytes) ? kind_of(bytes, 16) : ADDRESS_INNER;
	if (read_4(host, bytes))
		return kind_of(bytes, 4);
	return ends_in_number(host) ? ADDRESS_INNER : ADDRESS_NAME;
}
