/* A document as one line of text, for tables of expected tokens.
 *
 *     {"a":[1,"x",null]}    ->    { key(a) [ num(1) str(x) null ] }
 *
 * Texts are decoded. A `!` behind a key: duplicate; a `?` behind a text: replaced. Documents are separated by `|`.
 * An error ends the line with `error: MESSAGE`.
 */
#ifndef FOTHER_TEST_TOKEN_TRACE_H
#define FOTHER_TEST_TOKEN_TRACE_H

#include "base/reader.h"
#include "base/strbuf.h"

/* 0, or -1 when the line ends with an error. */
int trace_tokens(struct reader *r, struct strbuf *out);

/* The trace of a whole text, which is copied to a block of its exact size first, so that sanitizers see each step
 * beyond its end. Valid until the next call of the same function. */
const char *trace_json(struct slice text, unsigned flags);
const char *trace_yaml(struct slice text, unsigned flags);

#endif
