#include "breach.h"

#include "support/torture.h"

#define COLUMNS "cluster kind namespaces but_namespaces subtypes outcome incomplete"

static void live(struct breach *b)
{
	breach_init(b);
	add_live_read(&b->world, HOUR(1));
}

/* The row of the kind that is missing; it must be there once. */
static const struct unknown *row_of(struct breach *b, const char *kind)
{
	return row_with(breach_triage(b)->unknown, &unknown_type, "kind", kind);
}

/* No row but the one. */
static void check_alone(const struct breach *b)
{
	size_t rows = 0;
	for (size_t i = 0; i < b->triage.unknown.len; i++)
		rows += ((const struct unknown *)b->triage.unknown.items)[i].cluster.data != NULL;
	assert_int_equal(rows, 2); /* and that only pull secrets were asked for */
	assert_false(b->triage.complete);
	assert_int_equal(b->triage.whole_clusters, 0);
}

static void complete_live_read_misses_nothing(void **state)
{
	(void)state;
	struct breach b;
	live(&b);
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS,
		   "prod|logins in other secrets|no\n" UNKNOWN_ALWAYS);
	assert_true(b.triage.complete);
	assert_int_equal(b.triage.whole_clusters, 1);
	breach_release(&b);
}

/* Each outcome, in one namespace of one kind: what is missing, why, and what helps. Never to dump again. */
static void each_outcome_names_its_scope(void **state)
{
	(void)state;
	static const struct {
		const char *outcome, *cause;
		int64_t objects;
		const char *subject, *why, *fix;
	} cases[] = {
		{ "forbidden", "HTTP 403: pods is forbidden: User \"system:made-up\" cannot list resource \"pods\"", 0,
		  "Pods of namespace ci", "forbidden: system:made-up may not list them",
		  "the rights that fother triage --rbac prints" },
		{ "forbidden", "HTTP 403: go away", 0, "Pods of namespace ci", "HTTP 403: go away",
		  "the rights that fother triage --rbac prints" },
		{ "forbidden", NULL, 0, "Pods of namespace ci", "forbidden",
		  "the rights that fother triage --rbac prints" },
		{ "failed", "no answer for 30 s", 0, "Pods of namespace ci", "no answer for 30 s", "read it again" },
		{ "failed", NULL, 12, "some Pods of namespace ci", "they could not be read", "read it again" },
		{ "interrupted", "interrupted", 12, "some Pods of namespace ci",
		  "interrupted before the end of the list", "read it again" },
		{ "interrupted", "interrupted", 0, "Pods of namespace ci", "interrupted before they were read",
		  "read it again" },
		{ "mixed", "it expired", 12, "some Pods of namespace ci",
		  "the list changed while it was read: what was deleted meanwhile may still show", "read it again" },
		{ "partial", "pod ci/x: no name", 12, "some Pods of namespace ci", "pod ci/x: no name",
		  "read it again" },
		{ "partial", NULL, 0, "some Pods of namespace ci", "some did not decode, or were lost",
		  "read it again" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct breach b;
		live(&b);
		coverage_of(&b.world, "Pod")->namespace = SLICE("shop");
		struct coverage *lost = add_list(&b.world, "Pod", "ci", NULL, cases[i].outcome);
		lost->why = slice_of(cases[i].cause);
		lost->objects = cases[i].objects;
		const struct unknown *row = row_of(&b, "Pod");
		check_slice(row->subject, cases[i].subject);
		check_slice(row->why, cases[i].why);
		check_slice(row->fix, cases[i].fix);
		check_slice(row->outcome, cases[i].outcome);
		assert_true(slice_equal(row->cause, slice_of(cases[i].cause)));
		assert_int_equal(row->namespaces.len, 1);
		check_slice(row->namespaces.items[0], "ci");
		assert_int_equal(row->incomplete, BOOL_TRUE);
		check_alone(&b);
		breach_release(&b);
	}
}

static void values_that_were_not_asked_for(void **state)
{
	(void)state;
	struct breach b;
	live(&b);
	struct coverage *old = coverage_of(&b.world, "Secret");
	old->outcome = SLICE("metadata");
	old->objects = 3;
	const struct unknown *row = row_of(&b, "Secret");
	check_slice(row->subject, "values of 3 Secrets of type dockercfg of all namespaces");
	check_slice(row->why, "--metadata-only: logins, fingerprints, defects and copies are not known");
	check_slice(row->fix, "read it again without --metadata-only");
	check_slice(row->subtypes.items[0], "kubernetes.io/dockercfg");
	check_alone(&b);
	breach_release(&b);
}

static void one_row_holds_every_namespace_and_shows_the_first(void **state)
{
	(void)state;
	struct breach b;
	live(&b);
	coverage_of(&b.world, "Pod")->namespace = SLICE("shop");
	for (int i = 0; i < 40; i++) {
		struct coverage *lost = add_list(&b.world, "Pod", "x", NULL, "forbidden");
		lost->namespace = arena_printf(&b.world.arena, "team-%02d", i);
		lost->why = arena_printf(&b.world.arena, "HTTP 403: User \"u\" cannot list team-%02d", i);
	}
	const struct unknown *row = row_of(&b, "Pod");
	check_slice(row->subject, "Pods of 40 namespaces (team-00, team-01, team-02, ...)");
	check_slice(row->why, "forbidden: u may not list them");
	assert_int_equal(row->namespaces.len, 40);
	check_slice(row->namespaces.items[39], "team-39");
	check_alone(&b);
	breach_release(&b);
}

static void refused_everywhere_but_where_a_namespace_was_tried(void **state)
{
	(void)state;
	struct breach b;
	live(&b);
	coverage_of(&b.world, "Namespace")->outcome = SLICE("forbidden");
	refuse_kind(&b.world, "Pod", "complete", "shop", "ci", NULL);
	const struct unknown *row = row_of(&b, "Pod");
	check_slice(row->subject, "Pods of all namespaces but ci, shop");
	check_slice(row->fix,
		    "the rights that fother triage --rbac prints; or --namespace, for those that you may read");
	check_slice(row->namespaces.items[0], "*");
	assert_int_equal(row->but_namespaces.len, 2);
	check_slice(row_of(&b, "Namespace")->subject, "Namespaces");
	check_slice(row_of(&b, "Namespace")->fix, "the rights that fother triage --rbac prints");
	breach_release(&b);
}

static void rows_for_programs(void **state)
{
	(void)state;
	struct breach b;
	live(&b);
	coverage_of(&b.world, "Secret")->outcome = SLICE("failed");
	coverage_of(&b.world, "Node")->outcome = SLICE("forbidden");
	refuse_kind(&b.world, "Job", "forbidden", "ci", "web", NULL);
	add_list(&b.world, "Job", "shop", NULL, "complete");
	check_rows(breach_triage(&b)->unknown, &unknown_type, COLUMNS,
		   "prod|Secret|*|none|kubernetes.io/dockercfg|failed|yes\n"
		   "prod|Node|*|none|*|forbidden|yes\n"
		   "prod|Job|ci, web|none|*|forbidden|yes\n"
		   "prod|-|-|-|-|-|no\n"
		   "-|-|-|-|-|-|no\n-|-|-|-|-|-|no\n-|-|-|-|-|-|no\n-|-|-|-|-|-|no\n");
	breach_release(&b);
}

static void reasons_that_differ_are_said_to(void **state)
{
	(void)state;
	struct breach b;
	live(&b);
	coverage_of(&b.world, "Pod")->namespace = SLICE("shop");
	add_list(&b.world, "Pod", "ci", NULL, "failed")->why = SLICE("HTTP 500");
	add_list(&b.world, "Pod", "web", NULL, "failed")->why = SLICE("no answer");
	check_slice(row_of(&b, "Pod")->why, "HTTP 500; and other reasons");
	breach_release(&b);
}

static void cluster_that_could_not_be_read_is_unknown_for_one_reason(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_cluster(&b.world, "ap", "22222222-bbbb");
	struct read *failed = add_live_read(&b.world, HOUR(1));
	for (size_t i = 0; i < b.world.len; i++) {
		struct coverage *coverage = b.world.records[i].record;
		struct read *read = b.world.records[i].record;
		if (b.world.records[i].type == &coverage_type && coverage->read == failed->id)
			coverage->outcome = SLICE("failed");
		if (b.world.records[i].type == &read_type && slice_equal_text(read->cluster, "22222222-bbbb")) {
			read->outcome = SLICE("failed");
			read->why = SLICE("connection refused");
		}
	}
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS " why fix outcome",
		   "ap|everything|yes|it could not be read: connection refused|read it again|failed\n"
		   "-|anything of docker.io|no|no login or image of it was read; is it spelled so? seen: none|-|-\n"
		   "-|registry docker.io|no|not read: build dates, moved tags, pushes and pulls|"
		   "--read-registry; and look at its audit log for the window|-\n"
		   "-|what executed|no|no node sensor: nothing known of processes|-|-\n"
		   "-|copies outside Kubernetes|no|CI variables, laptops, nodes, registry mirrors, backups|"
		   "go through them by hand|-\n");
	assert_false(b.triage.complete);
	assert_int_equal(b.triage.whole_clusters, 1);
	breach_release(&b);
}

