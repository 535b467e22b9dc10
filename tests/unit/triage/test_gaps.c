#include "triage/gaps.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "derive/scenario.h"

#define NEW_TYPE "kubernetes.io/dockerconfigjson"
#define OLD_TYPE "kubernetes.io/dockercfg"

static void add_list_text(struct strbuf *out, const char *before, struct slice_list list)
{
	for (size_t i = 0; i < list.len; i++) {
		strbuf_add_text(out, i ? "," : before);
		strbuf_add_slice(out, list.items[i]);
	}
}

/* "KIND OUTCOME NAMESPACES [-BUT] [type TYPES]", a line each. */
static void check_gaps(struct scenario *s, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	const struct world_cluster *cluster = cluster_named(scenario_world(s), "prod");
	struct triage_gap *gaps = NULL;
	struct error *err = NULL;
	size_t count = 0;
	check_ok(triage_gaps(cluster, &s->world->arena, &gaps, &count, &err), &err);
	for (size_t i = 0; i < count; i++) {
		strbuf_addf(&text, "%.*s %.*s", SLICE_ARG(gaps[i].kind), SLICE_ARG(gaps[i].outcome));
		add_list_text(&text, " ", gaps[i].namespaces);
		add_list_text(&text, " -", gaps[i].but);
		if (!slice_list_has(gaps[i].subtypes, SLICE("*")))
			add_list_text(&text, " type ", gaps[i].subtypes);
		strbuf_add_char(&text, '\n');
	}
	assert_string_equal(strbuf_text(&text), expected);
}

static void live(struct scenario *s)
{
	scenario_init(s);
	add_live_read(s, HOUR(1));
}

static void add_namespace(struct scenario *s, const char *name)
{
	struct namespace *namespace = add_record(s, &namespace_type);
	namespace->name = slice_of(name);
}

static void complete_read_has_none(void **state)
{
	(void)state;
	struct scenario s;
	live(&s);
	check_gaps(&s, "");
	scenario_release(&s);
}

/* Each outcome of a list of all namespaces is that kind's gap, and no other's. */
static void outcome_of_a_list_of_all_is_a_gap_of_all(void **state)
{
	(void)state;
	static const char *const outcomes[] = { "mixed", "metadata", "partial", "interrupted", "forbidden", "failed" };
	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
		struct scenario s;
		char expected[64];
		live(&s);
		coverage_of(&s, "CronJob")->outcome = slice_of(outcomes[i]);
		snprintf(expected, sizeof expected, "CronJob %s *\n", outcomes[i]);
		check_gaps(&s, expected);
		scenario_release(&s);
	}
}

static void refused_kinds_come_in_the_order_of_the_table(void **state)
{
	(void)state;
	struct scenario s;
	live(&s);
	add_list(&s, "Rollout.argoproj.io", "*", NULL, "failed");
	add_list(&s, "Gizmo.example.org", "*", NULL, "forbidden");
	coverage_of(&s, "CronJob")->outcome = SLICE("forbidden");
	coverage_of(&s, "Node")->outcome = SLICE("failed");
	coverage_of(&s, "Pod")->outcome = SLICE("forbidden");
	check_gaps(&s, "Pod forbidden *\nNode failed *\nCronJob forbidden *\nRollout.argoproj.io failed *\n"
		       "Gizmo.example.org forbidden *\n");
	scenario_release(&s);
}

static void refused_namespaces_are_named_and_those_read_are_not(void **state)
{
	(void)state;
	struct scenario s;
	live(&s);
	add_namespace(&s, "ci");
	add_namespace(&s, "shop");
	add_namespace(&s, "web");
	refuse_kind(&s, "Pod", "forbidden", "web", "ci", NULL);
	add_list(&s, "Pod", "shop", NULL, "complete");
	check_gaps(&s, "Pod forbidden ci,web\n");
	scenario_release(&s);
}

static void what_every_namespace_refused_is_refused_everywhere(void **state)
{
	(void)state;
	struct scenario s;
	live(&s);
	add_namespace(&s, "ci");
	add_namespace(&s, "shop");
	refuse_kind(&s, "Pod", "forbidden", "shop", "ci", NULL);
	check_gaps(&s, "Pod forbidden *\n");
	scenario_release(&s);
}

static void namespaces_that_were_not_tried_are_refused_with_the_list_of_all(void **state)
{
	(void)state;
	struct scenario s;
	live(&s);
	add_namespace(&s, "ci");
	add_namespace(&s, "shop");
	add_namespace(&s, "web");
	refuse_kind(&s, "Pod", "complete", "shop", NULL);
	add_list(&s, "Pod", "web", NULL, "failed");
	check_gaps(&s, "Pod failed web\nPod forbidden ci\n");
	scenario_release(&s);
}

