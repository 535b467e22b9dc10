#include "triage/rbac.h"

#include "base/limits.h"
#include "derive/scenario.h"
#include "support/torture.h"

#define MESSAGE(user, resource)                                                                                        \
	"HTTP 403: " resource " is forbidden: User \"" user "\" cannot list resource \"" resource                      \
	"\" in API group \"\" at the cluster scope"

static void check_rbac(struct scenario *s, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(TRIAGE_RBAC_BYTES);
	struct error *err = NULL;
	check_ok(triage_rbac(s ? scenario_world(s) : NULL, &text, &err), &err);
	assert_string_equal(strbuf_text(&text), expected);
}

#define HOW                                                                                                            \
	"# Give it with: kubectl auth reconcile -f FILE, which adds to roles of that\n"                                \
	"# name; kubectl apply replaces what stands in them.\n"
#define HEAD(kind, namespace)                                                                                          \
	"apiVersion: rbac.authorization.k8s.io/v1\nkind: " kind "\nmetadata:\n  name: fother-read\n" namespace
#define OF(namespace) "  namespace: \"" namespace "\"\n"
#define RULE(group, resources) "  - apiGroups: [\"" group "\"]\n    resources: [" resources "]\n    verbs: [list]\n"
#define SECRET_NOTES                                                                                                   \
	"# A right to list secrets cannot be narrowed to the types that hold pull\n"                                   \
	"# credentials, and it shows values: --metadata-only asks for none, but whoever\n"                             \
	"# has the right may.\n"                                                                                       \
	"# fother secrets --watch needs the verb watch on secrets too.\n"
#define KUBE_SYSTEM                                                                                                    \
	"  - apiGroups: [\"\"]\n    resources: [namespaces]\n    resourceNames: [kube-system]\n    verbs: [get]\n"
#define BINDING(kind, namespace)                                                                                       \
	"---\n" HEAD(kind "Binding", namespace) "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: " kind       \
						"\n  name: fother-read\nsubjects:\n"
#define USER(name) "  - kind: User\n    apiGroup: rbac.authorization.k8s.io\n    name: \"" name "\"\n"

static void live(struct scenario *s)
{
	scenario_init(s);
	add_live_read(s, HOUR(1));
}

static void before_anything_was_read_all_is_needed(void **state)
{
	(void)state;
	static const char all[] =
		"# All that fother reads of a live cluster.\n" HOW SECRET_NOTES HEAD("ClusterRole", "") "rules:\n" RULE(
			"", "secrets, pods, serviceaccounts, nodes, namespaces, events, replicationcontrollers, "
			    "podtemplates") RULE("apps", "deployments, replicasets, statefulsets, daemonsets")
			RULE("batch", "jobs, cronjobs") RULE("argoproj.io", "rollouts")
				RULE("apps.openshift.io", "deploymentconfigs") RULE("apps.kruise.io", "clonesets")
					RULE("serving.knative.dev", "services") KUBE_SYSTEM BINDING(
						"ClusterRole",
						"") "  - kind: User\n    apiGroup: rbac.authorization.k8s.io\n"
						    "    # Who reads: kubectl auth whoami tells.\n    name: \"USER\"\n";
	check_rbac(NULL, all);
	/* A dump needs no rights. */
	struct scenario s;
	scenario_init(&s);
	check_rbac(&s, all);
	scenario_release(&s);
}

static void nothing_is_given_where_nothing_was_refused(void **state)
{
	(void)state;
	struct scenario s;
	live(&s);
	coverage_of(&s, "Pod")->outcome = SLICE("failed");
	check_rbac(&s, "# No right was missing when fother read 1 cluster last.\n");
	scenario_release(&s);
}

