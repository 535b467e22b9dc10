#include "base/hash.h"

#include <openssl/evp.h>

typedef const EVP_MD *algorithm_function(void);

static const struct {
	algorithm_function *of;
	const char *name;
} algorithms[] = {
	[HASH_SHA256] = { EVP_sha256, "SHA-256" },
	[HASH_SHA384] = { EVP_sha384, "SHA-384" },
	[HASH_SHA512] = { EVP_sha512, "SHA-512" },
};

void hash_write_hex(const unsigned char *bytes, size_t count, char *text)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < count; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * count] = '\0';
}

int hash_of(enum hash_algorithm algorithm, struct slice bytes, char text[HASH_TEXT_BYTES], struct error **err)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	if (EVP_Digest(bytes.data ? bytes.data : "", bytes.len, digest, &len, algorithms[algorithm].of(), NULL) != 1 ||
	    2 * len >= HASH_TEXT_BYTES)
		return error_set(err, ERROR_SYSTEM, "%s cannot be computed", algorithms[algorithm].name);
	hash_write_hex(digest, len, text);
	return 0;
}
