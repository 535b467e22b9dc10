/* A tar, plain or packed (gzip, zstd, xz, bzip2), as a stream of its members, over bytes that are all there; libarchive
 * stands behind it. Nothing is unpacked to disk, and names are labels only: nothing is ever opened by them.
 *
 *     struct archive_limits limits = { .ratio = LIMIT_SNAPSHOT_RATIO, .ratio_from = ... };
 *     CLEANUP(archive_stream_release) struct archive_stream stream;
 *     archive_stream_begin(&stream, bytes, &limits, err);
 *     while (archive_stream_next(&stream) > 0)
 *             while (archive_stream_piece(&stream, &piece, &offset) > 0)
 *                     ...
 *     // stream.code: NULL, or what ended it early
 *
 * A tar ends in two blocks of zeros; one without them was cut, and is told as that.
 */
#ifndef FOTHER_OCI_LAYOUT_ARCHIVE_STREAM_H
#define FOTHER_OCI_LAYOUT_ARCHIVE_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/slice.h"

struct archive;
struct archive_entry;

/* Unpacked to packed bytes, looked at when ratio_from bytes were unpacked. */
struct archive_limits {
	int64_t ratio, ratio_from;
	bool raw; /* what is packed and no tar is one member without a name */
};

struct archive_stream {
	struct archive *archive;
	struct archive_limits limits;
	struct slice left;           /* packed bytes that were not asked for yet */
	struct archive_entry *entry; /* the member that is read */
	int64_t data_end;            /* unpacked bytes when the last member's data had been read */
	bool ended;
	const char *code; /* NULL, truncated, damaged_archive or too_large: it ended early, because ... */
	char damage[256]; /* ... for a person */
};

/* bytes are borrowed until the end. What is no archive at all is damaged from the start. 0, or -1: memory. */
int archive_stream_begin(struct archive_stream *stream, struct slice bytes, const struct archive_limits *limits,
			 struct error **err);
void archive_stream_release(struct archive_stream *stream);

/* 1: a member. 0: the end, or the damage. */
int archive_stream_next(struct archive_stream *stream);
/* 1: a piece of its data, which lies at *ret_offset of it, valid until the next call. 0: no more, or the damage. */
int archive_stream_piece(struct archive_stream *stream, struct slice *ret_piece, int64_t *ret_offset);

/* A tar, not a single packed file. */
bool archive_stream_is_tar(const struct archive_stream *stream);

enum archive_member { ARCHIVE_MEMBER_FILE, ARCHIVE_MEMBER_FOLDER, ARCHIVE_MEMBER_LINK, ARCHIVE_MEMBER_SPECIAL };
enum archive_member archive_stream_type(const struct archive_stream *stream);
/* As it stands there, valid until the next member; not there: none. */
struct slice archive_stream_name(const struct archive_stream *stream);
/* As its header says. */
int64_t archive_stream_size(const struct archive_stream *stream);

#endif
