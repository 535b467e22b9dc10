#include "support/check.h"

#include "base/json_reader.h"
#include "base/limits.h"
#include "collect/cluster/live_json.h"
#include "support/mangle.h"

static const char *const uid[] = { "metadata", "uid", NULL };

/* "" for none. */
static void check_text(const char *document, const char *const *names, const char *expected)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct slice text = SLICE_NONE;
	struct error *err = NULL;
	int found = live_json_text(slice_of(document), names, &arena, &text, &err);
	check_no_error(&err);
	assert_int_equal(found, *expected != '\0');
	if (found)
		check_slice(text, expected);
}

static void a_text_is_found_wherever_it_stands(void **state)
{
	static const char *const version[] = { "gitVersion", NULL };
	check_text("{\"kind\": \"x\", \"metadata\": {\"labels\": {\"uid\": \"no\"}, \"uid\": \"u-1\"}}", uid, "u-1");
	check_text("{\"metadata\":{\"u\\u0069d\":\"a\\nb\"}}", uid, "a\nb");
	check_text("{\"major\": \"1\", \"gitVersion\": \"v1.20.2\"}", version, "v1.20.2");
}

static void what_is_not_there_or_no_text_is_none(void **state)
{
	check_text("", uid, "");
	check_text("[]", uid, "");
	check_text("\"metadata\"", uid, "");
	check_text("{\"uid\": \"u\"}", uid, "");
	check_text("{\"metadata\": \"uid\"}", uid, "");
	check_text("{\"metadata\": {\"uid\": 7}}", uid, "");
	check_text("{\"metadata\": {}, \"uid\": \"u\"}", uid, "");
	check_text("{\"metadata\": {\"name\": \"a\", ", uid, "");
	check_text("<html>", uid, "");
}

static void look(struct slice variant, size_t at, void *data)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct slice text = SLICE_NONE;
	struct error *err = NULL;
	assert_true(live_json_text(variant, uid, &arena, &text, &err) >= 0);
	check_no_error(&err);
}

static void hostile_documents_are_read_to_their_fault(void **state)
{
	struct slice document =
		SLICE("{\"kind\":\"Namespace\",\"metadata\":{\"name\":\"kube-system\",\"uid\":\"u\\u00e9\"}}");
	mangle_none(document, look, NULL);
	mangle_truncate(document, look, NULL);
	mangle_flip(document, look, NULL);
}

static void members_of_items_are_taken_one_after_the_other(void **state)
{
	struct json_reader json;
	struct token token;
	struct error *err = NULL;
	json_reader_init(&json, SLICE("[{\"a\": {\"name\": \"no\"}, \"name\": \"one\"}, {\"b\": 1}]"), 0);
	check_ok(reader_next(&json.reader, &token, &err), &err);
	check_ok(reader_next(&json.reader, &token, &err), &err);
	assert_int_equal(live_json_member(&json.reader, "name", &token, &err), 1);
	check_slice(token.text, "one");
	check_ok(reader_leave(&json.reader, 1, &err), &err);
	check_ok(reader_next(&json.reader, &token, &err), &err);
	assert_int_equal(live_json_member(&json.reader, "name", &token, &err), 0);
	json_reader_release(&json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_found_wherever_it_stands),
		cmocka_unit_test(what_is_not_there_or_no_text_is_none),
		cmocka_unit_test(hostile_documents_are_read_to_their_fault),
		cmocka_unit_test(members_of_items_are_taken_one_after_the_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
