#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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
