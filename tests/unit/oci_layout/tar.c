#include "oci_layout/tar.h"

#include <archive.h>
#include <archive_entry.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "support/check.h"

static void tar_add(struct archive *a, const struct tar_file *file)
{
	struct archive_entry *entry = archive_entry_new();
	archive_entry_set_pathname(entry, file->name);
	archive_entry_set_filetype(entry, file->symlink_to ? AE_IFLNK : AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)file->bytes.len);
	if (file->symlink_to)
		archive_entry_set_symlink(entry, file->symlink_to);
	if (file->hardlink_to)
		archive_entry_set_hardlink(entry, file->hardlink_to);
	assert_true(archive_write_header(a, entry) >= ARCHIVE_WARN); /* names of any bytes make it warn */
	if (file->bytes.len)
		assert_int_equal(archive_write_data(a, file->bytes.data, file->bytes.len), file->bytes.len);
	archive_entry_free(entry);
}

struct tar_bytes tar_make(const struct tar_file *files, size_t count, int filter)
{
	size_t room = 64 * LIMIT_KIB, used = 0;
	for (size_t i = 0; i < count; i++)
		room += files[i].bytes.len + 4 * LIMIT_KIB;
	struct tar_bytes tar = { .data = mem_alloc(room) };
	assert_non_null(tar.data);
	struct archive *a = archive_write_new();
	archive_write_set_format_pax_restricted(a);
	archive_write_set_bytes_in_last_block(a, 1);
	assert_true(archive_write_add_filter(a, filter) >= ARCHIVE_WARN);
	assert_int_equal(archive_write_open_memory(a, tar.data, room, &used), ARCHIVE_OK);
	for (size_t i = 0; i < count; i++)
		tar_add(a, &files[i]);
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
	tar.len = used;
	return tar;
}

void tar_release(struct tar_bytes *tar)
{
	tar->data = mem_free(tar->data);
}

struct slice tar_slice(const struct tar_bytes *tar)
{
	return (struct slice){ tar->data, tar->len };
}
