#include "base/limits.h"
#include "model/schema.h"

static void member(struct json_writer *w, const char *key, const char *text)
{
	json_key(w, key);
	json_text(w, slice_of(text));
}

static void write_type(struct json_writer *w, const char *type)
{
	json_key(w, "type");
	json_array_begin(w);
	json_text(w, slice_of(type));
	json_text(w, SLICE("null"));
	json_array_end(w);
}

static void write_text_items(struct json_writer *w, bool encoded)
{
	json_key(w, "items");
	json_object_begin(w);
	if (encoded) {
		member(w, "type", "string");
		member(w, "contentEncoding", "base64");
	} else {
		write_type(w, "string");
	}
	json_object_end(w);
}

static void write_record_items(const struct record_type *type, struct json_writer *w)
{
	json_key(w, "items");
	json_object_begin(w);
	schema_write_members(type, false, w);
	json_object_end(w);
}

static void write_constraints(const struct field *field, struct json_writer *w)
{
	switch (field->type) {
	case FIELD_TEXT:
		write_type(w, "string");
		break;
	case FIELD_INT:
		write_type(w, "integer");
		break;
	case FIELD_BOOL:
		write_type(w, "boolean");
		break;
	case FIELD_TIME:
		write_type(w, "string");
		member(w, "format", "date-time");
		break;
	case FIELD_TEXTS:
		write_type(w, "array");
		write_text_items(w, false);
		break;
	case FIELD_RECORDS:
		write_type(w, "array");
		write_record_items(field->record, w);
		break;
	}
}

static void write_property(const struct field *field, struct json_writer *w)
{
	json_key(w, field->name);
	json_object_begin(w);
	member(w, "description", field->doc);
	write_constraints(field, w);
	if (*field->unit)
		member(w, "x-unit", field->unit);
	json_key(w, "x-since");
	json_int(w, field->since);
	json_object_end(w);
}

/* The twin of a field whose text is not UTF-8. */
static void write_twin(const struct field *field, struct json_writer *w)
{
	if (field->type != FIELD_TEXT && field->type != FIELD_TEXTS)
		return;
	json_key_base64(w, field->name);
	json_object_begin(w);
	if (field->type == FIELD_TEXT) {
		member(w, "type", "string");
		member(w, "contentEncoding", "base64");
	} else {
		member(w, "type", "array");
		write_text_items(w, true);
	}
	json_object_end(w);
}

static void write_properties(const struct record_type *type, bool with_record, struct json_writer *w)
{
	json_key(w, "properties");
	json_object_begin(w);
	if (with_record) {
		json_key(w, "record");
		json_object_begin(w);
		member(w, "const", type->name);
		json_object_end(w);
	}
	for (size_t i = 0; i < type->field_count; i++)
		write_property(&type->fields[i], w);
	for (size_t i = 0; i < type->field_count; i++)
		write_twin(&type->fields[i], w);
	json_object_end(w);
}

static void write_required(const struct record_type *type, bool with_record, struct json_writer *w)
{
	json_key(w, "required");
	json_array_begin(w);
	if (with_record)
		json_text(w, SLICE("record"));
	for (size_t i = 0; i < type->field_count; i++)
		json_text(w, slice_of(type->fields[i].name));
	json_array_end(w);
}

void schema_write_members(const struct record_type *type, bool with_record, struct json_writer *w)
{
	member(w, "description", type->doc);
	member(w, "type", "object");
	write_properties(type, with_record, w);
	write_required(type, with_record, w);
	json_key(w, "additionalProperties");
	json_bool(w, false);
}
