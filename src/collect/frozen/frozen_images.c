#include "collect/frozen/frozen_images.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/time.h"
#include "base/vec.h"
#include "collect/frozen/frozen_file.h"
#include "collect/frozen/frozen_format.h"
#include "collect/frozen/frozen_images_format.h"
#include "model/record_json.h"
#include "model/reference.h"
#include "model/text.h"

#define MANIFEST_BEING_WRITTEN "manifest.json.part"
#define LAYOUT_MARK "{\"imageLayoutVersion\":\"1.0.0\"}"
#define NAME_BYTES 256

struct frozen_tag {
	struct slice name, digest, media_type;
};

/* One registry. */
struct run {
	struct frozen_images_manifest manifest; /* as far as it is known */
	struct arena arena;
	int folder, blobs, algorithm; /* descriptors; the last is of blobs/ALGORITHM, as used last */
	struct slice algorithm_name;
	struct strbuf path, line;
	struct frozen_file *records;
	struct {
		VEC(struct frozen_images_file)
	} files;
	struct {
		VEC(struct frozen_tag)
	} tags;
	struct map blobs_of; /* digest -> index in files, + 1 */
	int64_t objects;
	bool ended;
};

struct frozen_images {
	struct sink sink; /* first */
	struct arena arena;
	const char *dir;
	struct slice tool;
	int top;
	struct {
		VEC(struct run *)
	} runs; /* number of a read is its index, + 1 */
};

/* --- life --- */
static struct run *run_free(struct run *run)
{
	if (!run)
		return NULL;
	fd_closep(&run->folder);
	fd_closep(&run->blobs);
	fd_closep(&run->algorithm);
	frozen_file_free(run->records);
	vec_release(&run->files);
	vec_release(&run->tags);
	map_release(&run->blobs_of);
	strbuf_release(&run->path);
	strbuf_release(&run->line);
	arena_release(&run->arena);
	return mem_free(run);
}

static void run_freep(struct run **run)
{
	*run = run_free(*run);
}

struct frozen_images *frozen_images_free(struct frozen_images *writer)
{
	if (!writer)
		return NULL;
	for (size_t i = 0; i < writer->runs.len; i++)
		run_free(writer->runs.items[i]);
	vec_release(&writer->runs);
	fd_closep(&writer->top);
	arena_release(&writer->arena);
	return mem_free(writer);
}

void frozen_images_freep(struct frozen_images **writer)
{
	*writer = frozen_images_free(*writer);
}

static int keep(struct arena *arena, struct slice text, struct slice *ret_kept, struct error **err)
{
	return arena_copy(arena, text, ret_kept) < 0 ? arena_fail(arena, err) : 0;
}

/* --- files --- */
static int write_all(int fd, struct slice bytes)
{
	while (bytes.len) {
		ssize_t written = write(fd, bytes.data, bytes.len);
		if (written < 0 && errno != EINTR)
			return -1;
		if (written > 0)
			bytes = slice_part(bytes, (size_t)written, bytes.len);
	}
	return 0;
}

/* A new file, not synced one by one: a run has tens of thousands, and ends with one sync for all. */
static int write_file(const struct run *run, int folder, const char *name, struct slice bytes, struct error **err)
{
	CLEANUP(fd_closep) int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || write_all(fd, bytes) < 0)
		return error_set_errno(err, errno, "%s: %s", strbuf_text(&run->path), name);
	int closed = close(fd); /* some file systems tell only now that the disk is full */
	fd = -1;
	return closed < 0 ? error_set_errno(err, errno, "%s: %s", strbuf_text(&run->path), name) : 0;
}

static struct frozen_images_file *add_row(struct run *run, struct slice file, int64_t bytes, struct slice sha256,
					  struct error **err)
{
	struct frozen_images_file row;
	record_init(&frozen_images_file_type, &row);
	row.bytes = bytes;
	if (keep(&run->arena, file, &row.file, err) < 0 || keep(&run->arena, sha256, &row.sha256, err) < 0)
		return NULL;
	struct frozen_images_file *place = vec_push(&run->files);
	if (!place) {
		error_no_memory(err);
		return NULL;
	}
	*place = row;
	return place;
}

