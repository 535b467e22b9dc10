#include "kube/object/object.h"

#include "base/limits.h"
#include "kube/object/document.h"
#include "kube/object/error_text.h"

int object_context_init(struct object_context *context, struct sink *sink, int64_t read,
			const struct fingerprint_key *key, struct error **err)
{
	*context = (struct object_context){
		.sink = sink,
		.read = read,
		.key = key,
		.scratch = ARENA_INIT(LIMIT_OBJECT_BYTES),
		.kept = ARENA_INIT(LIMIT_WORLD_BYTES),
		.newest = TIME_UNSET,
	};
	return shape_make(&any_object, &context->kept, &context->shape, err);
}

void object_context_release(struct object_context *context)
{
	vec_release(&context->coverage);
	vec_release(&context->scopes);
	map_release(&context->scope_of[0]);
	map_release(&context->scope_of[1]);
	map_release(&context->seen);
	map_release(&context->coverage_of);
	arena_release(&context->scratch);
	arena_release(&context->kept);
}

int object_file_defect(struct object_context *context, const char *code, struct slice place, struct slice message,
		       struct error **err)
{
	struct defect defect;
	record_init(&defect_type, &defect);
	defect.object_kind = SLICE("File");
	defect.namespace = SLICE("");
	defect.object = context->file.data ? context->file : SLICE("");
	defect.code = slice_of(code);
	defect.place = place.data ? place : SLICE("");
	defect.file = defect.object;
	defect.message = message;
	defect.blocks_pulls = BOOL_FALSE;
	context->defects++;
	if (!context->lost_file.data && strcmp(code, "ignored") != 0 &&
	    arena_copy(&context->kept, defect.object, &context->lost_file) < 0)
		return arena_fail(&context->kept, err);
	return context->sink->ops->put(context->sink, context->read, &defect_type, &defect, err);
}

/* --- what is no object --- */
static int put_scalar(struct document *document, const struct token *token, struct error **err)
{
	struct object_context *context = document->context;
	char text[64];
	if (token->type == TOKEN_NULL && document->reader->ops->lines)
		return 0; /* nothing between two `---` of YAML */
	struct slice place = slice_of(reader_place(document->reader, token->offset, text));
	if (token->type == TOKEN_STRING && token->plain && error_text_likely(token->text))
		return error_text_put(context, token->text, place, err);
	return object_file_defect(context, "not_an_object", place, SLICE("neither an object nor a list of them"), err);
}

/* --- a document that dies --- */
/* A document that was cut ends without its last bracket, or the reader came to its very end. */
static bool is_truncated(const struct reader *reader)
{
	struct slice text = slice_trim(reader->document);
	size_t end = text.data ? (size_t)(text.data - reader->document.data) + text.len : 0;
	return reader->offset >= end || !(slice_ends_with(text, "}") || slice_ends_with(text, "]"));
}

static int put_death(struct document *document, size_t start, const struct error *why, struct error **err)
{
	struct object_context *context = document->context;
	struct reader *reader = document->reader;
	struct slice rest = slice_trim(slice_part(reader->document, start, reader->document.len));
	char text[64];
	struct slice place = slice_of(reader_place(reader, reader->offset, text));
	if (error_text_likely(rest))
		return error_text_put(context, rest, place, err);
	return object_file_defect(context, is_truncated(reader) ? "truncated" : "bad_document", place,
				  slice_of(why->message), err);
}

static int document_died(struct document *document, size_t start, size_t first_scope, struct error **err)
{
	struct object_context *context = document->context;
	CLEANUP(error_freep) struct error *why = *err;
	struct coverage_list lists = { context, true, first_scope };
	*err = NULL;
	if (put_death(document, start, why, err) < 0)
		return -1;
	struct slice text = arena_printf(&context->scratch, "%.*s: %s", SLICE_ARG(context->file), why->message);
	if (!text.data)
		return arena_fail(&context->scratch, err);
	return coverage_break_list(&lists, text, err) < 0 ? -1 : 1;
}

/* --- reading --- */
/* `jq .items` leaves a bare array. It may have been filtered, so it is as good as so many single objects. */
static int read_array(struct object_list *singles, struct error **err)
{
	struct document *document = singles->document;
	struct decoder decoder = { .reader = document->reader, .arena = &document->context->scratch };
	singles->decoder = &decoder;
	int read = read_items(singles, err);
	document->dead = document->dead || decoder.dead;
	return read;
}

static int read_value(struct document *document, const struct token *token, struct error **err)
{
	struct object_list singles = { .document = document, .coverage = { document->context, false, 0 } };
	if (token->type == TOKEN_OBJECT_BEGIN)
		return read_object(&singles, &document->context->scratch, token->offset, err);
	if (token->type == TOKEN_ARRAY_BEGIN)
		return read_array(&singles, err);
	return put_scalar(document, token, err);
}

/* The value and the end of its document. */
static int read_document(struct document *document, struct error **err)
{
	struct token token;
	int got = reader_next(document->reader, &token, err);
	if (got > 0) {
		if (read_value(document, &token, err) < 0)
			return -1;
		document_passed(document);
		got = reader_next(document->reader, &token, err);
	}
	if (got < 0)
		document->dead = (*err)->code != ERROR_NO_MEMORY;
	return got < 0 ? -1 : 0;
}

int object_read(struct reader *reader, struct object_context *context, struct error **err)
{
	struct document document = { .context = context, .reader = reader };
	size_t start = reader->offset, first_scope = context->scopes.len;
	int read = read_document(&document, err);
	if (read < 0 && document.dead)
		read = document_died(&document, start, first_scope, err);
	arena_clear(&context->scratch);
	return read;
}
