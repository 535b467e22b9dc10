#include "kube/client/framer_internal.h"

#include "base/ascii.h"
#include "base/json_scan.h"
#include "base/reader.h"

/* What comes next, blanks aside. */
enum step {
	STEP_START,     /* the brace of the list */
	STEP_FIRST_KEY, /* a key, or the brace that closes */
	STEP_KEY,       /* a key: a comma was read */
	STEP_IN_KEY,    /* more of a key */
	STEP_COLON,
	STEP_VALUE,       /* a member's value */
	STEP_IN_VALUE,    /* more of it */
	STEP_AFTER_VALUE, /* a comma, or the brace that closes */
	STEP_FIRST_ITEM,  /* an item, or the bracket that closes */
	STEP_ITEM,        /* an item: a comma was read */
	STEP_IN_ITEM,     /* more of it */
	STEP_AFTER_ITEM,  /* a comma, or the bracket that closes */
	STEP_DONE,
};

static int go_to(struct framer *framer, enum step step)
{
	framer->json_list.step = (unsigned char)step;
	return 0;
}

/* --- the head --- */
static int keep(struct framer *framer, struct slice text, struct error **err)
{
	strbuf_add_slice(&framer->head, text);
	if (!strbuf_failed(&framer->head, err))
		return 0;
	return error_context(err, "what stands around the items of the list");
}

/* The byte at the cursor goes to the head. */
static int keep_byte(struct framer *framer, struct cursor *c, enum step next, struct error **err)
{
	struct slice byte;
	cursor_take_slice(c, 1, &byte);
	go_to(framer, next);
	return keep(framer, byte, err);
}

/* More of a key or value, which goes to the head: 1 at its end. */
static int keep_on(struct framer *framer, struct cursor *c, struct error **err)
{
	struct slice part;
	int passed = frame_scan_part(framer, c, &part, err);
	return passed < 0 || keep(framer, part, err) < 0 ? -1 : passed;
}

static struct slice kept_text(const struct framer *framer)
{
	struct slice head = strbuf_slice(&framer->head);
	return slice_part(head, framer->json_list.text_at, head.len);
}

static int start_text(struct framer *framer, enum step next)
{
	framer->json_list.text_at = framer->head.len;
	frame_scan_start(&framer->scan);
	return go_to(framer, next);
}

/* --- members --- */
static int first_brace(struct framer *framer, struct cursor *c, struct error **err)
{
	if (cursor_peek(c) != '{')
		return frame_fail(framer, c, "not a list in JSON: it does not begin with a brace", err);
	return keep_byte(framer, c, STEP_FIRST_KEY, err);
}

static int next_key(struct framer *framer, struct cursor *c, struct error **err)
{
	if (cursor_peek(c) == '}' && framer->json_list.step == STEP_FIRST_KEY)
		return keep_byte(framer, c, STEP_DONE, err);
	if (cursor_peek(c) != '"')
		return frame_fail(framer, c, "a key in quotes is missing", err);
	return start_text(framer, STEP_IN_KEY);
}

/* Keys may hold escapes. */
static bool is_items(struct slice key)
{
	struct json_scan scan = { .cursor = cursor_on(key), .replace = true };
	struct token token = { .type = TOKEN_KEY };
	return json_scan_string(&scan, &token.text) && token_is(&token, "items");
}

static int in_key(struct framer *framer, struct cursor *c, struct error **err)
{
	struct frame_json_list_state *list = &framer->json_list;
	int passed = keep_on(framer, c, err);
	if (passed <= 0)
		return passed;
	list->at_items = is_items(kept_text(framer));
	if (list->at_items && list->has_items)
		return frame_fail(framer, c, "`items` stands twice", err);
	list->has_items = list->has_items || list->at_items;
	return go_to(framer, STEP_COLON);
}

static int colon(struct framer *framer, struct cursor *c, struct error **err)
{
	if (cursor_peek(c) != ':')
		return frame_fail(framer, c, "a colon is missing", err);
	return keep_byte(framer, c, STEP_VALUE, err);
}

static int start_items(struct framer *framer, struct cursor *c, struct error **err)
{
	if (keep_byte(framer, c, STEP_FIRST_ITEM, err) < 0)
		return -1;
	return frame_head_json(framer, "]}", 0, err);
}

