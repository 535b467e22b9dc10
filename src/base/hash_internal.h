/* Hash algorithms as OpenSSL knows them. Shared by the files of base that hash. */
#ifndef FOTHER_BASE_HASH_INTERNAL_H
#define FOTHER_BASE_HASH_INTERNAL_H

#include <openssl/evp.h>

#include "base/hash.h"

/* Found once and kept; from any thread. NULL: OpenSSL does not have it, or memory. */
const EVP_MD *hash_find(enum hash_algorithm algorithm);

#endif