static void what_was_read_before_a_failure_is_older_than_it(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_live_read(&b.world, HOUR(1) + 5);
	struct read *failed = add_live_read(&b.world, HOUR(2));
	failed->outcome = SLICE("failed");
	failed->why = SLICE("HTTP 401: Unauthorized");
	const struct triage *t = breach_triage(&b);
	const struct unknown *row = row_with(t->unknown, &unknown_type, "outcome", "failed");
	check_slice(row->subject, "everything since 2025-11-23T13:13:20Z");
	check_slice(row->why, "it could not be read: HTTP 401: Unauthorized");
	check_alone(&b);
	failed->outcome = SLICE("interrupted");
	failed->objects = 0;
	row = row_with(breach_triage(&b)->unknown, &unknown_type, "outcome", "interrupted");
	check_slice(row->why, "interrupted before anything was read");
	breach_release(&b);
}

static void what_was_not_asked_for_is_told(void **state)
{
	(void)state;
	struct breach b;
	live(&b);
	coverage_of(&b.world, "Node")->kind = SLICE("Gizmo.example.org");
	const struct unknown *row = row_of(&b, "Node");
	check_slice(row->why, "they were not asked for");
	check_alone(&b);
	breach_release(&b);
}

/* Only this namespace was asked for. */
static void live_of(struct breach *b, const char *namespace)
{
	live(b);
	for (size_t i = 0; i < b->world.len; i++) {
		struct coverage *coverage = b->world.records[i].record;
		if (b->world.records[i].type == &coverage_type && coverage->read == b->world.read &&
		    !slice_equal_text(coverage->kind, "Node") && !slice_equal_text(coverage->kind, "Namespace"))
			coverage->namespace = slice_of(namespace);
	}
	struct namespace *there = add_record(&b->world, &namespace_type);
	there->uid = SLICE("u-namespace-shop");
	there->name = SLICE("shop");
}

