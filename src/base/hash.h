/* Hashes of the SHA-2 family (FIPS 180-4) of bytes that are all there. Bytes that come in parts: sha256.h. */
#ifndef FOTHER_BASE_HASH_H
#define FOTHER_BASE_HASH_H

#include "base/error.h"
#include "base/slice.h"

enum hash_algorithm {
	HASH_SHA256,
	HASH_SHA384,
	HASH_SHA512,
};

#define HASH_TEXT_BYTES 129 /* the longest: 128 lower-case hex digits and a NUL */

/* 0, or -1 where OpenSSL cannot. */
int hash_of(enum hash_algorithm algorithm, struct slice bytes, char text[HASH_TEXT_BYTES], struct error **err);

/* Two lower-case hex digits for each byte, and a NUL. */
void hash_write_hex(const unsigned char *bytes, size_t count, char *text);

#endif
