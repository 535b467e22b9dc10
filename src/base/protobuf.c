#include "base/protobuf.h"

static int fail(size_t offset, const char *problem, struct error **err)
{
	return error_set(err, ERROR_SYNTAX, "byte %zu: %s", offset, problem);
}

static int take_varint(struct cursor *c, uint64_t *ret_value, struct error **err)
{
	struct protobuf_varint varint = { 0 };
	size_t offset = cursor_offset(c);
	int taken = protobuf_varint_take(&varint, c);
	if (taken < 0)
		return fail(offset, "a number of more than 64 bits", err);
	if (taken == 0)
		return fail(offset, "the message ends inside a number", err);
	*ret_value = varint.value;
	return 0;
}

static int take_bytes(struct cursor *c, struct protobuf_field *field, struct error **err)
{
	size_t offset = cursor_offset(c);
	uint64_t len;
	if (take_varint(c, &len, err) < 0)
		return -1;
	field->offset = cursor_offset(c);
	if (len > cursor_left(c) || !cursor_take_slice(c, (size_t)len, &field->bytes))
		return fail(offset, "a field is longer than what holds it", err);
	return 0;
}

static int take_fixed(struct cursor *c, unsigned count, uint64_t *ret_value, struct error **err)
{
	if (cursor_left(c) < count)
		return fail(cursor_offset(c), "the message ends inside a number", err);
	*ret_value = 0;
	for (unsigned i = 0; i < count; i++)
		*ret_value |= (uint64_t)cursor_take(c) << 8 * i;
	return 0;
}

static int take_value(struct cursor *c, struct protobuf_field *field, struct error **err)
{
	switch (field->type) {
	case PROTOBUF_NUMBER:
		return take_varint(c, &field->value, err);
	case PROTOBUF_FIXED64:
		return take_fixed(c, 8, &field->value, err);
	case PROTOBUF_FIXED32:
		return take_fixed(c, 4, &field->value, err);
	case PROTOBUF_BYTES:
		break;
	}
	return take_bytes(c, field, err);
}

int protobuf_next(struct cursor *c, struct protobuf_field *ret_field, struct error **err)
{
	size_t offset = cursor_offset(c);
	uint64_t tag;
	if (!cursor_left(c))
		return 0;
	*ret_field = (struct protobuf_field){ 0 };
	if (take_varint(c, &tag, err) < 0)
		return -1;
	if (!protobuf_tag(tag, &ret_field->number, &ret_field->type))
		return fail(offset, "no field begins here", err);
	return take_value(c, ret_field, err) < 0 ? -1 : 1;
}
