/* A growing text with a maximum from birth, always NUL-terminated behind its end.
 *
 *     CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
 *     strbuf_add_text(&out, "pod ");
 *     strbuf_addf(&out, "%s/%s", namespace, name);
 *     if (strbuf_failed(&out, err)) return -1;
 *
 * Failure (over the maximum, or no memory) is sticky: later calls do nothing, what was there stays, and
 * strbuf_failed tells at the end. Never holds secret values: those live in struct secret_bytes.
 */
#ifndef FOTHER_BASE_STRBUF_H
#define FOTHER_BASE_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/slice.h"

struct strbuf {
	char *data; /* NULL until something was added */
	size_t len, capacity, max;
	enum error_code failure; /* 0, ERROR_LIMIT or ERROR_NO_MEMORY */
};

#define STRBUF_INIT(max_bytes)                                                                                         \
	{                                                                                                              \
		.max = (max_bytes)                                                                                     \
	}

void strbuf_add(struct strbuf *b, const void *data, size_t len);
void strbuf_add_char(struct strbuf *b, char c);
void strbuf_add_text(struct strbuf *b, const char *text);
void strbuf_add_slice(struct strbuf *b, struct slice s);
void strbuf_add_repeat(struct strbuf *b, char c, size_t count);
void strbuf_addf(struct strbuf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* As strbuf_addf, but what goes over the maximum is cut off and is no failure: for messages. */
void strbuf_addf_cut(struct strbuf *b, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
void strbuf_add_int(struct strbuf *b, long long value);

/* Takes memory for `len` more bytes at once, where so many are expected. More than the maximum is no failure yet. */
void strbuf_expect(struct strbuf *b, size_t len);

/* Length 0, memory and maximum kept, failure forgotten. */
void strbuf_clear(struct strbuf *b);
/* Shortens to len. */
void strbuf_cut(struct strbuf *b, size_t len);
struct slice strbuf_slice(const struct strbuf *b);
/* The text as a C string, "" when nothing was added. */
const char *strbuf_text(const struct strbuf *b);

/* True, and *err set, when any addition failed. */
bool strbuf_failed(const struct strbuf *b, struct error **err);

void strbuf_release(struct strbuf *b);

#endif
