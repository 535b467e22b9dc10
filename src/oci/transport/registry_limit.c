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
/* So many repositories, one after the other, of which nothing more is to be had: the limit is for all. */
#define EXHAUSTED_IN_A_ROW 8
/* Named times are rounded down to seconds; the one more is ours. */
#define NAMED_SLACK_MS 250

unsigned limit_delay_ms(const struct registry *registry, int64_t now_ms)
{
	return registry->pause_ms > now_ms ? (unsigned)(registry->pause_ms - now_ms) : 0;
}

static int64_t named_wait_ms(const struct exchange *exchange)
{
	int64_t ms = 0, now = time_now();
	if (retry_after_parse(exchange_header(exchange, "retry-after", 0), strbuf_slice(&exchange->date), now, &ms) ||
	    retry_after_parse_unix(exchange_header(exchange, "x-retry-after", 0), now, &ms))
		return ms + NAMED_SLACK_MS;
	return -1;
}

/* Where others got their answers since, the limit is not the registry's: of a repository, or of what lies behind a
 * proxy (Harbor and Artifactory hand on the 429 of the registry that they stand before). */
static bool is_of_one(const struct registry *registry, const struct patience *patience)
{
	return patience->count > 0 && registry->limited_count == 0;
}

static int64_t pause_of(unsigned count)
{
	return (int64_t)PAUSE_FIRST_MS << (count < PAUSE_DOUBLINGS ? count : PAUSE_DOUBLINGS);
}

/* Nobody sends anything before. Those that were under way together count as one. */
static int64_t pause_all(struct registry *registry, int64_t now_ms, int64_t wait_ms)
{
	if (registry->pause_ms <= now_ms) {
		if (wait_ms < 0)
			wait_ms = pause_of(registry->limited_count);
		registry->limited_count++;
		registry->pause_ms = now_ms + wait_ms;
	} else if (wait_ms > registry->pause_ms - now_ms) {
		registry->pause_ms = now_ms + wait_ms;
	}
	return registry->pause_ms - now_ms;
}

int64_t limit_wait_ms(struct registry *registry, const struct exchange *exchange, struct patience *patience)
{
	int64_t now_ms = clock_ms(), wait_ms = named_wait_ms(exchange);

	registry->facts.limited++;
	if (!registry->limited_since_ms)
		registry->limited_since_ms = now_ms;
	if (!patience->since_ms)
		patience->since_ms = now_ms;
	bool of_one = is_of_one(registry, patience);
	int64_t since_ms = of_one || patience->since_ms < registry->limited_since_ms ? patience->since_ms
										     : registry->limited_since_ms;
	int64_t least_ms = wait_ms < 0 ? pause_of(patience->count) : wait_ms;
	patience->count++;
	if (registry->pause_ms <= now_ms)
		registry->open = registry->open > 1 ? registry->open / 2 : 1;
	if (now_ms + least_ms - since_ms > (int64_t)registry->options.patience_ms)
		return -1;
	return of_one ? least_ms : pause_all(registry, now_ms, wait_ms);
}

/* --- patience that ended --- */

static enum limit_kind kind_of(const struct ask *ask)
{
	bool of_manifest = (ask->step == STEP_GET && ask->type != IMAGE_ASK_BLOB) || ask->step == STEP_FALLBACK;
	return of_manifest ? LIMIT_OF_PULLS : LIMIT_OF_OTHERS;
}

static void **exhausted_place(struct registry *registry, const struct ask *ask)
{
	return map_put(&registry->exhausted[kind_of(ask)].repositories,
		       ask->repository.data ? ask->repository : SLICE(""));
}

void limit_exhaust(struct registry *registry, const struct ask *ask)
{
	void **place = exhausted_place(registry, ask);
	if (!place || *place)
		return; /* without memory each is asked for itself */
	*place = registry;
	registry->exhausted[kind_of(ask)].in_a_row++;
}

bool limit_is_exhausted(const struct registry *registry, const struct ask *ask)
{
	const struct exhausted *exhausted = &registry->exhausted[kind_of(ask)];
	return exhausted->in_a_row >= EXHAUSTED_IN_A_ROW ||
	       map_get(&exhausted->repositories, ask->repository.data ? ask->repository : SLICE(""));
}

void limit_over(struct registry *registry, const struct ask *ask)
{
	registry->limited_since_ms = 0;
	registry->limited_count = 0;
	registry->exhausted[kind_of(ask)].in_a_row = 0;
	if (registry->open < registry->options.width)
		registry->open++;
}

void limit_release(struct registry *registry)
{
	for (size_t i = 0; i < sizeof registry->exhausted / sizeof *registry->exhausted; i++)
		map_release(&registry->exhausted[i].repositories);
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
