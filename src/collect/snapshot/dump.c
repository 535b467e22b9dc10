#include "collect/snapshot/dump.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/limits.h"
#include "base/map.h"
#include "collect/frozen/frozen_images_manifest.h"
#include "collect/snapshot/dump_internal.h"
#include "collect/snapshot/runs.h"
#include "oci/layout/layout.h"

/* Endings that a dump's name loses where it names a cluster. */
static const char *const archive_endings[] = { ".gz",  ".zst", ".xz",  ".bz2",  ".tgz",  ".tzst",
					       ".txz", ".tbz", ".tar", ".json", ".yaml", ".yml" };

void *dump_new(size_t size, const struct dump_ops *ops, struct error **err)
{
	struct dump *dump = mem_alloc_zeroed(1, size);
	if (!dump) {
		error_no_memory(err);
		return NULL;
	}
	dump->ops = ops;
	dump->arena.max = LIMIT_SNAPSHOT_NAMES_BYTES;
	return dump;
}

struct dump *dump_free(struct dump *dump)
{
	if (!dump)
		return NULL;
	dump->ops->close(dump);
	vec_release(&dump->files);
	vec_release(&dump->clusters);
	vec_release(&dump->runs);
	vec_release(&dump->images);
	arena_release(&dump->arena);
	return mem_free(dump);
}

void dump_freep(struct dump **dump)
{
	*dump = dump_free(*dump);
}

struct dump_file *dump_add(struct dump *dump, struct slice path, enum content content, struct error **err)
{
	struct slice copy;
	if (dump->files.len >= LIMIT_SNAPSHOT_FILES) {
		error_set(err, ERROR_LIMIT, "more than %d files: is this the folder of a dump?", LIMIT_SNAPSHOT_FILES);
		return NULL;
	}
	if (arena_copy(&dump->arena, path, &copy) < 0) {
		arena_fail(&dump->arena, err);
		return NULL;
	}
	struct dump_file *file = vec_push(&dump->files);
	if (!file) {
		error_no_memory(err);
		return NULL;
	}
	*file = (struct dump_file){ .path = copy, .content = content, .cluster = DUMP_NO_CLUSTER };
	return file;
}

int dump_add_unreadable(struct dump *dump, struct slice path, const char *code, const char *why, struct error **err)
{
	struct dump_file *file = dump_add(dump, path, CONTENT_UNREADABLE, err);
	if (!file)
		return -1;
	file->code = code;
	return arena_copy(&dump->arena, slice_of(why), &file->why) < 0 ? arena_fail(&dump->arena, err) : 0;
}

static struct slice base_name(struct slice path)
{
	struct slice folder, name;
	return slice_cut_last(path, '/', &folder, &name) && name.len ? name : path;
}

int dump_add_link(struct dump *dump, struct slice path, struct error **err)
{
	return dump_add_unreadable(dump, path, "link", "a link, which is not followed: copy what it points to", err);
}

/* A layer of an image layout is named by its digest. */
static bool is_blob_name(struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_lower_hex(name.data[i]))
			return false;
	return name.len == 64;
}

int dump_add_archive(struct dump *dump, struct slice path, struct error **err)
{
	struct slice name = base_name(path);
	if (is_blob_name(name) || slice_contains(name, ".log"))
		return dump_add_other(dump, path, "compressed, but no dump", err);
	return dump_add_unreadable(dump, path, "archive",
				   "an archive in the folder was not read: give it to --snapshot itself", err);
}

int dump_add_other(struct dump *dump, struct slice path, const char *why, struct error **err)
{
	struct dump_file *file = dump_add(dump, path, CONTENT_OTHER, err);
	if (!file)
		return -1;
	file->why = slice_of(why);
	return 0;
}

bool dump_wants_bytes(const struct dump_file *file)
{
	return content_is_document(file->content) || file->content == CONTENT_ERROR_TEXT;
}

bool dump_name_is_hidden(struct slice name)
{
	return slice_starts_with(name, ".");
}

/* "prod.tar.gz" is "prod"; a name that is nothing but an ending stays as it is. */
static struct slice without_endings(struct slice name)
{
	for (size_t i = 0; i < sizeof archive_endings / sizeof *archive_endings; i++) {
		size_t len = strlen(archive_endings[i]);
		if (name.len > len &&
		    slice_equal_nocase(slice_part(name, name.len - len, len), slice_of(archive_endings[i])))
			return without_endings(slice_part(name, 0, name.len - len));
	}
	return name;
}

struct slice dump_images_name(const struct dump *dump, const struct dump_images *images)
{
	if (!images->path.len)
		return dump->name;
	struct slice name = base_name(images->path);
	return images->kind == DUMP_IMAGE_ARCHIVE ? without_endings(name) : name;
}

/* --- images --- */
int dump_add_images(struct dump *dump, struct slice path, enum dump_images_kind kind, struct error **err)
{
	struct slice copy;
	if (dump->images.len >= LIMIT_SNAPSHOT_FILES)
		return error_set(err, ERROR_LIMIT, "more than %d layouts", LIMIT_SNAPSHOT_FILES);
	if (arena_copy(&dump->arena, path, &copy) < 0)
		return arena_fail(&dump->arena, err);
	struct dump_images *images = vec_push(&dump->images);
	if (!images)
		return error_no_memory(err);
	*images = (struct dump_images){ copy, kind };
	return 0;
}

