#include "kube/client/framer_unknown.h"

#include "base/protobuf.h"

static int read_type(struct cursor c, struct unknown_type *ret_type, struct error **err)
{
	struct protobuf_field field;
	int got;
	while ((got = protobuf_next(&c, &field, err)) > 0) {
		if (field.type != PROTOBUF_BYTES)
			continue;
		if (field.number == 1)
			ret_type->api_version = field.bytes;
		if (field.number == 2)
			ret_type->kind = field.bytes;
	}
	return got;
}

int unknown_read_type(struct slice type_meta, struct unknown_type *ret_type, struct error **err)
{
	*ret_type = (struct unknown_type){ 0 };
	return read_type(cursor_on(type_meta), ret_type, err);
}

int unknown_read(struct slice body, struct unknown_type *ret_type, struct slice *ret_raw, struct error **err)
{
	struct cursor c = cursor_on(body);
	struct protobuf_field field;
	struct slice magic;
	int got;
	*ret_type = (struct unknown_type){ 0 };
	*ret_raw = SLICE_NONE;
	if (!cursor_take_slice(&c, UNKNOWN_MAGIC.len, &magic) || !slice_equal(magic, UNKNOWN_MAGIC))
		return error_set(err, ERROR_SYNTAX, "it does not begin with k8s and a zero");
	while ((got = protobuf_next(&c, &field, err)) > 0) {
		if (field.type != PROTOBUF_BYTES)
			continue;
		if (field.number == UNKNOWN_TYPE_META && read_type(protobuf_inside(&field), ret_type, err) < 0)
			return -1;
		if (field.number == UNKNOWN_RAW)
			*ret_raw = field.bytes;
	}
	return got;
}
