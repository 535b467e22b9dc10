#include "breach.h"

/* What every triage of these worlds says, which hold nothing of the registry: it, processes and copies elsewhere. */
#define ALWAYS                                                                                                         \
	"-|anything of docker.io|no\n"                                                                                 \
	"-|registry docker.io|no\n"                                                                                    \
	"-|what executed|no\n"                                                                                         \
	"-|copies outside Kubernetes|no\n"
#define COLUMNS "cluster subject incomplete"

static void complete_read_leaves_what_no_dump_can_tell(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	b.incident.registries = texts(&b.world, "docker.io", "ghcr.io", NULL);
	const struct triage *t = breach_triage(&b);
	check_rows(t->unknown, &unknown_type, COLUMNS,
		   "-|anything of docker.io|no\n-|anything of ghcr.io|no\n"
		   "-|registry docker.io|no\n-|registry ghcr.io|no\n-|what executed|no\n"
		   "-|copies outside Kubernetes|no\n");
	assert_true(t->complete);
	breach_release(&b);
}

static void kind_that_every_cluster_has_makes_the_answer_incomplete_when_absent(void **state)
{
	(void)state;
	static const struct {
		const char *kind, *lost, *fix;
		bool incomplete;
	} cases[] = {
		{ "Secret", "which credentials there are", "kubectl get Secrets -A -o json --show-managed-fields",
		  true },
		{ "Pod", "what runs, and who uses a secret", "kubectl get Pods -A -o json --show-managed-fields",
		  true },
		{ "ServiceAccount", "which pull secrets accounts give to pods",
		  "kubectl get ServiceAccounts -A -o json --show-managed-fields", true },
		{ "Node", "what lies cached on nodes", "kubectl get Nodes -A -o json --show-managed-fields", true },
		{ "Namespace", "which cluster it is (it is filed by name)",
		  "kubectl get Namespaces -A -o json --show-managed-fields", false },
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
	check_rows(breach_triage(&b)->unknown, &unknown_type, COLUMNS,
		   "prod|no CronJob, Event, Job in the dump|no\n" ALWAYS);
	assert_true(b.triage.complete);
	breach_release(&b);
}

static struct defect *add_file_defect(struct breach *b, const char *file, const char *code, const char *message)
{
	struct defect *defect = add_record(&b->world, &defect_type);
	defect->object_kind = SLICE("File");
	defect->namespace = SLICE("");
	defect->object = slice_of(file);
	defect->code = slice_of(code);
	defect->place = SLICE("byte 7");
	defect->message = slice_of(message);
	return defect;
}

static void partial_list_is_told_once_and_not_again_as_a_file(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	struct coverage *pods = coverage_of(&b.world, "Pod");
	pods->outcome = SLICE("partial");
	pods->why = SLICE("pods.json: the document ends early");
	add_file_defect(&b, "pods.json", "truncated", "the document ends early");
	check_rows(breach_triage(&b)->unknown, &unknown_type, COLUMNS " why",
		   "prod|some Pods|yes|pods.json: the document ends early\n"
		   "-|anything of docker.io|no|no login or image of it was read; is it spelled so? seen: none\n"
		   "-|registry docker.io|no|not read: build dates, moved tags, pushes and pulls\n"
		   "-|what executed|no|no node sensor: nothing known of processes\n"
		   "-|copies outside Kubernetes|no|CI variables, laptops, nodes, registry mirrors, backups\n");
	assert_false(b.triage.complete);
	breach_release(&b);
}

/* Told under its own name: the coverage of another file, of another cluster, or of a kind that was complete, is none.
 */
static void damaged_file_is_told_unless_a_partial_list_of_its_cluster_names_it(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	struct coverage *pods = coverage_of(&b.world, "Pod");
	pods->outcome = SLICE("partial");
	pods->why = SLICE("pods.json.gz: it is damaged");
	add_file_defect(&b, "pods.json", "truncated", "it ends early");
	add_cluster(&b.world, "stage", "22222222-bbbb");
	add_file_defect(&b, "pods.json.gz", "truncated", "it ends here, too");
	check_rows(breach_triage(&b)->unknown, &unknown_type, COLUMNS,
		   "prod|some Pods|yes\nprod|file pods.json|yes\nstage|file pods.json.gz|yes\n" ALWAYS);
	breach_release(&b);
}

static void ignored_file_is_told_but_makes_nothing_incomplete(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_file_defect(&b, "notes.txt", "ignored", "no Kubernetes object in it");
	check_rows(breach_triage(&b)->unknown, &unknown_type, COLUMNS, "prod|file notes.txt|no\n" ALWAYS);
	assert_true(b.triage.complete);
	breach_release(&b);
}

/* Defects of objects are findings, not unknowns. */
static void defect_of_an_object_is_no_unknown_file(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_file_defect(&b, "hub", "bad_base64", "bad base64 at byte 4")->object_kind = SLICE("Secret");
	check_rows(breach_triage(&b)->unknown, &unknown_type, COLUMNS, ALWAYS);
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
	check_rows(breach_triage(&b)->unknown, &unknown_type, COLUMNS,
		   "prod|3 of kind Rollout.argoproj.io|no\n" ALWAYS);
	assert_true(b.triage.complete);
	breach_release(&b);
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
	check_rows(breach_triage(&b)->unknown, &unknown_type, COLUMNS " why",
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
	check_rows(breach_triage(&b)->unknown, &unknown_type, COLUMNS, "prod|age of 2 secrets|no\n" ALWAYS);
	breach_release(&b);
}

static void bad_files_cannot_be_matched_yet(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, "file:" DIGEST_A);
	check_rows(breach_triage(&b)->unknown, &unknown_type, COLUMNS, "-|1 bad file|no\n" ALWAYS);
	add_bad(&b, "file:" DIGEST_B);
	check_rows(breach_triage(&b)->unknown, &unknown_type, COLUMNS, "-|2 bad files|no\n" ALWAYS);
	breach_release(&b);
}

static void each_cluster_has_its_own_rows(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_cluster(&b.world, "stage", "22222222-bbbb");
	coverage_of(&b.world, "Node")->outcome = SLICE("absent");
	check_rows(breach_triage(&b)->unknown, &unknown_type, COLUMNS, "stage|what lies cached on nodes|yes\n" ALWAYS);
	assert_false(b.triage.complete);
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
	check_rows(breach_triage(&b)->unknown, &unknown_type, COLUMNS, ALWAYS);
	add_pod(&b.world, "shop", "web-1", "ReplicaSet", "web");
	check_rows(breach_triage(&b)->unknown, &unknown_type, COLUMNS, "prod|owners of 1 pod|yes\n" ALWAYS);
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
	check_rows(breach_triage(&b)->unknown, &unknown_type, COLUMNS,
		   "prod|logins in 2 malformed secrets|no\n" ALWAYS);
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
	check_rows(breach_triage(&b)->unknown, &unknown_type, COLUMNS, "prod|everything since the breach|yes\n" ALWAYS);
	assert_false(b.triage.complete);
	b.incident.window_from = TIME_UNSET;
	assert_true(breach_triage(&b)->complete);
	breach_release(&b);
}

/* A mistyped registry must not look like a clean one. */
static void registry_of_which_nothing_was_read_is_told_with_those_that_were(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	b.incident.registries = texts(&b.world, "docker.io", "ghrc.io", NULL);
	add_container(&b.world, add_pod(&b.world, "shop", "web", NULL, NULL), "acme/web:1", DIGEST_A);
	add_container(&b.world, add_pod(&b.world, "shop", "api", NULL, NULL), "ghcr.io/acme/api:1", DIGEST_B);
	const struct triage *t = breach_triage(&b);
	const struct unknown *row = row_with(t->unknown, &unknown_type, "subject", "anything of ghrc.io");
	check_slice(row->why, "no login or image of it was read; is it spelled so? seen: docker.io, ghcr.io");
	assert_int_equal(row->incomplete, BOOL_FALSE);
	assert_int_equal(t->unknown.len, 5);
	breach_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(complete_read_leaves_what_no_dump_can_tell),
		cmocka_unit_test(kind_that_every_cluster_has_makes_the_answer_incomplete_when_absent),
		cmocka_unit_test(kinds_that_a_cluster_may_lack_are_told_in_one_row),
		cmocka_unit_test(partial_list_is_told_once_and_not_again_as_a_file),
		cmocka_unit_test(damaged_file_is_told_unless_a_partial_list_of_its_cluster_names_it),
		cmocka_unit_test(ignored_file_is_told_but_makes_nothing_incomplete),
		cmocka_unit_test(defect_of_an_object_is_no_unknown_file),
		cmocka_unit_test(unknown_kind_is_counted_and_harmless),
		cmocka_unit_test(nodes_whose_lists_are_cut_or_missing),
		cmocka_unit_test(secrets_without_a_date_are_counted_while_they_are_there),
		cmocka_unit_test(bad_files_cannot_be_matched_yet),
		cmocka_unit_test(each_cluster_has_its_own_rows),
		cmocka_unit_test(only_pull_secrets_leaves_logins_in_others_unknown),
		cmocka_unit_test(pods_whose_controllers_were_not_read),
		cmocka_unit_test(malformed_secrets_may_hold_logins),
		cmocka_unit_test(dump_that_is_older_than_the_breach_tells_nothing_of_it),
		cmocka_unit_test(registry_of_which_nothing_was_read_is_told_with_those_that_were),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
