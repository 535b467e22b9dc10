/* JSON into a strbuf. Commas, quotes and escapes are the writer's; nesting is the caller's.
 *
 *     struct json_writer w = { .out = &out };
 *     json_object_begin(&w);
 *     json_key(&w, "name"); json_text(&w, name);
 *     json_object_end(&w);
 *
 * Text that is not UTF-8 is written with the bad bytes as U+FFFD; json_member_text adds the `<key>_base64` twin then.
 * Control, bidirectional and line-separator characters are escaped, so that the output is safe on a terminal.
 */
#ifndef FOTHER_BASE_JSON_WRITER_H
#define FOTHER_BASE_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/strbuf.h"

struct json_writer {
	struct strbuf *out;
	unsigned indent; /* spaces a level; 0: all on one line */
	unsigned depth;
	bool comma;
	bool after_key;
};

void json_object_begin(struct json_writer *w);
void json_object_end(struct json_writer *w);
void json_array_begin(struct json_writer *w);
void json_array_end(struct json_writer *w);
void json_key(struct json_writer *w, const char *key);
/* `<key>_base64`: the twin of a text that is not UTF-8. */
void json_key_base64(struct json_writer *w, const char *key);
/* "not there" is null. */
void json_text(struct json_writer *w, struct slice text);
/* The bytes as a string of base64. */
void json_base64(struct json_writer *w, struct slice bytes);
void json_int(struct json_writer *w, int64_t value);
void json_bool(struct json_writer *w, bool value);
void json_null(struct json_writer *w);
/* RFC 3339, or null for TIME_UNSET. */
void json_time(struct json_writer *w, int64_t time);
/* key and text, and `<key>_base64` when text is not UTF-8. */
void json_member_text(struct json_writer *w, const char *key, struct slice text);

#endif
