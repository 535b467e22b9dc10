#include "base/limits.h"
#include "model/answer.h"
#include "model/observed.h"
#include "model/text.h"
#include "sample.h"
#include "support/check.h"
#include "support/torture.h"

static void check_csv(const struct record_type *type, const void *record, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_ROW_BYTES);
	record_write_csv(type, record, &out);
	assert_string_equal(strbuf_text(&out), expected);
}

static void check_header(const struct record_type *type, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_ROW_BYTES);
	record_write_csv_header(type, &out);
	assert_string_equal(strbuf_text(&out), expected);
}

static void headers_are_the_fields(void **state)
{
	check_header(&namespace_type, "cluster,name,uid,created,first_seen,last_seen,gone\r\n");
	check_header(&shelf_type, "registry,credentials,secrets,images,repositories_count\r\n");
}

/* secret_row has entries_count already: the list itself is left out. */
static void a_count_is_not_there_twice(void **state)
{
	CLEANUP(strbuf_release) struct strbuf header = STRBUF_INIT(LIMIT_ROW_BYTES), row = STRBUF_INIT(LIMIT_ROW_BYTES);
	struct secret_row secret;
	record_init(&secret_row_type, &secret);
	record_write_csv_header(&secret_row_type, &header);
	record_write_csv(&secret_row_type, &secret, &row);
	const char *first = strstr(strbuf_text(&header), "entries_count");
	assert_non_null(first);
	assert_null(strstr(first + 1, "entries_count"));
	assert_null(strstr(strbuf_text(&header), "entries,"));
	size_t names = 0, cells = 0;
	for (const char *p = header.data; *p; p++)
		names += *p == ',';
	for (const char *p = row.data; *p; p++)
		cells += *p == ',';
	assert_int_equal(names, cells);
}

static void values_of_each_type(void **state)
{
	static const struct slice secrets[] = { { "hub", 3 }, { "quay", 4 } };
	struct book repositories[2];
	struct service_account account;
	struct shelf registry;
	record_init(&service_account_type, &account);
	check_csv(&service_account_type, &account, ",,,,,,,,\r\n");
	account.cluster = SLICE("prod");
	account.pull_secrets = (struct slice_list){ secrets, 2 };
	account.created = USEC_PER_SECOND;
	account.gone = BOOL_TRUE;
	check_csv(&service_account_type, &account, "prod,,,,1970-01-01T00:00:01Z,hub;quay,,,true\r\n");
	record_init(&shelf_type, &registry);
	registry.images = -3; /* our own number: no formula */
	registry.repositories = (struct record_list){ repositories, 2 };
	check_csv(&shelf_type, &registry, ",,,-3,2\r\n");
}

static void check_cell(const char *text, const char *cell)
{
	struct book repository;
	char expected[128];
	record_init(&book_type, &repository);
	repository.repository = slice_of(text);
	snprintf(expected, sizeof expected, ",%s,\r\n", cell);
	check_csv(&book_type, &repository, expected);
}

static void cells_are_quoted_as_rfc_4180_says(void **state)
{
	check_cell("plain", "plain");
	check_cell("", "");
	check_cell("a,b", "\"a,b\"");
	check_cell("say \"hi\"", "\"say \"\"hi\"\"\"");
	check_cell("two words", "\"two words\"");
}

static void what_a_spreadsheet_would_run_is_guarded(void **state)
{
	check_cell("=cmd|'/C calc'!A0", "\"'=cmd|'/C calc'!A0\"");
	check_cell("+1", "'+1");
	check_cell("-1", "'-1");
	check_cell("@SUM(A1)", "'@SUM(A1)");
	check_cell("\t=1", "'\\u0009=1");
	check_cell("\r=1", "'\\u000d=1");
	check_cell("\n=1", "'\\u000a=1");
	check_cell("\xef\xbc\x9d"
		   "1",
		   "'\xef\xbc\x9d"
		   "1"); /* full-width = */
	check_cell("a=1", "a=1");
	check_cell("=1,2", "\"'=1,2\"");
}

static void a_record_is_one_line(void **state)
{
	check_cell("a\r\nb", "a\\u000d\\u000ab");
	check_cell("a\xff", "a\\xff");
	check_cell("\xe2\x80\xae"
		   "abc",
		   "\\u202eabc"); /* right-to-left override */
}

static int write_both(void *data, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_ROW_BYTES);
	struct book repository;
	record_init(&book_type, &repository);
	repository.repository = SLICE("=a,b");
	record_write_csv(&book_type, &repository, &out);
	if (strbuf_failed(&out, err))
		return -1;
	assert_string_equal(strbuf_text(&out), ",\"'=a,b\",\r\n");
	return 0;
}

static void memory_may_run_out(void **state)
{
	torture(write_both, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_the_fields),
		cmocka_unit_test(a_count_is_not_there_twice),
		cmocka_unit_test(values_of_each_type),
		cmocka_unit_test(cells_are_quoted_as_rfc_4180_says),
		cmocka_unit_test(what_a_spreadsheet_would_run_is_guarded),
		cmocka_unit_test(a_record_is_one_line),
		cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
