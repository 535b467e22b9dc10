#include "derive/world_internal.h"

static int workload_key(struct build *build, const struct workload_name *name, struct slice *ret_key,
			struct error **err)
{
	strbuf_clear(&build->key);
	strbuf_add_slice(&build->key, name->namespace);
	strbuf_add_char(&build->key, '/');
	strbuf_add_slice(&build->key, name->kind);
	if (name->group.len) {
		strbuf_add_char(&build->key, '.');
		strbuf_add_slice(&build->key, name->group);
	}
	strbuf_add_char(&build->key, '/');
	strbuf_add_slice(&build->key, name->name);
	if (strbuf_failed(&build->key, err))
		return -1;
	*ret_key = strbuf_slice(&build->key);
	return 0;
}

int workload_find(struct build *build, const struct world_cluster *cluster, const struct workload_name *name,
		  struct world_workload **ret_workload, struct error **err)
{
	struct slice key = SLICE_NONE;
	if (workload_key(build, name, &key, err) < 0)
		return -1;
	*ret_workload = map_get(&cluster->workloads_by_name, key);
	return 0;
}

/* The workload of that name; one without a record when there is none yet. */
static struct world_workload *workload_make(struct build *build, struct world_cluster *cluster,
					    const struct workload_name *name, struct error **err)
{
	struct slice key = SLICE_NONE;
	if (workload_key(build, name, &key, err) < 0)
		return NULL;
	void **place = map_put(&cluster->workloads_by_name, key);
	if (!place) {
		error_no_memory(err);
		return NULL;
	}
	if (*place)
		return *place;
	struct world_workload *workload = build_new(build, sizeof *workload, err);
	if (!workload)
		return NULL;
	workload->cluster = cluster;
	workload->namespace = name->namespace;
	workload->group = name->group;
	workload->kind = name->kind;
	workload->name = name->name;
	workload->gone = true; /* until something of it is found */
	*place = workload;
	return workload;
}

static int add_workload(struct build *build, const struct workload *record, struct error **err)
{
	struct world_cluster *cluster = build_cluster(build, record->cluster);
	if (!cluster)
		return 0;
	struct workload_name name = { record->namespace, record->group, record->kind, record->name };
	struct world_workload *workload = workload_make(build, cluster, &name, err);
	if (!workload)
		return -1;
	workload->record = record;
	workload->pull_secrets = record->pull_secrets;
	workload->service_account = record->service_account;
	workload->managed_by = record->managed_by;
	workload->gone = record->gone == BOOL_TRUE;
	return 0;
}

/* False for an owner that would close a circle, or one too far up to be real. */
static bool owner_allowed(const struct world_workload *workload, const struct world_workload *owner)
{
	int steps = 0;
	for (; owner && steps < OWNERS_MAX; owner = owner->owner, steps++) {
		if (owner == workload)
			return false;
	}
	return !owner;
}

/* What controllers put behind names: random letters without vowels (so that no words come out), times, numbers. */
#define RANDOM_LETTERS "bcdfghjklmnpqrstvwxz2456789"
#define DIGITS "0123456789"

/* "web-5d4f9c7b6" -> "web", when the end has `least` to `most` of the letters. */
static bool cut_suffix(struct slice name, const char *letters, size_t least, size_t most, struct slice *ret_start)
{
	struct slice suffix;
	if (!slice_cut_last(name, '-', ret_start, &suffix) || !ret_start->len || suffix.len < least ||
	    suffix.len > most)
		return false;
	for (size_t i = 0; i < suffix.len; i++) {
		if (!suffix.data[i] || !strchr(letters, suffix.data[i]))
			return false;
	}
	return true;
}

/* The controller of that kind and name, when its record was read. */
static int find_read(struct build *build, const struct world_cluster *cluster, const struct workload_name *name,
		     struct world_workload **ret_workload, struct error **err)
{
	struct world_workload *workload = NULL;
	if (workload_find(build, cluster, name, &workload, err) < 0)
		return -1;
	if (workload && workload->record)
		*ret_workload = workload;
	return 0;
}

/* Dumps often hold Deployments and pods, but not the ReplicaSets between them. Then the name tells, if a Deployment
 * (CronJob) of that name was read. *ret_owner stays as it is where it does not. */
static int guess_owner(struct build *build, const struct world_cluster *cluster, const struct workload_name *made,
		       struct world_workload **ret_owner, struct error **err)
{
	struct workload_name name = { made->namespace, made->group, SLICE_NONE, SLICE_NONE };
	if (slice_equal_text(made->kind, "ReplicaSet") && cut_suffix(made->name, RANDOM_LETTERS, 5, 10, &name.name))
		name.kind = SLICE("Deployment");
	else if (slice_equal_text(made->kind, "Job") && cut_suffix(made->name, DIGITS, 5, 12, &name.name))
		name.kind = SLICE("CronJob");
	else
		return 0;
	return find_read(build, cluster, &name, ret_owner, err);
}

