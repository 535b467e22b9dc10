#include "kube/object/decode_internal.h"

#include "base/json_reader.h"
#include "base/protobuf.h"
#include "base/time.h"

/* Go's zero time, 0001-01-01T00:00:00Z, which its JSON writes as null. */
#define ZERO_TIME_SECONDS INT64_C(-62135596800)

static int decode_fields(struct decoder *d, const struct message *message, struct cursor c, void *into,
			 struct error **err);

static int message_died(struct decoder *d, struct error **err)
{
	d->dead = (*err)->code != ERROR_NO_MEMORY;
	return -1;
}

static int next(struct decoder *d, struct cursor *c, struct protobuf_field *ret_field, struct error **err)
{
	int got = protobuf_next(c, ret_field, err);
	return got < 0 ? message_died(d, err) : got;
}

/* --- plain values --- */
static bool is_kept(const struct member *member, bool empty)
{
	return !empty || member->empty != EMPTY_OMITTED;
}

static int decode_text_field(struct decoder *d, const struct member *member, const struct protobuf_field *field,
			     struct slice *into, struct error **err)
{
	*into = SLICE_NONE;
	return is_kept(member, !field->bytes.len) ? decode_protobuf_text(d, field->bytes, into, err) : 0;
}

static void decode_bool_field(const struct member *member, uint64_t value, enum flag *into)
{
	*into = !is_kept(member, !value) ? FLAG_ABSENT : value ? FLAG_TRUE : FLAG_FALSE;
}

static void decode_int_field(const struct member *member, uint64_t value, struct optional *into)
{
	*into = (struct optional){ 0 };
	if (is_kept(member, !value))
		*into = (struct optional){ true, (int64_t)value };
}

/* Timestamp: {seconds 1, nanos 2}. */
static int take_timestamp(struct decoder *d, const struct protobuf_field *field, int64_t *ret_seconds,
			  int64_t *ret_nanos, struct error **err)
{
	struct cursor c = protobuf_inside(field);
	struct protobuf_field part;
	int got;
	*ret_seconds = *ret_nanos = 0;
	while ((got = next(d, &c, &part, err)) > 0) {
		if (part.number == 1 && part.type == PROTOBUF_NUMBER)
			*ret_seconds = (int64_t)part.value;
		if (part.number == 2 && part.type == PROTOBUF_NUMBER)
			*ret_nanos = (int64_t)part.value;
	}
	return got;
}

static int decode_time_field(struct decoder *d, const struct member *member, const struct protobuf_field *field,
			     struct optional *into, struct error **err)
{
	int64_t seconds, nanos, time;
	*into = (struct optional){ 0 };
	if (take_timestamp(d, field, &seconds, &nanos, err) < 0)
		return -1;
	if (!field->bytes.len || (seconds == ZERO_TIME_SECONDS && !nanos))
		return 0;
	if (nanos < 0 || nanos > 999999999 || __builtin_mul_overflow(seconds, USEC_PER_SECOND, &time) ||
	    __builtin_add_overflow(time, nanos / 1000, &time) || !time_is_valid(time))
		return decode_no_time(d, err);
	return decode_keep_time(d, time, member, into, err);
}

/* --- lists --- */
static int add_text(struct decoder *d, const struct protobuf_field *field, struct list *list, struct error **err)
{
	struct slice *text = decode_list_push(d, list, sizeof *text);
	list->present = true;
	return text ? decode_protobuf_text(d, field->bytes, text, err) : arena_fail(d->arena, err);
}

static int add_object(struct decoder *d, const struct member *member, const struct protobuf_field *field,
		      struct list *list, struct error **err)
{
	void *object = decode_list_push(d, list, member->message->size);
	list->present = true;
	if (!object)
		return arena_fail(d->arena, err);
	decode_step_into(d, SLICE_NONE, list->len - 1);
	if (decode_fields(d, member->message, protobuf_inside(field), object, err) < 0)
		return -1;
	decode_step_out(d);
	return 0;
}

/* --- managedFields --- */
static int has_owned_data(struct slice json, bool *into)
{
	struct json_reader reader;
	struct token token;
	struct error *why = NULL;
	json_reader_init(&reader, json, READER_GO);
	int got = reader_next(&reader.reader, &token, &why);
	bool is_object = got > 0 && token.type == TOKEN_OBJECT_BEGIN;
	while (is_object && (got = reader_next(&reader.reader, &token, &why)) > 0 && token.type == TOKEN_KEY) {
		*into = *into || token_is(&token, "f:data");
		got = reader_skip(&reader.reader, &why);
		if (got < 0)
			break;
	}
	json_reader_release(&reader);
	error_free(why);
	return is_object && got > 0 ? 0 : -1;
}

