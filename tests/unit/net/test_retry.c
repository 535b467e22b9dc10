#include "net/retry.h"

#include "base/time.h"
#include "support/check.h"
#include "support/mangle.h"

#define NOW (INT64_C(1795608000) * USEC_PER_SECOND) /* 2026-11-25T12:00:00Z */
#define NOW_TEXT "Wed, 25 Nov 2026 12:00:00 GMT"

static void these_statuses_ask_for_a_retry(void **state)
{
	for (int status = 100; status < 600; status++)
		assert_int_equal(retry_is_asked_by(status),
				 status == 429 || status == 502 || status == 503 || status == 504);
}

static void pauses_double_up_to_16_seconds(void **state)
{
	const unsigned most[] = { 250, 500, 1000, 2000, 4000, 8000, 16000, 16000, 16000 };
	for (unsigned retry = 0; retry < sizeof most / sizeof *most; retry++) {
		unsigned seen = 0;
		assert_int_equal(retry_backoff_ms(retry, 0), 0);
		for (uint64_t random = 0; random < 20000; random++) {
			unsigned ms = retry_backoff_ms(retry, random);
			seen = ms > seen ? ms : seen;
		}
		assert_int_equal(seen, most[retry]);
	}
	assert_in_range(retry_backoff_ms(UINT32_MAX, UINT64_MAX), 0, RETRY_LAST_MS);
}

static void check_after(const char *value, const char *server_date, int64_t expected)
{
	int64_t ms = -1;
	assert_true(retry_after_parse(slice_of(value), slice_of(server_date), NOW, &ms));
	assert_int_equal(ms, expected);
}

static void check_no_after(const char *value)
{
	int64_t ms;
	if (retry_after_parse(slice_of(value), SLICE_NONE, NOW, &ms))
		fail_msg("\"%s\" was accepted", value);
}

static void seconds(void **state)
{
	check_after("0", NULL, 0);
	check_after("1", NULL, 1000);
	check_after("120", NULL, 120000);
	check_after(" 7 ", NULL, 7000);
	check_after("00000000000000000005", NULL, 5000);
	check_after("99999999999999999999", NULL, INT64_C(1000000000000));
}

static void docker_hub_tells_the_time_itself(void **state)
{
	static const char *const none[] = { "", "-1", "1795608030.5", "soon", "1795608030123", NULL };
	int64_t ms = -1;
	assert_true(retry_after_parse_unix(SLICE(" 1795608030 "), NOW, &ms));
	assert_int_equal(ms, 30000);
	assert_true(retry_after_parse_unix(SLICE("1795607000"), NOW, &ms));
	assert_int_equal(ms, 0);
	assert_true(retry_after_parse_unix(SLICE("999999999999"), NOW, &ms));
	assert_int_equal(ms, (INT64_C(999999999999) - INT64_C(1795608000)) * 1000);
	for (const char *const *text = none; *text; text++)
		assert_false(retry_after_parse_unix(slice_of(*text), NOW, &ms));
}

static void dates_count_from_the_servers_own_clock(void **state)
{
	check_after("Wed, 25 Nov 2026 12:00:30 GMT", NULL, 30000);
	check_after("Wed, 25 Nov 2026 12:00:30 GMT", "Wed, 25 Nov 2026 12:00:10 GMT", 20000);
	check_after("Wed, 25 Nov 2026 11:00:05 GMT", "Wed, 25 Nov 2026 11:00:00 GMT", 5000);
	check_after("Wed, 25 Nov 2026 12:00:30 GMT", "yesterday", 30000);
}

static void a_date_in_the_past_is_now(void **state)
{
	check_after("Wed, 25 Nov 2026 11:59:59 GMT", NULL, 0);
	check_after("Mon, 01 Jan 0001 00:00:00 GMT", NULL, 0);
}

static void what_is_neither_is_nothing(void **state)
{
	const char *bad[] = {
		"",
		"-1",
		"1.5",
		"1s",
		"soon",
		"+3",
		"1 2",
		"Wed, 25 Nov 2026 12:00:30",
		"Wed, 25 Nov 2026 12:00:30 UTC",
		"Wed, 25 Nov 2026 24:00:30 GMT",
		"Wed, 31 Nov 2026 12:00:30 GMT",
		"Wed, 25 Foo 2026 12:00:30 GMT",
		"Xyz, 25 Nov 2026 12:00:30 GMT",
		"Wed, 25 Nov 0000 12:00:30 GMT",
		"Wed, 25 Nov 2026 12:00:30 GMT x",
		"Wednesday, 25-Nov-26 12:00:30 GMT",
		"Wed Nov 25 12:00:30 2026",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		check_no_after(bad[i]);
}

static void every_month_is_known(void **state)
{
	const char *months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	for (int i = 0; i < 12; i++) {
		char text[64], rfc3339[64];
		int64_t time, expected;
		struct error *err = NULL;
		snprintf(text, sizeof text, "Sun, 06 %s 1994 08:49:37 GMT", months[i]);
		snprintf(rfc3339, sizeof rfc3339, "1994-%02d-06T08:49:37Z", i + 1);
		assert_true(retry_parse_date(slice_of(text), &time));
		check_ok(time_parse(slice_of(rfc3339), &expected, &err), &err);
		assert_int_equal(time, expected);
	}
}

static void parse_mangled(struct slice variant, size_t at, void *data)
{
	int64_t ms = 0;
	if (retry_after_parse(variant, variant, NOW, &ms))
		assert_true(ms >= 0);
}

static void cut_and_flipped_values_are_refused_or_no_less_than_0(void **state)
{
	mangle_truncate(SLICE(NOW_TEXT), parse_mangled, NULL);
	mangle_flip(SLICE(NOW_TEXT), parse_mangled, NULL);
	mangle_flip(SLICE("120"), parse_mangled, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(these_statuses_ask_for_a_retry),
		cmocka_unit_test(pauses_double_up_to_16_seconds),
		cmocka_unit_test(seconds),
		cmocka_unit_test(docker_hub_tells_the_time_itself),
		cmocka_unit_test(dates_count_from_the_servers_own_clock),
		cmocka_unit_test(a_date_in_the_past_is_now),
		cmocka_unit_test(what_is_neither_is_nothing),
		cmocka_unit_test(every_month_is_known),
		cmocka_unit_test(cut_and_flipped_values_are_refused_or_no_less_than_0),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
