#include "breach.h"

static void kind_that_every_cluster_has_makes_the_answer_incomplete_when_absent(void **state)
{
	(void)state;
	static const struct {
		const char *kind, *lost, *fix;
		bool incomplete;
	} cases[] = {
		{ "Secret", "which credentials there are", "kubectl get secrets -A -o json --show-managed-fields",
		  true },
		{ "Pod", "what runs, and who uses a secret", "kubectl get pods -A -o json --show-managed-fields",
		  true },
		{ "ServiceAccount", "which pull secrets accounts give to pods",
		  "kubectl get serviceaccounts -A -o json --show-managed-fields", true },
		{ "Node", "what lies cached on nodes", "kubectl get nodes -A -o json --show-managed-fields", true },
		{ "Namespace", "which cluster it is (it is filed by name)",
		  "kubectl get namespaces -A -o json --show-managed-fields", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct breach b;
		breach_init(&b);
		coverage_of(&b.world, cases[i].kind)->outcome = SLICE("absent");
		const struct triage *t = breach_triage(&b);
		assert_int_equal(t->unknown.len, 5);
		const struct unknown *row = t->unknown.items;
		check_slice(row->cluster, "prod");
		check_slice(row->subject, cases[i].lost);
		check_slice(row->fix, cases[i].fix);
		assert_true(slice_contains(row->why, cases[i].kind));
		assert_int_equal(t->complete, !cases[i].incomplete);
		breach_release(&b);
	}
}

static void kinds_that_a_cluster_may_lack_are_told_in_one_row(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	coverage_of(&b.world, "CronJob")->outcome = SLICE("absent");
	coverage_of(&b.world, "Job")->outcome = SLICE("absent");
	coverage_of(&b.world, "Event")->outcome = SLICE("absent");
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS,
		   "prod|no CronJob, Event, Job in the dump|no\n" UNKNOWN_ALWAYS);
	assert_true(b.triage.complete);
	breach_release(&b);
}

static void unknown_kind_is_counted_and_harmless(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	struct coverage *strange = coverage_of(&b.world, "Event");
	strange->kind = SLICE("Rollout.argoproj.io");
	strange->outcome = SLICE("unknown_kind");
	strange->objects = 3;
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS,
		   "prod|3 of kind Rollout.argoproj.io|no\n" UNKNOWN_ALWAYS);
	assert_true(b.triage.complete);
	breach_release(&b);
}

static void kinds_are_told_in_the_plural(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "Pod", "some Pods" },
		{ "ServiceAccount", "some ServiceAccounts" },
		{ "ReplicationController", "some ReplicationControllers" },
		{ "Ingress.networking.k8s.io", "some objects of kind Ingress.networking.k8s.io" },
		{ NULL, "some objects" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct breach b;
		breach_init(&b);
		struct coverage *coverage = coverage_of(&b.world, "Event");
		coverage->kind = slice_of(cases[i][0]);
		coverage->outcome = SLICE("partial");
		const struct triage *t = breach_triage(&b);
		const struct unknown *row = row_with(t->unknown, &unknown_type, "subject", cases[i][1]);
		check_slice(row->why, "did not decode, or the list was cut");
		assert_int_equal(row->incomplete, BOOL_TRUE);
		breach_release(&b);
	}
}

static void nodes_whose_lists_are_cut_or_missing(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_node(&b, "whole");
	add_node(&b, "cut-1")->images_cut = BOOL_TRUE;
	add_node(&b, "cut-2")->images_cut = BOOL_TRUE;
	add_node(&b, "silent")->image_count = INT_UNKNOWN;
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS " why",
		   "prod|images on 2 nodes|no|image list cut at 50: more may be cached\n"
		   "prod|images on 1 node|no|the node tells no image list\n"
		   "-|anything of docker.io|no|no login or image of it was read; is it spelled so? seen: none\n"
		   "-|registry docker.io|no|not read: build dates, moved tags, pushes and pulls\n"
		   "-|what executed|no|no node sensor: nothing known of processes\n"
		   "-|copies outside Kubernetes|no|CI variables, laptops, nodes, registry mirrors, backups\n");
	breach_release(&b);
}

static void secrets_without_a_date_are_counted_while_they_are_there(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_secret(&b.world, "shop", "a");
	add_secret(&b.world, "shop", "b");
	add_secret(&b.world, "shop", "dated")->data_written = HOUR(-3);
	add_secret(&b.world, "shop", "gone")->gone = BOOL_TRUE;
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS,
		   "prod|age of 2 secrets|no\n" UNKNOWN_ALWAYS);
	breach_release(&b);
}

static void only_pull_secrets_leaves_logins_in_others_unknown(void **state)
{
	(void)state;
	static const struct {
		const char *subtype, *more; /* a second list of secrets; NULL: none */
		bool told;
	} cases[] = {
		{ "*", NULL, false },
		{ "kubernetes.io/dockerconfigjson", NULL, true },
		{ "kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg", true },
		{ "kubernetes.io/dockerconfigjson", "Opaque", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct breach b;
		breach_init(&b);
		struct coverage *secrets = coverage_of(&b.world, "Secret");
		secrets->subtype = slice_of(cases[i].subtype);
		if (cases[i].more) {
			struct coverage *second = coverage_of(&b.world, "Event");
			*second = *secrets;
			second->subtype = slice_of(cases[i].more);
		}
		const struct triage *t = breach_triage(&b);
		bool told = false;
		for (size_t k = 0; k < t->unknown.len; k++)
			told = told || slice_equal_text(((const struct unknown *)t->unknown.items)[k].subject,
							"logins in other secrets");
		assert_int_equal(told, cases[i].told);
		assert_true(t->complete);
		breach_release(&b);
	}
}

/* Their template, and what is above it, is not known. Static pods are their node's; what has ended starts no more. */
static void pods_whose_controllers_were_not_read(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_pod(&b.world, "shop", "bare", NULL, NULL);
	add_pod(&b.world, "shop", "static", "Node", "node-1");
	add_pod(&b.world, "shop", "ended", "Job", "once")->phase = SLICE("Succeeded");
	add_workload(&b.world, "shop", "Deployment", "known");
	add_pod(&b.world, "shop", "known-1", "Deployment", "known");
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS, UNKNOWN_ALWAYS);
	add_pod(&b.world, "shop", "web-1", "ReplicaSet", "web");
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS,
		   "prod|owners of 1 pod|yes\n" UNKNOWN_ALWAYS);
	assert_false(b.triage.complete);
	breach_release(&b);
}

