#include "collect/frozen/frozen_check.h"

#include "base/limits.h"
#include "collect/frozen/frozen_format.h"
#include "support/check.h"
#include "support/torture.h"

#define HEX "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ROW "{\"file\":\"version.json\",\"bytes\":3}"

static void check_document(struct slice text, enum error_code code, const char *part)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct frozen_file_row row;
	struct error *err = NULL;
	int result = frozen_document_read(text, &frozen_file_row_type, &arena, &row, &err);
	if (part) {
		assert_int_equal(result, -1);
		check_error(&err, code, part);
		return;
	}
	check_ok(result, &err);
	check_slice(row.file, "version.json");
	assert_int_equal(row.bytes, 3);
}

static void a_document_is_one_object(void **state)
{
	(void)state;
	check_document(SLICE(ROW), 0, NULL);
	check_document(SLICE(" " ROW "\n"), 0, NULL);
	check_document(SLICE(ROW ROW), ERROR_SYNTAX, "something stands behind it");
	check_document(SLICE(ROW "]"), ERROR_SYNTAX, "");
	check_document(SLICE("[" ROW "]"), ERROR_SYNTAX, "no object");
	check_document(SLICE(""), ERROR_SYNTAX, "");
}

static void a_document_that_is_cut_is_none(void **state)
{
	(void)state;
	for (size_t len = 1; len < strlen(ROW); len++)
		check_document((struct slice){ ROW, len }, ERROR_SYNTAX, "");
}

/* The size is looked at before a byte is. */
static void a_document_may_not_be_larger_than_any_manifest(void **state)
{
	(void)state;
	check_document((struct slice){ ROW, LIMIT_MANIFEST_BYTES + 1 }, ERROR_LIMIT, "larger than");
}

static void words_and_hashes(void **state)
{
	(void)state;
	static const char *const words[] = { "one", "two", NULL };
	assert_true(frozen_is_any(SLICE("two"), words));
	assert_false(frozen_is_any(SLICE("three"), words));
	assert_false(frozen_is_any(SLICE_NONE, words));
	assert_true(frozen_is_outcome(SLICE("interrupted")));
	assert_false(frozen_is_outcome(SLICE("reading")));
	assert_true(frozen_is_sha256(SLICE(HEX)));
	assert_false(frozen_is_sha256(slice_part(SLICE(HEX), 1, 64)));
	assert_false(frozen_is_sha256(SLICE("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")));
	assert_false(frozen_is_sha256(SLICE_NONE));
}

static void what_is_wrong_is_told_from_what_is_of_later(void **state)
{
	(void)state;
	struct error *err = NULL;
	assert_int_equal(frozen_bad("no such thing", &err), -1);
	check_error(&err, ERROR_SYNTAX, "no such thing");
	assert_int_equal(frozen_later(SLICE("fother.snapshot/9"), &err), -1);
	check_error(&err, ERROR_UNSUPPORTED, "\"fother.snapshot/9\"");
}

static int read_row(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct frozen_file_row row;
	(void)data;
	return frozen_document_read(SLICE(ROW), &frozen_file_row_type, &arena, &row, err);
}

static void memory_may_run_out(void **state)
{
	(void)state;
	torture(read_row, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_is_one_object),
		cmocka_unit_test(a_document_that_is_cut_is_none),
		cmocka_unit_test(a_document_may_not_be_larger_than_any_manifest),
		cmocka_unit_test(words_and_hashes),
		cmocka_unit_test(what_is_wrong_is_told_from_what_is_of_later),
		cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
