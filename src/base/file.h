/* Whole files as bytes, kept out of core dumps.
 *
 * A regular file is mapped read-only; anything else (a pipe, stdin) is read into anonymous memory that is excluded from
 * core dumps and wiped on release. So a dump with secrets never lies on the heap.
 */
#ifndef FOTHER_BASE_FILE_H
#define FOTHER_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/slice.h"

struct file_bytes {
	char *data;
	size_t len, capacity;
	bool mapped_file; /* false: anonymous memory, ours to wipe */
	size_t done;      /* what lies before this offset was given back to the kernel */
};

/* Opens relative to dir_fd (AT_FDCWD allowed); with no_follow, without following a symbolic link in the last component
 * and without waiting for somebody to write to a pipe. A file that shrinks while it is mapped is an error of the
 * caller's input: it ends in SIGBUS, which main turns into a message. */
int file_map(int dir_fd, const char *path, bool no_follow, struct file_bytes *ret_file, struct error **err);

/* Anonymous memory, to be filled by file_append. */
int file_append(struct file_bytes *file, const void *data, size_t len, size_t max, struct error **err);
/* Reads fd to its end. */
int file_read_all(int fd, size_t max, struct file_bytes *ret_file, struct error **err);

/* Tells the kernel that the bytes before `offset` are not needed again (keeps memory flat on large files). */
void file_done_until(struct file_bytes *file, size_t offset);

struct slice file_slice(const struct file_bytes *file);
void file_release(struct file_bytes *file);

/* For CLEANUP(fd_closep). */
void fd_closep(int *fd);

#endif
