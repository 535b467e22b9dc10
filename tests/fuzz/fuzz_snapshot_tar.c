/* Archives of dumps: whatever the bytes are, the list of files is sound, a second walk gives what the first gave, and
 * every document in it goes through the readers and kube/object into a sink.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/secret.h"
#include "collect/snapshot/documents.h"
#include "collect/snapshot/dump_internal.h"
#include "collect/snapshot/runs.h"
#include "model/sink_memory.h"

struct walk {
	struct object_context *context; /* NULL: only counted */
	size_t files, bytes;
};

static int visit(void *data, const struct dump_file *file, struct file_bytes *bytes, struct error **err)
{
	struct walk *walk = data;
	struct documents_broken broken;
	walk->files++;
	walk->bytes += bytes ? bytes->len : 0;
	if (!walk->context || !bytes)
		return 0;
	walk->context->file = file->path;
	return documents_read(file_slice(bytes), file->content, walk->context, &broken, err);
}

static void check_path(struct slice path)
{
	struct slice part, rest = path;
	if (!path.len || path.len > 4096)
		abort();
	while (rest.data) {
		slice_cut(rest, '/', &part, &rest);
		if (!part.len || slice_equal_text(part, ".") || slice_equal_text(part, ".."))
			abort();
	}
}

static void check_list(const struct dump *dump)
{
	for (size_t i = 0; i < dump->files.len; i++) {
		const struct dump_file *file = &dump->files.items[i];
		check_path(file->path);
		if (file->cluster != DUMP_NO_CLUSTER && file->cluster >= dump->clusters.len)
			abort();
		if (file->content != CONTENT_OTHER && file->cluster == DUMP_NO_CLUSTER)
			abort();
	}
}

static void read_into_sink(struct dump *dump, const struct fingerprint_key *key)
{
	struct sink_memory memory;
	struct object_context context;
	struct error *err = NULL;
	struct sink_scope scope = { .source = SLICE("fuzz"), .cluster_name = SLICE("fuzz"), .as_of = TIME_UNSET };
	int64_t read;
	sink_memory_init(&memory);
	if (memory.sink.ops->begin(&memory.sink, &scope, &read, &err) < 0 ||
	    object_context_init(&context, &memory.sink, read, key, &err) < 0)
		abort();
	struct walk first = { .context = &context }, second = { 0 };
	if (dump_each(dump, visit, &first, &err) == 0 && dump_each(dump, visit, &second, &err) == 0 &&
	    (first.files != second.files || first.bytes != second.bytes))
		abort();
	error_free(err);
	object_context_release(&context);
	sink_memory_release(&memory);
}

static const struct fingerprint_key *fuzz_key(void)
{
	static struct fingerprint_key key = { .id = "0123abcd" };
	struct error *err = NULL;
	if (!secret_is_set(&key.key) && (secret_start_process(&err) < 0 ||
					 secret_copy(&key.key, SLICE("example key of thirty-two bytes."), &err) < 0))
		abort();
	return &key;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(file_release) struct file_bytes bytes = { 0 };
	CLEANUP(error_freep) struct error *err = NULL;
	if (file_append(&bytes, data, size, LIMIT_MIB, &err) < 0)
		return 0;
	CLEANUP(dump_freep) struct dump *dump = dump_of_archive(&bytes, SLICE("fuzz.tar"), &err);
	if (!dump || runs_find(dump, &err) < 0 || dump_lay_out(dump, &err) < 0 || runs_lay_out(dump, &err) < 0)
		return 0;
	dump->address = SLICE("fuzz.tar");
	check_list(dump);
	read_into_sink(dump, fuzz_key());
	return 0;
}
