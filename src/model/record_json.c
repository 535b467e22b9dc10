#include "model/record_json.h"

#include "base/base64.h"
#include "model/text.h"

#define BASE64_SUFFIX "_base64"

/* --- writing --- */
static bool is_known(const struct field *field, const void *record)
{
	switch (field->type) {
	case FIELD_TEXT:
		return field_text(field, record).data;
	case FIELD_INT:
		return field_int(field, record) != INT_UNKNOWN;
	case FIELD_BOOL:
		return field_bool(field, record) != BOOL_UNKNOWN;
	case FIELD_TIME:
		return field_int(field, record) != TIME_UNSET;
	case FIELD_TEXTS:
		return field_texts(field, record).items;
	case FIELD_RECORDS:
		return field_records(field, record).items;
	}
	return false;
}

void record_json_write(const struct record_type *type, const void *record, struct json_writer *w)
{
	json_object_begin(w);
	json_key(w, "record");
	json_text(w, slice_of(type->name));
	for (size_t i = 0; i < type->field_count; i++)
		if (is_known(&type->fields[i], record))
			field_write_json(&type->fields[i], record, w);
	json_object_end(w);
}

/* --- reading --- */
struct member {
	struct reader *reader;
	struct arena *arena;
	const struct field *field;
	bool base64; /* the member is the twin that holds the bytes themselves */
	void *place;
};

static int wrong_type(const struct member *member, const char *expected, struct error **err)
{
	return error_set(err, ERROR_SYNTAX, "%s%s is not %s", member->field->name, member->base64 ? BASE64_SUFFIX : "",
			 expected);
}

static int next(struct reader *reader, struct token *ret_token, struct error **err)
{
	int got = reader_next(reader, ret_token, err);
	if (got == 0)
		return error_set(err, ERROR_SYNTAX, "the document is not complete");
	return got < 0 ? -1 : 0;
}

static int take_text(const struct member *member, const struct token *token, struct slice *ret_text, struct error **err)
{
	if (token->type != TOKEN_STRING)
		return wrong_type(member, "a text", err);
	if (token_copy(token, member->arena, ret_text, err) < 0)
		return -1;
	if (!member->base64)
		return 0;
	return base64_decode(*ret_text, BASE64_PADDED, member->arena, ret_text, err);
}

static int take_int(const struct member *member, const struct token *token, int64_t *ret_value, struct error **err)
{
	long long value;
	if (token->type != TOKEN_NUMBER || token_int(token, &value) < 0)
		return wrong_type(member, "a whole number", err);
	*ret_value = value;
	return 0;
}

static int take_bool(const struct member *member, const struct token *token, enum truth *ret_value, struct error **err)
{
	if (token->type != TOKEN_BOOL)
		return wrong_type(member, "true or false", err);
	*ret_value = token->boolean ? BOOL_TRUE : BOOL_FALSE;
	return 0;
}

static int take_time(const struct member *member, const struct token *token, int64_t *ret_value, struct error **err)
{
	struct slice text;
	CLEANUP(error_freep) struct error *why = NULL;
	if (take_text(member, token, &text, err) < 0)
		return -1;
	return time_parse(text, ret_value, &why) < 0 ? wrong_type(member, "a time as RFC 3339 has it", err) : 0;
}

static int take_texts(const struct member *member, const struct token *begin, struct slice_list *ret_texts,
		      struct error **err)
{
	size_t len = 0, capacity = 0;
	struct slice *items = NULL;
	struct token token;
	if (begin->type != TOKEN_ARRAY_BEGIN)
		return wrong_type(member, "a list of text", err);
	for (;;) {
		struct slice *grown = arena_grow(member->arena, items, len, &capacity, sizeof *items);
		if (!grown)
			return arena_fail(member->arena, err);
		items = grown;
		if (next(member->reader, &token, err) < 0)
			return -1;
		if (token.type == TOKEN_ARRAY_END)
			break;
		if (take_text(member, &token, &items[len++], err) < 0)
			return -1;
	}
	*ret_texts = (struct slice_list){ items, len };
	return 0;
}