int workload_of_pod_name(struct build *build, const struct world_cluster *cluster, struct slice namespace,
			 struct slice pod, struct world_workload **ret_workload, struct error **err)
{
	static const struct {
		const char *group, *kind, *letters;
		size_t least, most;
	} makers[] = {
		{ "apps", "ReplicaSet", RANDOM_LETTERS, 5, 5 }, { "batch", "Job", RANDOM_LETTERS, 5, 5 },
		{ "apps", "DaemonSet", RANDOM_LETTERS, 5, 5 },  { "", "ReplicationController", RANDOM_LETTERS, 5, 5 },
		{ "apps", "StatefulSet", DIGITS, 1, 6 },
	};
	*ret_workload = NULL;
	for (size_t i = 0; i < sizeof makers / sizeof *makers && !*ret_workload; i++) {
		struct workload_name name = { namespace, slice_of(makers[i].group), slice_of(makers[i].kind),
					      SLICE_NONE };
		if (!cut_suffix(pod, makers[i].letters, makers[i].least, makers[i].most, &name.name))
			continue;
		if (find_read(build, cluster, &name, ret_workload, err) < 0)
			return -1;
		if (!*ret_workload && guess_owner(build, cluster, &name, ret_workload, err) < 0)
			return -1;
	}
	if (*ret_workload)
		*ret_workload = (*ret_workload)->top;
	return 0;
}

static int link_owner(struct build *build, struct world_workload *workload, struct error **err)
{
	const struct workload *record = workload->record;
	if (!record) {
		struct workload_name made = { workload->namespace, workload->group, workload->kind, workload->name };
		return guess_owner(build, workload->cluster, &made, &workload->owner, err);
	}
	if (!record->owner_kind.len || !record->owner_name.len)
		return 0;
	struct workload_name name = { record->namespace, record->owner_group, record->owner_kind, record->owner_name };
	struct world_workload *owner = workload_make(build, workload->cluster, &name, err);
	if (!owner)
		return -1;
	if (owner_allowed(workload, owner))
		workload->owner = owner;
	return 0;
}

/* What made the pod; a static pod's owner is its Node, which is no workload: it stands for itself. */
static struct world_workload *pod_owner(struct build *build, const struct pod *record, struct world_cluster *cluster,
					struct error **err)
{
	struct workload_name name = { record->namespace, record->owner_group, record->owner_kind, record->owner_name };
	bool is_static = slice_equal_text(record->owner_kind, "Node") && !record->owner_group.len;
	if (is_static || !record->owner_kind.len || !record->owner_name.len)
		name = (struct workload_name){ record->namespace, SLICE(""), SLICE("Pod"), record->name };
	return workload_make(build, cluster, &name, err);
}

static int add_pod(struct build *build, const struct pod *record, struct error **err)
{
	struct world_cluster *cluster = build_cluster(build, record->cluster);
	if (!cluster)
		return 0;
	struct world_pod *pod = build_new(build, sizeof *pod, err);
	if (!pod)
		return -1;
	pod->record = record;
	pod->cluster = cluster;
	pod->ended = record->gone == BOOL_TRUE || slice_equal_text(record->phase, "Succeeded") ||
		     slice_equal_text(record->phase, "Failed");
	void *kept = NULL;
	pod->workload = pod_owner(build, record, cluster, err);
	if (!pod->workload || build_put(&cluster->pods_by_uid, record->uid, pod, &kept, err) < 0)
		return -1;
	return build_push(build, &cluster->pods, pod, err);
}

/* Sets top of the workload and of everything on the way up: each is walked once. */
static void find_top(struct world_workload *workload)
{
	struct world_workload *top = workload;
	while (top->owner && !top->top)
		top = top->owner;
	if (top->top)
		top = top->top;
	for (; workload && !workload->top; workload = workload->owner)
		workload->top = top;
}

/* A workload without a record is there while something that it owns is. */
static void mark_owners_present(struct world_workload *workload)
{
	for (int steps = 0; workload && steps < OWNERS_MAX; workload = workload->owner, steps++) {
		if (!workload->record)
			workload->gone = false;
	}
}

static int resolve_workloads(struct build *build, struct world_cluster *cluster, struct error **err)
{
	/* Linking adds owners at the map's end; they are visited too. */
	for (size_t i = 0; i < cluster->workloads_by_name.len; i++) {
		if (link_owner(build, cluster->workloads_by_name.items[i].value, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < cluster->workloads_by_name.len; i++) {
		struct world_workload *workload = cluster->workloads_by_name.items[i].value;
		find_top(workload);
		if (workload->record && !workload->gone)
			mark_owners_present(workload->owner);
		if (workload->top == workload && build_push(build, &cluster->workloads, workload, err) < 0)
			return -1;
	}
	return 0;
}

static int resolve_pods(struct build *build, struct world_cluster *cluster, struct error **err)
{
	for (size_t i = 0; i < cluster->pods.len; i++) {
		struct world_pod *pod = cluster->pods.items[i];
		if (pod->record->gone != BOOL_TRUE)
			mark_owners_present(pod->workload);
		pod->workload = pod->workload->top;
		if (build_push(build, &pod->workload->pods, pod, err) < 0)
			return -1;
	}
	return 0;
}

int owners_build(struct build *build, struct error **err)
{
	for (size_t i = 0; i < build->observed.workloads.len; i++) {
		if (add_workload(build, RECORD_AT(build->observed.workloads, workload, i), err) < 0)
			return -1;
	}
	for (size_t i = 0; i < build->observed.pods.len; i++) {
		if (add_pod(build, RECORD_AT(build->observed.pods, pod, i), err) < 0)
			return -1;
	}
	for (size_t i = 0; i < build->world->clusters.len; i++) {
		struct world_cluster *cluster = build->world->clusters.items[i];
		if (resolve_workloads(build, cluster, err) < 0 || resolve_pods(build, cluster, err) < 0)
			return -1;
	}
	return 0;
}
