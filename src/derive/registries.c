#include <stdlib.h>

#include "derive/rows.h"
#include "derive/world_images.h"
#include "derive/world_internal.h"

/* Registries by name, and what was found for each. */
struct registry_rows {
	struct world *world;
	struct map registries; /* name -> struct registry * */
	struct map counted;    /* (registry, secret) */
};

static void rows_release(struct registry_rows *rows)
{
	map_release(&rows->registries);
	map_release(&rows->counted);
}

static struct registry *registry_of(struct registry_rows *rows, struct slice name)
{
	void **place = map_put(&rows->registries, name);
	if (!place || *place)
		return place ? *place : NULL;
	struct registry *row = arena_zeroed(&rows->world->arena, 1, sizeof *row);
	if (!row)
		return NULL;
	row->registry = name;
	*place = row;
	return row;
}

static int add_credential(struct registry_rows *rows, const struct world_credential *credential)
{
	struct registry *row = registry_of(rows, credential->registry);
	if (!row)
		return -1;
	row->credentials++;
	for (size_t i = 0; i < credential->entries.len; i++) {
		const struct world_entry *entry = credential->entries.items[i];
		struct pair pair = { row, entry->secret };
		void **place = map_put(&rows->counted, pair_key(&pair));
		if (!place)
			return -1;
		row->secrets += *place == NULL;
		*place = row;
	}
	return 0;
}

/* They come sorted by registry: each has a part of the list. */
static int add_repositories(struct registry_rows *rows, const struct record_list *repositories)
{
	struct repository *list = repositories->items;
	for (size_t i = 0; i < repositories->len; i++) {
		struct registry *row = registry_of(rows, list[i].registry);
		if (!row)
			return -1;
		if (!row->repositories.items)
			row->repositories.items = &list[i];
		row->repositories.len++;
		row->images += list[i].images;
	}
	return 0;
}

static int fill(struct registry_rows *rows, const struct record_list *repositories)
{
	for (size_t i = 0; i < rows->world->credentials.len; i++) {
		if (add_credential(rows, rows->world->credentials.items[i]) < 0)
			return -1;
	}
	return add_repositories(rows, repositories);
}

static int compare_registries(const void *a, const void *b)
{
	return slice_compare(((const struct registry *)a)->registry, ((const struct registry *)b)->registry);
}

int world_registries(struct world *world, struct record_list *ret_registries, struct error **err)
{
	CLEANUP(rows_release) struct registry_rows rows = { .world = world };
	struct record_list repositories = { 0 };
	if (world_repository_rows(world, &repositories, err) < 0)
		return -1;
	if (fill(&rows, &repositories) < 0)
		return arena_fail(&world->arena, err);
	size_t count = rows.registries.len;
	struct registry *list = arena_zeroed(&world->arena, count + 1, sizeof *list);
	if (!list)
		return arena_fail(&world->arena, err);
	for (size_t i = 0; i < count; i++)
		list[i] = *(const struct registry *)rows.registries.items[i].value;
	qsort(list, count, sizeof *list, compare_registries);
	*ret_registries = (struct record_list){ list, count };
	return 0;
}
