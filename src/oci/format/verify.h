/* Whether bytes are what their digest says (OCI image spec, descriptor.md: sha256, sha512; sha384 as well). */
#ifndef FOTHER_OCI_FORMAT_VERIFY_H
#define FOTHER_OCI_FORMAT_VERIFY_H

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

enum verify_result {
	VERIFY_EQUAL,
	VERIFY_DIFFERENT,
	VERIFY_UNKNOWN_ALGORITHM, /* blake3 and what comes later: nothing is proven, and it is never called verified */
};

/* What is no digest at all is VERIFY_DIFFERENT. -1 only when OpenSSL or memory fails. */
int verify_digest(struct slice digest, struct slice bytes, enum verify_result *ret_result, struct error **err);

/* The same of a manifest. The digest of a signed one of schema 1 is that of what was signed, which its signatures are
 * no part of. ret_content is what was proven: bytes, or what was signed (in the arena). Parse and keep that, never
 * bytes: what stands beside the signed part is proven by nothing. Whether a signature is good is not looked at. */
int verify_manifest(struct slice digest, struct slice bytes, struct arena *arena, enum verify_result *ret_result,
		    struct slice *ret_content, struct error **err);

/* "sha256:..." of bytes, into the arena. */
int digest_of(struct slice bytes, struct arena *arena, struct slice *ret_digest, struct error **err);

#endif
