#include "model/schema.h"

#include <fcntl.h>

#include "base/file.h"
#include "base/json_reader.h"
#include "base/limits.h"
#include "base/map.h"
#include "model/answer.h"
#include "model/observed.h"
#include "model/text.h"
#include "support/check.h"
#include "support/torture.h"

static void write_output(const struct schema_output *output, struct strbuf *out)
{
	struct json_writer w = { .out = out, .indent = 2 };
	schema_write_output(output, &w);
	strbuf_add_char(out, '\n');
	assert_int_equal(out->failure, 0);
}

static void docs_schema_is_up_to_date(void **state)
{
	for (size_t i = 0; i < schema_output_count; i++) {
		CLEANUP(strbuf_release) struct strbuf now = STRBUF_INIT(LIMIT_MIB);
		CLEANUP(file_release) struct file_bytes kept = { 0 };
		struct error *err = NULL;
		char path[512];
		snprintf(path, sizeof path, SOURCE_ROOT "/docs/schema/%s.schema.json", schema_outputs[i].name);
		write_output(&schema_outputs[i], &now);
		check_ok(file_map(AT_FDCWD, path, false, &kept, &err), &err);
		if (!slice_equal(strbuf_slice(&now), file_slice(&kept)))
			fail_msg("%s is out of date: ninja -C BUILD src/model/schema-gen && "
				 "BUILD/src/model/schema-gen docs/schema",
				 path);
	}
}

/* The keys of the object that the reader stands before; with `member`, those of that member of it. */
static void collect_keys(struct reader *reader, const char *member, struct map *keys)
{
	struct error *err = NULL;
	struct token token;
	check_ok(reader_next(reader, &token, &err), &err);
	assert_int_equal(token.type, TOKEN_OBJECT_BEGIN);
	while (reader_next(reader, &token, &err) == 1 && token.type == TOKEN_KEY) {
		if (!member)
			*map_put(keys, token.text) = keys;
		if (member && token_is(&token, member)) {
			collect_keys(reader, NULL, keys);
			return;
		}
		check_ok(reader_skip(reader, &err), &err);
	}
	check_no_error(&err);
}

static void keys_of(struct slice document, const char *member, struct map *keys)
{
	struct json_reader json;
	json_reader_init(&json, document, 0);
	collect_keys(&json.reader, member, keys);
	json_reader_release(&json);
}

/* Every member that is written is allowed; every field of the record is written and allowed. */
static void check_members(const struct record_type *type, const void *record)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB), schema = STRBUF_INIT(LIMIT_MIB);
	CLEANUP(map_release) struct map written = { 0 }, allowed = { 0 };
	struct json_writer w = { .out = &text }, schema_w = { .out = &schema };
	record_write_json(type, record, &w);
	json_object_begin(&schema_w);
	schema_write_members(type, false, &schema_w);
	json_object_end(&schema_w);
	keys_of(strbuf_slice(&text), NULL, &written);
	keys_of(strbuf_slice(&schema), "properties", &allowed);
	for (size_t i = 0; i < written.len; i++)
		if (!map_get(&allowed, written.items[i].key))
			fail_msg("%s: %s is written, but not allowed", type->name, written.items[i].key.data);
	for (size_t i = 0; i < type->field_count; i++)
		assert_non_null(map_get(&written, slice_of(type->fields[i].name)));
	assert_non_null(strstr(strbuf_text(&schema), "\"additionalProperties\":false}"));
}

static void records_are_as_their_schema_says(void **state)
{
	static const struct record_type *const types[] = { &secret_type,     &pod_type,        &entry_type,
							   &credential_type, &secret_row_type, &registry_type };
	static const struct slice bad[] = { { "\xff", 1 } };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		char record[1024];
		record_init(types[i], record);
		check_members(types[i], record);
		for (size_t j = 0; j < types[i]->field_count; j++) {
			const struct field *field = &types[i]->fields[j];
			if (field->type == FIELD_TEXT)
				*(struct slice *)field_of(field, record) = bad[0];
			else if (field->type == FIELD_TEXTS)
				*(struct slice_list *)field_of(field, record) = (struct slice_list){ bad, 1 };
		}
		check_members(types[i], record);
	}
}

static int write_one(void *data, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	struct json_writer w = { .out = &out };
	schema_write_output(&schema_outputs[2], &w);
	if (strbuf_failed(&out, err))
		return -1;
	assert_true(slice_ends_with(strbuf_slice(&out), "\"additionalProperties\":false}"));
	return 0;
}

static void memory_may_run_out(void **state)
{
	torture(write_one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(docs_schema_is_up_to_date),
		cmocka_unit_test(records_are_as_their_schema_says),
		cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
