#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

static void check_printable(struct slice text, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(10000);
	utf8_add_printable(&out, text);
	assert_string_equal(strbuf_text(&out), expected);
}

static bool is_scalar(uint32_t code_point)
{
	return code_point < 0xd800 || (code_point > 0xdfff && code_point <= 0x10ffff);
}

static void every_code_point_there_and_back(void **state)
{
	for (uint32_t code_point = 0; code_point <= 0x10ffff; code_point++) {
		char text[4];
		uint32_t decoded;
		size_t len = utf8_encode(code_point, text);
		size_t read = utf8_decode((struct slice){ text, len }, &decoded);
		if (read != len || decoded != (is_scalar(code_point) ? code_point : 0xfffd) ||
		    !utf8_valid((struct slice){ text, len }))
			fail_msg("U+%04X: %zu bytes written, %zu read as U+%04X", code_point, len, read, decoded);
	}
	char text[4];
	assert_int_equal(utf8_encode(0x110000, text), 3);
	assert_memory_equal(text, "\xef\xbf\xbd", 3);
}

/* All of two, three and four bytes against the table of RFC 3629, section 4. */
static bool rfc_allows(const unsigned char *b, size_t len)
{
	bool tail2 = len > 1 && b[1] >= 0x80 && b[1] <= 0xbf, tail3 = len > 2 && b[2] >= 0x80 && b[2] <= 0xbf;
	bool tail4 = len > 3 && b[3] >= 0x80 && b[3] <= 0xbf;
	switch (len) {
	case 1:
		return b[0] <= 0x7f;
	case 2:
		return b[0] >= 0xc2 && b[0] <= 0xdf && tail2;
	case 3:
		return tail3 &&
		       ((b[0] == 0xe0 && b[1] >= 0xa0 && b[1] <= 0xbf) || (b[0] >= 0xe1 && b[0] <= 0xec && tail2) ||
			(b[0] == 0xed && b[1] >= 0x80 && b[1] <= 0x9f) || (b[0] >= 0xee && b[0] <= 0xef && tail2));
	default:
		return tail3 && tail4 &&
		       ((b[0] == 0xf0 && b[1] >= 0x90 && b[1] <= 0xbf) || (b[0] >= 0xf1 && b[0] <= 0xf3 && tail2) ||
			(b[0] == 0xf4 && b[1] >= 0x80 && b[1] <= 0x8f));
	}
}

static void check_sequence(const unsigned char *bytes, size_t len)
{
	uint32_t code_point;
	size_t read = utf8_decode((struct slice){ (const char *)bytes, len }, &code_point);
	size_t expected = 1;
	for (size_t count = 1; count <= len; count++)
		if (rfc_allows(bytes, count))
			expected = count;
	if (read != expected || (read == 1 && bytes[0] >= 0x80 && code_point != 0xfffd))
		fail_msg("%02x %02x %02x %02x: %zu bytes, U+%04X", bytes[0], bytes[1], bytes[2], bytes[3], read,
			 code_point);
}

static void every_sequence_of_the_grammar(void **state)
{
	static const unsigned char tails[] = { 0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff };
	enum { TAILS = sizeof tails };
	for (unsigned first = 0; first < 256; first++)
		for (unsigned second = 0; second < 256; second++)
			for (size_t rest = 0; rest < TAILS * TAILS; rest++) {
				const unsigned char bytes[] = { (unsigned char)first, (unsigned char)second,
								tails[rest / TAILS], tails[rest % TAILS] };
				for (size_t len = 1; len <= 4; len++)
					check_sequence(bytes, len);
			}
}

static void valid_looks_at_every_byte(void **state)
{
	assert_true(utf8_valid(SLICE("")));
	assert_true(utf8_valid(SLICE_NONE));
	assert_true(utf8_valid(SLICE("a\0b\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\xa2")));
	assert_true(utf8_valid(SLICE("\xef\xbf\xbd")));
	char text[] = "0123456789abcdef0123456789abcdef";
	for (size_t i = 0; i < sizeof text - 1; i++) {
		char kept = text[i];
		text[i] = '\x80';
		assert_false(utf8_valid(slice_of(text)));
		text[i] = kept;
	}
	assert_false(utf8_valid(SLICE("\xc0\x80")));
	assert_false(utf8_valid(SLICE("\xed\xa0\x80")));
	assert_false(utf8_valid(SLICE("abc\xe2\x82")));
}

static void harmless_text_stays_as_it_is(void **state)
{
	check_printable(SLICE("docker.io/library/node:20 ~\"\\'$"), "docker.io/library/node:20 ~\"\\'$");
	check_printable(SLICE("caf\xc3\xa9 \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x9a\xa2"),
			"caf\xc3\xa9 \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x9a\xa2");
	check_printable(SLICE("\xef\xbf\xbd"), "\xef\xbf\xbd");
	check_printable(SLICE_NONE, "");
}

