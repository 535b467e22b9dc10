#include "kube/client/framer_internal.h"

#include "base/ascii.h"
#include "base/json_reader.h"

/* Names of event types are shorter. */
#define TYPE_BYTES 64

struct event {
	struct slice type, object;
	char type_text[TYPE_BYTES];
};

/* --- one event --- */
static int read_type(struct reader *r, struct event *event, struct error **err)
{
	struct token token;
	if (reader_next(r, &token, err) < 0)
		return -1;
	if (token.type != TOKEN_STRING || token_decoded_max(&token) > TYPE_BYTES)
		return error_set(err, ERROR_SYNTAX, "its `type` is not the name of one");
	event->type = (struct slice){ event->type_text, token_decode(&token, event->type_text) };
	return 0;
}

static int read_object(struct reader *r, struct event *event, struct error **err)
{
	struct token token;
	if (reader_next(r, &token, err) < 0)
		return -1;
	if (token.type != TOKEN_OBJECT_BEGIN)
		return error_set(err, ERROR_SYNTAX, "its `object` is none");
	if (reader_leave(r, r->depth - 1, err) < 0)
		return -1;
	event->object = slice_part(r->document, token.offset, r->offset - token.offset);
	return 0;
}

static int read_members(struct reader *r, struct event *event, struct error **err)
{
	struct token token;
	if (reader_next(r, &token, err) < 0) /* the brace, which the framer has seen */
		return -1;
	for (;;) {
		if (reader_next(r, &token, err) < 0)
			return -1;
		if (token.type == TOKEN_OBJECT_END)
			return 0;
		int read = token_is(&token, "type")     ? read_type(r, event, err)
			   : token_is(&token, "object") ? read_object(r, event, err)
							: reader_skip(r, err);
		if (read < 0)
			return -1;
	}
}

static int read_event(struct slice text, struct event *ret_event, struct error **err)
{
	struct json_reader json;
	json_reader_init(&json, text, READER_GO);
	int read = read_members(&json.reader, ret_event, err);
	json_reader_release(&json);
	if (read == 0 && (!ret_event->type.data || !ret_event->object.data))
		return error_set(err, ERROR_SYNTAX, "it has no `type` or no `object`");
	return read;
}

static int deliver(struct framer *framer, struct slice text, struct error **err)
{
	struct event event = { 0 };
	if (read_event(text, &event, err) < 0)
		return error_context(err, "event %llu", (unsigned long long)framer->count);
	return framer->calls.event(framer->data, event.type, SLICE_NONE, SLICE_NONE, event.object, err);
}

/* --- all of it --- */
static int end_event(struct framer *framer, struct slice last, struct error **err)
{
	struct slice text;
	int whole = frame_item_end(framer, last, &text, err);
	framer->in_event = false;
	if (whole <= 0)
		return whole;
	int delivered = deliver(framer, text, err);
	frame_item_clear(framer);
	return delivered;
}

static int in_event(struct framer *framer, struct cursor *c, struct error **err)
{
	struct slice part;
	int passed = frame_scan_part(framer, c, &part, err);
	if (passed <= 0)
		return passed < 0 ? -1 : frame_item_add(framer, part, err);
	return end_event(framer, part, err);
}

static int start_event(struct framer *framer, struct cursor *c, struct error **err)
{
	while (ascii_is_blank(cursor_peek(c)))
		cursor_skip(c, 1);
	if (!cursor_left(c))
		return 0;
	if (cursor_peek(c) != '{')
		return frame_fail(framer, c, "not a watch in JSON: an event does not begin with a brace", err);
	framer->in_event = true;
	frame_scan_start(&framer->scan);
	return 0;
}

static int feed(struct framer *framer, struct cursor *c, struct error **err)
{
	while (cursor_left(c) > 0) {
		int taken = framer->in_event ? in_event(framer, c, err) : start_event(framer, c, err);
		if (taken < 0)
			return -1;
	}
	return 0;
}

static int end(struct framer *framer, struct error **err)
{
	return framer->in_event ? frame_fail_at_end(framer, "the watch breaks off inside an event", err) : 0;
}

const struct frame_ops frame_json_watch = { feed, end };
