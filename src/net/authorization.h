/* Values of the header Authorization, in the secure heap.
 *
 *     authorization_bearer(secret_reveal(&token), &value, err);          // "Bearer ..." (RFC 6750)
 *     authorization_basic(username, secret_reveal(&password), &value, err); // "Basic ..." (RFC 7617)
 *
 * What ret_value held before is released, and only on success. 0 or -1: no room there.
 */
#ifndef FOTHER_NET_AUTHORIZATION_H
#define FOTHER_NET_AUTHORIZATION_H

#include "base/error.h"
#include "base/secret.h"
#include "base/slice.h"

/* The token goes as it is: whether a header can hold its bytes is for the caller to know. */
int authorization_bearer(struct slice token, struct secret_bytes *ret_value, struct error **err);
/* Either may be empty. A username with a colon reads as another one (RFC 7617, section 2). */
int authorization_basic(struct slice username, struct slice password, struct secret_bytes *ret_value,
			struct error **err);

#endif
