#include <stdlib.h>

#include "derive/world_internal.h"

/* A use while it is collected. */
struct counted_use {
	struct world_use use;             /* first */
	const struct world_pod *last_pod; /* a pod may read one secret in several ways: it counts once */
};

int template_pull_secrets(struct build *build, const struct world_workload *template, struct slice_list *ret_secrets,
			  const struct service_account **ret_account, struct error **err)
{
	*ret_account = NULL;
	*ret_secrets = template->pull_secrets;
	if (template->pull_secrets.len)
		return 0;
	struct slice account = template->service_account.len ? template->service_account : SLICE("default");
	struct slice parts[] = { template->namespace, account };
	struct slice key = SLICE_NONE;
	if (build_key(build, parts, 2, &key, err) < 0)
		return -1;
	*ret_account = map_get(&template->cluster->accounts_by_name, key);
	if (*ret_account)
		*ret_secrets = (*ret_account)->pull_secrets;
	return 0;
}

/* The uses so far, and which secrets were reached through which account. */
struct use_maps {
	struct map uses;    /* struct use_key -> struct counted_use * */
	struct map through; /* (secret, account) */
	struct map reads;   /* exact key of a workload and a secret's name */
};

struct use_key {
	const struct world_secret *secret;
	const struct world_workload *workload;
	const struct service_account *account;
	uintptr_t relation;
};

static void use_maps_release(struct use_maps *maps)
{
	map_release(&maps->uses);
	map_release(&maps->through);
	map_release(&maps->reads);
}

/* Pods come before templates: what is said of a template names the pods that were made from it. */
static void take_pods(const struct use_maps *maps, struct counted_use *use, const struct world_secret *secret)
{
	struct use_key key = { secret, use->use.workload, NULL, USE_PULLS };
	const struct counted_use *pulls = map_get(&maps->uses, (struct slice){ (const char *)&key, sizeof key });
	if (pulls && use->use.workload) {
		use->use.pods = pulls->use.pods;
		use->use.ended_pods = pulls->use.ended_pods;
	}
}

/* The use of the secret with that relation, by that workload, through that account. */
static struct counted_use *use_of(struct build *build, struct use_maps *maps, struct world_secret *secret,
				  const struct world_use *wanted, struct error **err)
{
	struct use_key key = { secret, wanted->workload, wanted->service_account, wanted->relation };
	struct pair pair = { secret, wanted->service_account };
	void *kept = NULL;
	if (wanted->service_account && build_put(&maps->through, pair_key(&pair), secret, &kept, err) < 0)
		return NULL;
	void **place = map_put(&maps->uses, (struct slice){ (const char *)&key, sizeof key });
	if (!place) {
		error_no_memory(err);
		return NULL;
	}
	if (*place)
		return *place;
	struct counted_use *use = build_new(build, sizeof *use, err);
	if (!use || build_push(build, &secret->uses, use, err) < 0)
		return NULL;
	use->use = *wanted;
	*place = use;
	if (wanted->relation == USE_TEMPLATE || wanted->relation == USE_SERVICE_ACCOUNT)
		take_pods(maps, use, secret);
	return use;
}

static void count_pod(struct counted_use *use, const struct world_pod *pod)
{
	if (use->last_pod == pod)
		return;
	use->last_pod = pod;
	*(pod->ended ? &use->use.ended_pods : &use->use.pods) += 1;
}

/* A pod's own list counts, not its account's: it was copied into the pod when the pod was made. */
static int add_pod_uses(struct build *build, struct use_maps *maps, const struct world_pod *pod, struct error **err)
{
	const struct slice_list *names = &pod->record->pull_secrets;
	struct world_use wanted = { .relation = USE_PULLS, .workload = pod->workload, .via = SLICE("pod") };
	for (size_t i = 0; i < names->len; i++) {
		struct world_secret *secret = NULL;
		if (secret_find(build, pod->cluster, pod->record->namespace, names->items[i], &secret, err) < 0)
			return -1;
		if (!secret)
			continue;
		struct counted_use *use = use_of(build, maps, secret, &wanted, err);
		if (!use)
			return -1;
		count_pod(use, pod);
	}
	return 0;
}

static int account_via(struct build *build, const struct service_account *account, struct slice *ret_via,
		       struct error **err)
{
	return build_text(build, ret_via, err, "service_account %.*s", SLICE_ARG(account->name));
}

static int add_template_uses(struct build *build, struct use_maps *maps, const struct world_workload *template,
			     struct error **err)
{
	const struct service_account *account = NULL;
	struct slice_list names = { 0 };
	if (template_pull_secrets(build, template, &names, &account, err) < 0)
		return -1;
	struct world_use wanted = { .relation = account ? USE_SERVICE_ACCOUNT : USE_TEMPLATE,
				    .workload = template->top,
				    .service_account = account,
				    .via = SLICE("template") };
	if (account && names.len && account_via(build, account, &wanted.via, err) < 0)
		return -1;
	for (size_t i = 0; i < names.len; i++) {
		struct world_secret *secret = NULL;
		if (secret_find(build, template->cluster, template->namespace, names.items[i], &secret, err) < 0)
			return -1;
		if (secret && !use_of(build, maps, secret, &wanted, err))
			return -1;
	}
	return 0;
}

