/* What a token server answers: {"token" | "access_token", "expires_in", "issued_at", "refresh_token"}
 * (github.com/distribution/distribution, docs/content/spec/auth/token.md and oauth.md).
 */
#ifndef FOTHER_OCI_TRANSPORT_TOKEN_H
#define FOTHER_OCI_TRANSPORT_TOKEN_H

#include <stdint.h>

#include "base/error.h"
#include "base/secret.h"

/* Where none is given, and the least that is believed. */
#define TOKEN_SECONDS_LEAST 60

struct token_answer {
	struct secret_bytes token; /* not set: none came, or one that no header can hold */
	struct secret_bytes refresh_token;
	int64_t seconds;   /* from issued_at on, at least TOKEN_SECONDS_LEAST */
	int64_t issued_at; /* TIME_UNSET: not given, or no time */
};

/* 1, 0: no JSON object, -1. Release what came in any case. */
int token_parse(const struct secret_bytes *body, struct token_answer *ret_answer, struct error **err);
void token_release(struct token_answer *answer);

/* Seconds that are left of it at `now`, at least TOKEN_SECONDS_LEAST: a clock that is wrong must not make us ask
 * without end. */
int64_t token_seconds_left(const struct token_answer *answer, int64_t now);

#endif
