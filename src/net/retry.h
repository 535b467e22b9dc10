/* When a request is sent again, and after which pause.
 *
 * Pauses grow from 250 ms to 16 s and are cut at random (full jitter), so that many clients of a server that fell over
 * do not come back all at once. A server's Retry-After (RFC 9110, section 10.2.3) is the least that is waited.
 */
#ifndef FOTHER_NET_RETRY_H
#define FOTHER_NET_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

#define RETRY_FIRST_MS 250
#define RETRY_LAST_MS 16000

/* Statuses that say "later": 429, 502, 503, 504. */
bool retry_is_asked_by(int status);

/* At random, from any 64 random bits: 0 to 250 ms before the first retry (retry 0), then twice as much each time, up to
 * 16 s. */
unsigned retry_backoff_ms(unsigned retry, uint64_t random);

/* Seconds, or an IMF-fixdate: the time from then on, measured by the server's own clock where it sent a date, by ours
 * (`now`, microseconds) otherwise. Never negative. False for everything else, and for no value. */
bool retry_after_parse(struct slice value, struct slice server_date, int64_t now, int64_t *ret_ms);

/* X-Retry-After of Docker Hub's own APIs: a time in seconds since 1970. */
bool retry_after_parse_unix(struct slice value, int64_t now, int64_t *ret_ms);

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7), in microseconds as in base/time.h. */
bool retry_parse_date(struct slice text, int64_t *ret_time);

#endif
