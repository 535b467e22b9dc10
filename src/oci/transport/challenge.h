/* The header WWW-Authenticate (RFC 9110, section 11.6.1): which logins a registry takes, and where its token server is.
 *
 *     struct challenges challenges = { 0 };
 *     challenge_add(&challenges, value, &arena, err);          // each value of the header
 *     bearer = challenge_find(&challenges, "bearer");
 */
#ifndef FOTHER_OCI_TRANSPORT_CHALLENGE_H
#define FOTHER_OCI_TRANSPORT_CHALLENGE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/slice.h"

struct challenge {
	struct slice scheme; /* as written */
	/* Not there where not given; the first of several. */
	struct slice realm, service, scope, error;
};

struct challenges {
	struct challenge items[LIMIT_CHALLENGES];
	size_t count; /* what goes beyond is left out */
};

/* One value, which may hold several challenges. A broken one ends it and is left out. Texts lie in value or arena. 0 or
 * -1. */
int challenge_add(struct challenges *challenges, struct slice value, struct arena *arena, struct error **err);

/* The first of a scheme, in any case; NULL: none. */
const struct challenge *challenge_find(const struct challenges *challenges, const char *scheme);

#endif
