#include "credential/go_url.h"

#include <string.h>
#include <sys/types.h>

#include "base/ascii.h"

/* Which part of the URL an escape stands in: what may be escaped, and what must be, differs. */
enum part { PART_USER, PART_HOST, PART_ZONE, PART_PATH };

static bool in_set(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* Bytes above ASCII are let through as they are. */
static bool may_stand_in_host(char c)
{
	return (unsigned char)c >= 0x80 || ascii_is_alphanumeric(c) || in_set(c, "-_.~!$&'()*+,;=:[]<>\"");
}

static bool may_stand_in_user(char c)
{
	return ascii_is_alphanumeric(c) || in_set(c, "-._:~!$&'()*+,;=%@");
}

/* The byte that the escape at text[i] stands for, or -1 where Go refuses it. */
static int escaped_byte(struct slice text, size_t i, enum part part)
{
	if (text.len - i < 3 || !ascii_is_hex(text.data[i + 1]) || !ascii_is_hex(text.data[i + 2]))
		return -1;
	int byte = ascii_hex_value(text.data[i + 1]) << 4 | ascii_hex_value(text.data[i + 2]);
	if (part == PART_HOST && byte < 0x80 && byte != '%')
		return -1;
	if (part == PART_ZONE && byte != '%' && byte != ' ' && (byte >= 0x80 || !may_stand_in_host((char)byte)))
		return -1;
	return byte;
}

/* Decodes into out (text.len bytes at least). Returns the length, or -1 where Go refuses the text. */
static ssize_t unescape(struct slice text, enum part part, char *out)
{
	size_t length = 0;
	for (size_t i = 0; i < text.len; i++) {
		int byte = (unsigned char)text.data[i];
		if (byte == '%') {
			byte = escaped_byte(text, i, part);
			i += 2;
		} else if ((part == PART_HOST || part == PART_ZONE) && !may_stand_in_host((char)byte)) {
			byte = -1;
		}
		if (byte < 0)
			return -1;
		out[length++] = (char)byte;
	}
	return (ssize_t)length;
}

static bool escapes_are_sound(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == '%' && escaped_byte(text, i, PART_PATH) < 0)
			return false;
	return true;
}

static bool holds_control(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7f)
			return true;
	return false;
}

/* "" or ":" and digits. */
static bool port_is_sound(struct slice port)
{
	if (port.len > 0 && port.data[0] != ':')
		return false;
	for (size_t i = 1; i < port.len; i++)
		if (port.data[i] < '0' || port.data[i] > '9')
			return false;
	return true;
}

/* Four decimal fields of 0 to 255 without leading zeros. */
static bool is_ipv4(struct slice text)
{
	for (int field = 0; field < 4; field++) {
		struct slice number = text, rest = SLICE_NONE;
		if (slice_cut(text, '.', &number, &rest) != (field < 3))
			return false;
		if (number.len == 0 || number.len > 3 || (number.len > 1 && number.data[0] == '0'))
			return false;
		int value = 0;
		for (size_t i = 0; i < number.len; i++) {
			if (number.data[i] < '0' || number.data[i] > '9')
				return false;
			value = value * 10 + (number.data[i] - '0');
		}
		if (value > 255)
			return false;
		text = rest;
	}
	return true;
}

static size_t count_hex_digits(struct slice text)
{
	size_t count = 0;
	while (count < text.len && ascii_is_hex(text.data[count]))
		count++;
	return count;
}

/* RFC 4291 section 2.2, as netip.ParseAddr reads it: `::` stands for at least one field. */
static bool is_ipv6(struct slice text)
{
	unsigned fields = 0;
	bool ellipsis = slice_starts_with(text, "::");
	if (ellipsis)
		text = slice_part(text, 2, text.len);
	if (ellipsis && text.len == 0)
		return true;
	while (fields < 8) {
		size_t digits = count_hex_digits(text);
		if (digits == 0 || digits > 4)
			return false;
		if (digits < text.len && text.data[digits] == '.')
			return (ellipsis ? fields + 2 < 8 : fields == 6) && is_ipv4(text);
		fields++;
		text = slice_part(text, digits, text.len);
		if (text.len == 0)
			break;
		if (text.data[0] != ':' || text.len == 1)
			return false;
		text = slice_part(text, 1, text.len);
		if (text.data[0] != ':')
			continue;
		if (ellipsis)
			return false;
		ellipsis = true;
		text = slice_part(text, 1, text.len);
		if (text.len == 0)
			break;
	}
	return text.len == 0 && (ellipsis ? fields < 8 : fields == 8);
}

