/* One run of `fother collect`: its lists go through the same streams as those of a live cluster, and what they cover is
 * what the manifest says of them, if their files are what the manifest says. */
#include "base/alloc.h"
#include "base/json_reader.h"
#include "base/limits.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "collect/frozen/frozen_manifest.h"
#include "collect/snapshot/cluster_read_internal.h"
#include "collect/snapshot/runs.h"
#include "kube/object/stream.h"

#define CHANGED "changed"
#define NOT_ITS_HASH "it was changed after it was written: its SHA-256 is not that of the manifest"
#define NOT_ITS_OBJECTS "another number of objects could be read than the manifest says"
#define NOT_OF_METADATA "of metadata alone, of which no records can be made"
#define NOT_ITS_SIZE "it was changed after it was written: its size is not that of the manifest"

/* --- which row a file is of --- */
static const struct frozen_manifest *manifest_of(const struct cluster_read *read)
{
	return &read->run->manifest;
}

static const struct frozen_list_row *list_row(const struct cluster_read *read, size_t index)
{
	return (const struct frozen_list_row *)manifest_of(read)->lists.items + index;
}

static const struct frozen_file_row *file_row(const struct cluster_read *read, size_t index)
{
	return (const struct frozen_file_row *)manifest_of(read)->files.items + index;
}

/* Rows are numbered: lists first, then other files. */
static size_t row_count(const struct cluster_read *read)
{
	return manifest_of(read)->lists.len + manifest_of(read)->files.len;
}

static bool is_list(const struct cluster_read *read, size_t row)
{
	return row < manifest_of(read)->lists.len;
}

static struct slice row_file(const struct cluster_read *read, size_t row)
{
	return is_list(read, row) ? list_row(read, row)->file
				  : file_row(read, row - manifest_of(read)->lists.len)->file;
}

int run_read_begin(struct cluster_read *read, struct error **err)
{
	size_t count = row_count(read);
	read->row_seen = mem_alloc_zeroed(count + 1, 1);
	if (!read->row_seen)
		return error_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		struct slice file = row_file(read, i);
		if (!file.data)
			continue;
		void **place = map_put(&read->row_of, file);
		if (!place)
			return error_no_memory(err);
		if (!*place) /* of two rows with one file the second has none: it is missing then */
			*place = (void *)(uintptr_t)(i + 1);
	}
	return 0;
}

void run_read_release(struct cluster_read *read)
{
	map_release(&read->row_of);
	read->row_seen = mem_free(read->row_seen);
}

/* --- its bytes --- */
/* NULL, or what is wrong with them. */
static const char *problem_of(struct slice text, int64_t bytes, struct slice sha256, struct error **err)
{
	char hash[SHA256_TEXT_BYTES];
	if (bytes == INT_UNKNOWN)
		return NULL; /* no manifest says */
	if ((int64_t)text.len != bytes)
		return NOT_ITS_SIZE;
	if (sha256_of(text, hash, err) < 0)
		return NULL;
	return slice_equal_text(sha256, hash) ? NULL : NOT_ITS_HASH;
}

/* *ret_problem: NULL, or why the file is not what it was; it was told then. */
static int verify(struct cluster_read *read, size_t row, struct slice text, const char **ret_problem,
		  struct error **err)
{
	if (is_list(read, row)) {
		const struct frozen_list_row *list = list_row(read, row);
		*ret_problem = problem_of(text, list->bytes, list->sha256, err);
	} else {
		const struct frozen_file_row *file = file_row(read, row - manifest_of(read)->lists.len);
		*ret_problem = problem_of(text, file->bytes, file->sha256, err);
	}
	if (*err)
		return -1;
	return *ret_problem ? cluster_read_defect(read, CHANGED, slice_of(*ret_problem), err) : 0;
}

/* --- the items of a list --- */
struct items {
	struct cluster_read *read;
	struct object_stream *stream;
	struct json_reader json;
	bool dead;   /* the document is: what stood before was read */
	bool failed; /* the sink or memory */
};

static int next(struct items *items, struct token *ret_token, struct error **err)
{
	int got = reader_next(&items->json.reader, ret_token, err);
	if (got == 0)
		error_set(err, ERROR_SYNTAX, "it ends too early");
	items->dead = got <= 0;
	return got > 0 ? 0 : -1;
}

static int not_a_list(struct items *items, struct error **err)
{
	items->dead = true;
	return error_set(err, ERROR_SYNTAX, "no list");
}

static int leave(struct items *items, const struct token *begin, struct error **err)
{
	struct reader *reader = &items->json.reader;
	bool opened = begin->type == TOKEN_OBJECT_BEGIN || begin->type == TOKEN_ARRAY_BEGIN;
	items->dead = opened && reader_leave(reader, reader->depth - 1, err) < 0;
	return items->dead ? -1 : 0;
}

static int take_item(struct items *items, const struct token *begin, struct error **err)
{
	struct reader *reader = &items->json.reader;
	if (leave(items, begin, err) < 0)
		return -1;
	struct slice item = slice_part(reader->document, begin->offset, reader->offset - begin->offset);
	if (object_stream_json(items->stream, item, err) < 0) {
		items->failed = true;
		return -1;
	}
	cluster_read_passed(items->read, reader->offset);
	return 0;
}

