/* Milliseconds of a clock that nobody sets, for everything in net that waits. */
#ifndef FOTHER_NET_CLOCK_INTERNAL_H
#define FOTHER_NET_CLOCK_INTERNAL_H

#include <stdint.h>
#include <time.h>

#define CLOCK_NEVER INT64_MAX

static inline int64_t clock_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif
