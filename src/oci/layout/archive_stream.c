#include "oci/layout/archive_stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>

#include "base/limits.h"

#define READ_BYTES (64 * LIMIT_KIB)
#define TAR_BLOCK_BYTES 512

void archive_stream_release(struct archive_stream *stream)
{
	if (stream->archive)
		archive_read_free(stream->archive);
	stream->archive = NULL;
}

static void damaged(struct archive_stream *stream, const char *code, const char *why)
{
	stream->code = code;
	snprintf(stream->damage, sizeof stream->damage, "%s", why ? why : "it is damaged");
}

static la_ssize_t give_bytes(struct archive *archive, void *data, const void **ret_bytes)
{
	struct archive_stream *stream = data;
	struct slice part = slice_part(stream->left, 0, READ_BYTES);
	(void)archive;
	stream->left = slice_part(stream->left, part.len, stream->left.len);
	*ret_bytes = part.data;
	return (la_ssize_t)part.len;
}

int archive_stream_begin(struct archive_stream *stream, struct slice bytes, const struct archive_limits *limits,
			 struct error **err)
{
	*stream = (struct archive_stream){ .archive = archive_read_new(), .limits = *limits, .left = bytes };
	struct archive *a = stream->archive;
	if (!a)
		return error_no_memory(err);
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_format_tar(a);
	if (limits->raw)
		archive_read_support_format_raw(a); /* what is no tar once unpacked: pods.json.gz */
	archive_read_set_options(a, "hdrcharset=BINARY");
	if (archive_read_open(a, stream, NULL, give_bytes, NULL) < ARCHIVE_WARN)
		damaged(stream, "damaged_archive", archive_error_string(a));
	return 0;
}

static bool is_bomb(const struct archive_stream *stream)
{
	int64_t packed = archive_filter_bytes(stream->archive, -1), unpacked = archive_filter_bytes(stream->archive, 0);
	return unpacked > stream->limits.ratio_from && unpacked / (packed > 0 ? packed : 1) > stream->limits.ratio;
}

bool archive_stream_is_tar(const struct archive_stream *stream)
{
	return (archive_format(stream->archive) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
}

static void check_end_mark(struct archive_stream *stream)
{
	if (archive_stream_is_tar(stream) &&
	    archive_filter_bytes(stream->archive, 0) - stream->data_end < TAR_BLOCK_BYTES)
		damaged(stream, "truncated", "it ends without the mark of a tar's end");
}

int archive_stream_piece(struct archive_stream *stream, struct slice *ret_piece, int64_t *ret_offset)
{
	const void *data = NULL;
	size_t len = 0;
	la_int64_t offset = 0;
	int result;
	do
		result = archive_read_data_block(stream->archive, &data, &len, &offset);
	while (result == ARCHIVE_RETRY);
	stream->data_end = archive_filter_bytes(stream->archive, 0);
	if (result == ARCHIVE_EOF)
		return 0;
	if (result < ARCHIVE_WARN)
		damaged(stream, "damaged_archive", archive_error_string(stream->archive));
	else if (is_bomb(stream))
		damaged(stream, "too_large", "it unpacks to far more than it should: a bomb, not read any further");
	if (stream->code)
		return 0;
	*ret_piece = (struct slice){ data, len };
	*ret_offset = offset;
	return 1;
}

/* Past what is left of the member, with an eye on bombs, which libarchive's own skipping has not. */
static void drain(struct archive_stream *stream)
{
	struct slice piece;
	int64_t offset;
	while (stream->entry && !stream->code && archive_stream_piece(stream, &piece, &offset) > 0)
		;
}

int archive_stream_next(struct archive_stream *stream)
{
	int result;
	drain(stream);
	if (stream->code || stream->ended)
		return 0;
	do
		result = archive_read_next_header(stream->archive, &stream->entry);
	while (result == ARCHIVE_RETRY);
	if (result == ARCHIVE_EOF)
		check_end_mark(stream);
	else if (result < ARCHIVE_WARN)
		damaged(stream, "damaged_archive", archive_error_string(stream->archive));
	if (result < ARCHIVE_WARN || result == ARCHIVE_EOF) {
		stream->entry = NULL;
		stream->ended = true;
		return 0;
	}
	stream->data_end = archive_filter_bytes(stream->archive, 0);
	return 1;
}

enum archive_member archive_stream_type(const struct archive_stream *stream)
{
	mode_t type = archive_entry_filetype(stream->entry);
	if (type == AE_IFDIR)
		return ARCHIVE_MEMBER_FOLDER;
	if (type == AE_IFLNK || archive_entry_hardlink(stream->entry))
		return ARCHIVE_MEMBER_LINK;
	return type && type != AE_IFREG ? ARCHIVE_MEMBER_SPECIAL : ARCHIVE_MEMBER_FILE;
}

struct slice archive_stream_name(const struct archive_stream *stream)
{
	return slice_of(archive_entry_pathname(stream->entry));
}

int64_t archive_stream_size(const struct archive_stream *stream)
{
	return archive_entry_size(stream->entry);
}
