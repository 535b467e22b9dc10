#include "base/time.h"

#include <stdio.h>
#include <string.h>

#include "support/check.h"
#include "support/mangle.h"

#define NOW (INT64_C(1795595530) * USEC_PER_SECOND) /* 2026-11-25T08:32:10Z */

static int64_t parsed(const char *text)
{
	struct error *err = NULL;
	int64_t time = 0;
	if (time_parse(slice_of(text), &time, &err) < 0)
		fail_msg("%s", err->message);
	return time;
}

static void check_refused(const char *text)
{
	CLEANUP(error_freep) struct error *err = NULL;
	int64_t time = 4711;
	if (time_parse(slice_of(text), &time, &err) == 0)
		fail_msg("\"%s\" was accepted", text);
	assert_int_equal(err->code, ERROR_SYNTAX);
	assert_int_equal(time, 4711);
}

static void check_format(int64_t time, const char *expected)
{
	char text[TIME_TEXT_BYTES];
	assert_string_equal(time_format(time, text), expected);
}

static void known_points_in_time(void **state)
{
	assert_int_equal(parsed("1970-01-01T00:00:00Z"), 0);
	assert_int_equal(parsed("2026-11-25T08:32:10Z"), NOW);
	assert_int_equal(parsed("0001-01-01T00:00:00Z"), INT64_C(-62135596800) * USEC_PER_SECOND);
	assert_int_equal(parsed("9999-12-31T23:59:59.999999Z"), INT64_C(253402300800) * USEC_PER_SECOND - 1);
	assert_int_equal(parsed("1969-12-31T23:59:59.5Z"), -USEC_PER_SECOND / 2);
	assert_int_equal(parsed("2000-02-29T12:00:00Z"), INT64_C(951825600) * USEC_PER_SECOND);
	assert_int_equal(parsed("2038-01-19T03:14:08Z"), (INT64_C(1) << 31) * USEC_PER_SECOND);
}

static void offsets_are_taken_off(void **state)
{
	assert_int_equal(parsed("2026-11-25T10:32:10+02:00"), NOW);
	assert_int_equal(parsed("2026-11-24T23:32:10-09:00"), NOW);
	assert_int_equal(parsed("2026-11-25T14:02:10+05:30"), NOW);
	assert_int_equal(parsed("2026-11-25T08:32:10+00:00"), NOW);
	assert_int_equal(parsed("2026-11-25T08:32:10-00:00"), NOW);
	assert_int_equal(parsed("2026-11-25t08:32:10z"), NOW);
}

static void fractions_are_cut_to_microseconds(void **state)
{
	assert_int_equal(parsed("2026-11-25T08:32:10.1Z") - NOW, 100000);
	assert_int_equal(parsed("2026-11-25T08:32:10.000001Z") - NOW, 1);
	assert_int_equal(parsed("2026-11-25T08:32:10.123456999Z") - NOW, 123456);
	assert_int_equal(parsed("2026-11-25T08:32:10.000000000Z"), NOW);
	check_refused("2026-11-25T08:32:10.Z");
	check_refused("2026-11-25T08:32:10.1234567890Z");
	check_refused("2026-11-25T08:32:10,5Z");
}

static void leap_seconds_read_as_the_end_of_the_day(void **state)
{
	assert_int_equal(parsed("2016-12-31T23:59:60Z"), parsed("2016-12-31T23:59:59.999999Z"));
	assert_int_equal(parsed("2016-12-31T23:59:60.7Z"), parsed("2016-12-31T23:59:59.999999Z"));
	assert_int_equal(parsed("2017-01-01T00:59:60+01:00"), parsed("2016-12-31T23:59:59.999999Z"));
	assert_int_equal(parsed("2016-12-31T15:59:60-08:00"), parsed("2016-12-31T23:59:59.999999Z"));
	check_refused("2016-12-31T23:58:60Z");
	check_refused("2016-12-31T12:00:60Z");
	check_refused("2016-12-31T23:59:61Z");
}

