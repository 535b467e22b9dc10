/* A clock that nobody sets, for everything that waits: never for a time that is kept or shown (base/time.h). */
#ifndef FOTHER_BASE_CLOCK_H
#define FOTHER_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_NEVER INT64_MAX

/* Milliseconds from some point in the past. */
static inline int64_t clock_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* When timeout_ms (not negative) from now are over, for pthread_cond_timedwait on a condition of CLOCK_MONOTONIC. */
static inline struct timespec clock_deadline(int timeout_ms)
{
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += timeout_ms / 1000;
	at.tv_nsec += timeout_ms % 1000 * 1000000L;
	if (at.tv_nsec >= 1000000000L) {
		at.tv_nsec -= 1000000000L;
		at.tv_sec++;
	}
	return at;
}

#endif
