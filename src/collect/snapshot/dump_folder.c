/* A folder: walked once in the order of names, then each file is mapped when its turn comes. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/secret.h"
#include "base/strbuf.h"
#include "collect/frozen/frozen_images_format.h"
#include "collect/snapshot/dump_internal.h"
#include "oci/layout/layout.h"

struct folder_dump {
	struct dump dump; /* first */
	int top;
};

struct name_list {
	VEC(char *)
};

static void names_release(struct name_list *names)
{
	for (size_t i = 0; i < names->len; i++)
		mem_free(names->items[i]);
	vec_release(names);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void dir_closep(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* Names in a folder in byte order, without `.` and `..`. */
static int list_names(int folder, struct name_list *names, struct error **err)
{
	int own = fcntl(folder, F_DUPFD_CLOEXEC, 0);
	CLEANUP(dir_closep) DIR *dir = own < 0 ? NULL : fdopendir(own);
	if (!dir) {
		int reason = errno;
		fd_closep(&own);
		return error_set_errno(err, reason, "cannot be listed");
	}
	for (struct dirent *entry; (entry = readdir(dir));) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (names->len > LIMIT_SNAPSHOT_FILES)
			return error_set(err, ERROR_LIMIT, "more than %d files: is this the folder of a dump?",
					 LIMIT_SNAPSHOT_FILES);
		char **name = vec_push(names);
		if (!name || !(*name = mem_copy_text(entry->d_name, strlen(entry->d_name))))
			return error_no_memory(err);
	}
	if (names->len)
		qsort(names->items, names->len, sizeof *names->items, compare_names);
	return 0;
}

struct walk {
	struct dump *dump;
	struct strbuf path; /* of the folder that is being walked, with '/' at its end; empty at the top */
	unsigned depth;
};

static void walk_release(struct walk *walk)
{
	strbuf_release(&walk->path);
}

static int walk_folder(struct walk *walk, int folder, struct error **err);

static int add_unreadable(struct walk *walk, int reason, struct error **err)
{
	char text[128];
	return dump_add_unreadable(walk->dump, strbuf_slice(&walk->path), "unreadable",
				   strerror_r(reason, text, sizeof text), err);
}

static int walk_sub_folder(struct walk *walk, int folder, const char *name, struct error **err)
{
	if (walk->depth >= LIMIT_SNAPSHOT_DEPTH)
		return dump_add_unreadable(walk->dump, strbuf_slice(&walk->path), "too_deep",
					   "folders this deep are not read", err);
	CLEANUP(fd_closep) int sub = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (sub < 0)
		return add_unreadable(walk, errno, err);
	strbuf_add_char(&walk->path, '/');
	walk->depth++;
	int result = walk_folder(walk, sub, err);
	walk->depth--;
	return result;
}

/* Whether an archive beside dumps holds images is seen by its first members. 1, 0, -1. */
static int is_image_archive(int folder, const char *name, struct error **err)
{
	CLEANUP(file_release) struct file_bytes bytes = { 0 };
	CLEANUP(error_freep) struct error *why = NULL;
	if (slice_contains(slice_of(name), ".log"))
		return 0;
	if (file_map(folder, name, true, &bytes, &why) < 0)
		return why->code == ERROR_NO_MEMORY ? error_move(err, &why) : 0;
	return image_layout_archive_likely(file_slice(&bytes), err);
}

static int add_archive(struct walk *walk, int folder, const char *name, struct error **err)
{
	int holds_images = is_image_archive(folder, name, err);
	if (holds_images < 0)
		return -1;
	return holds_images ? dump_add_images(walk->dump, strbuf_slice(&walk->path), DUMP_IMAGE_ARCHIVE, err)
			    : dump_add_archive(walk->dump, strbuf_slice(&walk->path), err);
}

/* Looks at a file's first bytes. */
static int add_regular(struct walk *walk, int folder, const char *name, struct error **err)
{
	char start[CONTENT_START_BYTES];
	CLEANUP(fd_closep) int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : pread(fd, start, sizeof start, 0);
	if (len < 0)
		return add_unreadable(walk, errno, err);
	struct slice bytes = { start, (size_t)len };
	enum content content = content_of(slice_of(name), bytes);
	bool archive = content_is_archive(bytes);
	secret_wipe(start, sizeof start);
	if (archive && !content_is_document(content))
		return add_archive(walk, folder, name, err);
	if (content == CONTENT_OTHER)
		return dump_add_other(walk->dump, strbuf_slice(&walk->path), "no JSON or YAML", err);
	return dump_add(walk->dump, strbuf_slice(&walk->path), content, err) ? 0 : -1;
}

static int walk_name(struct walk *walk, int folder, const char *name, struct error **err)
{
	struct stat status;
	struct slice path = strbuf_slice(&walk->path);
	if (strbuf_failed(&walk->path, err))
		return -1;
	if (dump_name_is_hidden(slice_of(name)))
		return dump_add_other(walk->dump, path, "hidden", err);
	if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return add_unreadable(walk, errno, err);
	if (S_ISDIR(status.st_mode))
		return walk_sub_folder(walk, folder, name, err);
	if (S_ISREG(status.st_mode))
		return add_regular(walk, folder, name, err);
	if (S_ISLNK(status.st_mode))
		return dump_add_link(walk->dump, path, err);
	return dump_add_other(walk->dump, path, "no regular file", err);
}

/* The first bytes of a regular file; none when it cannot be read. */
static struct slice start_of(int folder, const char *name, char start[CONTENT_START_BYTES])
{
	struct stat status;
	CLEANUP(fd_closep) int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t len = fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)
			      ? -1
			      : pread(fd, start, CONTENT_START_BYTES, 0);
	return (struct slice){ start, len < 0 ? 0 : (size_t)len };
}

