#include "net/origin_internal.h"

#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "net/loop_internal.h"

#define CONNECTIONS_DEFAULT 4

/* The parts of the origin's URL; each NULL or to be given to curl_free. */
struct parts {
	char *scheme, *host, *port, *path;
};

static void parts_release(struct parts *parts)
{
	curl_free(parts->scheme);
	curl_free(parts->host);
	curl_free(parts->port);
	curl_free(parts->path);
}

static void url_freep(CURLU **url)
{
	curl_url_cleanup(*url);
}

/* Neither is allowed: both belong into fields of their own. */
static int refuse_extra(CURLU *url, struct error **err)
{
	static const struct {
		CURLUPart part;
		const char *name;
	} extras[] = {
		{ CURLUPART_USER, "a login" },
		{ CURLUPART_PASSWORD, "a login" },
		{ CURLUPART_QUERY, "a query" },
		{ CURLUPART_FRAGMENT, "a fragment" },
	};
	for (size_t i = 0; i < sizeof extras / sizeof *extras; i++) {
		char *text = NULL;
		if (curl_url_get(url, extras[i].part, &text, 0) == CURLUE_OK) {
			secret_wipe(text, strlen(text));
			curl_free(text);
			return error_set(err, ERROR_USAGE, "the URL of a server may not hold %s", extras[i].name);
		}
	}
	return 0;
}

/* libcurl would read on to a NUL, and takes blanks for something else. */
static bool is_plain(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] <= 0x20 || text.data[i] == 0x7f)
			return false;
	return true;
}

static int split_url(struct slice text, struct parts *parts, struct error **err)
{
	CLEANUP(url_freep) CURLU *url = curl_url();
	CLEANUP(mem_freep) char *copy = mem_copy_text(text.data, text.len);
	if (!url || !copy)
		return error_no_memory(err);
	CURLUcode code = is_plain(text) ? curl_url_set(url, CURLUPART_URL, copy, 0) : CURLUE_MALFORMED_INPUT;
	secret_wipe(copy, text.len);
	if (code == CURLUE_OUT_OF_MEMORY)
		return error_no_memory(err);
	if (code != CURLUE_OK)
		return error_set(err, ERROR_USAGE, "the URL of the server is not one: %s", curl_url_strerror(code));
	if (refuse_extra(url, err) < 0)
		return -1;
	if (curl_url_get(url, CURLUPART_SCHEME, &parts->scheme, 0) != CURLUE_OK ||
	    curl_url_get(url, CURLUPART_HOST, &parts->host, 0) != CURLUE_OK ||
	    curl_url_get(url, CURLUPART_PORT, &parts->port, CURLU_DEFAULT_PORT) != CURLUE_OK ||
	    curl_url_get(url, CURLUPART_PATH, &parts->path, 0) != CURLUE_OK)
		return error_set(err, ERROR_USAGE, "the URL of the server is not one of http or https");
	if (strcmp(parts->scheme, "https") && strcmp(parts->scheme, "http"))
		return error_set(err, ERROR_USAGE, "the URL of the server begins with %s://, not https://",
				 parts->scheme);
	return 0;
}

static int take_text(struct strbuf *text, char **ret_text, struct error **err)
{
	if (strbuf_failed(text, err))
		return -1;
	*ret_text = mem_copy_text(strbuf_text(text), text->len);
	return *ret_text ? 0 : error_no_memory(err);
}

static bool is_server_name(struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alphanumeric(name.data[i]) && (!name.data[i] || !strchr(".-_:", name.data[i])))
			return false;
	return name.len > 0;
}

/* libcurl verifies the name in the URL. So that name goes there, and connections to it are led to the real host. */
static int set_other_name(struct http_origin *origin, const struct parts *parts, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf host_line = STRBUF_INIT(LIMIT_LINE_BYTES);
	CLEANUP(strbuf_release) struct strbuf connect_to = STRBUF_INIT(LIMIT_LINE_BYTES);
	bool usual = !strcmp(parts->port, "443");

	strbuf_addf(&host_line, usual ? "Host: %s" : "Host: %s:%s", parts->host, parts->port);
	strbuf_addf(&connect_to, "::%s:%s", parts->host, parts->port);
	if (take_text(&host_line, &origin->host_line, err) < 0 || take_text(&connect_to, &origin->connect_to, err) < 0)
		return -1;
	origin->connect_to_list.data = origin->connect_to;
	return 0;
}

static int set_url(struct http_origin *origin, const struct http_origin_options *options, struct error **err)
{
	CLEANUP(parts_release) struct parts parts = { 0 };
	CLEANUP(strbuf_release) struct strbuf base = STRBUF_INIT(LIMIT_LINE_BYTES);
	struct slice name = options->tls_server_name;

	if (split_url(options->url, &parts, err) < 0)
		return -1;
	bool other_name = name.len && !strcmp(parts.scheme, "https");
	if (other_name && !is_server_name(name))
		return error_set(err, ERROR_USAGE, "the TLS server name is not a name of a host");
	if (other_name && set_other_name(origin, &parts, err) < 0)
		return -1;
	if (!other_name)
		name = slice_of(parts.host);
	bool bare_address = other_name && memchr(name.data, ':', name.len);
	struct slice path = slice_of(parts.path);
	while (slice_ends_with(path, "/"))
		path.len--;
	strbuf_addf(&base, bare_address ? "%s://[%.*s]:%s%.*s" : "%s://%.*s:%s%.*s", parts.scheme, SLICE_ARG(name),
		    parts.port, SLICE_ARG(path));
	return take_text(&base, &origin->base, err);
}