/* An account that lists the secret uses it, even when no workload runs as it yet. */
static int add_account_uses(struct build *build, struct use_maps *maps, struct world_cluster *cluster,
			    const struct service_account *account, struct error **err)
{
	struct world_use wanted = { .relation = USE_SERVICE_ACCOUNT, .service_account = account };
	for (size_t i = 0; i < account->pull_secrets.len; i++) {
		struct world_secret *secret = NULL;
		if (secret_find(build, cluster, account->namespace, account->pull_secrets.items[i], &secret, err) < 0)
			return -1;
		struct pair pair = { secret, account };
		if (!secret || map_get(&maps->through, pair_key(&pair)))
			continue;
		if (account_via(build, account, &wanted.via, err) < 0 || !use_of(build, maps, secret, &wanted, err))
			return -1;
	}
	return 0;
}

/* "env" and "volume" -> "env, volume"; each once. */
static int add_way(struct build *build, struct slice *via, struct slice way, struct error **err)
{
	struct slice rest = *via, head, tail;
	for (bool more = rest.len > 0; more; rest = slice_trim(tail)) {
		more = slice_cut(rest, ',', &head, &tail);
		if (slice_equal(head, way))
			return 0;
	}
	if (!via->len) {
		*via = way;
		return 0;
	}
	return build_text(build, via, err, "%.*s, %.*s", SLICE_ARG(*via), SLICE_ARG(way));
}

/* Who holds it, when the record is of the holder's latest reading; else no workload. */
static int find_reader(struct build *build, const struct secret_reader *reader, struct world_cluster *cluster,
		       struct world_workload **ret_workload, struct world_pod **ret_pod, struct error **err)
{
	*ret_workload = NULL;
	*ret_pod = NULL;
	if (slice_equal_text(reader->holder_kind, "Pod") && !reader->holder_group.len) {
		struct world_pod *pod = map_get(&cluster->pods_by_uid, reader->holder);
		if (pod && pod->record->last_seen == reader->last_seen) {
			*ret_pod = pod;
			*ret_workload = pod->workload;
		}
		return 0;
	}
	struct workload_name name = { reader->namespace, reader->holder_group, reader->holder_kind, reader->holder };
	struct world_workload *workload = NULL;
	if (workload_find(build, cluster, &name, &workload, err) < 0)
		return -1;
	if (workload && workload->template_counts && workload->record->last_seen == reader->last_seen)
		*ret_workload = workload->top;
	return 0;
}

/* Whether the secret was read or not, and whatever it holds: bad code can take it. */
static int add_read_name(struct build *build, struct use_maps *maps, struct world_workload *workload,
			 const struct slice *name, struct error **err)
{
	struct slice parts[] = { { (const char *)&workload, sizeof workload }, *name };
	struct slice key = SLICE_NONE;
	if (build_exact_key(build, parts, 2, &key, err) < 0)
		return -1;
	void **place = map_put(&maps->reads, key);
	if (!place)
		return error_no_memory(err);
	if (*place)
		return 0;
	*place = workload;
	return build_push(build, &workload->reads, name, err);
}

static int compare_names(const void *a, const void *b)
{
	return slice_compare(**(const struct slice *const *)a, **(const struct slice *const *)b);
}

static void sort_reads(const struct world_cluster *cluster)
{
	for (size_t i = 0; i < cluster->workloads.len; i++) {
		struct world_workload *workload = cluster->workloads.items[i];
		if (workload->reads.len)
			qsort(workload->reads.items, workload->reads.len, sizeof *workload->reads.items, compare_names);
	}
}

static int add_reader(struct build *build, struct use_maps *maps, const struct secret_reader *reader,
		      struct error **err)
{
	struct world_cluster *cluster = build_cluster(build, reader->cluster);
	struct world_use wanted = { .relation = USE_READS };
	struct world_secret *secret = NULL;
	struct world_pod *pod = NULL;
	if (!cluster)
		return 0;
	if (find_reader(build, reader, cluster, &wanted.workload, &pod, err) < 0 ||
	    secret_find(build, cluster, reader->namespace, reader->secret, &secret, err) < 0)
		return -1;
	if (wanted.workload && add_read_name(build, maps, wanted.workload, &reader->secret, err) < 0)
		return -1;
	if (!wanted.workload || !secret)
		return 0;
	struct counted_use *use = use_of(build, maps, secret, &wanted, err);
	if (!use)
		return -1;
	if (pod)
		count_pod(use, pod);
	return add_way(build, &use->use.via, reader->relation, err);
}

static int add_cluster_uses(struct build *build, struct use_maps *maps, struct world_cluster *cluster,
			    struct error **err)
{
	for (size_t i = 0; i < cluster->pods.len; i++) {
		if (add_pod_uses(build, maps, cluster->pods.items[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < cluster->templates.len; i++) {
		if (add_template_uses(build, maps, cluster->templates.items[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < cluster->accounts.len; i++) {
		if (add_account_uses(build, maps, cluster, cluster->accounts.items[i], err) < 0)
			return -1;
	}
	return 0;
}

int uses_build(struct build *build, struct error **err)
{
	CLEANUP(use_maps_release) struct use_maps maps = { 0 };
	for (size_t i = 0; i < build->world->clusters.len; i++) {
		if (add_cluster_uses(build, &maps, build->world->clusters.items[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < build->observed.readers.len; i++) {
		if (add_reader(build, &maps, RECORD_AT(build->observed.readers, secret_reader, i), err) < 0)
			return -1;
	}
	for (size_t i = 0; i < build->world->clusters.len; i++)
		sort_reads(build->world->clusters.items[i]);
	return 0;
}

bool world_use_pulls(const struct world_use *use)
{
	return use->relation != USE_READS && (use->relation != USE_PULLS || use->pods > 0);
}