static void what_rfc_3339_does_not_allow(void **state)
{
	static const char *const bad[] = {
		"",
		"2026-11-25",
		"2026-11-25T08:32Z",
		"2026-11-25T08:32:10",
		"2026-11-25 08:32:10Z",
		"2026-11-25T08:32:10Z ",
		" 2026-11-25T08:32:10Z",
		"2026-11-25T08:32:10ZZ",
		"2026-11-25T8:32:10Z",
		"26-11-25T08:32:10Z",
		"02026-11-25T08:32:10Z",
		"+2026-11-25T08:32:10Z",
		"2026-00-25T08:32:10Z",
		"2026-13-25T08:32:10Z",
		"2026-11-00T08:32:10Z",
		"2026-11-31T08:32:10Z",
		"2026-02-29T08:32:10Z",
		"1900-02-29T08:32:10Z",
		"2026-11-25T24:00:00Z",
		"2026-11-25T08:60:10Z",
		"2026-11-25T08:32:10+24:00",
		"2026-11-25T08:32:10+02:60",
		"2026-11-25T08:32:10+0200",
		"2026-11-25T08:32:10+02",
		"2026-11-25T08:32:10 UTC",
		"2026/11/25T08:32:10Z",
		"0000-12-31T23:59:59Z",
		"-001-12-31T23:59:59Z",
		"0001-01-01T00:00:00+00:01",
		"9999-12-31T23:59:59-00:01",
		"２026-11-25T08:32:10Z",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		check_refused(bad[i]);
	struct error *err = NULL;
	int64_t time;
	assert_int_equal(time_parse(SLICE("2026-11-25T08:32:10Z\0"), &time, &err), -1);
	check_error(&err, ERROR_SYNTAX, "is not a time such as");
	assert_int_equal(time_parse(SLICE_NONE, &time, &err), -1);
	check_error(&err, ERROR_SYNTAX, "\"\" is not a time");
}

static void format_is_the_shortest(void **state)
{
	check_format(NOW, "2026-11-25T08:32:10Z");
	check_format(NOW + 123456, "2026-11-25T08:32:10.123456Z");
	check_format(NOW + 120000, "2026-11-25T08:32:10.12Z");
	check_format(NOW + 1, "2026-11-25T08:32:10.000001Z");
	check_format(-1, "1969-12-31T23:59:59.999999Z");
	check_format(INT64_C(-62135596800) * USEC_PER_SECOND, "0001-01-01T00:00:00Z");
	check_format(TIME_UNSET, "-");
	check_format(INT64_MAX, "294247-01-10T04:00:54.775807Z");
	check_format(INT64_MIN + 1, "-290308-12-21T19:59:05.224193Z");
}

/* A calendar that cannot be wrong: it counts day by day, by the rule as the calendar's reform of 1582 put it. */
static void next_day(int *year, int *month, int *day)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (*year % 4 == 0 && *year % 100 != 0) || *year % 400 == 0;
	if (++*day <= length[*month - 1] + (*month == 2 && leap))
		return;
	*day = 1;
	if (++*month <= 12)
		return;
	*month = 1;
	++*year;
}

static void check_every_day(int year, int years, int64_t first_day)
{
	int last = year + years, month = 1, day = 1;
	for (int64_t days = first_day; year < last; days++) {
		char expected[64], text[TIME_TEXT_BYTES];
		snprintf(expected, sizeof expected, "%04d-%02d-%02dT00:00:00Z", year, month, day);
		if (parsed(expected) != days * USEC_PER_DAY ||
		    strcmp(time_format(days * USEC_PER_DAY, text), expected) != 0)
			fail_msg("%s is day %lld, and reads back as %s", expected, (long long)days, text);
		next_day(&year, &month, &day);
	}
}

static void every_day_of_400_years_there_and_back(void **state)
{
	check_every_day(1970, 400, 0);
	check_every_day(1, 400, -719162);
}

