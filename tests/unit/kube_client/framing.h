/* Bodies through a framer, and what came out of it as text: one line each.
 *
 *     CLEANUP(framing_release) struct framing f;
 *     framing_run(&f, FRAME_JSON_LIST, body, 7);          // in pieces of 7 bytes; 0: whole
 *     check_slice(strbuf_slice(&f.text), "head 0 PodList v1 ...\nitem {}\n...");
 */
#ifndef FOTHER_TESTS_UNIT_KUBE_CLIENT_FRAMING_H
#define FOTHER_TESTS_UNIT_KUBE_CLIENT_FRAMING_H

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "kube/client/framer.h"
#include "support/check.h"

struct framing {
	struct strbuf text;
	struct error *error; /* of the first call that gave -1, or NULL */
	uint64_t count;      /* framer_count at the end */
	size_t items_bytes;  /* of all items and objects */
	size_t fail_at;      /* > 0: that call of an item or event gives -1 */
	size_t calls;
	bool only_sizes; /* of items, for large ones */
};

extern const struct framer_calls framing_calls;

void framing_start(struct framing *f);
/* Feeds body in pieces of `step` bytes (0: whole) and ends it. Each piece is an allocation of its own, which is gone
 * before the next, so that what is kept of it shows. */
void framing_feed(struct framing *f, enum frame_kind kind, struct slice body, size_t step);
void framing_release(struct framing *f);

/* Whole gives the text, and so does the body in pieces of 1, 2, 3, 7 and 64 bytes. No error. */
void check_frames(enum frame_kind kind, struct slice body, const char *text);
/* The same of a body that is refused: ERROR_SYNTAX with that message, whole, after that text. */
void check_frames_fail(enum frame_kind kind, struct slice body, const char *text, const char *message);

#endif
