#include "base/json_reader.h"

#include "base/key_watch_internal.h"

/* What may come next. Which bracket is open, `objects` and the depth tell. */
enum state {
	STATE_START, /* a document's value */
	STATE_FIRST, /* the first element or member, or the end: just opened */
	STATE_VALUE, /* a member's value: its key was given */
	STATE_AFTER, /* a comma and another element or member, or the end */
	STATE_COMMA, /* an element or member: the comma was read */
	STATE_DONE,  /* nothing: the document is complete */
	STATE_DEAD,  /* nothing, ever */
};

static struct json_reader *json_of(struct reader *r)
{
	return (struct json_reader *)r;
}

static bool in_object(const struct json_reader *json)
{
	unsigned level = json->reader.depth - 1;
	return json->reader.depth > 0 && (json->objects[level / 8] >> level % 8 & 1);
}

/* The end of the innermost object or array stands at the cursor. */
static inline bool at_end(const struct json_reader *json)
{
	int byte = cursor_peek(&json->scan.cursor);
	if (byte != '}' && byte != ']') /* nearly always */
		return false;
	bool may_end = json->state == STATE_FIRST || json->state == STATE_AFTER;
	return may_end && byte == (in_object(json) ? '}' : ']');
}

static int die(struct json_reader *json, struct error **err)
{
	char place[64];
	json->state = STATE_DEAD;
	json->reader.offset = cursor_offset(&json->scan.cursor);
	if (*err)
		return error_context(err, "%s", reader_place(&json->reader, json->reader.offset, place));
	return error_set(err, json->scan.code, "%s: %s", reader_place(&json->reader, json->reader.offset, place),
			 json->scan.problem);
}

static int stay_dead(struct error **err)
{
	return error_set(err, ERROR_SYNTAX, "the document was given up after an error");
}

/* 1, with reader.offset set to where the cursor came. */
static int arrive(struct json_reader *json, enum state state)
{
	json->state = (unsigned char)state;
	json->reader.offset = cursor_offset(&json->scan.cursor);
	return 1;
}

static int arrive_behind_value(struct json_reader *json)
{
	return arrive(json, json->reader.depth > 0 ? STATE_AFTER : STATE_DONE);
}

static int next_open(struct json_reader *json, struct token *token, struct error **err)
{
	unsigned level = json->reader.depth;
	unsigned char bit = (unsigned char)(1u << level % 8);
	bool object = cursor_peek(&json->scan.cursor) == '{';
	if (level >= LIMIT_JSON_DEPTH) {
		json_scan_fail(&json->scan, ERROR_LIMIT, "nested too deeply");
		return die(json, err);
	}
	cursor_skip(&json->scan.cursor, 1);
	json->objects[level / 8] = (unsigned char)((json->objects[level / 8] & ~bit) | (object ? bit : 0));
	json->reader.depth++;
	token->type = object ? TOKEN_OBJECT_BEGIN : TOKEN_ARRAY_BEGIN;
	return arrive(json, STATE_FIRST);
}

static int next_end(struct json_reader *json, struct token *token)
{
	token->type = in_object(json) ? TOKEN_OBJECT_END : TOKEN_ARRAY_END;
	cursor_skip(&json->scan.cursor, 1);
	if (json->keys)
		key_watch_leave(json->keys, json->reader.depth);
	json->reader.depth--;
	return arrive_behind_value(json);
}

static bool scan_text(struct json_reader *json, struct token *token)
{
	if (!json_scan_string(&json->scan, &token->text))
		return false;
	token->plain = !json->scan.escaped && !json->scan.replaced;
	token->replaced = json->scan.replaced;
	return true;
}

/* A string, number or word: false with the scanner's problem. */
static bool scan_scalar(struct json_reader *json, struct token *token)
{
	char letter;
	switch (cursor_peek(&json->scan.cursor)) {
	case '"':
		token->type = TOKEN_STRING;
		return scan_text(json, token);
	case 't':
	case 'f':
	case 'n':
		if (!json_scan_word(&json->scan, &letter))
			return false;
		token->type = letter == 'n' ? TOKEN_NULL : TOKEN_BOOL;
		token->boolean = letter == 't';
		return true;
	case '-':
	case '0' ... '9':
		token->type = TOKEN_NUMBER;
		token->plain = true;
		return json_scan_number(&json->scan, &token->text);
	default:
		return json_scan_fail(&json->scan, ERROR_SYNTAX, "a value is missing");
	}
}

