#include "kube/object/document.h"

#include "base/limits.h"

void document_passed(const struct document *document)
{
	const struct object_context *context = document->context;
	if (context->after_object)
		context->after_object(context->after_object_data, document->reader);
}

/* Kinds of lists end so; a custom kind with a name of its own may, too (`AllowList`). */
static bool is_list(const struct object *object)
{
	bool named = object->metadata && object->metadata->name.len;
	if (object->kind.len && !slice_ends_with(object->kind, "List"))
		return false;
	return object->has_items || (object->kind.len && !object->spec && !named);
}

static int leave(struct document *document, unsigned depth, struct error **err)
{
	if (reader_leave(document->reader, depth, err) == 0)
		return 0;
	document->dead = (*err)->code != ERROR_NO_MEMORY;
	return -1;
}

/* An object larger than any may be is lost, and the next one read. `decoder` has read it, or as far as it came. */
static int lose(struct object_list *list, struct decoder *decoder, size_t offset, struct error **err)
{
	if ((*err)->code != ERROR_LIMIT)
		return -1;
	*err = error_free(*err);
	decoder_release(decoder);
	arena_clear(decoder->arena);
	return put_lost_item(list, offset, "too_large", SLICE("larger than any object may be"), err);
}

/* After decoding failed: -1 to end the reading, 0 to go on behind the object, which `depth` levels deep is open. */
static int read_on(struct object_list *list, struct decoder *decoder, unsigned depth, size_t offset, struct error **err)
{
	if (list->document->dead || lose(list, decoder, offset, err) < 0)
		return -1;
	return leave(list->document, depth - 1, err);
}

static int pass_over_items(struct object_list *list, struct error **err)
{
	return leave(list->document, list->document->reader->depth - 1, err);
}

static int refuse_items(struct object_list *list, struct error **err)
{
	if (pass_over_items(list, err) < 0)
		return -1;
	return put_lost_item(list, list->offset, "nested_lists", SLICE("lists in lists in lists: not read so deep"),
			     err);
}

/* What was read of the list lies in the document, whose pages may be given back while the items are read. */
static int keep_own_fields(struct object *list, struct arena *arena, struct error **err)
{
	struct object_meta *meta = list->metadata;
	struct slice *texts[] = { &list->kind, &list->api_version, meta ? &meta->name : NULL,
				  meta ? &meta->namespace : NULL };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (texts[i] && arena_copy(arena, *texts[i], texts[i]) < 0)
			return arena_fail(arena, err);
	}
	return 0;
}

static int start_items(void *data, struct object *object, struct error **err)
{
	struct object_list *list = data;
	if (object->kind.len && !slice_ends_with(object->kind, "List"))
		return pass_over_items(list, err);
	if (list->depth > LIST_DEPTH)
		return refuse_items(list, err);
	if (keep_own_fields(object, list->decoder->arena, err) < 0)
		return -1;
	list->object = object;
	list->coverage.first_scope = list->coverage.context->scopes.len;
	int read = read_items(list, err);
	list->failed = read < 0;
	return read;
}

int read_object(struct object_list *list, struct arena *arena, size_t offset, struct error **err)
{
	struct document *document = list->document;
	unsigned depth = document->reader->depth;
	struct object object;
	struct object_list inner = {
		.document = document,
		.coverage = { document->context, true, document->context->scopes.len },
		.depth = list->depth + 1,
		.offset = offset,
	};
	CLEANUP(decoder_release)
	struct decoder decoder = {
		.reader = document->reader,
		.arena = arena,
		.shape = document->context->shape,
		.items = start_items,
		.items_data = &inner,
		.newest = TIME_UNSET,
	};
	inner.decoder = &decoder;
	int decoded = decode_object(&decoder, &object, err);
	document->dead = document->dead || decoder.dead;
	if (decoded < 0)
		return inner.failed ? -1 : read_on(list, &decoder, depth, offset, err);
	if (decoder.newest > document->context->newest)
		document->context->newest = decoder.newest;
	int put = is_list(&object) ? put_list(&inner, &object, err) : put_object(list, &decoder, &object, offset, err);
	list->lost = list->lost || inner.lost;
	return put < 0 ? lose(list, &decoder, offset, err) : 0;
}

static int read_item(struct object_list *list, struct arena *arena, const struct token *token, struct error **err)
{
	if (token->type == TOKEN_OBJECT_BEGIN)
		return read_object(list, arena, token->offset, err);
	if (token->type == TOKEN_ARRAY_BEGIN && leave(list->document, list->document->reader->depth - 1, err) < 0)
		return -1;
	return put_lost_item(list, token->offset, "not_an_object", SLICE("an item that is no object"), err);
}

int read_items(struct object_list *list, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);
	struct token token;
	for (;;) {
		if (decode_take(list->decoder, &token, err) < 0)
			return -1;
		if (token.type == TOKEN_ARRAY_END)
			return 0;
		if (read_item(list, &arena, &token, err) < 0)
			return -1;
		arena_clear(&arena);
		document_passed(list->document);
	}
}
