/* A run of `fother collect` from hostile hands: its files stand in the input one after the other, with a line of dashes
 * between. Whatever they say, reading ends, each record has its whole identity, and what is of an object of the run is
 * of no other.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/secret.h"
#include "collect/snapshot/cluster_read.h"
#include "collect/snapshot/dump_internal.h"
#include "collect/snapshot/runs.h"
#include "model/observed.h"

#define BETWEEN "\n---\n"

static const char *const names[] = { "run/manifest.json", "run/Secret.json", "run/Pod.json", "run/version.json" };
#define FILES (sizeof names / sizeof names[0])

struct parts_dump {
	struct dump dump; /* first */
	struct slice parts[FILES];
};

static int each(struct dump *dump, dump_wants wants, dump_visit visit, void *data, struct error **err)
{
	struct parts_dump *parts = (struct parts_dump *)dump;
	for (size_t i = 0; i < dump->files.len; i++) {
		const struct dump_file *file = &dump->files.items[i];
		CLEANUP(file_release) struct file_bytes bytes = { 0 };
		if (!wants(data, file))
			continue;
		if (file_append(&bytes, parts->parts[i].data, parts->parts[i].len, LIMIT_MIB, err) < 0 ||
		    visit(data, file, dump_wants_bytes(file) ? &bytes : NULL, err) < 0)
			return -1;
	}
	return 0;
}

static void close_nothing(struct dump *dump)
{
	(void)dump;
}

static const struct dump_ops parts_ops = { .each = each, .close = close_nothing };

static struct dump *open_parts(struct slice rest, struct error **err)
{
	struct parts_dump *parts = dump_new(sizeof *parts, &parts_ops, err);
	for (size_t i = 0; i < FILES && rest.data; i++) {
		const char *end = memmem(rest.data, rest.len, BETWEEN, sizeof BETWEEN - 1);
		size_t len = end ? (size_t)(end - rest.data) : rest.len;
		struct slice part = slice_part(rest, 0, len);
		rest = end ? slice_part(rest, len + sizeof BETWEEN - 1, rest.len) : SLICE_NONE;
		enum content content = content_of(slice_of(names[i]), slice_part(part, 0, CONTENT_START_BYTES));
		parts->parts[i] = part;
		if (!dump_add(&parts->dump, slice_of(names[i]), content, err))
			abort();
	}
	parts->dump.address = SLICE("/fuzz");
	parts->dump.name = SLICE("fuzz");
	return &parts->dump;
}

static int begin(struct sink *sink, const struct sink_scope *scope, int64_t *ret_read, struct error **err)
{
	(void)sink;
	(void)err;
	if (!scope->cluster_name.data)
		abort();
	if (scope->once && scope->as_of == TIME_UNSET)
		abort();
	*ret_read = 1;
	return 0;
}

static int put(struct sink *sink, int64_t read, const struct record_type *type, const void *record, struct error **err)
{
	(void)sink;
	(void)read;
	(void)err;
	for (size_t i = 0; i < type->field_count; i++) {
		const struct field *field = &type->fields[i];
		bool is_key = (field->flags & FIELD_KEY) && !(field->flags & FIELD_CLUSTER);
		if (is_key && field->type == FIELD_TEXT && !field_text(field, record).data)
			abort();
		if (field->type == FIELD_BOOL &&
		    (field_bool(field, record) < BOOL_UNKNOWN || field_bool(field, record) > BOOL_TRUE))
			abort();
	}
	return 0;
}

static int finish(struct sink *sink, int64_t read, const struct sink_end *end, struct error **err)
{
	(void)sink;
	(void)read;
	(void)err;
	if (!end->outcome.data || end->objects < 0 || end->defects < 0 || end->as_of == TIME_UNSET)
		abort();
	return 0;
}

static int visit(void *data, const struct dump_file *file, struct file_bytes *bytes, struct error **err)
{
	void **both = data;
	return cluster_read_file(both[0], both[1], file, bytes, err);
}

static void read_cluster(struct dump *dump, const struct dump_cluster *cluster, const struct fingerprint_key *key)
{
	static const struct sink_ops ops = { .begin = begin, .put = put, .finish = finish };
	struct sink sink = { &ops };
	struct snapshot_options options = { .path = "fuzz", .as_of = TIME_UNSET, .key = key };
	struct cluster_known known = { .as_of = TIME_UNSET };
	struct cluster_read read;
	struct error *err = NULL;
	void *both[] = { &read, dump };
	if (cluster_read_begin(&read, &options, &sink, dump, cluster, &known, &err) < 0 ||
	    dump_each(dump, visit, both, &err) < 0 || cluster_read_finish(&read, dump, 0, &err) < 0)
		abort();
	cluster_read_release(&read);
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
	CLEANUP(error_freep) struct error *err = NULL;
	CLEANUP(dump_freep) struct dump *dump = open_parts((struct slice){ (const char *)data, size }, &err);
	if (runs_find(dump, &err) < 0 || dump_lay_out(dump, &err) < 0 || runs_lay_out(dump, &err) < 0)
		return 0;
	for (size_t i = 0; i < dump->clusters.len; i++)
		if (dump->clusters.items[i].run)
			read_cluster(dump, &dump->clusters.items[i], fuzz_key());
	return 0;
}
