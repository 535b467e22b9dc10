/* A tar, plain or compressed, or one compressed document: read by libarchive from memory: once to list it, and once for
 * each pass.
 *
 * Names in an archive are labels only: nothing is ever opened by them. They are cut into components, and empty ones,
 * `.` and `..` are left out.
 */
#include "base/alloc.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "collect/snapshot/dump_internal.h"
#include "oci/layout/archive_stream.h"
#include "oci/layout/layout.h"

/* A ratio says nothing before that much was unpacked. */
#define RATIO_FROM_BYTES ((int64_t)(32 * LIMIT_MIB))
#define NAME_MAX_BYTES 4096

static const struct archive_limits limits = { LIMIT_SNAPSHOT_RATIO, RATIO_FROM_BYTES, true };

struct archive_dump {
	struct dump dump; /* first */
	struct file_bytes bytes;
};

/* The entry's first `max` bytes. *ret_problem: NULL, or why they are not to be had. */
static int unpack(struct archive_stream *stream, struct file_bytes *bytes, size_t max, const char **ret_problem,
		  struct error **err)
{
	struct slice piece;
	int64_t offset;
	*ret_problem = NULL;
	while (bytes->len < max && archive_stream_piece(stream, &piece, &offset) > 0) {
		if (offset != (int64_t)bytes->len) {
			*ret_problem = "a sparse file";
			return 0;
		}
		piece = slice_part(piece, 0, max - bytes->len);
		if (file_append(bytes, piece.data, piece.len, max, err) < 0)
			return -1;
	}
	return 0;
}

/* The components of a name with '/' between, without those that mean nothing here. */
static void add_clean_name(struct strbuf *out, struct slice name)
{
	struct slice part, rest = name;
	while (rest.data) {
		slice_cut(rest, '/', &part, &rest);
		if (!part.len || slice_equal_text(part, ".") || slice_equal_text(part, ".."))
			continue;
		if (out->len)
			strbuf_add_char(out, '/');
		strbuf_add_slice(out, part);
	}
}

static bool any_hidden(struct slice path)
{
	struct slice part, rest = path;
	while (rest.data) {
		slice_cut(rest, '/', &part, &rest);
		if (dump_name_is_hidden(part))
			return true;
	}
	return false;
}

static size_t folders_in(struct slice path)
{
	size_t count = 0;
	for (size_t i = 0; i < path.len; i++)
		count += path.data[i] == '/';
	return count;
}

/* The name of the entry in the dump; of a compressed document, the archive's. */
static int entry_path(struct archive_stream *stream, struct slice archive_name, struct strbuf *out, struct error **err)
{
	struct slice bytes = archive_stream_is_tar(stream) ? archive_stream_name(stream) : archive_name;
	strbuf_clear(out);
	add_clean_name(out, slice_part(bytes, 0, NAME_MAX_BYTES));
	if (!out->len)
		strbuf_add_text(out, "(no name)");
	return strbuf_failed(out, err) ? -1 : 0;
}

static int note_mark(struct archive_dump *dump, struct slice path, struct slice start, struct error **err)
{
	struct slice folder, name;
	enum dump_images_kind kind;
	if (!slice_cut_last(path, '/', &folder, &name)) {
		folder = SLICE("");
		name = path;
	}
	return dump_marks_images(name, start, &kind) ? dump_add_images(&dump->dump, folder, kind, err) : 0;
}

/* What was cut before it could say what it is. */
static int note_cut_images(struct archive_dump *dump, struct error **err)
{
	const struct dump *d = &dump->dump;
	CLEANUP(image_layout_freep) struct image_layout *layout = NULL;
	struct image_layout_archive archive = { .bytes = file_slice(&dump->bytes) };
	int likely = d->damage_code && !d->images.len ? image_layout_archive_likely(archive.bytes, err) : 0;
	if (likely <= 0)
		return likely;
	int opened = image_layout_open_archive(&archive, &layout, err);
	return opened > 0 ? dump_add_images(&dump->dump, SLICE(""), DUMP_LAYOUT, err) : opened;
}

static int list_regular(struct archive_dump *dump, struct archive_stream *stream, struct slice path, size_t ordinal,
			struct error **err)
{
	CLEANUP(file_release) struct file_bytes start = { 0 };
	const char *problem;
	if (unpack(stream, &start, CONTENT_START_BYTES, &problem, err) < 0)
		return -1;
	if (archive_stream_is_tar(stream) && !problem && note_mark(dump, path, file_slice(&start), err) < 0)
		return -1;
	enum content content = archive_stream_is_tar(stream) ? content_of(path, file_slice(&start))
							     : content_of_given(file_slice(&start));
	if (archive_stream_is_tar(stream) && content_is_archive(file_slice(&start)) && !content_is_document(content))
		return dump_add_archive(&dump->dump, path, err);
	if (content == CONTENT_OTHER)
		return dump_add_other(&dump->dump, path, "no JSON or YAML", err);
	if (problem)
		return dump_add_unreadable(&dump->dump, path, "unreadable", problem, err);
	struct dump_file *file = dump_add(&dump->dump, path, content, err);
	if (!file)
		return -1;
	file->ordinal = ordinal;
	return 0;
}