static int write_document(struct run *run, const char *name, struct slice text, struct error **err)
{
	char hash[SHA256_TEXT_BYTES];
	if (sha256_of(text, hash, err) < 0 || write_file(run, run->folder, name, text, err) < 0)
		return -1;
	return add_row(run, slice_of(name), (int64_t)text.len, slice_of(hash), err) ? 0 : -1;
}

/* --- records --- */
static int write_line(struct run *run, const struct record_type *type, const void *record, struct error **err)
{
	struct json_writer json = { .out = &run->line };
	strbuf_clear(&run->line);
	record_json_write(type, record, &json);
	strbuf_add_char(&run->line, '\n');
	if (strbuf_failed(&run->line, err))
		return -1;
	return frozen_file_add(run->records, strbuf_slice(&run->line), err);
}

static int write_head(struct run *run, struct error **err)
{
	struct frozen_images_head head;
	record_init(&frozen_images_head_type, &head);
	head.schema = run->manifest.schema;
	head.tool = run->manifest.tool;
	head.registry = run->manifest.registry;
	head.as_of = run->manifest.as_of;
	return write_line(run, &frozen_images_head_type, &head, err);
}

/* Whoever reads only layouts takes the platform of each tag from its manifest, so this is all an index needs. */
static int take_tag(struct run *run, const struct tag *tag, struct error **err)
{
	struct frozen_tag *place = vec_push(&run->tags);
	if (!place)
		return error_no_memory(err);
	*place = (struct frozen_tag){ 0 };
	place->name = arena_printf(&run->arena, "%.*s/%.*s:%.*s", SLICE_ARG(tag->registry), SLICE_ARG(tag->repository),
				   SLICE_ARG(tag->tag));
	if (!place->name.data)
		return arena_fail(&run->arena, err);
	return keep(&run->arena, tag->digest, &place->digest, err) < 0 ||
			       keep(&run->arena, tag->media_type, &place->media_type, err) < 0
		       ? -1
		       : 0;
}

/* --- blobs --- */
/* blobs/ALGORITHM, made when it is not there. */
static int open_algorithm(struct run *run, struct slice algorithm, struct error **err)
{
	char name[NAME_BYTES];
	if (run->algorithm >= 0 && slice_equal(run->algorithm_name, algorithm))
		return 0;
	fd_closep(&run->algorithm);
	run->algorithm = -1;
	snprintf(name, sizeof name, "%.*s", SLICE_ARG(algorithm));
	run->algorithm = frozen_folder_open(run->blobs, name, err);
	if (run->algorithm < 0)
		return error_context(err, "%s/blobs", strbuf_text(&run->path));
	return keep(&run->arena, algorithm, &run->algorithm_name, err);
}

static int sha256_text(struct slice digest, struct slice bytes, char text[SHA256_TEXT_BYTES], struct error **err)
{
	if (!slice_starts_with(digest, "sha256:"))
		return sha256_of(bytes, text, err);
	snprintf(text, SHA256_TEXT_BYTES, "%.*s", SLICE_ARG(slice_part(digest, strlen("sha256:"), digest.len)));
	return 0;
}

static int write_blob(struct run *run, const struct image_content *content, struct error **err)
{
	struct slice algorithm, encoded;
	char name[2 * NAME_BYTES], hash[SHA256_TEXT_BYTES];
	slice_cut(content->digest, ':', &algorithm, &encoded);
	if (algorithm.len >= NAME_BYTES || encoded.len >= NAME_BYTES)
		return write_line(run, &image_content_type, content, err);
	if (open_algorithm(run, algorithm, err) < 0 || sha256_text(content->digest, content->bytes, hash, err) < 0)
		return -1;
	snprintf(name, sizeof name, "%.*s", SLICE_ARG(encoded));
	if (write_file(run, run->algorithm, name, content->bytes, err) < 0)
		return -1;
	snprintf(name, sizeof name, "%.*s/%.*s", SLICE_ARG(algorithm), SLICE_ARG(encoded));
	struct slice file = arena_printf(&run->arena, "blobs/%s", name);
	if (!file.data)
		return arena_fail(&run->arena, err);
	struct frozen_images_file *row = add_row(run, file, (int64_t)content->bytes.len, slice_of(hash), err);
	return row ? keep(&run->arena, content->media_type, &row->media_type, err) : -1;
}

