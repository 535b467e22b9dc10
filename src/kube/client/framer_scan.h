/* Passes over one JSON value that arrives in pieces, by brackets and strings alone. Within kube/client.
 *
 *     frame_scan_start(&scan);
 *     frame_scan_on(&scan, &cursor, &problem)              // 0: the piece is over, feed the next
 *
 * Which bracket is open is remembered, so that a value that ends ends for every reader. Numbers and words are not
 * looked at; one that stands alone ends before a comma, bracket or blank.
 */
#ifndef FOTHER_KUBE_CLIENT_FRAMER_SCAN_H
#define FOTHER_KUBE_CLIENT_FRAMER_SCAN_H

#include <stdbool.h>

#include "base/cursor.h"
#include "base/limits.h"

struct frame_scan {
	unsigned depth; /* open brackets */
	bool started;
	bool in_string;
	bool escaped;                                /* in a string: the next byte stands behind a backslash */
	unsigned char objects[LIMIT_JSON_DEPTH / 8]; /* a bit for each open level: object, not array */
};

/* The next byte is a value's first. */
void frame_scan_start(struct frame_scan *scan);

/* 1: the value ended, and the cursor stands behind it. 0: all of the cursor was passed, the value goes on or may. -1:
 * the cursor stands at what is wrong, and *ret_problem tells it (a constant text; too deep is FRAME_TOO_DEEP). */
int frame_scan_on(struct frame_scan *scan, struct cursor *c, const char **ret_problem);

extern const char FRAME_TOO_DEEP[];

/* A number or word may end here, where the body does. */
bool frame_scan_is_scalar(const struct frame_scan *scan);

#endif
