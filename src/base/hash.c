#include "base/hash.h"

#include <stdatomic.h>

#include "base/hash_internal.h"

static struct {
	const char *const name;
	_Atomic(EVP_MD *) found;
} algorithms[] = {
	[HASH_SHA256] = { "SHA-256", NULL },
	[HASH_SHA384] = { "SHA-384", NULL },
	[HASH_SHA512] = { "SHA-512", NULL },
};

/* What EVP_sha256() and the like stand for is looked for by name at each use, which takes as long as to hash a digest.
 */
const EVP_MD *hash_find(enum hash_algorithm algorithm)
{
	EVP_MD *none = NULL, *found = atomic_load(&algorithms[algorithm].found);
	if (found)
		return found;
	found = EVP_MD_fetch(NULL, algorithms[algorithm].name, NULL);
	if (!found || atomic_compare_exchange_strong(&algorithms[algorithm].found, &none, found))
		return found;
	EVP_MD_free(found);
	return none;
}

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
	const EVP_MD *found = hash_find(algorithm);
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	if (!found || EVP_Digest(bytes.data ? bytes.data : "", bytes.len, digest, &len, found, NULL) != 1 ||
	    2 * len >= HASH_TEXT_BYTES)
		return error_set(err, ERROR_SYSTEM, "%s cannot be computed", algorithms[algorithm].name);
	hash_write_hex(digest, len, text);
	return 0;
}