static void list_of_all_gives_a_cluster_role_of_no_more(void **state)
{
	(void)state;
	struct scenario s;
	live(&s);
	coverage_of(&s, "CronJob")->outcome = coverage_of(&s, "Pod")->outcome = SLICE("forbidden");
	coverage_of(&s, "Pod")->why = SLICE(MESSAGE("system:made-up", "pods"));
	check_rbac(
		&s,
		"# Cluster prod, read as system:made-up:\n# the rights that were missing when it was read.\n" HOW HEAD(
			"ClusterRole", "") "rules:\n" RULE("", "pods") RULE("batch", "cronjobs")
			BINDING("ClusterRole", "") USER("system:made-up"));
	scenario_release(&s);
}

/* Others gave theirs: a role in each that did not. */
static void refused_namespaces_give_a_role_each(void **state)
{
	(void)state;
	struct scenario s;
	live(&s);
	refuse_kind(&s, "Pod", "forbidden", "ci", "web", NULL);
	refuse_kind(&s, "Job", "forbidden", "ci", NULL);
	add_list(&s, "Pod", "shop", NULL, "complete");
	add_list(&s, "Job", "shop", NULL, "complete");
	for (size_t i = 0; i < s.len; i++) {
		struct coverage *coverage = s.records[i].record;
		if (s.records[i].type == &coverage_type && slice_equal_text(coverage->namespace, "ci"))
			coverage->why = SLICE(MESSAGE("system:serviceaccount:tools:fother", "pods"));
	}
#define ACCOUNT "  - kind: ServiceAccount\n    namespace: \"tools\"\n    name: \"fother\"\n"
	check_rbac(&s, "# Cluster prod, read as system:serviceaccount:tools:fother:\n"
		       "# the rights that were missing when it was read.\n" HOW HEAD("Role", OF("ci")) "rules:\n" RULE(
			       "", "pods") RULE("batch", "jobs") BINDING("Role", OF("ci")) ACCOUNT
		   "---\n" HEAD("Role", OF("web")) "rules:\n" RULE("", "pods") BINDING("Role", OF("web")) ACCOUNT);
	scenario_release(&s);
}

static void secrets_come_with_what_no_rule_can_say(void **state)
{
	(void)state;
	struct scenario s;
	live(&s);
	for (size_t i = 0; i < s.len; i++) {
		struct coverage *coverage = s.records[i].record;
		if (s.records[i].type == &coverage_type && slice_equal_text(coverage->kind, "Secret")) {
			coverage->outcome = SLICE("forbidden");
			coverage->why = SLICE(MESSAGE("eve \\ \"x", "secrets"));
		}
	}
	check_rbac(&s, "# Cluster prod, read as eve \\ :\n# the rights that were missing when it was read.\n" HOW
			       SECRET_NOTES HEAD("ClusterRole", "") "rules:\n" RULE("", "secrets")
				       BINDING("ClusterRole", "") USER("eve \\\\ "));
	scenario_release(&s);
}

static void each_cluster_has_its_own_documents(void **state)
{
	(void)state;
	struct scenario s;
	live(&s);
	coverage_of(&s, "Pod")->outcome = SLICE("forbidden");
	coverage_of(&s, "Pod")->why = SLICE(MESSAGE("a", "pods"));
	struct cluster *unknown = add_cluster(&s, "st\nage", "https://127.0.0.1:6443 stage");
	unknown->uid = SLICE_NONE;
	add_live_read(&s, HOUR(1));
	coverage_of(&s, "Namespace")->outcome = SLICE("forbidden");
	/* No comment can be left by a name, and what an unknown cluster is, its kube-system tells. */
	check_rbac(
		&s,
		"# Cluster prod, read as a:\n# the rights that were missing when it was read.\n" HOW HEAD(
			"ClusterRole", "") "rules:\n" RULE("", "pods") BINDING("ClusterRole", "")
			USER("a") "---\n# Cluster st\\u000aage:\n# the rights that were missing when it was read.\n" HOW
				HEAD("ClusterRole", "") "rules:\n" RULE("", "namespaces") KUBE_SYSTEM BINDING(
					"ClusterRole",
					"") "  - kind: User\n    apiGroup: rbac.authorization.k8s.io\n"
					    "    # Who reads: kubectl auth whoami tells.\n    name: \"USER\"\n");
	scenario_release(&s);
}

