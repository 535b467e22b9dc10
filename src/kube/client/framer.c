#include "kube/client/framer.h"

#include <inttypes.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/secret.h"
#include "kube/client/framer_internal.h"

/* A buffer that was needed for a larger item is not kept for the next. */
#define KEPT_BYTES (256 * LIMIT_KIB)
#define FIRST_CAPACITY_BYTES (4 * LIMIT_KIB)

int framer_new(enum frame_kind kind, const struct framer_calls *calls, void *data, struct framer **ret_framer,
	       struct error **err)
{
	static const struct frame_ops *const ops[] = {
		[FRAME_JSON_LIST] = &frame_json_list,
		[FRAME_PROTOBUF_LIST] = &frame_protobuf_list,
		[FRAME_JSON_WATCH] = &frame_json_watch,
		[FRAME_PROTOBUF_WATCH] = &frame_protobuf_watch,
	};
	struct framer *framer = mem_alloc_zeroed(1, sizeof *framer);
	if (!framer)
		return error_no_memory(err);
	framer->ops = ops[kind];
	framer->calls = *calls;
	framer->data = data;
	framer->head.max = LIMIT_LIST_HEAD_BYTES;
	*ret_framer = framer;
	return 0;
}

static void release_item(struct frame_item *item)
{
	if (item->data)
		secret_wipe(item->data, item->len);
	mem_free(item->data);
	*item = (struct frame_item){ 0 };
}

struct framer *framer_free(struct framer *framer)
{
	if (!framer)
		return NULL;
	release_item(&framer->item);
	strbuf_release(&framer->head);
	return mem_free(framer);
}

static int stay_dead(struct error **err)
{
	return error_set(err, ERROR_SYNTAX, "the stream was given up after an error");
}

int framer_feed(struct framer *framer, struct slice bytes, struct error **err)
{
	struct cursor c = cursor_on(bytes);
	if (framer->dead)
		return stay_dead(err);
	if (framer->ops->feed(framer, &c, err) < 0) {
		framer->dead = true;
		return -1;
	}
	framer->offset += bytes.len;
	return 0;
}

int framer_end(struct framer *framer, struct error **err)
{
	if (framer->dead)
		return stay_dead(err);
	framer->dead = true;
	return framer->ops->end(framer, err);
}

uint64_t framer_count(const struct framer *framer)
{
	return framer->count;
}

int frame_fail_at_end(const struct framer *framer, const char *problem, struct error **err)
{
	return error_set(err, ERROR_SYNTAX, "byte %" PRIu64 ": %s", framer->offset, problem);
}

int frame_fail(const struct framer *framer, const struct cursor *c, const char *problem, struct error **err)
{
	enum error_code code = problem == FRAME_TOO_DEEP ? ERROR_LIMIT : ERROR_SYNTAX;
	return error_set(err, code, "byte %" PRIu64 ": %s", framer->offset + cursor_offset(c), problem);
}

/* --- items --- */
static int make_room(struct frame_item *item, size_t len, struct error **err)
{
	size_t capacity = item->capacity ? item->capacity : FIRST_CAPACITY_BYTES;
	if (len <= item->capacity)
		return 0;
	while (capacity < len)
		capacity *= 2;
	char *data = mem_alloc(capacity);
	if (!data)
		return error_no_memory(err);
	if (item->len)
		memcpy(data, item->data, item->len);
	struct frame_item grown = { data, item->len, capacity, item->bytes };
	release_item(item);
	*item = grown;
	return 0;
}

int frame_item_add(struct framer *framer, struct slice part, struct error **err)
{
	struct frame_item *item = &framer->item;
	item->bytes += part.len;
	if (!part.len)
		return 0;
	if (item->bytes > LIMIT_ITEM_BYTES) {
		uint64_t bytes = item->bytes;
		release_item(item);
		item->bytes = bytes;
		return 0;
	}
	if (make_room(item, item->len + part.len, err) < 0)
		return -1;
	memcpy(item->data + item->len, part.data, part.len);
	item->len += part.len;
	return 0;
}

int frame_item_end(struct framer *framer, struct slice part, struct slice *ret_item, struct error **err)
{
	struct frame_item *item = &framer->item;
	bool whole = !item->bytes && part.len <= LIMIT_ITEM_BYTES;
	framer->count++;
	if (whole) {
		*ret_item = part;
		return 1;
	}
	if (frame_item_add(framer, part, err) < 0)
		return -1;
	if (item->bytes <= LIMIT_ITEM_BYTES) {
		*ret_item = (struct slice){ item->data, item->len };
		return 1;
	}
	uint64_t bytes = item->bytes;
	frame_item_clear(framer);
	return framer->calls.lost(framer->data, bytes, err) < 0 ? -1 : 0;
}

void frame_item_clear(struct framer *framer)
{
	struct frame_item *item = &framer->item;
	if (item->capacity > KEPT_BYTES)
		release_item(item);
	if (item->len)
		secret_wipe(item->data, item->len);
	item->len = 0;
	item->bytes = 0;
}

int frame_item_deliver(struct framer *framer, struct slice last, struct error **err)
{
	struct slice item;
	int whole = frame_item_end(framer, last, &item, err);
	if (whole <= 0)
		return whole;
	int taken = framer->calls.item(framer->data, item, err);
	frame_item_clear(framer);
	return taken;
}

/* --- values of JSON --- */
int frame_scan_part(struct framer *framer, struct cursor *c, struct slice *ret_part, struct error **err)
{
	struct cursor from = *c;
	const char *problem;
	int passed = frame_scan_on(&framer->scan, c, &problem);
	if (passed < 0)
		return frame_fail(framer, c, problem, err);
	cursor_take_slice(&from, cursor_offset(c) - cursor_offset(&from), ret_part);
	return passed;
}
