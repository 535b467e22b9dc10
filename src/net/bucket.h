/* A token bucket: `rate` requests per second on average, `burst` at once after a quiet time.
 *
 *     bucket_init(&bucket, 5, 10, now_ms);
 *     wait_ms = bucket_take(&bucket, now_ms);      // 0: go; else go that much later, without asking again
 */
#ifndef FOTHER_NET_BUCKET_H
#define FOTHER_NET_BUCKET_H

#include <stdint.h>

struct bucket {
	double rate; /* per second; 0: no limit */
	double burst, tokens;
	int64_t at_ms; /* when tokens was right */
};

/* Full at first. burst 0 is 1. */
void bucket_init(struct bucket *b, double rate, unsigned burst, int64_t now_ms);
/* Takes one token, on credit where none is left: whoever asks later waits longer. Milliseconds until it is there. */
int64_t bucket_take(struct bucket *b, int64_t now_ms);

#endif