static int copy_pem(struct slice pem, char **ret_pem, size_t *ret_len, struct error **err)
{
	if (!pem.data)
		return 0;
	*ret_pem = mem_copy_text(pem.data, pem.len);
	*ret_len = pem.len;
	return *ret_pem ? 0 : error_no_memory(err);
}

static int set_tls(struct http_origin *origin, const struct http_origin_options *options, struct error **err)
{
	origin->insecure = options->insecure;
	if (copy_pem(options->ca_pem, &origin->ca, &origin->ca_len, err) < 0 ||
	    copy_pem(options->certificate_pem, &origin->certificate, &origin->certificate_len, err) < 0)
		return -1;
	if (!options->key || !secret_is_set(options->key))
		return 0;
	return secret_copy(&origin->key, secret_reveal(options->key), err);
}

/* libcurl's "socks5" resolves names here; the proxy shall do it. */
static int set_proxy(struct http_origin *origin, const struct http_origin_options *options, struct error **err)
{
	static const char *const schemes[][2] = {
		{ "http://", "http://" },
		{ "https://", "https://" },
		{ "socks5://", "socks5h://" },
		{ "socks5h://", "socks5h://" },
	};
	bool is_secret = options->proxy_url && secret_is_set(options->proxy_url);
	struct slice url = is_secret ? secret_reveal(options->proxy_url) : options->proxy;
	if (!url.len)
		return 0;
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t skipped = strlen(schemes[i][0]), added = strlen(schemes[i][1]);
		if (!slice_starts_with(url, schemes[i][0]) || !is_plain(url))
			continue;
		struct slice rest = slice_part(url, skipped, url.len);
		if (secret_alloc(&origin->proxy, added + rest.len + 1, err) < 0)
			return -1;
		unsigned char *room = secret_room(&origin->proxy);
		memcpy(room, schemes[i][1], added);
		memcpy(room + added, rest.data, rest.len);
		room[added + rest.len] = '\0';
		secret_set_length(&origin->proxy, added + rest.len);
		return 0;
	}
	return error_set(err, ERROR_USAGE, "the URL of the proxy begins with none of http://, https://, socks5://");
}

void origin_release(struct http_origin *origin)
{
	mem_free(origin->base);
	mem_free(origin->host_line);
	mem_free(origin->connect_to);
	mem_free(origin->ca);
	mem_free(origin->certificate);
	secret_release(&origin->key);
	secret_release(&origin->proxy);
	mem_free(origin);
}

int http_origin_new(struct http *http, const struct http_origin_options *options, struct http_origin **ret_origin,
		    struct error **err)
{
	struct http_origin *origin = mem_alloc_zeroed(1, sizeof *origin);
	if (!origin)
		return error_no_memory(err);
	origin->http = http;
	origin->connections = options->connections ? options->connections : CONNECTIONS_DEFAULT;
	bucket_init(&origin->bucket, options->rate, options->burst, clock_ms());
	if (set_url(origin, options, err) < 0 || set_tls(origin, options, err) < 0 ||
	    set_proxy(origin, options, err) < 0) {
		origin_release(origin);
		return -1;
	}
	origin->public_only = options->public_only && !secret_is_set(&origin->proxy);
	*ret_origin = origin;
	return 0;
}

struct http_origin *http_origin_free(struct http_origin *origin)
{
	if (!origin)
		return NULL;
	loop_call(origin->http, loop_forget_origin, origin);
	origin_release(origin);
	return NULL;
}

/* --- on an easy handle --- */

static bool set_blob(CURL *easy, CURLoption option, const void *data, size_t len)
{
	struct curl_blob blob = { .len = len, .flags = CURL_BLOB_NOCOPY };
	memcpy(&blob.data, &data, sizeof data); /* libcurl's field is not const, but it only reads */
	return curl_easy_setopt(easy, option, &blob) == CURLE_OK;
}

/* The authorities of a cluster are trusted in place of the system's. Its own bundle is not read then, but libcurl would
 * go on to look into the folder of the system's. A proxy reached by TLS is held to the same, as kubectl does. */
static bool apply_authorities(struct http_origin *origin, CURL *easy)
{
	long verify = origin->insecure ? 0 : 1;
	if (curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify) != CURLE_OK ||
	    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2 * verify) != CURLE_OK ||
	    curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYPEER, verify) != CURLE_OK ||
	    curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYHOST, 2 * verify) != CURLE_OK)
		return false;
	if (!origin->ca)
		return true;
	return set_blob(easy, CURLOPT_CAINFO_BLOB, origin->ca, origin->ca_len) &&
	       set_blob(easy, CURLOPT_PROXY_CAINFO_BLOB, origin->ca, origin->ca_len) &&
	       curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL) == CURLE_OK;
}

/* An empty pass phrase: without any, OpenSSL would ask for one at the terminal. */
static bool apply_client(struct http_origin *origin, CURL *easy)
{
	struct slice key = secret_reveal(&origin->key);
	if (origin->certificate && !set_blob(easy, CURLOPT_SSLCERT_BLOB, origin->certificate, origin->certificate_len))
		return false;
	if (key.data && !set_blob(easy, CURLOPT_SSLKEY_BLOB, key.data, key.len))
		return false;
	return curl_easy_setopt(easy, CURLOPT_KEYPASSWD, "") == CURLE_OK;
}

bool origin_apply(struct http_origin *origin, CURL *easy)
{
	struct slice proxy = secret_reveal(&origin->proxy);
	return apply_authorities(origin, easy) && apply_client(origin, easy) &&
	       curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
	       /* Empty, not NULL: NULL would mean the environment's. */
	       curl_easy_setopt(easy, CURLOPT_PROXY, proxy.data ? proxy.data : "") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NOPROXY, "") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_CONNECT_TO, origin->connect_to ? &origin->connect_to_list : NULL) ==
		       CURLE_OK;
}
