#include "support/check.h"

#include "collect/snapshot/utf16.h"
#include "support/mangle.h"

static void check_text(struct slice bytes, const char *expected)
{
	CLEANUP(file_release) struct file_bytes text = { 0 };
	struct error *err = NULL;
	check_ok(utf16_to_utf8(bytes, &text, &err), &err);
	check_slice(file_slice(&text), expected);
}

static void test_both_orders(void **state)
{
	check_text(SLICE("\xff\xfe{\0}\0\r\0\n\0"), "{}\r\n");
	check_text(SLICE("\xfe\xff\0{\0}"), "{}");
	check_text(SLICE("\xff\xfe"), "");
	check_text(SLICE("\xff\xfe\xe4\0\xac\x20"), "\u00e4\u20ac");
	check_text(SLICE("\xff\xfe\x3d\xd8\x00\xde"), "\U0001F600");
	check_text(SLICE("\xfe\xff\xd8\x3d\xde\x00"), "\U0001F600");
}

static void test_what_is_broken_is_replaced(void **state)
{
	check_text(SLICE("\xff\xfe{\0}"), "{\uFFFD");
	check_text(SLICE("\xff\xfe\x3d\xd8{\0"), "\uFFFD{");
	check_text(SLICE("\xff\xfe\x00\xde{\0"), "\uFFFD{");
	check_text(SLICE("\xff\xfe\x3d\xd8"), "\uFFFD");
	check_text(SLICE("\xff\xfe\x3d\xd8\x00"), "\uFFFD\uFFFD");
}

static void test_longer_than_a_chunk(void **state)
{
	enum { UNITS = 10000 };
	static char bytes[2 + 2 * UNITS] = "\xff\xfe";
	for (size_t i = 0; i < UNITS; i++)
		memcpy(bytes + 2 + 2 * i, "\xac\x20", 2);
	CLEANUP(file_release) struct file_bytes text = { 0 };
	struct error *err = NULL;
	check_ok(utf16_to_utf8((struct slice){ bytes, sizeof bytes }, &text, &err), &err);
	assert_int_equal(text.len, 3 * UNITS);
	for (size_t i = 0; i < UNITS; i++)
		assert_memory_equal(text.data + 3 * i, "\u20ac", 3);
}

static void convert(struct slice variant, size_t at, void *data)
{
	CLEANUP(file_release) struct file_bytes text = { 0 };
	struct error *err = NULL;
	check_ok(utf16_to_utf8(variant, &text, &err), &err);
	assert_true(text.len <= 2 * variant.len + 3);
}

static void test_cut_and_flipped(void **state)
{
	mangle_truncate(SLICE("\xff\xfe{\0\x3d\xd8\x00\xde\xac\x20}\0"), convert, NULL);
	mangle_flip(SLICE("\xff\xfe{\0\x3d\xd8\x00\xde\xac\x20}\0"), convert, NULL);
}

static void test_likely(void **state)
{
	assert_true(utf16_likely(SLICE("\xff\xfe")));
	assert_true(utf16_likely(SLICE("\xfe\xff\0{")));
	assert_false(utf16_likely(SLICE("\xff")));
	assert_false(utf16_likely(SLICE("\xef\xbb\xbf{}")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_orders),
		cmocka_unit_test(test_what_is_broken_is_replaced),
		cmocka_unit_test(test_longer_than_a_chunk),
		cmocka_unit_test(test_cut_and_flipped),
		cmocka_unit_test(test_likely),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
