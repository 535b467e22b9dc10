/* Heap memory. The only callers of malloc, calloc, realloc and free in the tree.
 *
 * All return NULL on exhaustion or overflow and never abort, so that each allocation can be made to fail in turn by
 * the tests (they wrap malloc, calloc and realloc at link time). Freed memory is overwritten: see heap_wipe_start.
 */
#ifndef FOTHER_BASE_ALLOC_H
#define FOTHER_BASE_ALLOC_H

#include <stddef.h>

#include "base/cleanup.h"

/* size 0 gives a unique pointer that can be freed. */
void *mem_alloc(size_t size);

/* count * size bytes of zero; NULL when the product overflows. */
void *mem_alloc_zeroed(size_t count, size_t size);

/* As realloc(pointer, count * size); on failure the old block stays valid. */
void *mem_resize(void *pointer, size_t count, size_t size);

/* A NUL-terminated copy of length bytes. */
char *mem_copy_text(const char *data, size_t length);

/* Takes NULL. Returns NULL. */
void *mem_free(void *pointer);

/* For CLEANUP(mem_freep) on any `T *`. */
void mem_freep(void *pointer_to_pointer);

/* From now on every block is overwritten when it is freed or moved, those of libyaml, libarchive and SQLite too: they
 * copy values to a heap that we cannot wipe by hand. Called once by main, before threads start. 0, or -1 where it
 * cannot be done: C libraries other than glibc, and builds with a sanitizer, which bring a heap of their own. */
int heap_wipe_start(void);

#endif