static void every_second_of_a_day_and_some_fractions(void **state)
{
	char text[TIME_TEXT_BYTES];
	for (int64_t second = 0; second < 86400; second++) {
		int64_t time = NOW - NOW % USEC_PER_DAY + second * USEC_PER_SECOND + second * 7 % 1000000;
		if (parsed(time_format(time, text)) != time)
			fail_msg("%s does not read back", text);
	}
}

static void parse_any(struct slice text, size_t at, void *data)
{
	CLEANUP(error_freep) struct error *err = NULL;
	int64_t time, to;
	char again[TIME_TEXT_BYTES];
	if (time_parse(text, &time, &err) == 0)
		assert_int_equal(parsed(time_format(time, again)), time);
	error_freep(&err);
	(void)time_parse_window(text, NOW, &time, &to, &err);
	error_freep(&err);
	(void)duration_parse(text, &time, &err);
}

static void cut_and_flipped_text(void **state)
{
	static const char *const good[] = { "2026-11-25T08:32:10.123456789+02:00", "2026-11-20 10:00..now-1d",
					    "1w2d3h" };
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		mangle_truncate(slice_of(good[i]), parse_any, NULL);
		mangle_flip(slice_of(good[i]), parse_any, NULL);
	}
}

static void check_given(const char *text, const char *expected)
{
	struct error *err = NULL;
	int64_t time;
	char formatted[TIME_TEXT_BYTES];
	check_ok(time_parse_given(slice_of(text), NOW, &time, &err), &err);
	assert_string_equal(time_format(time, formatted), expected);
}

static void what_a_person_may_type(void **state)
{
	check_given("2026-11-25T08:32:10Z", "2026-11-25T08:32:10Z");
	check_given("2026-11-25T08:32:10.5+01:00", "2026-11-25T07:32:10.5Z");
	check_given("2026-11-25T08:32:10", "2026-11-25T08:32:10Z");
	check_given("2026-11-25 08:32:10", "2026-11-25T08:32:10Z");
	check_given("2026-11-25T08:32Z", "2026-11-25T08:32:00Z");
	check_given("2026-11-25 08:32+02:00", "2026-11-25T06:32:00Z");
	check_given("2026-11-25 08:32", "2026-11-25T08:32:00Z");
	check_given("2026-11-25", "2026-11-25T00:00:00Z");
	check_given("now", "2026-11-25T08:32:10Z");
	check_given("now-30d", "2026-10-26T08:32:10Z");
	check_given("now-1h30m", "2026-11-25T07:02:10Z");
	check_given("30d", "2026-10-26T08:32:10Z");
	check_given("1h30m", "2026-11-25T07:02:10Z");
}

static void what_a_person_may_not_type(void **state)
{
	static const char *const bad[] = { "",
					   "yesterday",
					   "now-",
					   "now+1d",
					   "now-30",
					   "Now",
					   "now ",
					   "11-25",
					   "2026-11-25T",
					   "2026-11-25 8:00",
					   "2026-11",
					   "30",
					   "-30d",
					   "30d ago",
					   "now-30D",
					   "2026-11-25 08:32 ",
					   "2026-11-25Z" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CLEANUP(error_freep) struct error *err = NULL;
		int64_t time;
		if (time_parse_given(slice_of(bad[i]), NOW, &time, &err) == 0)
			fail_msg("\"%s\" was accepted", bad[i]);
		assert_int_equal(err->code, ERROR_SYNTAX);
	}
	struct error *err = NULL;
	int64_t time;
	assert_int_equal(time_parse_given(SLICE("now-9000y"), NOW, &time, &err), -1);
	check_error(&err, ERROR_SYNTAX, "before the year 1");
	assert_int_equal(time_parse_given(SLICE("9000y"), NOW, &time, &err), -1);
	check_error(&err, ERROR_SYNTAX, "before the year 1");
	assert_int_equal(time_parse_given(SLICE("yesterday"), NOW, &time, &err), -1);
	check_error(&err, ERROR_SYNTAX, "2026-11-25 or 30d (ago)");
}