/* FieldsV1: {raw 1}, whose JSON is read where f:data may be in it. */
static int decode_owned_field(struct decoder *d, const struct protobuf_field *field, bool *into, struct error **err)
{
	struct cursor c = protobuf_inside(field);
	struct protobuf_field raw;
	int got;
	while ((got = next(d, &c, &raw, err)) > 0) {
		if (raw.number != 1 || raw.type != PROTOBUF_BYTES)
			continue;
		*into = false;
		if (!slice_contains(raw.bytes, "f:data") && !slice_contains(raw.bytes, "\\"))
			continue;
		if (has_owned_data(raw.bytes, into) < 0 &&
		    decode_fault(d, FAULT_TYPE, true, SLICE("what stands here is no JSON object"), err) < 0)
			return -1;
	}
	return got;
}

/* --- messages --- */
static int decode_object_field(struct decoder *d, const struct member *member, const struct protobuf_field *field,
			       void **into, struct error **err)
{
	if (!*into && !(*into = arena_zeroed(d->arena, 1, member->message->size)))
		return arena_fail(d->arena, err);
	return decode_fields(d, member->message, protobuf_inside(field), *into, err);
}

/* A field of the type that its member has. */
static int decode_field(struct decoder *d, const struct member *member, const struct protobuf_field *field, void *into,
			struct error **err)
{
	switch (member->type) {
	case VALUE_TEXT:
		return decode_text_field(d, member, field, into, err);
	case VALUE_BOOL:
		decode_bool_field(member, field->value, into);
		return 0;
	case VALUE_INT:
		decode_int_field(member, field->value, into);
		return 0;
	case VALUE_TIME:
	case VALUE_TIME_AHEAD:
		return decode_time_field(d, member, field, into, err);
	case VALUE_TEXTS:
		return add_text(d, field, into, err);
	case VALUE_LABELS:
	case VALUE_ANNOTATIONS:
	case VALUE_DATA:
	case VALUE_TEXT_DATA:
		return decode_protobuf_entry(d, member, field, into, err);
	case VALUE_OWNED_FIELDS:
		return decode_owned_field(d, field, into, err);
	case VALUE_OBJECT:
		return decode_object_field(d, member, field, into, err);
	case VALUE_OBJECTS:
		return add_object(d, member, field, into, err);
	case VALUE_INLINE:
	case VALUE_JSON:
	case VALUE_ITEMS:
		break; /* the first has no place; no message of protobuf has the second */
	}
	return 0;
}

static const char *wire_name(enum protobuf_type type)
{
	return type == PROTOBUF_BYTES ? "bytes" : type == PROTOBUF_NUMBER ? "a number" : "a fixed number";
}

static int wrong_wire_type(struct decoder *d, enum protobuf_type is, enum protobuf_type expected, struct error **err)
{
	struct slice message = arena_printf(d->arena, "%s stands where %s is expected", wire_name(is),
					    expected == PROTOBUF_BYTES ? "bytes" : "a number");
	return message.data ? decode_fault(d, FAULT_TYPE, true, message, err) : arena_fail(d->arena, err);
}

static int decode_member_field(struct decoder *d, const struct member *member, const struct protobuf_field *field,
			       void *into, struct error **err)
{
	bool is_number = member->type == VALUE_BOOL || member->type == VALUE_INT;
	enum protobuf_type expected = is_number ? PROTOBUF_NUMBER : PROTOBUF_BYTES;
	if (member->type == VALUE_INLINE && field->type == PROTOBUF_BYTES)
		return decode_fields(d, member->message, protobuf_inside(field), into, err);
	decode_step_into(d, slice_of(member->name ? member->name : ""), 0);
	int decoded = field->type != expected ? wrong_wire_type(d, field->type, expected, err)
					      : decode_field(d, member, field, (char *)into + member->offset, err);
	if (decoded == 0)
		decode_step_out(d);
	return decoded;
}

/* A message that was encoded without its empty values. */
static void fill_empty(const struct message *message, void *into)
{
	for (size_t i = 0; i < message->member_count; i++) {
		const struct member *member = &message->members[i];
		void *place = (char *)into + member->offset;
		if (member->empty != EMPTY_ALWAYS)
			continue;
		if (member->type == VALUE_TEXT && !((struct slice *)place)->data)
			*(struct slice *)place = SLICE("");
		if (member->type == VALUE_INT)
			((struct optional *)place)->set = true;
	}
}

static const struct member *find_member(const struct message *message, uint32_t number)
{
	for (size_t i = 0; i < message->member_count; i++) {
		if (message->members[i].number == number)
			return &message->members[i];
	}
	return NULL;
}

static int decode_fields(struct decoder *d, const struct message *message, struct cursor c, void *into,
			 struct error **err)
{
	struct protobuf_field field;
	int got;
	fill_empty(message, into);
	while ((got = next(d, &c, &field, err)) > 0) {
		const struct member *member = find_member(message, field.number);
		if (member && decode_member_field(d, member, &field, into, err) < 0)
			return -1;
	}
	return got;
}

int decode_protobuf(struct decoder *d, const struct message *message, struct slice bytes, struct object *ret_object,
		    struct error **err)
{
	*ret_object = (struct object){ 0 };
	d->object = ret_object;
	d->path_len = 0;
	return decode_fields(d, message, cursor_on(bytes), ret_object, err);
}
