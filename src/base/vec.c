#include "base/vec.h"

#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"

#define FIRST_CAPACITY 8

void *vec_push_item(void **items, size_t *len, size_t *capacity, size_t item_size)
{
	if (*len >= LIMIT_VEC_ITEMS)
		return NULL;
	if (*len == *capacity) {
		size_t more = *capacity ? 2 * *capacity : FIRST_CAPACITY;
		void *moved = mem_resize(*items, more, item_size);
		if (!moved)
			return NULL;
		*items = moved;
		*capacity = more;
	}
	return memset((char *)*items + (*len)++ * item_size, 0, item_size);
}

void vec_free(void *items)
{
	mem_free(items);
}