static int next_value(struct json_reader *json, struct token *token, struct error **err)
{
	int byte = cursor_peek(&json->scan.cursor);
	if (byte == '{' || byte == '[')
		return next_open(json, token, err);
	if (!scan_scalar(json, token))
		return die(json, err);
	return arrive_behind_value(json);
}

static int watch_key(struct json_reader *json, struct token *token, struct error **err)
{
	if (!json->keys && !(json->keys = key_watch_new(false)))
		return error_no_memory(err);
	return key_watch_add(json->keys, json->reader.depth, token, err);
}

static bool scan_key(struct json_reader *json, struct token *token)
{
	token->type = TOKEN_KEY;
	if (cursor_peek(&json->scan.cursor) != '"')
		return json_scan_fail(&json->scan, ERROR_SYNTAX, "a key in quotes is missing");
	return scan_text(json, token) && json_scan_separator(&json->scan, ':', "a colon is missing");
}

static int next_key(struct json_reader *json, struct token *token, struct error **err)
{
	if (!scan_key(json, token))
		return die(json, err);
	if ((json->flags & READER_DUPLICATES) && watch_key(json, token, err) < 0)
		return die(json, err);
	return arrive(json, STATE_VALUE);
}

/* Moves to the start of what comes next, over blanks and the comma that is due. */
static inline bool approach(struct json_reader *json)
{
	if (cursor_peek(&json->scan.cursor) <= ' ')
		json_scan_blanks(&json->scan);
	if (json->state != STATE_AFTER || at_end(json))
		return true;
	json->state = STATE_COMMA;
	return json_scan_separator(&json->scan, ',', "a comma or the end of an object or array is missing");
}

static bool key_is_due(const struct json_reader *json)
{
	return json->state != STATE_VALUE && in_object(json);
}

static int json_next(struct reader *r, struct token *ret_token, struct error **err)
{
	struct json_reader *json = json_of(r);
	if (json->state == STATE_DONE)
		return 0;
	if (json->state == STATE_DEAD)
		return stay_dead(err);
	if (!approach(json))
		return die(json, err);
	*ret_token = (struct token){ .offset = cursor_offset(&json->scan.cursor) };
	if (at_end(json))
		return next_end(json, ret_token);
	return key_is_due(json) ? next_key(json, ret_token, err) : next_value(json, ret_token, err);
}

static int json_skip(struct reader *r, struct error **err)
{
	struct json_reader *json = json_of(r);
	struct token key = { 0 };
	if (json->state == STATE_DONE)
		return 0;
	if (json->state == STATE_DEAD)
		return stay_dead(err);
	if (!approach(json))
		return die(json, err);
	if (at_end(json))
		return 0;
	if (key_is_due(json) && next_key(json, &key, err) < 0)
		return -1;
	if (!json_scan_value(&json->scan, r->depth))
		return die(json, err);
	arrive_behind_value(json);
	return 0;
}

static int json_next_document(struct reader *r, struct error **err)
{
	struct json_reader *json = json_of(r);
	if (json->state == STATE_DEAD)
		return stay_dead(err);
	json_scan_blanks(&json->scan);
	if (json->state != STATE_START && json->state != STATE_DONE) {
		json_scan_fail(&json->scan, ERROR_SYNTAX, "the document is not complete");
		return die(json, err);
	}
	if (cursor_left(&json->scan.cursor) == 0)
		return 0;
	return arrive(json, STATE_START);
}

static const struct reader_ops JSON_OPS = {
	.next = json_next,
	.skip_value = json_skip,
	.next_document = json_next_document,
};

void json_reader_init(struct json_reader *json, struct slice document, unsigned flags)
{
	*json = (struct json_reader){
		.reader = { .ops = &JSON_OPS, .document = document },
		.scan = { .cursor = cursor_on(document), .replace = flags & READER_GO },
		.flags = flags,
	};
	if (slice_starts_with(document, "\xEF\xBB\xBF"))
		cursor_skip(&json->scan.cursor, 3);
	json->reader.offset = cursor_offset(&json->scan.cursor);
}

void json_reader_release(struct json_reader *json)
{
	json->keys = key_watch_free(json->keys);
}
