/* Archives made of a few lines. */
#ifndef FOTHER_TESTS_UNIT_OCI_LAYOUT_TAR_H
#define FOTHER_TESTS_UNIT_OCI_LAYOUT_TAR_H

#include "base/slice.h"

/* A tar of the files, in order, through libarchive. Filter: ARCHIVE_FILTER_NONE, _GZIP, ... */
struct tar_file {
	const char *name;
	struct slice bytes;
	const char *symlink_to; /* not NULL: a symbolic link */
	const char *hardlink_to;
};
struct tar_bytes {
	char *data;
	size_t len;
};
struct tar_bytes tar_make(const struct tar_file *files, size_t count, int filter);
void tar_release(struct tar_bytes *tar);
struct slice tar_slice(const struct tar_bytes *tar);

#endif
