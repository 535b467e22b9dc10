#include "base/limits.h"
#include "base/strbuf.h"
#include "triage/unknown_internal.h"

#define DUMP_AGAIN(resource) "kubectl get " resource " -A -o json --show-managed-fields"

/* --- kinds --- */

/* What is not known when a kind was not read. Every cluster has objects of the first four; that a dump has none of the
 * others may also mean that there are none, and an empty list does not say its kind. */
static const struct needed_kind {
	const char *kind;
	struct slice lost, why, fix;
	bool always_there;
} needed_kinds[] = {
	{ "Secret", SLICE("which credentials there are"), SLICE("no Secret was read"), SLICE(DUMP_AGAIN("secrets")),
	  true },
	{ "Pod", SLICE("what runs, and who uses a secret"), SLICE("no Pod was read"), SLICE(DUMP_AGAIN("pods")), true },
	{ "ServiceAccount", SLICE("which pull secrets accounts give to pods"), SLICE("no ServiceAccount was read"),
	  SLICE(DUMP_AGAIN("serviceaccounts")), true },
	{ "Node", SLICE("what lies cached on nodes"), SLICE("no Node was read"), SLICE(DUMP_AGAIN("nodes")), true },
	{ "Namespace", SLICE("which cluster it is (it is filed by name)"), SLICE("no Namespace was read"),
	  SLICE(DUMP_AGAIN("namespaces")), false },
};
#define NEEDED_KINDS (sizeof needed_kinds / sizeof needed_kinds[0])

/* The kinds that Fother reads, as a sentence says more than one of them. */
static const char *const plurals[][2] = {
	{ "Secret", "Secrets" },
	{ "ServiceAccount", "ServiceAccounts" },
	{ "Pod", "Pods" },
	{ "Node", "Nodes" },
	{ "Namespace", "Namespaces" },
	{ "Event", "Events" },
	{ "Deployment", "Deployments" },
	{ "ReplicaSet", "ReplicaSets" },
	{ "StatefulSet", "StatefulSets" },
	{ "DaemonSet", "DaemonSets" },
	{ "Job", "Jobs" },
	{ "CronJob", "CronJobs" },
	{ "ReplicationController", "ReplicationControllers" },
};

/* Not there: memory is out. */
static struct slice some_of_kind(struct slice kind, struct arena *arena)
{
	for (size_t i = 0; i < sizeof plurals / sizeof plurals[0]; i++)
		if (slice_equal_text(kind, plurals[i][0]))
			return arena_printf(arena, "some %s", plurals[i][1]);
	return kind.data ? arena_printf(arena, "some objects of kind %.*s", SLICE_ARG(kind)) : SLICE("some objects");
}

static bool is_needed(struct slice kind)
{
	for (size_t i = 0; i < NEEDED_KINDS; i++)
		if (slice_equal_text(kind, needed_kinds[i].kind))
			return true;
	return false;
}

static int add_needed_absent(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	for (size_t i = 0; i < NEEDED_KINDS; i++) {
		const struct needed_kind *needed = &needed_kinds[i];
		struct unknown_text text = { needed->lost, needed->why, needed->fix, needed->always_there };
		if (!world_read_kind(cluster, needed->kind) && unknown_add(rows, cluster->name, &text, err) < 0)
			return -1;
	}
	return 0;
}

static int add_others_absent(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf kinds = STRBUF_INIT(LIMIT_MESSAGE_BYTES);

	for (size_t i = 0; i < cluster->coverage.len; i++) {
		const struct coverage *coverage = cluster->coverage.items[i];
		if (is_needed(coverage->kind) || !slice_equal_text(coverage->outcome, "absent"))
			continue;
		strbuf_add_text(&kinds, kinds.len ? ", " : "");
		strbuf_add_slice(&kinds, coverage->kind);
	}
	if (strbuf_failed(&kinds, err))
		return -1;
	if (kinds.len == 0)
		return 0;
	struct unknown_text text = {
		.subject = arena_printf(&rows->run->world->arena, "no %s in the dump", strbuf_text(&kinds)),
		.why = SLICE("there are none, or they were not dumped"),
		.fix = SLICE("dump them too, if the cluster has any"),
	};
	return unknown_add(rows, cluster->name, &text, err);
}

static int add_coverage(struct unknown_rows *rows, const struct world_cluster *cluster, const struct coverage *coverage,
			struct error **err)
{
	struct arena *arena = &rows->run->world->arena;

	if (slice_equal_text(coverage->outcome, "partial")) {
		struct unknown_text text = {
			.subject = some_of_kind(coverage->kind, arena),
			.why = coverage->why.data ? coverage->why : SLICE("did not decode, or the list was cut"),
			.fix = SLICE("dump that kind again"),
			.incomplete = true,
		};
		return unknown_add(rows, cluster->name, &text, err);
	}
	if (!slice_equal_text(coverage->outcome, "unknown_kind"))
		return 0;
	struct unknown_text text = {
		.subject = arena_printf(arena, "%lld of kind %.*s", (long long)coverage->objects,
					SLICE_ARG(coverage->kind)),
		.why = SLICE("not a kind that Fother reads"),
		.fix = SLICE("nothing, unless it makes pods or holds logins"),
	};
	return unknown_add(rows, cluster->name, &text, err);
}

static int add_coverages(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	for (size_t i = 0; i < cluster->coverage.len; i++)
		if (add_coverage(rows, cluster, cluster->coverage.items[i], err) < 0)
			return -1;
	return 0;
}