static int take_content(struct run *run, const struct image_content *content, struct error **err)
{
	void **place = map_put(&run->blobs_of, content->digest);
	if (!place)
		return error_no_memory(err);
	if (*place)
		return 0;
	if (!digest_valid(content->digest))
		return write_line(run, &image_content_type, content, err);
	size_t rows = run->files.len;
	if (write_blob(run, content, err) < 0)
		return -1;
	run->objects++;
	if (run->files.len > rows)
		*place = (void *)(uintptr_t)run->files.len;
	return 0;
}

static struct frozen_images_file *row_of(const struct run *run, struct slice digest)
{
	size_t index = (uintptr_t)map_get(&run->blobs_of, digest);
	return index ? &run->files.items[index - 1] : NULL;
}

/* What the bytes do not say of it: that an index calls it an attestation, and whether its config came. */
static int take_manifest(struct run *run, const struct manifest *manifest, struct error **err)
{
	struct frozen_images_file *row = row_of(run, manifest->digest);
	if (!row || slice_equal(manifest->digest, manifest->config_digest))
		return write_line(run, &manifest_type, manifest, err);
	row->config_read = manifest->config_read;
	return keep(&run->arena, manifest->kind, &row->kind, err);
}

static int take_record(struct run *run, const struct record_type *type, const void *record, struct error **err)
{
	if (type == &image_content_type)
		return take_content(run, record, err);
	if (type == &manifest_type)
		return take_manifest(run, record, err);
	if (type == &index_member_type && row_of(run, ((const struct index_member *)record)->index))
		return 0;
	if (type == &tag_type && take_tag(run, record, err) < 0)
		return -1;
	return write_line(run, type, record, err);
}

/* --- the start of a run --- */
static int make_folders(struct frozen_images *writer, struct run *run, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf registry = STRBUF_INIT(LIMIT_LINE_BYTES);
	CLEANUP(strbuf_release) struct strbuf time = STRBUF_INIT(LIMIT_LINE_BYTES);
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT(LIMIT_LINE_BYTES);
	CLEANUP(fd_closep) int folder = -1;
	frozen_name_add(&registry, run->manifest.registry);
	frozen_time_name_add(&time, run->manifest.as_of);
	if (strbuf_failed(&registry, err) || strbuf_failed(&time, err))
		return -1;
	if (writer->top < 0 && (writer->top = frozen_folder_open(AT_FDCWD, writer->dir, err)) < 0)
		return -1;
	if ((folder = frozen_folder_open(writer->top, strbuf_text(&registry), err)) < 0)
		return error_context(err, "%s", writer->dir);
	if ((run->folder = frozen_folder_make(folder, strbuf_text(&time), &name, err)) < 0)
		return error_context(err, "%s/%s", writer->dir, strbuf_text(&registry));
	strbuf_addf(&run->path, "%s/%s/%s", writer->dir, strbuf_text(&registry), strbuf_text(&name));
	if (strbuf_failed(&run->path, err))
		return -1;
	if ((run->blobs = frozen_folder_open(run->folder, "blobs", err)) < 0)
		return error_context(err, "%s", strbuf_text(&run->path));
	return 0;
}

static int start_files(struct run *run, struct error **err)
{
	run->records = frozen_file_new_named(run->folder, strbuf_text(&run->path), FROZEN_RECORDS_NAME, err);
	if (!run->records || write_head(run, err) < 0 || frozen_file_flush(run->records, err) < 0)
		return -1;
	return write_document(run, "oci-layout", SLICE(LAYOUT_MARK), err);
}

static int fill_facts(const struct frozen_images *writer, struct run *run, const struct sink_scope *scope,
		      struct error **err)
{
	struct frozen_images_manifest *manifest = &run->manifest;
	struct slice registry = slice_part(scope->cluster_uid, strlen(REGISTRY_IDENTITY), scope->cluster_uid.len);
	record_init(&frozen_images_manifest_type, manifest);
	manifest->schema = SLICE(FROZEN_IMAGES_SCHEMA);
	manifest->tool = writer->tool;
	manifest->started = time_now();
	manifest->as_of = scope->as_of;
	return keep(&run->arena, registry, &manifest->registry, err);
}

