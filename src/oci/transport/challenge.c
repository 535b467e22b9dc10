#include "oci/transport/challenge.h"

#include "base/ascii.h"
#include "oci/transport/field.h"

static void skip_commas(struct cursor *c)
{
	while (ascii_is_blank(cursor_peek(c)) || cursor_peek(c) == ',')
		cursor_skip(c, 1);
}

static int keep(struct challenge *challenge, const struct field_parameter *parameter, struct arena *arena,
		struct error **err)
{
	const struct {
		struct slice name;
		struct slice *place;
	} kept[] = {
		{ SLICE("realm"), &challenge->realm },
		{ SLICE("service"), &challenge->service },
		{ SLICE("scope"), &challenge->scope },
		{ SLICE("error"), &challenge->error },
	};
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		if (kept[i].place->data || !slice_equal_nocase(parameter->name, kept[i].name))
			continue;
		*kept[i].place = parameter->value;
		if (!parameter->escaped)
			return 0;
		char *room = arena_bytes(arena, parameter->value.len);
		if (!room)
			return arena_fail(arena, err);
		*kept[i].place = (struct slice){ room, field_unescape(parameter->value, room) };
	}
	return 0;
}

/* A name that no `=` follows begins another challenge; `=` and nothing behind it ends a token68 (RFC 9110, 11.2). */
static bool is_parameter(struct cursor ahead)
{
	field_skip_blanks(&ahead);
	if (cursor_take(&ahead) != '=')
		return false;
	return cursor_left(&ahead) && cursor_peek(&ahead) != '=' && cursor_peek(&ahead) != ',';
}

/* 1: up to the next challenge or the end; 0: broken; -1. */
static int take_parameters(struct cursor *c, struct challenge *challenge, struct arena *arena, struct error **err)
{
	for (;;) {
		struct cursor before = *c;
		struct field_parameter parameter;

		skip_commas(c);
		if (!cursor_left(c))
			return 1;
		parameter.name = field_take_token(c);
		if (!parameter.name.len)
			return 0;
		if (!is_parameter(*c)) {
			*c = before;
			return 1;
		}
		if (!field_take_value(c, &parameter))
			return 0;
		if (keep(challenge, &parameter, arena, err) < 0)
			return -1;
	}
}

/* Negotiate and its like have one text of base64 in place of parameters. */
static void skip_token68(struct cursor *c)
{
	struct cursor ahead = *c;
	field_skip_blanks(&ahead);
	if (!field_take_token(&ahead).len && cursor_peek(&ahead) != '/')
		return;
	while (ascii_is_alphanumeric(cursor_peek(&ahead)) || cursor_peek(&ahead) == '/' || cursor_peek(&ahead) == '+')
		cursor_skip(&ahead, 1);
	bool padded = cursor_peek(&ahead) == '=';
	while (cursor_peek(&ahead) == '=')
		cursor_skip(&ahead, 1);
	field_skip_blanks(&ahead);
	if (padded && (!cursor_left(&ahead) || cursor_peek(&ahead) == ','))
		*c = ahead;
}

int challenge_add(struct challenges *challenges, struct slice value, struct arena *arena, struct error **err)
{
	struct cursor c = cursor_on(value);

	for (;;) {
		struct challenge challenge = { 0 };
		skip_commas(&c);
		challenge.scheme = field_take_token(&c);
		if (!challenge.scheme.len || challenges->count == LIMIT_CHALLENGES)
			return 0;
		skip_token68(&c);
		int got = take_parameters(&c, &challenge, arena, err);
		if (got <= 0)
			return got;
		challenges->items[challenges->count++] = challenge;
	}
}

const struct challenge *challenge_find(const struct challenges *challenges, const char *scheme)
{
	for (size_t i = 0; i < challenges->count; i++)
		if (slice_equal_nocase(challenges->items[i].scheme, slice_of(scheme)))
			return &challenges->items[i];
	return NULL;
}
