/* The only way to read bytes from outside: a position that cannot leave its range.
 *
 *     struct cursor c = cursor_on(bytes);
 *     if (cursor_peek(&c) == '{') cursor_skip(&c, 1);
 *
 * A sub-cursor cannot leave its parent. Offsets count from the start of the outermost cursor.
 */
#ifndef FOTHER_BASE_CURSOR_H
#define FOTHER_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct cursor {
	const unsigned char *start, *position, *end;
	size_t base; /* offset of start in the outermost range */
};

static inline struct cursor cursor_on(struct slice bytes)
{
	const unsigned char *start = (const unsigned char *)(bytes.data ? bytes.data : "");
	return (struct cursor){ start, start, start + bytes.len, 0 };
}

static inline size_t cursor_left(const struct cursor *c)
{
	return (size_t)(c->end - c->position);
}

/* Bytes from the start of the outermost range. */
static inline size_t cursor_offset(const struct cursor *c)
{
	return c->base + (size_t)(c->position - c->start);
}

/* The next byte, or -1 at the end; does not move. */
static inline int cursor_peek(const struct cursor *c)
{
	return c->position < c->end ? *c->position : -1;
}

/* The next byte, or -1 at the end; moves past it. */
static inline int cursor_take(struct cursor *c)
{
	return c->position < c->end ? *c->position++ : -1;
}

/* Moves `count` bytes on; false, and no move, when fewer are left. */
static inline bool cursor_skip(struct cursor *c, size_t count)
{
	if (count > cursor_left(c))
		return false;
	c->position += count;
	return true;
}

/* The next `count` bytes as a slice, moving past them; false, and no move, when fewer are left. */
static inline bool cursor_take_slice(struct cursor *c, size_t count, struct slice *ret_bytes)
{
	const unsigned char *at = c->position;
	if (!cursor_skip(c, count))
		return false;
	*ret_bytes = (struct slice){ (const char *)at, count };
	return true;
}

/* What stands before the next `byte`, moving up to it: true. False, and no move, when there is none: all that is left.
 */
static inline bool cursor_take_to(struct cursor *c, char byte, struct slice *ret_before)
{
	const unsigned char *found = cursor_left(c) ? memchr(c->position, byte, cursor_left(c)) : NULL;
	*ret_before = (struct slice){ (const char *)c->position,
				      found ? (size_t)(found - c->position) : cursor_left(c) };
	if (found)
		c->position = found;
	return found != NULL;
}

/* A cursor on the next `count` bytes, moving past them; false, and no move, when fewer are left. */
bool cursor_take_cursor(struct cursor *c, size_t count, struct cursor *ret_sub);

/* Line and column of an offset, both from 1, counted in bytes; \n ends a line. Linear: for messages only. */
void cursor_line(struct slice bytes, size_t offset, size_t *ret_line, size_t *ret_column);

#endif
