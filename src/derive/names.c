#include "credential/registry_name.h"
#include "derive/world_internal.h"

/* One pointer for each repository, so that sets of them compare pointers. */
static int intern_repository(struct build *build, struct slice repository, const struct slice **ret_repository,
			     struct error **err)
{
	void **place = map_put(&build->repositories, repository);
	if (!place)
		return error_no_memory(err);
	if (!*place) {
		struct slice *kept = build_new(build, sizeof *kept, err);
		if (!kept)
			return -1;
		*kept = repository;
		*place = kept;
	}
	*ret_repository = *place;
	return 0;
}

static int intern_registry(struct build *build, struct slice key, struct slice *ret_registry, struct error **err)
{
	void **place = map_put(&build->registries, key);
	if (!place)
		return error_no_memory(err);
	if (!*place) {
		struct slice *registry = build_new(build, sizeof *registry, err);
		struct registry_name name = { 0 };
		if (!registry || registry_name_parse(key, &build->world->arena, &name, err) < 0)
			return -1;
		*registry = name.registry;
		*place = registry;
	}
	*ret_registry = *(const struct slice *)*place;
	return 0;
}

static int name_fill(struct build *build, struct world_image_name *name, struct error **err)
{
	struct error *bad = NULL;
	if (reference_parse(name->text, &build->world->arena, &name->reference, &bad) < 0) {
		if (bad->code == ERROR_NO_MEMORY)
			return error_move(err, &bad);
		name->reference = (struct reference){ 0 };
		error_free(bad);
		return 0;
	}
	struct slice repository = SLICE_NONE;
	if (reference_repository(&name->reference, &build->world->arena, &repository, err) < 0 ||
	    intern_repository(build, repository, &name->repository, err) < 0)
		return -1;
	return intern_registry(build, name->reference.domain, &name->registry, err);
}

int build_image_name(struct build *build, struct slice text, const struct world_image_name **ret_name,
		     struct error **err)
{
	if (!text.data)
		text = SLICE("");
	void **place = map_put(&build->image_names, text);
	if (!place)
		return error_no_memory(err);
	if (!*place) {
		struct world_image_name *name = build_new(build, sizeof *name, err);
		if (!name)
			return -1;
		*place = name;
		name->text = text;
		if (name_fill(build, name, err) < 0)
			return -1;
	}
	*ret_name = *place;
	return 0;
}
