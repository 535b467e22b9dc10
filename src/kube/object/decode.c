#include "kube/object/decode.h"

#include "kube/object/decode_internal.h"

/* Names of members that we know are shorter. */
#define NAME_BYTES 64

static int decode_members(struct decoder *d, const struct shape *shape, void *into, struct error **err);

static int decode_objects(struct decoder *d, const struct token *begin, const struct shape *shape, struct list *list,
			  struct error **err)
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
		void *item = decode_list_push(d, list, shape->message->size);
		if (!item)
			return arena_fail(d->arena, err);
		decode_step_into(d, SLICE_NONE, list->len - 1);
		int decoded = 0;
		if (token.type == TOKEN_OBJECT_BEGIN)
			decoded = decode_members(d, shape, item, err);
		else if (token.type != TOKEN_NULL)
			decoded = decode_wrong_type(d, &token, "an object", err);
		if (decoded < 0)
			return -1;
		decode_step_out(d);
	}
}

/* --- managedFields --- */
/* {"f:data": {...}, "f:type": {}}: whether f:data is among them. */
static int decode_owned_fields(struct decoder *d, const struct token *begin, bool *into, struct error **err)
{
	struct token key;
	if (begin->type != TOKEN_OBJECT_BEGIN)
		return decode_wrong_type(d, begin, "an object", err);
	for (;;) {
		if (decode_take(d, &key, err) < 0)
			return -1;
		if (key.type == TOKEN_OBJECT_END)
			return 0;
		*into = *into || token_is(&key, "f:data");
		if (decode_skip(d, err) < 0)
			return -1;
	}
}

/* --- objects --- */
static int decode_child(struct decoder *d, const struct token *token, const struct shape *shape, void **into,
			struct error **err)
{
	if (token->type != TOKEN_OBJECT_BEGIN)
		return decode_wrong_type(d, token, "an object", err);
	if (!*into && !(*into = arena_zeroed(d->arena, 1, shape->message->size)))
		return arena_fail(d->arena, err);
	return decode_members(d, shape, *into, err);
}

static int decode_items(struct decoder *d, const struct token *token, bool *into, struct error **err)
{
	*into = true;
	if (token->type != TOKEN_ARRAY_BEGIN)
		return decode_wrong_type(d, token, "a list", err);
	if (!d->items)
		return decode_skip_rest(d, token, err);
	return d->items(d->items_data, d->object, err);
}

static int decode_value(struct decoder *d, const struct shape_member *known, const struct token *token, void *into,
			struct error **err)
{
	switch (known->member->type) {
	case VALUE_TEXT:
		return decode_text(d, token, into, err);
	case VALUE_BOOL:
		return decode_bool(d, token, into, err);
	case VALUE_INT:
		return decode_int(d, token, into, err);
	case VALUE_TIME:
	case VALUE_TIME_AHEAD:
		return decode_time(d, token, known->member, into, err);
	case VALUE_TEXTS:
		return decode_texts(d, token, into, err);
	case VALUE_LABELS:
		return decode_labels(d, token, into, err);
	case VALUE_ANNOTATIONS:
		return decode_annotations(d, token, into, err);
	case VALUE_DATA:
		return decode_data(d, token, into, err);
	case VALUE_TEXT_DATA:
		return decode_text_data(d, token, into, err);
	case VALUE_OWNED_FIELDS:
		return decode_owned_fields(d, token, into, err);
	case VALUE_JSON:
		return decode_json(d, token, into, err);
	case VALUE_OBJECT:
		return decode_child(d, token, known->shape, into, err);
	case VALUE_OBJECTS:
		return decode_objects(d, token, known->shape, into, err);
	case VALUE_ITEMS:
		return decode_items(d, token, into, err);
	case VALUE_INLINE:
		break; /* shapes hold none */
	}
	return 0;
}

/* The member that a key names, or NULL. */
static const struct shape_member *find_member(const struct shape *shape, const struct token *key)
{
	char name[NAME_BYTES];
	if (key->plain)
		return shape_find(shape, key->text);
	if (token_decoded_max(key) > sizeof name)
		return NULL;
	return shape_find(shape, (struct slice){ name, token_decode(key, name) });
}

static int decode_member(struct decoder *d, const struct shape_member *known, bool again, void *into,
			 struct error **err)
{
	struct token token;
	decode_step_into(d, known->name, 0);
	if (again && decode_fault(d, FAULT_DUPLICATE, false, SLICE("stands twice; the last one counts"), err) < 0)
		return -1;
	if (decode_take(d, &token, err) < 0)
		return -1;
	if (token.type != TOKEN_NULL && decode_value(d, known, &token, (char *)into + known->member->offset, err) < 0)
		return -1;
	decode_step_out(d);
	return 0;
}

static int decode_members(struct decoder *d, const struct shape *shape, void *into, struct error **err)
{
	uint64_t seen = 0;
	struct token key;
	for (;;) {
		if (decode_take(d, &key, err) < 0)
			return -1;
		if (key.type == TOKEN_OBJECT_END)
			return 0;
		const struct shape_member *known = find_member(shape, &key);
		if (!known) {
			if (decode_skip(d, err) < 0)
				return -1;
			continue;
		}
		uint64_t bit = UINT64_C(1) << (known - shape->members);
		if (decode_member(d, known, seen & bit, into, err) < 0)
			return -1;
		seen |= bit;
	}
}

int decode_object(struct decoder *d, struct object *ret_object, struct error **err)
{
	*ret_object = (struct object){ 0 };
	d->object = ret_object;
	d->path_len = 0;
	return decode_members(d, d->shape, ret_object, err);
}
