/* Points in time: int64 microseconds since 1970-01-01T00:00:00Z, UTC without leap seconds. TIME_UNSET is "unknown".
 *
 * RFC 3339 from year 0001 (Go's zero time is 0001-01-01T00:00:00Z, and is a time like any other here) to 9999.
 * Durations are microseconds too.
 */
#ifndef FOTHER_BASE_TIME_H
#define FOTHER_BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

#define TIME_UNSET INT64_MIN
#define TIME_TEXT_BYTES 32 /* "2026-11-25T08:32:10.123456Z" and its NUL */

#define USEC_PER_SECOND INT64_C(1000000)
#define USEC_PER_MINUTE (60 * USEC_PER_SECOND)
#define USEC_PER_HOUR (60 * USEC_PER_MINUTE)
#define USEC_PER_DAY (24 * USEC_PER_HOUR)

int64_t time_now(void);
/* Of the years 1 to 9999: no other time can be written, or reckoned with without an overflow. */
bool time_is_valid(int64_t time);

/* RFC 3339 date-time with `Z` or an offset (T and Z in either case), fractions to 9 digits (cut to microseconds). A
 * leap second, which stands only at the end of a UTC day, reads as 59.999999. */
int time_parse(struct slice text, int64_t *ret_time, struct error **err);

/* What a person may type for a time: RFC 3339, the same without seconds or without zone (then UTC, space or T),
 * a date alone (00:00Z), `now`, `now-30d`, and an age alone: `30d` is `now-30d`. */
int time_parse_given(struct slice text, int64_t now, int64_t *ret_time, struct error **err);

/* "A..B": both ends as time_parse_given; either may be empty (TIME_UNSET). From after to is an error. A date alone
 * means the whole day: as the end it is the day's last microsecond, so that no window loses the day that it names. */
int time_parse_window(struct slice text, int64_t now, int64_t *ret_from, int64_t *ret_to, struct error **err);

/* `90m`, `1h30m`, `30d`, `2w`, `1y` (365 d): one or more numbers with a unit s, m, h, d, w, y, largest first. */
int duration_parse(struct slice text, int64_t *ret_duration, struct error **err);

/* Shortest RFC 3339 in UTC: fraction only when there is one. "-" for TIME_UNSET. Returns text. */
const char *time_format(int64_t time, char text[TIME_TEXT_BYTES]);

/* One or two units that a person reads at a glance: 12s, 31m, 5h12m, 3d, 412d. "-" for TIME_UNSET, "0s" for 0 and
 * a leading "-" for negative ones. Returns text. */
const char *duration_format(int64_t duration, char text[TIME_TEXT_BYTES]);

#endif
