#include "support/protobuf.h"

#include "base/limits.h"

void protobuf_add_varint(struct strbuf *out, uint64_t value)
{
	for (; value > 0x7F; value >>= 7)
		strbuf_add_char(out, (char)(value | 0x80));
	strbuf_add_char(out, (char)value);
}

void protobuf_add_tag(struct strbuf *out, uint32_t number, unsigned wire_type)
{
	protobuf_add_varint(out, (uint64_t)number << 3 | wire_type);
}

void protobuf_add_number(struct strbuf *out, uint32_t number, uint64_t value)
{
	protobuf_add_tag(out, number, 0);
	protobuf_add_varint(out, value);
}

void protobuf_add_bytes(struct strbuf *out, uint32_t number, struct slice bytes)
{
	protobuf_add_tag(out, number, 2);
	protobuf_add_varint(out, bytes.len);
	strbuf_add_slice(out, bytes);
}

/* As the API server writes it, with the empty fields at its end. */
void protobuf_add_unknown(struct strbuf *out, const char *api_version, const char *kind, struct slice raw)
{
	CLEANUP(strbuf_release) struct strbuf type = STRBUF_INIT(LIMIT_MIB);
	protobuf_add_bytes(&type, 1, slice_of(api_version));
	protobuf_add_bytes(&type, 2, slice_of(kind));
	strbuf_add(out, "k8s", 4);
	protobuf_add_bytes(out, 1, strbuf_slice(&type));
	protobuf_add_bytes(out, 2, raw);
	protobuf_add_bytes(out, 3, SLICE(""));
	protobuf_add_bytes(out, 4, SLICE(""));
}
