#include "derive/world_internal.h"

/* Which types of pull secrets the latest read held completely, by bits. */
#define READ_CONFIG_JSON 1U /* kubernetes.io/dockerconfigjson */
#define READ_CONFIG 2U      /* kubernetes.io/dockercfg */

static uintptr_t types_of(struct slice subtype)
{
	if (slice_equal_text(subtype, "*"))
		return READ_CONFIG_JSON | READ_CONFIG;
	if (slice_equal_text(subtype, "kubernetes.io/dockerconfigjson"))
		return READ_CONFIG_JSON;
	return slice_equal_text(subtype, "kubernetes.io/dockercfg") ? READ_CONFIG : 0;
}

/* Namespace, or * for all -> the types that were read in it. */
static int find_types_read(const struct world_cluster *cluster, struct map *ret_types, struct error **err)
{
	for (size_t i = 0; i < cluster->coverage.len; i++) {
		const struct coverage *coverage = cluster->coverage.items[i];
		if (!slice_equal_text(coverage->kind, "Secret") || !coverage_is_whole(coverage))
			continue;
		void **place = map_put(ret_types, coverage->namespace);
		if (!place)
			return error_no_memory(err);
		*place = (void *)((uintptr_t)*place | types_of(coverage->subtype));
	}
	return 0;
}

/* A dump of all secrets that holds one type only looks like a list of that type. The old type has nearly died out, and
 * OpenShift, which still makes such secrets, puts it into their names: others are taken to be of the new type. A live
 * cluster was asked for each type, so there a list that is not there is one that failed. */
static bool surely_read(const struct world_cluster *cluster, uintptr_t types, struct slice name)
{
	if (!(types & READ_CONFIG_JSON))
		return false;
	return (types & READ_CONFIG) || (!cluster->exact && !slice_contains(name, "dockercfg"));
}

/* What the search for missing secrets of one cluster needs. */
struct search {
	struct build *build;
	struct map *seen;  /* what was added */
	struct map *types; /* find_types_read */
};

static int add_missing(struct build *build, struct map *seen, const struct world_missing *missing, struct error **err)
{
	struct slice parts[] = { missing->cluster->record->cluster, missing->namespace, missing->secret,
				 missing->holder_kind, missing->holder };
	struct slice key = SLICE_NONE;
	if (build_exact_key(build, parts, sizeof parts / sizeof *parts, &key, err) < 0)
		return -1;
	void **place = map_put(seen, key);
	if (!place)
		return error_no_memory(err);
	if (*place)
		return 0;
	struct world_missing *added = build_new(build, sizeof *added, err);
	if (!added)
		return -1;
	*added = *missing;
	*place = added;
	return build_push(build, &build->world->missing, added, err);
}

/* `holder`: everything but the secret's name. */
static int check_names(const struct search *search, const struct world_missing *holder, const struct slice_list *names,
		       struct error **err)
{
	if (!names->len)
		return 0;
	uintptr_t types = (uintptr_t)map_get(search->types, SLICE("*")) |
			  (uintptr_t)map_get(search->types, holder->namespace);
	for (size_t i = 0; i < names->len; i++) {
		struct world_missing missing = *holder;
		struct world_secret *secret = NULL;
		missing.secret = names->items[i];
		if (secret_find(search->build, holder->cluster, holder->namespace, missing.secret, &secret, err) < 0)
			return -1;
		bool there = secret && secret->current;
		if (!there && surely_read(holder->cluster, types, missing.secret) &&
		    add_missing(search->build, search->seen, &missing, err) < 0)
			return -1;
	}
	return 0;
}

static int check_cluster(const struct search *search, struct world_cluster *cluster, struct error **err)
{
	for (size_t i = 0; i < cluster->pods.len; i++) {
		const struct world_pod *pod = cluster->pods.items[i];
		struct world_missing holder = { cluster, pod->record->namespace, SLICE_NONE, pod->workload->kind,
						pod->workload->name };
		if (!pod->ended && check_names(search, &holder, &pod->record->pull_secrets, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < cluster->templates.len; i++) {
		const struct world_workload *template = cluster->templates.items[i];
		struct world_missing holder = { cluster, template->namespace, SLICE_NONE, template->top->kind,
						template->top->name };
		if (check_names(search, &holder, &template->pull_secrets, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < cluster->accounts.len; i++) {
		const struct service_account *account = cluster->accounts.items[i];
		struct world_missing holder = { cluster, account->namespace, SLICE_NONE, SLICE("ServiceAccount"),
						account->name };
		if (check_names(search, &holder, &account->pull_secrets, err) < 0)
			return -1;
	}
	return 0;
}

int missing_build(struct build *build, struct error **err)
{
	CLEANUP(map_release) struct map seen = { 0 };
	for (size_t i = 0; i < build->world->clusters.len; i++) {
		CLEANUP(map_release) struct map types = { 0 };
		struct world_cluster *cluster = build->world->clusters.items[i];
		const struct search search = { build, &seen, &types };
		if (find_types_read(cluster, &types, err) < 0 || check_cluster(&search, cluster, err) < 0)
			return -1;
	}
	return 0;
}
