/* SHA-256 (FIPS 180-4) of bytes that come in parts.
 *
 *     struct sha256 *hash = sha256_new(err);
 *     sha256_add(hash, part);                     // any number
 *     char text[SHA256_TEXT_BYTES];
 *     sha256_end(hash, text, err);                // the next sha256_add begins anew
 *     hash = sha256_free(hash);
 */
#ifndef FOTHER_BASE_SHA256_H
#define FOTHER_BASE_SHA256_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/slice.h"

#define SHA256_TEXT_BYTES 65 /* 64 lower-case hex digits and a NUL */

struct sha256;

struct sha256 *sha256_new(struct error **err);
/* Takes NULL. Returns NULL. */
struct sha256 *sha256_free(struct sha256 *hash);
void sha256_freep(struct sha256 **hash);

/* What goes wrong here is told by sha256_end. */
void sha256_add(struct sha256 *hash, struct slice bytes);
/* Forgets what was added. */
void sha256_clear(struct sha256 *hash);
int sha256_end(struct sha256 *hash, char text[SHA256_TEXT_BYTES], struct error **err);

/* Of bytes that are all there. */
int sha256_of(struct slice bytes, char text[SHA256_TEXT_BYTES], struct error **err);

#endif
