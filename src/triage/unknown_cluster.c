#include "base/limits.h"
#include "base/strbuf.h"
#include "triage/kinds.h"
#include "triage/unknown_internal.h"

#define DUMP_AGAIN(resource) "kubectl get " resource " -A -o json --show-managed-fields"

/* --- kinds, of a dump --- */

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

static const struct slice all[] = { SLICE("*") };

static bool is_needed(struct slice kind)
{
	for (size_t i = 0; i < NEEDED_KINDS; i++)
		if (slice_equal_text(kind, needed_kinds[i].kind))
			return true;
	return false;
}

/* Neither read nor asked for in vain, which unknown_scope.c tells. */
static bool is_absent(const struct world_cluster *cluster, const char *name)
{
	const struct world_kind *kind = map_get(&cluster->kinds, slice_of(name));

	for (size_t i = 0; kind && i < kind->coverage.len; i++)
		if (!slice_equal_text(((const struct coverage *)kind->coverage.items[i])->outcome, "absent"))
			return false;
	return true;
}

static int add_needed_absent(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	for (size_t i = 0; i < NEEDED_KINDS; i++) {
		const struct needed_kind *needed = &needed_kinds[i];
		const struct triage_gap gap = { .kind = slice_of(needed->kind),
						.outcome = SLICE("absent"),
						.namespaces = { all, 1 } };
		struct unknown_text text = { needed->lost, needed->why, needed->fix, needed->always_there, &gap };
		if (is_absent(cluster, needed->kind) && unknown_add(rows, cluster->name, &text, err) < 0)
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
		struct slice plural = unknown_plural(coverage->kind, arena);
		const struct triage_gap gap = { .kind = coverage->kind,
						.outcome = coverage->outcome,
						.namespaces = { &coverage->namespace, 1 },
						.subtypes = { &coverage->subtype, 1 },
						.cause = coverage->why };
		struct unknown_text text = {
			.subject = plural.data ? arena_printf(arena, "some %.*s", SLICE_ARG(plural)) : plural,
			.why = coverage->why.data ? coverage->why : SLICE("did not decode, or the list was cut"),
			.fix = SLICE("dump that kind again"),
			.incomplete = true,
			.gap = &gap,
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
		.why = cluster->exact ? SLICE("the server gives no managedFields of them")
				      : SLICE("no managedFields in the dump"),
		.fix = cluster->exact ? SLICE("the API server's audit log tells who wrote them when")
				      : SLICE(DUMP_AGAIN("secrets")),
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
		read |= coverage_is_read(coverage);
	}
	return read;
}

static int add_other_types(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	struct unknown_text text = {
		.subject = SLICE("logins in other secrets"),
		.why = cluster->exact ? SLICE("only secrets of the pull-secret types were asked for")
				      : SLICE("only secrets of the pull-secret types were dumped"),
		.fix = unknown_is_live(cluster) ? SLICE("read again with --all-secrets")
		       : cluster->exact         ? SLICE("collect it again with --all-secrets")
						: SLICE(DUMP_AGAIN("secrets")),
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

/* Of a kind that is asked for in every live cluster, so that a later read may hold it. */
static bool is_owner_read(const struct world_pod *pod)
{
	const struct triage_kind *kind = triage_kind_named(pod->workload->kind);

	return kind && !kind->custom && slice_equal_text(pod->workload->group, kind->group);
}

static int add_owners(struct unknown_rows *rows, const struct world_cluster *cluster, size_t pods,
		      const struct world_pod *first, struct error **err)
{
	struct arena *arena = &rows->run->world->arena;
	bool exact = cluster->exact, read = is_owner_read(first);

	struct unknown_text text = {
		.subject = arena_printf(arena, "owners of %zu %s", pods, pods == 1 ? "pod" : "pods"),
		.why = arena_printf(arena,
				    exact && !read
					    ? "their controllers (%.*s, ...) are of kinds that Fother does not read"
					    : "their controllers (%.*s, ...) were not read",
				    SLICE_ARG(first->workload->kind)),
		.fix = !exact  ? SLICE("dump the workloads too")
		       : !read ? SLICE("look at what makes their pods by hand")
			       : unknown_by_source(cluster, SLICE("read it again"), SLICE("collect it again")),
		.incomplete = !exact || read,
	};
	return unknown_add(rows, cluster->name, &text, err);
}

/* A dump may hold any kind; of a live cluster some kinds are never asked for, and none of its reads can be complete
 * with them. */
static int add_unread_owners(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	const struct world_pod *first[2] = { NULL, NULL };
	size_t pods[2] = { 0, 0 };

	for (size_t i = 0; i < cluster->pods.len; i++) {
		const struct world_pod *pod = cluster->pods.items[i];
		if (!has_unread_owner(pod))
			continue;
		bool never = cluster->exact && !is_owner_read(pod);
		if (!pods[never]++)
			first[never] = pod;
	}
	for (int never = 0; never < 2; never++)
		if (pods[never] && add_owners(rows, cluster, pods[never], first[never], err) < 0)
			return -1;
	return 0;
}

static int add_too_old(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	struct unknown_text text = {
		.subject = SLICE("everything since the breach"),
		.why = cluster->exact ? SLICE("it was last read before the window")
				      : SLICE("the dump is older than the window"),
		.fix = unknown_is_live(cluster) ? SLICE("read it again")
		       : cluster->exact         ? SLICE("collect it again")
						: SLICE("make a dump now"),
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
	static const struct {
		int (*add)(struct unknown_rows *, const struct world_cluster *, struct error **);
		bool of_dumps; /* what the lists of a dump tell; a live read knows what it asked for */
	} steps[] = {
		{ unknown_of_scopes, false }, { add_needed_absent, true },  { add_others_absent, true },
		{ add_coverages, true },      { add_nodes, false },         { add_undated, false },
		{ add_other_types, false },   { add_unread_owners, false }, { add_malformed, false },
		{ add_too_old, false },
	};

	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (!(steps[i].of_dumps && cluster->exact) && steps[i].add(rows, cluster, err) < 0)
			return -1;
	return 0;
}