/* 1: the folder is a layout or a frozen registry, and was added as that. */
static int take_images(struct walk *walk, int folder, struct error **err)
{
	static const char *const marks[] = { FROZEN_RECORDS_NAME, "oci-layout", "manifest.json" };
	char start[CONTENT_START_BYTES];
	enum dump_images_kind kind;
	struct slice path = strbuf_slice(&walk->path);
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (dump_marks_images(slice_of(marks[i]), start_of(folder, marks[i], start), &kind))
			return dump_add_images(walk->dump, slice_part(path, 0, path.len ? path.len - 1 : 0), kind,
					       err) < 0
				       ? -1
				       : 1;
	return 0;
}

static int walk_folder(struct walk *walk, int folder, struct error **err)
{
	CLEANUP(names_release) struct name_list names = { 0 };
	size_t len = walk->path.len;
	int result = strbuf_failed(&walk->path, err) ? -1 : take_images(walk, folder, err);
	if (result != 0)
		return result < 0 ? -1 : 0;
	result = list_names(folder, &names, err);
	for (size_t i = 0; i < names.len && result == 0; i++) {
		strbuf_add_text(&walk->path, names.items[i]);
		result = walk_name(walk, folder, names.items[i], err);
		strbuf_cut(&walk->path, len);
	}
	return result;
}

/* The folder that holds `path`, opened component by component so that no link is followed; *ret_name is its last part.
 */
