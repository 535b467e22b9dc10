/* The format of libtrust (github.com/docker/libtrust, jsonsign.go): the document with `signatures` put in before its
 * end. Each signature's `protected` is base64url of {"formatLength": how much of the document stood before them,
 * "formatTail": base64url of what stood behind}. */
#include <string.h>

#include "base/base64.h"
#include "model/field.h"
#include "oci/format/document_internal.h"
#include "oci/format/verify.h"

#define SIGNATURES_MAX 64

struct signature {
	struct slice header; /* `protected` */
};

static int take_signature(struct oci_document *document, const struct oci_place *place, const struct token *token,
			  void *field, struct error **err)
{
	static const struct oci_member members[] = {
		OCI_MEMBER("protected", oci_take_text, struct signature, header),
	};
	struct signature *last = field;
	return oci_take_object(document, place, token, OCI_MEMBERS(members), last, err);
}

static int take_signatures(struct oci_document *document, const struct oci_place *place, const struct token *token,
			   void *field, struct error **err)
{
	return oci_take_array(document, place, token, SIGNATURES_MAX, take_signature, field, err);
}

/* RFC 4648, section 5, without padding. 1, 0: none, -1. */
static int decode_url_text(struct slice text, struct arena *arena, struct slice *ret_bytes, struct error **err)
{
	CLEANUP(error_freep) struct error *failure = NULL;
	char *copy = text.data ? arena_bytes(arena, text.len + 1) : NULL;
	if (!copy)
		return text.data ? arena_fail(arena, err) : 0;
	for (size_t i = 0; i < text.len; i++) {
		char byte = text.data[i];
		copy[i] = byte == '-' ? '+' : byte == '_' ? '/' : byte;
	}
	if (base64_decode((struct slice){ copy, text.len }, BASE64_UNPADDED, arena, ret_bytes, &failure) == 0)
		return 1;
	return failure->code == ERROR_SYNTAX ? 0 : error_move(err, &failure);
}

static int read_json(struct slice bytes, struct arena *arena, struct oci_members members, void *into,
		     struct error **err)
{
	struct oci_defects defects = { 0 };
	struct oci_document document = { .arena = arena, .defects = &defects };
	struct slice refused;
	return oci_document_read(&document, bytes, members, into, &refused, err);
}

/* What was signed, put together again. 1, 0: not signed so, -1. */
static int signed_part(struct slice bytes, struct arena *arena, struct slice *ret_part, struct error **err)
{
	struct format {
		int64_t length;
		struct slice tail;
	} format = { INT_UNKNOWN, SLICE_NONE };
	static const struct oci_member top[] = { OCI_MEMBER_WHOLE("signatures", take_signatures) };
	static const struct oci_member header[] = {
		OCI_MEMBER("formatLength", oci_take_size, struct format, length),
		OCI_MEMBER("formatTail", oci_take_text, struct format, tail),
	};
	struct signature signature = { SLICE_NONE };
	struct slice text, tail;
	int got = read_json(bytes, arena, OCI_MEMBERS(top), &signature, err);
	if (got > 0)
		got = decode_url_text(signature.header, arena, &text, err);
	if (got > 0)
		got = read_json(text, arena, OCI_MEMBERS(header), &format, err);
	if (got > 0)
		got = decode_url_text(format.tail, arena, &tail, err);
	if (got <= 0 || format.length < 0 || (uint64_t)format.length > bytes.len)
		return got < 0 ? -1 : 0;
	char *part = arena_bytes(arena, (size_t)format.length + tail.len);
	if (!part)
		return arena_fail(arena, err);
	memcpy(part, bytes.data, (size_t)format.length);
	if (tail.len > 0)
		memcpy(part + format.length, tail.data, tail.len);
	*ret_part = (struct slice){ part, (size_t)format.length + tail.len };
	return 1;
}

int verify_manifest(struct slice digest, struct slice bytes, struct arena *arena, enum verify_result *ret_result,
		    struct slice *ret_content, struct error **err)
{
	struct slice part;
	enum verify_result result;
	if (verify_digest(digest, bytes, &result, err) < 0)
		return -1;
	*ret_content = bytes;
	*ret_result = result;
	if (result != VERIFY_DIFFERENT || !slice_contains(bytes, "\"signatures\""))
		return 0;
	int got = signed_part(bytes, arena, &part, err);
	if (got <= 0)
		return got;
	if (verify_digest(digest, part, &result, err) < 0)
		return -1;
	*ret_result = result;
	if (result == VERIFY_EQUAL)
		*ret_content = part;
	return 0;
}