static void cluster_that_could_not_be_read_may_lack_any_right(void **state)
{
	(void)state;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(TRIAGE_RBAC_BYTES);
	struct error *err = NULL;
	struct scenario s;
	scenario_init(&s);
	struct cluster *down = add_cluster(&s, "down", "https://127.0.0.1:1 down");
	down->uid = SLICE_NONE;
	for (size_t i = 0; i < s.len; i++) {
		struct read *read = s.records[i].record;
		if (s.records[i].type != &read_type || read->id != s.read)
			continue;
		read->source_kind = SLICE("cluster");
		read->outcome = SLICE("failed");
	}
	for (size_t i = 0; i < s.len; i++) {
		struct coverage *coverage = s.records[i].record;
		if (s.records[i].type == &coverage_type && coverage->read == s.read)
			coverage->outcome = SLICE("failed");
	}
	check_ok(triage_rbac(scenario_world(&s), &text, &err), &err);
	static const char said[] = "# Cluster down could not be read: which rights it lacks is not known.\n"
				   "# All that fother reads of a live cluster.\n";
	assert_true(slice_starts_with(strbuf_slice(&text), said));
	/* Refused wholly, it is known. */
	coverage_of(&s, "Pod")->outcome = SLICE("forbidden");
	strbuf_clear(&text);
	check_ok(triage_rbac(scenario_world(&s), &text, &err), &err);
	assert_true(slice_starts_with(strbuf_slice(&text), "# Cluster down:\n"));
	assert_false(slice_contains(strbuf_slice(&text), "All that"));
	scenario_release(&s);
}

static void kind_without_a_resource_gives_no_empty_role(void **state)
{
	(void)state;
	struct scenario s;
	live(&s);
	add_list(&s, "Gizmo.example.org", "*", NULL, "forbidden");
	check_rbac(&s, "# No right was missing when fother read 1 cluster last.\n");
	scenario_release(&s);
}

static void user_who_was_refused_is_found_in_the_message(void **state)
{
	(void)state;
	check_slice(triage_refused_user(SLICE(MESSAGE("made-up", "pods"))), "made-up");
	check_slice(triage_refused_user(SLICE("User \"\" x")), "");
	assert_null(triage_refused_user(SLICE("User \"cut off")).data);
	assert_null(triage_refused_user(SLICE("go away")).data);
	assert_null(triage_refused_user(SLICE("User \"")).data);
	assert_null(triage_refused_user(SLICE_NONE).data);
}

static void text_that_is_too_long_is_an_error(void **state)
{
	(void)state;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(100);
	struct error *err = NULL;
	assert_int_equal(triage_rbac(NULL, &text, &err), -1);
	assert_int_equal(err->code, ERROR_LIMIT);
	error_free(err);
}

static int load_and_print(void *data, struct error **err)
{
	struct scenario *s = data;
	CLEANUP(world_freep) struct world *world = NULL;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(TRIAGE_RBAC_BYTES);
	if (world_load((struct store *)s, &s->options, &world, err) < 0)
		return -1;
	return triage_rbac(world, &text, err);
}

static void memory_may_run_out(void **state)
{
	(void)state;
	struct scenario s;
	live(&s);
	refuse_kind(&s, "Pod", "forbidden", "ci", "web", NULL);
	assert_true(torture(load_and_print, &s) > 20);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_anything_was_read_all_is_needed),
		cmocka_unit_test(nothing_is_given_where_nothing_was_refused),
		cmocka_unit_test(list_of_all_gives_a_cluster_role_of_no_more),
		cmocka_unit_test(refused_namespaces_give_a_role_each),
		cmocka_unit_test(secrets_come_with_what_no_rule_can_say),
		cmocka_unit_test(each_cluster_has_its_own_documents),
		cmocka_unit_test(cluster_that_could_not_be_read_may_lack_any_right),
		cmocka_unit_test(kind_without_a_resource_gives_no_empty_role),
		cmocka_unit_test(user_who_was_refused_is_found_in_the_message),
		cmocka_unit_test(text_that_is_too_long_is_an_error),
		cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