static int value(struct framer *framer, struct cursor *c, struct error **err)
{
	if (framer->json_list.at_items && cursor_peek(c) == '[')
		return start_items(framer, c, err);
	return start_text(framer, STEP_IN_VALUE);
}

static int in_value(struct framer *framer, struct cursor *c, struct error **err)
{
	int passed = keep_on(framer, c, err);
	if (passed <= 0)
		return passed;
	if (framer->json_list.at_items && !slice_equal_text(kept_text(framer), "null"))
		return frame_fail(framer, c, "`items` is no list", err);
	return go_to(framer, STEP_AFTER_VALUE);
}

static int after_value(struct framer *framer, struct cursor *c, struct error **err)
{
	int byte = cursor_peek(c);
	if (byte != ',' && byte != '}')
		return frame_fail(framer, c, "a comma or the brace that closes the list is missing", err);
	return keep_byte(framer, c, byte == ',' ? STEP_KEY : STEP_DONE, err);
}

/* --- items --- */
static int next_item(struct framer *framer, struct cursor *c, struct error **err)
{
	if (cursor_peek(c) == ']' && framer->json_list.step == STEP_FIRST_ITEM)
		return keep_byte(framer, c, STEP_AFTER_VALUE, err);
	frame_scan_start(&framer->scan);
	return go_to(framer, STEP_IN_ITEM);
}

static int in_item(struct framer *framer, struct cursor *c, struct error **err)
{
	struct slice part;
	int passed = frame_scan_part(framer, c, &part, err);
	if (passed <= 0)
		return passed < 0 ? -1 : frame_item_add(framer, part, err);
	return frame_item_deliver(framer, part, err) < 0 ? -1 : go_to(framer, STEP_AFTER_ITEM);
}

static int after_item(struct framer *framer, struct cursor *c, struct error **err)
{
	if (cursor_peek(c) == ']')
		return keep_byte(framer, c, STEP_AFTER_VALUE, err);
	if (cursor_peek(c) != ',')
		return frame_fail(framer, c, "a comma or the bracket that closes `items` is missing", err);
	cursor_skip(c, 1);
	return go_to(framer, STEP_ITEM);
}

static int done(struct framer *framer, struct cursor *c, struct error **err)
{
	return frame_fail(framer, c, "something stands behind the list", err);
}

/* --- all of it --- */
typedef int (*take_step)(struct framer *framer, struct cursor *c, struct error **err);
static const take_step steps[] = {
	[STEP_START] = first_brace,
	[STEP_FIRST_KEY] = next_key,
	[STEP_KEY] = next_key,
	[STEP_IN_KEY] = in_key,
	[STEP_COLON] = colon,
	[STEP_VALUE] = value,
	[STEP_IN_VALUE] = in_value,
	[STEP_AFTER_VALUE] = after_value,
	[STEP_FIRST_ITEM] = next_item,
	[STEP_ITEM] = next_item,
	[STEP_IN_ITEM] = in_item,
	[STEP_AFTER_ITEM] = after_item,
	[STEP_DONE] = done,
};

static bool is_inside(enum step step)
{
	return step == STEP_IN_KEY || step == STEP_IN_VALUE || step == STEP_IN_ITEM;
}

static int feed(struct framer *framer, struct cursor *c, struct error **err)
{
	for (;;) {
		while (!is_inside(framer->json_list.step) && ascii_is_blank(cursor_peek(c)))
			cursor_skip(c, 1);
		if (!cursor_left(c))
			return 0;
		if (steps[framer->json_list.step](framer, c, err) < 0)
			return -1;
	}
}

static int end(struct framer *framer, struct error **err)
{
	if (framer->json_list.step == STEP_START)
		return frame_fail_at_end(framer, "not a list in JSON: it is empty", err);
	if (framer->json_list.step != STEP_DONE)
		return frame_fail_at_end(framer, "the list breaks off", err);
	if (!framer->json_list.has_items)
		return frame_head_none(framer, err);
	return frame_head_json(framer, "", 1, err);
}

const struct frame_ops frame_json_list = { feed, end };
