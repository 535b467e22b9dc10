#include "base/limits.h"
#include "base/utf8.h"
#include "model/text.h"

/* The number of a list of records would repeat a field that already has it. */
static bool has_count_field(const struct record_type *type, const struct field *list)
{
	for (size_t i = 0; i < type->field_count; i++) {
		struct slice name = slice_of(type->fields[i].name);
		if (name.len == strlen(list->name) + strlen("_count") && slice_starts_with(name, list->name) &&
		    slice_ends_with(name, "_count"))
			return true;
	}
	return false;
}

static bool in_csv(const struct record_type *type, const struct field *field)
{
	return field->type != FIELD_RECORDS || !has_count_field(type, field);
}

/* What spreadsheets take for the start of a formula, in its full-width forms too (OWASP, CSV injection). */
static bool starts_formula(struct slice text)
{
	static const uint32_t starts[] = { '=', '+', '-', '@', '\t', '\r', '\n', 0xff1d, 0xff0b, 0xff0d, 0xff20 };
	uint32_t first = 0;
	if (text.len)
		utf8_decode(text, &first);
	for (size_t i = 0; text.len && i < sizeof starts / sizeof starts[0]; i++)
		if (first == starts[i])
			return true;
	return false;
}

static void add_quoted(struct strbuf *out, struct slice cell)
{
	bool quote = memchr(cell.data, '"', cell.len) || memchr(cell.data, ',', cell.len) ||
		     memchr(cell.data, ' ', cell.len);
	if (!quote) {
		strbuf_add_slice(out, cell);
		return;
	}
	strbuf_add_char(out, '"');
	for (size_t i = 0; i < cell.len; i++) {
		if (cell.data[i] == '"')
			strbuf_add_char(out, '"');
		strbuf_add_char(out, cell.data[i]);
	}
	strbuf_add_char(out, '"');
}

/* Text from outside: made printable (so that a record stays one line), guarded, quoted. */
static void add_text(struct strbuf *out, struct slice_list texts)
{
	CLEANUP(strbuf_release) struct strbuf cell = STRBUF_INIT(LIMIT_ROW_BYTES);
	if (texts.len && starts_formula(texts.items[0]))
		strbuf_add_char(&cell, '\'');
	for (size_t i = 0; i < texts.len; i++) {
		if (i)
			strbuf_add_char(&cell, ';');
		utf8_add_printable(&cell, texts.items[i]);
	}
	if (cell.failure)
		out->failure = cell.failure;
	else
		add_quoted(out, (struct slice){ strbuf_text(&cell), cell.len });
}

static void add_bool(struct strbuf *out, enum truth value)
{
	if (value != BOOL_UNKNOWN)
		strbuf_add_text(out, value == BOOL_TRUE ? "true" : "false");
}

static void add_field(struct strbuf *out, const struct field *field, const void *record)
{
	char time[TIME_TEXT_BYTES];
	struct slice text;
	switch (field->type) {
	case FIELD_TEXT:
		text = field_text(field, record);
		add_text(out, (struct slice_list){ &text, text.data ? 1 : 0 });
		break;
	case FIELD_INT:
		if (field_int(field, record) != INT_UNKNOWN)
			strbuf_add_int(out, field_int(field, record));
		break;
	case FIELD_BOOL:
		add_bool(out, field_bool(field, record));
		break;
	case FIELD_TIME:
		if (field_int(field, record) != TIME_UNSET)
			strbuf_add_text(out, time_format(field_int(field, record), time));
		break;
	case FIELD_TEXTS:
		add_text(out, field_texts(field, record));
		break;
	case FIELD_RECORDS:
		if (field_records(field, record).items)
			strbuf_add_int(out, (long long)field_records(field, record).len);
		break;
	}
}

void record_write_csv_header(const struct record_type *type, struct strbuf *out)
{
	for (size_t i = 0; i < type->field_count; i++) {
		const struct field *field = &type->fields[i];
		if (!in_csv(type, field))
			continue;
		if (i)
			strbuf_add_char(out, ',');
		strbuf_add_text(out, field->name);
		if (field->type == FIELD_RECORDS)
			strbuf_add_text(out, "_count");
	}
	strbuf_add_text(out, "\r\n");
}

void record_write_csv(const struct record_type *type, const void *record, struct strbuf *out)
{
	for (size_t i = 0; i < type->field_count; i++) {
		if (!in_csv(type, &type->fields[i]))
			continue;
		if (i)
			strbuf_add_char(out, ',');
		add_field(out, &type->fields[i], record);
	}
	strbuf_add_text(out, "\r\n");
}
