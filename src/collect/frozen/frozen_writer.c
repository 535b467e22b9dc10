#include "collect/frozen/frozen_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/time.h"
#include "collect/frozen/frozen_internal.h"
#include "model/record_copy.h"
#include "model/text.h"

#define MANIFEST_BEING_WRITTEN "manifest.json.new"

static const struct sink_ops ops;

int frozen_keep(struct frozen_writer *writer, struct slice text, struct slice *ret_kept, struct error **err)
{
	return arena_copy(&writer->kept, text, ret_kept) < 0 ? arena_fail(&writer->kept, err) : 0;
}

/* --- making it --- */
static int keep_facts(struct frozen_writer *writer, const struct frozen_facts *facts, struct error **err)
{
	struct frozen_manifest *manifest = &writer->manifest;
	record_init(&frozen_manifest_type, manifest);
	writer->mask = facts->mask;
	writer->annotation_kept = facts->annotation_kept;
	manifest->schema = SLICE(FROZEN_SCHEMA);
	manifest->started = time_now();
	manifest->as_of = facts->as_of;
	if (frozen_keep(writer, facts->tool, &manifest->tool, err) < 0 ||
	    frozen_keep(writer, facts->name, &manifest->cluster, err) < 0 ||
	    frozen_keep(writer, facts->server, &manifest->server, err) < 0)
		return -1;
	return frozen_keep(writer, facts->key_id, &manifest->key_id, err);
}

/* DIR/CLUSTER/TIME, the last of them new. */
static int make_folders(struct frozen_writer *writer, const char *dir, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf cluster = STRBUF_INIT(LIMIT_LINE_BYTES);
	CLEANUP(strbuf_release) struct strbuf time = STRBUF_INIT(LIMIT_LINE_BYTES);
	CLEANUP(strbuf_release) struct strbuf run = STRBUF_INIT(LIMIT_LINE_BYTES);
	frozen_name_add(&cluster, writer->manifest.cluster);
	frozen_time_name_add(&time, writer->manifest.as_of);
	if (strbuf_failed(&cluster, err) || strbuf_failed(&time, err))
		return -1;
	if ((writer->top = frozen_folder_open(AT_FDCWD, dir, err)) < 0)
		return -1;
	if ((writer->cluster = frozen_folder_open(writer->top, strbuf_text(&cluster), err)) < 0)
		return error_context(err, "%s", dir);
	if ((writer->folder = frozen_folder_make(writer->cluster, strbuf_text(&time), &run, err)) < 0)
		return error_context(err, "%s/%s", dir, strbuf_text(&cluster));
	strbuf_addf(&writer->path, "%s/%s/%s", dir, strbuf_text(&cluster), strbuf_text(&run));
	return strbuf_failed(&writer->path, err) ? -1 : 0;
}

int frozen_writer_new(const char *dir, const struct frozen_facts *facts, struct frozen_writer **ret_writer,
		      struct error **err)
{
	CLEANUP(frozen_writer_freep) struct frozen_writer *writer = mem_alloc_zeroed(1, sizeof *writer);
	if (!writer)
		return error_no_memory(err);
	writer->sink.ops = &ops;
	writer->kept = (struct arena)ARENA_INIT(LIMIT_MANIFEST_BYTES);
	writer->pending_arena = (struct arena)ARENA_INIT(LIMIT_FROZEN_ITEM_BYTES);
	writer->scratch = (struct arena)ARENA_INIT(LIMIT_FROZEN_ITEM_BYTES);
	writer->path = (struct strbuf)STRBUF_INIT(LIMIT_LINE_BYTES);
	writer->line = (struct strbuf)STRBUF_INIT(LIMIT_FROZEN_ITEM_BYTES);
	writer->top = writer->cluster = writer->folder = -1;
	if (keep_facts(writer, facts, err) < 0 || make_folders(writer, dir, err) < 0)
		return -1;
	*ret_writer = TAKE_PTR(writer);
	return 0;
}

struct frozen_writer *frozen_writer_free(struct frozen_writer *writer)
{
	if (!writer)
		return NULL;
	while (writer->lists)
		writer->lists = frozen_list_free(writer->lists);
	fd_closep(&writer->top);
	fd_closep(&writer->cluster);
	fd_closep(&writer->folder);
	vec_release(&writer->pending);
	vec_release(&writer->rows);
	vec_release(&writer->files);
	vec_release(&writer->lost);
	arena_release(&writer->kept);
	arena_release(&writer->pending_arena);
	arena_release(&writer->scratch);
	strbuf_release(&writer->path);
	strbuf_release(&writer->line);
	return mem_free(writer);
}

void frozen_writer_freep(struct frozen_writer **writer)
{
	*writer = frozen_writer_free(*writer);
}

const char *frozen_writer_path(const struct frozen_writer *writer)
{
	return strbuf_text(&writer->path);
}

/* --- the sink --- */
/* What says something of one object; coverage, for one, says it of a list, and stands in the manifest. */
static bool is_of_an_item(const struct record_type *type)
{
	return type != &coverage_type && type != &gap_type && type != &deletion_type;
}

static int sink_begin(struct sink *sink, const struct sink_scope *scope, int64_t *ret_read, struct error **err)
{
	(void)sink;
	(void)scope;
	(void)err;
	*ret_read = 1;
	return 0;
}

