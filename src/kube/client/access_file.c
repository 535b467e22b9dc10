#include "kube/client/access_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/secret.h"

#define PIPE_PIECE_BYTES (16 * LIMIT_KIB)

/* 1: something can be read, or the end. */
static int wait_for_bytes(int fd, struct error **err)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	int got;
	do
		got = poll(&poll_fd, 1, ACCESS_FILE_WAIT_MS);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_set_errno(err, errno, "waiting");
	return got ? 1 : error_set(err, ERROR_SYSTEM, "nothing came within %d s", ACCESS_FILE_WAIT_MS / 1000);
}

/* What passes by lies in the secure heap, never on the stack. */
static int read_pipe(int fd, size_t max, struct file_bytes *file, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes piece = { 0 };
	if (secret_alloc(&piece, PIPE_PIECE_BYTES, err) < 0)
		return -1;
	for (;;) {
		if (wait_for_bytes(fd, err) < 0)
			return -1;
		ssize_t got = read(fd, secret_room(&piece), PIPE_PIECE_BYTES);
		if (got == 0)
			return 0;
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return error_set_errno(err, errno, "reading");
		if (got > 0 && file_append(file, secret_room(&piece), (size_t)got, max, err) < 0)
			return -1;
	}
}

static int read_open_file(int fd, size_t max, struct file_bytes *ret_file, struct error **err)
{
	CLEANUP(file_release) struct file_bytes file = { 0 };
	struct stat status;
	if (fstat(fd, &status) < 0)
		return error_set_errno(err, errno, "reading");
	if (S_ISDIR(status.st_mode))
		return error_set_errno(err, EISDIR, "reading");
	if (S_ISREG(status.st_mode))
		return file_read_all(fd, max, ret_file, err);
	if (read_pipe(fd, max, &file, err) < 0)
		return -1;
	*ret_file = file;
	file = (struct file_bytes){ 0 };
	return 0;
}

/* A pipe is opened without waiting for somebody to write to it, and read with patience. */
int access_file_read(const char *path, size_t max, struct file_bytes *ret_file, struct error **err)
{
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0)
		return error_set_errno(err, errno, "%s", path);
	return read_open_file(fd, max, ret_file, err) < 0 ? error_context(err, "%s", path) : 1;
}
