/* Every place where an image was seen, and what proves it. What is kept apart: a template only names an image, a node's
 * list only holds it, a status says that it runs. */
#include "derive/world_internal.h"

struct sightings {
	struct build *build;
	struct world_sighting blank; /* every field unknown */
	struct map cached;           /* node, repository and digest -> struct cached_names */
};

static struct world_sighting *add_sighting(struct sightings *sightings, const struct world_cluster *cluster,
					   const struct world_image_name *image, struct error **err)
{
	struct world_sighting *sighting = build_new(sightings->build, sizeof *sighting, err);
	if (!sighting || build_push(sightings->build, &sightings->build->world->sightings, sighting, err) < 0)
		return NULL;
	*sighting = sightings->blank;
	sighting->cluster = cluster;
	sighting->current = true;
	struct sighting *row = &sighting->row;
	row->cluster = cluster->name;
	row->cluster_uid = cluster->record->uid;
	row->image = image->text;
	row->digest_kind = SLICE("unknown");
	row->digest = image->reference.digest;
	row->registry = image->registry;
	row->repository = image->reference.path;
	row->tag = image->reference.tag;
	/* Every runtime pulls `latest` for a name with neither: the same image as one that says so. */
	if (image->repository && !row->tag.data && !row->digest.data)
		row->tag = SLICE("latest");
	return sighting;
}

static void name_workload(struct world_sighting *sighting, const struct world_workload *workload)
{
	sighting->workload = workload;
	sighting->row.namespace = workload->namespace;
	sighting->row.workload_kind = workload->kind;
	sighting->row.workload = workload->name;
}

/* What a container's status says of its image; NULL: nothing (a pod that ended before it came to it). */
static const char *container_state(const struct world_container *container)
{
	const struct container *record = container->record;
	const struct world_pod *pod = container->pod;
	if (slice_equal_text(record->state, "terminated"))
		return "ran";
	if (slice_equal_text(record->state, "waiting")) {
		bool between_starts = slice_equal_text(record->reason, "CrashLoopBackOff");
		if (!pod->ended)
			return between_starts ? "runs" : "waits";
		if (between_starts || record->restarts > 0)
			return "ran";
		return record->digest.len ? "pulled" : NULL;
	}
	/* Running, or an image volume, which has no status of its own. */
	if (pod->ended)
		return "ran";
	bool running = record->state.data || slice_equal_text(pod->record->phase, "Running");
	return running ? "runs" : "waits";
}

static int64_t first_known(int64_t a, int64_t b, int64_t c)
{
	if (a != TIME_UNSET)
		return a;
	return b != TIME_UNSET ? b : c;
}

static int add_container(struct sightings *sightings, const struct world_container *container, struct error **err)
{
	const struct container *record = container->record;
	const struct pod *pod = container->pod->record;
	const char *state = container_state(container);
	if (!state)
		return 0;
	struct world_sighting *sighting = add_sighting(sightings, container->pod->cluster, container->image, err);
	if (!sighting)
		return -1;
	name_workload(sighting, container->workload);
	sighting->container = record;
	sighting->by_tag = container->image->repository && !container->image->reference.digest.data;
	struct sighting *row = &sighting->row;
	row->state = slice_of(state);
	row->pod = pod->name;
	row->container = record->name;
	row->node = pod->node;
	if (record->digest.len)
		row->digest = record->digest;
	/* A restarted container's image was there for its first start, too; what its last start pulled is by then. */
	row->from_time = record->restarts > 0 ? first_known(pod->started, pod->created, record->started)
					      : first_known(record->started, pod->started, pod->created);
	row->pulled_by = first_known(record->started, record->finished, pod->last_seen);
	row->to_time = first_known(record->finished, pod->last_seen, TIME_UNSET);
	row->proof = record->state.data ? SLICE("pod status") : SLICE("pod spec");
	return 0;
}

static int add_template(struct sightings *sightings, const struct world_workload *template,
			const struct world_container *container, struct error **err)
{
	struct world_sighting *sighting = add_sighting(sightings, template->cluster, container->image, err);
	if (!sighting)
		return -1;
	name_workload(sighting, template->top);
	sighting->row.state = SLICE("template");
	sighting->row.container = container->record->name;
	sighting->row.to_time = container->record->last_seen;
	sighting->row.proof = SLICE("template");
	return 0;
}

static int add_cluster(struct sightings *sightings, const struct world_cluster *cluster, struct error **err)
{
	for (size_t i = 0; i < cluster->pods.len; i++) {
		const struct world_pod *pod = cluster->pods.items[i];
		for (size_t j = 0; j < pod->containers.len; j++) {
			if (add_container(sightings, pod->containers.items[j], err) < 0)
				return -1;
		}
	}
	for (size_t i = 0; i < cluster->templates.len; i++) {
		const struct world_workload *template = cluster->templates.items[i];
		for (size_t j = 0; j < template->containers.len; j++) {
			if (add_template(sightings, template, template->containers.items[j], err) < 0)
				return -1;
		}
	}
	return 0;
}

static int cached_key(struct sightings *sightings, const struct node_image *record,
		      const struct world_image_name *image, struct slice *ret_key, struct error **err)
{
	const struct slice *repository = image->repository;
	struct slice parts[] = {
		record->cluster, record->node, { (const char *)&repository, sizeof repository }, record->digest
	};
	return build_exact_key(sightings->build, parts, 4, ret_key, err);
}

/* A node names one image several times: repo:tag, and repo@digest. */
struct cached_names {
	const struct node_image *tagged; /* repo:tag; of several the one seen last */
	const struct node_image *pinned; /* repo@digest; of several spellings the one seen first */
};

