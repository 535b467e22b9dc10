#include "collect/registry/dialect_internal.h"

static bool opens(const struct token *token)
{
	return token->type == TOKEN_OBJECT_BEGIN || token->type == TOKEN_ARRAY_BEGIN;
}

int dialect_pass(struct dialect_json *json, const struct token *value, struct error **err)
{
	struct reader *reader = &json->reader.reader;
	return opens(value) ? reader_leave(reader, reader->depth - 1, err) : 0;
}

int dialect_text(struct dialect_json *json, const struct token *value, struct slice *ret_text, struct error **err)
{
	*ret_text = SLICE_NONE;
	if (value->type != TOKEN_STRING && value->type != TOKEN_NUMBER)
		return dialect_pass(json, value, err);
	return token_copy(value, json->arena, ret_text, err);
}

int dialect_each_member(struct dialect_json *json, const struct token *value, dialect_take *take, void *data,
			struct error **err)
{
	struct reader *reader = &json->reader.reader;
	if (value->type != TOKEN_OBJECT_BEGIN)
		return dialect_pass(json, value, err);
	for (;;) {
		struct token token;
		struct slice name;
		if (reader_next(reader, &token, err) < 0)
			return -1;
		if (token.type != TOKEN_KEY)
			return 0;
		if (token_copy(&token, json->arena, &name, err) < 0 || reader_next(reader, &token, err) < 0 ||
		    take(json, name, &token, data, err) < 0)
			return -1;
	}
}

int dialect_each_item(struct dialect_json *json, const struct token *value, dialect_take *take, void *data,
		      struct error **err)
{
	if (value->type != TOKEN_ARRAY_BEGIN)
		return dialect_pass(json, value, err);
	for (;;) {
		struct token token;
		if (reader_next(&json->reader.reader, &token, err) < 0)
			return -1;
		if (token.type == TOKEN_ARRAY_END)
			return 0;
		if (take(json, SLICE_NONE, &token, data, err) < 0)
			return -1;
	}
}

static int read_document(struct dialect_json *json, dialect_take *take, void *data, struct error **err)
{
	struct token token;
	if (reader_next(&json->reader.reader, &token, err) < 0)
		return -1;
	if (!opens(&token))
		return error_set(err, ERROR_SYNTAX, "neither an object nor a list");
	if (take(json, SLICE_NONE, &token, data, err) < 0)
		return -1;
	return reader_next(&json->reader.reader, &token, err) < 0 ? -1 : 0;
}

int dialect_read(struct registry_dialect *dialect, dialect_take *take, void *data, struct slice *ret_why,
		 struct error **err)
{
	CLEANUP(error_freep) struct error *failure = NULL;
	struct dialect_json json = { .arena = &dialect->scratch };
	json_reader_init(&json.reader, strbuf_slice(&dialect->body), READER_GO);
	int got = read_document(&json, take, data, &failure);
	json_reader_release(&json.reader);
	if (got == 0)
		return 1;
	if (dialect->failed || !error_is_of_input(failure))
		return error_move(err, &failure);
	return dialect_refuse(dialect, ret_why, err, "its own API answers what is not its JSON: %s", failure->message);
}

/* --- what several have --- */

struct named_repository {
	struct slice space, name;
};

static int take_repository_member(struct dialect_json *json, struct slice name, const struct token *value, void *data,
				  struct error **err)
{
	struct named_repository *repository = data;
	if (slice_equal_text(name, "namespace"))
		return dialect_text(json, value, &repository->space, err);
	if (slice_equal_text(name, "name"))
		return dialect_text(json, value, &repository->name, err);
	return dialect_pass(json, value, err);
}

int dialect_take_repository(struct dialect_json *json, const struct token *value, struct slice *ret_path,
			    struct error **err)
{
	struct named_repository repository = { 0 };
	if (dialect_each_member(json, value, take_repository_member, &repository, err) < 0)
		return -1;
	if (!repository.space.len || !repository.name.len)
		return 0;
	*ret_path = arena_printf(json->arena, "%.*s/%.*s", SLICE_ARG(repository.space), SLICE_ARG(repository.name));
	return ret_path->data ? 1 : arena_fail(json->arena, err);
}
