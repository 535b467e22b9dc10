#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/secret.h"

#define FIRST_CAPACITY_BYTES (64 * LIMIT_KIB)
/* Giving pages back costs a system call: worth it only for many of them. */
#define DONE_STEP_BYTES (4 * LIMIT_MIB)

static void exclude_from_core(void *data, size_t len)
{
	madvise(data, len, MADV_DONTDUMP); /* a hint; secret_start_process forbids core dumps altogether */
}

/* Grown by moving pages, not bytes: nothing stays behind where the data lay before. */
static void *grow_anonymous(const struct file_bytes *file, size_t capacity)
{
	if (!file->data)
		return mmap(NULL, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return mremap(file->data, file->capacity, capacity, MREMAP_MAYMOVE);
}

static int reserve(struct file_bytes *file, size_t len, size_t max, struct error **err)
{
	if (file->len > max || len > max - file->len)
		return error_set(err, ERROR_LIMIT, "more than %zu bytes", max);
	size_t needed = file->len + len;
	if (needed <= file->capacity)
		return 0;
	size_t capacity = file->capacity ? file->capacity : FIRST_CAPACITY_BYTES;
	while (capacity < needed && capacity <= SIZE_MAX / 2)
		capacity *= 2;
	void *data = capacity < needed ? MAP_FAILED : grow_anonymous(file, capacity);
	if (data == MAP_FAILED)
		return error_no_memory(err);
	file->data = data;
	file->capacity = capacity;
	exclude_from_core(data, capacity);
	return 0;
}

int file_append(struct file_bytes *file, const void *data, size_t len, size_t max, struct error **err)
{
	if (reserve(file, len, max, err) < 0)
		return -1;
	if (len)
		memcpy(file->data + file->len, data, len);
	file->len += len;
	return 0;
}

static ssize_t read_retrying(int fd, void *data, size_t len)
{
	ssize_t got;
	do
		got = read(fd, data, len);
	while (got < 0 && errno == EINTR);
	return got;
}

/* Whether fd has a byte more, at the maximum. */
static int expect_end(int fd, size_t max, struct error **err)
{
	char byte;
	ssize_t got = read_retrying(fd, &byte, 1);
	secret_wipe(&byte, 1);
	if (got < 0)
		return error_set_errno(err, errno, "reading");
	return got ? error_set(err, ERROR_LIMIT, "more than %zu bytes", max) : 0;
}

static int read_to_end(int fd, size_t max, struct file_bytes *file, struct error **err)
{
	while (file->len < max) {
		if (file->len == file->capacity && reserve(file, 1, max, err) < 0)
			return -1;
		size_t room = file->capacity - file->len;
		if (room > max - file->len)
			room = max - file->len;
		ssize_t got = read_retrying(fd, file->data + file->len, room);
		if (got < 0)
			return error_set_errno(err, errno, "reading");
		if (got == 0)
			return 0;
		file->len += (size_t)got;
	}
	return expect_end(fd, max, err);
}

int file_read_all(int fd, size_t max, struct file_bytes *ret_file, struct error **err)
{
	CLEANUP(file_release) struct file_bytes file = { 0 };
	if (read_to_end(fd, max, &file, err) < 0)
		return -1;
	*ret_file = file;
	file = (struct file_bytes){ 0 };
	return 0;
}

static int map_regular(int fd, off_t size, struct file_bytes *ret_file, struct error **err)
{
	if ((uintmax_t)size > SIZE_MAX)
		return error_set(err, ERROR_LIMIT, "larger than the address space");
	size_t len = (size_t)size;
	void *data = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return error_set_errno(err, errno, "mapping");
	exclude_from_core(data, len);
	madvise(data, len, MADV_SEQUENTIAL);
	*ret_file = (struct file_bytes){ .data = data, .len = len, .capacity = len, .mapped_file = true };
	return 0;
}

/* Files of /proc say size 0 and have content: they are read, as pipes are. */
static int map_open_file(int fd, struct file_bytes *ret_file, struct error **err)
{
	struct stat status;
	if (fstat(fd, &status) < 0)
		return error_set_errno(err, errno, "reading");
	if (S_ISREG(status.st_mode) && status.st_size > 0)
		return map_regular(fd, status.st_size, ret_file, err);
	return file_read_all(fd, LIMIT_SNAPSHOT_FILE_BYTES, ret_file, err);
}

/* What is found in a folder may be a pipe that nobody writes to: opening it must not wait. What a person names may be
 * one whose writer is yet to come. */
int file_map(int dir_fd, const char *path, bool no_follow, struct file_bytes *ret_file, struct error **err)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (no_follow ? O_NOFOLLOW | O_NONBLOCK : 0);
	CLEANUP(fd_closep) int fd = openat(dir_fd, path, flags);
	if (fd < 0)
		return error_set_errno(err, errno, "%s", path);
	if (map_open_file(fd, ret_file, err) < 0)
		return error_context(err, "%s", path);
	return 0;
}

void file_done_until(struct file_bytes *file, size_t offset)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t end = (offset < file->len ? offset : file->len) & ~(page - 1);
	if (end < file->done || end - file->done < DONE_STEP_BYTES)
		return;
	if (!file->mapped_file)
		secret_wipe(file->data + file->done, end - file->done);
	madvise(file->data + file->done, end - file->done, MADV_DONTNEED);
	file->done = end;
}

struct slice file_slice(const struct file_bytes *file)
{
	return (struct slice){ file->data ? file->data : "", file->len };
}

void file_release(struct file_bytes *file)
{
	if (file->data && !file->mapped_file)
		secret_wipe(file->data + file->done, file->len - file->done);
	if (file->data)
		munmap(file->data, file->capacity);
	*file = (struct file_bytes){ 0 };
}

void fd_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}
