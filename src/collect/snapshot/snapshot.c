#include "collect/snapshot/snapshot.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/time.h"
#include "base/utf8.h"
#include "collect/snapshot/cluster_read.h"
#include "collect/snapshot/dump.h"
#include "collect/snapshot/images_read.h"
#include "collect/snapshot/runs.h"

#define HOW_TO_DUMP                                                                                                    \
	"a dump is what `kubectl get KIND -A -o json --show-managed-fields` prints, one file for each kind, "          \
	"one folder for each cluster"

#define TOLD_BY_NAME 3
#define NAMES_BYTES (16 * LIMIT_KIB)

/* One reading of the whole dump: the clusters of kubectl's dumps side by side, as an archive may mix their files. */
struct pass {
	const struct snapshot_options *options;
	struct sink *sink;
	struct dump *dump;
	struct cluster_read *reads; /* one for each cluster of the dump */
	size_t first, end;          /* those that are being read */
	struct images_result images;
	int64_t now;
};

static void pass_release(struct pass *pass)
{
	for (size_t i = 0; pass->reads && i < pass->dump->clusters.len; i++)
		cluster_read_release(&pass->reads[i]);
	pass->reads = mem_free(pass->reads);
}

static int visit(void *data, const struct dump_file *file, struct file_bytes *bytes, struct error **err)
{
	struct pass *pass = data;
	return cluster_read_file(&pass->reads[file->cluster], pass->dump, file, bytes, err);
}

static bool is_under_way(const void *data, const struct dump_file *file)
{
	const struct pass *pass = data;
	return file->cluster >= pass->first && file->cluster < pass->end;
}

/* The clusters from `first` to before `end`, side by side. 0, SINK_AGAIN when some read is to be filed anew, or -1. */
static int read_side_by_side(struct pass *pass, const struct cluster_known *known, size_t first, size_t end,
			     struct error **err)
{
	int result = 0;
	pass->first = first;
	pass->end = end;
	for (size_t i = first; i < end; i++)
		if (cluster_read_begin(&pass->reads[i], pass->options, pass->sink, pass->dump,
				       &pass->dump->clusters.items[i], &known[i], err) < 0)
			return -1;
	if (first < end && dump_each_of(pass->dump, is_under_way, visit, pass, err) < 0)
		return -1;
	for (size_t i = first; i < end && result == 0; i++)
		result = cluster_read_finish(&pass->reads[i], pass->dump, pass->now, err);
	return result;
}

/* Runs of `fother collect` one after the other, the older first: the next may be of the same cluster. */
static int pass_read(struct pass *pass, const struct cluster_known *known, struct error **err)
{
	size_t count = pass->dump->clusters.len, runs = pass->dump->runs.len;
	pass->reads = mem_alloc_zeroed(count, sizeof *pass->reads);
	if (!pass->reads)
		return error_no_memory(err);
	int result = read_side_by_side(pass, known, 0, count - runs, err);
	for (size_t i = count - runs; i < count && result == 0; i++)
		result = read_side_by_side(pass, known, i, i + 1, err);
	return result;
}

static int64_t newest_of_clusters(const struct pass *pass)
{
	int64_t newest = TIME_UNSET;
	for (size_t i = 0; i < pass->dump->clusters.len; i++) {
		int64_t as_of = cluster_read_as_of(&pass->reads[i], pass->now);
		newest = as_of > newest ? as_of : newest;
	}
	return newest;
}

/* After the clusters: images beside them are of their time. */
static int pass_read_images(struct pass *pass, struct error **err)
{
	int64_t given = pass->options->as_of, newest = newest_of_clusters(pass);
	struct images_time time = { pass->now, SLICE("clock") };
	if (given != TIME_UNSET)
		time = (struct images_time){ given, SLICE("given") };
	else if (newest != TIME_UNSET)
		time = (struct images_time){ newest, SLICE("metadata") };
	return images_read_all(pass->options, pass->sink, pass->dump, &time, &pass->images, err);
}

/* What the next pass may tell the sink from its start. */
static int learn(const struct pass *pass, struct cluster_known *known, struct error **err)
{
	for (size_t i = 0; i < pass->dump->clusters.len; i++) {
		known[i].as_of = cluster_read_as_of(&pass->reads[i], pass->now);
		if (arena_copy(&pass->dump->arena, pass->reads[i].context.cluster_uid, &known[i].uid) < 0)
			return arena_fail(&pass->dump->arena, err);
	}
	return 0;
}

/* Names of what was there in the place of objects. */
static void add_names(struct strbuf *names, const struct dump *dump)
{
	size_t count = 0;
	for (size_t i = 0; i < dump->files.len; i++) {
		if (dump->files.items[i].content == CONTENT_OTHER || count++ >= TOLD_BY_NAME)
			continue;
		if (names->len)
			strbuf_add_text(names, ", ");
		utf8_add_printable(names, dump->files.items[i].path);
	}
	if (count > TOLD_BY_NAME)
		strbuf_addf(names, " and %zu more", count - TOLD_BY_NAME);
}