static int take_records(const struct member *member, const struct token *begin, struct record_list *ret_records,
			struct error **err)
{
	const struct record_type *type = member->field->record;
	size_t len = 0, capacity = 0;
	char *items = NULL;
	struct token token;
	if (begin->type != TOKEN_ARRAY_BEGIN)
		return wrong_type(member, "a list", err);
	for (;;) {
		char *grown = arena_grow(member->arena, items, len, &capacity, type->size);
		if (!grown)
			return arena_fail(member->arena, err);
		items = grown;
		if (next(member->reader, &token, err) < 0)
			return -1;
		if (token.type == TOKEN_ARRAY_END)
			break;
		if (token.type != TOKEN_OBJECT_BEGIN)
			return wrong_type(member, "a list of objects", err);
		if (record_json_read(member->reader, type, member->arena, items + len * type->size, err) < 0)
			return error_context(err, "%s %zu", member->field->name, len);
		len++;
	}
	*ret_records = (struct record_list){ items, len };
	return 0;
}

static int take_value(const struct member *member, const struct token *token, struct error **err)
{
	switch (member->field->type) {
	case FIELD_TEXT:
		return take_text(member, token, member->place, err);
	case FIELD_INT:
		return take_int(member, token, member->place, err);
	case FIELD_BOOL:
		return take_bool(member, token, member->place, err);
	case FIELD_TIME:
		return take_time(member, token, member->place, err);
	case FIELD_TEXTS:
		return take_texts(member, token, member->place, err);
	case FIELD_RECORDS:
		return take_records(member, token, member->place, err);
	}
	return 0;
}

/* The field that a key names; *ret_base64: by its twin. */
static const struct field *find_field(const struct record_type *type, const struct token *key, bool *ret_base64)
{
	for (size_t i = 0; i < type->field_count; i++) {
		const struct field *field = &type->fields[i];
		struct slice name = slice_of(field->name);
		if (slice_equal(key->text, name)) {
			*ret_base64 = false;
			return field;
		}
		bool has_twin = field->type == FIELD_TEXT || field->type == FIELD_TEXTS;
		if (has_twin && key->text.len == name.len + sizeof BASE64_SUFFIX - 1 &&
		    slice_starts_with(key->text, field->name) && slice_ends_with(key->text, BASE64_SUFFIX)) {
			*ret_base64 = true;
			return field;
		}
	}
	return NULL;
}

int record_json_read(struct reader *reader, const struct record_type *type, struct arena *arena, void *ret_record,
		     struct error **err)
{
	struct token token;
	record_init(type, ret_record);
	for (;;) {
		if (next(reader, &token, err) < 0)
			return -1;
		if (token.type == TOKEN_OBJECT_END)
			return 0;
		struct member member = { .reader = reader, .arena = arena };
		member.field = find_field(type, &token, &member.base64);
		if (!member.field) {
			if (reader_skip(reader, err) < 0)
				return -1;
			continue;
		}
		member.place = field_of(member.field, ret_record);
		if (next(reader, &token, err) < 0)
			return -1;
		if (token.type != TOKEN_NULL && take_value(&member, &token, err) < 0)
			return -1;
	}
}

static const struct record_type *type_named(const struct record_type *const *types, size_t type_count,
					    const struct token *name)
{
	for (size_t i = 0; i < type_count; i++)
		if (token_is(name, types[i]->name))
			return types[i];
	return NULL;
}

const struct record_type *record_json_read_any(struct reader *reader, const struct record_type *const *types,
					       size_t type_count, struct arena *arena, void **ret_record,
					       struct error **err)
{
	struct token token;
	if (next(reader, &token, err) < 0)
		return NULL;
	if (token.type != TOKEN_KEY || !token_is(&token, "record")) {
		error_set(err, ERROR_SYNTAX, "a record that does not begin with its type");
		return NULL;
	}
	if (next(reader, &token, err) < 0)
		return NULL;
	const struct record_type *type = token.type == TOKEN_STRING ? type_named(types, type_count, &token) : NULL;
	if (!type) {
		error_set(err, ERROR_SYNTAX, "a record of a type that does not belong here");
		return NULL;
	}
	void *record = arena_zeroed(arena, 1, type->size);
	if (!record) {
		arena_fail(arena, err);
		return NULL;
	}
	if (record_json_read(reader, type, arena, record, err) < 0) {
		error_context(err, "%s", type->name);
		return NULL;
	}
	*ret_record = record;
	return type;
}
