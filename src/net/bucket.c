#include "net/bucket.h"

/* Rates so low that a wait does not fit are no rates. */
#define WAIT_MS_MAX 86400000.0

void bucket_init(struct bucket *b, double rate, unsigned burst, int64_t now_ms)
{
	double full = burst ? burst : 1;
	*b = (struct bucket){ .rate = rate > 0 ? rate : 0, .burst = full, .tokens = full, .at_ms = now_ms };
}

int64_t bucket_take(struct bucket *b, int64_t now_ms)
{
	if (b->rate <= 0)
		return 0;
	if (now_ms > b->at_ms) {
		b->tokens += (double)(now_ms - b->at_ms) * b->rate / 1000;
		b->at_ms = now_ms;
	}
	if (b->tokens > b->burst)
		b->tokens = b->burst;
	b->tokens -= 1;
	if (b->tokens >= 0)
		return 0;
	double wait = -b->tokens * 1000 / b->rate;
	/* Rounded up: never a moment too early. */
	return wait < WAIT_MS_MAX ? (int64_t)wait + ((double)(int64_t)wait < wait) : (int64_t)WAIT_MS_MAX;
}
