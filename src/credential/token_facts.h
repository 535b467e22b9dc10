/* What tokens say about themselves without being verified: when they end, which key they are. Never a secret part.
 *
 * All of these take bytes of a secret and give 0 with *ret_facts filled as far as it goes; what is not of the format
 * gives `recognised` false. -1 only when memory or the secure heap is out.
 */
#ifndef FOTHER_CREDENTIAL_TOKEN_FACTS_H
#define FOTHER_CREDENTIAL_TOKEN_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

struct token_facts {
	bool recognised;
	int64_t expires;      /* TIME_UNSET: not told */
	struct slice key_id;  /* private_key_id of a Google key; not there when not told */
	struct slice project; /* the domain of its client_email */
};

/* RFC 7519: header.payload.signature, base64url; `exp` of the payload. */
int token_facts_of_jwt(struct slice token, struct arena *arena, struct token_facts *ret_facts, struct error **err);

/* What ECR gives as a password: base64 of an object with payload, datakey, version, type and `expiration` in seconds.
 */
int token_facts_of_ecr(struct slice token, struct arena *arena, struct token_facts *ret_facts, struct error **err);

/* The JSON key file of a Google service account, or base64 of it. */
int token_facts_of_google_key(struct slice key, bool base64, struct arena *arena, struct token_facts *ret_facts,
			      struct error **err);

#endif
