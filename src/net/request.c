#include "net/request_internal.h"

#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/strbuf.h"

#define CONNECT_MS_DEFAULT 10000
#define IDLE_MS_DEFAULT 60000
#define USER_AGENT "fother"
/* Of ours: user agent, host, accept, expect, content type, authorization. */
#define OWN_LINES 6
#define AUTHORIZATION "Authorization: "
/* User agent, names of headers, and mostly a host. */
#define LINES_BYTES_EXPECTED 128

static bool has_break(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == '\r' || text.data[i] == '\n' || text.data[i] == '\0')
			return true;
	return false;
}

/* A path goes as it is into the request's first line. */
static bool is_path(struct slice path)
{
	for (size_t i = 0; i < path.len; i++)
		if ((unsigned char)path.data[i] <= 0x20 || (unsigned char)path.data[i] >= 0x7f || path.data[i] == '#')
			return false;
	return path.len == 0 || path.data[0] == '/';
}

static int refuse_break(struct slice name, struct slice value, struct error **err)
{
	if (has_break(name) || memchr(name.data ? name.data : ":", ':', name.data ? name.len : 1) || !name.len)
		return error_set(err, ERROR_USAGE, "a request header has a name that is none");
	if (has_break(value))
		return error_set(err, ERROR_USAGE, "the request header %.*s holds a line break or a NUL",
				 SLICE_ARG(name));
	return 0;
}

static struct slice body_of(const struct http_request *asked)
{
	return asked->secret_body ? secret_reveal(asked->secret_body) : asked->body;
}

/* --- the header lines --- */

/* The lines are collected first, each with a NUL behind it: while the text grows, nothing may point into it. */
static void add_line(struct strbuf *text, struct slice name, struct slice value)
{
	strbuf_add_slice(text, name);
	/* libcurl's way to say that a header is there with an empty value. */
	strbuf_add_text(text, value.len ? ": " : ";");
	strbuf_add_slice(text, value);
	strbuf_add_char(text, '\0');
}

static int add_header(struct strbuf *text, const struct http_header *header, struct error **err)
{
	if (refuse_break(header->name, header->value, err) < 0)
		return -1;
	add_line(text, header->name, header->value);
	return 0;
}

static int collect_lines(struct strbuf *text, const struct http_request *asked, const char *host_line,
			 struct error **err)
{
	if (has_break(asked->accept) || has_break(asked->body_type))
		return error_set(err, ERROR_USAGE, "a media type holds a line break or a NUL");
	add_line(text, SLICE("User-Agent"), SLICE(USER_AGENT));
	if (host_line)
		strbuf_add(text, host_line, strlen(host_line) + 1);
	if (asked->accept.len)
		add_line(text, SLICE("Accept"), asked->accept);
	if (body_of(asked).data) {
		strbuf_add(text, "Expect:", sizeof "Expect:"); /* none: no round trip before the body */
		add_line(text, SLICE("Content-Type"),
			 asked->body_type.len ? asked->body_type : SLICE("application/octet-stream"));
	}
	for (size_t i = 0; i < asked->header_count; i++)
		if (add_header(text, &asked->headers[i], err) < 0)
			return -1;
	return strbuf_failed(text, err) ? -1 : 0;
}

/* Takes the collected text and points a node of the list at each line. */
static int link_lines(struct request *request, struct strbuf *text, size_t count_max, struct error **err)
{
	request->lines = mem_alloc_zeroed(count_max, sizeof *request->lines);
	if (!request->lines)
		return error_no_memory(err);
	request->text_len = text->len;
	request->text = TAKE_PTR(text->data);
	size_t count = 0;
	for (size_t at = 0; at < request->text_len; at += strlen(request->text + at) + 1)
		request->lines[count++].data = request->text + at;
	if (secret_is_set(&request->authorization))
		request->lines[count++].data = (char *)secret_room(&request->authorization);
	for (size_t i = 0; i + 1 < count; i++)
		request->lines[i].next = &request->lines[i + 1];
	return 0;
}

