#include "derive/world_internal.h"

#include <stdarg.h>

int world_list_push(struct world_list *list, void *item, struct arena *arena)
{
	void **items = arena_grow(arena, list->items, list->len, &list->capacity, sizeof *items);
	if (!items)
		return -1;
	list->items = items;
	items[list->len++] = item;
	return 0;
}

void *build_new(struct build *build, size_t size, struct error **err)
{
	void *item = arena_zeroed(&build->world->arena, 1, size);
	if (!item)
		arena_fail(&build->world->arena, err);
	return item;
}

int build_push(struct build *build, struct world_list *list, const void *item, struct error **err)
{
	/* The lists are of both kinds, records that are only read and views that are still filled. */
	if (world_list_push(list, (void *)(uintptr_t)item, &build->world->arena) < 0)
		return arena_fail(&build->world->arena, err);
	return 0;
}

int build_text(struct build *build, struct slice *ret_text, struct error **err, const char *format, ...)
{
	char text[512];
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (length < 0)
		return error_set(err, ERROR_SYSTEM, "text cannot be formatted");
	size_t len = (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
	if (arena_copy(&build->world->arena, (struct slice){ text, len }, ret_text) < 0)
		return arena_fail(&build->world->arena, err);
	return 0;
}

struct world_cluster *build_cluster(struct build *build, struct slice identity)
{
	if (!build->last_identity.data || !slice_equal(build->last_identity, identity)) {
		build->last_cluster = map_get(&build->clusters, identity);
		build->last_identity = identity;
	}
	return build->last_cluster;
}

int build_key(struct build *build, const struct slice *parts, size_t count, struct slice *ret_key, struct error **err)
{
	strbuf_clear(&build->key);
	for (size_t i = 0; i < count; i++) {
		if (i)
			strbuf_add_char(&build->key, '/');
		strbuf_add_slice(&build->key, parts[i]);
	}
	if (strbuf_failed(&build->key, err))
		return -1;
	*ret_key = (struct slice){ strbuf_text(&build->key), build->key.len };
	return 0;
}

int build_exact_key(struct build *build, const struct slice *parts, size_t count, struct slice *ret_key,
		    struct error **err)
{
	strbuf_clear(&build->key);
	for (size_t i = 0; i < count; i++) {
		size_t length = parts[i].data ? parts[i].len : SIZE_MAX;
		strbuf_add(&build->key, &length, sizeof length);
		strbuf_add_slice(&build->key, parts[i]);
	}
	if (strbuf_failed(&build->key, err))
		return -1;
	*ret_key = strbuf_slice(&build->key);
	return 0;
}

int build_put(struct map *map, struct slice key, const void *value, void **ret_value, struct error **err)
{
	void **place = map_put(map, key);
	if (!place)
		return error_no_memory(err);
	if (!*place)
		*place = (void *)(uintptr_t)value; /* as in build_push */
	*ret_value = *place;
	return 0;
}

struct world_credential *build_login(struct build *build, struct map *logins, const struct slice *parts, size_t count,
				     const struct world_credential *like, struct error **err)
{
	struct slice key = SLICE_NONE;
	if (build_exact_key(build, parts, count, &key, err) < 0)
		return NULL;
	void **place = map_put(logins, key);
	if (!place) {
		error_no_memory(err);
		return NULL;
	}
	if (*place)
		return *place;
	struct world_credential *login = build_new(build, sizeof *login, err);
	if (!login || build_push(build, &build->world->credentials, login, err) < 0)
		return NULL;
	*login = *like;
	*place = login;
	return login;
}
