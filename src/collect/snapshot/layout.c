#include <stdint.h>

#include "base/map.h"
#include "collect/snapshot/dump_internal.h"

/* Which files tell where clusters lie: documents; when there are none, whatever was meant to be one. */
static bool counts(const struct dump_file *file, bool any_document)
{
	if (file->in_run)
		return false;
	return any_document ? content_is_document(file->content) : file->content != CONTENT_OTHER;
}

static bool has_document(const struct dump *dump)
{
	for (size_t i = 0; i < dump->files.len; i++)
		if (content_is_document(dump->files.items[i].content))
			return true; /* of a run, too: beside it nothing else is taken for a cluster */
	return false;
}

static bool any_counts(const struct dump *dump, bool any_document)
{
	for (size_t i = 0; i < dump->files.len; i++)
		if (counts(&dump->files.items[i], any_document))
			return true;
	return false;
}

/* The first folder of a path behind `start`; not there for a file at the top. */
static struct slice first_folder(struct slice path, size_t start)
{
	struct slice folder, rest;
	return slice_cut(slice_part(path, start, path.len), '/', &folder, &rest) ? folder : SLICE_NONE;
}

/* The same below `start`: a folder of error texts alone is a cluster that could not be read; an error text beside the
 * clusters' folders is none. */
static bool counts_in_folder(const struct dump_file *file, bool any_document, size_t start)
{
	bool told_so = file->content == CONTENT_ERROR_TEXT && !file->in_run;
	return counts(file, any_document) || (told_so && first_folder(file->path, start).data);
}

/* The one folder below `start` that all counting files lie in; not there when there is no such. */
static struct slice common_folder(const struct dump *dump, bool any_document, size_t start)
{
	struct slice common = SLICE_NONE;
	for (size_t i = 0; i < dump->files.len; i++) {
		const struct dump_file *file = &dump->files.items[i];
		if (!counts_in_folder(file, any_document, start))
			continue;
		struct slice folder = first_folder(file->path, start);
		if (!folder.data || (common.data && !slice_equal(folder, common)))
			return SLICE_NONE;
		common = folder;
	}
	return common;
}

static bool has_file_at(const struct dump *dump, bool any_document, size_t start)
{
	for (size_t i = 0; i < dump->files.len; i++)
		if (counts(&dump->files.items[i], any_document) && !first_folder(dump->files.items[i].path, start).data)
			return true;
	return false;
}

static int add_cluster(struct dump *dump, struct slice name, struct slice folder, struct error **err)
{
	struct dump_cluster *cluster = vec_push(&dump->clusters);
	if (!cluster)
		return error_no_memory(err);
	*cluster = (struct dump_cluster){ .name = name, .folder = folder };
	return 0;
}

static bool lies_in(struct slice path, struct slice folder)
{
	return !folder.len || (path.len > folder.len && path.data[folder.len] == '/' &&
			       slice_equal(slice_part(path, 0, folder.len), folder));
}

/* The first `len` bytes of the path of any file that counts: all have them in common. */
static struct slice common_path(const struct dump *dump, bool any_document, size_t len)
{
	for (size_t i = 0; i < dump->files.len; i++)
		if (counts(&dump->files.items[i], any_document))
			return slice_part(dump->files.items[i].path, 0, len);
	return SLICE("");
}

static int lay_out_top(struct dump *dump, struct slice name, struct slice folder, struct error **err)
{
	if (add_cluster(dump, name, folder, err) < 0)
		return -1;
	for (size_t i = 0; i < dump->files.len; i++) {
		struct dump_file *file = &dump->files.items[i];
		bool outside = file->content == CONTENT_OTHER && !lies_in(file->path, folder);
		if (!file->in_run)
			file->cluster = outside ? DUMP_NO_CLUSTER : 0;
	}
	return 0;
}

/* One cluster for each folder below `start`. `found` holds their indexes + 1. */
static int lay_out_folders(struct dump *dump, bool any_document, size_t start, struct map *found, struct error **err)
{
	for (size_t i = 0; i < dump->files.len; i++) {
		struct dump_file *file = &dump->files.items[i];
		struct slice name = first_folder(file->path, start);
		if (!counts_in_folder(file, any_document, start))
			continue;
		void **place = map_put(found, name);
		if (!place)
			return error_no_memory(err);
		if (*place)
			continue;
		if (add_cluster(dump, name, slice_part(file->path, 0, start + name.len), err) < 0)
			return -1;
		*place = (void *)(uintptr_t)dump->clusters.len;
	}
	return 0;
}

/* What lies in no cluster's folder and was meant to be a document is told with the first cluster. */
static size_t cluster_of(const struct dump *dump, const struct map *found, const struct dump_file *file, size_t start)
{
	struct slice name = first_folder(file->path, start);
	size_t index = name.data ? (uintptr_t)map_get(found, name) : 0;
	if (index && lies_in(file->path, dump->clusters.items[index - 1].folder))
		return index - 1;
	return file->content == CONTENT_OTHER ? DUMP_NO_CLUSTER : 0;
}

int dump_lay_out(struct dump *dump, struct error **err)
{
	CLEANUP(map_release) struct map found = { 0 };
	bool any_document = has_document(dump);
	struct slice name = dump->name, folder;
	size_t start = 0;
	/* Where there are only error texts (beside a run), each folder of them is a cluster. */
	while (any_counts(dump, any_document) && (folder = common_folder(dump, any_document, start)).data) {
		name = folder;
		start += folder.len + 1;
	}
	if (has_file_at(dump, any_document, start))
		return lay_out_top(dump, name, common_path(dump, any_document, start ? start - 1 : 0), err);
	if (lay_out_folders(dump, any_document, start, &found, err) < 0)
		return -1;
	for (size_t i = 0; i < dump->files.len; i++) {
		struct dump_file *file = &dump->files.items[i];
		if (!file->in_run)
			file->cluster = cluster_of(dump, &found, file, start);
	}
	return 0;
}
