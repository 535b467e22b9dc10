#include "base/cursor.h"

bool cursor_take_cursor(struct cursor *c, size_t count, struct cursor *ret_sub)
{
	const unsigned char *at = c->position;
	size_t offset = cursor_offset(c);
	if (!cursor_skip(c, count))
		return false;
	*ret_sub = (struct cursor){ at, at, at + count, offset };
	return true;
}

void cursor_line(struct slice bytes, size_t offset, size_t *ret_line, size_t *ret_column)
{
	struct slice left = slice_part(bytes, 0, offset);
	struct slice line;
	size_t number = 1;
	while (slice_cut(left, '\n', &line, &left))
		number++;
	*ret_line = number;
	*ret_column = line.len + 1;
}
