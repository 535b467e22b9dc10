#include "kube_object/reading.h"

#include <stdlib.h>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/yaml_reader.h"
#include "model/text.h"

/* Made up, and the same in every test. */
static const char KEY_BYTES[] = "EXAMPLE-fingerprint-key-EXAMPLE-";

void reading_start(struct reading *r)
{
	struct error *err = NULL;
	int64_t read = 0;
	struct sink_scope scope = { .source = SLICE("dump"), .as_of = TIME_UNSET };
	memset(r, 0, sizeof *r);
	sink_memory_init(&r->memory);
	check_ok(secret_copy(&r->key.key, (struct slice){ KEY_BYTES, FINGERPRINT_KEY_BYTES }, &err), &err);
	snprintf(r->key.id, sizeof r->key.id, "0badc0de");
	check_ok(r->memory.sink.ops->begin(&r->memory.sink, &scope, &read, &err), &err);
	check_ok(object_context_init(&r->context, &r->memory.sink, read, &r->key, &err), &err);
	r->context.file = SLICE("dump");
}

/* A reading may be moved; the context points into it. */
static void settle(struct reading *r)
{
	r->context.sink = &r->memory.sink;
	r->context.key = &r->key;
}

static void read_all(struct reading *r, struct reader *reader)
{
	struct error *err = NULL;
	int more;
	settle(r);
	while ((more = reader_next_document(reader, &err)) > 0) {
		r->result = object_read(reader, &r->context, &err);
		check_ok(r->result, &err);
		if (r->result == 1)
			return;
	}
	error_free(err); /* what stands behind the last document is the caller's to judge */
}

void reading_json(struct reading *r, struct slice text)
{
	struct json_reader json;
	json_reader_init(&json, text, 0);
	read_all(r, &json.reader);
	json_reader_release(&json);
}

void reading_yaml(struct reading *r, struct slice text)
{
	struct error *err = NULL;
	CLEANUP(yaml_reader_freep) struct yaml_reader *yaml = yaml_reader_new(text, 0, &err);
	assert_non_null(yaml);
	read_all(r, yaml_reader_reader(yaml));
}

void reading_end(struct reading *r)
{
	struct error *err = NULL;
	settle(r);
	check_ok(object_put_coverage(&r->context, &err), &err);
}

void reading_release(struct reading *r)
{
	object_context_release(&r->context);
	sink_memory_release(&r->memory);
	secret_release(&r->key.key);
}

struct reading reading_of(const char *json)
{
	struct reading r;
	reading_start(&r);
	reading_json(&r, slice_of(json));
	return r;
}

const void *reading_record(const struct reading *r, const struct record_type *type, size_t nth)
{
	for (size_t i = 0; i < r->memory.record_count; i++) {
		if (r->memory.records[i].type == type && nth-- == 0)
			return r->memory.records[i].record;
	}
	return NULL;
}

size_t reading_count(const struct reading *r, const struct record_type *type)
{
	size_t count = 0;
	while (reading_record(r, type, count))
		count++;
	return count;
}

const void *reading_only(const struct reading *r, const struct record_type *type)
{
	if (reading_count(r, type) != 1)
		fail_msg("%zu records of %s, not one", reading_count(r, type), type->name);
	return reading_record(r, type, 0);
}

const struct defect *reading_defect(const struct reading *r, const char *code)
{
	const struct defect *found = NULL, *defect;
	for (size_t i = 0; (defect = nth(r, defect, i)); i++) {
		if (!slice_equal_text(defect->code, code))
			continue;
		if (found)
			fail_msg("more than one defect %s", code);
		found = defect;
	}
	if (!found)
		fail_msg("no defect %s", code);
	return found;
}

const struct coverage *reading_coverage(const struct reading *r, const char *kind)
{
	const struct coverage *found = NULL, *coverage;
	for (size_t i = 0; (coverage = nth(r, coverage, i)); i++) {
		if (!slice_equal_text(coverage->kind, kind))
			continue;
		if (found)
			fail_msg("more than one coverage of %s", kind);
		found = coverage;
	}
	if (!found)
		fail_msg("no coverage of %s", kind);
	return found;
}

static void add_record(const struct memory_record *record, struct strbuf *out)
{
	struct json_writer w = { .out = out };
	strbuf_addf(out, "%s ", record->type->name);
	record_write_json(record->type, record->record, &w);
	strbuf_add_char(out, '\n');
}

