#include "derive/images_internal.h"

void images_release(struct world_images *images)
{
	map_release(&images->by_digest);
	map_release(&images->by_config);
	map_release(&images->by_chain);
	map_release(&images->by_layer);
	map_release(&images->tags_by_name);
	map_release(&images->tags_by_digest);
	map_release(&images->answers_by_name);
	map_release(&images->repositories);
	map_release(&images->defects);
}

static void images_build_release(struct images_build *b)
{
	map_release(&b->reads);
	map_release(&b->sources);
	map_release(&b->repositories);
	map_release(&b->places);
	map_release(&b->loose);
	map_release(&b->mirrored);
	map_release(&b->texts);
}

int image_list_push(struct images_build *b, struct map *map, struct slice key, void *item, struct error **err)
{
	void **place = map_put(map, key);
	if (!place)
		return error_no_memory(err);
	if (!*place && !(*place = build_new(b->build, sizeof(struct world_list), err)))
		return -1;
	return build_push(b->build, *place, item, err);
}

static int index_defects(struct images_build *b, struct error **err)
{
	const struct world_list *defects = &b->build->image_defects;
	for (size_t i = 0; i < defects->len; i++) {
		struct defect *defect = defects->items[i];
		if (image_list_push(b, &b->images->defects, defect->object, defect, err) < 0)
			return -1;
	}
	return 0;
}

/* What a status or a node calls a digest of tells nobody but the registry: now it is known. */
static void name_sightings(struct world *world)
{
	struct slice last = SLICE_NONE, kind = SLICE_NONE;
	for (size_t i = 0; i < world->sightings.len; i++) {
		struct sighting *row = world->sightings.items[i];
		if (!row->digest.len)
			continue;
		if (!last.data || !slice_equal(last, row->digest))
			kind = world_digest_kind(world, row->digest);
		last = row->digest;
		if (kind.data)
			row->digest_kind = kind;
	}
}

int images_build(struct build *build, struct error **err)
{
	static int (*const steps[])(struct images_build *, struct error **) = {
		image_manifests_build, index_defects, image_sources_build, image_tags_build, image_dates_build,
	};
	if (build->options->no_sightings)
		return 0;
	CLEANUP(images_build_release) struct images_build b = { .build = build };
	b.images = build->world->images = build_new(build, sizeof *b.images, err);
	if (!b.images)
		return -1;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		if (steps[i](&b, err) < 0)
			return -1;
	}
	if (!build->options->without_layers && image_bases_build(&b, err) < 0)
		return -1;
	name_sightings(build->world);
	return 0;
}
