#include "collect/frozen/frozen_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/time.h"

#define BUFFER_BYTES (64 * LIMIT_KIB)
#define PATH_BYTES (64 * LIMIT_KIB)
/* Names tried until one is free. */
#define NAMES_TRIED 10000

/* --- names --- */
void frozen_name_add(struct strbuf *out, struct slice text)
{
	text = slice_part(text, 0, FROZEN_NAME_BYTES);
	if (!text.len || text.data[0] == '.' || text.data[0] == '-')
		strbuf_add_char(out, '_');
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		bool plain = ascii_is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
		strbuf_add_char(out, plain ? c : '-');
	}
}

void frozen_time_name_add(struct strbuf *out, int64_t time)
{
	char text[TIME_TEXT_BYTES];
	for (const char *c = time_format(time, text); *c && *c != '.' && *c != 'Z'; c++)
		if (*c != '-' && *c != ':')
			strbuf_add_char(out, *c);
	strbuf_add_char(out, 'Z');
}

/* name, name-2, name-3, ... with the ending behind it. */
static int number_name(struct strbuf *out, const char *name, unsigned number, const char *ending, struct error **err)
{
	strbuf_clear(out);
	strbuf_add_text(out, name);
	if (number > 1)
		strbuf_addf(out, "-%u", number);
	strbuf_add_text(out, ending);
	return strbuf_failed(out, err) ? -1 : 0;
}

/* --- folders --- */
int frozen_folder_open(int parent, const char *name, struct error **err)
{
	int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (parent == AT_FDCWD ? 0 : O_NOFOLLOW);
	if (mkdirat(parent, name, 0700) < 0 && errno != EEXIST)
		return error_set_errno(err, errno, "%s: cannot be made", name);
	int folder = openat(parent, name, flags);
	return folder < 0 ? error_set_errno(err, errno, "%s: cannot be opened", name) : folder;
}

int frozen_folder_make(int parent, const char *name, struct strbuf *ret_name, struct error **err)
{
	for (unsigned number = 1; number <= NAMES_TRIED; number++) {
		if (number_name(ret_name, name, number, "", err) < 0)
			return -1;
		if (mkdirat(parent, strbuf_text(ret_name), 0700) == 0)
			return frozen_folder_open(parent, strbuf_text(ret_name), err);
		if (errno != EEXIST)
			return error_set_errno(err, errno, "%s: cannot be made", strbuf_text(ret_name));
	}
	return error_set(err, ERROR_LIMIT, "%s: %u folders of this name are there", name, NAMES_TRIED);
}

/* Some file systems have nothing to do for it, and say so. */
static int sync_descriptor(int fd)
{
	return fsync(fd) < 0 && errno != EINVAL && errno != EROFS ? -1 : 0;
}

int frozen_folder_sync(int folder, struct error **err)
{
	return sync_descriptor(folder) < 0 ? error_set_errno(err, errno, "writing the folder") : 0;
}

/* --- files --- */
struct frozen_file {
	int fd;
	struct sha256 *hash;
	struct strbuf buffer, name, path; /* path: for messages */
	int64_t bytes;
};

struct frozen_file *frozen_file_free(struct frozen_file *file)
{
	if (!file)
		return NULL;
	fd_closep(&file->fd);
	sha256_free(file->hash);
	strbuf_release(&file->buffer);
	strbuf_release(&file->name);
	strbuf_release(&file->path);
	return mem_free(file);
}

void frozen_file_freep(struct frozen_file **file)
{
	*file = frozen_file_free(*file);
}

static struct frozen_file *file_new(struct error **err)
{
	CLEANUP(frozen_file_freep) struct frozen_file *file = mem_alloc_zeroed(1, sizeof *file);
	if (!file) {
		error_no_memory(err);
		return NULL;
	}
	file->fd = -1;
	file->buffer = (struct strbuf)STRBUF_INIT(BUFFER_BYTES);
	file->name = (struct strbuf)STRBUF_INIT(PATH_BYTES);
	file->path = (struct strbuf)STRBUF_INIT(PATH_BYTES);
	file->hash = sha256_new(err);
	return file->hash ? TAKE_PTR(file) : NULL;
}