static int nothing_read(const struct pass *pass, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf names = STRBUF_INIT(NAMES_BYTES);
	for (size_t i = 0; i < pass->dump->clusters.len; i++)
		if (pass->reads[i].reasons)
			return error_set(err, ERROR_SYNTAX, "nothing in it could be read (%s); " HOW_TO_DUMP,
					 strbuf_text(&pass->reads[i].why));
	if (pass->images.why.data)
		return error_set(err, ERROR_SYNTAX, "nothing in it could be read (%.*s)", SLICE_ARG(pass->images.why));
	add_names(&names, pass->dump);
	if (strbuf_failed(&names, err))
		return -1;
	return error_set(err, ERROR_SYNTAX, "holds no Kubernetes object, only %s; " HOW_TO_DUMP, strbuf_text(&names));
}

/* A dump of which nothing came out is no answer to anything: what to do instead is. */
static int check_something_read(const struct pass *pass, struct error **err)
{
	for (size_t i = 0; i < pass->dump->clusters.len; i++)
		if (cluster_read_found_something(&pass->reads[i]))
			return 0;
	return pass->images.any ? 0 : nothing_read(pass, err);
}

static void sum_up(const struct pass *pass, struct snapshot_result *ret_result)
{
	struct snapshot_result sum = { .clusters = pass->dump->clusters.len,
				       .images = pass->images.sources,
				       .manifests = pass->images.manifests,
				       .defects = pass->images.defects,
				       .newest_as_of = pass->images.newest_as_of };
	for (size_t i = 0; i < sum.clusters; i++) {
		const struct cluster_read *read = &pass->reads[i];
		int64_t as_of = cluster_read_as_of(read, pass->now);
		sum.files += read->files;
		sum.objects += read->context.objects;
		sum.defects += read->context.defects;
		sum.newest_as_of = as_of > sum.newest_as_of ? as_of : sum.newest_as_of;
	}
	for (size_t i = 0; i < pass->dump->files.len; i++)
		sum.ignored += pass->dump->files.items[i].content == CONTENT_OTHER;
	*ret_result = sum;
}

/* One pass to its end, but for the commit. `known` is read, and learnt into when the answer is SINK_AGAIN. */
static int read_once(const struct snapshot_options *options, struct sink *sink, struct dump *dump, int64_t now,
		     struct cluster_known *known, struct snapshot_result *ret_result, struct error **err)
{
	CLEANUP(pass_release) struct pass pass = { .options = options, .sink = sink, .dump = dump, .now = now };
	int result = pass_read(&pass, known, err);
	if (result == SINK_AGAIN && learn(&pass, known, err) < 0)
		return -1;
	if (result == 0 && (pass_read_images(&pass, err) < 0 || check_something_read(&pass, err) < 0))
		return -1;
	if (result == 0)
		sum_up(&pass, ret_result);
	return result;
}

static int read_dump(const struct snapshot_options *options, struct sink *sink, struct dump *dump,
		     struct cluster_known *known, struct snapshot_result *ret_result, struct error **err)
{
	int64_t now = time_now();
	int result = read_once(options, sink, dump, now, known, ret_result, err);
	if (result == SINK_AGAIN) {
		sink->ops->rollback(sink);
		result = read_once(options, sink, dump, now, known, ret_result, err);
	}
	if (result == 0)
		return sink->ops->commit(sink, err);
	sink->ops->rollback(sink);
	return result < 0 ? -1 : error_set(err, ERROR_STORE, "asked to read it a third time");
}

static int check_has_files(const struct dump *dump, struct error **err)
{
	if (dump->clusters.len || dump->images.len)
		return 0;
	if (dump->damage_code)
		return error_set(err, ERROR_SYNTAX, "nothing in it could be read: %.*s", SLICE_ARG(dump->damage));
	return error_set(err, ERROR_USAGE, "holds no JSON or YAML; " HOW_TO_DUMP);
}

int snapshot_read(const struct snapshot_options *options, struct sink *sink, struct snapshot_result *ret_result,
		  struct error **err)
{
	CLEANUP(dump_freep) struct dump *dump = NULL;
	if (dump_open(options->path, &dump, err) < 0)
		return -1;
	if (check_has_files(dump, err) < 0 || runs_check_key(dump, options->key, err) < 0)
		return error_context(err, "%s", options->path);
	CLEANUP(mem_freep) struct cluster_known *known = mem_alloc_zeroed(dump->clusters.len, sizeof *known);
	if (!known)
		return error_no_memory(err);
	for (size_t i = 0; i < dump->clusters.len; i++)
		known[i].as_of = TIME_UNSET;
	if (read_dump(options, sink, dump, known, ret_result, err) < 0)
		return error_context(err, "%s", options->path);
	return 0;
}
