#include <stdlib.h>

#include "derive/world_internal.h"

static bool is_watch(const struct read *read)
{
	return slice_equal_text(read->source_kind, "watch");
}

bool read_tells_nothing(const struct read *read)
{
	bool empty = read->objects == INT_UNKNOWN || read->objects == 0;
	return slice_equal_text(read->outcome, "failed") || (slice_equal_text(read->outcome, "interrupted") && empty);
}

/* A registry or a layout of images is filed like a cluster, and is none: images_build reads those. */
static bool is_cluster(const struct cluster *record)
{
	return identity_is_cluster(record->cluster);
}

/* A live read that failed early learnt no UID and is filed by its address. Where the address was read well before, it
 * is that cluster which could not be read again. Not there: none. */
static struct slice cluster_at_address(const struct build *build, const struct cluster *record)
{
	const struct record_list *reads = &build->observed.reads;
	const struct read *failed = NULL, *well = NULL;
	for (size_t i = 0; i < reads->len; i++) {
		const struct read *read = RECORD_AT(*reads, read, i);
		if (!slice_equal(read->cluster, record->cluster))
			continue;
		if (!read_tells_nothing(read) || !slice_equal_text(read->source_kind, "cluster"))
			return SLICE_NONE;
		failed = read;
	}
	for (size_t i = 0; failed && record->provisional == BOOL_TRUE && i < reads->len; i++) {
		const struct read *read = RECORD_AT(*reads, read, i);
		if (slice_equal(read->source, failed->source) && !read_tells_nothing(read) &&
		    identity_is_cluster(read->cluster))
			well = read;
	}
	return well ? well->cluster : SLICE_NONE;
}

/* --- names --- */

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

