#include <stdlib.h>

#include "derive/world_internal.h"

/* What a cluster's records can be taken for. */
static bool wanted(const struct world_options *options, const struct world_cluster *cluster)
{
	for (size_t i = 0; i < options->cluster_count; i++) {
		struct slice asked = options->clusters[i];
		if (slice_equal(asked, cluster->name) || slice_equal(asked, cluster->record->name) ||
		    slice_equal(asked, cluster->record->cluster) || slice_equal(asked, cluster->record->uid))
			return true;
	}
	return options->cluster_count == 0;
}

static int make_unique_name(struct build *build, struct world_cluster *cluster, struct map *names, struct error **err)
{
	const struct cluster *record = cluster->record;
	cluster->name = record->name.data ? record->name : record->cluster;
	size_t same = (size_t)(uintptr_t)map_get(names, cluster->name);
	if (same < 2)
		return 0;
	struct slice id = record->uid.data ? slice_part(record->uid, 0, 8) : record->cluster;
	return build_text(build, &cluster->name, err, "%.*s (%.*s)", SLICE_ARG(cluster->name), SLICE_ARG(id));
}

static int count_names(const struct record_list *clusters, struct map *names, struct error **err)
{
	for (size_t i = 0; i < clusters->len; i++) {
		const struct cluster *record = RECORD_AT(*clusters, cluster, i);
		void **count = map_put(names, record->name.data ? record->name : record->cluster);
		if (!count)
			return error_no_memory(err);
		*count = (char *)*count + 1;
	}
	return 0;
}

static int add_cluster(struct build *build, const struct cluster *record, struct map *names, struct error **err)
{
	struct world_cluster *cluster = build_new(build, sizeof *cluster, err);
	if (!cluster)
		return -1;
	cluster->record = record;
	cluster->as_of = cluster->as_of_before = TIME_UNSET;
	cluster->secrets_as_of = cluster->secrets_before = TIME_UNSET;
	if (make_unique_name(build, cluster, names, err) < 0)
		return -1;
	if (!wanted(build->options, cluster))
		return 0;
	void *kept = NULL;
	if (build_put(&build->clusters, record->cluster, cluster, &kept, err) < 0)
		return -1;
	return build_push(build, &build->world->clusters, cluster, err);
}

static int compare_names(const void *a, const void *b)
{
	const struct world_cluster *left = *(const struct world_cluster *const *)a;
	const struct world_cluster *right = *(const struct world_cluster *const *)b;
	int order = slice_compare(left->name, right->name);
	return order ? order : slice_compare(left->record->cluster, right->record->cluster);
}

static bool failed(const struct read *read)
{
	return slice_equal_text(read->outcome, "failed");
}

/* A read that failed tells nothing about the cluster, unless there is no other. */
static bool is_later(const struct read *read, const struct read *than)
{
	if (!than || failed(read) != failed(than))
		return !than || failed(than);
	return read->as_of != than->as_of ? read->as_of > than->as_of : read->id > than->id;
}

static void choose_reads(struct build *build)
{
	const struct record_list *reads = &build->observed.reads;
	for (size_t i = 0; i < reads->len; i++) {
		const struct read *read = RECORD_AT(*reads, read, i);
		struct world_cluster *cluster = build_cluster(build, read->cluster);
		if (!cluster || !is_later(read, cluster->read))
			continue;
		cluster->read = read;
		cluster->as_of = read->as_of;
	}
	for (size_t i = 0; i < reads->len; i++) {
		const struct read *read = RECORD_AT(*reads, read, i);
		struct world_cluster *cluster = build_cluster(build, read->cluster);
		/* The same dump read twice is no read before: only an earlier time is. */
		if (cluster && !failed(read) && read->as_of < cluster->as_of && read->as_of > cluster->as_of_before)
			cluster->as_of_before = read->as_of;
	}
}

/* The latest reads, and those that failed after them: what an answer rests on. */
static int keep_reads(struct build *build, struct error **err)
{
	const struct record_list *reads = &build->observed.reads;
	struct read *kept = arena_zeroed(&build->world->arena, reads->len ? reads->len : 1, sizeof *kept);
	if (!kept)
		return arena_fail(&build->world->arena, err);
	size_t count = 0;
	for (size_t i = 0; i < reads->len; i++) {
		const struct read *read = RECORD_AT(*reads, read, i);
		const struct world_cluster *cluster = build_cluster(build, read->cluster);
		if (cluster && (read == cluster->read || (failed(read) && read->id > cluster->read->id)))
			kept[count++] = *read;
	}
	build->world->reads = (struct record_list){ kept, count };
	return 0;
}

static bool was_read(const struct coverage *coverage)
{
	return slice_equal_text(coverage->outcome, "complete") || slice_equal_text(coverage->outcome, "doubted") ||
	       slice_equal_text(coverage->outcome, "partial");
}

static bool holds_no_users(struct slice kind)
{
	static const char *const kinds[] = { "Secret", "Node", "Namespace", "Event" };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (slice_equal_text(kind, kinds[i]))
			return true;
	}
	return false;
}

/* Whether something else than the list that is partial held all of it: single objects beside a complete list. */
static bool read_elsewhere(const struct world_cluster *cluster, const struct coverage *partial)
{
	for (size_t i = 0; i < cluster->coverage.len; i++) {
		const struct coverage *other = cluster->coverage.items[i];
		if (slice_equal(other->kind, partial->kind) && slice_equal_text(other->outcome, "complete") &&
		    (slice_equal_text(other->namespace, "*") || slice_equal(other->namespace, partial->namespace)))
			return true;
	}
	return false;
}

