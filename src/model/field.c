#include "model/field.h"

#include <string.h>

const struct field *record_field(const struct record_type *type, const char *name)
{
	for (size_t i = 0; i < type->field_count; i++)
		if (!strcmp(type->fields[i].name, name))
			return &type->fields[i];
	return NULL;
}

void record_init(const struct record_type *type, void *record)
{
	memset(record, 0, type->size);
	for (size_t i = 0; i < type->field_count; i++) {
		const struct field *field = &type->fields[i];
		if (field->type == FIELD_INT)
			*(int64_t *)field_of(field, record) = INT_UNKNOWN;
		else if (field->type == FIELD_TIME)
			*(int64_t *)field_of(field, record) = TIME_UNSET;
		else if (field->type == FIELD_BOOL)
			*(enum truth *)field_of(field, record) = BOOL_UNKNOWN;
	}
}

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_field(const struct field *field, const void *a, const void *b)
{
	switch (field->type) {
	case FIELD_TEXT:
		return slice_compare(field_text(field, a), field_text(field, b));
	case FIELD_INT:
	case FIELD_TIME:
		return compare_numbers(field_int(field, a), field_int(field, b));
	case FIELD_BOOL:
		return compare_numbers(field_bool(field, a), field_bool(field, b));
	default:
		return 0;
	}
}

static bool has_identity(const struct record_type *type)
{
	for (size_t i = 0; i < type->field_count; i++)
		if (type->fields[i].flags & FIELD_KEY)
			return true;
	return false;
}

int record_compare(const struct record_type *type, const void *a, const void *b)
{
	unsigned counts = has_identity(type) ? FIELD_KEY : 0;
	for (size_t i = 0; i < type->field_count; i++) {
		if ((type->fields[i].flags & counts) != counts)
			continue;
		int order = compare_field(&type->fields[i], a, b);
		if (order)
			return order;
	}
	return 0;
}
