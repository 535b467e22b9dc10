#include "model/record_json.h"

#include <stdlib.h>

#include "base/json_reader.h"
#include "base/limits.h"
#include "model/observed.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

/* A record of our own with each type of field, and lists of others. */
#define PART(F, R) F(TEXT, name, FIELD_KEY, "", 1, "Name.") F(INT, count, 0, "", 1, "Count.")
RECORD_STRUCT(part, PART);
#define WHOLE(F, R)                                                                                                    \
	F(TEXT, name, FIELD_KEY, "", 1, "Name.")                                                                       \
	F(INT, size, 0, "", 1, "Size.")                                                                                \
	F(BOOL, open, 0, "", 1, "Open.")                                                                               \
	F(TIME, made, 0, "", 1, "Made.")                                                                               \
	F(TEXTS, tags, 0, "", 1, "Tags.")                                                                              \
	R(parts, part, 0, 1, "Parts.")
RECORD_STRUCT(whole, WHOLE);
#define FIELD_TAG part
RECORD_TYPE(part, PART, NULL, "A part.");
#undef FIELD_TAG
#define FIELD_TAG whole
RECORD_TYPE(whole, WHOLE, NULL, "A whole.");
#undef FIELD_TAG

static const struct record_type *const own_types[] = { &part_type, &whole_type };

static const struct record_type *parse(struct slice text, struct arena *arena, void **ret_record, struct error **err)
{
	struct json_reader json;
	struct token token;
	json_reader_init(&json, text, 0);
	int got = reader_next(&json.reader, &token, err);
	const struct record_type *type = NULL;
	if (got > 0 && token.type == TOKEN_OBJECT_BEGIN)
		type = record_json_read_any(&json.reader, own_types, 2, arena, ret_record, err);
	else if (!*err)
		error_set(err, ERROR_SYNTAX, "no object");
	json_reader_release(&json);
	return type;
}

static void write(const struct record_type *type, const void *record, struct strbuf *out)
{
	struct json_writer json = { .out = out };
	record_json_write(type, record, &json);
}

/* Written, read, and written again is the same text: each field came back as it was. */
static void check_comes_back(const struct whole *record, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf first = STRBUF_INIT(LIMIT_MIB), second = STRBUF_INIT(LIMIT_MIB);
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct error *err = NULL;
	void *back = NULL;
	write(&whole_type, record, &first);
	if (expected)
		assert_string_equal(strbuf_text(&first), expected);
	const struct record_type *type = parse(strbuf_slice(&first), &arena, &back, &err);
	check_no_error(&err);
	assert_ptr_equal(type, &whole_type);
	write(&whole_type, back, &second);
	assert_string_equal(strbuf_text(&first), strbuf_text(&second));
}

static void test_unknown_fields_are_left_out_and_stay_unknown(void **state)
{
	struct whole whole;
	record_init(&whole_type, &whole);
	check_comes_back(&whole, "{\"record\":\"whole\"}");
}

static void test_every_type_comes_back(void **state)
{
	const struct slice tags[] = { SLICE("a"), SLICE(""), { "\xff\0b", 3 } };
	struct part parts[2];
	struct whole whole;
	record_init(&whole_type, &whole);
	record_init(&part_type, &parts[0]);
	record_init(&part_type, &parts[1]);
	parts[0].name = SLICE("first");
	parts[1].count = INT64_MAX;
	whole.name = (struct slice){ "x\0\xfe\x80y\"\\\n\xe2\x80\xae", 11 };
	whole.size = -5;
	whole.open = BOOL_FALSE;
	whole.made = INT64_C(1795607700000001);
	whole.tags = (struct slice_list){ tags, 3 };
	whole.parts = (struct record_list){ parts, 2 };
	check_comes_back(&whole, NULL);
	whole.name = SLICE("");
	whole.size = 0;
	whole.tags.len = 0;
	whole.parts.len = 0;
	check_comes_back(&whole, "{\"record\":\"whole\",\"name\":\"\",\"size\":0,\"open\":false,"
				 "\"made\":\"2026-11-25T11:55:00.000001Z\",\"tags\":[],\"parts\":[]}");
}

