#include "oci/transport/field.h"

#include <string.h>

#include "base/ascii.h"

void field_skip_blanks(struct cursor *c)
{
	while (cursor_peek(c) == ' ' || cursor_peek(c) == '\t')
		cursor_skip(c, 1);
}

static bool is_token_char(int byte)
{
	return ascii_is_alphanumeric(byte) || (byte > 0 && strchr("!#$%&'*+-.^_`|~", byte));
}

struct slice field_take_token(struct cursor *c)
{
	struct cursor end = *c;
	size_t len = 0;
	struct slice token = SLICE("");

	while (is_token_char(cursor_peek(&end))) {
		cursor_skip(&end, 1);
		len++;
	}
	cursor_take_slice(c, len, &token);
	return token;
}

/* Values without quotes are tokens; URLs and scopes come without them too. */
static bool is_loose_char(int byte)
{
	return byte > 0x20 && byte < 0x7f && byte != ',' && byte != ';' && byte != '"';
}

static struct slice take_loose(struct cursor *c)
{
	struct cursor end = *c;
	size_t len = 0;
	struct slice value = SLICE("");

	while (is_loose_char(cursor_peek(&end))) {
		cursor_skip(&end, 1);
		len++;
	}
	cursor_take_slice(c, len, &value);
	return value;
}

static bool take_quoted(struct cursor *c, struct field_parameter *parameter)
{
	struct cursor end = *c;
	size_t len = 0;

	while (cursor_left(&end) && cursor_peek(&end) != '"') {
		size_t taken = 1;
		if (cursor_peek(&end) == '\\') {
			parameter->escaped = true;
			taken = 2;
		}
		if (!cursor_skip(&end, taken))
			return false;
		len += taken;
	}
	return cursor_take_slice(c, len, &parameter->value) && cursor_take(c) == '"';
}

bool field_take_value(struct cursor *c, struct field_parameter *parameter)
{
	parameter->value = SLICE("");
	parameter->escaped = false;
	field_skip_blanks(c);
	if (cursor_peek(c) != '=')
		return true;
	cursor_skip(c, 1);
	field_skip_blanks(c);
	if (cursor_peek(c) == '"') {
		cursor_skip(c, 1);
		return take_quoted(c, parameter);
	}
	parameter->value = take_loose(c);
	return true;
}

bool field_take_parameter(struct cursor *c, struct field_parameter *ret_parameter)
{
	ret_parameter->name = field_take_token(c);
	return ret_parameter->name.len && field_take_value(c, ret_parameter);
}

size_t field_unescape(struct slice value, char *room)
{
	size_t len = 0;
	for (size_t i = 0; i < value.len; i++) {
		if (value.data[i] == '\\' && i + 1 < value.len)
			i++;
		room[len++] = value.data[i];
	}
	return len;
}
