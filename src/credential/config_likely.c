/* Whether a text looks like a docker config, and of which format, from the names in it alone. */
#include "credential/config_parser_internal.h"
#include "credential/go_name.h"

/* What the members of the object that comes next look like. */
struct looks {
	bool auths;   /* one of them is auths, and an object */
	bool entries; /* all of them are entries, and there is one */
};

/* Whether the object that was just opened holds a field of an entry. Leaves it. */
static int look_at_fields(struct reader *reader, bool *ret_entry, struct error **err)
{
	struct token token;
	int got;
	*ret_entry = false;
	while ((got = reader_next(reader, &token, err)) > 0 && token.type == TOKEN_KEY) {
		*ret_entry = *ret_entry || (token.plain && config_field_is_telling(token.text));
		if (reader_skip(reader, err) < 0)
			return -1;
	}
	return got;
}

static int look_at_members(struct reader *reader, struct looks *looks, struct error **err)
{
	struct token key, value;
	int got;
	if (reader_next(reader, &value, err) <= 0 || value.type != TOKEN_OBJECT_BEGIN)
		return -1;
	looks->entries = true;
	size_t count = 0;
	for (; (got = reader_next(reader, &key, err)) > 0 && key.type == TOKEN_KEY; count++) {
		bool entry = false;
		unsigned depth = reader->depth;
		if (reader_next(reader, &value, err) < 0)
			return -1;
		bool object = value.type == TOKEN_OBJECT_BEGIN;
		looks->auths = looks->auths || (object && key.plain && go_name_is(key.text, "auths"));
		if (object ? look_at_fields(reader, &entry, err) < 0 : reader_leave(reader, depth, err) < 0)
			return -1;
		looks->entries = looks->entries && entry;
	}
	looks->entries = looks->entries && count > 0;
	return got;
}

static struct looks look_at(struct slice text)
{
	CLEANUP(error_freep) struct error *ignored = NULL;
	CLEANUP(json_reader_release) struct json_reader json;
	struct looks looks = { 0 };
	json_reader_init(&json, text, READER_GO);
	if (look_at_members(&json.reader, &looks, &ignored) < 0)
		looks.entries = false;
	return looks;
}

bool config_looks_flat(struct slice text)
{
	return look_at(text).entries;
}

bool docker_config_likely(const struct secret_bytes *text)
{
	struct looks looks = look_at(secret_reveal(text));
	return looks.auths || looks.entries;
}