static int open_parent(int top, char *path, char **ret_name)
{
	int folder = fcntl(top, F_DUPFD_CLOEXEC, 0);
	for (char *slash; folder >= 0 && (slash = strchr(path, '/')); path = slash + 1) {
		*slash = '\0';
		int next = openat(folder, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		int reason = errno;
		fd_closep(&folder);
		folder = next;
		errno = reason;
	}
	*ret_name = path;
	return folder;
}

static int map_file(struct folder_dump *folder, struct slice path, struct file_bytes *ret_bytes, struct error **err)
{
	char *name;
	CLEANUP(mem_freep) char *copy = mem_copy_text(path.data, path.len);
	if (!copy)
		return error_no_memory(err);
	CLEANUP(fd_closep) int parent = open_parent(folder->top, copy, &name);
	if (parent < 0)
		return error_set_errno(err, errno, "%s", name);
	return file_map(parent, name, true, ret_bytes, err);
}

/* A file that was there when the folder was listed and is not any more is told like one that cannot be read. */
static int visit_gone(const struct dump_file *file, const struct error *why, dump_visit visit, void *data,
		      struct error **err)
{
	struct dump_file gone = *file;
	gone.content = CONTENT_UNREADABLE;
	gone.code = "unreadable";
	gone.why = slice_of(why->message);
	return visit(data, &gone, NULL, err);
}

static int visit_file(struct folder_dump *folder, const struct dump_file *file, dump_visit visit, void *data,
		      struct error **err)
{
	CLEANUP(file_release) struct file_bytes bytes = { 0 };
	CLEANUP(error_freep) struct error *why = NULL;
	if (!dump_wants_bytes(file))
		return visit(data, file, NULL, err);
	if (map_file(folder, file->path, &bytes, &why) == 0)
		return visit(data, file, &bytes, err);
	if (why->code == ERROR_NO_MEMORY)
		return error_move(err, &why);
	return visit_gone(file, why, visit, data, err);
}

static int folder_each(struct dump *dump, dump_wants wants, dump_visit visit, void *data, struct error **err)
{
	for (size_t i = 0; i < dump->files.len; i++)
		if (wants(data, &dump->files.items[i]) &&
		    visit_file((struct folder_dump *)dump, &dump->files.items[i], visit, data, err) < 0)
			return -1;
	return 0;
}

static int no_images(struct dump *dump, const struct error *why, struct slice *ret_why, struct error **err)
{
	return arena_copy(&dump->arena, slice_of(why->message), ret_why) < 0 ? arena_fail(&dump->arena, err) : 0;
}

/* A folder's, or a file's, opened as map_file does. */
static int open_images_at(struct folder_dump *folder, const struct dump_images *images,
			  struct image_layout **ret_layout, struct error **err)
{
	struct image_layout_archive archive = { 0 };
	CLEANUP(file_release) struct file_bytes bytes = { 0 };
	char *name = NULL;
	CLEANUP(mem_freep) char *copy = mem_copy_text(images->path.data, images->path.len);
	if (!copy)
		return error_no_memory(err);
	if (images->kind == DUMP_IMAGE_ARCHIVE) {
		if (map_file(folder, images->path, &bytes, err) < 0)
			return -1;
		archive.bytes = file_slice(&bytes);
		return image_layout_open_archive(&archive, ret_layout, err);
	}
	if (!images->path.len)
		return image_layout_open_folder(folder->top, ret_layout, err);
	CLEANUP(fd_closep) int parent = open_parent(folder->top, copy, &name);
	CLEANUP(fd_closep)
	int own = parent < 0 ? -1 : openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (own < 0)
		return error_set_errno(err, errno, "%s", name);
	return image_layout_open_folder(own, ret_layout, err);
}

static int folder_open_images(struct dump *dump, const struct dump_images *images, struct image_layout **ret_layout,
			      struct slice *ret_why, struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	int opened = open_images_at((struct folder_dump *)dump, images, ret_layout, &why);
	*ret_why = SLICE("no layout or archive of images");
	if (opened >= 0)
		return opened;
	return why->code == ERROR_NO_MEMORY ? error_move(err, &why) : no_images(dump, why, ret_why, err);
}

static void folder_close(struct dump *dump)
{
	fd_closep(&((struct folder_dump *)dump)->top);
}

static const struct dump_ops folder_ops = { folder_each, folder_open_images, folder_close };

struct dump *dump_of_folder(int folder, struct error **err)
{
	CLEANUP(fd_closep) int top = folder;
	CLEANUP(dump_freep) struct dump *dump = dump_new(sizeof(struct folder_dump), &folder_ops, err);
	if (!dump)
		return NULL;
	((struct folder_dump *)dump)->top = top;
	top = -1;
	dump->bytes_are_spare = true;

	CLEANUP(walk_release) struct walk walk = { .dump = dump, .path = STRBUF_INIT(LIMIT_LINE_BYTES) };
	return walk_folder(&walk, folder, err) < 0 ? NULL : TAKE_PTR(dump);
}
