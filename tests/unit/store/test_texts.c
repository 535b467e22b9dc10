#include "base/limits.h"
#include "fixture.h"
#include "store/store_internal.h"
#include "support/mangle.h"
#include "support/torture.h"

static const struct slice items[] = { { "plain", 5 },   { "", 0 },        { NULL, 0 },          { "\xff\x00\x01", 3 },
				      { "a\"b\\c", 5 }, { "nul\0in", 6 }, { "{\"hex\":1}", 9 }, { "\xe2\x82\xac", 3 } };
#define ITEMS (sizeof items / sizeof *items)

static void check_round_trip(struct slice_list texts, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT(LIMIT_MIB);
	struct slice_list back = { 0 };
	struct error *err = NULL;
	texts_encode(texts, &json);
	check_ok(texts_decode(strbuf_slice(&json), arena, &back, &err), &err);
	assert_non_null(back.items);
	assert_int_equal(back.len, texts.len);
	for (size_t i = 0; i < texts.len; i++)
		assert_true(slice_equal(back.items[i], texts.items[i]));
}

static void every_list_comes_back(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	for (size_t from = 0; from < ITEMS; from++)
		for (size_t len = 0; len <= ITEMS - from; len++)
			check_round_trip((struct slice_list){ items + from, len }, &arena);
}

static void every_byte_comes_back(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	for (int byte = 0; byte < 256; byte++) {
		char text[2] = { (char)byte, 'x' };
		struct slice item = { text, 2 };
		check_round_trip((struct slice_list){ &item, 1 }, &arena);
	}
}

/* What sqlite3's JSON functions and a person with a shell see. */
static void it_is_json_that_others_can_read(void **state)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT(LIMIT_MIB);
	texts_encode((struct slice_list){ items, 4 }, &json);
	assert_string_equal(strbuf_text(&json), "[\"plain\",\"\",null,{\"hex\":\"ff0001\"}]");
}

static void decode_mangled(struct slice json, size_t at, void *data)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(error_freep) struct error *err = NULL;
	struct slice_list texts;
	size_t *refused = data;
	if (texts_decode(json, &arena, &texts, &err) < 0) {
		assert_non_null(err);
		++*refused;
	}
}

static void a_damaged_list_is_an_error(void **state)
{
	static const char *const bad[] = { "",
					   "{}",
					   "\"a\"",
					   "[1]",
					   "[true]",
					   "[[]]",
					   "[{}]",
					   "[{\"hex\":1}]",
					   "[{\"hex\":\"f\"}]",
					   "[{\"hex\":\"FF\"}]",
					   "[{\"base\":\"ff\"}]",
					   "[{\"hex\":\"ff\",\"a\":1}]" };
	size_t refused = 0;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		decode_mangled(slice_of(bad[i]), i, &refused);
		if (refused != i + 1)
			fail_msg("accepted: %s", bad[i]);
	}
	struct slice good = SLICE("[\"plain\",\"\",null,{\"hex\":\"ff0001\"}]");
	refused = 0;
	mangle_truncate(good, decode_mangled, &refused);
	assert_int_equal(refused, good.len);
	mangle_flip(good, decode_mangled, &refused);
}

static int encode_and_decode(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT(LIMIT_MIB);
	struct slice_list back;
	texts_encode((struct slice_list){ items, ITEMS }, &json);
	if (strbuf_failed(&json, err) || texts_decode(strbuf_slice(&json), &arena, &back, err) < 0)
		return -1;
	assert_int_equal(back.len, ITEMS);
	return 0;
}

static void memory_may_run_out(void **state)
{
	torture(encode_and_decode, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_list_comes_back),
		cmocka_unit_test(every_byte_comes_back),
		cmocka_unit_test(it_is_json_that_others_can_read),
		cmocka_unit_test(a_damaged_list_is_an_error),
		cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