static int copy_authorization(struct request *request, const struct secret_bytes *value, struct error **err)
{
	const size_t name_len = sizeof AUTHORIZATION - 1;

	if (!value || !secret_is_set(value))
		return 0;
	struct slice bytes = secret_reveal(value);
	if (has_break(bytes))
		return error_set(err, ERROR_USAGE, "the login for a server holds a line break or a NUL");
	if (secret_alloc(&request->authorization, name_len + bytes.len + 1, err) < 0)
		return -1;
	unsigned char *room = secret_room(&request->authorization);
	memcpy(room, AUTHORIZATION, name_len);
	memcpy(room + name_len, bytes.data, bytes.len);
	room[name_len + bytes.len] = '\0';
	secret_set_length(&request->authorization, name_len + bytes.len + 1);
	return 0;
}

static void wipe_strbuf(struct strbuf *text)
{
	if (text->data)
		secret_wipe(text->data, text->len);
	strbuf_release(text);
}

static int copy_lines(struct request *request, const struct http_request *asked, const char *host_line,
		      struct error **err)
{
	CLEANUP(wipe_strbuf) struct strbuf text = STRBUF_INIT(LIMIT_HTTP_REQUEST_BYTES);

	strbuf_expect(&text, asked->accept.len + asked->body_type.len + LINES_BYTES_EXPECTED);
	if (collect_lines(&text, asked, host_line, err) < 0 ||
	    copy_authorization(request, asked->authorization, err) < 0)
		return -1;
	return link_lines(request, &text, asked->header_count + OWN_LINES, err);
}

/* --- the rest --- */

static int copy_url(struct request *request, struct slice path, const char *base, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT(LIMIT_HTTP_REQUEST_BYTES);

	if (!is_path(path))
		return error_set(err, ERROR_USAGE, "the path of a request is none");
	strbuf_expect(&url, strlen(base) + path.len + 1);
	strbuf_add_text(&url, base);
	strbuf_add_slice(&url, path.len ? path : SLICE("/"));
	if (strbuf_failed(&url, err))
		return -1;
	request->url = TAKE_PTR(url.data);
	return 0;
}

static int copy_method(struct request *request, const char *method, struct error **err)
{
	bool is_get = !method || !strcmp(method, "GET");
	request->repeatable = is_get || !strcmp(method, "HEAD");
	if (is_get)
		return 0;
	for (const char *c = method; *c; c++)
		if (*c < 'A' || *c > 'Z')
			return error_set(err, ERROR_USAGE, "the method of a request is none");
	request->method = mem_copy_text(method, strlen(method));
	return request->method ? 0 : error_no_memory(err);
}

int request_copy(struct request *request, const struct http_request *asked, const char *base, const char *host_line,
		 struct error **err)
{
	request->compressed = asked->compressed;
	request->connect_ms = asked->connect_ms ? asked->connect_ms : CONNECT_MS_DEFAULT;
	request->idle_ms = asked->idle_ms ? asked->idle_ms : IDLE_MS_DEFAULT;
	request->whole_ms = asked->whole_ms;
	request->retries = asked->retries;
	request->delay_ms = asked->delay_ms;
	request->limits_are_answers = asked->limits_are_answers;
	if (copy_method(request, asked->method, err) < 0 || copy_url(request, asked->path, base, err) < 0 ||
	    copy_lines(request, asked, host_line, err) < 0)
		return -1;
	struct slice body = body_of(asked);
	return body.data ? secret_copy(&request->body, body, err) : 0;
}

void request_release(struct request *request)
{
	if (request->text)
		secret_wipe(request->text, request->text_len);
	mem_free(request->text);
	mem_free(request->lines);
	mem_free(request->method);
	mem_free(request->url);
	secret_release(&request->authorization);
	secret_release(&request->body);
	*request = (struct request){ 0 };
}
