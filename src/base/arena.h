/* Memory of one request or batch, dropped at once.
 *
 *     CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_WORLD_BYTES);
 *     struct pod *pod = arena_zeroed(&arena, 1, sizeof *pod);
 *     if (!pod) return error_no_memory(err);
 *
 * Blocks grow from 4 KiB to 1 MiB. NULL when memory runs out or the maximum is passed; arena_fail turns that into
 * the right error. Never holds secret values.
 */
#ifndef FOTHER_BASE_ARENA_H
#define FOTHER_BASE_ARENA_H

#include <stddef.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/slice.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	size_t used, max;           /* bytes of all blocks together, and the most they may be */
	enum error_code failure;    /* why the last failed call failed: ERROR_LIMIT or ERROR_NO_MEMORY */
};

#define ARENA_INIT(max_bytes)                                                                                          \
	{                                                                                                              \
		.max = (max_bytes)                                                                                     \
	}

/* count * size bytes of zero, aligned for any type. */
void *arena_zeroed(struct arena *a, size_t count, size_t size);
/* Room for one item more in an array in the arena: items itself, or a copy twice as large, zeroed behind len. The old
 * one stays behind in the arena. NULL on failure, and nothing changed. */
void *arena_grow(struct arena *a, void *items, size_t len, size_t *capacity, size_t item_size);
/* size bytes without alignment or clearing, for text. */
char *arena_bytes(struct arena *a, size_t size);
/* A copy with a NUL behind it; "not there" stays "not there" and succeeds. 0 or -1 without an error set. */
int arena_copy(struct arena *a, struct slice s, struct slice *ret_copy);
/* printf into the arena; a slice whose data is NULL on failure. */
struct slice arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sets *err to what made the last call fail (ERROR_LIMIT or ERROR_NO_MEMORY). Returns -1. */
int arena_fail(const struct arena *a, struct error **err);

/* Empties, keeping one block for the next use. Every pointer into the arena is dead. */
void arena_clear(struct arena *a);
void arena_release(struct arena *a);

#endif
