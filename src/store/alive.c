#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "store/store_internal.h"

/* The byte of a read's number, for as long as the process that reads lives: the kernel lets go of it however that ends.
 * So nothing is guessed from numbers of processes, which come back, and mean another process in another container. A
 * lock of an open file description (fcntl(2), F_OFD_SETLK) is none of SQLite's, and not lost when somebody else in this
 * process closes the file. */
static struct flock byte_of(int64_t read)
{
	return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = read, .l_len = 1 };
}

/* 1, 0 where nobody ever made the file (only with make = false), -1. */
static int open_file(struct store *store, bool make, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	if (store->alive >= 0)
		return 1;
	struct slice path = arena_printf(&arena, "%s-reads", store->path);
	if (!path.data)
		return arena_fail(&arena, err);
	int fd = open(path.data, O_RDWR | O_NOFOLLOW | O_CLOEXEC | (make ? O_CREAT : 0), 0600);
	if (fd < 0 && errno == ENOENT && !make)
		return 0;
	if (fd < 0)
		return error_set_errno(err, errno, "file %s", path.data);
	store->alive = fd;
	return fchmod(fd, 0600) < 0 ? error_set_errno(err, errno, "file %s", path.data) : 1;
}

int alive_hold(struct store *store, struct open_read *read, struct error **err)
{
	struct flock byte = byte_of(read->id);
	if (read->held)
		return 0;
	if (open_file(store, true, err) < 0)
		return -1;
	if (fcntl(store->alive, F_OFD_SETLK, &byte) < 0)
		return error_set_errno(err, errno, "read %lld of store %s cannot be marked as under way",
				       (long long)read->id, store->path);
	read->held = true;
	return 0;
}

void alive_release(struct store *store, struct open_read *read)
{
	struct flock byte = byte_of(read->id);
	byte.l_type = F_UNLCK;
	if (read->held)
		fcntl(store->alive, F_OFD_SETLK, &byte);
	read->held = false;
}

int alive_elsewhere(struct store *store, int64_t read, struct error **err)
{
	struct flock byte = byte_of(read);
	int got = open_file(store, false, err);
	if (got <= 0)
		return got;
	if (fcntl(store->alive, F_OFD_GETLK, &byte) < 0)
		return error_set_errno(err, errno, "reads under way in store %s", store->path);
	return byte.l_type != F_UNLCK;
}

/* --- turns --- */

/* No read has this number. */
#define WAITING_BYTE 0

static int mark_waiting(struct store *store, short type)
{
	struct flock byte = byte_of(WAITING_BYTE);
	byte.l_type = type; /* several may wait */
	return fcntl(store->alive, F_OFD_SETLK, &byte);
}

void alive_wait(struct store *store)
{
	CLEANUP(error_freep) struct error *ignored = NULL;
	if (!store->waits && open_file(store, true, &ignored) > 0)
		store->waits = mark_waiting(store, F_RDLCK) == 0;
}

void alive_wait_no_more(struct store *store)
{
	if (store->waits)
		mark_waiting(store, F_UNLCK);
	store->waits = false;
}

void alive_let_in(struct store *store)
{
	CLEANUP(error_freep) struct error *ignored = NULL;
	for (int i = 0; i < STORE_TURN_MS / STORE_LOOK_MS && alive_elsewhere(store, WAITING_BYTE, &ignored) > 0; i++)
		nanosleep(&(struct timespec){ .tv_nsec = STORE_LOOK_MS * 1000000 }, NULL);
}