bool dump_marks_images(struct slice name, struct slice start, enum dump_images_kind *ret_kind)
{
	if (slice_equal_text(name, FROZEN_RECORDS_NAME) && start.len && frozen_images_likely(start)) {
		*ret_kind = DUMP_FROZEN_REGISTRY;
		return true;
	}
	*ret_kind = DUMP_LAYOUT;
	return image_layout_marks(name, start);
}

struct slice_list dump_frozen_registry_files(void)
{
	static const struct slice records = { FROZEN_RECORDS_NAME, sizeof FROZEN_RECORDS_NAME - 1 };
	return (struct slice_list){ &records, 1 };
}

static int compare_images(const void *a, const void *b)
{
	const struct dump_images *left = a, *right = b;
	int order = slice_compare(left->path, right->path);
	return order ? order : (int)right->kind - (int)left->kind; /* a frozen registry is a layout as well */
}

/* Whether some images' folder holds the path. */
static bool images_around(const struct map *folders, struct slice path)
{
	bool found = map_get(folders, SLICE("")) != NULL;
	for (size_t i = 0; !found && i < path.len; i++)
		found = path.data[i] == '/' && map_get(folders, slice_part(path, 0, i));
	return found;
}

int dump_drop_files_of_images(struct dump *dump, struct error **err)
{
	CLEANUP(map_release) struct map folders = { 0 };
	size_t kept = 0;
	if (!dump->images.len)
		return 0;
	qsort(dump->images.items, dump->images.len, sizeof *dump->images.items, compare_images);
	for (size_t i = 0; i < dump->images.len; i++) {
		struct dump_images *images = &dump->images.items[i];
		if (images_around(&folders, images->path) || map_get(&folders, images->path))
			continue;
		void **place = map_put(&folders, images->path);
		if (!place)
			return error_no_memory(err);
		dump->images.items[kept] = *images;
		*place = dump; /* there */
		kept++;
	}
	dump->images.len = kept;
	for (size_t i = kept = 0; i < dump->files.len; i++)
		if (!images_around(&folders, dump->files.items[i].path))
			dump->files.items[kept++] = dump->files.items[i];
	dump->files.len = kept;
	return 0;
}

/* --- opening --- */
/* One file: an archive by its bytes, or a stream of documents. What is neither may still be a tar without a magic. */
static struct dump *dump_of_bytes(struct file_bytes *bytes, struct slice name, struct error **err)
{
	struct slice start = slice_part(file_slice(bytes), 0, CONTENT_START_BYTES);
	enum content content = content_of_given(start);
	bool archive = content_is_archive(start) || (content == CONTENT_JUNK && start.len >= 512);
	return archive ? dump_of_archive(bytes, name, err) : dump_of_stream(bytes, name, err);
}

static struct dump *open_stdin(struct error **err)
{
	CLEANUP(file_release) struct file_bytes bytes = { 0 };
	if (file_read_all(STDIN_FILENO, LIMIT_SNAPSHOT_FILE_BYTES, &bytes, err) < 0)
		return NULL;
	return dump_of_bytes(&bytes, SLICE("stdin"), err);
}

static struct dump *open_folder(const char *path, struct error **err)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder >= 0)
		return dump_of_folder(folder, err);
	error_set_errno(err, errno, "cannot be opened");
	return NULL;
}

static struct dump *open_file(const char *path, struct slice name, struct error **err)
{
	CLEANUP(file_release) struct file_bytes bytes = { 0 };
	if (file_map(AT_FDCWD, path, false, &bytes, err) < 0)
		return NULL;
	return dump_of_bytes(&bytes, name, err);
}

/* The dump at an absolute path. */
static struct dump *open_absolute(const char *path, struct error **err)
{
	struct stat status;
	if (stat(path, &status) < 0) {
		error_set_errno(err, errno, "cannot be opened");
		return NULL;
	}
	bool folder = S_ISDIR(status.st_mode);
	struct slice name = base_name(slice_of(path));
	CLEANUP(dump_freep) struct dump *dump = folder ? open_folder(path, err) : open_file(path, name, err);
	if (!dump)
		return NULL;
	if (arena_copy(&dump->arena, folder ? name : without_endings(name), &dump->name) < 0 ||
	    arena_copy(&dump->arena, slice_of(path), &dump->address) < 0) {
		arena_fail(&dump->arena, err);
		return NULL;
	}
	return TAKE_PTR(dump);
}

static struct dump *open_path(const char *path, struct error **err)
{
	char absolute[PATH_MAX];
	if (realpath(path, absolute))
		return open_absolute(absolute, err);
	error_set_errno(err, errno, "cannot be opened");
	return NULL;
}

int dump_open(const char *path, struct dump **ret_dump, struct error **err)
{
	bool from_stdin = strcmp(path, "-") == 0;
	CLEANUP(dump_freep) struct dump *dump = from_stdin ? open_stdin(err) : open_path(path, err);
	if (!dump)
		return error_context(err, "%s", from_stdin ? "standard input" : path);
	if (from_stdin) {
		dump->address = SLICE("-");
		dump->name = SLICE("stdin");
	}
	if (runs_find(dump, err) < 0 || dump_lay_out(dump, err) < 0 || runs_lay_out(dump, err) < 0)
		return -1;
	*ret_dump = TAKE_PTR(dump);
	return 0;
}
