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