static void control_characters_are_escaped(void **state)
{
	for (unsigned byte = 0; byte < 0x20; byte++) {
		char text = (char)byte, expected[8];
		snprintf(expected, sizeof expected, "\\u%04x", byte);
		check_printable((struct slice){ &text, 1 }, expected);
	}
	check_printable(SLICE("\x7f"), "\\u007f");
	check_printable(SLICE("a\x1b[31mred\x1b[m\r\n\tb"), "a\\u001b[31mred\\u001b[m\\u000d\\u000a\\u0009b");
	check_printable(SLICE("\xc2\x80\xc2\x9b\xc2\x9f"), "\\u0080\\u009b\\u009f");
}

static void hidden_and_reordering_characters_are_escaped(void **state)
{
	static const uint32_t hidden[] = { 0x00a0, 0x00ad, 0x061c, 0x115f, 0x180e, 0x2000, 0x200a, 0x200b, 0x200c,
					   0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d,
					   0x202e, 0x202f, 0x2060, 0x2061, 0x2065, 0x2066, 0x2067, 0x2068, 0x2069,
					   0x206f, 0x3000, 0x3164, 0xfe0f, 0xfeff, 0xffa0, 0xfff9 };
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
		char text[4], expected[8];
		size_t len = utf8_encode(hidden[i], text);
		snprintf(expected, sizeof expected, "\\u%04x", hidden[i]);
		check_printable((struct slice){ text, len }, expected);
	}
	check_printable(SLICE("\xf3\xa0\x81\x81"), "\\U000e0041");
	check_printable(SLICE("a\xe2\x80\xae"
			      "cod"),
			"a\\u202ecod");
}

static void bad_bytes_are_escaped_one_by_one(void **state)
{
	check_printable(SLICE("a\xff\xfe"), "a\\xff\\xfe");
	check_printable(SLICE("\xe2\x82"), "\\xe2\\x82");
	check_printable(SLICE("\xed\xa0\x80"), "\\xed\\xa0\\x80");
	check_printable(SLICE("\xc0\x9b"), "\\xc0\\x9b");
}

/* Whatever goes in, what comes out is valid, and stays the same when it goes through once more. */
static void check_safe(struct slice text, size_t at, void *data)
{
	CLEANUP(strbuf_release) struct strbuf once = STRBUF_INIT(100000), twice = STRBUF_INIT(100000);
	utf8_add_printable(&once, text);
	assert_true(utf8_valid(strbuf_slice(&once)));
	for (size_t i = 0; i < once.len; i++)
		assert_true((unsigned char)once.data[i] >= 0x20 && once.data[i] != 0x7f);
	utf8_add_printable(&twice, strbuf_slice(&once));
	assert_string_equal(strbuf_text(&once), strbuf_text(&twice));
	(void)utf8_cells(text);
	(void)utf8_valid(text);
}

static void any_bytes_come_out_safe(void **state)
{
	struct slice mixed = SLICE("caf\xc3\xa9 \xe6\x97\xa5\xf0\x9f\x9a\xa2\xe2\x80\xae\x1b[m\xff 0123456789abcdef");
	mangle_none(mixed, check_safe, NULL);
	mangle_truncate(mixed, check_safe, NULL);
	mangle_flip(mixed, check_safe, NULL);
	unsigned short random[3] = { 4, 5, 6 };
	for (int round = 0; round < 2000; round++) {
		char bytes[64];
		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = (char)nrand48(random);
		mangle_none((struct slice){ bytes, sizeof bytes }, check_safe, NULL);
	}
}

static void cells_are_those_of_a_terminal(void **state)
{
	assert_int_equal(utf8_cells(SLICE("")), 0);
	assert_int_equal(utf8_cells(SLICE_NONE), 0);
	assert_int_equal(utf8_cells(SLICE("docker.io/acme")), 14);
	assert_int_equal(utf8_cells(SLICE("caf\xc3\xa9")), 4);
	assert_int_equal(utf8_cells(SLICE("cafe\xcc\x81")), 4);
	assert_int_equal(utf8_cells(SLICE("\xe6\x97\xa5\xe6\x9c\xac")), 4);
	assert_int_equal(utf8_cells(SLICE("\xef\xbc\xa1")), 2);
	assert_int_equal(utf8_cells(SLICE("\xf0\x9f\x9a\xa2")), 2);
	assert_int_equal(utf8_cells(SLICE("\xf0\xa0\x80\x80")), 2);
	assert_int_equal(utf8_cells(SLICE("\xed\x95\x9c")), 2);
	assert_int_equal(utf8_cells(SLICE("\xef\xbd\xb1")), 1);
}

static int print_some(void *data, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(10000);
	for (int i = 0; i < 100; i++)
		utf8_add_printable(&out, SLICE("a\n\xff\xc3\xa9"));
	return strbuf_failed(&out, err) ? -1 : 0;
}

static void every_allocation_failed(void **state)
{
	torture(print_some, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_there_and_back),
		cmocka_unit_test(every_sequence_of_the_grammar),
		cmocka_unit_test(valid_looks_at_every_byte),
		cmocka_unit_test(harmless_text_stays_as_it_is),
		cmocka_unit_test(control_characters_are_escaped),
		cmocka_unit_test(hidden_and_reordering_characters_are_escaped),
		cmocka_unit_test(bad_bytes_are_escaped_one_by_one),
		cmocka_unit_test(any_bytes_come_out_safe),
		cmocka_unit_test(cells_are_those_of_a_terminal),
		cmocka_unit_test(every_allocation_failed),
	};
	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