/* --namespace: that is no failure, and no answer about the others. */
static void namespaces_that_were_left_away(void **state)
{
	(void)state;
	struct breach b;
	live_of(&b, "shop");
	coverage_of(&b.world, "Node")->kind = SLICE("Gizmo.example.org");
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS " namespaces but_namespaces",
		   "prod|Nodes|no|-|-\n"
		   "prod|other namespaces than shop|no|*|shop\n"
		   "prod|logins in other secrets|no|-|-\n"
		   "-|anything of docker.io|no|-|-\n-|registry docker.io|no|-|-\n-|what executed|no|-|-\n"
		   "-|copies outside Kubernetes|no|-|-\n");
	assert_true(b.triage.complete);
	breach_release(&b);
}

/* A mistyped one is empty, which must not look clean. */
static void a_namespace_that_is_not_there(void **state)
{
	(void)state;
	struct breach b;
	live_of(&b, "shopp");
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS " namespaces but_namespaces",
		   "prod|namespace shopp|yes|-|-\n"
		   "prod|other namespaces than shopp|no|*|shopp\n"
		   "prod|logins in other secrets|no|-|-\n"
		   "-|anything of docker.io|no|-|-\n-|registry docker.io|no|-|-\n-|what executed|no|-|-\n"
		   "-|copies outside Kubernetes|no|-|-\n");
	assert_false(b.triage.complete);
	breach_release(&b);
}

