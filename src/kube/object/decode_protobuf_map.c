#include "kube/object/decode_internal.h"

#include "base/protobuf.h"
#include "base/utf8.h"
#include "kube/object/annotation.h"

/* Bytes that are no UTF-8 become U+FFFD, as in the API server's JSON, in which the same text stands. */
static int replace_bad_bytes(struct decoder *d, struct slice text, struct slice *ret_text, struct error **err)
{
	size_t len = 0;
	char *copy = text.len <= SIZE_MAX / 3 ? arena_bytes(d->arena, 3 * text.len) : NULL;
	if (!copy)
		return arena_fail(d->arena, err);
	while (text.len) {
		uint32_t code_point;
		text = slice_part(text, utf8_decode(text, &code_point), text.len);
		len += utf8_encode(code_point, copy + len);
	}
	*ret_text = (struct slice){ copy, len };
	return 0;
}

int decode_protobuf_text(struct decoder *d, struct slice bytes, struct slice *ret_text, struct error **err)
{
	if (!utf8_valid(bytes))
		return replace_bad_bytes(d, bytes, ret_text, err);
	*ret_text = bytes;
	return 0;
}

/* --- maps: entries of {key 1, value 2} --- */
struct map_entry {
	struct slice key, value;
};

static int take_entry(struct decoder *d, const struct protobuf_field *field, struct map_entry *ret_entry,
		      struct error **err)
{
	struct cursor c = protobuf_inside(field);
	struct protobuf_field part;
	int got;
	*ret_entry = (struct map_entry){ SLICE(""), SLICE("") };
	while ((got = protobuf_next(&c, &part, err)) > 0) {
		if (part.type != PROTOBUF_BYTES)
			continue;
		if (part.number == 1)
			ret_entry->key = part.bytes;
		if (part.number == 2)
			ret_entry->value = part.bytes;
	}
	if (got < 0)
		d->dead = (*err)->code != ERROR_NO_MEMORY;
	return got < 0 ? -1 : decode_protobuf_text(d, ret_entry->key, &ret_entry->key, err);
}

static int add_label(struct decoder *d, struct list *list, const struct map_entry *entry, struct error **err)
{
	struct managed_mark *mark = decode_list_push(d, list, sizeof *mark);
	if (!mark)
		return arena_fail(d->arena, err);
	mark->name = entry->key;
	return decode_protobuf_text(d, entry->value, &mark->value, err);
}

/* The bytes themselves, where they lie. */
static int add_data(struct decoder *d, struct list *list, const struct map_entry *entry, struct error **err)
{
	struct data_value *value = decode_list_push(d, list, sizeof *value);
	if (!value)
		return arena_fail(d->arena, err);
	value->key = entry->key;
	value->token = (struct token){ .type = TOKEN_STRING, .plain = true, .text = entry->value };
	value->is_text = true;
	return 0;
}

int decode_protobuf_entry(struct decoder *d, const struct member *member, const struct protobuf_field *field,
			  struct list *list, struct error **err)
{
	struct map_entry entry;
	list->present = true;
	if (take_entry(d, field, &entry, err) < 0)
		return -1;
	if (member->type == VALUE_DATA || member->type == VALUE_TEXT_DATA)
		return add_data(d, list, &entry, err);
	if (member->type == VALUE_ANNOTATIONS && !annotation_kept(entry.key))
		return 0;
	return add_label(d, list, &entry, err);
}
