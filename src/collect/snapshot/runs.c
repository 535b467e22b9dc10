#include "collect/snapshot/runs.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "base/time.h"
#include "collect/frozen/frozen_manifest.h"

#define INTERRUPTED "the run was interrupted: it has no manifest"

/* --- which folders --- */
static struct slice folder_of(struct slice path)
{
	struct slice folder, name;
	return slice_cut_last(path, '/', &folder, &name) ? folder : SLICE("");
}

struct slice run_file_name(const struct frozen_run *run, struct slice path)
{
	return slice_part(path, run->folder.len ? run->folder.len + 1 : 0, path.len);
}

static bool is_manifest(const struct dump_file *file)
{
	struct slice folder = folder_of(file->path);
	struct slice name = slice_part(file->path, folder.len ? folder.len + 1 : 0, file->path.len);
	return file->content == CONTENT_MANIFEST && slice_equal_text(name, FROZEN_MANIFEST_NAME);
}

static int add_run(struct dump *dump, struct map *runs, struct slice folder, struct error **err)
{
	void **place = map_put(runs, folder);
	if (!place)
		return error_no_memory(err);
	if (*place)
		return 0;
	struct frozen_run *run = arena_zeroed(&dump->arena, 1, sizeof *run);
	if (!run)
		return arena_fail(&dump->arena, err);
	struct frozen_run **kept = vec_push(&dump->runs);
	if (!kept)
		return error_no_memory(err);
	*kept = run;
	*place = (void *)(uintptr_t)dump->runs.len;
	run->folder = folder;
	record_init(&frozen_manifest_type, &run->manifest);
	return 0;
}

/* The innermost run that the path lies in, + 1; 0: none. */
static size_t enclosing_run(const struct map *runs, struct slice path)
{
	struct slice folder = path;
	while (folder.len) {
		folder = folder_of(folder);
		size_t run = (uintptr_t)map_get(runs, folder);
		if (run)
			return run;
	}
	return 0;
}

/* Until the layout is made, `cluster` of a file in a run is the run's index. */
static int find_folders(struct dump *dump, struct map *runs, struct error **err)
{
	for (size_t i = 0; i < dump->files.len; i++) {
		const struct dump_file *file = &dump->files.items[i];
		bool marks = is_manifest(file) || file->content == CONTENT_FROZEN;
		if (marks && add_run(dump, runs, folder_of(file->path), err) < 0)
			return -1;
	}
	for (size_t i = 0; i < dump->files.len && dump->runs.len; i++) {
		struct dump_file *file = &dump->files.items[i];
		size_t run = enclosing_run(runs, file->path);
		file->in_run = run > 0;
		if (run)
			file->cluster = run - 1;
	}
	return 0;
}

static struct frozen_run *run_of(const struct dump *dump, const struct dump_file *file)
{
	return dump->runs.items[file->cluster];
}

/* --- what their manifests say --- */
static bool wants_manifest(const void *data, const struct dump_file *file)
{
	(void)data;
	return file->in_run && is_manifest(file);
}

static int keep_damage(struct dump *dump, struct frozen_run *run, const char *code, struct slice why,
		       struct error **err)
{
	run->damage_code = code;
	return arena_copy(&dump->arena, why, &run->damage) < 0 ? arena_fail(&dump->arena, err) : 0;
}

static int visit_manifest(void *data, const struct dump_file *file, struct file_bytes *bytes, struct error **err)
{
	struct dump *dump = data;
	struct frozen_run *run = run_of(dump, file);
	CLEANUP(error_freep) struct error *why = NULL;
	if (run->whole || run->damage_code)
		return 0; /* a tar that has it twice */
	if (!bytes)
		return keep_damage(dump, run, file->code, file->why, err);
	if (frozen_manifest_read(file_slice(bytes), &dump->arena, &run->manifest, &why) == 0) {
		run->whole = true;
		run->as_of_from = SLICE("manifest");
		return 0;
	}
	if (error_is_of_input(why))
		return keep_damage(dump, run, "bad_manifest", slice_of(why->message), err);
	error_move(err, &why);
	return error_context(err, "%.*s", SLICE_ARG(file->path));
}

/* --- what lists without a manifest say --- */
static bool wants_head(const void *data, const struct dump_file *file)
{
	return file->in_run && file->content == CONTENT_FROZEN && !run_of(data, file)->whole;
}