static int read_items(struct items *items, struct error **err)
{
	struct token token;
	for (;;) {
		if (next(items, &token, err) < 0)
			return -1;
		if (token.type == TOKEN_ARRAY_END)
			return 0;
		if (take_item(items, &token, err) < 0)
			return -1;
	}
}

/* What stands behind the list, or in place of its items. */
static int read_list(struct items *items, struct error **err)
{
	struct token token;
	bool found = false;
	if (next(items, &token, err) < 0)
		return -1;
	if (token.type != TOKEN_OBJECT_BEGIN)
		return not_a_list(items, err);
	for (;;) {
		if (next(items, &token, err) < 0)
			return -1;
		if (token.type == TOKEN_OBJECT_END)
			break;
		bool is_items = token_is(&token, "items");
		if (next(items, &token, err) < 0)
			return -1;
		if (is_items && (found || token.type != TOKEN_ARRAY_BEGIN))
			return not_a_list(items, err);
		found = found || is_items;
		if ((is_items ? read_items(items, err) : leave(items, &token, err)) < 0)
			return -1;
	}
	int more = reader_next(&items->json.reader, &token, err);
	if (more == 0)
		more = reader_next_document(&items->json.reader, err);
	items->dead = more != 0 || !found;
	if (more > 0)
		return error_set(err, ERROR_SYNTAX, "something stands behind the list");
	return items->dead && !*err ? not_a_list(items, err) : -items->dead;
}

/* The document died: what stands in it is told, with its place. */
static int put_broken(struct items *items, const struct error *why, struct error **err)
{
	struct cluster_read *read = items->read;
	struct reader *reader = &items->json.reader;
	char place[64];
	cluster_read_add_reason(read, read->context.file, why->message);
	return object_file_defect(&read->context, reader->offset >= reader->document.len ? "truncated" : "bad_document",
				  slice_of(reader_place(reader, reader->offset, place)), slice_of(why->message), err);
}

/* *ret_broken: NULL, or why it was not read to its end. */
static int read_document(struct cluster_read *read, struct object_stream *stream, struct slice text,
			 struct error **ret_broken, struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	struct items items = { .read = read, .stream = stream };
	json_reader_init(&items.json, text, READER_GO);
	int result = read_list(&items, &why);
	bool broken = result < 0 && !items.failed && items.dead && why->code != ERROR_NO_MEMORY;
	if (broken)
		result = put_broken(&items, why, err);
	else if (result < 0)
		error_move(err, &why);
	json_reader_release(&items.json);
	if (broken && result == 0)
		*ret_broken = TAKE_PTR(why);
	return result;
}

/* --- a list --- */
static bool is_whole(struct slice outcome)
{
	return slice_equal_text(outcome, "complete") || slice_equal_text(outcome, "mixed") ||
	       slice_equal_text(outcome, "metadata");
}

static struct object_list_about about_of(const struct frozen_list_row *row)
{
	return (struct object_list_about){
		.kind = row->kind,
		.group = row->group,
		.version = row->version,
		.resource = row->resource,
		.namespace = row->namespace,
		.subtype = row->subtype,
		.metadata_only = row->metadata_only == BOOL_TRUE,
	};
}

/* Why the list is less than the manifest says, in place of what it says. */
static void degrade(const struct frozen_list_row *row, const struct object_stream *stream, const char *problem,
		    struct strbuf *why, struct object_stream_end *end)
{
	if (!is_whole(end->outcome))
		return;
	utf8_add_printable(why, row->file.data ? row->file : row->resource);
	strbuf_addf(why, ": %s", problem);
	end->outcome = object_stream_objects(stream) ? SLICE("partial") : SLICE("failed");
	end->why = strbuf_slice(why);
}

/* What came out of the file itself. NULL, or what is wrong with it. */
static const char *problem_of_items(const struct frozen_list_row *row, const struct object_stream *stream)
{
	struct object_stream_end end = { .outcome = row->outcome };
	object_stream_judge(stream, &end);
	if (is_whole(row->outcome) && !is_whole(end.outcome))
		return end.why.data;
	bool all = row->objects == INT_UNKNOWN || object_stream_objects(stream) == row->objects;
	return all ? NULL : NOT_ITS_OBJECTS;
}

/* With what the manifest says it covered, if nothing went wrong since. problem: NULL, or what did, and was told. */
static int close_list(struct cluster_read *read, const struct frozen_list_row *row, struct object_stream *stream,
		      const char *problem, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf why = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	struct object_stream_end end = { .outcome = row->outcome, .why = row->why };
	if (!problem && (problem = problem_of_items(row, stream)))
		cluster_read_add_reason(read, row->file.data ? row->file : row->resource, problem);
	if (problem)
		degrade(row, stream, problem, &why, &end);
	return object_stream_close(stream, &end, err);
}