static void check_window(const char *text, const char *from, const char *to)
{
	struct error *err = NULL;
	int64_t start, end;
	check_ok(time_parse_window(slice_of(text), NOW, &start, &end, &err), &err);
	check_format(start, from);
	check_format(end, to);
}

static void a_date_at_the_end_of_a_window_is_the_whole_day(void **state)
{
	check_window("2026-11-17..2026-11-18", "2026-11-17T00:00:00Z", "2026-11-18T23:59:59.999999Z");
	check_window("2026-11-17..2026-11-17", "2026-11-17T00:00:00Z", "2026-11-17T23:59:59.999999Z");
	check_window("2026-11-17T09:00Z..2026-11-17", "2026-11-17T09:00:00Z", "2026-11-17T23:59:59.999999Z");
	check_window("..9999-12-31", "-", "9999-12-31T23:59:59.999999Z");
	check_window("2026-11-17..2026-11-18T00:00Z", "2026-11-17T00:00:00Z", "2026-11-18T00:00:00Z");
	check_window("2026-11-17..2026-11-18 00:00", "2026-11-17T00:00:00Z", "2026-11-18T00:00:00Z");
	check_window("7d..5d", "2026-11-18T08:32:10Z", "2026-11-20T08:32:10Z");
	check_window("7d..", "2026-11-18T08:32:10Z", "-");
	check_window("7d..2026-11-20", "2026-11-18T08:32:10Z", "2026-11-20T23:59:59.999999Z");
}

static void windows_may_be_open(void **state)
{
	struct error *err = NULL;
	int64_t from, to;
	check_ok(time_parse_window(SLICE("2026-11-20..2026-11-21"), NOW, &from, &to, &err), &err);
	check_format(from, "2026-11-20T00:00:00Z");
	check_format(to, "2026-11-21T23:59:59.999999Z");
	check_ok(time_parse_window(SLICE("now-1d..now"), NOW, &from, &to, &err), &err);
	assert_int_equal(to - from, USEC_PER_DAY);
	check_ok(time_parse_window(SLICE("2026-11-20T09:10:00.5Z.."), NOW, &from, &to, &err), &err);
	check_format(from, "2026-11-20T09:10:00.5Z");
	assert_int_equal(to, TIME_UNSET);
	check_ok(time_parse_window(SLICE("..2026-11-20"), NOW, &from, &to, &err), &err);
	assert_int_equal(from, TIME_UNSET);
	check_ok(time_parse_window(SLICE("now..now"), NOW, &from, &to, &err), &err);
	assert_int_equal(from, to);
}

static void bad_windows_are_errors(void **state)
{
	struct error *err = NULL;
	int64_t from = 1, to = 2;
	assert_int_equal(time_parse_window(SLICE("2026-11-20"), NOW, &from, &to, &err), -1);
	check_error(&err, ERROR_SYNTAX, "is not a window");
	assert_int_equal(time_parse_window(SLICE("now..2026-11-20"), NOW, &from, &to, &err), -1);
	check_error(&err, ERROR_SYNTAX, "ends before it begins");
	assert_int_equal(time_parse_window(SLICE("2026-11-20...2026-11-21"), NOW, &from, &to, &err), -1);
	check_error(&err, ERROR_SYNTAX, "window: ");
	assert_int_equal(time_parse_window(SLICE("x..now"), NOW, &from, &to, &err), -1);
	check_error(&err, ERROR_SYNTAX, "window: \"x\" is not a time");
	assert_int_equal(from + to, 3);
}

