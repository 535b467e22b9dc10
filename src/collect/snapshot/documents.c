#include "collect/snapshot/documents.h"

#include <string.h>

#include "base/json_reader.h"
#include "base/limits.h"
#include "base/yaml_reader.h"

enum outcome { FAILED = -1, END, READ, BROKEN };

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* What kube/object never saw, because no document began where one should. */
static enum outcome put_bad_start(struct reader *reader, struct object_context *context, struct error **why,
				  struct error **err)
{
	char place[64];
	if ((*why)->code == ERROR_NO_MEMORY)
		return error_move(err, why);
	reader_place(reader, reader->offset, place);
	if (object_file_defect(context, "bad_document", slice_of(place), slice_of((*why)->message), err) < 0)
		return FAILED;
	return BROKEN;
}

static enum outcome read_one(struct reader *reader, struct object_context *context, struct documents_broken *broken,
			     struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	int got = reader_next_document(reader, &why);
	if (got == 0)
		return END;
	if (got > 0)
		got = object_read(reader, context, err);
	else
		got = put_bad_start(reader, context, &why, err);
	if (got <= 0)
		return got < 0 ? FAILED : READ;
	if (broken->count++ == 0)
		reader_place(reader, reader->offset, broken->place);
	return BROKEN;
}

/* A file of noise is given up. 1 when it is. */
static int give_up(const struct documents_broken *broken, struct object_context *context, struct error **err)
{
	if (broken->count < LIMIT_BROKEN_DOCUMENTS)
		return 0;
	if (object_file_defect(context, "too_many_broken", slice_of(broken->place),
			       SLICE("so much of it is broken that the rest was not read"), err) < 0)
		return -1;
	return 1;
}

static void json_start_at(struct json_reader *json, size_t offset)
{
	struct slice document = json->reader.document;
	json_reader_release(json);
	json_reader_init(json, document, READER_GO);
	cursor_skip(&json->scan.cursor, offset - json->reader.offset);
	json->reader.offset = offset;
}

/* `start`: where the first document begins. */
static int read_json(struct slice text, size_t start, struct object_context *context, struct documents_broken *broken,
		     struct error **err)
{
	CLEANUP(json_reader_release) struct json_reader json;
	json_reader_init(&json, text, READER_GO);
	if (start)
		json_start_at(&json, start);
	for (;;) {
		start = json.reader.offset;
		enum outcome outcome = read_one(&json.reader, context, broken, err);
		if (outcome == READ)
			continue;
		if (outcome != BROKEN)
			return outcome;
		int done = give_up(broken, context, err);
		start = content_next_object(text, larger(json.reader.offset, start + 1));
		if (done || start >= text.len)
			return done < 0 ? -1 : 0;
		json_start_at(&json, start);
	}
}

/* Offset of the next line `---`, at `from` or behind it; the length of text when there is none. */
static size_t next_yaml_document(struct slice text, size_t from)
{
	while (from < text.len) {
		struct slice rest = slice_part(text, from, text.len);
		bool at_line = from == 0 || text.data[from - 1] == '\n';
		if (at_line && slice_starts_with(rest, "---"))
			return from;
		const char *newline = memchr(rest.data, '\n', rest.len);
		if (!newline)
			break;
		from = (size_t)(newline - text.data) + 1;
	}
	return text.len;
}

/* Larger than YAML may be: told, and all of it given up. */
static int put_too_large(struct object_context *context, struct documents_broken *broken, struct error **why,
			 struct error **err)
{
	if ((*why)->code != ERROR_LIMIT)
		return error_move(err, why);
	broken->count++;
	snprintf(broken->place, sizeof broken->place, "its start");
	return object_file_defect(context, "too_large", SLICE(""), slice_of((*why)->message), err);
}

/* Reads until the end, or until a document is broken: then 1, and *ret_next is where the next one may begin. */
static int read_yaml_run(struct slice text, size_t start, struct object_context *context,
			 struct documents_broken *broken, size_t *ret_next, struct error **err)
{
	struct slice part = slice_part(text, start, text.len);
	CLEANUP(error_freep) struct error *why = NULL;
	CLEANUP(yaml_reader_freep) struct yaml_reader *yaml = yaml_reader_new(part, start ? READER_PART : 0, &why);
	if (!yaml)
		return put_too_large(context, broken, &why, err);
	struct reader *reader = yaml_reader_reader(yaml);
	size_t document;
	enum outcome outcome;
	do {
		document = reader->offset;
		outcome = read_one(reader, context, broken, err);
	} while (outcome == READ);
	if (outcome != BROKEN)
		return outcome;
	*ret_next = next_yaml_document(text, start + larger(reader->offset, document + 1));
	return 1;
}

/* Places count from where the reader began: behind a broken document the file's name says from where. */
static int name_rest(struct object_context *context, struct slice file, struct slice text, size_t start,
		     struct error **err)
{
	size_t line, column;
	cursor_line(text, start, &line, &column);
	context->file = arena_printf(&context->kept, "%.*s (counted from line %zu)", SLICE_ARG(file), line);
	return context->file.data ? 0 : arena_fail(&context->kept, err);
}

static int read_yaml(struct slice text, struct object_context *context, struct documents_broken *broken,
		     struct error **err)
{
	struct slice file = context->file;
	size_t start = 0;
	for (;;) {
		int result = read_yaml_run(text, start, context, broken, &start, err);
		if (result <= 0)
			return result;
		result = give_up(broken, context, err);
		if (result || start >= text.len)
			return result < 0 ? -1 : 0;
		if (name_rest(context, file, text, start, err) < 0)
			return -1;
	}
}

int documents_read(struct slice text, enum content content, struct object_context *context,
		   struct documents_broken *ret_broken, struct error **err)
{
	struct slice file = context->file;
	*ret_broken = (struct documents_broken){ 0 };
	if (content == CONTENT_YAML) {
		int result = read_yaml(text, context, ret_broken, err);
		context->file = file;
		return result;
	}
	size_t start = content == CONTENT_JSON ? 0 : content_next_object(text, 0);
	return start < text.len ? read_json(text, start, context, ret_broken, err) : 0;
}
