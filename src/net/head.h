/* The head of an answer: what we keep of its lines as they come (RFC 9110, RFC 9112).
 *
 *     struct head head = { 0 };
 *     while (a line came)
 *             if (head_add(&head, line) == HEAD_DONE) ...          // head.status, head.content_type, ...
 *
 * Interim answers (1xx) are read over. Lines behind the end (trailers) are only counted.
 */
#ifndef FOTHER_NET_HEAD_H
#define FOTHER_NET_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

#define HEAD_TYPE_BYTES 256 /* 127 for each of type and subtype: RFC 6838, section 4.2 */
#define HEAD_VALUE_BYTES 64 /* a date or a number of seconds */
/* Of all that is kept for the owner: challenges, and the address of a blob with its signature. */
#define HEAD_KEPT_BYTES 8192

enum head_state { HEAD_MORE, HEAD_DONE, HEAD_TOO_LARGE };

struct head {
	int status; /* 0 until a status line came */
	bool done;
	size_t bytes; /* of all lines */
	/* "" where there is none, or none that we can read */
	char content_type[HEAD_TYPE_BYTES]; /* lower case, without parameters */
	char date[HEAD_VALUE_BYTES], retry_after[HEAD_VALUE_BYTES];
	/* Fields of those that head_kept looks for, one behind the other: a byte for the name, the value, a NUL. What
	 * does not fit, or holds control characters, is left out. */
	char kept[HEAD_KEPT_BYTES];
	size_t kept_len;
};

/* For the next answer. What was kept is wiped: an address may hold a signature. */
void head_clear(struct head *head);

/* One line with or without its line end; an empty one ends the head. HEAD_DONE only once. */
enum head_state head_add(struct head *head, struct slice line);

/* The nth value (from 0) of a kept field by its name in any case; not there: none, or no field that is kept. */
struct slice head_kept(struct slice kept, struct slice name, size_t n);

/* The media type of a Content-Type's value in lower case, without parameters; "" for what is none. Returns room. */
const char *head_media_type(struct slice value, char room[HEAD_TYPE_BYTES]);

#endif
