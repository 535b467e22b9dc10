/* One entry of a docker config: its fields as Go decodes them. */
#include "credential/config_parser_internal.h"
#include "credential/go_name.h"

/* kubelet: it decodes the field, so a wrong type is an error. telling: makes an object an entry. */
static const struct {
	const char *name;
	bool kubelet, telling;
} fields[FIELDS] = {
	[FIELD_USERNAME] = { "username", true, true },
	[FIELD_PASSWORD] = { "password", true, true },
	[FIELD_EMAIL] = { "email", true, false },
	[FIELD_AUTH] = { "auth", true, true },
	[FIELD_IDENTITY] = { "identitytoken", false, true },
	[FIELD_REGISTRY] = { "registrytoken", false, true },
	[FIELD_ADDRESS] = { "serveraddress", false, false },
};

static void release_values(struct config_values *values)
{
	for (size_t i = 0; i < FIELDS; i++)
		secret_release(&values->text[i]);
}

static enum config_field find_field(struct slice name)
{
	enum config_field field = 0;
	while (field < FIELDS && !go_name_is(name, fields[field].name))
		field++;
	return field;
}

bool config_field_is_telling(struct slice name)
{
	enum config_field field = find_field(name);
	return field < FIELDS && fields[field].telling;
}

/* --- reading the fields --- */

static int take_text(struct config_parser *parser, const struct config_place *place, const struct token *token,
		     enum config_field field, struct config_values *values, struct error **err)
{
	values->offset[field] = token->offset;
	if (token->replaced &&
	    config_defect_add(parser, place, CONFIG_DEFECT_REPLACED, token->offset, false,
			      "the value holds bytes that are not UTF-8; they are read as U+FFFD", err) < 0)
		return -1;
	return token_secret(token, &values->text[field], err);
}

static int take_field(struct config_parser *parser, const struct config_place *place, enum config_field field,
		      enum config_scope scope, struct config_values *values, struct error **err)
{
	struct token token;
	unsigned depth = parser->reader->depth;
	bool judged = scope == SCOPE_KUBELET || scope == SCOPE_WRAPPER;
	if (config_name_check(parser, place, fields[field].name, err) < 0 ||
	    reader_next(parser->reader, &token, err) < 0)
		return -1;
	values->telling = values->telling || fields[field].telling;
	if (token.type == TOKEN_STRING)
		return take_text(parser, place, &token, field, values, err);
	if (token.type != TOKEN_NULL &&
	    config_defect_add(parser, place, CONFIG_DEFECT_TYPE, token.offset, judged && fields[field].kubelet,
			      "the field must be a text", err) < 0)
		return -1;
	return config_value_leave(parser, depth, err);
}

static int take_member(struct config_parser *parser, const struct config_place *place, enum config_scope scope,
		       struct config_values *values, struct error **err)
{
	enum config_field field = find_field(place->decoded);
	if (field < FIELDS)
		return take_field(parser, place, field, scope, values, err);
	if (scope == SCOPE_WRAPPER)
		return config_entry_parse(parser, place, SCOPE_GUESS, err);
	if (scope != SCOPE_GUESS && config_defect_add(parser, place, CONFIG_DEFECT_UNKNOWN_NAME, place->offset, false,
						      "no client reads a field of this name", err) < 0)
		return -1;
	return reader_skip(parser->reader, err);
}

static int take_members(struct config_parser *parser, const struct config_place *parent, enum config_scope scope,
			struct config_values *values, struct error **err)
{
	struct token token;
	int got;
	while ((got = reader_next(parser->reader, &token, err)) > 0 && token.type == TOKEN_KEY) {
		struct config_place place;
		if (config_name_take(parser, parent, &token, &place, err) < 0 ||
		    take_member(parser, &place, scope, values, err) < 0)
			return -1;
	}
	return got < 0 ? -1 : 0;
}

/* --- the entry --- */

static int take_value(struct config_parser *parser, const struct config_place *place, enum config_scope scope,
		      struct config_values *values, struct error **err)
{
	struct token token;
	unsigned depth = parser->reader->depth;
	if (reader_next(parser->reader, &token, err) < 0)
		return -1;
	if (token.type == TOKEN_OBJECT_BEGIN)
		return take_members(parser, place, scope, values, err);
	if (token.type != TOKEN_NULL && scope != SCOPE_GUESS &&
	    config_defect_add(parser, place, CONFIG_DEFECT_TYPE, token.offset, true, "an entry must be an object",
			      err) < 0)
		return -1;
	return config_value_leave(parser, depth, err);
}

int config_entry_parse(struct config_parser *parser, const struct config_place *place, enum config_scope scope,
		       struct error **err)
{
	CLEANUP(release_values) struct config_values values = { 0 };
	CLEANUP(error_freep) struct error *read_error = NULL;
	int outcome = take_value(parser, place, scope, &values, &read_error);
	/* What stood there before a syntax error is listed too. */
	if (outcome < 0 && !error_is_of_input(read_error))
		return error_move(err, &read_error);
	if (config_values_list(parser, place, scope, &values, err) < 0)
		return -1;
	return error_move(err, &read_error);
}