static struct run *run_new(struct frozen_images *writer, const struct sink_scope *scope, struct error **err)
{
	CLEANUP(run_freep) struct run *run = mem_alloc_zeroed(1, sizeof *run);
	if (!run) {
		error_no_memory(err);
		return NULL;
	}
	run->folder = run->blobs = run->algorithm = -1;
	run->arena = (struct arena)ARENA_INIT(LIMIT_MANIFEST_BYTES);
	run->path = (struct strbuf)STRBUF_INIT(LIMIT_LINE_BYTES);
	run->line = (struct strbuf)STRBUF_INIT(LIMIT_FROZEN_ITEM_BYTES);
	if (fill_facts(writer, run, scope, err) < 0 || make_folders(writer, run, err) < 0 || start_files(run, err) < 0)
		return NULL;
	return TAKE_PTR(run);
}

/* --- its end --- */
static void add_descriptor(struct json_writer *json, const struct frozen_tag *tag, int64_t bytes)
{
	json_object_begin(json);
	json_key(json, "mediaType");
	json_text(json, tag->media_type);
	json_key(json, "digest");
	json_text(json, tag->digest);
	json_key(json, "size");
	json_int(json, bytes);
	json_key(json, "annotations");
	json_object_begin(json);
	json_key(json, "org.opencontainers.image.ref.name");
	json_text(json, tag->name);
	json_object_end(json);
	json_object_end(json);
}

static int write_index(struct run *run, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MANIFEST_BYTES);
	struct json_writer json = { .out = &out, .indent = 1 };
	json_object_begin(&json);
	json_key(&json, "schemaVersion");
	json_int(&json, 2);
	json_key(&json, "mediaType");
	json_text(&json, SLICE("application/vnd.oci.image.index.v1+json"));
	json_key(&json, "manifests");
	json_array_begin(&json);
	for (size_t i = 0; i < run->tags.len; i++) {
		struct frozen_tag tag = run->tags.items[i];
		const struct frozen_images_file *row = row_of(run, tag.digest);
		if (!row)
			continue;
		if (row->media_type.data)
			tag.media_type = row->media_type;
		add_descriptor(&json, &tag, row->bytes);
	}
	json_array_end(&json);
	json_object_end(&json);
	strbuf_add_char(&out, '\n');
	if (strbuf_failed(&out, err))
		return error_context(err, "%s/index.json", strbuf_text(&run->path));
	return write_document(run, "index.json", strbuf_slice(&out), err);
}

static int end_records(struct run *run, struct error **err)
{
	struct frozen_file_facts facts;
	if (frozen_file_end(run->records, &facts, err) < 0)
		return -1;
	return add_row(run, SLICE(FROZEN_RECORDS_NAME), facts.bytes, slice_of(facts.sha256), err) ? 0 : -1;
}

/* Whole or not at all, and when all else is on the disk. */
static int write_manifest(struct run *run, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MANIFEST_BYTES);
	struct json_writer json = { .out = &out, .indent = 1 };
	run->manifest.files = (struct record_list){ run->files.items, run->files.len };
	record_write_json(&frozen_images_manifest_type, &run->manifest, &json);
	strbuf_add_char(&out, '\n');
	if (strbuf_failed(&out, err))
		return error_context(err, "%s/" FROZEN_MANIFEST_NAME, strbuf_text(&run->path));
	if (syncfs(run->folder) < 0)
		return error_set_errno(err, errno, "%s", strbuf_text(&run->path));
	if (write_file(run, run->folder, MANIFEST_BEING_WRITTEN, strbuf_slice(&out), err) < 0)
		return -1;
	if (syncfs(run->folder) < 0 ||
	    renameat(run->folder, MANIFEST_BEING_WRITTEN, run->folder, FROZEN_MANIFEST_NAME) < 0)
		return error_set_errno(err, errno, "%s/" FROZEN_MANIFEST_NAME, strbuf_text(&run->path));
	return frozen_folder_sync(run->folder, err) < 0 ? error_context(err, "%s", strbuf_text(&run->path)) : 0;
}