/* *ret_problem: NULL, or why none of its items can be read. */
static int open_list(struct cluster_read *read, const struct frozen_list_row *row, struct object_list_about *ret_about,
		     struct object_stream **ret_stream, const char **ret_problem, struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	*ret_about = about_of(row);
	*ret_problem = NULL;
	if (object_stream_open(&read->context, ret_about, ret_stream, &why) == 0)
		return 0;
	if (why->code != ERROR_UNSUPPORTED)
		return error_move(err, &why);
	*ret_problem = NOT_OF_METADATA;
	cluster_read_add_reason(read, row->file.data ? row->file : row->resource, *ret_problem);
	ret_about->metadata_only = false;
	return object_stream_open(&read->context, ret_about, ret_stream, err);
}

/* text not there: without a file, or without what should be in it, for a reason that was told. */
static int put_list(struct cluster_read *read, const struct frozen_list_row *row, struct slice text,
		    const char *problem, struct error **err)
{
	CLEANUP(error_freep) struct error *broken = NULL;
	struct object_list_about about;
	struct object_stream *stream = NULL;
	const char *unreadable;
	if (open_list(read, row, &about, &stream, &unreadable, err) < 0)
		return -1;
	if (text.data && !unreadable && read_document(read, stream, text, &broken, err) < 0) {
		object_stream_free(stream);
		return -1;
	}
	if (!problem)
		problem = broken ? broken->message : unreadable;
	return close_list(read, row, stream, problem, err);
}

/* --- files --- */
static int put_stranger(struct cluster_read *read, const struct dump_file *file, struct error **err)
{
	const struct frozen_run *run = read->run;
	struct slice name = run_file_name(run, file->path);
	if (slice_equal_text(name, FROZEN_MANIFEST_NAME) && run->damage_code)
		return cluster_read_defect(read, run->damage_code, run->damage, err);
	if (slice_equal_text(name, FROZEN_MANIFEST_NAME) && run->whole && !read->manifest_seen) {
		read->manifest_seen = true;
		return 0;
	}
	if (!run->whole && slice_equal_text(name, FROZEN_VERSION_NAME))
		return 0;
	return object_file_defect(&read->context, "not_in_manifest", SLICE(""),
				  run->whole ? SLICE("the manifest does not name it: not read")
					     : SLICE("no list of this run: not read"),
				  err);
}

static int read_row(struct cluster_read *read, size_t row, const struct dump_file *file, struct file_bytes *bytes,
		    struct error **err)
{
	struct slice text = bytes ? file_slice(bytes) : SLICE("");
	const char *problem = NULL;
	bool unreadable = file->content == CONTENT_UNREADABLE;
	read->row_seen[row] = 1;
	if (unreadable) {
		problem = file->why.data;
		if (cluster_read_defect(read, file->code, file->why, err) < 0)
			return -1;
	} else if (verify(read, row, text, &problem, err) < 0) {
		return -1;
	}
	if (!is_list(read, row))
		return 0;
	return put_list(read, list_row(read, row), unreadable ? SLICE_NONE : text, problem, err);
}

int run_read_file(struct cluster_read *read, const struct dump_file *file, struct file_bytes *bytes, struct error **err)
{
	size_t row = (uintptr_t)map_get(&read->row_of, run_file_name(read->run, file->path));
	read->context.file = file->path;
	if (!row && file->content == CONTENT_OTHER) {
		cluster_read_ignore(read, file);
		return 0;
	}
	read->files++;
	if (!row || read->row_seen[row - 1])
		return put_stranger(read, file, err);
	return read_row(read, row - 1, file, bytes, err);
}

/* --- the end --- */
static int put_missing(struct cluster_read *read, size_t row, struct error **err)
{
	const struct frozen_run *run = read->run;
	struct slice name = row_file(read, row);
	read->context.file = run->folder.len ? arena_printf(&read->context.kept, "%.*s/%.*s", SLICE_ARG(run->folder),
							    SLICE_ARG(name))
					     : name;
	if (!read->context.file.data)
		return arena_fail(&read->context.kept, err);
	return cluster_read_defect(read, "missing", SLICE("the manifest names it, and it is not there"), err);
}

static int end_row(struct cluster_read *read, size_t row, struct error **err)
{
	struct slice file = row_file(read, row);
	if (read->row_seen[row])
		return 0;
	if (file.data && put_missing(read, row, err) < 0)
		return -1;
	if (!is_list(read, row))
		return 0;
	return put_list(read, list_row(read, row), SLICE_NONE, file.data ? "it is not there" : NULL, err);
}

int run_read_end(struct cluster_read *read, struct error **err)
{
	const struct frozen_manifest *manifest = manifest_of(read);
	const struct defect *lost = manifest->lost.items;
	struct object_context *context = &read->context;
	for (size_t i = 0; i < row_count(read); i++)
		if (end_row(read, i, err) < 0)
			return -1;
	/* Which lists a run that was interrupted would have had nothing says: no other kind was read. */
	if (!read->run->whole && object_put_coverage(context, err) < 0)
		return -1;
	for (size_t i = 0; i < manifest->lost.len; i++) {
		context->defects++;
		if (context->sink->ops->put(context->sink, context->read, &defect_type, &lost[i], err) < 0)
			return -1;
	}
	return 0;
}