/* Without the list of namespaces nobody can say which others there are. */
static void all_but_those_read_where_namespaces_are_not_known(void **state)
{
	(void)state;
	struct scenario s;
	live(&s);
	add_namespace(&s, "seen-before");
	coverage_of(&s, "Namespace")->outcome = SLICE("forbidden");
	refuse_kind(&s, "Pod", "complete", "shop", NULL);
	add_list(&s, "Pod", "ci", NULL, "forbidden");
	add_list(&s, "Pod", "web", NULL, "failed");
	check_gaps(&s, "Pod forbidden * -shop,web\nPod failed web\nNamespace forbidden *\n");
	scenario_release(&s);
}

static void secrets_of_one_type_and_of_both(void **state)
{
	(void)state;
	struct scenario s;
	live(&s);
	struct coverage *old = coverage_of(&s, "Secret");
	old->outcome = SLICE("failed");
	check_gaps(&s, "Secret failed * type " OLD_TYPE "\n");
	for (size_t i = 0; i < s.len; i++) {
		struct coverage *coverage = s.records[i].record;
		if (s.records[i].type == &coverage_type && slice_equal_text(coverage->subtype, NEW_TYPE))
			coverage->outcome = SLICE("failed");
	}
	check_gaps(&s, "Secret failed * type " OLD_TYPE "," NEW_TYPE "\n");
	old->outcome = SLICE("forbidden");
	check_gaps(&s, "Secret forbidden * type " OLD_TYPE "\nSecret failed * type " NEW_TYPE "\n");
	scenario_release(&s);
}

/* Asked for by --namespace: there is no list of all that could be missing. */
static void named_lists_alone_miss_only_what_they_name(void **state)
{
	(void)state;
	struct scenario s;
	live(&s);
	struct coverage *pods = coverage_of(&s, "Pod");
	pods->namespace = SLICE("shop");
	add_list(&s, "Pod", "ci", NULL, "forbidden");
	check_gaps(&s, "Pod forbidden ci\n");
	scenario_release(&s);
}

/* What a dump says of its lists stands in rows of its own; what only a live read can lose is a gap there too. */
static void dump_has_gaps_only_of_what_was_collected(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	coverage_of(&s, "Pod")->outcome = SLICE("partial");
	coverage_of(&s, "Job")->outcome = SLICE("absent");
	coverage_of(&s, "Event")->outcome = SLICE("doubted");
	check_gaps(&s, "");
	coverage_of(&s, "Pod")->outcome = SLICE("forbidden");
	check_gaps(&s, "Pod forbidden *\n");
	scenario_release(&s);
}

static void causes_and_objects_are_of_all_its_lists(void **state)
{
	(void)state;
	struct scenario s;
	struct triage_gap *gaps = NULL;
	struct error *err = NULL;
	size_t count = 0;
	live(&s);
	struct coverage *pods = coverage_of(&s, "Pod");
	*pods = *add_list(&s, "Pod", "ci", NULL, "failed");
	pods->namespace = SLICE("web");
	pods->why = SLICE("HTTP 500");
	pods->objects = 3;
	coverage_of(&s, "Pod")->objects = 4;
	coverage_of(&s, "Pod")->why = SLICE("timeout");
	const struct world_cluster *cluster = cluster_named(scenario_world(&s), "prod");
	check_ok(triage_gaps(cluster, &s.world->arena, &gaps, &count, &err), &err);
	assert_int_equal(count, 1);
	assert_int_equal(gaps[0].objects, 7);
	check_slice(gaps[0].cause, "timeout");
	assert_true(gaps[0].more_causes);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(complete_read_has_none),
		cmocka_unit_test(outcome_of_a_list_of_all_is_a_gap_of_all),
		cmocka_unit_test(refused_kinds_come_in_the_order_of_the_table),
		cmocka_unit_test(refused_namespaces_are_named_and_those_read_are_not),
		cmocka_unit_test(what_every_namespace_refused_is_refused_everywhere),
		cmocka_unit_test(namespaces_that_were_not_tried_are_refused_with_the_list_of_all),
		cmocka_unit_test(all_but_those_read_where_namespaces_are_not_known),
		cmocka_unit_test(secrets_of_one_type_and_of_both),
		cmocka_unit_test(named_lists_alone_miss_only_what_they_name),
		cmocka_unit_test(dump_has_gaps_only_of_what_was_collected),
		cmocka_unit_test(causes_and_objects_are_of_all_its_lists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