static int end_run(struct run *run, const struct sink_end *end, struct error **err)
{
	struct frozen_images_manifest *manifest = &run->manifest;
	if (keep(&run->arena, end->outcome, &manifest->outcome, err) < 0 ||
	    keep(&run->arena, end->why, &manifest->why, err) < 0 ||
	    keep(&run->arena, end->notes, &manifest->notes, err) < 0 || end_records(run, err) < 0 ||
	    write_index(run, err) < 0)
		return -1;
	manifest->ended = time_now();
	if (write_manifest(run, err) < 0)
		return -1;
	run->ended = true;
	fd_closep(&run->folder);
	fd_closep(&run->blobs);
	fd_closep(&run->algorithm);
	run->folder = run->blobs = run->algorithm = -1;
	return 0;
}

/* --- the sink --- */
static struct frozen_images *writer_of(struct sink *sink)
{
	return (struct frozen_images *)(void *)sink;
}

static int sink_begin(struct sink *sink, const struct sink_scope *scope, int64_t *ret_read, struct error **err)
{
	struct frozen_images *writer = writer_of(sink);
	if (!slice_starts_with(scope->cluster_uid, REGISTRY_IDENTITY) || !scope->once)
		return error_set(err, ERROR_STORE, "only registries are frozen here");
	struct run **place = vec_push(&writer->runs);
	if (!place)
		return error_no_memory(err);
	*place = NULL;
	struct run *run = run_new(writer, scope, err);
	if (!run) {
		writer->runs.len--;
		return -1;
	}
	*place = run;
	*ret_read = (int64_t)writer->runs.len;
	return 0;
}

static struct run *run_of(struct frozen_images *writer, int64_t read, struct error **err)
{
	struct run *run = read > 0 && (size_t)read <= writer->runs.len ? writer->runs.items[read - 1] : NULL;
	if (run && !run->ended)
		return run;
	error_set(err, ERROR_STORE, "no read of that number is open");
	return NULL;
}

static int sink_put(struct sink *sink, int64_t read, const struct record_type *type, const void *record,
		    struct error **err)
{
	struct run *run = run_of(writer_of(sink), read, err);
	return run ? take_record(run, type, record, err) : -1;
}

static int sink_finish(struct sink *sink, int64_t read, const struct sink_end *end, struct error **err)
{
	struct run *run = run_of(writer_of(sink), read, err);
	return run ? end_run(run, end, err) : -1;
}

/* What was read so far outlives this process. */
static int sink_commit(struct sink *sink, struct error **err)
{
	struct frozen_images *writer = writer_of(sink);
	for (size_t i = 0; i < writer->runs.len; i++) {
		struct run *run = writer->runs.items[i];
		if (!run->ended && frozen_file_flush(run->records, err) < 0)
			return -1;
	}
	return 0;
}

static void sink_rollback(struct sink *sink)
{
	(void)sink;
}

static const struct sink_ops ops = { sink_begin, sink_put, sink_finish, sink_commit, sink_rollback };

int frozen_images_new(const char *dir, struct slice tool, struct frozen_images **ret_writer, struct error **err)
{
	CLEANUP(frozen_images_freep) struct frozen_images *writer = mem_alloc_zeroed(1, sizeof *writer);
	struct slice kept;
	if (!writer)
		return error_no_memory(err);
	writer->sink.ops = &ops;
	writer->top = -1;
	writer->arena = (struct arena)ARENA_INIT(LIMIT_LINE_BYTES);
	if (keep(&writer->arena, slice_of(dir), &kept, err) < 0 || keep(&writer->arena, tool, &writer->tool, err) < 0)
		return -1;
	writer->dir = kept.data;
	*ret_writer = TAKE_PTR(writer);
	return 0;
}

struct sink *frozen_images_sink(struct frozen_images *writer)
{
	return &writer->sink;
}

size_t frozen_images_count(const struct frozen_images *writer)
{
	return writer->runs.len;
}

struct frozen_images_run frozen_images_run(const struct frozen_images *writer, size_t i)
{
	const struct run *run = writer->runs.items[i];
	return (struct frozen_images_run){
		.registry = run->manifest.registry,
		.path = strbuf_slice(&run->path),
		.outcome = run->ended ? run->manifest.outcome : SLICE_NONE,
		.why = run->ended ? run->manifest.why : SLICE_NONE,
		.objects = run->objects,
	};
}
