/* IP addresses and networks in their text forms (RFC 4291 section 2.2, RFC 4632), as Go's net package takes them. */
#include "base/ascii.h"
#include "base/cursor.h"
#include "net/proxy_env.h"

#define GROUPS 8

static const unsigned char mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };

static bool is_v4(const struct ip_address *address)
{
	return memcmp(address->bytes, mapped_prefix, sizeof mapped_prefix) == 0;
}

/* --- IPv4 --- */

/* No leading zeros: others read them as octal. */
static bool take_octet(struct cursor *c, unsigned char *ret_octet)
{
	unsigned value = 0, digits = 0;
	bool zero = cursor_peek(c) == '0';
	while (ascii_is_digit(cursor_peek(c)) && digits < 4) {
		value = value * 10 + (unsigned)(cursor_take(c) - '0');
		digits++;
	}
	if (digits == 0 || value > 255 || (zero && digits > 1))
		return false;
	*ret_octet = (unsigned char)value;
	return true;
}

static bool take_v4(struct cursor *c, unsigned char octets[4])
{
	for (int i = 0; i < 4; i++) {
		if (i > 0 && cursor_take(c) != '.')
			return false;
		if (!take_octet(c, &octets[i]))
			return false;
	}
	return cursor_left(c) == 0;
}

static bool parse_v4(struct slice text, struct ip_address *address)
{
	struct cursor c = cursor_on(text);
	memcpy(address->bytes, mapped_prefix, sizeof mapped_prefix);
	return take_v4(&c, address->bytes + 12);
}

/* --- IPv6 --- */

struct groups {
	unsigned char bytes[16];
	unsigned count; /* of two bytes each */
	int gap;        /* before which group `::` stands; -1: nowhere */
};

static bool take_group(struct cursor *c, struct groups *groups)
{
	unsigned value = 0, digits = 0;
	while (ascii_is_hex(cursor_peek(c))) {
		value = value << 4 | (unsigned)ascii_hex_value(cursor_take(c));
		if (++digits > 4)
			return false;
	}
	if (digits == 0 || groups->count == GROUPS)
		return false;
	groups->bytes[2 * groups->count] = (unsigned char)(value >> 8);
	groups->bytes[2 * groups->count + 1] = (unsigned char)value;
	groups->count++;
	return true;
}

/* The last two groups may be written as IPv4. */
static bool take_v4_groups(struct cursor *c, struct groups *groups)
{
	if (groups->count > GROUPS - 2 || !take_v4(c, groups->bytes + 2 * groups->count))
		return false;
	groups->count += 2;
	return true;
}

static bool v4_is_next(const struct cursor *c)
{
	struct slice rest = { (const char *)c->position, cursor_left(c) };
	return !memchr(rest.data, ':', rest.len) && memchr(rest.data, '.', rest.len);
}

static bool take_gap(struct cursor *c, struct groups *groups)
{
	if (groups->gap >= 0 || cursor_take(c) != ':')
		return false;
	groups->gap = (int)groups->count;
	return true;
}

/* Groups and what stands between them, to the end. */
static bool take_groups(struct cursor *c, struct groups *groups)
{
	if (cursor_peek(c) == ':' && !(cursor_skip(c, 1) && take_gap(c, groups)))
		return false;
	while (cursor_left(c) > 0) {
		if (v4_is_next(c))
			return take_v4_groups(c, groups);
		if (!take_group(c, groups))
			return false;
		if (cursor_left(c) == 0)
			break;
		if (cursor_take(c) != ':' || cursor_left(c) == 0)
			return false;
		if (cursor_peek(c) == ':' && !take_gap(c, groups))
			return false;
	}
	return true;
}

/* `::` stands for one group of zero at least. */
static bool parse_v6(struct slice text, struct ip_address *address)
{
	struct cursor c = cursor_on(text);
	struct groups groups = { .gap = -1 };
	if (!take_groups(&c, &groups) || (groups.gap < 0) != (groups.count == GROUPS))
		return false;
	size_t before = groups.gap < 0 ? sizeof groups.bytes : 2 * (size_t)groups.gap;
	size_t behind = 2 * (size_t)groups.count - (groups.gap < 0 ? sizeof groups.bytes : before);
	memset(address->bytes, 0, sizeof address->bytes);
	memcpy(address->bytes, groups.bytes, before);
	memcpy(address->bytes + sizeof address->bytes - behind, groups.bytes + before, behind);
	return true;
}

/* --- both --- */

bool ip_address_parse(struct slice text, struct ip_address *ret_address)
{
	struct ip_address address;
	bool v6 = text.len && memchr(text.data, ':', text.len);
	if (!text.len || !(v6 ? parse_v6(text, &address) : parse_v4(text, &address)))
		return false;
	*ret_address = address;
	return true;
}

bool ip_address_is_loopback(const struct ip_address *address)
{
	static const struct ip_address one = { { [15] = 1 } };
	return is_v4(address) ? address->bytes[12] == 127 : ip_address_equal(address, &one);
}

bool ip_address_equal(const struct ip_address *a, const struct ip_address *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static void mask(struct ip_address *address, unsigned prefix_bits)
{
	for (unsigned bit = prefix_bits; bit < 128; bit++)
		address->bytes[bit / 8] &= (unsigned char)~(0x80 >> bit % 8);
}

bool ip_network_parse(struct slice text, struct ip_network *ret_network)
{
	struct slice address, bits;
	struct ip_network network = { 0 };
	if (!slice_cut(text, '/', &address, &bits) || !bits.len || !ip_address_parse(address, &network.first))
		return false;
	unsigned most = memchr(address.data, ':', address.len) ? 128 : 32, value = 0;
	for (size_t i = 0; i < bits.len; i++) {
		if (!ascii_is_digit(bits.data[i]))
			return false;
		value = value * 10 + (unsigned)(bits.data[i] - '0');
		if (value > most)
			return false;
	}
	network.prefix_bits = 128 - most + value;
	mask(&network.first, network.prefix_bits);
	*ret_network = network;
	return true;
}

/* An IPv6 network holds no IPv4 address, be it ::/0. */
bool ip_network_contains(const struct ip_network *network, const struct ip_address *address)
{
	struct ip_address masked = *address;
	mask(&masked, network->prefix_bits);
	return is_v4(&network->first) == is_v4(address) && ip_address_equal(&masked, &network->first);
}
