/* Protocol buffers from outside, one field at a time, over whole messages.
 *
 *     struct cursor c = cursor_on(message);
 *     struct protobuf_field field;
 *     int got;
 *     while ((got = protobuf_next(&c, &field, err)) > 0) {
 *             if (field.number == 2 && field.type == PROTOBUF_BYTES)
 *                     ... field.bytes, or struct cursor inner = protobuf_inside(&field) for a message in it ...
 *     }
 *
 * Nothing is copied. A field that is not wanted was passed over already. Numbers and lengths are checked against what
 * is left; groups, which no API of ours has, are refused, so that nothing nests but by the caller. Source: Protocol
 * Buffers documentation, "Encoding".
 */
#ifndef FOTHER_BASE_PROTOBUF_H
#define FOTHER_BASE_PROTOBUF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/error.h"

/* As on the wire. */
enum protobuf_type {
	PROTOBUF_NUMBER = 0, /* a varint: integers, enums, booleans */
	PROTOBUF_FIXED64 = 1,
	PROTOBUF_BYTES = 2, /* strings, bytes, messages */
	PROTOBUF_FIXED32 = 5,
};

struct protobuf_field {
	uint32_t number; /* from 1 */
	enum protobuf_type type;
	uint64_t value;     /* NUMBER, FIXED32, FIXED64 (little-endian) */
	struct slice bytes; /* BYTES: data is never NULL */
	size_t offset;      /* of bytes in the outermost range */
};

/* 1: a field. 0: the message ended. -1: ERROR_SYNTAX with the byte in the outermost range. */
int protobuf_next(struct cursor *c, struct protobuf_field *ret_field, struct error **err);

/* The message in a BYTES field: places count on from the outermost range. */
static inline struct cursor protobuf_inside(const struct protobuf_field *field)
{
	struct cursor c = cursor_on(field->bytes);
	c.base = field->offset;
	return c;
}

/* --- for those who read in pieces --- */
#define PROTOBUF_NUMBER_MAX ((UINT32_C(1) << 29) - 1)

/* A varint that may be cut anywhere; zeroes at its start. */
struct protobuf_varint {
	uint64_t value;
	unsigned bits; /* read so far */
};

/* 1: complete. 0: the cursor ended before. -1: longer than 64 bits. */
static inline int protobuf_varint_take(struct protobuf_varint *varint, struct cursor *c)
{
	int byte;
	while ((byte = cursor_take(c)) >= 0) {
		if (varint->bits == 63 && byte > 1)
			return -1;
		varint->value |= (uint64_t)(byte & 0x7F) << varint->bits;
		varint->bits += 7;
		if (byte < 0x80)
			return 1;
	}
	return 0;
}

/* What a tag says; false: no tag of ours (a group, a number out of range). */
static inline bool protobuf_tag(uint64_t tag, uint32_t *ret_number, enum protobuf_type *ret_type)
{
	unsigned type = tag & 7;
	if (tag >> 3 < 1 || tag >> 3 > PROTOBUF_NUMBER_MAX || type == 3 || type == 4 || type > 5)
		return false;
	*ret_number = (uint32_t)(tag >> 3);
	*ret_type = (enum protobuf_type)type;
	return true;
}

#endif
