/* A tar, plain or compressed, or one compressed document: read by libarchive from memory: once to list it, and once for
 * each pass.
 *
 * Names in an archive are labels only: nothing is ever opened by them. They are cut into components, and empty ones,
 * `.` and `..` are left out.
 */
#include <archive.h>
#include <archive_entry.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "collect/snapshot/dump_internal.h"

#define READ_BYTES (64 * LIMIT_KIB)
/* A ratio says nothing before that much was unpacked. */
#define RATIO_FROM_BYTES ((int64_t)(32 * LIMIT_MIB))
/* A tar ends in two blocks of zeros; one that lacks them was cut, which libarchive does not tell. */
#define TAR_BLOCK_BYTES 512
#define NAME_MAX_BYTES 4096

struct archive_dump {
	struct dump dump; /* first */
	struct file_bytes bytes;
};

/* One walk over the archive. */
struct unpacking {
	struct archive *archive;
	struct slice left; /* packed bytes that libarchive has not asked for yet */
	struct archive_entry *entry;
	int64_t data_end; /* unpacked bytes when the last entry's data had been read */
	const char *code; /* what ended it early, as dump->damage_code and damage */
	char damage[256];
};

static void unpacking_release(struct unpacking *unpacking)
{
	if (unpacking->archive)
		archive_read_free(unpacking->archive);
}

static void damaged(struct unpacking *unpacking, const char *code, const char *why)
{
	unpacking->code = code;
	snprintf(unpacking->damage, sizeof unpacking->damage, "%s", why ? why : "it is damaged");
}

static la_ssize_t give_bytes(struct archive *archive, void *data, const void **ret_bytes)
{
	struct unpacking *unpacking = data;
	struct slice part = slice_part(unpacking->left, 0, READ_BYTES);
	(void)archive;
	unpacking->left = slice_part(unpacking->left, part.len, unpacking->left.len);
	*ret_bytes = part.data;
	return (la_ssize_t)part.len;
}

/* What is no archive that we know is damaged from the start. */
static int unpacking_begin(struct unpacking *unpacking, struct slice bytes, struct error **err)
{
	*unpacking = (struct unpacking){ .archive = archive_read_new(), .left = bytes };
	struct archive *a = unpacking->archive;
	if (!a)
		return error_no_memory(err);
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_format_tar(a);
	archive_read_support_format_raw(a); /* what is no tar once unpacked: pods.json.gz */
	archive_read_set_options(a, "hdrcharset=BINARY");
	if (archive_read_open(a, unpacking, NULL, give_bytes, NULL) < ARCHIVE_WARN)
		damaged(unpacking, "damaged_archive", archive_error_string(a));
	return 0;
}

static bool is_bomb(struct archive *a)
{
	int64_t packed = archive_filter_bytes(a, -1), unpacked = archive_filter_bytes(a, 0);
	return unpacked > RATIO_FROM_BYTES && unpacked / (packed > 0 ? packed : 1) > LIMIT_SNAPSHOT_RATIO;
}

