#include "derive/world_internal.h"

/* Whether the latest read held all pull secrets of the namespace: only then is one that is not here really not there.
 */
static bool secrets_complete(const struct world_cluster *cluster, struct slice namespace)
{
	bool config_json = false, config = false;
	for (size_t i = 0; i < cluster->coverage.len; i++) {
		const struct coverage *coverage = cluster->coverage.items[i];
		if (!slice_equal_text(coverage->kind, "Secret") || !slice_equal_text(coverage->outcome, "complete"))
			continue;
		if (!slice_equal_text(coverage->namespace, "*") && !slice_equal(coverage->namespace, namespace))
			continue;
		bool all = slice_equal_text(coverage->subtype, "*");
		config_json |= all || slice_equal_text(coverage->subtype, "kubernetes.io/dockerconfigjson");
		config |= all || slice_equal_text(coverage->subtype, "kubernetes.io/dockercfg");
	}
	return config_json && config;
}

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
static int check_names(struct build *build, struct map *seen, const struct world_missing *holder,
		       const struct slice_list *names, struct error **err)
{
	for (size_t i = 0; i < names->len; i++) {
		struct world_missing missing = *holder;
		struct world_secret *secret = NULL;
		missing.secret = names->items[i];
		if (secret_find(build, holder->cluster, holder->namespace, missing.secret, &secret, err) < 0)
			return -1;
		if (secret && secret->current)
			continue;
		if (secrets_complete(holder->cluster, holder->namespace) && add_missing(build, seen, &missing, err) < 0)
			return -1;
	}
	return 0;
}

static int check_cluster(struct build *build, struct map *seen, struct world_cluster *cluster, struct error **err)
{
	for (size_t i = 0; i < cluster->pods.len; i++) {
		const struct world_pod *pod = cluster->pods.items[i];
		struct world_missing holder = { cluster, pod->record->namespace, SLICE_NONE, pod->workload->kind,
						pod->workload->name };
		if (!pod->ended && check_names(build, seen, &holder, &pod->record->pull_secrets, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < cluster->templates.len; i++) {
		const struct world_workload *template = cluster->templates.items[i];
		struct world_missing holder = { cluster, template->namespace, SLICE_NONE, template->top->kind,
						template->top->name };
		if (check_names(build, seen, &holder, &template->pull_secrets, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < cluster->accounts.len; i++) {
		const struct service_account *account = cluster->accounts.items[i];
		struct world_missing holder = { cluster, account->namespace, SLICE_NONE, SLICE("ServiceAccount"),
						account->name };
		if (check_names(build, seen, &holder, &account->pull_secrets, err) < 0)
			return -1;
	}
	return 0;
}

int missing_build(struct build *build, struct error **err)
{
	CLEANUP(map_release) struct map seen = { 0 };
	for (size_t i = 0; i < build->world->clusters.len; i++) {
		if (check_cluster(build, &seen, build->world->clusters.items[i], err) < 0)
			return -1;
	}
	return 0;
}