void reading_full_text(const struct reading *r, struct strbuf *out)
{
	for (size_t i = 0; i < r->memory.record_count; i++)
		add_record(&r->memory.records[i], out);
}

void reading_text(const struct reading *r, struct strbuf *out)
{
	for (size_t i = 0; i < r->memory.record_count; i++) {
		struct memory_record record = r->memory.records[i];
		struct defect defect;
		if (record.type == &defect_type) {
			defect = *(const struct defect *)record.record;
			defect.file = defect.message = SLICE_NONE;
			record.record = &defect;
		}
		add_record(&record, out);
	}
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void sort_lines(struct strbuf *text)
{
	char *lines[1024], *copy = strdup(strbuf_text(text)), *rest = copy, *line;
	size_t count = 0;
	while ((line = strsep(&rest, "\n")) && *line) {
		assert_true(count < 1024);
		lines[count++] = line;
	}
	qsort(lines, count, sizeof *lines, compare_lines);
	strbuf_clear(text);
	for (size_t i = 0; i < count; i++)
		strbuf_addf(text, "%s\n", lines[i]);
	free(copy);
}

/* --- JSON to YAML --- */
static void add_yaml_value(struct json_reader *json, const struct token *token, unsigned indent, struct strbuf *out);

static void add_yaml_text(const struct token *token, struct strbuf *out)
{
	strbuf_add_char(out, '"');
	strbuf_add_slice(out, token->text);
	strbuf_add_char(out, '"');
}

static void take(struct json_reader *json, struct token *token)
{
	struct error *err = NULL;
	check_ok(reader_next(&json->reader, token, &err), &err);
}

static void add_yaml_members(struct json_reader *json, unsigned indent, struct strbuf *out)
{
	struct token token;
	bool empty = true;
	for (take(json, &token); token.type != TOKEN_OBJECT_END && token.type != TOKEN_ARRAY_END; take(json, &token)) {
		strbuf_add_char(out, '\n');
		strbuf_add_repeat(out, ' ', indent);
		if (token.type == TOKEN_KEY) {
			add_yaml_text(&token, out);
			strbuf_add_char(out, ':');
			take(json, &token);
		} else {
			strbuf_add_char(out, '-');
		}
		add_yaml_value(json, &token, indent + 2, out);
		empty = false;
	}
	if (empty)
		strbuf_add_text(out, token.type == TOKEN_OBJECT_END ? " {}" : " []");
}

static void add_yaml_value(struct json_reader *json, const struct token *token, unsigned indent, struct strbuf *out)
{
	switch (token->type) {
	case TOKEN_OBJECT_BEGIN:
	case TOKEN_ARRAY_BEGIN:
		add_yaml_members(json, indent, out);
		break;
	case TOKEN_STRING:
		strbuf_add_char(out, ' ');
		add_yaml_text(token, out);
		break;
	case TOKEN_NULL:
		strbuf_add_text(out, " null");
		break;
	case TOKEN_BOOL:
		strbuf_add_text(out, token->boolean ? " true" : " false");
		break;
	default:
		strbuf_add_char(out, ' ');
		strbuf_add_slice(out, token->text);
	}
}

void yaml_of_json(struct slice text, struct strbuf *out)
{
	struct json_reader json;
	struct token token;
	json_reader_init(&json, text, 0);
	take(&json, &token);
	strbuf_add_text(out, "---");
	add_yaml_value(&json, &token, 0, out);
	strbuf_add_char(out, '\n');
	json_reader_release(&json);
}

void check_yaml_gives_the_same(const char *json)
{
	CLEANUP(strbuf_release) struct strbuf yaml = STRBUF_INIT(LIMIT_ROW_BYTES);
	CLEANUP(strbuf_release) struct strbuf from_json = STRBUF_INIT(LIMIT_ROW_BYTES);
	CLEANUP(strbuf_release) struct strbuf from_yaml = STRBUF_INIT(LIMIT_ROW_BYTES);
	CLEANUP(reading_release) struct reading a = reading_of(json);
	CLEANUP(reading_release) struct reading b;
	yaml_of_json(slice_of(json), &yaml);
	reading_start(&b);
	reading_yaml(&b, strbuf_slice(&yaml));
	reading_text(&a, &from_json);
	reading_text(&b, &from_yaml);
	assert_string_equal(strbuf_text(&from_json), strbuf_text(&from_yaml));
	assert_int_equal(a.context.newest, b.context.newest);
	assert_int_equal(a.result, b.result);
	assert_true(a.memory.record_count > 0);
}