static bool is_tar(struct archive *a)
{
	return (archive_format(a) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
}

static void check_end_mark(struct unpacking *unpacking)
{
	struct archive *a = unpacking->archive;
	if (is_tar(a) && archive_filter_bytes(a, 0) - unpacking->data_end < TAR_BLOCK_BYTES)
		damaged(unpacking, "truncated", "it ends without the mark of a tar's end");
}

/* 1: a piece of the entry's data, which lies at *ret_offset of it. 0: no more, or the damage. */
static int next_piece(struct unpacking *unpacking, struct slice *ret_piece, int64_t *ret_offset)
{
	const void *data = NULL;
	size_t len = 0;
	la_int64_t offset = 0;
	int result;
	do
		result = archive_read_data_block(unpacking->archive, &data, &len, &offset);
	while (result == ARCHIVE_RETRY);
	unpacking->data_end = archive_filter_bytes(unpacking->archive, 0);
	if (result == ARCHIVE_EOF)
		return 0;
	if (result < ARCHIVE_WARN)
		damaged(unpacking, "damaged_archive", archive_error_string(unpacking->archive));
	else if (is_bomb(unpacking->archive))
		damaged(unpacking, "too_large",
			"it unpacks to far more than a dump does: a bomb, not read any further");
	if (unpacking->code)
		return 0;
	*ret_piece = (struct slice){ data, len };
	*ret_offset = offset;
	return 1;
}

/* Past what is left of the entry, with an eye on bombs, which libarchive's own skipping has not. */
static void drain(struct unpacking *unpacking)
{
	struct slice piece;
	int64_t offset;
	while (unpacking->entry && !unpacking->code && next_piece(unpacking, &piece, &offset) > 0)
		;
}

/* 1: an entry. 0: the end, or the damage. */
static int next_entry(struct unpacking *unpacking)
{
	int result;
	drain(unpacking);
	if (unpacking->code)
		return 0;
	do
		result = archive_read_next_header(unpacking->archive, &unpacking->entry);
	while (result == ARCHIVE_RETRY);
	if (result == ARCHIVE_EOF)
		check_end_mark(unpacking);
	else if (result < ARCHIVE_WARN)
		damaged(unpacking, "damaged_archive", archive_error_string(unpacking->archive));
	if (result < ARCHIVE_WARN || result == ARCHIVE_EOF)
		return 0;
	unpacking->data_end = archive_filter_bytes(unpacking->archive, 0);
	return 1;
}

/* The entry's first `max` bytes. *ret_problem: NULL, or why they are not to be had. */
static int unpack(struct unpacking *unpacking, struct file_bytes *bytes, size_t max, const char **ret_problem,
		  struct error **err)
{
	struct slice piece;
	int64_t offset;
	*ret_problem = NULL;
	while (bytes->len < max && next_piece(unpacking, &piece, &offset) > 0) {
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
static int entry_path(struct unpacking *unpacking, struct slice archive_name, struct strbuf *out, struct error **err)
{
	const char *name = archive_entry_pathname(unpacking->entry);
	struct slice bytes = is_tar(unpacking->archive) ? slice_of(name) : archive_name;
	strbuf_clear(out);
	add_clean_name(out, slice_part(bytes, 0, NAME_MAX_BYTES));
	if (!out->len)
		strbuf_add_text(out, "(no name)");
	return strbuf_failed(out, err) ? -1 : 0;
}

static int list_regular(struct archive_dump *dump, struct unpacking *unpacking, struct slice path, size_t ordinal,
			struct error **err)
{
	CLEANUP(file_release) struct file_bytes start = { 0 };
	const char *problem;
	if (unpack(unpacking, &start, CONTENT_START_BYTES, &problem, err) < 0)
		return -1;
	enum content content = is_tar(unpacking->archive) ? content_of(path, file_slice(&start))
							  : content_of_given(file_slice(&start));
	if (is_tar(unpacking->archive) && content_is_archive(file_slice(&start)) && !content_is_document(content))
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

static int list_entry(struct archive_dump *dump, struct unpacking *unpacking, struct slice path, size_t ordinal,
		      struct error **err)
{
	mode_t type = archive_entry_filetype(unpacking->entry);
	if (type == AE_IFDIR)
		return 0;
	if (is_tar(unpacking->archive) && any_hidden(path))
		return dump_add_other(&dump->dump, path, "hidden", err);
	if (type == AE_IFLNK || archive_entry_hardlink(unpacking->entry))
		return dump_add_link(&dump->dump, path, err);
	if (type && type != AE_IFREG)
		return dump_add_other(&dump->dump, path, "no regular file", err);
	if (folders_in(path) > LIMIT_SNAPSHOT_DEPTH)
		return dump_add_unreadable(&dump->dump, path, "too_deep", "folders this deep are not read", err);
	return list_regular(dump, unpacking, path, ordinal, err);
}

static int keep_damage(struct archive_dump *dump, const struct unpacking *unpacking, struct error **err)
{
	dump->dump.damage_code = unpacking->code;
	if (unpacking->code && arena_copy(&dump->dump.arena, slice_of(unpacking->damage), &dump->dump.damage) < 0)
		return arena_fail(&dump->dump.arena, err);
	return 0;
}

static int list(struct archive_dump *dump, struct slice name, struct error **err)
{
	CLEANUP(unpacking_release) struct unpacking unpacking;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT(2 * NAME_MAX_BYTES);
	if (unpacking_begin(&unpacking, file_slice(&dump->bytes), err) < 0)
		return -1;
	for (size_t ordinal = 0; next_entry(&unpacking) > 0; ordinal++)
		if (entry_path(&unpacking, name, &path, err) < 0 ||
		    list_entry(dump, &unpacking, strbuf_slice(&path), ordinal, err) < 0)
			return -1;
	return keep_damage(dump, &unpacking, err);
}

static int visit_unpacked(struct unpacking *unpacking, const struct dump_file *file, dump_visit visit, void *data,
			  struct error **err)
{
	CLEANUP(file_release) struct file_bytes bytes = { 0 };
	struct dump_file unreadable = *file;
	const char *problem;
	if (unpack(unpacking, &bytes, LIMIT_SNAPSHOT_FILE_BYTES, &problem, err) < 0)
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
	CLEANUP(unpacking_release) struct unpacking unpacking;
	size_t ordinal = 0;
	bool more;
	if (unpacking_begin(&unpacking, file_slice(&archive->bytes), err) < 0)
		return -1;
	more = next_entry(&unpacking) > 0;
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
			more = next_entry(&unpacking) > 0;
		if (more && visit_unpacked(&unpacking, file, visit, data, err) < 0)
			return -1;
	}
	return 0;
}

static void archive_close(struct dump *dump)
{
	file_release(&((struct archive_dump *)dump)->bytes);
}

static const struct dump_ops archive_ops = { archive_each, archive_close };

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
