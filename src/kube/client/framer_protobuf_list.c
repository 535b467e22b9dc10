#include "kube/client/framer_internal.h"

#include "base/protobuf.h"
#include "kube/client/framer_unknown.h"

enum { LIST_METADATA = 1, LIST_ITEMS = 2 };
enum { META_RESOURCE_VERSION = 2, META_CONTINUE = 3, META_REMAINING = 4 };

/* What comes next. */
enum step {
	STEP_MAGIC,
	STEP_TAG,
	STEP_NUMBER, /* a varint that nobody wants */
	STEP_LENGTH,
	STEP_CONTENT, /* of the field: `use` says what becomes of it */
};

enum use { USE_NONE, USE_HEAD, USE_ITEM };

static uint64_t place(const struct framer *framer, const struct cursor *c)
{
	return framer->offset + cursor_offset(c);
}

static bool is_in_list(const struct framer *framer)
{
	return framer->protobuf_list.list_end > 0;
}

/* --- the head --- */
static int read_list_meta(struct slice meta, struct list_head *head, struct error **err)
{
	struct cursor c = cursor_on(meta);
	struct protobuf_field field;
	int got;
	while ((got = protobuf_next(&c, &field, err)) > 0) {
		if (field.type == PROTOBUF_BYTES && field.number == META_RESOURCE_VERSION)
			head->resource_version = field.bytes;
		if (field.type == PROTOBUF_BYTES && field.number == META_CONTINUE)
			head->continue_token = field.bytes;
		if (field.type == PROTOBUF_NUMBER && field.number == META_REMAINING && field.value <= INT64_MAX)
			head->remaining = (int64_t)field.value;
	}
	return got < 0 ? error_context(err, "the list's metadata") : 0;
}

static int read_type(const struct framer *framer, struct unknown_type *ret_type, struct error **err)
{
	struct slice type = slice_part(strbuf_slice(&framer->head), 0, framer->protobuf_list.type_bytes);
	return unknown_read_type(type, ret_type, err) < 0 ? error_context(err, "the list's type") : 0;
}

static int tell_head(struct framer *framer, int offered, struct error **err)
{
	struct list_head head = { .remaining = -1, .offered = offered };
	struct slice kept = strbuf_slice(&framer->head);
	struct unknown_type type;
	if (read_type(framer, &type, err) < 0 ||
	    read_list_meta(slice_part(kept, framer->protobuf_list.type_bytes, kept.len), &head, err) < 0)
		return -1;
	head.kind = type.kind;
	head.api_version = type.api_version;
	return framer->calls.head(framer->data, &head, err);
}

static int keep(struct framer *framer, struct slice part, struct error **err)
{
	strbuf_add_slice(&framer->head, part);
	if (!strbuf_failed(&framer->head, err))
		return 0;
	return error_context(err, "what stands around the items of the list");
}

/* --- fields --- */
static int go_to(struct framer *framer, enum step step)
{
	framer->protobuf_list.varint = (struct protobuf_varint){ 0 };
	framer->protobuf_list.step = (unsigned char)step;
	return 0;
}

/* Fields of a list of another kind would pass for items: the text "Failure" of a Status, say. */
static int enter_list(struct framer *framer, const struct cursor *c, uint64_t length, struct error **err)
{
	struct frame_protobuf_list_state *list = &framer->protobuf_list;
	struct unknown_type type;
	if (list->has_list)
		return frame_fail(framer, c, "the list stands twice", err);
	list->type_bytes = framer->head.len;
	if (read_type(framer, &type, err) < 0)
		return -1;
	if (!slice_ends_with(type.kind, "List")) {
		frame_fail(framer, c, "no list", err);
		return error_context(err, "%.*s",
				     SLICE_ARG(type.kind.len ? type.kind : SLICE("an object without a kind")));
	}
	list->has_list = true;
	list->list_end = length ? place(framer, c) + length : 0;
	return go_to(framer, STEP_TAG);
}

static int enter_item(struct framer *framer, struct error **err)
{
	if (framer->protobuf_list.has_items)
		return 0;
	framer->protobuf_list.has_items = true;
	return tell_head(framer, 0, err);
}

static enum use use_of(const struct framer *framer)
{
	const struct frame_protobuf_list_state *list = &framer->protobuf_list;
	if (is_in_list(framer))
		return list->number == LIST_ITEMS ? USE_ITEM : list->number == LIST_METADATA ? USE_HEAD : USE_NONE;
	return list->number == UNKNOWN_TYPE_META && !list->has_list ? USE_HEAD : USE_NONE;
}

/* The field of so many bytes begins at the cursor. */
static int start_content(struct framer *framer, const struct cursor *c, uint64_t length, enum use use,
			 struct error **err)
{
	struct frame_protobuf_list_state *list = &framer->protobuf_list;
	uint64_t end = is_in_list(framer) ? list->list_end : INT64_MAX;
	if (place(framer, c) > end || length > end - place(framer, c))
		return frame_fail(framer, c, "a field is longer than what holds it", err);
	list->left = length;
	list->use = (unsigned char)use;
	if (use == USE_ITEM && enter_item(framer, err) < 0)
		return -1;
	if (use == USE_ITEM && !length)
		return frame_item_deliver(framer, SLICE(""), err) < 0 ? -1 : go_to(framer, STEP_TAG);
	return go_to(framer, length ? STEP_CONTENT : STEP_TAG);
}