static int fail(const struct frozen_file *file, int reason, struct error **err)
{
	return error_set_errno(err, reason, "%s", strbuf_text(&file->path));
}

/* Under the name that was chosen. 1: there is one already. */
static int create(struct frozen_file *file, int folder, const char *where, struct error **err)
{
	strbuf_clear(&file->path);
	strbuf_addf(&file->path, "%s/%s", where, strbuf_text(&file->name));
	if (strbuf_failed(&file->path, err))
		return -1;
	file->fd = openat(folder, strbuf_text(&file->name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (file->fd >= 0)
		return 0;
	return errno == EEXIST ? 1 : fail(file, errno, err);
}

struct frozen_file *frozen_file_new(int folder, const char *where, const char *stem, struct error **err)
{
	CLEANUP(frozen_file_freep) struct frozen_file *file = file_new(err);
	int taken = file ? 1 : -1;
	for (unsigned number = 1; taken > 0 && number <= NAMES_TRIED; number++) {
		if (number_name(&file->name, stem, number, ".json", err) < 0)
			return NULL;
		taken = create(file, folder, where, err);
	}
	if (taken > 0)
		fail(file, EEXIST, err);
	return taken == 0 ? TAKE_PTR(file) : NULL;
}

struct frozen_file *frozen_file_new_named(int folder, const char *where, const char *name, struct error **err)
{
	CLEANUP(frozen_file_freep) struct frozen_file *file = file_new(err);
	if (!file)
		return NULL;
	strbuf_add_text(&file->name, name);
	if (strbuf_failed(&file->name, err))
		return NULL;
	int taken = create(file, folder, where, err);
	if (taken > 0)
		fail(file, EEXIST, err);
	return taken == 0 ? TAKE_PTR(file) : NULL;
}

const char *frozen_file_name(const struct frozen_file *file)
{
	return strbuf_text(&file->name);
}

static int write_all(struct frozen_file *file, struct slice bytes, struct error **err)
{
	sha256_add(file->hash, bytes);
	file->bytes += (int64_t)bytes.len;
	while (bytes.len) {
		ssize_t written = write(file->fd, bytes.data, bytes.len);
		if (written < 0 && errno != EINTR)
			return fail(file, errno, err);
		if (written > 0)
			bytes = slice_part(bytes, (size_t)written, bytes.len);
	}
	return 0;
}

int frozen_file_flush(struct frozen_file *file, struct error **err)
{
	if (strbuf_failed(&file->buffer, err))
		return -1;
	struct slice bytes = strbuf_slice(&file->buffer);
	if (bytes.len && write_all(file, bytes, err) < 0)
		return -1;
	strbuf_clear(&file->buffer);
	return 0;
}

int frozen_file_add(struct frozen_file *file, struct slice bytes, struct error **err)
{
	if (file->buffer.len + bytes.len > BUFFER_BYTES && frozen_file_flush(file, err) < 0)
		return -1;
	if (bytes.len > BUFFER_BYTES)
		return write_all(file, bytes, err);
	strbuf_add_slice(&file->buffer, bytes);
	return strbuf_failed(&file->buffer, err) ? -1 : 0;
}

int frozen_file_restart(struct frozen_file *file, struct error **err)
{
	strbuf_clear(&file->buffer);
	sha256_clear(file->hash);
	file->bytes = 0;
	if (ftruncate(file->fd, 0) < 0 || lseek(file->fd, 0, SEEK_SET) < 0)
		return fail(file, errno, err);
	return 0;
}

int frozen_file_end(struct frozen_file *file, struct frozen_file_facts *ret_facts, struct error **err)
{
	if (frozen_file_flush(file, err) < 0)
		return -1;
	if (sync_descriptor(file->fd) < 0)
		return fail(file, errno, err);
	int fd = file->fd;
	file->fd = -1;
	if (close(fd) < 0) /* some file systems tell only now that the disk is full */
		return fail(file, errno, err);
	ret_facts->bytes = file->bytes;
	return sha256_end(file->hash, ret_facts->sha256, err);
}