static void what_was_collected_is_collected_again(void **state)
{
	(void)state;
	struct breach b;
	live(&b);
	struct coverage *pods = coverage_of(&b.world, "Pod");
	for (size_t i = 0; i < b.world.len; i++) {
		struct read *read = b.world.records[i].record;
		if (b.world.records[i].type == &read_type && read->id == b.world.read) {
			read->source_kind = SLICE("snapshot");
			read->as_of_from = SLICE("manifest");
		}
	}
	static const char *const fixes[][2] = {
		{ "forbidden", "the rights that fother triage --rbac prints, then collect it again" },
		{ "failed", "collect it again" },
		{ "metadata", "collect it again without --metadata-only" },
	};
	for (size_t i = 0; i < 3; i++) {
		pods->outcome = slice_of(fixes[i][0]);
		check_slice(row_of(&b, "Pod")->fix, fixes[i][1]);
	}
	breach_release(&b);
}

static int load_and_run(void *data, struct error **err)
{
	struct breach *b = data;
	struct triage triage;
	CLEANUP(world_freep) struct world *world = NULL;
	if (world_load((struct store *)&b->world, &b->world.options, &world, err) < 0)
		return -1;
	return triage_run(world, &b->incident, &b->indicators, &triage, err);
}

static void memory_may_run_out(void **state)
{
	(void)state;
	struct breach b;
	live(&b);
	coverage_of(&b.world, "Secret")->outcome = SLICE("metadata");
	refuse_kind(&b.world, "Pod", "failed", "ci", "web", NULL);
	coverage_of(&b.world, "Node")->kind = SLICE("Gizmo.example.org");
	add_live_read(&b.world, HOUR(2))->outcome = SLICE("failed");
	assert_true(torture(load_and_run, &b) > 20);
	breach_release(&b);
}

/* Why it is not complete no row has to say. */
static void cluster_whose_read_is_not_complete_is_not_whole(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	struct read *read = add_live_read(&b.world, HOUR(1));
	read->outcome = SLICE("partial");
	assert_int_equal(breach_triage(&b)->whole_clusters, 0);
	read->outcome = SLICE("complete");
	assert_int_equal(breach_triage(&b)->whole_clusters, 1);
	breach_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(complete_live_read_misses_nothing),
		cmocka_unit_test(each_outcome_names_its_scope),
		cmocka_unit_test(values_that_were_not_asked_for),
		cmocka_unit_test(one_row_holds_every_namespace_and_shows_the_first),
		cmocka_unit_test(refused_everywhere_but_where_a_namespace_was_tried),
		cmocka_unit_test(rows_for_programs),
		cmocka_unit_test(reasons_that_differ_are_said_to),
		cmocka_unit_test(cluster_that_could_not_be_read_is_unknown_for_one_reason),
		cmocka_unit_test(what_was_read_before_a_failure_is_older_than_it),
		cmocka_unit_test(what_was_not_asked_for_is_told),
		cmocka_unit_test(namespaces_that_were_left_away),
		cmocka_unit_test(a_namespace_that_is_not_there),
		cmocka_unit_test(what_was_collected_is_collected_again),
		cmocka_unit_test(memory_may_run_out),
		cmocka_unit_test(cluster_whose_read_is_not_complete_is_not_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
