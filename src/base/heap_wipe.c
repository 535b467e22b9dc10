/* heap_wipe_start of base/alloc.h. Not by glibc's M_PERTURB: that never reaches the small blocks (up to 1 KiB) which
 * each thread keeps for itself (tcache), and passwords are small. So free and realloc themselves are replaced, as the
 * glibc manual allows ("Replacing malloc"); shared libraries find ours first. */
#include "base/alloc.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HEAP_IS_REPLACED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
#define HEAP_IS_REPLACED 1
#endif
#endif

#if defined(__GLIBC__) && !defined(HEAP_IS_REPLACED)

#include <malloc.h>

#define EXPORTED __attribute__((visibility("default")))

/* Blocks of this size are always mapped on their own (glibc's DEFAULT_MMAP_THRESHOLD_MAX) and go back to the kernel. */
#define ALWAYS_MAPPED_BYTES (4 * 1024 * 1024 * sizeof(long))

void __libc_free(void *block);
void *__libc_realloc(void *block, size_t size);

static bool wiping;

int heap_wipe_start(void)
{
	wiping = true;
	return 0;
}

static void wipe_whole(void *block)
{
	size_t size = malloc_usable_size(block);
	if (size < ALWAYS_MAPPED_BYTES)
		explicit_bzero(block, size);
}

EXPORTED void free(void *block)
{
	int saved = errno;
	if (wiping && block)
		wipe_whole(block);
	__libc_free(block);
	errno = saved;
}

/* The C library's own would leave the bytes behind where the block lay before. */
static void *move_to(void *block, size_t old_size, size_t size)
{
	void *moved = malloc(size);
	if (!moved)
		return NULL;
	memcpy(moved, block, old_size < size ? old_size : size);
	free(block);
	return moved;
}

EXPORTED void *realloc(void *block, size_t size)
{
	if (!wiping || !block || !size)
		return block && !size ? (free(block), NULL) : __libc_realloc(block, size);
	size_t old_size = malloc_usable_size(block);
	if (old_size >= ALWAYS_MAPPED_BYTES && size >= ALWAYS_MAPPED_BYTES)
		return __libc_realloc(block, size); /* moves pages, not bytes */
	if (size <= old_size && size > old_size / 2)
		return block;
	return move_to(block, old_size, size);
}

#else

int heap_wipe_start(void)
{
	return -1;
}

#endif
