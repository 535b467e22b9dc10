#include "base/alloc.h"
#include "base/limits.h"
#include "derive/images_internal.h"
#include "derive/world_internal.h"
#include "store/store_read.h"

static int read_all(struct build *build, const struct record_type *type, struct record_list *list, struct error **err)
{
	struct arena *arena = &build->world->arena;
	if (type == &manifest_type && build->options->without_layers)
		return store_read_brief(build->store, type, arena, list, err);
	return store_read_all(build->store, type, NULL, 0, arena, list, err);
}

static int read_records(struct build *build, struct error **err)
{
	struct observed *observed = &build->observed;
	const struct {
		const struct record_type *type;
		struct record_list *list;
	} wanted[] = {
		{ &cluster_type, &observed->clusters },
		{ &read_type, &observed->reads },
		{ &coverage_type, &observed->coverage },
		{ &namespace_type, &observed->namespaces },
		{ &node_type, &observed->nodes },
		{ &node_image_type, &observed->node_images },
		{ &workload_type, &observed->workloads },
		{ &pod_type, &observed->pods },
		{ &container_type, &observed->containers },
		{ &service_account_type, &observed->accounts },
		{ &secret_type, &observed->secrets },
		{ &entry_type, &observed->entries },
		{ &entry_value_type, &observed->entry_values },
		{ &secret_reader_type, &observed->readers },
		{ &event_type, &observed->events },
		{ &defect_type, &observed->defects },
		{ &gap_type, &observed->gaps },
		{ &finding_type, &observed->findings },
		{ &manifest_type, &observed->manifests },
		{ &index_member_type, &observed->members },
		{ &tag_type, &observed->tags },
		{ &registry_answer_type, &observed->answers },
		{ &registry_event_type, &observed->registry_events },
	};
	size_t of_images = 5, count = sizeof wanted / sizeof *wanted;
	for (size_t i = 0; i < count - (build->options->no_sightings ? of_images : 0); i++) {
		if (read_all(build, wanted[i].type, wanted[i].list, err) < 0)
			return error_context(err, "reading every %s", wanted[i].type->name);
	}
	build->world->findings = observed->findings;
	return 0;
}

static int build_steps(struct build *build, struct error **err)
{
	static int (*const steps[])(struct build *, struct error **) = {
		read_records,  clusters_build,    scopes_build,    owners_build,  containers_build,
		secrets_build, defects_build,     uses_build,      missing_build, matching_build,
		history_build, credentials_build, sightings_build, images_build,
	};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		if (steps[i](build, err) < 0)
			return -1;
	}
	changes_build(build);
	return 0;
}

static void build_release(struct build *build)
{
	map_release(&build->clusters);
	map_release(&build->image_names);
	map_release(&build->repositories);
	map_release(&build->registries);
	map_release(&build->logins);
	map_release(&build->places);
	strbuf_release(&build->key);
}

int world_load(struct store *store, const struct world_options *options, struct world **ret_world, struct error **err)
{
	CLEANUP(world_freep) struct world *world = mem_alloc_zeroed(1, sizeof *world);
	if (!world)
		return error_no_memory(err);
	world->arena = (struct arena)ARENA_INIT(LIMIT_WORLD_BYTES);
	CLEANUP(build_release)
	struct build build = {
		.store = store,
		.options = options,
		.world = world,
		.key = STRBUF_INIT(LIMIT_ROW_BYTES),
	};
	if (build_steps(&build, err) < 0)
		return -1;
	*ret_world = TAKE_PTR(world);
	return 0;
}

static void cluster_release(struct world_cluster *cluster)
{
	for (size_t i = 0; i < cluster->kinds.len; i++) {
		struct world_kind *kind = cluster->kinds.items[i].value;
		if (kind)
			map_release(&kind->namespaces);
	}
	map_release(&cluster->kinds);
	map_release(&cluster->secrets_by_name);
	map_release(&cluster->workloads_by_name);
	map_release(&cluster->accounts_by_name);
	map_release(&cluster->pods_by_uid);
	map_release(&cluster->secrets_by_uid);
	map_release(&cluster->nodes_by_name);
}

struct world *world_free(struct world *world)
{
	if (!world)
		return NULL;
	for (size_t i = 0; i < world->clusters.len; i++)
		cluster_release(world->clusters.items[i]);
	map_release(&world->served);
	if (world->images)
		images_release(world->images);
	arena_release(&world->arena);
	return mem_free(world);
}

void world_freep(struct world **world)
{
	*world = world_free(*world);
}