static int count_names(const struct build *build, struct map *names, struct error **err)
{
	for (size_t i = 0; i < build->observed.clusters.len; i++) {
		const struct cluster *record = RECORD_AT(build->observed.clusters, cluster, i);
		if (!is_cluster(record) || cluster_at_address(build, record).data)
			continue;
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
	cluster->as_of = cluster->as_of_before = cluster->first_read = TIME_UNSET;
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

static int add_addresses(struct build *build, struct error **err)
{
	for (size_t i = 0; i < build->observed.clusters.len; i++) {
		const struct cluster *record = RECORD_AT(build->observed.clusters, cluster, i);
		struct slice known = is_cluster(record) ? cluster_at_address(build, record) : SLICE_NONE;
		struct world_cluster *cluster = known.data ? map_get(&build->clusters, known) : NULL;
		void *kept = NULL;
		if (cluster && build_put(&build->clusters, record->cluster, cluster, &kept, err) < 0)
			return -1;
	}
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	const struct world_cluster *left = *(const struct world_cluster *const *)a;
	const struct world_cluster *right = *(const struct world_cluster *const *)b;
	int order = slice_compare(left->name, right->name);
	return order ? order : slice_compare(left->record->cluster, right->record->cluster);
}

/* --- reads --- */

/* A read that told nothing, one that another process is still at, and the batches of a watch, which hold what changed
 * and nothing else, count only where there is no other. */
static int weight(const struct read *read)
{
	if (is_watch(read) || slice_equal_text(read->outcome, "reading"))
		return 0;
	return read_tells_nothing(read) ? 1 : 2;
}

/* What `read` rests on: its coverage names each list. */
static bool is_exact(const struct read *read)
{
	return is_watch(read) || slice_equal_text(read->source_kind, "cluster") ||
	       slice_equal_text(read->as_of_from, "manifest");
}

/* Contexts of one cluster are read as of one time: what one user may not see another has seen at that time. */
static bool tells_more(const struct read *read, const struct read *than)
{
	bool whole = slice_equal_text(read->outcome, "complete");
	if (is_exact(read) && is_exact(than) && whole != slice_equal_text(than->outcome, "complete"))
		return whole;
	return read->id > than->id;
}

static bool is_later(const struct read *read, const struct read *than)
{
	if (!than || weight(read) != weight(than))
		return !than || weight(read) > weight(than);
	return read->as_of != than->as_of ? read->as_of > than->as_of : tells_more(read, than);
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
		cluster->exact = is_exact(read);
	}
}

/* Beside the one that was chosen. Reads come in the order of their numbers. */
static void choose_other_reads(struct build *build)
{
	const struct record_list *reads = &build->observed.reads;
	for (size_t i = 0; i < reads->len; i++) {
		const struct read *read = RECORD_AT(*reads, read, i);
		struct world_cluster *cluster = build_cluster(build, read->cluster);
		if (!cluster)
			continue;
		/* The same dump read twice is no read before: only an earlier time is. */
		if (weight(read) == 2 && read->as_of < cluster->as_of && read->as_of > cluster->as_of_before)
			cluster->as_of_before = read->as_of;
		if (weight(read) == 2 && (cluster->first_read == TIME_UNSET || read->as_of < cluster->first_read))
			cluster->first_read = read->as_of;
		if (weight(read) == 1 && read->id >= cluster->read->id)
			cluster->failed = read;
		if (read != cluster->read && is_watch(read) && slice_equal_text(read->outcome, "complete") &&
		    read->as_of >= cluster->as_of)
			cluster->changes = read;
	}
}

/* The reads that an answer rests on, and those after them that told nothing. */
static bool is_kept(const struct read *read, const struct world_cluster *cluster)
{
	return read == cluster->read || read == cluster->changes || (weight(read) == 1 && read->id > cluster->read->id);
}

/* The same source failed again: the latest word is enough. */
static bool failed_again(const struct record_list *reads, size_t i)
{
	const struct read *read = RECORD_AT(*reads, read, i);
	bool again = false;
	for (size_t k = i + 1; k < reads->len && weight(read) == 1 && !again; k++) {
		const struct read *later = RECORD_AT(*reads, read, k);
		again = weight(later) == 1 && slice_equal(later->cluster, read->cluster) &&
			slice_equal(later->source, read->source);
	}
	return again;
}

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
		if (cluster && is_kept(read, cluster) && !failed_again(reads, i))
			kept[count++] = *read;
	}
	build->world->reads = (struct record_list){ kept, count };
	return 0;
}

/* --- reads of secrets --- */

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

static bool holds_values(const struct coverage *coverage)
{
	return slice_equal_text(coverage->kind, "Secret") && coverage_is_read(coverage) &&
	       !slice_equal_text(coverage->outcome, "metadata");
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
		if (!cluster || !holds_values(coverage))
			continue;
		struct slice id = { (const char *)&coverage->read, sizeof coverage->read };
		const struct read *read = map_get(&reads, id);
		if (!read || (is_watch(read) && read != cluster->read))
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
		int64_t newest = cluster->changes ? cluster->changes->as_of : cluster->as_of;
		if (newest > world->as_of)
			world->as_of = newest;
	}
}

int clusters_build(struct build *build, struct error **err)
{
	CLEANUP(map_release) struct map names = { 0 };
	struct world_list *clusters = &build->world->clusters;
	if (count_names(build, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < build->observed.clusters.len; i++) {
		const struct cluster *record = RECORD_AT(build->observed.clusters, cluster, i);
		if (is_cluster(record) && !cluster_at_address(build, record).data &&
		    add_cluster(build, record, &names, err) < 0)
			return -1;
	}
	if (add_addresses(build, err) < 0)
		return -1;
	if (clusters->len)
		qsort(clusters->items, clusters->len, sizeof *clusters->items, compare_names);
	build->last_identity = SLICE_NONE;
	choose_reads(build);
	choose_other_reads(build);
	find_newest(build->world, build->options->as_of);
	if (keep_reads(build, err) < 0 || find_secret_reads(build, err) < 0)
		return -1;
	return add_nodes(build, err);
}
