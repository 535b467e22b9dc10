/* The files of a dump, wherever they lie: a folder, an archive, or one stream of documents.
 *
 *     struct dump *dump;
 *     dump_open("build/demo", &dump, err);       // lists the files, tells what they are, finds the clusters
 *     dump_each(dump, visit, data, err);         // their bytes, one file after the other; as often as wanted
 *     dump_each_of(dump, wants, visit, data, err); // only some of them
 *     dump = dump_free(dump);
 *
 * Only regular files count. Links are never followed, but for the dump's own path, and archives in a dump are not
 * opened: both are told like files that cannot be read. Layouts and archives of images (of these only in a folder, not
 * in an archive of their own) and frozen registries stand apart: `images`. Hidden files and folders are not ours. An
 * archive is unpacked twice, and once more for each run of `fother collect` in it, one file at a time in memory, and
 * never to disk.
 */
#ifndef FOTHER_COLLECT_SNAPSHOT_DUMP_H
#define FOTHER_COLLECT_SNAPSHOT_DUMP_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/file.h"
#include "base/vec.h"
#include "collect/snapshot/content.h"

#define DUMP_NO_CLUSTER ((size_t)-1)

struct frozen_run;

struct dump_file {
	struct slice path; /* in the dump, with '/' between, NUL-terminated */
	enum content content;
	const char *code; /* UNREADABLE: defect code */
	struct slice why; /* UNREADABLE, OTHER: why it is not read */
	bool in_run;      /* of a run of `fother collect`, which is its cluster */
	size_t cluster;   /* index, or DUMP_NO_CLUSTER */
	size_t ordinal;   /* place in the archive */
};

struct dump_cluster {
	struct slice name;   /* of its folder, or of the dump */
	struct slice folder; /* path in the dump, empty for the top */
	/* A run of `fother collect`: runs.h. NULL: a dump of kubectl's. */
	struct frozen_run *run;
};

/* A layout or archive of images, or a frozen registry, in a dump. Its files are not in the list of files. */
enum dump_images_kind {
	DUMP_LAYOUT,          /* a folder, or a folder of an archive */
	DUMP_IMAGE_ARCHIVE,   /* a file that seems to be one; that it is shows when it is opened */
	DUMP_FROZEN_REGISTRY, /* a run of `fother collect --read-registry` */
};
struct dump_images {
	struct slice path; /* in the dump; empty: the dump itself */
	enum dump_images_kind kind;
};

struct image_layout;
struct dump;

/* Called for each file of the list, in its order; bytes are NULL unless the content is a document or an error text.
 * 0, or -1 to stop. May give bytes back with file_done_until only when dump->bytes_are_spare. */
typedef int (*dump_visit)(void *data, const struct dump_file *file, struct file_bytes *bytes, struct error **err);

/* Whether the file is to be visited; data as the visit gets it. */
typedef bool (*dump_wants)(const void *data, const struct dump_file *file);

struct dump_ops {
	int (*each)(struct dump *dump, dump_wants wants, dump_visit visit, void *data, struct error **err);
	/* 1; 0: it is no such thing, or cannot be read: *ret_why, in the dump's arena; -1. */
	int (*open_images)(struct dump *dump, const struct dump_images *images, struct image_layout **ret_layout,
			   struct slice *ret_why, struct error **err);
	void (*close)(struct dump *dump); /* frees the whole dump's own parts, not the struct */
};

struct dump {
	const struct dump_ops *ops;
	struct arena arena;   /* paths and texts */
	struct slice address; /* absolute path, or "-" */
	struct slice name;    /* base name without the endings of archives */
	bool bytes_are_spare; /* bytes given back can be had again for another pass */
	struct {
		VEC(struct dump_file)
	} files;
	struct {
		VEC(struct dump_cluster)
	} clusters; /* kubectl's first, then runs in the order of their times */
	struct {
		VEC(struct frozen_run *)
	} runs;
	struct {
		VEC(struct dump_images)
	} images;
	const char *damage_code; /* NULL, or: the list is not complete, because ... */
	struct slice damage;
};

/* -1 when it cannot be opened, or is larger than limits.h allows. An empty list is no failure. */
int dump_open(const char *path, struct dump **ret_dump, struct error **err);
struct dump *dump_free(struct dump *dump);
void dump_freep(struct dump **dump);

static inline int dump_each_of(struct dump *dump, dump_wants wants, dump_visit visit, void *data, struct error **err)
{
	return dump->ops->each(dump, wants, visit, data, err);
}

static inline bool dump_wants_all(const void *data, const struct dump_file *file)
{
	(void)data;
	(void)file;
	return true;
}

/* See open_images of struct dump_ops. */
static inline int dump_open_images(struct dump *dump, const struct dump_images *images,
				   struct image_layout **ret_layout, struct slice *ret_why, struct error **err)
{
	return dump->ops->open_images(dump, images, ret_layout, ret_why, err);
}

/* "images/web.tar.gz" is "web"; of the dump itself its own name. */
struct slice dump_images_name(const struct dump *dump, const struct dump_images *images);

static inline int dump_each(struct dump *dump, dump_visit visit, void *data, struct error **err)
{
	return dump_each_of(dump, dump_wants_all, visit, data, err);
}

#endif
