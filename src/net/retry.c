#include "net/retry.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/time.h"

#define DOUBLINGS 6 /* from the first pause to the last */
_Static_assert(RETRY_FIRST_MS << DOUBLINGS == RETRY_LAST_MS, "the last pause is the first one doubled");

/* Longer waits are all the same to us. */
#define SECONDS_MAX INT64_C(1000000000)

bool retry_is_asked_by(int status)
{
	return status == 429 || status == 502 || status == 503 || status == 504;
}

unsigned retry_backoff_ms(unsigned retry, uint64_t random)
{
	unsigned most = retry < DOUBLINGS ? RETRY_FIRST_MS << retry : RETRY_LAST_MS;
	return (unsigned)(random % (most + 1));
}

static bool take_text(struct cursor *c, const char *text)
{
	for (; *text; text++)
		if (cursor_take(c) != (unsigned char)*text)
			return false;
	return true;
}

static bool take_number(struct cursor *c, int digits, int *ret_number)
{
	int number = 0;
	for (int i = 0; i < digits; i++) {
		int digit = cursor_take(c);
		if (!ascii_is_digit(digit))
			return false;
		number = number * 10 + digit - '0';
	}
	*ret_number = number;
	return true;
}

/* Which of the names of three letters in `names` comes next, from 1; 0 for none. */
static int take_name(struct cursor *c, const char *names)
{
	struct slice name;
	if (!cursor_take_slice(c, 3, &name))
		return 0;
	for (int i = 0; names[3 * i]; i++)
		if (!memcmp(names + 3 * i, name.data, 3))
			return i + 1;
	return 0;
}

bool retry_parse_date(struct slice text, int64_t *ret_time)
{
	struct cursor c = cursor_on(text);
	int month, day, year, hour, minute, second;

	if (!take_name(&c, "MonTueWedThuFriSatSun") || !take_text(&c, ", ") || !take_number(&c, 2, &day) ||
	    !take_text(&c, " "))
		return false;
	month = take_name(&c, "JanFebMarAprMayJunJulAugSepOctNovDec");
	if (!month || !take_text(&c, " ") || !take_number(&c, 4, &year) || !take_text(&c, " ") ||
	    !take_number(&c, 2, &hour) || !take_text(&c, ":") || !take_number(&c, 2, &minute) || !take_text(&c, ":") ||
	    !take_number(&c, 2, &second) || !take_text(&c, " GMT") || cursor_left(&c))
		return false;

	/* base/time.h knows the calendar, and which days there are. */
	char written[TIME_TEXT_BYTES];
	snprintf(written, sizeof written, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, hour, minute, second);
	struct error *refused = NULL;
	int result = time_parse(slice_of(written), ret_time, &refused);
	error_free(refused);
	return result == 0;
}

static bool parse_seconds(struct slice value, int64_t *ret_ms)
{
	struct cursor c = cursor_on(value);
	int64_t seconds = 0;

	while (ascii_is_digit(cursor_peek(&c))) {
		seconds = seconds * 10 + cursor_take(&c) - '0';
		if (seconds > SECONDS_MAX)
			seconds = SECONDS_MAX;
	}
	if (!value.len || cursor_left(&c))
		return false;
	*ret_ms = seconds * 1000;
	return true;
}

bool retry_after_parse_unix(struct slice value, int64_t now, int64_t *ret_ms)
{
	int64_t seconds = 0;
	value = slice_trim(value);
	if (!value.len || value.len > 12)
		return false;
	for (size_t i = 0; i < value.len; i++) {
		if (!ascii_is_digit(value.data[i]))
			return false;
		seconds = seconds * 10 + (value.data[i] - '0');
	}
	now /= USEC_PER_SECOND;
	*ret_ms = seconds > now ? (seconds - now) * 1000 : 0;
	return true;
}

bool retry_after_parse(struct slice value, struct slice server_date, int64_t now, int64_t *ret_ms)
{
	int64_t until, from;

	value = slice_trim(value);
	if (parse_seconds(value, ret_ms))
		return true;
	if (!retry_parse_date(value, &until))
		return false;
	if (!retry_parse_date(slice_trim(server_date), &from))
		from = now;
	*ret_ms = until > from ? (until - from) / 1000 : 0;
	return true;
}
