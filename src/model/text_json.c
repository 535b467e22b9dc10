#include "base/utf8.h"
#include "model/text.h"

static bool all_utf8(struct slice_list texts)
{
	for (size_t i = 0; i < texts.len; i++)
		if (!utf8_valid(texts.items[i]))
			return false;
	return true;
}

static void write_texts(const struct field *field, struct slice_list texts, struct json_writer *w)
{
	json_key(w, field->name);
	if (!texts.items) {
		json_null(w);
		return;
	}
	json_array_begin(w);
	for (size_t i = 0; i < texts.len; i++)
		json_text(w, texts.items[i]);
	json_array_end(w);
	if (all_utf8(texts))
		return;
	json_key_base64(w, field->name);
	json_array_begin(w);
	for (size_t i = 0; i < texts.len; i++)
		json_base64(w, texts.items[i]);
	json_array_end(w);
}

static void write_records(const struct field *field, struct record_list records, struct json_writer *w)
{
	json_key(w, field->name);
	if (!records.items) {
		json_null(w);
		return;
	}
	json_array_begin(w);
	for (size_t i = 0; i < records.len; i++)
		record_write_json(field->record, (const char *)records.items + i * field->record->size, w);
	json_array_end(w);
}

static void write_number(int64_t value, struct json_writer *w)
{
	if (value == INT_UNKNOWN)
		json_null(w);
	else
		json_int(w, value);
}

static void write_bool(enum truth value, struct json_writer *w)
{
	if (value == BOOL_UNKNOWN)
		json_null(w);
	else
		json_bool(w, value == BOOL_TRUE);
}

void field_write_json(const struct field *field, const void *record, struct json_writer *w)
{
	switch (field->type) {
	case FIELD_TEXT:
		json_member_text(w, field->name, field_text(field, record));
		break;
	case FIELD_INT:
		json_key(w, field->name);
		write_number(field_int(field, record), w);
		break;
	case FIELD_BOOL:
		json_key(w, field->name);
		write_bool(field_bool(field, record), w);
		break;
	case FIELD_TIME:
		json_key(w, field->name);
		json_time(w, field_int(field, record));
		break;
	case FIELD_TEXTS:
		write_texts(field, field_texts(field, record), w);
		break;
	case FIELD_RECORDS:
		write_records(field, field_records(field, record), w);
		break;
	}
}

void record_write_members(const struct record_type *type, const void *record, struct json_writer *w)
{
	for (size_t i = 0; i < type->field_count; i++)
		field_write_json(&type->fields[i], record, w);
}

void record_write_json(const struct record_type *type, const void *record, struct json_writer *w)
{
	json_object_begin(w);
	record_write_members(type, record, w);
	json_object_end(w);
}
