#include "oci/transport/registry_error.h"

#include "base/ascii.h"
#include "base/json_reader.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "credential/mask.h"

/* Shown of one answer: a sentence, and some. */
#define TEXT_BYTES 512

/* --- JSON --- */

struct parser {
	struct reader *reader;
	struct arena *arena;
	struct registry_error *error;
};

/* What is no text is passed over. 1 or -1. */
static int read_text(struct parser *p, struct slice *ret_text, struct error **err)
{
	struct token token;
	unsigned depth = p->reader->depth;
	if (reader_next(p->reader, &token, err) < 0)
		return -1;
	if (token.type == TOKEN_STRING)
		return token_copy(&token, p->arena, ret_text, err) < 0 ? -1 : 1;
	return reader_leave(p->reader, depth, err) < 0 ? -1 : 1;
}

static int read_error(struct parser *p, struct error **err)
{
	struct registry_error *error = p->error;
	struct slice code = SLICE(""), message = SLICE("");
	struct token token;
	int got;

	while ((got = reader_next(p->reader, &token, err)) > 0 && token.type == TOKEN_KEY) {
		if (token_is(&token, "code"))
			got = read_text(p, &code, err);
		else if (token_is(&token, "message"))
			got = read_text(p, &message, err);
		else
			got = reader_skip(p->reader, err);
		if (got < 0)
			return -1;
	}
	if (got < 0)
		return -1;
	if (error->count < REGISTRY_ERRORS_MAX && (code.len || message.len)) {
		error->codes[error->count] = code;
		error->messages[error->count++] = message;
	}
	return 0;
}

static int read_errors(struct parser *p, struct error **err)
{
	unsigned depth = p->reader->depth;
	struct token token;
	int got;

	if (reader_next(p->reader, &token, err) < 0)
		return -1;
	if (token.type != TOKEN_ARRAY_BEGIN)
		return reader_leave(p->reader, depth, err);
	while ((got = reader_next(p->reader, &token, err)) > 0 && token.type != TOKEN_ARRAY_END) {
		unsigned item = p->reader->depth;
		if (token.type == TOKEN_OBJECT_BEGIN)
			got = read_error(p, err);
		else if (token.type == TOKEN_ARRAY_BEGIN)
			got = reader_leave(p->reader, item - 1, err);
		if (got < 0)
			return -1;
	}
	p->error->is_api = true;
	return got < 0 ? -1 : 0;
}

static int read_body(struct parser *p, struct error **err)
{
	struct token token;
	int got;

	if (reader_next(p->reader, &token, err) < 0)
		return -1;
	if (token.type != TOKEN_OBJECT_BEGIN)
		return 0;
	while ((got = reader_next(p->reader, &token, err)) > 0 && token.type == TOKEN_KEY) {
		if (token_is(&token, "errors"))
			got = read_errors(p, err);
		else
			got = reader_skip(p->reader, err);
		if (got < 0)
			return -1;
	}
	return got < 0 ? -1 : 0;
}

/* --- for a person --- */

static void add_api(struct strbuf *out, const struct registry_error *error)
{
	for (size_t i = 0; i < error->count; i++) {
		strbuf_add_text(out, i ? "; " : "");
		strbuf_add_slice(out, error->codes[i]);
		strbuf_add_text(out, error->codes[i].len && error->messages[i].len ? ": " : "");
		strbuf_add_slice(out, error->messages[i]);
	}
}

/* A page is told by its title. */
static struct slice of_page(struct slice body)
{
	static const char begin[] = "<title>", end[] = "</title>";
	for (size_t i = 0; i + sizeof begin - 1 <= body.len; i++) {
		if (!slice_equal_nocase(slice_part(body, i, sizeof begin - 1), SLICE("<title>")))
			continue;
		struct slice rest = slice_part(body, i + sizeof begin - 1, TEXT_BYTES);
		for (size_t j = 0; j + sizeof end - 1 <= rest.len; j++)
			if (slice_equal_nocase(slice_part(rest, j, sizeof end - 1), SLICE("</title>")))
				return slice_part(rest, 0, j);
	}
	return SLICE("a page of HTML");
}

static void add_other(struct strbuf *out, struct slice body)
{
	struct slice line, rest;
	body = slice_trim(body);
	if (slice_starts_with(body, "<"))
		body = slice_trim(of_page(body));
	slice_cut(body, '\n', &line, &rest);
	strbuf_add_slice(out, slice_part(slice_trim(line), 0, TEXT_BYTES));
}

static int make_text(struct registry_error *error, struct slice body, struct arena *arena, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT(2 * LIMIT_REGISTRY_ERROR_BYTES);
	CLEANUP(strbuf_release) struct strbuf shown = STRBUF_INIT(10 * TEXT_BYTES + 10);
	struct slice masked;

	if (error->is_api)
		add_api(&plain, error);
	else
		add_other(&plain, body);
	if (strbuf_failed(&plain, err) || mask_tokens(strbuf_slice(&plain), arena, &masked, err) < 0)
		return -1;
	utf8_add_printable(&shown, slice_trim(slice_part(masked, 0, TEXT_BYTES)));
	if (strbuf_failed(&shown, err))
		return -1;
	return arena_copy(arena, strbuf_slice(&shown), &error->text) < 0 ? arena_fail(arena, err) : 0;
}

int registry_error_parse(struct slice body, struct arena *arena, struct registry_error *ret_error, struct error **err)
{
	struct registry_error error = { .text = SLICE("") };
	CLEANUP(json_reader_release) struct json_reader json;
	struct error *refused = NULL;

	body = slice_part(body, 0, LIMIT_REGISTRY_ERROR_BYTES);
	json_reader_init(&json, body, READER_GO);
	struct parser p = { &json.reader, arena, &error };
	if (read_body(&p, &refused) < 0) {
		if (!error_is_of_input(refused))
			return error_move(err, &refused);
		refused = error_free(refused);
		error = (struct registry_error){ .text = SLICE("") };
	}
	if (make_text(&error, body, arena, err) < 0)
		return -1;
	*ret_error = error;
	return 0;
}

bool registry_error_has_code(const struct registry_error *error, const char *code)
{
	for (size_t i = 0; i < error->count; i++)
		if (slice_equal_nocase(error->codes[i], slice_of(code)))
			return true;
	return false;
}

static bool contains_nocase(struct slice text, struct slice part)
{
	for (size_t i = 0; i + part.len <= text.len; i++)
		if (slice_equal_nocase(slice_part(text, i, part.len), part))
			return true;
	return false;
}

bool registry_error_says(const struct registry_error *error, const char *text)
{
	for (size_t i = 0; i < error->count; i++)
		if (contains_nocase(error->messages[i], slice_of(text)))
			return true;
	return false;
}
