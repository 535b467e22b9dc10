#include "base/csv_reader.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

/* "LINE:<a><b>" for each row, "LINE!" for a bad one. */
static int rows_of(struct slice document, struct strbuf *out, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(8 * LIMIT_MIB);
	struct csv_reader csv;
	struct csv_row row;
	int got;
	csv_reader_init(&csv, document);
	while ((got = csv_reader_next(&csv, &arena, &row, err)) > 0) {
		strbuf_addf(out, "%s%zu%s", out->len ? " " : "", row.line, got == CSV_BAD ? "!" : ":");
		assert_int_equal(row.why != NULL, got == CSV_BAD);
		assert_int_equal(row.fields.len > 0, got == CSV_ROW);
		for (size_t i = 0; i < row.fields.len; i++)
			strbuf_addf(out, "<%.*s>", SLICE_ARG(row.fields.items[i]));
		arena_clear(&arena);
	}
	return got;
}

static void check_rows(const char *document, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	struct error *err = NULL;
	check_ok(rows_of(slice_of(document), &out, &err), &err);
	assert_string_equal(strbuf_text(&out), expected);
}

static void rows_and_fields(void **state)
{
	check_rows("a,b\nc,d\n", "1:<a><b> 2:<c><d>");
	check_rows("a,b\nc,d", "1:<a><b> 2:<c><d>");
	check_rows("a", "1:<a>");
	check_rows("", "");
	check_rows(",", "1:<><>");
	check_rows("a,,\n,b", "1:<a><><> 2:<><b>");
	check_rows(" a , b ", "1:< a >< b >");
}

static void every_end_of_a_line(void **state)
{
	check_rows("a\r\nb\rc\nd", "1:<a> 2:<b> 3:<c> 4:<d>");
	check_rows("\n\r\n\na\n\n\nb\n\n", "4:<a> 7:<b>");
	check_rows("\xef\xbb\xbf"
		   "a,b",
		   "1:<a><b>");
	check_rows("a,\xef\xbb\xbf"
		   "b",
		   "1:<a><\xef\xbb\xbf"
		   "b>");
}

static void quotes(void **state)
{
	check_rows("\"a\",\"b\"\n", "1:<a><b>");
	check_rows("\"a,b\",c", "1:<a,b><c>");
	check_rows("\"\",\"\"", "1:<><>");
	check_rows("\"a\"\"b\",\"\"\"\"", "1:<a\"b><\">");
	check_rows("\"a\nb\r\nc\",d\ne", "1:<a\nb\r\nc><d> 4:<e>");
	check_rows("a\"b,5\"", "1:<a\"b><5\">");
}

static void a_bad_row_costs_one_line(void **state)
{
	check_rows("a,b\n\"c,d\ne,f\n", "1:<a><b> 2! 3:<e><f>");
	check_rows("\"a\"x,b\nc", "1! 2:<c>");
	check_rows("\"a\" ,b\nc", "1! 2:<c>");
	check_rows("\"", "1!");
	check_rows("\"a\nb\"x\nc", "1! 2:<b\"x> 3:<c>");
}

static void the_separator_is_what_the_first_line_has_most_of(void **state)
{
	check_rows("a;b;c,d\n1;2,3", "1:<a><b><c,d> 2:<1><2,3>");
	check_rows("a\tb\n1,2\t3", "1:<a><b> 2:<1,2><3>");
	check_rows("\"a;b;c\",d\n1;2,3", "1:<a;b;c><d> 2:<1;2><3>");
	check_rows("abc\n1,2", "1:<abc> 2:<1><2>");
}

static void rows_are_bounded(void **state)
{
	CLEANUP(strbuf_release) struct strbuf document = STRBUF_INIT(16 * LIMIT_MIB), out = STRBUF_INIT(LIMIT_MIB);
	struct error *err = NULL;
	strbuf_add_repeat(&document, 'x', LIMIT_CSV_ROW_BYTES + 1);
	strbuf_add_text(&document, "\n\"");
	strbuf_add_repeat(&document, 'y', LIMIT_CSV_ROW_BYTES + 1);
	strbuf_add_text(&document, "\"\n");
	strbuf_add_repeat(&document, ',', LIMIT_CSV_FIELDS);
	strbuf_add_text(&document, "\nz");
	check_ok(rows_of(strbuf_slice(&document), &out, &err), &err);
	assert_string_equal(strbuf_text(&out), "1! 2! 3! 4:<z>");
	strbuf_clear(&document);
	strbuf_clear(&out);
	strbuf_add_repeat(&document, ',', LIMIT_CSV_FIELDS - 1);
	check_ok(rows_of(strbuf_slice(&document), &out, &err), &err);
	assert_int_equal(out.len, 2 + 2 * LIMIT_CSV_FIELDS);
}

#define GOOD "\xef\xbb\xbf\"a\",b\r\n\"c\"\"d\",\"e\nf\"\n\n,g\n"

static void use(struct slice variant, size_t at, void *data)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	struct error *err = NULL;
	check_ok(rows_of(variant, &out, &err), &err);
	*(size_t *)data += out.len > 0;
}

static void cut_or_flipped_it_stays_within(void **state)
{
	size_t rows = 0;
	mangle_truncate(SLICE(GOOD), use, &rows);
	mangle_flip(SLICE(GOOD), use, &rows);
	assert_true(rows > 100);
}

static int scenario(void *data, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	if (rows_of(SLICE(GOOD), &out, err) < 0)
		return -1;
	return out.failure ? error_no_memory(err) : 0;
}

static void every_allocation_may_fail(void **state)
{
	assert_in_range(torture(scenario, NULL), 2, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_and_fields),
		cmocka_unit_test(every_end_of_a_line),
		cmocka_unit_test(quotes),
		cmocka_unit_test(a_bad_row_costs_one_line),
		cmocka_unit_test(the_separator_is_what_the_first_line_has_most_of),
		cmocka_unit_test(rows_are_bounded),
		cmocka_unit_test(cut_or_flipped_it_stays_within),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