static int note_node_image(struct sightings *sightings, const struct node_image *record, struct error **err)
{
	const struct world_image_name *image = NULL;
	struct slice key = SLICE_NONE;
	if (!record->digest.len)
		return 0;
	if (build_image_name(sightings->build, record->image, &image, err) < 0 ||
	    cached_key(sightings, record, image, &key, err) < 0)
		return -1;
	void **place = map_put(&sightings->cached, key);
	if (!place)
		return error_no_memory(err);
	if (!*place && !(*place = build_new(sightings->build, sizeof(struct cached_names), err)))
		return -1;
	struct cached_names *names = *place;
	if (!image->reference.tag.data && (!names->pinned || record->first_seen < names->pinned->first_seen))
		names->pinned = record;
	if (image->reference.tag.data && (!names->tagged || record->last_seen > names->tagged->last_seen))
		names->tagged = record;
	return 0;
}

/* repo@digest is told only where no tag is, or was to the end: one that moved on leaves the digest behind. */
static bool is_told_by_tag(const struct cached_names *names, const struct node_image *record)
{
	return names && names->tagged && names->tagged->last_seen >= record->last_seen;
}

static int add_node_image(struct sightings *sightings, const struct node_image *record, struct error **err)
{
	struct world_cluster *cluster = build_cluster(sightings->build, record->cluster);
	const struct world_image_name *image = NULL;
	struct slice key = SLICE_NONE;
	if (!cluster)
		return 0;
	if (build_image_name(sightings->build, record->image, &image, err) < 0 ||
	    cached_key(sightings, record, image, &key, err) < 0)
		return -1;
	const struct cached_names *names = map_get(&sightings->cached, key);
	if (!image->reference.tag.data && is_told_by_tag(names, record))
		return 0;
	struct world_sighting *sighting = add_sighting(sightings, cluster, image, err);
	if (!sighting)
		return -1;
	sighting->node = map_get(&cluster->nodes_by_name, record->node);
	sighting->current = sighting->node && sighting->node->gone != BOOL_TRUE &&
			    sighting->node->last_seen == record->last_seen;
	struct sighting *row = &sighting->row;
	row->state = SLICE("cached");
	row->node = record->node;
	if (record->digest.len)
		row->digest = record->digest;
	/* The tag may have been there before its digest was, and the digest before the tag. */
	row->from_time = names && names->pinned ? names->pinned->first_seen : record->first_seen;
	row->to_time = record->last_seen;
	row->proof = sighting->current ? SLICE("node image list") : SLICE("earlier node image list");
	return 0;
}

static int add_node_images(struct sightings *sightings, struct error **err)
{
	const struct record_list *images = &sightings->build->observed.node_images;
	for (size_t i = 0; i < images->len; i++) {
		if (note_node_image(sightings, RECORD_AT(*images, node_image, i), err) < 0)
			return -1;
	}
	for (size_t i = 0; i < images->len; i++) {
		if (add_node_image(sightings, RECORD_AT(*images, node_image, i), err) < 0)
			return -1;
	}
	return 0;
}

/* Events outlive their pods: then the pod's name tells what made it. */
static int workload_of_event(struct sightings *sightings, const struct world_cluster *cluster,
			     const struct event *record, struct world_workload **ret_workload, struct error **err)
{
	const struct world_pod *pod = NULL;
	if (record->involved_uid.data)
		pod = map_get(&cluster->pods_by_uid, record->involved_uid);
	if (pod) {
		*ret_workload = pod->workload;
		return 0;
	}
	*ret_workload = NULL;
	if (!slice_equal_text(record->involved_kind, "Pod"))
		return 0;
	return workload_of_pod_name(sightings->build, cluster, record->namespace, record->involved_name, ret_workload,
				    err);
}

static int add_event(struct sightings *sightings, const struct event *record, struct error **err)
{
	struct world_cluster *cluster = build_cluster(sightings->build, record->cluster);
	bool pull = slice_equal_text(record->reason, "Pulled") || slice_equal_text(record->reason, "Pulling");
	const struct world_image_name *image = NULL;
	if (!cluster || !pull || !record->image.len)
		return 0;
	if (build_image_name(sightings->build, record->image, &image, err) < 0)
		return -1;
	struct world_sighting *sighting = add_sighting(sightings, cluster, image, err);
	if (!sighting)
		return -1;
	struct sighting *row = &sighting->row;
	struct world_workload *workload = NULL;
	if (workload_of_event(sightings, cluster, record, &workload, err) < 0)
		return -1;
	if (workload)
		name_workload(sighting, workload);
	row->namespace = record->namespace;
	row->state = SLICE("pulled");
	row->pod = record->involved_name;
	row->container = record->container;
	row->node = record->node;
	row->from_time = first_known(record->first_time, record->last_time, TIME_UNSET);
	row->to_time = first_known(record->last_time, record->first_time, TIME_UNSET);
	return build_text(sightings->build, &row->proof, err, "event %.*s", SLICE_ARG(record->reason));
}

static void sightings_release(struct sightings *sightings)
{
	map_release(&sightings->cached);
}

int sightings_build(struct build *build, struct error **err)
{
	CLEANUP(sightings_release) struct sightings sightings = { .build = build };
	if (build->options->no_sightings)
		return 0;
	record_init(&sighting_type, &sightings.blank.row);
	for (size_t i = 0; i < build->world->clusters.len; i++) {
		if (add_cluster(&sightings, build->world->clusters.items[i], err) < 0)
			return -1;
	}
	if (add_node_images(&sightings, err) < 0)
		return -1;
	for (size_t i = 0; i < build->observed.events.len; i++) {
		if (add_event(&sightings, RECORD_AT(build->observed.events, event, i), err) < 0)
			return -1;
	}
	return 0;
}
