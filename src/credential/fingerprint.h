/* Keyed fingerprints of secret parts: tells that two secrets hold the same value, and nothing else about it.
 *
 * HMAC-SHA-256 with the installation's key (32 random bytes, file `key` beside the store, 0600), first 16 bytes as hex.
 * The key's id is the first 4 bytes of SHA-256("fother key id" || key) as hex. Only fingerprints with the same key id
 * compare.
 */
#ifndef FOTHER_CREDENTIAL_FINGERPRINT_H
#define FOTHER_CREDENTIAL_FINGERPRINT_H

#include "base/error.h"
#include "base/secret.h"

#define FINGERPRINT_KEY_BYTES 32
#define FINGERPRINT_TEXT_BYTES 33 /* 32 hex digits and a NUL */
#define FINGERPRINT_ID_BYTES 9    /* 8 hex digits and a NUL */

struct fingerprint_key {
	struct secret_bytes key;
	char id[FINGERPRINT_ID_BYTES];
};

/* Reads the key file; makes it (0600, O_EXCL, synced) when `create` and there is none. Refuses a file that others own
 * or can read or that is not exactly FINGERPRINT_KEY_BYTES long. */
int fingerprint_key_open(const char *path, bool create, struct fingerprint_key *ret_key, struct error **err);
void fingerprint_key_release(struct fingerprint_key *key);

int fingerprint_of(const struct fingerprint_key *key, const struct secret_bytes *secret,
		   char text[FINGERPRINT_TEXT_BYTES], struct error **err);

#endif
