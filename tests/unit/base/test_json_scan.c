/* The scanner with SSE2 and without: the same answer, place, flags and reason for every input. */
#include "base/alloc.h"
#include "base/json_scan.h"
#include "base/limits.h"
#include "json_generate.h"
#include "support/check.h"

#define DOCUMENTS 3000
#define DAMAGES 10
/* Longer than a block and two rounds of four blocks behind it. */
#define LONG_BYTES 160

bool portable_scan_value(struct json_scan *scan, unsigned depth);
bool portable_scan_string(struct json_scan *scan, struct slice *ret_text);
void portable_scan_blanks(struct json_scan *scan);

static void check_same(const struct json_scan *a, bool a_passed, const struct json_scan *b, bool b_passed)
{
	assert_int_equal(a_passed, b_passed);
	assert_int_equal(cursor_offset(&a->cursor), cursor_offset(&b->cursor));
	assert_int_equal(a->escaped, b->escaped);
	assert_int_equal(a->replaced, b->replaced);
	if (!a_passed) {
		assert_string_equal(a->problem, b->problem);
		assert_int_equal(a->code, b->code);
	}
}

/* In a block of its exact size, where sanitizers see each step too far. */
static void check_document(struct slice text)
{
	char *exact = mem_alloc(text.len);
	memcpy(exact, text.data, text.len);
	for (int replace = 0; replace < 2; replace++) {
		struct json_scan a = { .cursor = cursor_on((struct slice){ exact, text.len }), .replace = replace },
				 b = a;
		json_scan_blanks(&a);
		portable_scan_blanks(&b);
		assert_int_equal(cursor_offset(&a.cursor), cursor_offset(&b.cursor));
		bool a_passed = json_scan_value(&a, 0);
		check_same(&a, a_passed, &b, portable_scan_value(&b, 0));
	}
	mem_free(exact);
}

static void test_generated_and_damaged(void **state)
{
	struct random random = { 20261125 };
	struct strbuf document = STRBUF_INIT(LIMIT_MIB), damaged = STRBUF_INIT(LIMIT_MIB);
	for (int i = 0; i < DOCUMENTS; i++) {
		strbuf_clear(&document);
		json_generate(&random, &document);
		check_document(strbuf_slice(&document));
		for (int n = 0; n < DAMAGES; n++) {
			strbuf_clear(&damaged);
			json_damage(&random, strbuf_slice(&document), &damaged);
			check_document(strbuf_slice(&damaged));
		}
	}
	strbuf_release(&document);
	strbuf_release(&damaged);
}

/* Every byte at every place of a long string, and the string cut behind it. */
static void test_every_byte_at_every_place(void **state)
{
	char text[LONG_BYTES];
	for (size_t at = 1; at < sizeof text - 1; at++) {
		for (int byte = 0; byte < 256; byte++) {
			memset(text, 'a', sizeof text);
			text[0] = text[sizeof text - 1] = '"';
			text[at] = (char)byte;
			check_document((struct slice){ text, sizeof text });
			check_document((struct slice){ text, at + 1 });
		}
	}
}

static void test_stops_exactly(void **state)
{
	char text[LONG_BYTES];
	for (size_t at = 1; at < sizeof text; at++) {
		struct json_scan scan = { .cursor = cursor_on((struct slice){ text, sizeof text }) };
		struct slice between;
		memset(text, 'a', sizeof text);
		text[0] = text[at] = '"';
		assert_true(json_scan_string(&scan, &between));
		assert_int_equal(cursor_offset(&scan.cursor), at + 1);
		assert_int_equal(between.len, at - 1);
		assert_ptr_equal(between.data, text + 1);
		scan.cursor = cursor_on((struct slice){ text, sizeof text });
		assert_true(portable_scan_string(&scan, &between));
		assert_int_equal(cursor_offset(&scan.cursor), at + 1);
	}
}

static void test_blanks_of_every_length(void **state)
{
	char text[70];
	for (size_t len = 0; len < sizeof text; len++) {
		for (int last = 0; last < 256; last++) {
			struct json_scan a = { .cursor = cursor_on((struct slice){ text, len + 1 }) }, b = a;
			bool blank = last == ' ' || last == '\t' || last == '\n' || last == '\r';
			memset(text, ' ', sizeof text);
			text[0] = '\n';
			text[len] = (char)last;
			json_scan_blanks(&a);
			portable_scan_blanks(&b);
			assert_int_equal(cursor_offset(&a.cursor), len + blank);
			assert_int_equal(cursor_offset(&b.cursor), len + blank);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generated_and_damaged),
		cmocka_unit_test(test_every_byte_at_every_place),
		cmocka_unit_test(test_stops_exactly),
		cmocka_unit_test(test_blanks_of_every_length),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
