#include "collect_registry/hub_reading.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "base/time.h"

void hub_reading_of(struct hub_reading *r, hub_reader *reader, struct slice text)
{
	*r = (struct hub_reading){ .folder = scratch_make() };
	sink_memory_init(&r->memory);
	scratch_write(&r->folder, "log", text);
	r->got = reader(scratch_path(&r->folder, "log"), &r->memory.sink, &r->result, &r->err);
}

void hub_reading_release(struct hub_reading *r)
{
	sink_memory_release(&r->memory);
	scratch_remove(&r->folder);
	error_free(r->err);
}

static const void *nth_of(const struct hub_reading *r, const struct record_type *type, size_t nth)
{
	for (size_t i = 0; i < r->memory.record_count; i++)
		if (r->memory.records[i].type == type && nth-- == 0)
			return r->memory.records[i].record;
	return NULL;
}

size_t hub_count(const struct hub_reading *r, const struct record_type *type)
{
	size_t count = 0;
	while (nth_of(r, type, count))
		count++;
	return count;
}

const struct registry_event *hub_event(const struct hub_reading *r, size_t nth)
{
	const struct registry_event *event = nth_of(r, &registry_event_type, nth);
	assert_non_null(event);
	return event;
}

void check_defects(const struct hub_reading *r, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	const struct defect *defect;
	for (size_t i = 0; (defect = nth_of(r, &defect_type, i)); i++) {
		strbuf_addf(&text, "%s%.*s %.*s", i ? ", " : "", SLICE_ARG(defect->code), SLICE_ARG(defect->place));
		check_slice(defect->object_kind, "File");
		assert_true(slice_ends_with(defect->file, "/log"));
		assert_true(defect->message.len > 0);
	}
	assert_string_equal(strbuf_text(&text), expected);
}

void check_no_such_file(hub_reader *reader, const char *text, const char *part)
{
	CLEANUP(hub_reading_release) struct hub_reading r;
	hub_reading_of(&r, reader, slice_of(text));
	assert_int_equal(r.got, -1);
	assert_int_equal(r.memory.read_count, 0);
	assert_null(strstr(r.err->message, "EXAMPLE"));
	check_error(&r.err, ERROR_SYNTAX, part);
}

int64_t time_at(const char *text)
{
	struct error *err = NULL;
	int64_t time = TIME_UNSET;
	check_ok(time_parse(slice_of(text), &time, &err), &err);
	return time;
}
