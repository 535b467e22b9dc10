#include "oci/transport/url.h"

#include "base/ascii.h"

#define PORT_MAX 65535

static bool is_host_char(int byte)
{
	return ascii_is_alphanumeric(byte) || byte == '.' || byte == '-' || byte == '_';
}

static bool is_host(struct slice host)
{
	if (host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']') {
		for (size_t i = 1; i + 1 < host.len; i++)
			if (!ascii_is_hex(host.data[i]) && host.data[i] != ':' && host.data[i] != '.')
				return false;
		return true;
	}
	for (size_t i = 0; i < host.len; i++)
		if (!is_host_char(host.data[i]))
			return false;
	return host.len > 0 && host.len <= 255;
}

static bool read_port(struct slice text, unsigned *ret_port)
{
	unsigned port = 0;
	if (!text.len || text.len > 5)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!ascii_is_digit(text.data[i]))
			return false;
		port = port * 10 + (unsigned)(text.data[i] - '0');
	}
	*ret_port = port;
	return port > 0 && port <= PORT_MAX;
}

bool url_parse_host(struct slice text, bool https, struct url *ret_url)
{
	struct url url = { .https = https, .host = text, .port = https ? 443 : 80, .path = SLICE("") };
	struct slice host, port;

	if (slice_cut_last(text, ':', &host, &port) && !slice_contains(port, "]")) {
		url.host = host;
		if (!read_port(port, &url.port))
			return false;
	}
	if (!is_host(url.host))
		return false;
	*ret_url = url;
	return true;
}

/* Visible ASCII: what goes into the first line of a request. */
static bool is_path(struct slice path)
{
	for (size_t i = 0; i < path.len; i++)
		if ((unsigned char)path.data[i] <= 0x20 || (unsigned char)path.data[i] >= 0x7f)
			return false;
	return true;
}

static bool has_scheme(struct slice text, const char *scheme)
{
	size_t len = strlen(scheme);
	return text.len >= len && slice_equal_nocase(slice_part(text, 0, len), slice_of(scheme));
}

static size_t authority_end(struct slice text)
{
	size_t end = 0;
	while (end < text.len && !strchr("/?#", text.data[end] ? text.data[end] : 'x'))
		end++;
	return end;
}

bool url_parse(struct slice text, struct url *ret_url)
{
	bool https = has_scheme(text, "https://");
	struct url url;

	if (!https && !has_scheme(text, "http://"))
		return false;
	text = slice_part(text, https ? 8 : 7, text.len);
	size_t end = authority_end(text);
	if (!url_parse_host(slice_part(text, 0, end), https, &url))
		return false;
	struct slice fragment;
	slice_cut(slice_part(text, end, text.len), '#', &url.path, &fragment);
	if (!is_path(url.path))
		return false;
	*ret_url = url;
	return true;
}

bool url_same_host(const struct url *a, const struct url *b)
{
	return slice_equal_nocase(a->host, b->host);
}

bool url_same_origin(const struct url *a, const struct url *b)
{
	return a->https == b->https && a->port == b->port && url_same_host(a, b);
}

void url_add_origin(struct strbuf *out, const struct url *url)
{
	strbuf_add_text(out, url->https ? "https://" : "http://");
	for (size_t i = 0; i < url->host.len; i++)
		strbuf_add_char(out, (char)ascii_lower(url->host.data[i]));
	strbuf_addf(out, ":%u", url->port);
}

void url_add_path(struct strbuf *out, const struct url *url)
{
	if (!slice_starts_with(url->path, "/"))
		strbuf_add_char(out, '/');
	strbuf_add_slice(out, url->path);
}

static struct slice without_query(struct slice path)
{
	struct slice before, query;
	slice_cut(path, '?', &before, &query);
	return before;
}

bool url_resolve(const struct url *base, struct slice reference, struct strbuf *out)
{
	struct slice plain, fragment, before, name;
	struct url url;

	strbuf_clear(out);
	slice_cut(reference, '#', &plain, &fragment);
	if (!plain.len || !is_path(plain))
		return false;
	if (has_scheme(plain, "http://") || has_scheme(plain, "https://")) {
		strbuf_add_slice(out, plain);
	} else if (slice_starts_with(plain, "//")) {
		strbuf_add_text(out, base->https ? "https:" : "http:");
		strbuf_add_slice(out, plain);
	} else {
		struct slice path = without_query(base->path);
		/* A colon before any slash would be the scheme of something else. */
		if (memchr(plain.data, ':', authority_end(plain)))
			return false;
		url_add_origin(out, base);
		if (plain.data[0] == '?')
			strbuf_add_slice(out, path.len ? path : SLICE("/"));
		else if (plain.data[0] != '/' && slice_cut_last(path, '/', &before, &name))
			strbuf_add_slice(out, before);
		if (plain.data[0] != '/' && plain.data[0] != '?')
			strbuf_add_char(out, '/');
		strbuf_add_slice(out, plain);
	}
	return !out->failure && url_parse(strbuf_slice(out), &url);
}

void url_add_escaped(struct strbuf *out, struct slice text)
{
	static const char hex[] = "0123456789ABCDEF";
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];
		if (ascii_is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
			strbuf_add_char(out, (char)c);
			continue;
		}
		strbuf_add_char(out, '%');
		strbuf_add_char(out, hex[c >> 4]);
		strbuf_add_char(out, hex[c & 15]);
	}
}
