#include "oci/transport/link.h"

#include "base/ascii.h"
#include "oci/transport/field.h"

/* rel="prev next": types with blanks between. */
static bool has_next(struct slice types)
{
	struct slice type, rest = types;
	while (rest.len) {
		rest = slice_trim(rest);
		slice_cut(rest, ' ', &type, &rest);
		if (slice_equal_nocase(slice_trim(type), SLICE("next")))
			return true;
	}
	return false;
}

/* The parameters of one link, up to its comma or the end. Only the first rel counts. */
static bool take_parameters(struct cursor *c, bool *ret_next)
{
	bool seen = false;

	for (;;) {
		struct field_parameter parameter;
		field_skip_blanks(c);
		if (cursor_peek(c) != ';')
			return cursor_peek(c) == ',' || !cursor_left(c);
		cursor_skip(c, 1);
		field_skip_blanks(c);
		if (cursor_peek(c) == ';' || cursor_peek(c) == ',' || !cursor_left(c))
			continue;
		if (!field_take_parameter(c, &parameter))
			return false;
		if (seen || !slice_equal_nocase(parameter.name, SLICE("rel")))
			continue;
		seen = true;
		*ret_next = has_next(parameter.value);
	}
}

enum link_result link_next(struct slice value, struct slice *ret_target)
{
	struct cursor c = cursor_on(value);

	for (;;) {
		struct slice target;
		bool next = false;
		while (ascii_is_blank(cursor_peek(&c)) || cursor_peek(&c) == ',')
			cursor_skip(&c, 1);
		if (!cursor_left(&c))
			return LINK_NONE;
		if (cursor_take(&c) != '<' || !cursor_take_to(&c, '>', &target))
			return LINK_BROKEN;
		cursor_skip(&c, 1);
		if (!take_parameters(&c, &next))
			return LINK_BROKEN;
		if (!next)
			continue;
		*ret_target = slice_trim(target);
		return LINK_NEXT;
	}
}
