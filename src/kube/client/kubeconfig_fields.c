/* The members of objects by tables of fields, into structs. */
#include "base/limits.h"
#include "kube/client/kubeconfig_internal.h"

static const struct kubeconfig_field *field_of(const struct kubeconfig_field *fields, const struct token *key)
{
	while (fields->name && !token_is(key, fields->name))
		fields++;
	return fields->name ? fields : NULL;
}

static int take_member(struct kubeconfig_parser *parser, const struct kubeconfig_field *field, void *target,
		       struct error **err)
{
	struct token token;
	unsigned depth = parser->reader->depth;
	parser->member = field->name;
	if (reader_next(parser->reader, &token, err) < 0)
		return -1;
	if (token.type != TOKEN_NULL && field->take(parser, &token, (char *)target + field->offset, err) < 0)
		return -1;
	return reader_leave(parser->reader, depth, err);
}

int kubeconfig_take_members(struct kubeconfig_parser *parser, const struct kubeconfig_field *fields, void *target,
			    struct error **err)
{
	struct token token;
	int got;
	while ((got = reader_next(parser->reader, &token, err)) > 0 && token.type == TOKEN_KEY) {
		const struct kubeconfig_field *field = field_of(fields, &token);
		if ((field ? take_member(parser, field, target, err) : reader_skip(parser->reader, err)) < 0)
			return -1;
	}
	return got < 0 ? -1 : 0;
}

int kubeconfig_wrong_type(struct kubeconfig_parser *parser, const struct token *token, const char *wanted,
			  struct error **err)
{
	char place[64];
	if (parser->entry && parser->entry->defect.data)
		return 0;
	reader_place(parser->reader, token->offset, place);
	if (!parser->entry)
		return error_set(err, ERROR_SYNTAX, "%s: %s must be %s", place, parser->member, wanted);
	struct arena *arena = parser->arena;
	parser->entry->defect = arena_printf(arena, "%.*s: %s: %s must be %s", SLICE_ARG(parser->file), place,
					     parser->member, wanted);
	return parser->entry->defect.data ? 0 : arena_fail(arena, err);
}

int kubeconfig_take_text(struct kubeconfig_parser *parser, const struct token *token, void *target, struct error **err)
{
	if (token->type != TOKEN_STRING)
		return kubeconfig_wrong_type(parser, token, "a text", err);
	return token_copy(token, parser->arena, target, err);
}

int kubeconfig_take_flag(struct kubeconfig_parser *parser, const struct token *token, void *target, struct error **err)
{
	bool *flag = target;
	if (token->type != TOKEN_BOOL)
		return kubeconfig_wrong_type(parser, token, "true or false", err);
	*flag = token->boolean;
	return 0;
}

int kubeconfig_take_texts(struct kubeconfig_parser *parser, const struct token *token, void *target, struct error **err)
{
	struct slice_list *list = target;
	struct slice *texts = NULL;
	size_t len = 0, capacity = 0;
	struct token item;
	int got;
	if (token->type != TOKEN_ARRAY_BEGIN)
		return kubeconfig_wrong_type(parser, token, "a list of texts", err);
	while ((got = reader_next(parser->reader, &item, err)) > 0 && item.type != TOKEN_ARRAY_END) {
		if (item.type != TOKEN_STRING)
			return kubeconfig_wrong_type(parser, &item, "a list of texts", err);
		texts = arena_grow(parser->arena, texts, len, &capacity, sizeof *texts);
		if (!texts)
			return arena_fail(parser->arena, err);
		if (token_copy(&item, parser->arena, &texts[len++], err) < 0)
			return -1;
	}
	*list = (struct slice_list){ texts, len };
	return got < 0 ? -1 : 0;
}

/* --- the vault --- */

/* Escapes are decoded in the secure heap, so that no part of a value stays behind. */
int kubeconfig_vault_add(struct kubeconfig *config, const struct token *token, struct vault_text *ret_text,
			 struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes decoded = { 0 };
	struct slice text = token->text;
	size_t at = config->vault.len;
	if (!token->plain) {
		if (token_secret(token, &decoded, err) < 0)
			return -1;
		text = secret_reveal(&decoded);
	}
	if (file_append(&config->vault, text.data, text.len, KUBECONFIG_TEXT_BYTES, err) < 0)
		return -1;
	*ret_text = (struct vault_text){ at, text.len };
	return 0;
}

int kubeconfig_take_vault(struct kubeconfig_parser *parser, const struct token *token, void *target, struct error **err)
{
	if (token->type != TOKEN_STRING)
		return kubeconfig_wrong_type(parser, token, "a text", err);
	return kubeconfig_vault_add(parser->config, token, target, err);
}

struct slice kubeconfig_vault_reveal(const struct kubeconfig *config, struct vault_text text)
{
	return slice_part(file_slice(&config->vault), text.at, text.len);
}
