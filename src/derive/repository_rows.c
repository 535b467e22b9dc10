/* Every repository that an image was seen from, that a registry told of, or that was asked for. */
#include <stdlib.h>

#include "base/limits.h"
#include "derive/images_internal.h"

struct repository_rows {
	struct world *world;
	struct map rows; /* "registry/repository" -> struct repository * */
	struct strbuf key;
};

static void rows_release(struct repository_rows *rows)
{
	map_release(&rows->rows);
	strbuf_release(&rows->key);
}

static struct repository *row_of(struct repository_rows *rows, struct slice registry, struct slice repository)
{
	struct slice key = image_name_key(&rows->key, registry, repository, 0, SLICE_NONE);
	void **place = rows->key.failure ? NULL : map_put(&rows->rows, key);
	if (!place || *place)
		return place ? *place : NULL;
	struct repository *row = arena_zeroed(&rows->world->arena, 1, sizeof *row);
	if (!row)
		return NULL;
	record_init(&repository_type, row);
	row->registry = registry;
	row->repository = repository;
	row->images = 0;
	*place = row;
	return row;
}

static int count_images(struct repository_rows *rows, const struct record_list *images)
{
	for (size_t i = 0; i < images->len; i++) {
		const struct image *image = RECORD_AT(*images, image, i);
		/* An image whose name does not parse is of no registry. */
		struct repository *row = image->registry.data ? row_of(rows, image->registry, image->repository) : NULL;
		if (image->registry.data && !row)
			return -1;
		if (row)
			row->images++;
	}
	return 0;
}

static int add_manifest(struct repository_rows *rows, const struct world_manifest *manifest)
{
	int64_t built = world_built(manifest);
	for (size_t i = 0; i < manifest->places.len; i++) {
		const struct world_place *place = manifest->places.items[i];
		if (place->answer && slice_equal_text(place->answer->outcome, "absent"))
			continue;
		struct repository *row = row_of(rows, place->registry, place->repository);
		if (!row)
			return -1;
		row->manifests = row->manifests == INT_UNKNOWN ? 1 : row->manifests + 1;
		row->newest = built > row->newest ? built : row->newest;
		row->pushed = manifest->pushed > row->pushed ? manifest->pushed : row->pushed;
	}
	return 0;
}

/* --- how it was read --- */

/* The worse word of the two lists: one of tags, and of what they point to. */
static const struct coverage *worse(const struct coverage *tags, const struct coverage *manifests)
{
	bool fine = tags && slice_equal_text(tags->outcome, "complete");
	return fine && manifests ? manifests : tags ? tags : manifests;
}

static void fill_reading(const struct world_repository *repository, struct repository *row)
{
	const struct coverage *list = worse(repository->tags, repository->manifests);
	int64_t read = repository->read ? repository->read->as_of : TIME_UNSET;
	if (!list || (row->read != TIME_UNSET && read < row->read))
		return;
	row->read = read;
	row->outcome = list->outcome;
	row->why = list->why;
}

static void count_tags(const struct world_repository *repository, struct repository *row)
{
	bool listed = repository->tags && slice_equal_text(repository->tags->outcome, "complete");
	int64_t count = 0;
	for (size_t i = 0; i < repository->listed.len; i++)
		count += !((const struct world_tag *)repository->listed.items[i])->deleted;
	if (listed || count)
		row->tags = count;
}

static int add_source(struct repository_rows *rows, const struct world_source *source)
{
	for (size_t i = 0; i < source->repositories.len; i++) {
		const struct world_repository *repository = source->repositories.items[i];
		/* What a layout calls itself is no registry. */
		if (!source->is_registry && !repository->listed.len)
			continue;
		struct repository *row = row_of(rows, repository->registry, repository->repository);
		if (!row)
			return -1;
		fill_reading(repository, row);
		count_tags(repository, row);
	}
	return 0;
}

static int fill(struct repository_rows *rows, const struct record_list *images)
{
	const struct world_images *known = rows->world->images;
	if (count_images(rows, images) < 0)
		return -1;
	for (size_t i = 0; known && i < known->sources.len; i++) {
		if (add_source(rows, known->sources.items[i]) < 0)
			return -1;
	}
	for (size_t i = 0; known && i < known->manifests.len; i++) {
		if (add_manifest(rows, known->manifests.items[i]) < 0)
			return -1;
	}
	return 0;
}

static int compare_repositories(const void *a, const void *b)
{
	const struct repository *left = a, *right = b;
	int order = slice_compare(left->registry, right->registry);
	return order ? order : slice_compare(left->repository, right->repository);
}

int world_repository_rows(struct world *world, struct record_list *ret_rows, struct error **err)
{
	CLEANUP(rows_release)
	struct repository_rows rows = { .world = world, .key = STRBUF_INIT(LIMIT_ROW_BYTES) };
	struct record_list images = { 0 };
	if (world_images(world, &images, err) < 0)
		return -1;
	if (fill(&rows, &images) < 0)
		return arena_fail(&world->arena, err);
	size_t count = rows.rows.len;
	struct repository *list = arena_zeroed(&world->arena, count + 1, sizeof *list);
	if (!list)
		return arena_fail(&world->arena, err);
	for (size_t i = 0; i < count; i++)
		list[i] = *(const struct repository *)rows.rows.items[i].value;
	qsort(list, count, sizeof *list, compare_repositories);
	*ret_rows = (struct record_list){ list, count };
	return 0;
}