static void durations(void **state)
{
	static const struct {
		const char *text;
		int64_t duration;
	} good[] = {
		{ "90m", 90 * USEC_PER_MINUTE },
		{ "1h30m", 90 * USEC_PER_MINUTE },
		{ "30d", 30 * USEC_PER_DAY },
		{ "2w", 14 * USEC_PER_DAY },
		{ "1y", 365 * USEC_PER_DAY },
		{ "0s", 0 },
		{ "1y2w3d4h5m6s", 382 * USEC_PER_DAY + 4 * USEC_PER_HOUR + 5 * USEC_PER_MINUTE + 6 * USEC_PER_SECOND },
		{ "007s", 7 * USEC_PER_SECOND },
		{ "292471y", 292471 * 365 * USEC_PER_DAY },
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct error *err = NULL;
		int64_t duration = -1;
		check_ok(duration_parse(slice_of(good[i].text), &duration, &err), &err);
		assert_int_equal(duration, good[i].duration);
	}
}

static void bad_durations_are_errors(void **state)
{
	static const char *const bad[] = { "",
					   "30",
					   "d",
					   "-1d",
					   "+1d",
					   "1.5h",
					   "1d ",
					   "30m1h",
					   "1h1h",
					   "1D",
					   "1M",
					   "1ms",
					   "1h 3m",
					   "292472y",
					   "292471y200d",
					   "99999999999999999999s",
					   "9223372036854775807s" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CLEANUP(error_freep) struct error *err = NULL;
		int64_t duration;
		if (duration_parse(slice_of(bad[i]), &duration, &err) == 0)
			fail_msg("\"%s\" was accepted", bad[i]);
		assert_int_equal(err->code, ERROR_SYNTAX);
	}
}

static void check_duration(int64_t duration, const char *expected)
{
	char text[TIME_TEXT_BYTES];
	assert_string_equal(duration_format(duration, text), expected);
}

static void durations_at_a_glance(void **state)
{
	check_duration(0, "0s");
	check_duration(999999, "0s");
	check_duration(-999999, "0s");
	check_duration(12 * USEC_PER_SECOND, "12s");
	check_duration(59 * USEC_PER_SECOND, "59s");
	check_duration(60 * USEC_PER_SECOND, "1m");
	check_duration(31 * USEC_PER_MINUTE + 59 * USEC_PER_SECOND, "31m");
	check_duration(5 * USEC_PER_HOUR + 12 * USEC_PER_MINUTE, "5h12m");
	check_duration(5 * USEC_PER_HOUR + 59 * USEC_PER_SECOND, "5h");
	check_duration(USEC_PER_DAY - 1, "23h59m");
	check_duration(USEC_PER_DAY, "1d");
	check_duration(412 * USEC_PER_DAY + 5 * USEC_PER_HOUR, "412d");
	check_duration(-3 * USEC_PER_DAY, "-3d");
	check_duration(TIME_UNSET, "-");
	check_duration(INT64_MAX, "106751991d");
	check_duration(INT64_MIN + 1, "-106751991d");
}

static void now_is_after_this_was_written(void **state)
{
	int64_t now = time_now();
	assert_true(now > parsed("2020-01-01T00:00:00Z"));
	assert_true(time_now() >= now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_points_in_time),
		cmocka_unit_test(offsets_are_taken_off),
		cmocka_unit_test(fractions_are_cut_to_microseconds),
		cmocka_unit_test(leap_seconds_read_as_the_end_of_the_day),
		cmocka_unit_test(what_rfc_3339_does_not_allow),
		cmocka_unit_test(format_is_the_shortest),
		cmocka_unit_test(every_day_of_400_years_there_and_back),
		cmocka_unit_test(every_second_of_a_day_and_some_fractions),
		cmocka_unit_test(cut_and_flipped_text),
		cmocka_unit_test(what_a_person_may_type),
		cmocka_unit_test(what_a_person_may_not_type),
		cmocka_unit_test(a_date_at_the_end_of_a_window_is_the_whole_day),
		cmocka_unit_test(windows_may_be_open),
		cmocka_unit_test(bad_windows_are_errors),
		cmocka_unit_test(durations),
		cmocka_unit_test(bad_durations_are_errors),
		cmocka_unit_test(durations_at_a_glance),
		cmocka_unit_test(now_is_after_this_was_written),
	};
	return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