static int list_entry(struct archive_dump *dump, struct archive_stream *stream, struct slice path, size_t ordinal,
		      struct error **err)
{
	enum archive_member type = archive_stream_type(stream);
	if (type == ARCHIVE_MEMBER_FOLDER)
		return 0;
	if (archive_stream_is_tar(stream) && any_hidden(path))
		return dump_add_other(&dump->dump, path, "hidden", err);
	if (type == ARCHIVE_MEMBER_LINK)
		return dump_add_link(&dump->dump, path, err);
	if (type == ARCHIVE_MEMBER_SPECIAL)
		return dump_add_other(&dump->dump, path, "no regular file", err);
	if (folders_in(path) > LIMIT_SNAPSHOT_DEPTH)
		return dump_add_unreadable(&dump->dump, path, "too_deep", "folders this deep are not read", err);
	return list_regular(dump, stream, path, ordinal, err);
}

static int keep_damage(struct archive_dump *dump, const struct archive_stream *stream, struct error **err)
{
	dump->dump.damage_code = stream->code;
	if (stream->code && arena_copy(&dump->dump.arena, slice_of(stream->damage), &dump->dump.damage) < 0)
		return arena_fail(&dump->dump.arena, err);
	return 0;
}

static int list(struct archive_dump *dump, struct slice name, struct error **err)
{
	CLEANUP(archive_stream_release) struct archive_stream stream;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT(2 * NAME_MAX_BYTES);
	if (archive_stream_begin(&stream, file_slice(&dump->bytes), &limits, err) < 0)
		return -1;
	for (size_t ordinal = 0; archive_stream_next(&stream) > 0; ordinal++)
		if (entry_path(&stream, name, &path, err) < 0 ||
		    list_entry(dump, &stream, strbuf_slice(&path), ordinal, err) < 0)
			return -1;
	if (keep_damage(dump, &stream, err) < 0 || note_cut_images(dump, err) < 0)
		return -1;
	return dump_drop_files_of_images(&dump->dump, err);
}

static int visit_unpacked(struct archive_stream *stream, const struct dump_file *file, dump_visit visit, void *data,
			  struct error **err)
{
	CLEANUP(file_release) struct file_bytes bytes = { 0 };
	struct dump_file unreadable = *file;
	const char *problem;
	if (unpack(stream, &bytes, LIMIT_SNAPSHOT_FILE_BYTES, &problem, err) < 0)
		return -1;
	if (!problem && bytes.len < LIMIT_SNAPSHOT_FILE_BYTES)
		return visit(data, file, &bytes, err);
	unreadable.content = CONTENT_UNREADABLE;
	unreadable.code = problem ? "unreadable" : "too_large";
	unreadable.why = problem ? slice_of(problem) : SLICE("one file of 4 GiB or more");
	return visit(data, &unreadable, NULL, err);
}

/* Documents as the archive has them, which is the order of the list; what has no bytes to show stands between them. */
static int archive_each(struct dump *dump, dump_wants wants, dump_visit visit, void *data, struct error **err)
{
	struct archive_dump *archive = (struct archive_dump *)dump;
	CLEANUP(archive_stream_release) struct archive_stream stream;
	size_t ordinal = 0;
	bool more;
	if (archive_stream_begin(&stream, file_slice(&archive->bytes), &limits, err) < 0)
		return -1;
	more = archive_stream_next(&stream) > 0;
	for (size_t i = 0; i < dump->files.len; i++) {
		const struct dump_file *file = &dump->files.items[i];
		if (!wants(data, file))
			continue;
		if (!dump_wants_bytes(file)) {
			if (visit(data, file, NULL, err) < 0)
				return -1;
			continue;
		}
		for (; more && ordinal < file->ordinal; ordinal++)
			more = archive_stream_next(&stream) > 0;
		if (more && visit_unpacked(&stream, file, visit, data, err) < 0)
			return -1;
	}
	return 0;
}

static int archive_open_images(struct dump *dump, const struct dump_images *images, struct image_layout **ret_layout,
			       struct slice *ret_why, struct error **err)
{
	struct image_layout_archive archive = { .bytes = file_slice(&((struct archive_dump *)dump)->bytes),
						.below = images->path };
	if (images->kind == DUMP_FROZEN_REGISTRY)
		archive.also = dump_frozen_registry_files();
	int opened = image_layout_open_archive(&archive, ret_layout, err);
	*ret_why = SLICE("no layout or archive of images");
	return opened;
}

static void archive_close(struct dump *dump)
{
	file_release(&((struct archive_dump *)dump)->bytes);
}

static const struct dump_ops archive_ops = { archive_each, archive_open_images, archive_close };

struct dump *dump_of_archive(struct file_bytes *bytes, struct slice name, struct error **err)
{
	CLEANUP(dump_freep) struct dump *dump = dump_new(sizeof(struct archive_dump), &archive_ops, err);
	if (!dump)
		return NULL;
	struct archive_dump *archive = (struct archive_dump *)dump;
	archive->bytes = *bytes;
	*bytes = (struct file_bytes){ 0 };
	dump->bytes_are_spare = true;
	return list(archive, name, err) < 0 ? NULL : TAKE_PTR(dump);
}
