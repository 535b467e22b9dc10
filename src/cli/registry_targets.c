#include "cli/registry_targets.h"

#include "base/limits.h"
#include "base/map.h"
#include "credential/registry_name.h"
#include "derive/world_images.h"
#include "model/reference.h"

struct targets {
	const struct world *world;
	const struct registry_wanted *wanted;
	struct arena *arena;
	struct registry_target *items;
	size_t len, capacity;
	struct map seen; /* registry, repository, reference */
};

static int copy(struct targets *targets, struct slice text, struct slice *ret_copy, struct error **err)
{
	*ret_copy = SLICE_NONE;
	if (text.data && arena_copy(targets->arena, text, ret_copy) < 0)
		return arena_fail(targets->arena, err);
	return 0;
}

static int add(struct targets *targets, const struct registry_target *target, struct error **err)
{
	struct slice key = arena_printf(targets->arena, "%.*s\n%.*s\n%.*s", SLICE_ARG(target->registry),
					SLICE_ARG(target->repository), SLICE_ARG(target->reference));
	void **place = key.data ? map_put(&targets->seen, key) : NULL;

	if (!place)
		return error_no_memory(err);
	if (*place)
		return 0;
	*place = targets;
	struct registry_target *items = arena_grow(targets->arena, targets->items, targets->len, &targets->capacity,
						   sizeof *items);
	if (!items)
		return arena_fail(targets->arena, err);
	targets->items = items;
	struct registry_target *item = &items[targets->len];
	*item = (struct registry_target){ .below = target->below };
	if (copy(targets, target->registry, &item->registry, err) < 0 ||
	    copy(targets, target->repository, &item->repository, err) < 0 ||
	    copy(targets, target->reference, &item->reference, err) < 0)
		return -1;
	targets->len++;
	return 0;
}

/* --- whole registries and repositories --- */

static int add_registry(struct targets *targets, struct slice registry, struct error **err)
{
	struct slice_list repositories = targets->wanted->repositories;

	if (repositories.len == 0)
		return add(targets, &(struct registry_target){ .registry = registry }, err);
	for (size_t i = 0; i < repositories.len; i++) {
		struct registry_target below = { .registry = registry,
						 .repository = repositories.items[i],
						 .below = true };
		if (add(targets, &below, err) < 0)
			return -1;
	}
	return 0;
}

static bool some_image_comes_from(const struct world *world, struct slice registry)
{
	for (size_t i = 0; world && i < world->sightings.len; i++)
		if (slice_equal(((const struct sighting *)world->sightings.items[i])->registry, registry))
			return true;
	return false;
}

static int add_registries(struct targets *targets, struct error **err)
{
	struct slice_list registries = targets->wanted->registries;

	for (size_t i = 0; i < registries.len; i++)
		if ((targets->wanted->whole || !some_image_comes_from(targets->world, registries.items[i])) &&
		    add_registry(targets, registries.items[i], err) < 0)
			return -1;
	return 0;
}

/* --- single images --- */

static bool is_wanted(const struct registry_wanted *wanted, struct slice registry, struct slice repository)
{
	if (wanted->registries.len && !slice_list_has(wanted->registries, registry))
		return false;
	for (size_t i = 0; i < wanted->repositories.len; i++)
		if (repository_below(repository, wanted->repositories.items[i]))
			return true;
	return wanted->repositories.len == 0;
}

/* A registry does not know an image by the digest of its config, which some runtimes tell. */
static bool is_config(const struct world *world, struct slice digest)
{
	return world->images && map_get(&world->images->by_config, digest);
}

static int add_sighting(struct targets *targets, const struct sighting *s, struct error **err)
{
	struct registry_target target = { .registry = s->registry, .repository = s->repository };

	if (!s->registry.data || !s->repository.data || !is_wanted(targets->wanted, s->registry, s->repository))
		return 0;
	target.reference = s->tag;
	if (s->tag.data && add(targets, &target, err) < 0)
		return -1;
	target.reference = s->digest;
	return s->digest.data && !is_config(targets->world, s->digest) ? add(targets, &target, err) : 0;
}

/* "docker.io/acme/web:1.4 2026-11-20T09:00Z..": the name of it, where it has one. */
static int add_indicator(struct targets *targets, struct slice indicator, struct error **err)
{
	CLEANUP(error_freep) struct error *ignored = NULL;
	struct registry_name registry;
	struct reference name;
	struct slice word, window;

	slice_cut(indicator, ' ', &word, &window);
	if (slice_starts_with(word, "file:") || digest_valid(word) ||
	    reference_parse(word, targets->arena, &name, &ignored) < 0)
		return 0;
	if (registry_name_parse(name.domain, targets->arena, &registry, err) < 0)
		return -1;
	if (!is_wanted(targets->wanted, registry.registry, name.path))
		return 0;
	struct registry_target target = { .registry = registry.registry,
					  .repository = name.path,
					  .reference = name.digest.data ? name.digest : name.tag };
	return target.reference.data ? add(targets, &target, err) : 0;
}

static int add_all(struct targets *targets, struct error **err)
{
	if (add_registries(targets, err) < 0)
		return -1;
	for (size_t i = 0; targets->world && i < targets->world->sightings.len; i++)
		if (add_sighting(targets, targets->world->sightings.items[i], err) < 0)
			return -1;
	for (size_t i = 0; i < targets->wanted->indicators.len; i++)
		if (add_indicator(targets, targets->wanted->indicators.items[i], err) < 0)
			return -1;
	return 0;
}

int registry_targets(const struct world *world, const struct registry_wanted *wanted, struct arena *arena,
		     struct registry_target **ret_targets, size_t *ret_count, struct error **err)
{
	struct targets targets = { .world = world, .wanted = wanted, .arena = arena };

	int result = add_all(&targets, err);
	map_release(&targets.seen);
	if (result < 0)
		return -1;
	*ret_targets = targets.items;
	*ret_count = targets.len;
	return 0;
}
