#include <string.h>

#include "base/arena.h"
#include "net/proxy_env.h"

struct parts {
	const char *scheme; /* with :// */
	struct slice user, password, rest;
	bool has_user, has_password;
};

/* What a URL cannot hold, and what would end a header or a quoted text. */
static bool is_clean(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] <= ' ' || text.data[i] == 0x7f || strchr("\"\\<>`", text.data[i]))
			return false;
	return true;
}

static const char *scheme_of(struct slice url, struct slice *ret_rest)
{
	static const char *const schemes[] = { "http://", "https://", "socks5://" };
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t len = strlen(schemes[i]);
		if (slice_equal_nocase(slice_part(url, 0, len), slice_of(schemes[i]))) {
			*ret_rest = slice_part(url, len, url.len);
			return schemes[i];
		}
	}
	return NULL;
}

/* A path behind the host means nothing to a proxy. */
static struct slice authority_of(struct slice rest)
{
	struct slice authority, path;
	slice_cut(rest, '/', &authority, &path);
	return authority;
}

static int split(struct slice url, struct parts *parts, struct error **err)
{
	struct slice rest = { 0 }, login;
	if (!is_clean(url))
		return error_set(err, ERROR_SYNTAX, "it is no URL");
	parts->scheme = scheme_of(url, &rest);
	if (!parts->scheme)
		return error_set(err, ERROR_UNSUPPORTED, "it is none of http://, https:// and socks5://");
	rest = authority_of(rest);
	parts->has_user = slice_cut_last(rest, '@', &login, &parts->rest);
	if (!parts->has_user)
		parts->rest = rest;
	else
		parts->has_password = slice_cut(login, ':', &parts->user, &parts->password);
	if (!parts->rest.len || parts->rest.data[0] == ':')
		return error_set(err, ERROR_SYNTAX, "it names no host");
	return 0;
}

/* The whole as it was given, but for the path. */
static int keep_password(const struct parts *parts, struct secret_bytes *ret_whole, struct error **err)
{
	const struct slice pieces[] = { slice_of(parts->scheme), parts->user, SLICE(":"),
					parts->password,         SLICE("@"),  parts->rest };
	size_t len = 0;
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
		len += pieces[i].len;
	if (secret_alloc(ret_whole, len, err) < 0)
		return -1;
	unsigned char *out = secret_room(ret_whole);
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		if (pieces[i].len)
			memcpy(out, pieces[i].data, pieces[i].len);
		out += pieces[i].len;
	}
	secret_set_length(ret_whole, len);
	return 0;
}

void proxy_url_release(struct proxy_url *url)
{
	secret_release(&url->whole);
}

int proxy_url_parse(struct slice url, struct arena *arena, struct proxy_url *ret_url, struct error **err)
{
	struct parts parts = { 0 };
	struct proxy_url parsed = { 0 };
	if (split(url, &parts, err) < 0)
		return -1;
	parsed.shown = arena_printf(arena, "%s%.*s%s%.*s", parts.scheme, SLICE_ARG(parts.user),
				    parts.has_user ? "@" : "", SLICE_ARG(parts.rest));
	if (!parsed.shown.data)
		return arena_fail(arena, err);
	if (parts.has_password && keep_password(&parts, &parsed.whole, err) < 0)
		return -1;
	*ret_url = parsed;
	return 0;
}

/* The text with another beginning, in the secure heap: it may hold a password. */
static int parse_with_scheme(const char *scheme, struct slice rest, struct arena *arena, struct proxy_url *ret_url,
			     struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes url = { 0 };
	size_t len = strlen(scheme);
	if (secret_alloc(&url, len + rest.len, err) < 0)
		return -1;
	memcpy(secret_room(&url), scheme, len);
	if (rest.len)
		memcpy(secret_room(&url) + len, rest.data, rest.len);
	secret_set_length(&url, len + rest.len);
	return proxy_url_parse(secret_reveal(&url), arena, ret_url, err);
}

int proxy_url_parse_variable(struct slice text, struct arena *arena, struct proxy_url *ret_url, struct error **err)
{
	static const char remote[] = "socks5h://";
	if (slice_equal_nocase(slice_part(text, 0, sizeof remote - 1), SLICE("socks5h://")))
		return parse_with_scheme("socks5://", slice_part(text, sizeof remote - 1, text.len), arena, ret_url,
					 err);
	if (!slice_contains(text, "://"))
		return parse_with_scheme("http://", text, arena, ret_url, err);
	return proxy_url_parse(text, arena, ret_url, err);
}

int proxy_url_of_environment(struct slice server, struct arena *arena, struct proxy_url *ret_url, struct error **err)
{
	struct proxy_environment environment = proxy_environment_of_process();
	const char *variable;
	struct slice proxy = proxy_environment_find(&environment, server, &variable);
	if (!proxy.data)
		return 0;
	if (proxy_url_parse_variable(proxy, arena, ret_url, err) < 0)
		return error_context(err, "%s of the environment", variable);
	return 1;
}
