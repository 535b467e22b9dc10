#include "triage/rbac.h"

#include "base/json_writer.h"
#include "base/map.h"
#include "base/utf8.h"
#include "triage/gaps.h"
#include "triage/kinds.h"

#define GROUP "rbac.authorization.k8s.io"

/* Which kinds of the table a role lets somebody list. */
struct right_set {
	bool list[TRIAGE_KINDS_MAX];
	bool get_kube_system;
};

struct rbac_run {
	struct strbuf *out;
	struct arena *arena; /* NULL: there is no world */
	struct slice user;   /* who was refused; not there: not known */
	size_t documents;    /* written so far */
};

/* --- text --- */

/* YAML reads a JSON string as JSON does. */
static void add_string(struct strbuf *out, struct slice text)
{
	struct json_writer w = { .out = out };

	json_text(&w, text);
}

static bool has_rights(const struct right_set *rights)
{
	bool any = rights->get_kube_system;

	for (size_t i = 0; i < triage_kind_count; i++)
		any |= rights->list[i];
	return any;
}

static bool is_first_of_group(const struct right_set *rights, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (rights->list[i] && strcmp(triage_kinds[i].group, triage_kinds[at].group) == 0)
			return false;
	return rights->list[at];
}

static void add_rule(struct strbuf *out, const struct right_set *rights, const char *group)
{
	const char *separator = "";

	strbuf_addf(out, "  - apiGroups: [\"%s\"]\n    resources: [", group);
	for (size_t i = 0; i < triage_kind_count; i++) {
		if (!rights->list[i] || strcmp(triage_kinds[i].group, group) != 0)
			continue;
		strbuf_addf(out, "%s%s", separator, triage_kinds[i].resource);
		separator = ", ";
	}
	strbuf_add_text(out, "]\n    verbs: [list]\n");
}

static void add_rules(struct strbuf *out, const struct right_set *rights)
{
	strbuf_add_text(out, "rules:\n");
	for (size_t i = 0; i < triage_kind_count; i++)
		if (is_first_of_group(rights, i))
			add_rule(out, rights, triage_kinds[i].group);
	if (rights->get_kube_system)
		strbuf_add_text(out, "  - apiGroups: [\"\"]\n    resources: [namespaces]\n"
				     "    resourceNames: [kube-system]\n    verbs: [get]\n");
}

static void add_head(struct rbac_run *run, const char *kind, struct slice namespace)
{
	if (run->documents++)
		strbuf_add_text(run->out, "---\n");
	strbuf_addf(run->out, "apiVersion: " GROUP "/v1\nkind: %s\nmetadata:\n  name: fother-read\n", kind);
	if (!namespace.data)
		return;
	strbuf_add_text(run->out, "  namespace: ");
	add_string(run->out, namespace);
	strbuf_add_char(run->out, '\n');
}

static void add_subject(struct rbac_run *run)
{
	static const char account[] = "system:serviceaccount:";
	struct slice namespace, name;
	bool is_account = slice_starts_with(run->user, account) &&
			  slice_cut(slice_part(run->user, sizeof account - 1, run->user.len), ':', &namespace, &name);

	strbuf_addf(run->out, "subjects:\n  - kind: %s\n", is_account ? "ServiceAccount" : "User");
	if (is_account) {
		strbuf_add_text(run->out, "    namespace: ");
		add_string(run->out, namespace);
	} else {
		strbuf_add_text(run->out, "    apiGroup: " GROUP);
	}
	if (!run->user.data)
		strbuf_add_text(run->out, "\n    # Who reads: kubectl auth whoami tells.");
	strbuf_add_text(run->out, "\n    name: ");
	add_string(run->out, is_account ? name : run->user.data ? run->user : SLICE("USER"));
	strbuf_add_char(run->out, '\n');
}

/* namespace not there: of the whole cluster. */
static void add_role(struct rbac_run *run, const struct right_set *rights, struct slice namespace)
{
	const char *role = namespace.data ? "Role" : "ClusterRole";

	add_head(run, role, namespace);
	add_rules(run->out, rights);
	add_head(run, namespace.data ? "RoleBinding" : "ClusterRoleBinding", namespace);
	strbuf_addf(run->out, "roleRef:\n  apiGroup: " GROUP "\n  kind: %s\n  name: fother-read\n", role);
	add_subject(run);
}

/* What no rule can say stands in the comment. */
static void add_how(struct strbuf *out, bool secrets)
{
	strbuf_add_text(out, "# Give it with: kubectl auth reconcile -f FILE, which adds to roles of that\n"
			     "# name; kubectl apply replaces what stands in them.\n");
	if (secrets)
		strbuf_add_text(out, "# A right to list secrets cannot be narrowed to the types that hold pull\n"
				     "# credentials, and it shows values: --metadata-only asks for none, but whoever\n"
				     "# has the right may.\n"
				     "# fother secrets --watch needs the verb watch on secrets too.\n");
}

/* --- of a cluster --- */

struct slice triage_refused_user(struct slice message)
{
	static const char before[] = "User \"";
	struct slice user, rest;