/* --- nodes --- */

static int add_node_images(struct unknown_rows *rows, const struct world_cluster *cluster, size_t nodes,
			   struct slice why, struct error **err)
{
	if (!nodes)
		return 0;
	struct unknown_text text = {
		.subject = arena_printf(&rows->run->world->arena, "images on %zu %s", nodes,
					nodes == 1 ? "node" : "nodes"),
		.why = why,
		.fix = SLICE("kubelet nodeStatusMaxImages: -1, or look on the node: crictl images"),
	};
	return unknown_add(rows, cluster->name, &text, err);
}

static int add_nodes(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	size_t cut = 0, without = 0;

	for (size_t i = 0; i < cluster->nodes.len; i++) {
		const struct node *node = cluster->nodes.items[i];
		cut += node->images_cut == BOOL_TRUE;
		without += node->image_count == INT_UNKNOWN;
	}
	if (add_node_images(rows, cluster, cut, SLICE("image list cut at 50: more may be cached"), err) < 0)
		return -1;
	return add_node_images(rows, cluster, without, SLICE("the node tells no image list"), err);
}

/* --- secrets --- */

static int add_undated(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	size_t undated = 0;

	for (size_t i = 0; i < cluster->secrets.len; i++) {
		const struct world_secret *secret = cluster->secrets.items[i];
		undated += secret->current && secret->record->data_written == TIME_UNSET;
	}
	if (!undated)
		return 0;
	struct unknown_text text = {
		.subject = arena_printf(&rows->run->world->arena, "age of %zu %s", undated,
					undated == 1 ? "secret" : "secrets"),
		.why = SLICE("no managedFields in the dump"),
		.fix = SLICE(DUMP_AGAIN("secrets")),
	};
	return unknown_add(rows, cluster->name, &text, err);
}

/* Some secrets were read, and none but of the two pull-secret types, as a dump is often made. */
static bool read_pull_secrets_alone(const struct world_cluster *cluster)
{
	bool read = false;

	for (size_t i = 0; i < cluster->coverage.len; i++) {
		const struct coverage *coverage = cluster->coverage.items[i];
		if (!slice_equal_text(coverage->kind, "Secret") || slice_equal_text(coverage->outcome, "absent"))
			continue;
		if (!slice_starts_with(coverage->subtype, "kubernetes.io/dockerc"))
			return false;
		read = true;
	}
	return read;
}

static int add_other_types(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	static const struct unknown_text text = {
		.subject = SLICE("logins in other secrets"),
		.why = SLICE("only secrets of the pull-secret types were dumped"),
		.fix = SLICE(DUMP_AGAIN("secrets")),
	};

	return read_pull_secrets_alone(cluster) ? unknown_add(rows, cluster->name, &text, err) : 0;
}

static int add_malformed(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	size_t malformed = 0;

	for (size_t i = 0; i < cluster->secrets.len; i++) {
		const struct world_secret *secret = cluster->secrets.items[i];
		malformed += secret->current && secret->record->decodes == BOOL_FALSE;
	}
	if (!malformed)
		return 0;
	struct unknown_text text = {
		.subject = arena_printf(&rows->run->world->arena, "logins in %zu malformed %s", malformed,
					malformed == 1 ? "secret" : "secrets"),
		.why = SLICE("what does not decode may be a login all the same: see BLOCKED PULLS"),
	};
	return unknown_add(rows, cluster->name, &text, err);
}

/* --- pods, and the dump itself --- */

/* Its controller was not read: its template, and what is above it, is not known. Static pods are their node's. */
static bool has_unread_owner(const struct world_pod *pod)
{
	return !pod->ended && pod->record->owner_kind.len && pod->workload && !pod->workload->record &&
	       !slice_equal_text(pod->record->owner_kind, "Node");
}

static int add_unread_owners(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	struct arena *arena = &rows->run->world->arena;
	const struct world_pod *first = NULL;
	size_t pods = 0;

	for (size_t i = 0; i < cluster->pods.len; i++) {
		const struct world_pod *pod = cluster->pods.items[i];
		if (has_unread_owner(pod) && !pods++)
			first = pod;
	}
	if (!first)
		return 0;
	struct unknown_text text = {
		.subject = arena_printf(arena, "owners of %zu %s", pods, pods == 1 ? "pod" : "pods"),
		.why = arena_printf(arena, "their controllers (%.*s, ...) were not read",
				    SLICE_ARG(first->workload->kind)),
		.fix = SLICE("dump the workloads too"),
		.incomplete = true,
	};
	return unknown_add(rows, cluster->name, &text, err);
}

static int add_too_old(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	static const struct unknown_text text = {
		.subject = SLICE("everything since the breach"),
		.why = SLICE("the dump is older than the window"),
		.fix = SLICE("make a dump now"),
		.incomplete = true,
	};
	int64_t from = rows->run->incident->window_from;

	if (from == TIME_UNSET || cluster->as_of == TIME_UNSET || cluster->as_of >= from)
		return 0;
	return unknown_add(rows, cluster->name, &text, err);
}

/* In the order of the rows. */
int unknown_of_cluster(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	static int (*const steps[])(struct unknown_rows *, const struct world_cluster *, struct error **) = {
		add_needed_absent, add_others_absent, add_coverages, add_nodes,   add_undated,
		add_other_types,   add_unread_owners, add_malformed, add_too_old,
	};

	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (steps[i](rows, cluster, err) < 0)
			return -1;
	return 0;
}
