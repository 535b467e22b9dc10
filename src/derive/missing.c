#include "derive/world_internal.h"

/* Which pull secrets of a namespace the latest read held completely. */
struct secrets_read {
	bool config_json, config; /* kubernetes.io/dockerconfigjson, kubernetes.io/dockercfg */
};

static struct secrets_read secrets_read_of(const struct world_cluster *cluster, struct slice namespace)
{
	struct secrets_read read = { false, false };
	for (size_t i = 0; i < cluster->coverage.len; i++) {
		const struct coverage *coverage = cluster->coverage.items[i];
		if (!slice_equal_text(coverage->kind, "Secret") || !slice_equal_text(coverage->outcome, "complete"))
			continue;
		if (!slice_equal_text(coverage->namespace, "*") && !slice_equal(coverage->namespace, namespace))
			continue;
		bool all = slice_equal_text(coverage->subtype, "*");
		read.config_json |= all || slice_equal_text(coverage->subtype, "kubernetes.io/dockerconfigjson");
		read.config |= all || slice_equal_text(coverage->subtype, "kubernetes.io/dockercfg");
	}
	return read;
}

/* A list of all secrets that holds one type only looks like a list of that type. The old type has nearly died out, and
 * OpenShift, which still makes such secrets, puts it into their names: others are taken to be of the new type. */
static bool surely_read(const struct secrets_read *read, struct slice name)
{
	return read->config_json && (read->config || !slice_contains(name, "dockercfg"));
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
	if (!names->len)
		return 0;
	struct secrets_read read = secrets_read_of(holder->cluster, holder->namespace);
	for (size_t i = 0; i < names->len; i++) {
		struct world_missing missing = *holder;
		struct world_secret *secret = NULL;
		missing.secret = names->items[i];
		if (secret_find(build, holder->cluster, holder->namespace, missing.secret, &secret, err) < 0)
			return -1;
		bool there = secret && secret->current;
		if (!there && surely_read(&read, missing.secret) && add_missing(build, seen, &missing, err) < 0)
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
