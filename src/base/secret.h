/* Secret bytes: values of docker configs, passwords, tokens, keys.
 *
 * They live in OpenSSL's secure heap (locked, not in core dumps, guard pages), are wiped when released, have no way
 * to a strbuf, a log, JSON or the store, and are compared in constant time. The one way to look inside is
 * secret_reveal, which tools/check-layers allows only in the folders that parse credentials.
 *
 *     CLEANUP(secret_release) struct secret_bytes password = {0};
 *     if (secret_alloc(&password, length, err) < 0) return -1;
 */
#ifndef FOTHER_BASE_SECRET_H
#define FOTHER_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/slice.h"

struct secret_bytes {
	unsigned char *secret_data; /* NULL: nothing there */
	size_t secret_len, secret_capacity;
};

/* Once at the start of a process: sets up the secure heap, forbids core dumps and ptrace by others
 * (PR_SET_DUMPABLE 0, RLIMIT_CORE 0). Where locking memory is refused it goes on without the lock. */
int secret_start_process(struct error **err);

/* Room for `capacity` bytes, length 0. Whatever s held is wiped first. At most LIMIT_SECRET_BYTES. */
int secret_alloc(struct secret_bytes *s, size_t capacity, struct error **err);

/* Where to write, and how much was written (<= capacity). */
unsigned char *secret_room(struct secret_bytes *s);
void secret_set_length(struct secret_bytes *s, size_t len);

/* A copy of bytes. */
int secret_copy(struct secret_bytes *s, struct slice bytes, struct error **err);

/* The bytes, borrowed. Read the header's first paragraph before you call it. */
struct slice secret_reveal(const struct secret_bytes *s);

bool secret_is_set(const struct secret_bytes *s);
size_t secret_length(const struct secret_bytes *s);

/* Wipes and frees; takes the empty one and may be called twice. */
void secret_release(struct secret_bytes *s);

/* Overwrites memory in a way that the compiler cannot leave out. */
void secret_wipe(void *data, size_t len);

#endif
