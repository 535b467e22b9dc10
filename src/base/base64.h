/* Base64 of RFC 4648 section 4.
 *
 * Decoding follows Go's encoding/base64 (StdEncoding or RawStdEncoding), because that is what reads Kubernetes data
 * values and docker configs: \r and \n are skipped anywhere, other foreign bytes refused, trailing bits not looked at.
 */
#ifndef FOTHER_BASE_BASE64_H
#define FOTHER_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/slice.h"
#include "base/strbuf.h"

enum base64_variant {
	BASE64_PADDED,   /* Go: base64.StdEncoding */
	BASE64_UNPADDED, /* Go: base64.RawStdEncoding */
};

/* The variant of a text that may be either: padded when its last byte that is not blank is `=`. */
enum base64_variant base64_variant_of(struct slice text);

/* Decodes as Go does, into the secure heap. The message names the first bad byte's position, never its value. */
int base64_decode_secret(struct slice text, enum base64_variant variant, struct secret_bytes *ret_bytes,
			 struct error **err);
/* The same of bytes that are no secret, into the arena. */
int base64_decode(struct slice text, enum base64_variant variant, struct arena *arena, struct slice *ret_bytes,
		  struct error **err);
void base64_encode(struct slice bytes, struct strbuf *out);
/* The same for bytes that are secret. At most LIMIT_SECRET_BYTES of text. */
int base64_encode_secret(struct slice bytes, struct secret_bytes *ret_text, struct error **err);

#endif
