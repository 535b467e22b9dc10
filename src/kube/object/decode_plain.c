#include "kube/object/decode_internal.h"

#include "base/time.h"

/* 9000-01-01T00:00:00Z: later times are typing errors or attacks on "newest". */
#define TIME_YEAR_9000 (INT64_C(221845392000) * USEC_PER_SECOND)

/* --- plain values --- */
bool decode_in_document(const struct decoder *d, struct slice text)
{
	uintptr_t start = (uintptr_t)d->reader->document.data, at = (uintptr_t)text.data;
	return at >= start && at + text.len <= start + d->reader->document.len;
}

int decode_take_text(struct decoder *d, const struct token *token, struct slice *ret_text, struct error **err)
{
	if (!token->plain || !decode_in_document(d, token->text))
		return token_copy(token, d->arena, ret_text, err);
	*ret_text = token->text;
	return 0;
}

int decode_text(struct decoder *d, const struct token *token, struct slice *into, struct error **err)
{
	if (token->type != TOKEN_STRING)
		return decode_wrong_type(d, token, "a text", err);
	return decode_take_text(d, token, into, err);
}

int decode_bool(struct decoder *d, const struct token *token, enum flag *into, struct error **err)
{
	if (token->type != TOKEN_BOOL)
		return decode_wrong_type(d, token, "a boolean", err);
	*into = token->boolean ? FLAG_TRUE : FLAG_FALSE;
	return 0;
}

int decode_int(struct decoder *d, const struct token *token, struct optional *into, struct error **err)
{
	long long value;
	if (token->type != TOKEN_NUMBER || token_int(token, &value) < 0)
		return decode_wrong_type(d, token, "a whole number", err);
	*into = (struct optional){ true, value };
	return 0;
}

int decode_keep_time(struct decoder *d, int64_t time, const struct member *member, struct optional *into,
		     struct error **err)
{
	if (time >= TIME_YEAR_9000)
		return decode_fault(d, FAULT_TIME, false, SLICE("a time after the year 9000"), err);
	*into = (struct optional){ true, time };
	if (member->type == VALUE_TIME && time > d->newest)
		d->newest = time;
	return 0;
}

int decode_no_time(struct decoder *d, struct error **err)
{
	return decode_fault(d, FAULT_TIME, false, SLICE("not a time as RFC 3339 has it"), err);
}

int decode_time(struct decoder *d, const struct token *token, const struct member *member, struct optional *into,
		struct error **err)
{
	struct slice text = SLICE_NONE;
	if (token->type != TOKEN_STRING)
		return decode_wrong_type(d, token, "a time", err);
	if (decode_take_text(d, token, &text, err) < 0)
		return -1;
	CLEANUP(error_freep) struct error *why = NULL;
	int64_t time = TIME_UNSET;
	if (time_parse(text, &time, &why) < 0)
		return decode_no_time(d, err);
	return decode_keep_time(d, time, member, into, err);
}

/* --- lists --- */
void *decode_list_push(struct decoder *d, struct list *list, size_t item_size)
{
	void *items = arena_grow(d->arena, list->items, list->len, &list->capacity, item_size);
	if (!items)
		return NULL;
	list->items = items;
	return (char *)items + list->len++ * item_size;
}

void decode_list_start(struct list *list)
{
	*list = (struct list){ .present = true };
}

int decode_json(struct decoder *d, const struct token *begin, struct slice *into, struct error **err)
{
	if (d->reader->ops->lines)
		return decode_wrong_type(d, begin, "JSON", err);
	if (decode_skip_rest(d, begin, err) < 0)
		return -1;
	*into = slice_part(d->reader->document, begin->offset, d->reader->offset - begin->offset);
	return 0;
}

int decode_texts(struct decoder *d, const struct token *begin, struct list *list, struct error **err)
{
	struct token token;
	if (begin->type != TOKEN_ARRAY_BEGIN)
		return decode_wrong_type(d, begin, "a list", err);
	decode_list_start(list);
	for (;;) {
		if (decode_take(d, &token, err) < 0)
			return -1;
		if (token.type == TOKEN_ARRAY_END)
			return 0;
		struct slice *item = decode_list_push(d, list, sizeof *item);
		if (!item)
			return arena_fail(d->arena, err);
		decode_step_into(d, SLICE_NONE, list->len - 1);
		if (token.type != TOKEN_NULL && decode_text(d, &token, item, err) < 0)
			return -1;
		decode_step_out(d);
	}
}
