#include "base/secret.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <openssl/crypto.h>

#include "base/limits.h"

/* Smallest piece of the secure heap: a user name or password fits, and the heap's own tables stay small. */
#define SECURE_PIECE_BYTES 32

_Static_assert((LIMIT_SECURE_HEAP_BYTES & (LIMIT_SECURE_HEAP_BYTES - 1)) == 0, "OpenSSL wants a power of two");

static pthread_once_t secure_heap_once = PTHREAD_ONCE_INIT;

/* 2 says that locking was refused (RLIMIT_MEMLOCK): guard pages and exclusion from core dumps are there all the same.
 */
static void start_secure_heap(void)
{
	CRYPTO_secure_malloc_init(LIMIT_SECURE_HEAP_BYTES, SECURE_PIECE_BYTES);
}

/* Without the check OpenSSL would quietly hand out ordinary memory. */
static bool secure_heap_ready(void)
{
	pthread_once(&secure_heap_once, start_secure_heap);
	return CRYPTO_secure_malloc_initialized() == 1;
}

int secret_start_process(struct error **err)
{
	const struct rlimit no_core = { 0, 0 };
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || setrlimit(RLIMIT_CORE, &no_core) < 0)
		return error_set_errno(err, errno, "forbidding core dumps");
	if (!secure_heap_ready())
		return error_no_memory(err);
	return 0;
}

int secret_alloc(struct secret_bytes *s, size_t capacity, struct error **err)
{
	secret_release(s);
	if (capacity > LIMIT_SECRET_BYTES)
		return error_set(err, ERROR_LIMIT, "secret value of %zu bytes, more than %zu", capacity,
				 LIMIT_SECRET_BYTES);
	if (!secure_heap_ready())
		return error_no_memory(err);
	s->secret_data = OPENSSL_secure_malloc(capacity ? capacity : 1);
	if (!s->secret_data)
		return error_no_memory(err);
	s->secret_capacity = capacity;
	return 0;
}

unsigned char *secret_room(struct secret_bytes *s)
{
	return s->secret_data;
}

void secret_set_length(struct secret_bytes *s, size_t len)
{
	s->secret_len = len < s->secret_capacity ? len : s->secret_capacity;
}

int secret_copy(struct secret_bytes *s, struct slice bytes, struct error **err)
{
	struct secret_bytes copy = { 0 };
	if (secret_alloc(&copy, bytes.len, err) < 0)
		return -1;
	if (bytes.len)
		memcpy(copy.secret_data, bytes.data, bytes.len);
	copy.secret_len = bytes.len;
	secret_release(s);
	*s = copy;
	return 0;
}

struct slice secret_reveal(const struct secret_bytes *s)
{
	return (struct slice){ (const char *)s->secret_data, s->secret_len };
}

bool secret_is_set(const struct secret_bytes *s)
{
	return s->secret_data != NULL;
}

size_t secret_length(const struct secret_bytes *s)
{
	return s->secret_len;
}

void secret_release(struct secret_bytes *s)
{
	if (s->secret_data)
		OPENSSL_secure_clear_free(s->secret_data, s->secret_capacity);
	*s = (struct secret_bytes){ 0 };
}

void secret_wipe(void *data, size_t len)
{
	OPENSSL_cleanse(data, len);
}
