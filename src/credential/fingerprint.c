#include "credential/fingerprint.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/strbuf.h"

#define KEY_ID_LABEL "fother key id"

static void write_hex(const unsigned char *bytes, size_t count, char *text)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < count; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * count] = '\0';
}

static int set_key_id(struct fingerprint_key *key, struct error **err)
{
	struct slice bytes = secret_reveal(&key->key);
	unsigned char digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (!context)
		return error_no_memory(err);
	bool done = EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
		    EVP_DigestUpdate(context, KEY_ID_LABEL, sizeof KEY_ID_LABEL - 1) == 1 &&
		    EVP_DigestUpdate(context, bytes.data, bytes.len) == 1 &&
		    EVP_DigestFinal_ex(context, digest, NULL) == 1;
	EVP_MD_CTX_free(context);
	if (!done)
		return error_set(err, ERROR_SYSTEM, "SHA-256 failed");
	write_hex(digest, (FINGERPRINT_ID_BYTES - 1) / 2, key->id);
	return 0;
}

/* --- the key file --- */

static int check_key_file(int fd, const char *path, struct error **err)
{
	struct stat status;
	if (fstat(fd, &status) < 0)
		return error_set_errno(err, errno, "key file %s", path);
	if (!S_ISREG(status.st_mode))
		return error_set(err, ERROR_USAGE, "key file %s: not a regular file", path);
	if (status.st_uid != geteuid())
		return error_set(err, ERROR_USAGE, "key file %s: belongs to another user (uid %u), who may know it",
				 path, (unsigned)status.st_uid);
	if (status.st_mode & (S_IRWXG | S_IRWXO))
		return error_set(err, ERROR_USAGE, "key file %s: others may use it (mode %04o); chmod 600 it", path,
				 (unsigned)status.st_mode & 07777U);
	if (status.st_size != FINGERPRINT_KEY_BYTES)
		return error_set(err, ERROR_USAGE, "key file %s: %lld bytes, not %d", path, (long long)status.st_size,
				 FINGERPRINT_KEY_BYTES);
	return 0;
}

static int read_key(int fd, const char *path, struct secret_bytes *key, struct error **err)
{
	size_t length = 0;
	if (secret_alloc(key, FINGERPRINT_KEY_BYTES, err) < 0)
		return -1;
	while (length < FINGERPRINT_KEY_BYTES) {
		ssize_t got = read(fd, secret_room(key) + length, FINGERPRINT_KEY_BYTES - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(err, errno, "key file %s", path);
		if (got == 0)
			return error_set(err, ERROR_USAGE, "key file %s: shorter than it was", path);
		length += (size_t)got;
	}
	secret_set_length(key, length);
	return 0;
}

static int write_new_key(int fd, const char *path, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes key = { 0 };
	if (secret_alloc(&key, FINGERPRINT_KEY_BYTES, err) < 0)
		return -1;
	if (getrandom(secret_room(&key), FINGERPRINT_KEY_BYTES, 0) != FINGERPRINT_KEY_BYTES)
		return error_set_errno(err, errno, "random bytes for the key");
	if (fchmod(fd, 0600) < 0 || /* whatever the umask says */
	    write(fd, secret_room(&key), FINGERPRINT_KEY_BYTES) != FINGERPRINT_KEY_BYTES || fsync(fd) < 0)
		return error_set_errno(err, errno, "write key file %s", path);
	return 0;
}

static int sync_folder_of(const char *path, struct error **err)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? mem_copy_text(path, slash == path ? 1 : (size_t)(slash - path)) : mem_copy_text(".", 1);
	if (!folder)
		return error_no_memory(err);
	CLEANUP(fd_closep) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mem_free(folder);
	if (fd < 0 || fsync(fd) < 0)
		return error_set_errno(err, errno, "folder of key file %s", path);
	return 0;
}

/* Written beside its place and linked there, so that another process sees the whole key or none. Whose link comes first
 * wins. */
static int make_key_file(const char *path, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf draft = STRBUF_INIT(PATH_MAX);
	strbuf_addf(&draft, "%s.XXXXXX", path);
	if (strbuf_failed(&draft, err))
		return -1;
	CLEANUP(fd_closep) int fd = mkostemp(draft.data, O_CLOEXEC); /* O_EXCL */
	if (fd < 0)
		return error_set_errno(err, errno, "make key file %s", path);
	int outcome = write_new_key(fd, path, err);
	if (outcome == 0 && link(draft.data, path) < 0 && errno != EEXIST)
		outcome = error_set_errno(err, errno, "make key file %s", path);
	unlink(draft.data);
	return outcome < 0 ? -1 : sync_folder_of(path, err);
}

static int open_key_file(const char *path, bool create, struct error **err)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	int fd = open(path, flags);
	if (fd < 0 && errno == ENOENT && create) {
		if (make_key_file(path, err) < 0)
			return -1;
		fd = open(path, flags);
	}
	return fd < 0 ? error_set_errno(err, errno, "key file %s", path) : fd;
}

int fingerprint_key_open(const char *path, bool create, struct fingerprint_key *ret_key, struct error **err)
{
	CLEANUP(fingerprint_key_release) struct fingerprint_key key = { 0 };
	CLEANUP(fd_closep) int fd = open_key_file(path, create, err);
	if (fd < 0 || check_key_file(fd, path, err) < 0 || read_key(fd, path, &key.key, err) < 0 ||
	    set_key_id(&key, err) < 0)
		return -1;
	*ret_key = key;
	key = (struct fingerprint_key){ 0 };
	return 0;
}

void fingerprint_key_release(struct fingerprint_key *key)
{
	secret_release(&key->key);
	key->id[0] = '\0';
}

/* --- fingerprints --- */

int fingerprint_of(const struct fingerprint_key *key, const struct secret_bytes *secret,
		   char text[FINGERPRINT_TEXT_BYTES], struct error **err)
{
	struct slice key_bytes = secret_reveal(&key->key), bytes = secret_reveal(secret);
	unsigned char digest[EVP_MAX_MD_SIZE];
	if (!HMAC(EVP_sha256(), key_bytes.data, (int)key_bytes.len, (const unsigned char *)bytes.data, bytes.len,
		  digest, NULL))
		return error_set(err, ERROR_SYSTEM, "HMAC-SHA-256 failed");
	write_hex(digest, (FINGERPRINT_TEXT_BYTES - 1) / 2, text);
	return 0;
}
