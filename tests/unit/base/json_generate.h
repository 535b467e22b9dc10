/* Made-up JSON, the same for the same seed, and ways to damage it. */
#ifndef FOTHER_TEST_JSON_GENERATE_H
#define FOTHER_TEST_JSON_GENERATE_H

#include <stdint.h>

#include "base/strbuf.h"

struct random {
	uint64_t state; /* not 0 */
};

uint64_t random_next(struct random *random);
/* 0 to bound - 1. */
size_t random_below(struct random *random, size_t bound);

/* One valid document: every kind of value, escape, blank and UTF-8 length; sometimes with duplicate keys. */
void json_generate(struct random *random, struct strbuf *out);

/* A copy of document with one thing changed: a byte or a run of them left out, put in, replaced, doubled, or the end
 * cut. */
void json_damage(struct random *random, struct slice document, struct strbuf *out);

#endif
