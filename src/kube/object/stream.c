#include "kube/object/stream.h"

#include <inttypes.h>

#include "base/alloc.h"
#include "base/json_reader.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "kube/object/api_path.h"
#include "kube/object/coverage.h"
#include "kube/object/decode.h"
#include "kube/object/records.h"

#define ALL SLICE("*")

struct object_stream {
	struct object_context *context;
	struct object_list_about about;
	const struct known_kind *known; /* NULL: not built in */
	const struct message *message;  /* of protobuf; NULL: the kind has none */
	struct strbuf label;
	struct object_stream_last last; /* in the arena */
	struct arena last_arena;
	int64_t objects, taken, bad;
	struct strbuf why; /* what the first bad one was */
};

/* --- opening --- */
/* Of other kinds, records that come from a whole object would say "none" where nothing was read. */
static bool may_be_metadata(const struct object_list_about *about, const struct known_kind *known)
{
	return !about->metadata_only || (known && (known->put == put_secret || known->put == put_namespace));
}

/* The kind does not count as absent. */
static int note_kind(struct object_stream *stream, struct error **err)
{
	struct slice kind = stream->about.kind, group = stream->about.group;
	strbuf_add_slice(&stream->label, kind);
	if (!stream->known && group.len)
		strbuf_addf(&stream->label, ".%.*s", SLICE_ARG(group));
	if (strbuf_failed(&stream->label, err))
		return -1;
	struct object_coverage *coverage = coverage_kind(stream->context, strbuf_slice(&stream->label), err);
	if (!coverage)
		return -1;
	coverage->known = true;
	return 0;
}

int object_stream_open(struct object_context *context, const struct object_list_about *about,
		       struct object_stream **ret_stream, struct error **err)
{
	const struct known_kind *known = known_kind_of(about->kind, about->group, true);
	if (!may_be_metadata(about, known))
		return error_set(err, ERROR_UNSUPPORTED, "%.*s: records cannot be made of its metadata alone",
				 SLICE_ARG(about->kind));
	struct object_stream *stream = mem_alloc_zeroed(1, sizeof *stream);
	if (!stream)
		return error_no_memory(err);
	stream->context = context;
	stream->about = *about;
	stream->known = known;
	stream->message = about->metadata_only ? &partial_object_metadata : kind_message_of(about->group, about->kind);
	stream->label = (struct strbuf)STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	stream->why = (struct strbuf)STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	stream->last_arena = (struct arena)ARENA_INIT(LIMIT_OBJECT_BYTES);
	if (note_kind(stream, err) < 0) {
		object_stream_free(stream);
		return -1;
	}
	*ret_stream = stream;
	return 0;
}

struct object_stream *object_stream_free(struct object_stream *stream)
{
	if (!stream)
		return NULL;
	strbuf_release(&stream->label);
	strbuf_release(&stream->why);
	arena_release(&stream->last_arena);
	return mem_free(stream);
}

/* --- the object last taken --- */
static void forget_last(struct object_stream *stream)
{
	arena_clear(&stream->last_arena);
	stream->last = (struct object_stream_last){ 0 };
}

static int keep_last(struct object_stream *stream, const struct object_meta *meta, struct error **err)
{
	struct arena *arena = &stream->last_arena;
	struct object_stream_last *last = &stream->last;
	if (!meta)
		return 0;
	if (arena_copy(arena, meta->namespace, &last->namespace) < 0 ||
	    arena_copy(arena, meta->name, &last->name) < 0 || arena_copy(arena, meta->uid, &last->uid) < 0 ||
	    arena_copy(arena, meta->resource_version, &last->resource_version) < 0)
		return arena_fail(arena, err);
	return 0;
}

const struct object_stream_last *object_stream_last(const struct object_stream *stream)
{
	return &stream->last;
}

int64_t object_stream_objects(const struct object_stream *stream)
{
	return stream->objects;
}

/* --- what is wrong with it --- */
static int count_bad(struct object_stream *stream, struct slice path, const char *code, struct error **err)
{
	stream->context->defects++;
	stream->bad++;
	if (stream->bad > 1)
		return 0;
	strbuf_addf(&stream->why, "%.*s: %s", SLICE_ARG(path), code);
	return strbuf_failed(&stream->why, err) ? -1 : 0;
}

/* An item of which no more is known than what `last` holds. */
static int put_lost(struct object_stream *stream, const char *code, struct slice message, struct error **err)
{
	struct object_context *context = stream->context;
	const struct object_stream_last *last = &stream->last;
	struct slice listed = slice_equal(stream->about.namespace, ALL) ? SLICE("") : stream->about.namespace;
	struct defect defect;
	record_init(&defect_type, &defect);
	defect.object_kind = strbuf_slice(&stream->label);
	defect.namespace = last->namespace.len ? last->namespace : listed;
	defect.object = last->name.data ? last->name : SLICE("");
	defect.object_uid = last->uid;
	defect.code = slice_of(code);
	defect.place = arena_printf(&context->scratch, "item %" PRId64, stream->taken);
	defect.message = message;
	defect.blocks_pulls = BOOL_FALSE;
	if (!defect.place.data)
		return arena_fail(&context->scratch, err);
	if (api_path(&stream->about, defect.namespace, defect.object, &context->scratch, &defect.file, err) < 0 ||
	    count_bad(stream, defect.file, code, err) < 0)
		return -1;
	return context->sink->ops->put(context->sink, context->read, &defect_type, &defect, err);
}

int object_stream_lost(struct object_stream *stream, const char *code, struct slice message, struct error **err)
{
	forget_last(stream);
	int put = put_lost(stream, code, message, err);
	stream->taken++;
	arena_clear(&stream->context->scratch);
	return put;
}

