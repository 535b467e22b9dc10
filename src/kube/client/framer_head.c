#include "kube/client/framer_internal.h"

#include <inttypes.h>

#include "base/json_reader.h"

struct head_reader {
	struct json_reader json;
	struct arena arena;
	struct list_head head;
};

static int take(struct head_reader *r, struct token *ret_token, struct error **err)
{
	int got = reader_next(&r->json.reader, ret_token, err);
	return got == 0 ? error_set(err, ERROR_SYNTAX, "they end early") : got;
}

/* null is not there. What cannot be read must not look as if it were not there: a list without its continue token would
 * pass for complete. */
static int read_text(struct head_reader *r, struct slice *ret_text, struct error **err)
{
	struct token token;
	if (take(r, &token, err) < 0)
		return -1;
	if (token.type == TOKEN_NULL)
		return 0;
	if (token.type != TOKEN_STRING)
		return error_set(err, ERROR_SYNTAX, "one that should be a text is none");
	return token_copy(&token, &r->arena, ret_text, err);
}

static int read_remaining(struct head_reader *r, struct error **err)
{
	struct token token;
	long long value;
	if (take(r, &token, err) < 0)
		return -1;
	if (token.type == TOKEN_OBJECT_BEGIN || token.type == TOKEN_ARRAY_BEGIN)
		return reader_leave(&r->json.reader, r->json.reader.depth - 1, err);
	if (token.type == TOKEN_NUMBER && token_int(&token, &value) == 0 && value >= 0)
		r->head.remaining = value;
	return 0;
}

typedef int (*read_member)(struct head_reader *r, const struct token *key, struct error **err);

/* An object, or null. */
static int read_members(struct head_reader *r, read_member member, struct error **err)
{
	struct token token;
	if (take(r, &token, err) < 0)
		return -1;
	if (token.type == TOKEN_NULL)
		return 0;
	if (token.type != TOKEN_OBJECT_BEGIN)
		return error_set(err, ERROR_SYNTAX, "one that should be an object is none");
	for (;;) {
		if (take(r, &token, err) < 0)
			return -1;
		if (token.type == TOKEN_OBJECT_END)
			return 0;
		if (member(r, &token, err) < 0)
			return -1;
	}
}

static int read_meta_member(struct head_reader *r, const struct token *key, struct error **err)
{
	if (token_is(key, "resourceVersion"))
		return read_text(r, &r->head.resource_version, err);
	if (token_is(key, "continue"))
		return read_text(r, &r->head.continue_token, err);
	if (token_is(key, "remainingItemCount"))
		return read_remaining(r, err);
	return reader_skip(&r->json.reader, err);
}

static int read_list_member(struct head_reader *r, const struct token *key, struct error **err)
{
	if (token_is(key, "kind"))
		return read_text(r, &r->head.kind, err);
	if (token_is(key, "apiVersion"))
		return read_text(r, &r->head.api_version, err);
	if (token_is(key, "metadata"))
		return read_members(r, read_meta_member, err);
	return reader_skip(&r->json.reader, err);
}

static int read_head(struct head_reader *r, struct slice text, struct error **err)
{
	struct token end;
	*r = (struct head_reader){ .arena = ARENA_INIT(2 * LIMIT_LIST_HEAD_BYTES), .head = { .remaining = -1 } };
	json_reader_init(&r->json, text, READER_GO);
	int read = read_members(r, read_list_member, err);
	if (read == 0)
		read = reader_next(&r->json.reader, &end, err);
	json_reader_release(&r->json);
	return read < 0 ? error_context(err, "the list's own fields") : 0;
}

int frame_head_json(struct framer *framer, const char *behind, int offered, struct error **err)
{
	struct head_reader r;
	size_t len = framer->head.len;
	strbuf_add_text(&framer->head, behind);
	if (strbuf_failed(&framer->head, err))
		return -1;
	int done = read_head(&r, strbuf_slice(&framer->head), err);
	strbuf_cut(&framer->head, len);
	r.head.offered = offered;
	if (done == 0)
		done = framer->calls.head(framer->data, &r.head, err);
	arena_release(&r.arena);
	return done;
}

int frame_head_none(struct framer *framer, struct error **err)
{
	struct head_reader r;
	if (read_head(&r, strbuf_slice(&framer->head), err) == 0)
		error_set(err, ERROR_SYNTAX, "byte %" PRIu64 ": no list: %.*s without `items`", framer->offset,
			  SLICE_ARG(r.head.kind.len ? r.head.kind : SLICE("an object")));
	arena_release(&r.arena);
	return -1;
}