static void test_bytes_that_are_no_text_come_back_exactly(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	struct error *err = NULL;
	struct whole whole;
	void *back = NULL;
	record_init(&whole_type, &whole);
	whole.name = (struct slice){ "a\xff\xfe\0z", 5 };
	write(&whole_type, &whole, &out);
	assert_non_null(parse(strbuf_slice(&out), &arena, &back, &err));
	assert_true(slice_equal(((struct whole *)back)->name, whole.name));
}

static void test_more_members_and_null_are_passed_over(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct error *err = NULL;
	void *back = NULL;
	assert_non_null(parse(SLICE("{\"record\":\"whole\",\"later\":{\"a\":[1]},\"name\":null,\"size\":1,\"size\":2,"
				    "\"size_base64\":\"x\"}"),
			      &arena, &back, &err));
	const struct whole *whole = back;
	assert_null(whole->name.data);
	assert_true(whole->size == 2);
}

static void test_what_is_refused(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "{\"record\":\"whole\",\"name\":5}", "whole: name is not a text" },
		{ "{\"record\":\"whole\",\"name_base64\":\"*\"}", "whole: bad base64 at byte 0" },
		{ "{\"record\":\"whole\",\"size\":\"5\"}", "size is not a whole number" },
		{ "{\"record\":\"whole\",\"size\":1.5}", "size is not a whole number" },
		{ "{\"record\":\"whole\",\"open\":1}", "open is not true or false" },
		{ "{\"record\":\"whole\",\"made\":\"yesterday\"}", "made is not a time" },
		{ "{\"record\":\"whole\",\"made\":5}", "made is not a text" },
		{ "{\"record\":\"whole\",\"tags\":{}}", "tags is not a list of text" },
		{ "{\"record\":\"whole\",\"tags\":[1]}", "tags is not a text" },
		{ "{\"record\":\"whole\",\"parts\":[[]]}", "parts is not a list of objects" },
		{ "{\"record\":\"whole\",\"parts\":[{},{\"count\":true}]}", "whole: parts 1: count is not" },
		{ "{\"record\":\"whole\",\"parts\":7}", "parts is not a list" },
		{ "{\"name\":\"x\",\"record\":\"whole\"}", "does not begin with its type" },
		{ "{}", "does not begin with its type" },
		{ "{\"record\":\"pod\"}", "of a type that does not belong here" },
		{ "{\"record\":7}", "of a type that does not belong here" },
		{ "{\"record\":\"whole\",", "byte 18" },
		{ "{\"record\"", "byte 9" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
		struct error *err = NULL;
		void *back = NULL;
		if (parse(slice_of(cases[i].text), &arena, &back, &err))
			fail_msg("%s was read", cases[i].text);
		check_error(&err, ERROR_SYNTAX, cases[i].message);
	}
}

static const char example[] =
	"{\"record\":\"whole\",\"name\":\"\\ud83d\\ude00x\",\"name_base64\":\"/v8=\",\"size\":-17,"
	"\"open\":true,\"made\":\"2026-11-25T11:55:00Z\",\"tags\":[\"a\",\"b\"],"
	"\"parts\":[{\"name\":\"p\",\"count\":3}]}";

/* Reads or is refused; what reads can be written. */
static void check_reads_or_fails(struct slice variant, size_t at, void *data)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	CLEANUP(error_freep) struct error *err = NULL;
	void *back = NULL;
	const struct record_type *type = parse(variant, &arena, &back, &err);
	assert_true(!type == (err != NULL));
	if (type)
		write(type, back, &out);
}

static void test_cut_and_flipped(void **state)
{
	mangle_truncate(slice_of(example), check_reads_or_fails, NULL);
	mangle_flip(slice_of(example), check_reads_or_fails, NULL);
}

static int scenario(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	void *back = NULL;
	return parse(slice_of(example), &arena, &back, err) ? 0 : -1;
}

static void test_without_memory(void **state)
{
	torture(scenario, NULL);
}

static void test_no_more_than_the_arena_takes(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(100);
	struct error *err = NULL;
	void *back = NULL;
	assert_null(parse(slice_of(example), &arena, &back, &err));
	check_error(&err, ERROR_LIMIT, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown_fields_are_left_out_and_stay_unknown),
		cmocka_unit_test(test_every_type_comes_back),
		cmocka_unit_test(test_bytes_that_are_no_text_come_back_exactly),
		cmocka_unit_test(test_more_members_and_null_are_passed_over),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_cut_and_flipped),
		cmocka_unit_test(test_without_memory),
		cmocka_unit_test(test_no_more_than_the_arena_takes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
