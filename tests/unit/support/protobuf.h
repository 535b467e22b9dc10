/* Writes protocol buffers, for tests of those who read them.
 *
 *     protobuf_add_bytes(&out, 1, SLICE("name"));
 *     protobuf_add_number(&out, 6, 403);
 */
#ifndef FOTHER_TESTS_UNIT_SUPPORT_PROTOBUF_H
#define FOTHER_TESTS_UNIT_SUPPORT_PROTOBUF_H

#include <stdint.h>

#include "base/strbuf.h"

void protobuf_add_varint(struct strbuf *out, uint64_t value);
void protobuf_add_tag(struct strbuf *out, uint32_t number, unsigned wire_type);
void protobuf_add_number(struct strbuf *out, uint32_t number, uint64_t value);
void protobuf_add_bytes(struct strbuf *out, uint32_t number, struct slice bytes);
/* "k8s\0" and a runtime.Unknown. */
void protobuf_add_unknown(struct strbuf *out, const char *api_version, const char *kind, struct slice raw);

#endif