static bool list_of_users_lost(const struct world_cluster *cluster)
{
	for (size_t i = 0; i < cluster->coverage.len; i++) {
		const struct coverage *coverage = cluster->coverage.items[i];
		if (slice_equal_text(coverage->outcome, "partial") && !holds_no_users(coverage->kind) &&
		    !read_elsewhere(cluster, coverage))
			return true;
	}
	return false;
}

static int keep_coverage(struct build *build, struct error **err)
{
	const struct record_list *all = &build->observed.coverage;
	for (size_t i = 0; i < all->len; i++) {
		const struct coverage *coverage = RECORD_AT(*all, coverage, i);
		struct world_cluster *cluster = build_cluster(build, coverage->cluster);
		if (!cluster || !cluster->read || coverage->read != cluster->read->id)
			continue;
		void *kept = NULL;
		if (build_push(build, &cluster->coverage, coverage, err) < 0 ||
		    (was_read(coverage) && build_put(&cluster->kinds_read, coverage->kind, coverage, &kept, err) < 0))
			return -1;
	}
	for (size_t i = 0; i < build->world->clusters.len; i++) {
		struct world_cluster *cluster = build->world->clusters.items[i];
		cluster->users_lost = list_of_users_lost(cluster);
	}
	return 0;
}

static int index_reads(const struct build *build, struct map *reads, struct error **err)
{
	for (size_t i = 0; i < build->observed.reads.len; i++) {
		const struct read *read = RECORD_AT(build->observed.reads, read, i);
		void **place = map_put(reads, (struct slice){ (const char *)&read->id, sizeof read->id });
		if (!place)
			return error_no_memory(err);
		*place = (void *)(uintptr_t)read;
	}
	return 0;
}

/* The last two times at which secrets were read. */
static int find_secret_reads(struct build *build, struct error **err)
{
	CLEANUP(map_release) struct map reads = { 0 };
	if (index_reads(build, &reads, err) < 0)
		return -1;
	const struct record_list *all = &build->observed.coverage;
	for (size_t i = 0; i < all->len; i++) {
		const struct coverage *coverage = RECORD_AT(*all, coverage, i);
		struct world_cluster *cluster = build_cluster(build, coverage->cluster);
		if (!cluster || !was_read(coverage) || !slice_equal_text(coverage->kind, "Secret"))
			continue;
		struct slice id = { (const char *)&coverage->read, sizeof coverage->read };
		const struct read *read = map_get(&reads, id);
		if (!read)
			continue;
		if (read->as_of > cluster->secrets_as_of) {
			cluster->secrets_before = cluster->secrets_as_of;
			cluster->secrets_as_of = read->as_of;
		} else if (read->as_of < cluster->secrets_as_of && read->as_of > cluster->secrets_before) {
			cluster->secrets_before = read->as_of;
		}
	}
	return 0;
}

static int add_nodes(struct build *build, struct error **err)
{
	const struct record_list *nodes = &build->observed.nodes;
	for (size_t i = 0; i < nodes->len; i++) {
		const struct node *node = RECORD_AT(*nodes, node, i);
		struct world_cluster *cluster = build_cluster(build, node->cluster);
		void *kept = NULL;
		if (cluster && (build_push(build, &cluster->nodes, node, err) < 0 ||
				build_put(&cluster->nodes_by_name, node->name, node, &kept, err) < 0))
			return -1;
	}
	return 0;
}

static void find_newest(struct world *world, int64_t given)
{
	world->as_of = given;
	for (size_t i = 0; given == TIME_UNSET && i < world->clusters.len; i++) {
		const struct world_cluster *cluster = world->clusters.items[i];
		if (cluster->as_of > world->as_of)
			world->as_of = cluster->as_of;
	}
}

int clusters_build(struct build *build, struct error **err)
{
	CLEANUP(map_release) struct map names = { 0 };
	struct world_list *clusters = &build->world->clusters;
	if (count_names(&build->observed.clusters, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < build->observed.clusters.len; i++) {
		if (add_cluster(build, RECORD_AT(build->observed.clusters, cluster, i), &names, err) < 0)
			return -1;
	}
	if (clusters->len)
		qsort(clusters->items, clusters->len, sizeof *clusters->items, compare_names);
	build->last_identity = SLICE_NONE;
	choose_reads(build);
	find_newest(build->world, build->options->as_of);
	if (keep_reads(build, err) < 0 || keep_coverage(build, err) < 0 || find_secret_reads(build, err) < 0)
		return -1;
	return add_nodes(build, err);
}

bool world_read_kind(const struct world_cluster *cluster, const char *kind)
{
	return map_get(&cluster->kinds_read, slice_of(kind));
}

static bool read_some_template(const struct world_cluster *cluster)
{
	static const char *const kinds[] = { "Deployment", "StatefulSet",          "DaemonSet", "CronJob", "Job",
					     "ReplicaSet", "ReplicationController" };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (world_read_kind(cluster, kinds[i]))
			return true;
	}
	return false;
}

bool world_users_known(const struct world_cluster *cluster)
{
	return world_read_kind(cluster, "Pod") && world_read_kind(cluster, "ServiceAccount") &&
	       read_some_template(cluster) && !cluster->users_lost;
}