static void malformed_secrets_may_hold_logins(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	for (int i = 0; i < 3; i++) {
		struct secret *secret = add_secret(&b.world, "shop", i == 0 ? "a" : i == 1 ? "b" : "gone");
		secret->data_written = HOUR(-20);
		secret->decodes = BOOL_FALSE;
		secret->gone = i == 2 ? BOOL_TRUE : BOOL_FALSE;
	}
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS,
		   "prod|logins in 2 malformed secrets|no\n" UNKNOWN_ALWAYS);
	breach_release(&b);
}

static void dump_that_is_older_than_the_breach_tells_nothing_of_it(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	b.incident.window_from = HOUR(0);
	b.incident.window_to = TIME_UNSET;
	assert_true(breach_triage(&b)->complete);
	b.incident.window_from = HOUR(0) + 1;
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS,
		   "prod|everything since the breach|yes\n" UNKNOWN_ALWAYS);
	assert_false(b.triage.complete);
	b.incident.window_from = TIME_UNSET;
	assert_true(breach_triage(&b)->complete);
	breach_release(&b);
}

/* No row of a live cluster says to dump it again. */
static void live_cluster_is_not_dumped_again(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_live_read(&b.world, HOUR(1));
	add_secret(&b.world, "shop", "a");
	add_pod(&b.world, "shop", "web-1", "ReplicaSet", "web");
	add_pod(&b.world, "shop", "db-1", "StrimziPodSet", "db")->owner_group = SLICE("core.strimzi.io");
	b.incident.window_from = HOUR(2);
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS " why fix",
		   "prod|age of 1 secret|no|the server gives no managedFields of them|"
		   "the API server's audit log tells who wrote them when\n"
		   "prod|logins in other secrets|no|only secrets of the pull-secret types were asked for|"
		   "read again with --all-secrets\n"
		   "prod|owners of 1 pod|yes|their controllers (ReplicaSet, ...) were not read|read it again\n"
		   "prod|owners of 1 pod|no|their controllers (StrimziPodSet, ...) are of kinds that Fother does not "
		   "read|look at what makes their pods by hand\n"
		   "prod|everything since the breach|yes|it was last read before the window|read it again\n"
		   "-|anything of docker.io|no|no login or image of it was read; is it spelled so? seen: none|-\n"
		   "-|registry docker.io|no|not read: build dates, moved tags, pushes and pulls|"
		   "--read-registry; and look at its audit log for the window\n"
		   "-|what executed|no|no node sensor: nothing known of processes|-\n"
		   "-|copies outside Kubernetes|no|CI variables, laptops, nodes, registry mirrors, backups|"
		   "go through them by hand\n");
	breach_release(&b);
}

/* What a live read can lose is told once, also where it was collected into a snapshot whose time somebody gave. */
static void refused_kind_is_not_absent_too(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	coverage_of(&b.world, "Pod")->outcome = SLICE("forbidden");
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS,
		   "prod|Pods of all namespaces|yes\n" UNKNOWN_ALWAYS);
	breach_release(&b);
}

static void dump_rows_name_their_scope_for_programs(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	coverage_of(&b.world, "Secret")->outcome = SLICE("absent");
	struct coverage *pods = coverage_of(&b.world, "Pod");
	pods->outcome = SLICE("partial");
	pods->namespace = SLICE("shop");
	pods->why = SLICE("pods.json: it ends early");
	const struct triage *t = breach_triage(&b);
	const struct unknown *row = row_with(t->unknown, &unknown_type, "kind", "Secret");
	check_slice(row->outcome, "absent");
	check_slice(row->namespaces.items[0], "*");
	row = row_with(t->unknown, &unknown_type, "kind", "Pod");
	check_slice(row->outcome, "partial");
	check_slice(row->namespaces.items[0], "shop");
	check_slice(row->cause, "pods.json: it ends early");
	breach_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kind_that_every_cluster_has_makes_the_answer_incomplete_when_absent),
		cmocka_unit_test(kinds_that_a_cluster_may_lack_are_told_in_one_row),
		cmocka_unit_test(unknown_kind_is_counted_and_harmless),
		cmocka_unit_test(kinds_are_told_in_the_plural),
		cmocka_unit_test(nodes_whose_lists_are_cut_or_missing),
		cmocka_unit_test(secrets_without_a_date_are_counted_while_they_are_there),
		cmocka_unit_test(only_pull_secrets_leaves_logins_in_others_unknown),
		cmocka_unit_test(pods_whose_controllers_were_not_read),
		cmocka_unit_test(malformed_secrets_may_hold_logins),
		cmocka_unit_test(dump_that_is_older_than_the_breach_tells_nothing_of_it),
		cmocka_unit_test(live_cluster_is_not_dumped_again),
		cmocka_unit_test(refused_kind_is_not_absent_too),
		cmocka_unit_test(dump_rows_name_their_scope_for_programs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
