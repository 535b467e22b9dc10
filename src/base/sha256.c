#include "base/sha256.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash_internal.h"

struct sha256 {
	EVP_MD_CTX *context;
	bool begun, failed;
};

struct sha256 *sha256_new(struct error **err)
{
	CLEANUP(sha256_freep) struct sha256 *hash = mem_alloc_zeroed(1, sizeof *hash);
	if (!hash || !(hash->context = EVP_MD_CTX_new())) {
		error_no_memory(err);
		return NULL;
	}
	return TAKE_PTR(hash);
}

struct sha256 *sha256_free(struct sha256 *hash)
{
	if (!hash)
		return NULL;
	EVP_MD_CTX_free(hash->context);
	return mem_free(hash);
}

void sha256_freep(struct sha256 **hash)
{
	*hash = sha256_free(*hash);
}

void sha256_clear(struct sha256 *hash)
{
	hash->begun = hash->failed = false;
}

static void begin(struct sha256 *hash)
{
	const EVP_MD *found = hash_find(HASH_SHA256);
	hash->begun = true;
	hash->failed = !found || EVP_DigestInit_ex2(hash->context, found, NULL) != 1;
}

void sha256_add(struct sha256 *hash, struct slice bytes)
{
	if (!hash->begun)
		begin(hash);
	if (!hash->failed && bytes.len)
		hash->failed = EVP_DigestUpdate(hash->context, bytes.data, bytes.len) != 1;
}

int sha256_end(struct sha256 *hash, char text[SHA256_TEXT_BYTES], struct error **err)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	if (!hash->begun)
		begin(hash);
	bool failed = hash->failed || EVP_DigestFinal_ex(hash->context, digest, &len) != 1;
	sha256_clear(hash);
	if (failed || len != (SHA256_TEXT_BYTES - 1) / 2)
		return error_set(err, ERROR_SYSTEM, "SHA-256 cannot be computed");
	hash_write_hex(digest, len, text);
	return 0;
}

int sha256_of(struct slice bytes, char text[SHA256_TEXT_BYTES], struct error **err)
{
	char hex[HASH_TEXT_BYTES];
	if (hash_of(HASH_SHA256, bytes, hex, err) < 0)
		return -1;
	memcpy(text, hex, SHA256_TEXT_BYTES);
	return 0;
}
