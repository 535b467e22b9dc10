#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"
#include "store/store.h"
#include "store/store_internal.h"

/* Numbers of statfs(2) and linux/magic.h. Locks of network file systems do not keep two machines apart, and WAL needs
 * memory that all writers share. */
static const struct {
	uint64_t type;
	const char *name;
} refused[] = {
	{ 0x6969, "NFS" },
	{ 0x517b, "SMB" },
	{ 0xfe534d42, "SMB" },
	{ 0xff534d42, "CIFS" },
	{ 0x65735546, "FUSE" },
	{ 0x01021997, "9P" },
	{ 0x5346414f, "AFS" },
	{ 0x6b414653, "AFS" },
	{ 0x73757245, "Coda" },
	{ 0x00c36400, "Ceph" },
	{ 0x0bd00bd0, "Lustre" },
	{ 0x01161970, "GFS2" },
	{ 0x7461636f, "OCFS2" },
	{ 0x564c, "NCP" },
	{ 0x47504653, "GPFS" },
	{ 0xbacbacbc, "VMware HGFS" },
	{ 0xaad7aaea, "PanFS" },
	{ 0x19830326, "BeeGFS" },
	{ 0x786f4256, "VirtualBox shared folder" },
};

const char *place_file_system_refused(uint64_t type)
{
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		if (refused[i].type == (type & 0xffffffff))
			return refused[i].name;
	return NULL;
}

/* Folders above the store are made as mkdir -p does; only what we make gets our mode. */
static int make_folders(char *folder, struct error **err)
{
	for (char *slash = folder + 1;; slash++) {
		char was = *slash;
		if (was && was != '/')
			continue;
		*slash = 0;
		int made = mkdir(folder, 0700);
		if (made < 0 ? errno != EEXIST && errno != EISDIR && errno != EROFS : chmod(folder, 0700) < 0)
			return error_set_errno(err, errno, "folder %s of the store cannot be made", folder);
		*slash = was;
		if (!was)
			return 0;
	}
}

static int check_file_system(const char *folder, struct error **err)
{
	struct statfs fs;
	if (statfs(folder, &fs) < 0)
		return error_set_errno(err, errno, "folder %s of the store", folder);
	const char *name = place_file_system_refused((uint64_t)fs.f_type);
	if (name)
		return error_set(err, ERROR_STORE,
				 "store folder %s lies on a network file system (%s), where a store would be damaged; "
				 "set XDG_STATE_HOME to a folder on a local disk",
				 folder, name);
	return 0;
}

/* Whatever the umask says. No descriptor of a file that is in use is ever closed here: that would drop the locks that
 * this process holds on it. */
static int make_file(const char *path, struct error **err)
{
	CLEANUP(fd_closep) int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST)
		return 0;
	if (fd < 0 || fchmod(fd, 0600) < 0)
		return error_set_errno(err, errno, "store %s cannot be made", path);
	return 0;
}

/* Who can write to the folder can put a write-ahead log of his own beside the store, which SQLite would believe and
 * go on writing to. */
static int check_folder(const char *folder, struct error **err)
{
	struct stat status;
	if (stat(folder, &status) < 0)
		return error_set_errno(err, errno, "folder %s of the store", folder);
	if (status.st_mode & S_IWOTH)
		return error_set(err, ERROR_STORE,
				 "store folder %s can be written to by everybody (mode %04o); use a folder of your own",
				 folder, (unsigned)(status.st_mode & 07777));
	return 0;
}

static int check_file(const char *path, struct error **err)
{
	struct stat file;
	if (lstat(path, &file) < 0)
		return error_set_errno(err, errno, "store %s", path);
	if (S_ISLNK(file.st_mode))
		return error_set(err, ERROR_STORE, "store %s is a symbolic link; give the path of the file itself",
				 path);
	if (!S_ISREG(file.st_mode))
		return error_set(err, ERROR_STORE, "store %s is not a regular file", path);
	if (file.st_uid != geteuid())
		return error_set(err, ERROR_STORE, "store %s belongs to another user (uid %u); use a store of your own",
				 path, (unsigned)file.st_uid);
	if (file.st_mode & (S_IWGRP | S_IWOTH))
		return error_set(err, ERROR_STORE,
				 "store %s can be written by others (mode %04o), so what is in it cannot be trusted; "
				 "if you know that it was not changed: chmod 600 %s",
				 path, (unsigned)(file.st_mode & 07777), path);
	if (file.st_mode & (S_IRGRP | S_IROTH) && chmod(path, 0600) < 0)
		return error_set_errno(err, errno, "store %s can be read by others, and chmod 600 failed", path);
	return 0;
}

/* What SQLite and alive.c keep beside the store, as far as it is there. */
static int check_companions(const char *path, struct arena *arena, struct error **err)
{
	static const char *const endings[] = { "-wal", "-shm", "-journal", "-reads" };
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		struct stat file;
		struct slice companion = arena_printf(arena, "%s%s", path, endings[i]);
		if (!companion.data)
			return arena_fail(arena, err);
		if (lstat(companion.data, &file) == 0 && check_file(companion.data, err) < 0)
			return -1;
	}
	return 0;
}

int place_prepare(const char *path, struct arena *arena, struct slice *ret_path, struct error **err)
{
	struct slice folder, name;
	char real[PATH_MAX];
	if (!slice_cut_last(slice_of(path), '/', &folder, &name)) {
		folder = SLICE(".");
		name = slice_of(path);
	}
	if (!name.len)
		return error_set(err, ERROR_USAGE, "store path \"%s\" names a folder; name a file", path);
	struct slice made = arena_printf(arena, "%.*s", SLICE_ARG(folder.len ? folder : SLICE("/")));
	if (!made.data)
		return arena_fail(arena, err);
	if (make_folders((char *)(uintptr_t)made.data, err) < 0)
		return -1;
	if (!realpath(made.data, real))
		return error_set_errno(err, errno, "folder %s of the store", made.data);
	struct slice file = arena_printf(arena, "%s/%.*s", strcmp(real, "/") ? real : "", SLICE_ARG(name));
	if (!file.data)
		return arena_fail(arena, err);
	if (check_file_system(real, err) < 0 || check_folder(real, err) < 0 || make_file(file.data, err) < 0 ||
	    check_file(file.data, err) < 0 || check_companions(file.data, arena, err) < 0)
		return -1;
	*ret_path = file;
	return 0;
}

/* The XDG base directory specification: a path that is not absolute is as good as none. */
int store_default_path(struct arena *arena, struct slice *ret_path, struct error **err)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	struct slice path;
	if (state && *state == '/')
		path = arena_printf(arena, "%s/fother/store.db", state);
	else if (home && *home == '/')
		path = arena_printf(arena, "%s/.local/state/fother/store.db", home);
	else
		return error_set(err, ERROR_USAGE, "no place for the store: neither HOME nor XDG_STATE_HOME is set");
	if (!path.data)
		return arena_fail(arena, err);
	*ret_path = path;
	return 0;
}
