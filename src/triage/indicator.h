/* Indicators of a breach: what --bad takes, one a line.
 *
 *     sha256:9f86d0...                                        a digest (of an index, manifest or config)
 *     docker.io/acme/web:1.4                                  a tag
 *     docker.io/acme/web:1.4 2026-11-20T09:00Z..2026-11-20T10:00Z   the tag in a window
 *     acme/web@sha256:9f86d0...                               a digest with a name: the digest counts
 *     file:sha256:9f86d0...                                   a file's hash: matched once layers are read
 *     # comment
 */
#ifndef FOTHER_TRIAGE_INDICATOR_H
#define FOTHER_TRIAGE_INDICATOR_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "model/reference.h"

enum indicator_kind { INDICATOR_DIGEST, INDICATOR_TAG, INDICATOR_FILE };

struct indicator {
	enum indicator_kind kind;
	struct slice digest;        /* DIGEST, FILE */
	struct reference reference; /* TAG; DIGEST when it was given with a name */
	int64_t from, to;           /* TAG: TIME_UNSET when open */
	struct slice text;          /* canonical line */
	size_t line;                /* where it came from; 0 on the command line */
	size_t next;                /* TAG: index + 1 of another one of the same name, 0 for none */
};

struct indicators {
	struct indicator *items;
	size_t len, capacity;
	/* Index + 1 in items, as a pointer: items move when the list grows. */
	struct map by_digest; /* digest */
	struct map by_name;   /* domain/path:tag: the latest one, which leads to the others */
	struct map by_text;   /* canonical line */
};

/* A named image seen somewhere, for the question whether a tag indicator means it. Times may be TIME_UNSET. */
struct indicator_sight {
	struct slice registry, repository, tag;
	int64_t from, to;
};

/* One line without its newline. 1: added, 0: blank or comment, -1: cannot be used (line number is the caller's). */
int indicator_add(struct indicators *list, struct slice line, size_t line_number, int64_t now, struct arena *arena,
		  struct error **err);
/* A file's whole text. The error names the line: "bad.txt: line 7: ...". */
int indicator_add_text(struct indicators *list, struct slice text, const char *name, int64_t now, struct arena *arena,
		       struct error **err);
/* The indicator that names the digest, or NULL. */
const struct indicator *indicators_digest(const struct indicators *list, struct slice digest);
/* The tag indicator that names what was seen, in a window that overlaps the sight (open ends overlap), or NULL. */
const struct indicator *indicators_tag(const struct indicators *list, const struct indicator_sight *sight);

void indicators_release(struct indicators *list);

#endif
