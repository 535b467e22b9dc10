#include "base/json_reader.h"
#include "base/limits.h"
#include "model/answer.h"
#include "model/observed.h"
#include "model/schema.h"
#include "sample.h"
#include "support/check.h"
#include "support/torture.h"

#define TWIN "{\"type\":\"string\",\"contentEncoding\":\"base64\"}"

static void check_json(const struct strbuf *text)
{
	CLEANUP(json_reader_release) struct json_reader json;
	struct token token;
	struct error *err = NULL;
	int got;
	json_reader_init(&json, strbuf_slice(text), READER_DUPLICATES);
	while ((got = reader_next(&json.reader, &token, &err)) > 0)
		assert_false(token.duplicate);
	check_ok(got, &err);
}

static const char *schema_of(const struct record_type *type, struct strbuf *out)
{
	struct json_writer w = { .out = out };
	json_object_begin(&w);
	schema_write_members(type, false, &w);
	json_object_end(&w);
	assert_int_equal(out->failure, 0);
	check_json(out);
	return strbuf_text(out);
}

static void a_small_record_whole(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	assert_string_equal(
		schema_of(&book_type, &out),
		"{\"description\":\"A path in a registry.\",\"type\":\"object\","
		"\"properties\":{"
		"\"registry\":{\"description\":\"Registry.\",\"type\":[\"string\",\"null\"],\"x-since\":1},"
		"\"repository\":{\"description\":\"Path.\",\"type\":[\"string\",\"null\"],\"x-since\":1},"
		"\"images\":{\"description\":\"Images seen from it.\",\"type\":[\"integer\",\"null\"],\"x-since\":1},"
		"\"registry_base64\":" TWIN ",\"repository_base64\":" TWIN "},"
		"\"required\":[\"registry\",\"repository\",\"images\"],\"additionalProperties\":false}");
}

static void every_type_of_field(void **state)
{
	CLEANUP(strbuf_release) struct strbuf image = STRBUF_INIT(LIMIT_MIB), node = STRBUF_INIT(LIMIT_MIB);
	const char *text = schema_of(&image_type, &image);
	assert_non_null(
		strstr(text, "\"bad\":{\"description\":\"An indicator names it.\",\"type\":[\"boolean\",\"null\"]"));
	assert_non_null(strstr(text, "\"type\":[\"string\",\"null\"],\"format\":\"date-time\""));
	assert_non_null(strstr(text, "\"type\":[\"array\",\"null\"],\"items\":{\"type\":[\"string\",\"null\"]}"));
	assert_non_null(strstr(text, "\"tags_base64\":{\"type\":\"array\",\"items\":" TWIN "}"));
	assert_null(strstr(text, "\"runs_base64\""));
	text = schema_of(&node_image_type, &node);
	assert_non_null(strstr(text, "\"type\":[\"integer\",\"null\"],\"x-unit\":\"bytes\""));
}

static void records_of_a_record_stand_in_it(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	const char *text = schema_of(&shelf_type, &out);
	const char *nested = strstr(text, "\"repositories\":{");
	assert_non_null(nested);
	assert_non_null(strstr(nested, "\"items\":{\"description\":\"A path in a registry.\",\"type\":\"object\","));
	assert_null(strstr(nested, "\"record\""));
}

static int write_one(void *data, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	struct json_writer w = { .out = &out };
	json_object_begin(&w);
	schema_write_members(&shelf_type, true, &w);
	json_object_end(&w);
	return strbuf_failed(&out, err) ? -1 : 0;
}

static void memory_may_run_out(void **state)
{
	torture(write_one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_record_whole),
		cmocka_unit_test(every_type_of_field),
		cmocka_unit_test(records_of_a_record_stand_in_it),
		cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
