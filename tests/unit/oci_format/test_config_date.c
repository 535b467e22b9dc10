#include <stdio.h>

#include "base/time.h"
#include "format_check.h"
#include "support/check.h"

/* json: the value of `created`, NULL where it is left out. time: NULL where there is none. */
static void check_date(const char *json, enum oci_dating dating, const char *time, const char *defects)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	char text[512], formatted[TIME_TEXT_BYTES];
	snprintf(text, sizeof text, "{%s%s}", json ? "\"created\":" : "", json ? json : "");
	parse_config(&parsed, text, 1);
	const struct oci_date *date = &parsed.config.created;
	if (date->dating != dating)
		fail_msg("%s is %s", json, oci_dating_text(date->dating));
	assert_string_equal(time_format(date->time, formatted), time ? time : "-");
	check_defects(&parsed.config.defects, defects);
}

static void dated(void **state)
{
	check_date("\"2026-11-20T09:10:11Z\"", OCI_DATED, "2026-11-20T09:10:11Z", "");
	check_date("\"2026-11-20T09:10:11.123456789Z\"", OCI_DATED, "2026-11-20T09:10:11.123456Z", "");
	check_date("\"2026-11-20T09:10:11.5+05:30\"", OCI_DATED, "2026-11-20T03:40:11.5Z", "");
	check_date("\"2026-11-20T09:10:11-08:00\"", OCI_DATED, "2026-11-20T17:10:11Z", "");
	check_date("\"2026-11-20t09:10:11z\"", OCI_DATED, "2026-11-20T09:10:11Z", "");
	check_date("\"2026-11-20\\u005409:10:11Z\"", OCI_DATED, "2026-11-20T09:10:11Z", "");
	check_date("\"9999-12-31T23:59:59Z\"", OCI_DATED, "9999-12-31T23:59:59Z", "");
}

/* RFC 3339 has any number of digits, and Go takes them. */
static void digits_that_nobody_keeps(void **state)
{
	check_date("\"2026-11-20T09:10:11.1234567890123Z\"", OCI_DATED, "2026-11-20T09:10:11.123456Z", "");
	check_date("\"2026-11-20T09:10:11.1234567890+01:00\"", OCI_DATED, "2026-11-20T08:10:11.123456Z", "");
	check_date("\"2026-11-20T09:10:11.00000000000000000000000000000000000000000000000000000000000000000001Z\"",
		   OCI_DATED, "2026-11-20T09:10:11Z", "");
}

static void undated(void **state)
{
	check_date(NULL, OCI_UNDATED, NULL, "");
	check_date("null", OCI_UNDATED, NULL, "");
	check_date("\"0001-01-01T00:00:00Z\"", OCI_UNDATED, NULL, "");
	check_date("\"0001-01-01T08:00:00+08:00\"", OCI_UNDATED, NULL, "");
	check_date("\"0001-01-02T00:00:00Z\"", OCI_UNDATED, NULL, "");
	check_date("\"0001-01-02T00:00:00.000001Z\"", OCI_DATED, "0001-01-02T00:00:00.000001Z", "");
}

static void reproducible(void **state)
{
	check_date("\"1970-01-01T00:00:00Z\"", OCI_REPRODUCIBLE, "1970-01-01T00:00:00Z", "");
	check_date("\"1970-01-01T00:00:00-12:00\"", OCI_REPRODUCIBLE, "1970-01-01T12:00:00Z", "");
	check_date("\"1970-01-02T00:00:00Z\"", OCI_REPRODUCIBLE, "1970-01-02T00:00:00Z", "");
	check_date("\"1970-01-02T00:00:01Z\"", OCI_DATED, "1970-01-02T00:00:01Z", "");
	check_date("\"1969-12-31T23:59:59Z\"", OCI_DATED, "1969-12-31T23:59:59Z", "");
	check_date("\"1980-01-01T00:00:01Z\"", OCI_REPRODUCIBLE, "1980-01-01T00:00:01Z", "");
	check_date("\"1980-01-01T00:00:00Z\"", OCI_REPRODUCIBLE, "1980-01-01T00:00:00Z", "");
	check_date("\"1979-12-31T23:59:59Z\"", OCI_DATED, "1979-12-31T23:59:59Z", "");
	check_date("\"1980-01-02T00:00:01Z\"", OCI_DATED, "1980-01-02T00:00:01Z", "");
}

static void what_is_no_date(void **state)
{
	check_date("\"\"", OCI_DATE_INVALID, NULL, "bad_date /created");
	check_date("\"yesterday\"", OCI_DATE_INVALID, NULL, "bad_date /created");
	check_date("\"2026-11-20\"", OCI_DATE_INVALID, NULL, "bad_date /created");
	check_date("\"2026-11-20 09:10:11Z\"", OCI_DATE_INVALID, NULL, "bad_date /created");
	check_date("\"2026-02-30T00:00:00Z\"", OCI_DATE_INVALID, NULL, "bad_date /created");
	check_date("\"2026-11-20T09:10:11\"", OCI_DATE_INVALID, NULL, "bad_date /created");
	check_date("\"2026-11-20T09:10:11.Z\"", OCI_DATE_INVALID, NULL, "bad_date /created");
	check_date("\"0000-01-01T00:00:00Z\"", OCI_DATE_INVALID, NULL, "bad_date /created");
	check_date("\"10000-01-01T00:00:00Z\"", OCI_DATE_INVALID, NULL, "bad_date /created");
	check_date("1700000000", OCI_DATE_INVALID, NULL, "wrong_type /created");
	check_date("{}", OCI_DATE_INVALID, NULL, "wrong_type /created");
}

static void as_written(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_config(&parsed, "{\"created\":\"0001-01-01T00:00:00Z\"}", 1);
	check_slice(parsed.config.created.text, "0001-01-01T00:00:00Z");
	parse_config(&parsed, "{\"created\":\"soon\"}", 1);
	check_slice(parsed.config.created.text, "soon");
	parse_config(&parsed, "{\"created\":null}", 1);
	assert_null(parsed.config.created.text.data);
}

static void names_of_datings(void **state)
{
	assert_string_equal(oci_dating_text(OCI_DATED), "dated");
	assert_string_equal(oci_dating_text(OCI_UNDATED), "undated");
	assert_string_equal(oci_dating_text(OCI_REPRODUCIBLE), "reproducible");
	assert_string_equal(oci_dating_text(OCI_DATE_INVALID), "invalid");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dated),
		cmocka_unit_test(digits_that_nobody_keeps),
		cmocka_unit_test(undated),
		cmocka_unit_test(reproducible),
		cmocka_unit_test(what_is_no_date),
		cmocka_unit_test(as_written),
		cmocka_unit_test(names_of_datings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
