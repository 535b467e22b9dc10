#include "fixture.h"

#include <archive.h>
#include <archive_entry.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/map.h"
#include "model/observed.h"

/* Made up, and the same in every test. */
const struct fingerprint_key *reading_key(void)
{
	static struct fingerprint_key key;
	struct error *err = NULL;
	if (!secret_is_set(&key.key)) {
		check_ok(secret_copy(&key.key, SLICE("example key of thirty-two bytes."), &err), &err);
		memcpy(key.id, "0123abcd", sizeof key.id);
	}
	return &key;
}

void reading_init(struct reading *reading, const char *path)
{
	*reading = (struct reading){ .options = { .path = path, .as_of = TIME_UNSET, .key = reading_key() } };
	sink_memory_init(&reading->memory);
}

void read_dump(struct reading *reading)
{
	reading->err = error_free(reading->err);
	reading->status = snapshot_read(&reading->options, &reading->memory.sink, &reading->result, &reading->err);
}

void read_scratch(struct reading *reading, const struct scratch *scratch, const char *name)
{
	CLEANUP(mem_freep) char *path = NULL;
	const char *full = scratch_path(scratch, name);
	path = mem_copy_text(full, strlen(full));
	reading_init(reading, path);
	read_dump(reading);
	check_ok(reading->status, &reading->err);
}

void reading_release(struct reading *reading)
{
	sink_memory_release(&reading->memory);
	reading->err = error_free(reading->err);
}

size_t count_of(const struct reading *reading, const struct record_type *type)
{
	size_t count = 0;
	for (size_t i = 0; i < reading->memory.record_count; i++)
		count += reading->memory.records[i].type == type;
	return count;
}

size_t pod_count(const struct reading *reading)
{
	CLEANUP(map_release) struct map uids = { 0 };
	for (size_t i = 0; i < reading->memory.record_count; i++) {
		const struct memory_record *kept = &reading->memory.records[i];
		if (kept->type == &pod_type)
			assert_non_null(map_put(&uids, ((const struct pod *)kept->record)->uid));
	}
	return uids.len;
}

bool has_pod(const struct reading *reading, const char *name)
{
	for (size_t i = 0; i < reading->memory.record_count; i++) {
		const struct memory_record *kept = &reading->memory.records[i];
		if (kept->type == &pod_type && slice_equal_text(((const struct pod *)kept->record)->name, name))
			return true;
	}
	return false;
}

const struct defect *file_defect_of(const struct reading *reading, const char *file, const char *code)
{
	for (size_t i = 0; i < reading->memory.record_count; i++) {
		const struct memory_record *kept = &reading->memory.records[i];
		const struct defect *defect = kept->record;
		if (kept->type == &defect_type && slice_equal_text(defect->object_kind, "File") &&
		    slice_equal_text(defect->object, file) && (!code || slice_equal_text(defect->code, code)))
			return defect;
	}
	return NULL;
}

const struct memory_read *read_named(const struct reading *reading, const char *cluster)
{
	for (size_t i = 0; i < reading->memory.read_count; i++)
		if (slice_equal_text(reading->memory.reads[i].scope.cluster_name, cluster))
			return &reading->memory.reads[i];
	return NULL;
}

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