/* --- steps --- */
static int magic(struct framer *framer, struct cursor *c, struct error **err)
{
	struct slice magic = UNKNOWN_MAGIC;
	if (cursor_peek(c) != (unsigned char)magic.data[framer->protobuf_list.magic_bytes])
		return frame_fail(framer, c, "not a list in protobuf: it does not begin with k8s and a zero", err);
	cursor_skip(c, 1);
	framer->protobuf_list.magic_bytes++;
	return framer->protobuf_list.magic_bytes == magic.len ? go_to(framer, STEP_TAG) : 0;
}

/* 1: the number is complete. */
static int take_varint(struct framer *framer, struct cursor *c, struct error **err)
{
	int taken = protobuf_varint_take(&framer->protobuf_list.varint, c);
	if (taken < 0)
		return frame_fail(framer, c, "a number of more than 64 bits", err);
	return taken;
}

static int tag(struct framer *framer, struct cursor *c, struct error **err)
{
	struct frame_protobuf_list_state *list = &framer->protobuf_list;
	enum protobuf_type type;
	int taken = take_varint(framer, c, err);
	if (taken <= 0)
		return taken;
	if (!protobuf_tag(list->varint.value, &list->number, &type))
		return frame_fail(framer, c, "no field ends here", err);
	if (type == PROTOBUF_FIXED32 || type == PROTOBUF_FIXED64)
		return start_content(framer, c, type == PROTOBUF_FIXED32 ? 4 : 8, USE_NONE, err);
	return go_to(framer, type == PROTOBUF_NUMBER ? STEP_NUMBER : STEP_LENGTH);
}

static int number(struct framer *framer, struct cursor *c, struct error **err)
{
	int taken = take_varint(framer, c, err);
	return taken <= 0 ? taken : go_to(framer, STEP_TAG);
}

static int length(struct framer *framer, struct cursor *c, struct error **err)
{
	int taken = take_varint(framer, c, err);
	uint64_t length = framer->protobuf_list.varint.value;
	if (taken <= 0)
		return taken;
	if (is_in_list(framer) || framer->protobuf_list.number != UNKNOWN_RAW)
		return start_content(framer, c, length, use_of(framer), err);
	if (length > INT64_MAX - place(framer, c))
		return frame_fail(framer, c, "a field is longer than what holds it", err);
	return enter_list(framer, c, length, err);
}

static int content(struct framer *framer, struct cursor *c, struct error **err)
{
	struct frame_protobuf_list_state *list = &framer->protobuf_list;
	size_t count = list->left < cursor_left(c) ? (size_t)list->left : cursor_left(c);
	struct slice part;
	cursor_take_slice(c, count, &part);
	list->left -= count;
	if (!list->left)
		go_to(framer, STEP_TAG);
	if (list->use == USE_HEAD)
		return keep(framer, part, err);
	if (list->use == USE_NONE)
		return 0;
	return list->left ? frame_item_add(framer, part, err) : frame_item_deliver(framer, part, err);
}

/* --- all of it --- */
typedef int (*take_step)(struct framer *framer, struct cursor *c, struct error **err);
static const take_step steps[] = {
	[STEP_MAGIC] = magic,   [STEP_TAG] = tag,         [STEP_NUMBER] = number,
	[STEP_LENGTH] = length, [STEP_CONTENT] = content,
};

static bool is_between_fields(const struct framer *framer)
{
	return framer->protobuf_list.step == STEP_TAG && !framer->protobuf_list.varint.bits;
}

/* The cursor of one step ends where the list does. */
static struct cursor inside_list(const struct framer *framer, struct cursor c)
{
	uint64_t left = framer->protobuf_list.list_end - place(framer, &c);
	struct cursor inside = c;
	if (left < cursor_left(&c))
		cursor_take_cursor(&c, (size_t)left, &inside);
	return inside;
}

static int step_in_list(struct framer *framer, struct cursor *c, struct error **err)
{
	struct frame_protobuf_list_state *list = &framer->protobuf_list;
	struct cursor inside = inside_list(framer, *c);
	if (steps[list->step](framer, &inside, err) < 0)
		return -1;
	cursor_skip(c, cursor_offset(&inside) - cursor_offset(c));
	if (place(framer, c) < list->list_end)
		return 0;
	if (!is_between_fields(framer))
		return frame_fail(framer, c, "the list ends inside a field", err);
	list->list_end = 0;
	return 0;
}

static int feed(struct framer *framer, struct cursor *c, struct error **err)
{
	while (cursor_left(c) > 0) {
		int taken = is_in_list(framer) ? step_in_list(framer, c, err)
					       : steps[framer->protobuf_list.step](framer, c, err);
		if (taken < 0)
			return -1;
	}
	return 0;
}

static int end(struct framer *framer, struct error **err)
{
	if (!framer->offset)
		return frame_fail_at_end(framer, "not a list in protobuf: it is empty", err);
	if (!is_between_fields(framer) || is_in_list(framer))
		return frame_fail_at_end(framer, "the list breaks off", err);
	if (!framer->protobuf_list.has_list)
		return frame_fail_at_end(framer, "no list: it has no content", err);
	return tell_head(framer, 1, err);
}

const struct frame_ops frame_protobuf_list = { feed, end };
