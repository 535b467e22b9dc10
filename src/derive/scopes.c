/* How completely the latest read of each cluster covered each kind, namespace by namespace. */
#include "derive/world_internal.h"

static bool has_outcome(const struct coverage *coverage, const char *outcome)
{
	return slice_equal_text(coverage->outcome, outcome);
}

bool coverage_is_whole(const struct coverage *coverage)
{
	return has_outcome(coverage, "complete") || has_outcome(coverage, "metadata");
}

bool coverage_is_read(const struct coverage *coverage)
{
	if (has_outcome(coverage, "interrupted") || has_outcome(coverage, "failed"))
		return coverage->objects != INT_UNKNOWN && coverage->objects > 0;
	return coverage_is_whole(coverage) || has_outcome(coverage, "mixed") || has_outcome(coverage, "doubted") ||
	       has_outcome(coverage, "partial");
}

/* --- making them --- */

static struct world_kind *kind_of(struct build *build, struct world_cluster *cluster, struct slice name,
				  struct error **err)
{
	void **place = map_put(&cluster->kinds, name);
	if (!place) {
		error_no_memory(err);
		return NULL;
	}
	if (!*place) {
		struct world_kind *kind = build_new(build, sizeof *kind, err);
		if (!kind)
			return NULL;
		kind->kind = name;
		*place = kind;
	}
	return *place;
}

static int add_coverage(struct build *build, struct world_cluster *cluster, const struct coverage *coverage,
			struct error **err)
{
	struct world_kind *kind = kind_of(build, cluster, coverage->kind, err);
	void *kept = NULL;
	if (!kind || build_push(build, &cluster->coverage, coverage, err) < 0 ||
	    build_push(build, &kind->coverage, coverage, err) < 0)
		return -1;
	kind->read |= coverage_is_read(coverage);
	kind->partial |= has_outcome(coverage, "partial");
	if (!slice_equal_text(coverage->namespace, "*"))
		return build_put(&kind->namespaces, coverage->namespace, coverage, &kept, err);
	if (!kind->all)
		kind->all = coverage;
	return 0;
}

static int add_namespaces(struct build *build, struct error **err)
{
	const struct record_list *all = &build->observed.namespaces;
	for (size_t i = 0; i < all->len; i++) {
		const struct namespace *namespace = RECORD_AT(*all, namespace, i);
		struct world_cluster *cluster = build_cluster(build, namespace->cluster);
		if (cluster && namespace->gone != BOOL_TRUE &&
		    build_push(build, &cluster->namespaces, namespace, err) < 0)
			return -1;
	}
	return 0;
}

int scopes_build(struct build *build, struct error **err)
{
	const struct record_list *all = &build->observed.coverage;
	for (size_t i = 0; i < all->len; i++) {
		const struct coverage *coverage = RECORD_AT(*all, coverage, i);
		struct world_cluster *cluster = build_cluster(build, coverage->cluster);
		if (cluster && cluster->read && coverage->read == cluster->read->id &&
		    add_coverage(build, cluster, coverage, err) < 0)
			return -1;
	}
	return add_namespaces(build, err);
}

/* --- asking them --- */

bool world_read_kind(const struct world_cluster *cluster, const char *kind)
{
	const struct world_kind *known = map_get(&cluster->kinds, slice_of(kind));
	return known && known->read;
}

static enum world_scope scope_of(const struct world_cluster *cluster, const struct world_kind *kind,
				 struct slice namespace)
{
	if (kind->all && coverage_is_whole(kind->all))
		return SCOPE_READ;
	const struct coverage *own = map_get(&kind->namespaces, namespace);
	if (own)
		return coverage_is_whole(own) || has_outcome(own, "doubted") ? SCOPE_READ : SCOPE_LOST;
	if (kind->all) {
		bool nothing = has_outcome(kind->all, "absent") || has_outcome(kind->all, "unknown_kind");
		return nothing && !kind->read ? SCOPE_NOT_READ : SCOPE_LOST;
	}
	/* Lists of other namespaces alone. One of a dump that was cut may have gone on with this one. */
	if (cluster->exact || kind->partial)
		return SCOPE_LOST;
	return kind->read ? SCOPE_READ : SCOPE_LOST;
}

enum world_scope world_scope_of(const struct world_cluster *cluster, struct slice kind, struct slice namespace)
{
	const struct world_kind *known = map_get(&cluster->kinds, kind);
	return known ? scope_of(cluster, known, namespace) : SCOPE_NOT_READ;
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

/* Of whatever kind that can use secrets, custom ones too. */
static bool some_list_lost(const struct world_cluster *cluster, struct slice namespace)
{
	for (size_t i = 0; i < cluster->kinds.len; i++) {
		const struct world_kind *kind = cluster->kinds.items[i].value;
		if (!holds_no_users(kind->kind) && scope_of(cluster, kind, namespace) == SCOPE_LOST)
			return true;
	}
	return false;
}

/* A live cluster was asked for each; that a dump has none of a kind may also mean that there are none. */
static bool templates_read(const struct world_cluster *cluster, struct slice namespace)
{
	static const struct slice kinds[] = {
		SLICE("Deployment"), SLICE("StatefulSet"),          SLICE("DaemonSet"), SLICE("CronJob"), SLICE("Job"),
		SLICE("ReplicaSet"), SLICE("ReplicationController")
	};
	size_t count = sizeof kinds / sizeof *kinds, read = 0;
	for (size_t i = 0; i < count; i++)
		read += world_scope_of(cluster, kinds[i], namespace) == SCOPE_READ;
	return cluster->exact ? read == count : read > 0;
}

bool world_users_known(const struct world_cluster *cluster, struct slice namespace)
{
	return !cluster->users_lost && !some_list_lost(cluster, namespace) &&
	       world_scope_of(cluster, SLICE("Pod"), namespace) == SCOPE_READ &&
	       world_scope_of(cluster, SLICE("ServiceAccount"), namespace) == SCOPE_READ &&
	       templates_read(cluster, namespace);
}
