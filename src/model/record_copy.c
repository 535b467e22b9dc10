#include "model/record_copy.h"

static int copy_texts(const struct field *field, void *copy, struct arena *arena)
{
	struct slice_list *texts = field_of(field, copy);
	if (!texts->items)
		return 0;
	struct slice *items = arena_zeroed(arena, texts->len ? texts->len : 1, sizeof *items);
	if (!items)
		return -1;
	for (size_t i = 0; i < texts->len; i++)
		if (arena_copy(arena, texts->items[i], &items[i]) < 0)
			return -1;
	texts->items = items;
	return 0;
}

static int copy_fields(const struct record_type *type, void *copy, struct arena *arena);

static int copy_records(const struct field *field, void *copy, struct arena *arena)
{
	struct record_list *records = field_of(field, copy);
	size_t size = field->record->size;
	if (!records->items)
		return 0;
	char *items = arena_zeroed(arena, records->len ? records->len : 1, size);
	if (!items)
		return -1;
	for (size_t i = 0; i < records->len; i++) {
		memcpy(items + i * size, (const char *)records->items + i * size, size);
		if (copy_fields(field->record, items + i * size, arena) < 0)
			return -1;
	}
	records->items = items;
	return 0;
}

/* copy starts as the record's bytes; what it points to is replaced by the arena's. */
static int copy_fields(const struct record_type *type, void *copy, struct arena *arena)
{
	for (size_t i = 0; i < type->field_count; i++) {
		const struct field *field = &type->fields[i];
		int result = 0;
		if (field->type == FIELD_TEXT)
			result = arena_copy(arena, field_text(field, copy), field_of(field, copy));
		else if (field->type == FIELD_TEXTS)
			result = copy_texts(field, copy, arena);
		else if (field->type == FIELD_RECORDS)
			result = copy_records(field, copy, arena);
		if (result < 0)
			return -1;
	}
	return 0;
}

void *record_copy(const struct record_type *type, const void *record, struct arena *arena)
{
	void *copy = arena_zeroed(arena, 1, type->size);
	if (!copy)
		return NULL;
	memcpy(copy, record, type->size);
	return copy_fields(type, copy, arena) < 0 ? NULL : copy;
}