static bool is_of_run(const struct frozen_run *run, const struct frozen_head *head)
{
	const struct frozen_manifest *manifest = &run->manifest;
	return !manifest->cluster.data ||
	       (slice_equal(manifest->cluster, head->cluster) && slice_equal(manifest->server, head->server) &&
		slice_equal(manifest->key_id, head->key_id) && manifest->as_of == head->as_of);
}

static void take_facts(struct frozen_run *run, const struct frozen_head *head)
{
	run->manifest.tool = head->tool;
	run->manifest.cluster = head->cluster;
	run->manifest.server = head->server;
	run->manifest.key_id = head->key_id;
	run->manifest.as_of = head->as_of;
	run->as_of_from = SLICE("manifest");
}

static int add_list(struct dump *dump, struct frozen_run *run, const struct frozen_head *head, struct slice name,
		    struct error **err)
{
	struct record_list *lists = &run->manifest.lists;
	void *grown = arena_grow(&dump->arena, lists->items, lists->len, &run->list_capacity,
				 sizeof(struct frozen_list_row));
	if (!grown)
		return arena_fail(&dump->arena, err);
	lists->items = grown;
	struct frozen_list_row *row = (struct frozen_list_row *)grown + lists->len++;
	record_init(&frozen_list_row_type, row);
	row->kind = head->kind;
	row->group = head->group;
	row->version = head->version;
	row->resource = head->resource;
	row->namespace = head->namespace;
	row->subtype = head->subtype;
	row->metadata_only = head->metadata_only;
	row->outcome = SLICE("interrupted");
	row->why = SLICE(INTERRUPTED);
	row->file = name;
	return 0;
}

/* A list whose head cannot be read is told later, as a file that no manifest names. */
static int visit_head(void *data, const struct dump_file *file, struct file_bytes *bytes, struct error **err)
{
	struct dump *dump = data;
	struct frozen_run *run = run_of(dump, file);
	struct frozen_head head;
	CLEANUP(error_freep) struct error *why = NULL;
	if (!bytes)
		return 0;
	if (frozen_head_read(file_slice(bytes), &dump->arena, &head, &why) < 0) {
		if (error_is_of_input(why))
			return 0;
		error_move(err, &why);
		return error_context(err, "%.*s", SLICE_ARG(file->path));
	}
	if (!is_of_run(run, &head))
		return 0;
	take_facts(run, &head);
	return add_list(dump, run, &head, run_file_name(run, file->path), err);
}

/* What nothing says. */
static void complete_facts(const struct dump *dump, struct frozen_run *run)
{
	struct frozen_manifest *manifest = &run->manifest;
	if (run->whole)
		return;
	manifest->outcome = SLICE("interrupted");
	manifest->why = SLICE(INTERRUPTED);
	if (manifest->cluster.data)
		return;
	manifest->cluster = run->folder.len ? run->folder : dump->name;
	manifest->as_of = time_now();
	run->as_of_from = SLICE("clock");
}

/* --- runs that nothing was read in --- */

static bool is_empty(const struct frozen_run *run)
{
	const struct frozen_list_row *lists = run->manifest.lists.items;
	for (size_t i = 0; i < run->manifest.lists.len; i++)
		if (lists[i].objects > 0)
			return false;
	return run->whole;
}

/* The runs beside it, of the same cluster by name and server: in place of their UID, one of them that knows it; or,
 * when they know different ones, `none`. */
static void **siblings_of(struct map *siblings, const struct frozen_run *run, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT(LIMIT_OBJECT_BYTES);
	struct slice folder = folder_of(run->folder);
	strbuf_addf(&key, "%zu %zu ", folder.len, run->manifest.cluster.len);
	strbuf_add_slice(&key, folder);
	strbuf_add_slice(&key, run->manifest.cluster);
	strbuf_add_slice(&key, run->manifest.server);
	if (strbuf_failed(&key, err))
		return NULL;
	void **place = map_put(siblings, strbuf_slice(&key));
	if (!place)
		error_no_memory(err);
	return place;
}

static int note_uid(struct map *siblings, struct frozen_run *run, struct frozen_run *none, struct error **err)
{
	void **place = siblings_of(siblings, run, err);
	if (!place)
		return -1;
	struct frozen_run *other = *place;
	if (!other)
		*place = run;
	else if (!slice_equal(other->manifest.cluster_uid, run->manifest.cluster_uid))
		*place = none;
	return 0;
}

