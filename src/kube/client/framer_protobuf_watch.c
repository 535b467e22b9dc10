#include "kube/client/framer_internal.h"

#include "base/protobuf.h"
#include "kube/client/framer_unknown.h"

#define LENGTH_BYTES 4
enum { EVENT_TYPE = 1, EVENT_OBJECT = 2, EXTENSION_RAW = 1 };

/* --- one event --- */
static int read_extension(struct cursor c, struct slice *ret_raw, struct error **err)
{
	struct protobuf_field field;
	int got;
	while ((got = protobuf_next(&c, &field, err)) > 0) {
		if (field.number == EXTENSION_RAW && field.type == PROTOBUF_BYTES)
			*ret_raw = field.bytes;
	}
	return got;
}

static int read_event(struct slice frame, struct slice *ret_type, struct slice *ret_body, struct error **err)
{
	struct cursor c = cursor_on(frame);
	struct protobuf_field field;
	int got;
	*ret_type = *ret_body = SLICE_NONE;
	while ((got = protobuf_next(&c, &field, err)) > 0) {
		if (field.type != PROTOBUF_BYTES)
			continue;
		if (field.number == EVENT_TYPE)
			*ret_type = field.bytes;
		if (field.number == EVENT_OBJECT && read_extension(protobuf_inside(&field), ret_body, err) < 0)
			return -1;
	}
	if (got == 0 && (!ret_type->data || !ret_body->data))
		return error_set(err, ERROR_SYNTAX, "it has no type or no object");
	return got;
}

static int deliver(struct framer *framer, struct slice frame, struct error **err)
{
	struct slice type, body, raw;
	struct unknown_type object;
	if (read_event(frame, &type, &body, err) < 0)
		return error_context(err, "event %llu", (unsigned long long)framer->count);
	if (unknown_read(body, &object, &raw, err) < 0)
		return error_context(err, "event %llu: its object", (unsigned long long)framer->count);
	return framer->calls.event(framer->data, type, object.api_version, object.kind, raw.data ? raw : SLICE(""),
				   err);
}

/* --- frames --- */
static int end_event(struct framer *framer, struct slice last, struct error **err)
{
	struct slice frame;
	int whole = frame_item_end(framer, last, &frame, err);
	if (whole <= 0)
		return whole;
	int delivered = deliver(framer, frame, err);
	frame_item_clear(framer);
	return delivered;
}

static int in_event(struct framer *framer, struct cursor *c, struct error **err)
{
	uint32_t *left = &framer->protobuf_watch.left;
	size_t count = *left < cursor_left(c) ? *left : cursor_left(c);
	struct slice part;
	cursor_take_slice(c, count, &part);
	*left -= (uint32_t)count;
	if (*left)
		return frame_item_add(framer, part, err);
	framer->in_event = false;
	return end_event(framer, part, err);
}

static int in_length(struct framer *framer, struct cursor *c, struct error **err)
{
	struct frame_protobuf_watch_state *watch = &framer->protobuf_watch;
	watch->left = watch->left << 8 | (uint32_t)cursor_take(c);
	watch->length_bytes++;
	if (watch->length_bytes < LENGTH_BYTES)
		return 0;
	if (!watch->left)
		return frame_fail(framer, c, "not a watch in protobuf: an event of no bytes", err);
	watch->length_bytes = 0;
	framer->in_event = true;
	return 0;
}

static int feed(struct framer *framer, struct cursor *c, struct error **err)
{
	while (cursor_left(c) > 0) {
		int taken = framer->in_event ? in_event(framer, c, err) : in_length(framer, c, err);
		if (taken < 0)
			return -1;
	}
	return 0;
}

static int end(struct framer *framer, struct error **err)
{
	if (framer->in_event || framer->protobuf_watch.length_bytes)
		return frame_fail_at_end(framer, "the watch breaks off inside an event", err);
	return 0;
}

const struct frame_ops frame_protobuf_watch = { feed, end };
