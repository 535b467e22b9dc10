#include "base/sha256.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

struct sha256 {
	EVP_MD_CTX *context;
	bool failed;
};

struct sha256 *sha256_new(struct error **err)
{
	CLEANUP(sha256_freep) struct sha256 *hash = mem_alloc_zeroed(1, sizeof *hash);
	if (!hash || !(hash->context = EVP_MD_CTX_new())) {
		error_no_memory(err);
		return NULL;
	}
	sha256_clear(hash);
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
	hash->failed = EVP_DigestInit_ex(hash->context, EVP_sha256(), NULL) != 1;
}

void sha256_add(struct sha256 *hash, struct slice bytes)
{
	if (!hash->failed && bytes.len)
		hash->failed = EVP_DigestUpdate(hash->context, bytes.data, bytes.len) != 1;
}

int sha256_end(struct sha256 *hash, char text[SHA256_TEXT_BYTES], struct error **err)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
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
