#include "base/utf8.h"
#include "model/text.h"

/* An empty text is shown as such: "-" would say that it is unknown, and nothing would shift the columns after it. */
static void add_text(struct strbuf *out, struct slice text)
{
	if (!text.data)
		strbuf_add_char(out, '-');
	else if (!text.len)
		strbuf_add_text(out, "\"\"");
	else
		utf8_add_printable(out, text);
}

static void add_texts(struct strbuf *out, struct slice_list texts)
{
	if (!texts.len)
		strbuf_add_text(out, texts.items ? "none" : "-");
	for (size_t i = 0; i < texts.len; i++) {
		if (i)
			strbuf_add_text(out, ", ");
		add_text(out, texts.items[i]);
	}
}

static void add_number(struct strbuf *out, int64_t value)
{
	if (value == INT_UNKNOWN)
		strbuf_add_char(out, '-');
	else
		strbuf_add_int(out, value);
}

static void add_bool(struct strbuf *out, enum truth value)
{
	strbuf_add_text(out, value == BOOL_UNKNOWN ? "-" : value == BOOL_TRUE ? "yes" : "no");
}

static int64_t whole_second(int64_t time)
{
	int64_t fraction = time % USEC_PER_SECOND;
	return time - fraction - (fraction < 0 ? USEC_PER_SECOND : 0);
}

static void add_time(struct strbuf *out, int64_t time)
{
	char text[TIME_TEXT_BYTES];
	strbuf_add_text(out, time_format(time == TIME_UNSET ? time : whole_second(time), text));
}

static void add_records(struct strbuf *out, struct record_list records)
{
	add_number(out, records.items ? (int64_t)records.len : INT_UNKNOWN);
}

void field_write_cell(const struct field *field, const void *record, struct strbuf *out)
{
	switch (field->type) {
	case FIELD_TEXT:
		add_text(out, field_text(field, record));
		break;
	case FIELD_INT:
		add_number(out, field_int(field, record));
		break;
	case FIELD_BOOL:
		add_bool(out, field_bool(field, record));
		break;
	case FIELD_TIME:
		add_time(out, field_int(field, record));
		break;
	case FIELD_TEXTS:
		add_texts(out, field_texts(field, record));
		break;
	case FIELD_RECORDS:
		add_records(out, field_records(field, record));
		break;
	}
}
