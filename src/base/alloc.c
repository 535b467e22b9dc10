#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

/* glibc fills freed blocks with this byte and new ones with its complement; 0 would switch the filling off. */
#define WIPE_BYTE 0x5a

void *mem_alloc(size_t size)
{
	return malloc(size ? size : 1);
}

void *mem_alloc_zeroed(size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total))
		return NULL;
	return calloc(1, total ? total : 1);
}

void *mem_resize(void *pointer, size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total))
		return NULL;
	return realloc(pointer, total ? total : 1);
}

char *mem_copy_text(const char *data, size_t length)
{
	if (length == SIZE_MAX)
		return NULL;
	char *copy = mem_alloc(length + 1);
	if (!copy)
		return NULL;
	if (length)
		memcpy(copy, data, length);
	copy[length] = '\0';
	return copy;
}

void *mem_free(void *pointer)
{
	free(pointer);
	return NULL;
}

void mem_freep(void *pointer_to_pointer)
{
	void *pointer;
	memcpy(&pointer, pointer_to_pointer, sizeof pointer);
	free(pointer);
	memset(pointer_to_pointer, 0, sizeof pointer);
}

int heap_wipe_start(void)
{
#ifdef __GLIBC__
	return mallopt(M_PERTURB, WIPE_BYTE) == 1 ? 0 : -1;
#else
	return -1;
#endif
}