/* An IPv6 address with or without %zone, both decoded. */
static bool is_ipv6_with_zone(struct slice text)
{
	struct slice address, zone;
	if (slice_cut(text, '%', &address, &zone) && zone.len == 0)
		return false;
	return is_ipv6(address);
}

static size_t find_text(struct slice text, const char *needle)
{
	for (size_t i = 0; i < text.len; i++)
		if (slice_starts_with(slice_part(text, i, text.len), needle))
			return i;
	return text.len;
}

/* "[address]:port"; only behind %25 may nearly anything stand (RFC 6874). */
static ssize_t parse_bracketed(struct slice host, char *out)
{
	struct slice inside, port;
	if (!slice_cut_last(host, ']', &inside, &port) || !port_is_sound(port))
		return -1;
	inside = slice_part(inside, 1, inside.len);
	size_t zone_at = find_text(inside, "%25");
	ssize_t address = unescape(slice_part(inside, 0, zone_at), PART_HOST, out + 1);
	if (address < 0)
		return -1;
	ssize_t zone = unescape(slice_part(inside, zone_at, inside.len), PART_ZONE, out + 1 + address);
	if (zone < 0 || !is_ipv6_with_zone((struct slice){ out + 1, (size_t)(address + zone) }))
		return -1;
	size_t length = (size_t)(address + zone) + 2;
	out[0] = '[';
	out[length - 1] = ']';
	memcpy(out + length, port.data, port.len);
	return (ssize_t)(length + port.len);
}

static ssize_t parse_host(struct slice host, char *out)
{
	struct slice name, tail;
	if (slice_cut_last(host, '[', &name, &tail))
		return name.len == 0 ? parse_bracketed(host, out) : -1;
	if (slice_cut(host, ':', &name, &tail) && !port_is_sound(slice_part(host, name.len, host.len)))
		return -1;
	return unescape(host, PART_HOST, out);
}

static bool user_is_sound(struct slice user)
{
	for (size_t i = 0; i < user.len; i++)
		if (!may_stand_in_user(user.data[i]))
			return false;
	return escapes_are_sound(user);
}

static ssize_t parse_authority(struct slice authority, char *out)
{
	struct slice user, host;
	if (!slice_cut_last(authority, '@', &user, &host))
		return parse_host(authority, out);
	return user_is_sound(user) ? parse_host(host, out) : -1;
}

int go_url_parse(struct slice rest, struct arena *arena, struct go_url *ret_url, bool *ret_ok, struct error **err)
{
	struct slice url, fragment, location, query, authority, behind;
	slice_cut(rest, '#', &url, &fragment);
	*ret_ok = false;
	if (holds_control(url) || !escapes_are_sound(fragment))
		return 0;
	slice_cut(url, '?', &location, &query);
	slice_cut(location, '/', &authority, &behind);
	struct slice path = slice_part(location, authority.len, location.len);
	char *host_out = arena_bytes(arena, authority.len + 1), *path_out = arena_bytes(arena, path.len + 1);
	if (!host_out || !path_out)
		return arena_fail(arena, err);
	ssize_t host_len = parse_authority(authority, host_out), path_len = unescape(path, PART_PATH, path_out);
	if (host_len < 0 || path_len < 0)
		return 0;
	*ret_url = (struct go_url){ { host_out, (size_t)host_len }, { path_out, (size_t)path_len } };
	*ret_ok = true;
	return 0;
}

/* The name in "[name]:port" or "name:port"; false where net.SplitHostPort fails. `colon` is the last one. */
static bool split_at_colon(struct slice host, size_t colon, struct slice *ret_name)
{
	struct slice name = slice_part(host, 0, colon), head, tail;
	bool bracketed = name.len > 0 && name.data[0] == '[';
	if (bracketed) {
		if (!slice_cut(name, ']', &head, &tail) || tail.len > 0)
			return false;
		name = slice_part(head, 1, head.len);
	} else if (slice_cut(name, ':', &head, &tail) || slice_cut(name, ']', &head, &tail)) {
		return false;
	}
	if (slice_cut(name, '[', &head, &tail))
		return false;
	*ret_name = name;
	return true;
}

void go_url_split_port(struct slice host, struct slice *ret_host, struct slice *ret_port)
{
	struct slice name, port;
	*ret_host = host;
	*ret_port = SLICE("");
	if (!slice_cut_last(host, ':', &name, &port))
		return;
	struct slice head, tail;
	if (slice_cut(port, '[', &head, &tail) || slice_cut(port, ']', &head, &tail))
		return;
	if (split_at_colon(host, name.len, ret_host))
		*ret_port = port;
}
