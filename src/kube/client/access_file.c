#include "kube/client/access_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/secret.h"
#include "base/strbuf.h"

#define PIPE_PIECE_BYTES (16 * LIMIT_KIB)

/* --- reading --- */

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

/* --- paths --- */

struct slice access_file_folder(struct slice path)
{
	struct slice folder, name;
	if (!slice_cut_last(path, '/', &folder, &name))
		return SLICE(".");
	return folder.len ? folder : SLICE("/");
}

/* Takes the last part off, but never the root. */
static void leave_folder(struct strbuf *out)
{
	struct slice folder, name;
	strbuf_cut(out, slice_cut_last(strbuf_slice(out), '/', &folder, &name) ? folder.len : 0);
}

static void add_parts(struct strbuf *out, struct slice path)
{
	struct slice part, rest = path;
	while (rest.data) {
		slice_cut(rest, '/', &part, &rest);
		if (slice_equal_text(part, "..")) {
			leave_folder(out);
		} else if (part.len && !slice_equal_text(part, ".")) {
			strbuf_add_char(out, '/');
			strbuf_add_slice(out, part);
		}
	}
}

int access_file_join(struct arena *arena, struct slice folder, struct slice path, struct slice *ret_path,
		     struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_LINE_BYTES);
	if (path.len && memchr(path.data, '\0', path.len))
		return error_set(err, ERROR_SYNTAX, "a path with a NUL in it");
	if (!slice_starts_with(path, "/"))
		add_parts(&out, folder);
	add_parts(&out, path);
	if (!out.len)
		strbuf_add_char(&out, '/');
	if (strbuf_failed(&out, err))
		return -1;
	return arena_copy(arena, strbuf_slice(&out), ret_path) < 0 ? arena_fail(arena, err) : 0;
}

int access_file_absolute(struct arena *arena, struct slice path, struct slice *ret_path, struct error **err)
{
	char folder[PATH_MAX];
	if (!slice_starts_with(path, "/") && !getcwd(folder, sizeof folder))
		return error_set_errno(err, errno, "the working directory");
	return access_file_join(arena, slice_starts_with(path, "/") ? SLICE("/") : slice_of(folder), path, ret_path,
				err);
}
