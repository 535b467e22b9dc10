#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"

#define FIRST_BLOCK_BYTES (4 * LIMIT_KIB)
#define LARGEST_BLOCK_BYTES LIMIT_MIB
#define FIRST_ITEMS 4

struct arena_block {
	struct arena_block *next;
	size_t size, used; /* of data */
	_Alignas(max_align_t) unsigned char data[];
};

/* Puts a block of `size` data bytes in front, or behind the first when that one is to stay in use. */
static struct arena_block *add_block(struct arena *a, size_t size, bool in_front)
{
	if (size > a->max - a->used) {
		a->failure = ERROR_LIMIT;
		return NULL;
	}
	struct arena_block *block = size < SIZE_MAX - sizeof *block ? mem_alloc(sizeof *block + size) : NULL;
	if (!block) {
		a->failure = ERROR_NO_MEMORY;
		return NULL;
	}
	struct arena_block **place = in_front || !a->blocks ? &a->blocks : &a->blocks->next;
	*block = (struct arena_block){ .next = *place, .size = size };
	*place = block;
	a->used += size;
	return block;
}

/* Twice the last one, but never past the maximum of the arena. */
static size_t next_block_size(const struct arena *a, size_t needed)
{
	size_t size = a->blocks ? 2 * a->blocks->size : FIRST_BLOCK_BYTES;
	if (size > LARGEST_BLOCK_BYTES)
		size = LARGEST_BLOCK_BYTES;
	if (size > a->max - a->used)
		size = a->max - a->used;
	return size > needed ? size : needed;
}

/* Requests of a quarter of the next block and more get one of their own: the rest of the open block is not lost. */
static struct arena_block *block_for(struct arena *a, size_t size, size_t alignment)
{
	struct arena_block *first = a->blocks;
	if (first) {
		size_t start = (first->used + alignment - 1) & ~(alignment - 1);
		if (start <= first->size && size <= first->size - start) {
			first->used = start;
			return first;
		}
	}
	size_t block_size = next_block_size(a, size);
	if (first && size >= block_size / 4)
		return add_block(a, size, false);
	return add_block(a, block_size, true);
}

static void *take(struct arena *a, size_t size, size_t alignment)
{
	struct arena_block *block = block_for(a, size ? size : 1, alignment);
	if (!block)
		return NULL;
	void *taken = block->data + block->used;
	block->used += size ? size : 1;
	return taken;
}

void *arena_zeroed(struct arena *a, size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total)) {
		a->failure = ERROR_LIMIT;
		return NULL;
	}
	void *taken = take(a, total, _Alignof(max_align_t));
	return taken ? memset(taken, 0, total) : NULL;
}

void *arena_grow(struct arena *a, void *items, size_t len, size_t *capacity, size_t item_size)
{
	if (len < *capacity)
		return items;
	size_t more = *capacity ? 2 * *capacity : FIRST_ITEMS;
	void *grown = arena_zeroed(a, more, item_size);
	if (!grown)
		return NULL;
	if (len)
		memcpy(grown, items, len * item_size);
	*capacity = more;
	return grown;
}

char *arena_bytes(struct arena *a, size_t size)
{
	return take(a, size, 1);
}

int arena_copy(struct arena *a, struct slice s, struct slice *ret_copy)
{
	if (!s.data) {
		*ret_copy = SLICE_NONE;
		return 0;
	}
	char *copy = s.len < SIZE_MAX ? arena_bytes(a, s.len + 1) : NULL;
	if (!copy)
		return -1;
	memcpy(copy, s.data, s.len);
	copy[s.len] = '\0';
	*ret_copy = (struct slice){ copy, s.len };
	return 0;
}

struct slice arena_printf(struct arena *a, const char *format, ...)
{
	struct arena_block *block = a->blocks;
	char *room = block ? (char *)block->data + block->used : NULL; /* mostly enough: then one pass does */
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int formatted = vsnprintf(room, block ? block->size - block->used : 0, format, args);
	size_t len = formatted < 0 ? 0 : (size_t)formatted;
	char *text = arena_bytes(a, len + 1);
	if (text && text != room)
		vsnprintf(text, len + 1, format, again);
	if (text && formatted < 0)
		text[0] = '\0';
	va_end(again);
	va_end(args);
	return text ? (struct slice){ text, len } : SLICE_NONE;
}

int arena_fail(const struct arena *a, struct error **err)
{
	if (a->failure == ERROR_LIMIT)
		return error_set(err, ERROR_LIMIT, "needs more than %zu bytes of memory", a->max);
	return error_no_memory(err);
}

static void free_blocks(struct arena_block *block)
{
	while (block) {
		struct arena_block *next = block->next;
		mem_free(block);
		block = next;
	}
}

void arena_clear(struct arena *a)
{
	struct arena_block *kept = a->blocks;
	a->failure = 0;
	if (!kept)
		return;
	free_blocks(kept->next);
	kept->next = NULL;
	kept->used = 0;
	a->used = kept->size;
}

void arena_release(struct arena *a)
{
	free_blocks(a->blocks);
	a->blocks = NULL;
	a->used = 0;
	a->failure = 0;
}