static int sink_put(struct sink *sink, int64_t read, const struct record_type *type, const void *record,
		    struct error **err)
{
	struct frozen_writer *writer = (struct frozen_writer *)(void *)sink;
	(void)read;
	if (!is_of_an_item(type))
		return 0;
	const void *copy = record_copy(type, record, &writer->pending_arena);
	if (!copy)
		return arena_fail(&writer->pending_arena, err);
	struct frozen_record *pending = vec_push(&writer->pending);
	if (!pending)
		return error_no_memory(err);
	*pending = (struct frozen_record){ type, copy };
	return 0;
}

static int sink_finish(struct sink *sink, int64_t read, const struct sink_end *end, struct error **err)
{
	(void)sink;
	(void)read;
	(void)end;
	(void)err;
	return 0;
}

static int sink_commit(struct sink *sink, struct error **err)
{
	(void)sink;
	(void)err;
	return 0;
}

static void sink_rollback(struct sink *sink)
{
	(void)sink;
}

static const struct sink_ops ops = { sink_begin, sink_put, sink_finish, sink_commit, sink_rollback };

struct sink *frozen_writer_sink(struct frozen_writer *writer)
{
	return &writer->sink;
}

void frozen_forget_pending(struct frozen_writer *writer)
{
	vec_clear(&writer->pending);
	arena_clear(&writer->pending_arena);
}

int frozen_take_lost(struct frozen_writer *writer, struct error **err)
{
	for (size_t i = 0; i < writer->pending.len; i++) {
		if (writer->pending.items[i].type != &defect_type)
			continue;
		const void *copy = record_copy(&defect_type, writer->pending.items[i].record, &writer->kept);
		if (!copy)
			return arena_fail(&writer->kept, err);
		struct defect *lost = vec_push(&writer->lost);
		if (!lost)
			return error_no_memory(err);
		*lost = *(const struct defect *)copy;
	}
	frozen_forget_pending(writer);
	return 0;
}

/* --- the end --- */
static int write_json(struct frozen_writer *writer, const char *name, struct slice text,
		      struct frozen_file_facts *ret_facts, struct error **err)
{
	CLEANUP(frozen_file_freep)
	struct frozen_file *file = frozen_file_new_named(writer->folder, frozen_writer_path(writer), name, err);
	if (!file || frozen_file_add(file, text, err) < 0)
		return -1;
	return frozen_file_end(file, ret_facts, err);
}

/* As `kubectl version -o json` prints it. */
static int write_version(struct frozen_writer *writer, struct slice version, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_LINE_BYTES);
	struct json_writer json = { .out = &out, .indent = 2 };
	struct frozen_file_facts facts;
	if (!version.data)
		return 0;
	json_object_begin(&json);
	json_key(&json, "serverVersion");
	json_object_begin(&json);
	json_key(&json, "gitVersion");
	json_text(&json, version);
	json_object_end(&json);
	json_object_end(&json);
	strbuf_add_char(&out, '\n');
	if (strbuf_failed(&out, err) || write_json(writer, FROZEN_VERSION_NAME, strbuf_slice(&out), &facts, err) < 0)
		return -1;
	struct frozen_file_row *row = vec_push(&writer->files);
	if (!row)
		return error_no_memory(err);
	row->file = SLICE(FROZEN_VERSION_NAME);
	row->bytes = facts.bytes;
	return frozen_keep(writer, slice_of(facts.sha256), &row->sha256, err);
}

/* An empty list is a list: its items are there, if none. */
static struct record_list list_of(const void *items, size_t len)
{
	static char none;
	return (struct record_list){ items ? (void *)(uintptr_t)items : &none, len };
}

static int fill_manifest(struct frozen_writer *writer, const struct frozen_end *end, struct error **err)
{
	struct frozen_manifest *manifest = &writer->manifest;
	manifest->ended = time_now();
	manifest->cluster_uid = end->uid;
	manifest->server_version = end->server_version;
	manifest->outcome = end->outcome;
	manifest->why = end->why;
	manifest->notes = end->notes;
	if (write_version(writer, end->server_version, err) < 0)
		return -1;
	manifest->lists = list_of(writer->rows.items, writer->rows.len);
	manifest->files = list_of(writer->files.items, writer->files.len);
	manifest->lost = list_of(writer->lost.items, writer->lost.len);
	return 0;
}

/* Whole or not at all: a reader, and a crash, sees no half of it. */
static int write_manifest(struct frozen_writer *writer, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MANIFEST_BYTES);
	struct json_writer json = { .out = &out, .indent = 1 };
	struct frozen_file_facts facts;
	record_write_json(&frozen_manifest_type, &writer->manifest, &json);
	strbuf_add_char(&out, '\n');
	if (strbuf_failed(&out, err))
		return error_context(err, "%s/%s", frozen_writer_path(writer), FROZEN_MANIFEST_NAME);
	if (frozen_folder_sync(writer->folder, err) < 0)
		return error_context(err, "%s", frozen_writer_path(writer));
	if (write_json(writer, MANIFEST_BEING_WRITTEN, strbuf_slice(&out), &facts, err) < 0)
		return -1;
	if (renameat(writer->folder, MANIFEST_BEING_WRITTEN, writer->folder, FROZEN_MANIFEST_NAME) < 0)
		return error_set_errno(err, errno, "%s/%s", frozen_writer_path(writer), FROZEN_MANIFEST_NAME);
	return 0;
}

int frozen_writer_finish(struct frozen_writer *writer, const struct frozen_end *end, struct error **err)
{
	int folders[] = { writer->folder, writer->cluster, writer->top };
	if (frozen_take_lost(writer, err) < 0 || fill_manifest(writer, end, err) < 0 || write_manifest(writer, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (frozen_folder_sync(folders[i], err) < 0)
			return error_context(err, "%s", frozen_writer_path(writer));
	return 0;
}