/* After decoding or putting it failed with *err: 0 when that is the item's own fault, which is then a defect. */
static int lose(struct object_stream *stream, struct decoder *decoder, struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	bool too_large = (*err)->code == ERROR_LIMIT && !decoder->dead;
	if (!too_large && !(decoder->dead && error_is_of_input(*err)))
		return -1;
	why = *err;
	*err = NULL;
	if (decoder->object && !stream->last.name.data && keep_last(stream, decoder->object->metadata, err) < 0)
		return -1;
	decoder_release(decoder);
	arena_clear(decoder->arena);
	if (too_large)
		return put_lost(stream, "too_large", SLICE("larger than any object may be"), err);
	return put_lost(stream, "bad_document", slice_of(why->message), err);
}

/* --- putting it --- */
static int put_item(struct object_stream *stream, struct item *item, const struct decoder *decoder, struct error **err)
{
	const char *code;
	put_records put = records_of(item, stream->known, decoder->fatal);
	if (put) {
		struct slice path;
		if (item_check(item, decoder, &code, err) < 0)
			return -1;
		if (code)
			return item_place(item, &path, err) < 0 ? -1 : count_bad(stream, path, code, err);
		item_note_deletion(item);
	}
	stream->objects++;
	stream->context->objects++;
	return put ? put(item, err) : 0;
}

static int put_object(struct object_stream *stream, const struct decoder *decoder, struct object *object,
		      struct error **err)
{
	struct object_context *context = stream->context;
	struct item item;
	if (decoder->newest > context->newest)
		context->newest = decoder->newest;
	item_start(&item, context, decoder->arena, object);
	item.about = &stream->about;
	item.kind = stream->about.kind;
	item.group = stream->about.group;
	if (keep_last(stream, object->metadata, err) < 0 || item_identify(&item, stream->known, err) < 0)
		return -1;
	return put_item(stream, &item, decoder, err);
}

/* --- JSON --- */
static int decode_json(struct decoder *decoder, struct object *ret_object, struct error **err)
{
	struct token token;
	if (decode_take(decoder, &token, err) < 0)
		return -1;
	if (token.type != TOKEN_OBJECT_BEGIN) {
		decoder->dead = true;
		return error_set(err, ERROR_SYNTAX, "an item that is no object");
	}
	if (decode_object(decoder, ret_object, err) < 0)
		return -1;
	int behind = reader_next(decoder->reader, &token, err);
	if (behind == 0)
		behind = reader_next_document(decoder->reader, err);
	decoder->dead = behind != 0;
	return behind > 0 ? error_set(err, ERROR_SYNTAX, "something stands behind the object") : behind;
}

/* --- taking it --- */
static void start_taking(struct object_stream *stream, struct decoder *ret_decoder)
{
	struct object_context *context = stream->context;
	*ret_decoder = (struct decoder){ .arena = &context->scratch, .shape = context->shape, .newest = TIME_UNSET };
	forget_last(stream);
}

/* decoded: what decoding gave. */
static int end_taking(struct object_stream *stream, struct decoder *decoder, int decoded, struct object *object,
		      struct error **err)
{
	int taken = decoded < 0 ? -1 : put_object(stream, decoder, object, err);
	if (taken < 0)
		taken = lose(stream, decoder, err);
	decoder_release(decoder);
	stream->taken++;
	arena_clear(&stream->context->scratch);
	return taken;
}

int object_stream_json(struct object_stream *stream, struct slice item, struct error **err)
{
	struct json_reader json;
	struct object object;
	struct decoder decoder;
	start_taking(stream, &decoder);
	json_reader_init(&json, item, READER_GO);
	decoder.reader = &json.reader;
	int taken = end_taking(stream, &decoder, decode_json(&decoder, &object, err), &object, err);
	json_reader_release(&json);
	return taken;
}

int object_stream_protobuf(struct object_stream *stream, struct slice item, struct error **err)
{
	struct object object;
	struct decoder decoder;
	if (!stream->message)
		return object_stream_lost(stream, "bad_document", SLICE("protobuf of a kind that has none"), err);
	start_taking(stream, &decoder);
	int decoded = decode_protobuf(&decoder, stream->message, item, &object, err);
	return end_taking(stream, &decoder, decoded, &object, err);
}

/* --- closing --- */
static bool is_whole(struct slice outcome)
{
	return slice_equal_text(outcome, "complete") || slice_equal_text(outcome, "mixed") ||
	       slice_equal_text(outcome, "metadata");
}

void object_stream_judge(const struct object_stream *stream, struct object_stream_end *end)
{
	if (!stream->bad || !is_whole(end->outcome))
		return;
	end->outcome = SLICE("partial");
	end->why = strbuf_slice(&stream->why);
}

static int put_coverage(struct object_stream *stream, const struct object_stream_end *end, struct error **err)
{
	struct object_context *context = stream->context;
	struct coverage coverage;
	record_init(&coverage_type, &coverage);
	coverage.read = context->read;
	coverage.kind = strbuf_slice(&stream->label);
	coverage.namespace = stream->about.namespace;
	coverage.subtype = stream->about.subtype;
	coverage.outcome = end->outcome;
	coverage.why = end->why;
	coverage.objects = stream->objects;
	return context->sink->ops->put(context->sink, context->read, &coverage_type, &coverage, err);
}

int object_stream_close(struct object_stream *stream, const struct object_stream_end *end, struct error **err)
{
	struct object_stream_end judged = *end;
	object_stream_judge(stream, &judged);
	int put = put_coverage(stream, &judged, err);
	object_stream_free(stream);
	return put;
}
