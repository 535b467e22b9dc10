#include "base/time.h"

#include <stdio.h>
#include <time.h>

#include "base/ascii.h"
#include "base/cursor.h"

#define SECONDS_PER_DAY 86400
#define DAYS_PER_ERA 146097                                     /* 400 years */
#define DAYS_TO_1970 719468                                     /* from 0000-03-01 */
#define FIRST_TIME (INT64_C(-62135596800) * USEC_PER_SECOND)    /* 0001-01-01T00:00:00Z */
#define LAST_TIME (INT64_C(253402300800) * USEC_PER_SECOND - 1) /* the end of year 9999 */

/* Fields of a date-time as written, before the offset is applied. */
struct civil {
	int64_t year;
	int month, day, hour, minute, second;
	int microsecond;
};

int64_t time_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * USEC_PER_SECOND + now.tv_nsec / 1000;
}

bool time_is_valid(int64_t time)
{
	return time >= FIRST_TIME && time <= LAST_TIME;
}

/* --- the calendar: proleptic Gregorian, years counted from March so that the leap day comes last --- */

static int64_t divide_down(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

static int64_t days_of_date(int64_t year, int month, int day)
{
	int64_t years = month > 2 ? year : year - 1;
	int months = month > 2 ? month - 3 : month + 9;
	int64_t day_of_year = (153 * months + 2) / 5 + day - 1;
	int64_t leap_days = divide_down(years, 4) - divide_down(years, 100) + divide_down(years, 400);
	return 365 * years + leap_days + day_of_year - DAYS_TO_1970;
}

static void date_of_days(int64_t days, struct civil *ret_date)
{
	int64_t shifted = days + DAYS_TO_1970;
	int64_t era = divide_down(shifted, DAYS_PER_ERA);
	int64_t rest = shifted - era * DAYS_PER_ERA;
	int64_t years = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
	int64_t day_of_year = rest - (365 * years + years / 4 - years / 100);
	int months = (int)((5 * day_of_year + 2) / 153);
	ret_date->day = (int)(day_of_year - (153 * months + 2) / 5 + 1);
	ret_date->month = months < 10 ? months + 3 : months - 9;
	ret_date->year = era * 400 + years + (ret_date->month <= 2);
}

static bool is_leap_year(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int64_t year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return days[month - 1] + (month == 2 && is_leap_year(year));
}

/* --- reading --- */

static bool take_char(struct cursor *c, char expected)
{
	return cursor_peek(c) == expected && cursor_skip(c, 1);
}

/* Exactly `count` digits. */
static bool take_digits(struct cursor *c, int count, int *ret_value)
{
	int value = 0;
	for (int i = 0; i < count; i++) {
		int digit = cursor_take(c);
		if (!ascii_is_digit(digit))
			return false;
		value = value * 10 + digit - '0';
	}
	*ret_value = value;
	return true;
}

static bool take_date(struct cursor *c, struct civil *at)
{
	int year;
	if (!take_digits(c, 4, &year) || !take_char(c, '-') || !take_digits(c, 2, &at->month) || !take_char(c, '-') ||
	    !take_digits(c, 2, &at->day))
		return false;
	at->year = year;
	return year >= 1 && at->month >= 1 && at->month <= 12 && at->day >= 1 &&
	       at->day <= days_in_month(year, at->month);
}

static bool take_clock(struct cursor *c, struct civil *at)
{
	return take_digits(c, 2, &at->hour) && take_char(c, ':') && take_digits(c, 2, &at->minute) && at->hour < 24 &&
	       at->minute < 60;
}

/* ":SS" and up to nine digits of fraction. */
static bool take_seconds(struct cursor *c, struct civil *at)
{
	if (!take_char(c, ':') || !take_digits(c, 2, &at->second) || at->second > 60)
		return false;
	if (!take_char(c, '.'))
		return true;
	int digits = 0;
	for (; ascii_is_digit(cursor_peek(c)); digits++) {
		int digit = cursor_take(c) - '0';
		if (digits < 6)
			at->microsecond = at->microsecond * 10 + digit;
	}
	for (int i = digits; i < 6; i++)
		at->microsecond *= 10;
	return digits >= 1 && digits <= 9;
}

static bool take_zone(struct cursor *c, int *ret_minutes)
{
	int sign = cursor_take(c);
	*ret_minutes = 0;
	if (sign == 'Z' || sign == 'z')
		return true;
	int hours, minutes;
	if ((sign != '+' && sign != '-') || !take_digits(c, 2, &hours) || !take_char(c, ':') ||
	    !take_digits(c, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*ret_minutes = (sign == '-' ? -1 : 1) * (hours * 60 + minutes);
	return true;
}

/* A leap second stands only at the end of a UTC day. */
static bool to_time(struct civil at, int zone_minutes, int64_t *ret_time)
{
	bool leap = at.second == 60;
	int64_t minutes = at.hour * 60 + at.minute - zone_minutes;
	if (leap && (minutes + 1440) % 1440 != 1439)
		return false;
	if (leap) {
		at.second = 59;
		at.microsecond = 999999;
	}
	int64_t seconds = days_of_date(at.year, at.month, at.day) * SECONDS_PER_DAY + minutes * 60 + at.second;
	int64_t time = seconds * USEC_PER_SECOND + at.microsecond;
	if (!time_is_valid(time))
		return false;
	*ret_time = time;
	return true;
}

static bool parse_rfc3339(struct slice text, int64_t *ret_time)
{
	struct cursor c = cursor_on(text);
	struct civil at = { 0 };
	int zone;
	return take_date(&c, &at) && (take_char(&c, 'T') || take_char(&c, 't')) && take_clock(&c, &at) &&
	       take_seconds(&c, &at) && take_zone(&c, &zone) && !cursor_left(&c) && to_time(at, zone, ret_time);
}

static int not_a_time(struct slice text, struct error **err)
{
	struct slice shown = slice_part(text, 0, 64);
	return error_set(err, ERROR_SYNTAX, "\"%.*s\" is not a time such as 2026-11-25T08:32:10Z", SLICE_ARG(shown));
}

int time_parse(struct slice text, int64_t *ret_time, struct error **err)
{
	return parse_rfc3339(text, ret_time) ? 0 : not_a_time(text, err);
}

/* --- durations --- */

static const struct duration_unit {
	char letter;
	int64_t length;
} units[] = {
	{ 'y', 365 * USEC_PER_DAY }, { 'w', 7 * USEC_PER_DAY }, { 'd', USEC_PER_DAY },
	{ 'h', USEC_PER_HOUR },      { 'm', USEC_PER_MINUTE },  { 's', USEC_PER_SECOND },
};
#define UNIT_COUNT (sizeof units / sizeof *units)

/* One number and its unit, which must be one of those from `*first` on. */
static bool take_part(struct cursor *c, size_t *first, int64_t *ret_part)
{
	int64_t count = 0;
	if (!ascii_is_digit(cursor_peek(c)))
		return false;
	while (ascii_is_digit(cursor_peek(c)))
		if (__builtin_mul_overflow(count, 10, &count) ||
		    __builtin_add_overflow(count, cursor_take(c) - '0', &count))
			return false;
	int letter = cursor_take(c);
	for (size_t i = *first; i < UNIT_COUNT; i++)
		if (units[i].letter == letter) {
			*first = i + 1;
			return !__builtin_mul_overflow(count, units[i].length, ret_part);
		}
	return false;
}

static bool parse_duration(struct slice text, int64_t *ret_duration)
{
	struct cursor c = cursor_on(text);
	size_t first = 0;
	int64_t total = 0, part;
	do {
		if (!take_part(&c, &first, &part) || __builtin_add_overflow(total, part, &total))
			return false;
	} while (cursor_left(&c));
	*ret_duration = total;
	return true;
}

int duration_parse(struct slice text, int64_t *ret_duration, struct error **err)
{
	if (parse_duration(text, ret_duration))
		return 0;
	struct slice shown = slice_part(text, 0, 64);
	return error_set(err, ERROR_SYNTAX, "\"%.*s\" is not a duration such as 90m, 1h30m or 30d", SLICE_ARG(shown));
}

/* --- what a person types --- */

/* A date, and perhaps a clock, seconds and a zone behind it. */
static bool parse_loose(struct slice text, int64_t *ret_time)
{
	struct cursor c = cursor_on(text);
	struct civil at = { 0 };
	int zone = 0;
	if (!take_date(&c, &at))
		return false;
	if (cursor_left(&c)) {
		if (!take_char(&c, 'T') && !take_char(&c, 't') && !take_char(&c, ' '))
			return false;
		if (!take_clock(&c, &at) || (cursor_peek(&c) == ':' && !take_seconds(&c, &at)))
			return false;
		if (cursor_left(&c) && !take_zone(&c, &zone))
			return false;
	}
	return !cursor_left(&c) && to_time(at, zone, ret_time);
}

static int parse_before_now(struct slice ago, int64_t now, int64_t *ret_time, struct error **err)
{
	int64_t duration, time;
	if (duration_parse(ago, &duration, err) < 0)
		return -1;
	if (__builtin_sub_overflow(now, duration, &time) || time < FIRST_TIME)
		return error_set(err, ERROR_SYNTAX, "\"now-%.*s\" lies before the year 1", SLICE_ARG(ago));
	*ret_time = time;
	return 0;
}

static bool is_age(struct slice text)
{
	int64_t duration;
	return parse_duration(text, &duration);
}

int time_parse_given(struct slice text, int64_t now, int64_t *ret_time, struct error **err)
{
	if (slice_equal_text(text, "now")) {
		*ret_time = now;
		return 0;
	}
	if (slice_starts_with(text, "now-"))
		return parse_before_now(slice_part(text, 4, text.len), now, ret_time, err);
	if (is_age(text))
		return parse_before_now(text, now, ret_time, err);
	if (parse_loose(text, ret_time))
		return 0;
	struct slice shown = slice_part(text, 0, 64);
	return error_set(err, ERROR_SYNTAX,
			 "\"%.*s\" is not a time such as 2026-11-25T08:32:10Z, 2026-11-25 or 30d (ago)",
			 SLICE_ARG(shown));
}

/* An empty end is open. */
static int parse_start(struct slice text, int64_t now, int64_t *ret_time, struct error **err)
{
	if (text.len)
		return time_parse_given(text, now, ret_time, err);
	*ret_time = TIME_UNSET;
	return 0;
}

static bool is_date(struct slice text)
{
	struct cursor c = cursor_on(text);
	struct civil at = { 0 };
	return take_date(&c, &at) && !cursor_left(&c);
}

static int parse_end(struct slice text, int64_t now, int64_t *ret_time, struct error **err)
{
	if (parse_start(text, now, ret_time, err) < 0)
		return -1;
	if (is_date(text))
		*ret_time += USEC_PER_DAY - 1;
	return 0;
}

/* Where ".." stands; fractions have single dots. */
static bool cut_window(struct slice text, struct slice *ret_from, struct slice *ret_to)
{
	const char *dots = text.len ? memmem(text.data, text.len, "..", 2) : NULL;
	if (!dots)
		return false;
	size_t at = (size_t)(dots - text.data);
	*ret_from = slice_part(text, 0, at);
	*ret_to = slice_part(text, at + 2, text.len);
	return true;
}

int time_parse_window(struct slice text, int64_t now, int64_t *ret_from, int64_t *ret_to, struct error **err)
{
	struct slice from_text, to_text, shown = slice_part(text, 0, 80);
	int64_t from, to;
	if (!cut_window(text, &from_text, &to_text))
		return error_set(err, ERROR_SYNTAX, "\"%.*s\" is not a window such as 2026-11-20..2026-11-21",
				 SLICE_ARG(shown));
	if (parse_start(from_text, now, &from, err) < 0 || parse_end(to_text, now, &to, err) < 0)
		return error_context(err, "window");
	if (from != TIME_UNSET && to != TIME_UNSET && from > to)
		return error_set(err, ERROR_SYNTAX, "window \"%.*s\" ends before it begins", SLICE_ARG(shown));
	*ret_from = from;
	*ret_to = to;
	return 0;
}

/* --- writing --- */

const char *time_format(int64_t time, char text[TIME_TEXT_BYTES])
{
	if (time == TIME_UNSET) {
		snprintf(text, TIME_TEXT_BYTES, "-");
		return text;
	}
	struct civil at;
	int64_t days = divide_down(time, USEC_PER_DAY);
	int64_t rest = (time % USEC_PER_DAY + USEC_PER_DAY) % USEC_PER_DAY;
	int64_t seconds = rest / USEC_PER_SECOND;
	date_of_days(days, &at);
	int len = snprintf(text, TIME_TEXT_BYTES, "%04lld-%02d-%02dT%02d:%02d:%02d.%06d", (long long)at.year, at.month,
			   at.day, (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60),
			   (int)(rest % USEC_PER_SECOND));
	while (text[len - 1] == '0' && text[len - 2] != '.' && len > 2)
		len--;
	if (text[len - 1] == '0')
		len -= 2;
	text[len] = 'Z';
	text[len + 1] = '\0';
	return text;
}

static const char *format_parts(uint64_t seconds, const char *sign, char text[TIME_TEXT_BYTES])
{
	unsigned long long s = seconds, minutes = s / 60, hours = minutes / 60, days = hours / 24;
	if (minutes == 0)
		snprintf(text, TIME_TEXT_BYTES, "%s%llus", sign, s);
	else if (hours == 0)
		snprintf(text, TIME_TEXT_BYTES, "%s%llum", sign, minutes);
	else if (days == 0 && minutes % 60)
		snprintf(text, TIME_TEXT_BYTES, "%s%lluh%llum", sign, hours, minutes % 60);
	else if (days == 0)
		snprintf(text, TIME_TEXT_BYTES, "%s%lluh", sign, hours);
	else
		snprintf(text, TIME_TEXT_BYTES, "%s%llud", sign, days);
	return text;
}

const char *duration_format(int64_t duration, char text[TIME_TEXT_BYTES])
{
	if (duration == TIME_UNSET) {
		snprintf(text, TIME_TEXT_BYTES, "-");
		return text;
	}
	uint64_t length = (uint64_t)(duration < 0 ? -duration : duration);
	uint64_t seconds = length / (uint64_t)USEC_PER_SECOND;
	return format_parts(seconds, duration < 0 && seconds ? "-" : "", text);
}
