#include "derive/world_internal.h"

static bool is_pod(const struct container *record)
{
	return slice_equal_text(record->holder_kind, "Pod") && !record->holder_group.len;
}

static int add_repository(struct build *build, struct map *seen, struct world_container *container, struct error **err)
{
	struct pair pair = { container->workload, container->image->repository };
	if (!pair.second || (container->pod && container->pod->ended))
		return 0;
	void **place = map_put(seen, pair_key(&pair));
	if (!place)
		return error_no_memory(err);
	if (*place)
		return 0;
	*place = container;
	return build_push(build, &container->workload->repositories, pair.second, err);
}

/* The list that the record belongs to; NULL when it is not of its holder's latest reading, or its holder is not known.
 */
static int find_holder(struct build *build, const struct container *record, struct world_container *container,
		       struct world_list **ret_list, struct error **err)
{
	struct world_cluster *cluster = build_cluster(build, record->cluster);
	*ret_list = NULL;
	if (!cluster)
		return 0;
	if (is_pod(record)) {
		struct world_pod *pod = map_get(&cluster->pods_by_uid, record->holder);
		if (!pod || pod->record->last_seen != record->last_seen)
			return 0;
		container->pod = pod;
		container->workload = pod->workload;
		*ret_list = &pod->containers;
		return 0;
	}
	struct workload_name name = { record->namespace, record->holder_group, record->holder_kind, record->holder };
	struct world_workload *workload = NULL;
	if (workload_find(build, cluster, &name, &workload, err) < 0)
		return -1;
	if (!workload || !workload->record || workload->record->last_seen != record->last_seen)
		return 0;
	container->workload = workload->top;
	*ret_list = &workload->containers;
	return 0;
}

static int add_container(struct build *build, const struct container *record, struct error **err)
{
	struct world_container found = { .record = record };
	struct world_list *list = NULL;
	if (find_holder(build, record, &found, &list, err) < 0)
		return -1;
	if (!list)
		return 0;
	struct world_container *container = build_new(build, sizeof *container, err);
	if (!container)
		return -1;
	*container = found;
	struct slice image = record->image.data ? record->image : record->status_image;
	if (build_image_name(build, image, &container->image, err) < 0)
		return -1;
	container->reference = container->image->reference;
	if (container->image->repository)
		container->repository = *container->image->repository;
	return build_push(build, list, container, err);
}

static bool has_template(const struct world_workload *workload)
{
	return workload->record && !workload->gone && workload->containers.len > 0;
}

/* New pods come from the highest template: a Deployment's, not that of its old ReplicaSets. Where the owner has none (a
 * custom one that was not read), from those that it keeps running. */
static bool template_counts(const struct world_workload *workload)
{
	if (!has_template(workload) || (workload->owner && workload->record->replicas == 0))
		return false;
	const struct world_workload *owner = workload->owner;
	for (int steps = 0; owner && steps < OWNERS_MAX; owner = owner->owner, steps++) {
		if (has_template(owner))
			return false;
	}
	return true;
}

static int add_template(struct build *build, struct map *seen, struct world_workload *workload, struct error **err)
{
	workload->template_counts = template_counts(workload);
	if (!workload->template_counts)
		return 0;
	for (size_t i = 0; i < workload->containers.len; i++) {
		if (add_repository(build, seen, workload->containers.items[i], err) < 0)
			return -1;
	}
	return build_push(build, &workload->cluster->templates, workload, err);
}

static int add_pod_repositories(struct build *build, struct map *seen, const struct world_pod *pod, struct error **err)
{
	for (size_t i = 0; i < pod->containers.len; i++) {
		if (add_repository(build, seen, pod->containers.items[i], err) < 0)
			return -1;
	}
	return 0;
}

static int finish_cluster(struct build *build, struct world_cluster *cluster, struct error **err)
{
	CLEANUP(map_release) struct map seen = { 0 }; /* (workload, repository) */
	for (size_t i = 0; i < cluster->workloads_by_name.len; i++) {
		if (add_template(build, &seen, cluster->workloads_by_name.items[i].value, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < cluster->pods.len; i++) {
		if (add_pod_repositories(build, &seen, cluster->pods.items[i], err) < 0)
			return -1;
	}
	return 0;
}

int containers_build(struct build *build, struct error **err)
{
	for (size_t i = 0; i < build->observed.containers.len; i++) {
		if (add_container(build, RECORD_AT(build->observed.containers, container, i), err) < 0)
			return -1;
	}
	for (size_t i = 0; i < build->world->clusters.len; i++) {
		if (finish_cluster(build, build->world->clusters.items[i], err) < 0)
			return -1;
	}
	return 0;
}
