#include "kube/object/stream.h"

#include "base/ascii.h"
#include "base/json_reader.h"
#include "base/limits.h"
#include "base/protobuf.h"
#include "base/strbuf.h"
#include "kube/object/decode.h"
#include "kube/object/error_text.h"

#define MAGIC SLICE("k8s\0")
#define PROTOBUF SLICE("application/vnd.kubernetes.protobuf")

/* --- metav1.Status --- */
static int decode_json_status(struct decoder *d, struct slice body, struct object *ret_object, struct error **err)
{
	struct json_reader json;
	struct token token;
	if (shape_make(&any_status_error, d->arena, &d->shape, err) < 0)
		return -1;
	json_reader_init(&json, body, READER_GO);
	d->reader = &json.reader;
	int decoded = decode_take(d, &token, err);
	if (decoded == 0 && token.type != TOKEN_OBJECT_BEGIN)
		decoded = error_set(err, ERROR_SYNTAX, "no object");
	if (decoded == 0)
		decoded = decode_object(d, ret_object, err);
	json_reader_release(&json);
	return decoded;
}

/* runtime.Unknown: {typeMeta 1 {kind 2}, raw 2}. */
static int take_unknown(struct slice body, struct slice *ret_kind, struct slice *ret_raw, struct error **err)
{
	struct cursor c = cursor_on(slice_part(body, MAGIC.len, body.len));
	struct protobuf_field field, part;
	int got, inner = 0;
	while ((got = protobuf_next(&c, &field, err)) > 0) {
		struct cursor type = protobuf_inside(&field);
		if (field.number == 2 && field.type == PROTOBUF_BYTES)
			*ret_raw = field.bytes;
		while (field.number == 1 && (inner = protobuf_next(&type, &part, err)) > 0) {
			if (part.number == 2 && part.type == PROTOBUF_BYTES)
				*ret_kind = part.bytes;
		}
		if (inner < 0)
			return -1;
	}
	return got;
}

static int decode_bare_status(struct decoder *d, struct slice message, struct object *ret_object, struct error **err)
{
	if (decode_protobuf(d, kind_message_of(SLICE(""), SLICE("Status")), message, ret_object, err) < 0)
		return -1;
	if (!ret_object->message.len && !ret_object->reason.len && !ret_object->code.set)
		return error_set(err, ERROR_SYNTAX, "it says nothing");
	ret_object->kind = SLICE("Status");
	return 0;
}

static int decode_protobuf_status(struct decoder *d, struct slice body, struct object *ret_object, struct error **err)
{
	struct slice kind = SLICE_NONE, raw = SLICE_NONE;
	if (take_unknown(body, &kind, &raw, err) < 0)
		return -1;
	if (!slice_equal_text(kind, "Status"))
		return error_set(err, ERROR_SYNTAX, "no Status");
	return decode_bare_status(d, raw, ret_object, err);
}

static int decode_any_status(struct decoder *d, struct slice body, struct slice content_type, struct object *ret_object,
			     struct error **err)
{
	if (slice_equal(slice_part(body, 0, MAGIC.len), MAGIC))
		return decode_protobuf_status(d, body, ret_object, err);
	if (slice_equal(content_type, PROTOBUF))
		return decode_bare_status(d, body, ret_object, err);
	return decode_json_status(d, body, ret_object, err);
}

/* 1: *ret_object is a Status. 0: the body is none. */
static int decode_status(struct decoder *d, struct slice body, struct slice content_type, struct object *ret_object,
			 struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	if (decode_any_status(d, body, content_type, ret_object, &why) < 0)
		return error_is_of_input(why) ? 0 : error_move(err, &why);
	return !d->fatal && slice_equal_text(ret_object->kind, "Status");
}

/* --- as a line --- */
static int show(struct slice text, struct arena *arena, struct slice *ret_line, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	if (!text.len)
		return 0;
	if (error_text_add_line(&line, text, arena, err) < 0)
		return -1;
	return arena_copy(arena, strbuf_slice(&line), ret_line) < 0 ? arena_fail(arena, err) : 0;
}

/* What stands in <title>, of a page that a proxy wrote; else the text itself. */
static struct slice title_of(struct slice page)
{
	static const char tag[] = "<title>";
	for (size_t at = 0; at + strlen(tag) < page.len; at++) {
		struct slice title, behind;
		if (!slice_equal_nocase(slice_part(page, at, strlen(tag)), SLICE("<title>")))
			continue;
		slice_cut(slice_part(page, at + strlen(tag), page.len), '<', &title, &behind);
		if (slice_trim(title).len)
			return title;
	}
	return page;
}

static int keep_status(const struct object *object, struct arena *arena, struct status_text *ret_status,
		       struct error **err)
{
	struct slice token = object->metadata ? object->metadata->continue_token : SLICE_NONE;
	ret_status->is_status = true;
	ret_status->code = object->code.set ? object->code.value : 0;
	if (show(object->reason, arena, &ret_status->reason, err) < 0 ||
	    show(object->message.len ? object->message : object->reason, arena, &ret_status->message, err) < 0)
		return -1;
	return arena_copy(arena, token, &ret_status->continue_token) < 0 ? arena_fail(arena, err) : 0;
}

int object_read_status(struct slice body, struct slice content_type, struct arena *arena,
		       struct status_text *ret_status, struct error **err)
{
	struct object object;
	struct decoder decoder = { .arena = arena, .newest = TIME_UNSET };
	struct status_text status = { .message = SLICE("") };
	int is_status = decode_status(&decoder, body, content_type, &object, err);
	if (is_status < 0)
		return -1;
	int kept = is_status ? keep_status(&object, arena, &status, err)
			     : show(title_of(body), arena, &status.message, err);
	if (kept == 0)
		*ret_status = status;
	return kept;
}
