#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/time.h"
#include "base/utf8.h"
#include "model/field.h"
#include "net/retry.h"
#include "oci/transport/registry_internal.h"

/* Pauses where the registry names none: 1, 2, 4, ... 32 s. */
#define PAUSE_FIRST_MS 1000
#define PAUSE_DOUBLINGS 5
/* Named times are rounded down to seconds; the one more is ours. */
#define NAMED_SLACK_MS 250

unsigned limit_delay_ms(const struct registry *registry, int64_t now_ms)
{
	return registry->pause_ms > now_ms ? (unsigned)(registry->pause_ms - now_ms) : 0;
}

/* Docker Hub's own APIs tell a time, in seconds since 1970. */
static bool read_unix_time(struct slice text, int64_t *ret_ms)
{
	int64_t seconds = 0;
	text = slice_trim(text);
	if (!text.len || text.len > 12)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!ascii_is_digit(text.data[i]))
			return false;
		seconds = seconds * 10 + (text.data[i] - '0');
	}
	int64_t now = time_now() / USEC_PER_SECOND;
	*ret_ms = seconds > now ? (seconds - now) * 1000 : 0;
	return true;
}

static int64_t named_wait_ms(const struct registry *registry, const struct exchange *exchange)
{
	int64_t ms = 0;
	(void)registry;
	if (retry_after_parse(exchange_header(exchange, "retry-after", 0), strbuf_slice(&exchange->date), time_now(),
			      &ms) ||
	    read_unix_time(exchange_header(exchange, "x-retry-after", 0), &ms))
		return ms + NAMED_SLACK_MS;
	return -1;
}

int64_t limit_wait_ms(struct registry *registry, const struct exchange *exchange, int64_t *since_ms)
{
	int64_t now_ms = clock_ms(), wait_ms = named_wait_ms(registry, exchange);

	registry->facts.limited++;
	if (!registry->limited_since_ms)
		registry->limited_since_ms = now_ms;
	if (!*since_ms)
		*since_ms = now_ms;
	/* Those that were under way together count as one. */
	if (registry->pause_ms <= now_ms) {
		unsigned doublings = registry->limited_count < PAUSE_DOUBLINGS ? registry->limited_count
									       : PAUSE_DOUBLINGS;
		if (wait_ms < 0)
			wait_ms = (int64_t)PAUSE_FIRST_MS << doublings;
		registry->limited_count++;
		registry->pause_ms = now_ms + wait_ms;
		registry->open = registry->open > 1 ? registry->open / 2 : 1;
	} else if (wait_ms > registry->pause_ms - now_ms) {
		registry->pause_ms = now_ms + wait_ms;
	}
	wait_ms = registry->pause_ms - now_ms;
	int64_t first_ms = *since_ms < registry->limited_since_ms ? *since_ms : registry->limited_since_ms;
	registry->exhausted = now_ms + wait_ms - first_ms > (int64_t)registry->options.patience_ms;
	return registry->exhausted ? -1 : wait_ms;
}

void limit_over(struct registry *registry)
{
	registry->limited_since_ms = 0;
	registry->limited_count = 0;
	registry->exhausted = false;
	if (registry->open < registry->options.width)
		registry->open++;
}

/* --- what it tells --- */

/* "100;w=21600". */
static void read_limit(struct slice text, int64_t *ret_count, int64_t *ret_seconds)
{
	struct slice count, window;
	int64_t *const places[] = { ret_count, ret_seconds };
	if (!text.data)
		return;
	slice_cut(text, ';', &count, &window);
	window = slice_trim(window);
	struct slice numbers[] = { slice_trim(count),
				   slice_starts_with(window, "w=") ? slice_part(window, 2, 20) : SLICE("") };
	for (size_t i = 0; i < 2; i++) {
		int64_t value = 0;
		if (!numbers[i].len || numbers[i].len > 15)
			continue;
		for (size_t j = 0; j < numbers[i].len && value >= 0; j++)
			value = ascii_is_digit(numbers[i].data[j]) ? value * 10 + (numbers[i].data[j] - '0') : -1;
		if (value >= 0)
			*places[i] = value;
	}
}

/* 299 - "text" (RFC 7234, section 5.5.7; the distribution spec allows no other). */
static void note_warning(struct registry *registry, struct slice value)
{
	struct slice text;
	if (!slice_starts_with(value, "299 ") || !memchr(value.data, '"', value.len))
		return;
	slice_cut(value, '"', &text, &value);
	if (slice_ends_with(value, "\""))
		value.len--;
	strbuf_clear(&registry->warning);
	utf8_add_printable(&registry->warning, slice_part(value, 0, 1024));
	registry->facts.warning = registry->warning.failure ? SLICE_NONE : strbuf_slice(&registry->warning);
}

void limit_note(struct registry *registry, const struct exchange *exchange)
{
	struct registry_facts *facts = &registry->facts;
	read_limit(exchange_header(exchange, "ratelimit-limit", 0), &facts->limit, &facts->limit_seconds);
	read_limit(exchange_header(exchange, "ratelimit-remaining", 0), &facts->remaining, &facts->limit_seconds);
	struct slice warning = exchange_header(exchange, "warning", 0);
	if (warning.data)
		note_warning(registry, warning);
}