/* A run that failed did not learn which cluster it is. It is told of the one that its siblings read: as it holds no
 * object, nothing can be filed wrongly. */
static int share_uids(struct dump *dump, struct error **err)
{
	CLEANUP(map_release) struct map siblings = { 0 };
	struct frozen_run none = { 0 };
	for (size_t i = 0; i < dump->runs.len; i++) {
		struct frozen_run *run = dump->runs.items[i];
		if (run->manifest.cluster_uid.data && note_uid(&siblings, run, &none, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < dump->runs.len; i++) {
		struct frozen_run *run = dump->runs.items[i];
		void **place = run->manifest.cluster_uid.data || !is_empty(run) ? NULL
										: siblings_of(&siblings, run, err);
		if (*err)
			return -1;
		if (place && *place)
			run->manifest.cluster_uid = ((const struct frozen_run *)*place)->manifest.cluster_uid;
	}
	return 0;
}

int runs_find(struct dump *dump, struct error **err)
{
	CLEANUP(map_release) struct map runs = { 0 };
	bool all_whole = true;
	if (find_folders(dump, &runs, err) < 0)
		return -1;
	if (!dump->runs.len)
		return 0;
	if (dump_each_of(dump, wants_manifest, visit_manifest, dump, err) < 0)
		return -1;
	for (size_t i = 0; i < dump->runs.len; i++)
		all_whole = all_whole && dump->runs.items[i]->whole;
	if (!all_whole && dump_each_of(dump, wants_head, visit_head, dump, err) < 0)
		return -1;
	for (size_t i = 0; i < dump->runs.len; i++)
		complete_facts(dump, dump->runs.items[i]);
	return share_uids(dump, err);
}

/* --- their order --- */
static int compare_runs(const void *a, const void *b)
{
	const struct frozen_run *left = *(struct frozen_run *const *)a, *right = *(struct frozen_run *const *)b;
	int64_t older = left->manifest.as_of, newer = right->manifest.as_of;
	return older != newer ? (older > newer) - (older < newer) : slice_compare(left->folder, right->folder);
}

static int add_cluster(struct dump *dump, struct frozen_run *run, struct map *clusters, struct error **err)
{
	struct dump_cluster *cluster = vec_push(&dump->clusters);
	void **place = cluster ? map_put(clusters, run->folder) : NULL;
	if (!place)
		return error_no_memory(err);
	*cluster = (struct dump_cluster){ .name = run->manifest.cluster, .folder = run->folder, .run = run };
	*place = (void *)(uintptr_t)dump->clusters.len;
	return 0;
}

int runs_lay_out(struct dump *dump, struct error **err)
{
	CLEANUP(map_release) struct map clusters = { 0 };
	CLEANUP(mem_freep) struct frozen_run **sorted = NULL;
	if (!dump->runs.len)
		return 0;
	if (!(sorted = mem_alloc_zeroed(dump->runs.len, sizeof *sorted)))
		return error_no_memory(err);
	memcpy(sorted, dump->runs.items, dump->runs.len * sizeof *sorted);
	qsort(sorted, dump->runs.len, sizeof *sorted, compare_runs);
	for (size_t i = 0; i < dump->runs.len; i++)
		if (add_cluster(dump, sorted[i], &clusters, err) < 0)
			return -1;
	for (size_t i = 0; i < dump->files.len; i++) {
		struct dump_file *file = &dump->files.items[i];
		if (file->in_run)
			file->cluster = (uintptr_t)map_get(&clusters, run_of(dump, file)->folder) - 1;
	}
	return 0;
}

/* --- their key --- */
int runs_check_key(const struct dump *dump, const struct fingerprint_key *key, struct error **err)
{
	for (size_t i = 0; i < dump->runs.len; i++) {
		const struct frozen_run *run = dump->runs.items[i];
		struct slice id = run->manifest.key_id;
		if (!id.data || slice_equal_text(id, key->id))
			continue;
		return error_set(
			err, ERROR_USAGE,
			"%.*s%sthe fingerprints in it were made with the key %.*s, and the key here is %s: they "
			"would not compare; give --key-file with a copy of the key that it was collected with, the file "
			"`key` beside the store there",
			SLICE_ARG(run->folder), run->folder.len ? ": " : "", SLICE_ARG(id), key->id);
	}
	return 0;
}
