/* What a file of a dump is, told by its first bytes; its name decides only where they leave it open.
 *
 * A name that promises a document (.json, .jsonl, .ndjson, .yaml, .yml) and bytes that are none make a defect; any
 * other file that is no document (README.txt, a layer of an image layout) is just not ours.
 */
#ifndef FOTHER_COLLECT_SNAPSHOT_CONTENT_H
#define FOTHER_COLLECT_SNAPSHOT_CONTENT_H

#include <stdbool.h>

#include "base/slice.h"

/* How many bytes are looked at. */
#define CONTENT_START_BYTES 4096

enum content {
	CONTENT_JSON,       /* a JSON document, or several */
	CONTENT_YAML,       /* the same in YAML */
	CONTENT_UTF16,      /* any of these in UTF-16: what it is shows when it was converted */
	CONTENT_TEXT_FIRST, /* a line of text (a warning of kubectl's), JSON behind it */
	CONTENT_ERROR_TEXT, /* what kubectl says when it fails */
	CONTENT_EMPTY,      /* nothing, or blanks */
	CONTENT_JUNK,       /* named like a document, and none */
	CONTENT_UNREADABLE, /* set by those who list files: it is there and cannot be read */
	CONTENT_OTHER,      /* none of ours */
	CONTENT_FROZEN,     /* a list that `fother collect` wrote: collect/frozen */
	CONTENT_MANIFEST,   /* the manifest of a run of it */
};

/* `start`: the first CONTENT_START_BYTES of the file, or all of it. */
enum content content_of(struct slice name, struct slice start);
/* The same for bytes that somebody handed over as a document: standard input, or a file named on the command line. */
enum content content_of_given(struct slice start);

/* JSON (frozen or not), YAML, UTF-16, or text with JSON behind it: may hold objects. */
bool content_is_document(enum content content);
/* A tar, or compressed: by its magic bytes (gzip, zstd, xz, bzip2, ustar). */
bool content_is_archive(struct slice start);

/* Offset of the next line, at `from` or behind it, that begins with '{'; the length of `text` when there is none. */
size_t content_next_object(struct slice text, size_t from);

#endif
