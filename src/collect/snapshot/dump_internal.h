/* The three kinds of dumps, for dump.c; and what they share. */
#ifndef FOTHER_COLLECT_SNAPSHOT_DUMP_INTERNAL_H
#define FOTHER_COLLECT_SNAPSHOT_DUMP_INTERNAL_H

#include "collect/snapshot/dump.h"

/* Each lists its files into a new dump. The folder takes the descriptor, the others the bytes (and empty theirs). */
struct dump *dump_of_folder(int folder, struct error **err);
struct dump *dump_of_archive(struct file_bytes *bytes, struct slice name, struct error **err);
struct dump *dump_of_stream(struct file_bytes *bytes, struct slice name, struct error **err);

/* A zeroed dump of `size` bytes whose first member is a struct dump, or NULL. */
void *dump_new(size_t size, const struct dump_ops *ops, struct error **err);
/* One more file, its path copied; NULL when there are too many or memory is out. */
struct dump_file *dump_add(struct dump *dump, struct slice path, enum content content, struct error **err);
int dump_add_unreadable(struct dump *dump, struct slice path, const char *code, const char *why, struct error **err);
int dump_add_other(struct dump *dump, struct slice path, const char *why, struct error **err);
/* What is not opened although it may well hold objects: told like a file that cannot be read. */
int dump_add_archive(struct dump *dump, struct slice path, struct error **err);
int dump_add_link(struct dump *dump, struct slice path, struct error **err);
/* path is copied. */
int dump_add_images(struct dump *dump, struct slice path, enum dump_images_kind kind, struct error **err);
/* What a file of that name with these first bytes says of its folder: whether it is a layout or a frozen registry. */
bool dump_marks_images(struct slice name, struct slice start, enum dump_images_kind *ret_kind);
/* For archives: what lies in folders of images is no file of the dump, and of images in images only the outer ones are
 * some. */
int dump_drop_files_of_images(struct dump *dump, struct error **err);
/* The files that are kept of a frozen registry in an archive. */
struct slice_list dump_frozen_registry_files(void);
bool dump_wants_bytes(const struct dump_file *file);
bool dump_name_is_hidden(struct slice name);

/* Finds the clusters and gives each file its own. */
int dump_lay_out(struct dump *dump, struct error **err);

#endif