	for (size_t i = 0; i + sizeof before <= message.len; i++) {
		struct slice at = slice_part(message, i, message.len);
		if (!slice_starts_with(at, before))
			continue;
		return slice_cut(slice_part(at, sizeof before - 1, at.len), '"', &user, &rest) ? user : SLICE_NONE;
	}
	return SLICE_NONE;
}

static bool is_forbidden(const struct triage_gap *gap)
{
	return slice_equal_text(gap->outcome, "forbidden") && triage_kind_named(gap->kind);
}

static void allow(struct right_set *rights, const struct triage_gap *gap)
{
	for (size_t i = 0; i < triage_kind_count; i++)
		rights->list[i] |= slice_equal_text(gap->kind, triage_kinds[i].kind);
}

/* A role for each namespace that some kind was refused in, in the order of their first coming. */
static int collect_roles(struct rbac_run *run, const struct triage_gap *gap, struct map *roles, struct error **err)
{
	for (size_t i = 0; i < gap->namespaces.len; i++) {
		void **place = map_put(roles, gap->namespaces.items[i]);
		if (!place)
			return error_no_memory(err);
		if (!*place && !(*place = arena_zeroed(run->arena, 1, sizeof(struct right_set))))
			return arena_fail(run->arena, err);
		allow(*place, gap);
	}
	return 0;
}

static void add_cluster_comment(struct rbac_run *run, const struct world_cluster *cluster, bool secrets)
{
	strbuf_add_text(run->out, run->documents ? "---\n# Cluster " : "# Cluster ");
	utf8_add_printable(run->out, cluster->name);
	if (run->user.data) {
		strbuf_add_text(run->out, ", read as ");
		utf8_add_printable(run->out, run->user);
	}
	strbuf_add_text(run->out, ":\n# the rights that were missing when it was read.\n");
	add_how(run->out, secrets);
	run->documents = 0; /* the line that parts documents stands before the comment already */
}

/* Why kube-system was not read is not told; where its UID is not known, it may have been refused. */
static bool misses_kube_system(const struct world_cluster *cluster, const struct right_set *rights)
{
	return has_rights(rights) && !cluster->record->uid.data;
}

static int add_cluster(struct rbac_run *run, const struct world_cluster *cluster, struct error **err)
{
	CLEANUP(map_release) struct map roles = { 0 };
	struct right_set whole = { 0 };
	struct triage_gap *gaps = NULL;
	size_t count = 0, documents = run->documents;
	bool secrets = false;

	run->user = SLICE_NONE;
	if (triage_gaps(cluster, run->arena, &gaps, &count, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (!is_forbidden(&gaps[i]))
			continue;
		secrets |= slice_equal_text(gaps[i].kind, "Secret");
		if (!run->user.data)
			run->user = triage_refused_user(gaps[i].cause);
		if (slice_list_has(gaps[i].namespaces, SLICE("*")))
			allow(&whole, &gaps[i]);
		else if (collect_roles(run, &gaps[i], &roles, err) < 0)
			return -1;
	}
	whole.get_kube_system = misses_kube_system(cluster, &whole);
	if (!has_rights(&whole) && !roles.len)
		return 0;
	add_cluster_comment(run, cluster, secrets);
	if (has_rights(&whole))
		add_role(run, &whole, SLICE_NONE);
	for (size_t i = 0; i < roles.len; i++)
		add_role(run, roles.items[i].value, roles.items[i].key);
	run->documents += documents;
	return 0;
}

/* --- all of it --- */

static void add_everything(struct rbac_run *run)
{
	struct right_set whole = { .get_kube_system = true };

	for (size_t i = 0; i < triage_kind_count; i++)
		whole.list[i] = true;
	strbuf_add_text(run->out, "# All that fother reads of a live cluster.\n");
	add_how(run->out, true);
	add_role(run, &whole, SLICE_NONE);
}

/* It may lack any right, or none. */
static void add_unread(struct strbuf *out, const struct world_cluster *cluster)
{
	strbuf_add_text(out, "# Cluster ");
	utf8_add_printable(out, cluster->name);
	strbuf_add_text(out, " could not be read: which rights it lacks is not known.\n");
}

static bool is_unread(const struct world_cluster *cluster)
{
	return cluster->exact && cluster->failed && cluster->failed == cluster->read;
}

int triage_rbac(struct world *world, struct strbuf *out, struct error **err)
{
	struct rbac_run run = { .out = out, .arena = world ? &world->arena : NULL };
	size_t read = 0;

	for (size_t i = 0; world && i < world->clusters.len; i++) {
		const struct world_cluster *cluster = world->clusters.items[i];
		size_t before = run.documents;
		if (add_cluster(&run, cluster, err) < 0)
			return -1;
		if (is_unread(cluster) && run.documents == before)
			add_unread(out, cluster);
		else
			read += cluster->exact;
	}
	if (!read)
		add_everything(&run);
	else if (!run.documents)
		strbuf_addf(out, "# No right was missing when fother read %zu cluster%s last.\n", read,
			    read == 1 ? "" : "s");
	return strbuf_failed(out, err) ? -1 : 0;
}
