/* Errors: a code, a message, and the context added on the way up.
 *
 * One contract for the whole tree. A function that can fail takes `struct error **err` last and returns 0 or a
 * positive result on success, -1 (or NULL) on failure. On failure *err is set, on success it is untouched. "Not
 * found", "again" and "end" are results, not errors. err must not be NULL; *err must be NULL on entry.
 *
 *     if (secret_decode(bytes, &secret, err) < 0)
 *         return error_context(err, "secret %s", name);       // always -1
 *
 * The message reads from the outside in: "pod shop/web-7: pull secret hub: entry 2: bad base64 at byte 17".
 * A message never holds a byte of a secret value. One call adds at most LIMIT_MESSAGE_BYTES, the rest is cut off. When
 * memory for an error itself is missing, *err is set to a shared constant object; error_free takes it like any other.
 */
#ifndef FOTHER_BASE_ERROR_H
#define FOTHER_BASE_ERROR_H

#include <stdbool.h>

#include "base/cleanup.h"

enum error_code {
	ERROR_SYSTEM = 1,  /* a system call or a library failed */
	ERROR_NO_MEMORY,   /* allocation failed */
	ERROR_LIMIT,       /* larger, deeper or more than base/limits.h allows */
	ERROR_SYNTAX,      /* bytes from outside are not of the format */
	ERROR_UNSUPPORTED, /* well formed, but not something we can do; the message names it */
	ERROR_USAGE,       /* the user asked for something that cannot be; exit code 2 */
	ERROR_STORE,       /* the store refused, is damaged, busy, or newer than this program */
};

struct error {
	enum error_code code;
	char *message; /* UTF-8, one line, no full stop; what a terminal must not see is escaped (utf8_add_printable) */
};

/* Sets *err and returns -1. */
int error_set(struct error **err, enum error_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* As error_set with ERROR_SYSTEM (ERROR_NO_MEMORY for ENOMEM), and ": strerror(errnum)" at the end. */
int error_set_errno(struct error **err, int errnum, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The one error of a failed allocation. Returns -1. */
int error_no_memory(struct error **err);

/* Puts "context: " before the message. Returns -1. */
int error_context(struct error **err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether it only says that the bytes from outside are not of the format, or too large: ERROR_SYNTAX, ERROR_LIMIT. */
bool error_is_of_input(const struct error *error);

/* Takes NULL. Returns NULL. */
struct error *error_free(struct error *error);

/* For CLEANUP(error_freep). */
void error_freep(struct error **error);

/* Moves *from to *to when *from is set; returns -1 then, 0 otherwise. */
int error_move(struct error **to, struct error **from);

#endif
