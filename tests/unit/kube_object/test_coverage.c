#include "kube/object/coverage.h"

#include "base/limits.h"
#include "kube_object/reading.h"

#define POD(name, namespace)                                                                                           \
	"{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"" name                                 \
	"\", \"namespace\": \"" namespace "\"}}"
#define SECRET(name, type)                                                                                             \
	"{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"type\": \"" type "\", \"metadata\": {\"name\": \"" name      \
	"\","                                                                                                          \
	"\"namespace\": \"n\"}}"
#define LIST(items) "{\"apiVersion\": \"v1\", \"items\": [" items "], \"kind\": \"List\", \"metadata\": {}}"

static void check_coverage(const struct coverage *coverage, const char *outcome, const char *namespace,
			   const char *subtype, int64_t objects)
{
	check_slice(coverage->outcome, outcome);
	check_slice(coverage->namespace, namespace);
	check_slice(coverage->subtype, subtype);
	assert_int_equal(coverage->objects, objects);
	assert_int_equal(coverage->read, 1);
}

static void a_list_of_one_namespace_covers_that_one(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(LIST(POD("a", "n") "," POD("b", "n")));
	reading_end(&r);
	check_coverage(reading_coverage(&r, "Pod"), "complete", "n", "*", 2);
	assert_null(reading_coverage(&r, "Pod")->why.data);
}

static void a_list_of_several_covers_all(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(LIST(POD("a", "n") "," POD("b", "m") "," POD("c", "n")));
	reading_end(&r);
	check_coverage(reading_coverage(&r, "Pod"), "complete", "*", "*", 3);
}

static void secrets_are_covered_by_type(void **state)
{
	CLEANUP(reading_release)
	struct reading one =
		reading_of(LIST(SECRET("a", "kubernetes.io/dockercfg") "," SECRET("b", "kubernetes.io/dockercfg")));
	CLEANUP(reading_release)
	struct reading two = reading_of(LIST(SECRET("a", "kubernetes.io/dockercfg") "," SECRET("b", "Opaque")));
	reading_end(&one);
	reading_end(&two);
	check_coverage(reading_coverage(&one, "Secret"), "complete", "n", "kubernetes.io/dockercfg", 2);
	check_coverage(reading_coverage(&two, "Secret"), "complete", "n", "*", 2);
}

static void cluster_scoped_kinds_cover_everything(void **state)
{
	CLEANUP(reading_release)
	struct reading r =
		reading_of(LIST("{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"metadata\": {\"name\": \"n\"}}"));
	reading_end(&r);
	check_coverage(reading_coverage(&r, "Node"), "complete", "*", "*", 1);
}

static void single_objects_cover_nothing(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(POD("a", "n") POD("b", "n"));
	reading_end(&r);
	check_coverage(reading_coverage(&r, "Pod"), "partial", "n", "*", 2);
	check_slice(reading_coverage(&r, "Pod")->why, "single objects, not a list");
}

static void a_complete_list_beside_single_objects_stays_complete(void **state)
{
	CLEANUP(reading_release)
	struct reading before = reading_of(POD("a", "n") LIST(POD("a", "n") "," POD("b", "n")));
	CLEANUP(reading_release) struct reading after = reading_of(LIST(POD("a", "n") "," POD("b", "n")) POD("a", "n"));
	reading_end(&before);
	reading_end(&after);
	check_slice(reading_coverage(&before, "Pod")->outcome, "complete");
	check_slice(reading_coverage(&after, "Pod")->outcome, "complete");
	assert_null(reading_coverage(&before, "Pod")->why.data);
}

static void each_list_is_judged_alone(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(LIST(POD("a", "n")) "{\"apiVersion\": \"v1\", \"items\": [" POD(
		"b", "m") "], \"kind\": \"List\", \"metadata\": {\"continue\": \"x\"}}");
	const struct coverage *coverage;
	reading_end(&r);
	size_t found = 0;
	for (size_t i = 0; (coverage = nth(&r, coverage, i)); i++) {
		if (!slice_equal_text(coverage->kind, "Pod"))
			continue;
		check_slice(coverage->outcome, slice_equal_text(coverage->namespace, "n") ? "complete" : "partial");
		found++;
	}
	assert_int_equal(found, 2);
}

#define CUT(items)                                                                                                     \
	"{\"apiVersion\": \"v1\", \"items\": [" items "], \"kind\": \"List\", \"metadata\": {\"continue\": \"x\"}}"

static void check_all_partial(const char *document, size_t records)
{
	CLEANUP(reading_release) struct reading r = reading_of(document);
	const struct coverage *coverage;
	size_t found = 0;
	reading_end(&r);
	for (size_t i = 0; (coverage = nth(&r, coverage, i)); i++) {
		if (slice_equal_text(coverage->outcome, "absent"))
			continue;
		check_slice(coverage->outcome, "partial");
		check_slice(coverage->why, "dump: the list was cut: it ends with a continue token");
		found++;
	}
	assert_int_equal(found, records);
}

/* Nothing tells a list of all from `kubectl get pod a -o json` with two names: what the cut one lost may be lost. */
static void a_cut_list_of_the_same_place_leaves_none_complete(void **state)
{
	check_all_partial(LIST(POD("a", "n")) CUT(POD("b", "n")), 1);
	check_all_partial(CUT(POD("b", "n")) LIST(POD("a", "n")), 1);
	check_all_partial(LIST(POD("a", "n")) CUT(POD("b", "n") "," POD("c", "m")), 2);
	check_all_partial(LIST(POD("a", "n") "," POD("b", "m")) CUT(POD("c", "n")), 2);
	check_all_partial(LIST(SECRET("a", "Opaque")) CUT(SECRET("b", "Opaque") "," SECRET("c", "other")), 2);
	check_all_partial(LIST(SECRET("a", "Opaque") "," SECRET("c", "other")) CUT(SECRET("b", "Opaque")), 2);
	check_all_partial(LIST(SECRET("a", "Opaque")) JSON({
				  "kind" : "SecretList",
				  "apiVersion" : "v1",
				  "items" : [],
				  "metadata" : { "continue" : "x" }
			  }),
			  2);
}

static void a_cut_list_of_another_type_or_kind_says_nothing(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(LIST(SECRET("a", "Opaque")) CUT(SECRET("b", "other") "," POD("c", "n")));
	const struct coverage *coverage;
	reading_end(&r);
	for (size_t i = 0; (coverage = nth(&r, coverage, i)); i++)
		if (slice_equal_text(coverage->subtype, "Opaque"))
			check_slice(coverage->outcome, "complete");
}

static void a_continue_token_means_that_the_list_was_cut(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of("{\"apiVersion\": \"v1\", \"items\": [" POD(
		"a",
		"n") "], \"kind\": \"PodList\", \"metadata\": {\"continue\": \"eyJ2\", \"remainingItemCount\": 5}}");
	reading_end(&r);
	check_coverage(reading_coverage(&r, "Pod"), "partial", "n", "*", 1);
	check_slice(reading_coverage(&r, "Pod")->why, "dump: the list was cut: it ends with a continue token");
	assert_true(r.context.coverage.items[0].list_cut);
}

static void an_item_that_does_not_decode_makes_its_kind_partial(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(
		LIST(POD("a", "n") ", {\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": 5}},"
				   "{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"metadata\": {\"name\": \"n\"}}"));
	reading_end(&r);
	check_slice(reading_coverage(&r, "Pod")->outcome, "partial");
	assert_true(slice_contains(reading_coverage(&r, "Pod")->why, "dump: byte "));
	assert_true(slice_contains(reading_coverage(&r, "Pod")->why, "wrong_type"));
	check_slice(reading_coverage(&r, "Node")->outcome, "complete");
	assert_int_equal(r.context.defects, 1);
}

static void an_item_of_no_kind_makes_all_kinds_partial(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(LIST(POD("a", "n") ", {\"metadata\": {\"name\": \"x\"}}"));
	reading_end(&r);
	check_slice(reading_coverage(&r, "Pod")->outcome, "partial");
	check_slice(reading_defect(&r, "no_kind")->object, "x");
}

static void an_empty_list_of_one_kind_was_read_but_covers_no_namespace(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({ "kind" : "PodList", "apiVersion" : "v1", "metadata" : {}, "items" : [] }));
	reading_end(&r);
	check_coverage(reading_coverage(&r, "Pod"), "complete", "", "*", 0);
	CLEANUP(reading_release)
	struct reading n =
		reading_of(JSON({ "kind" : "NodeList", "apiVersion" : "v1", "metadata" : {}, "items" : null }));
	reading_end(&n);
	check_coverage(reading_coverage(&n, "Node"), "complete", "*", "*", 0);
}

static void an_empty_list_of_no_kind_says_nothing(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(LIST(""));
	reading_end(&r);
	check_slice(reading_coverage(&r, "Pod")->outcome, "absent");
	assert_int_equal(r.context.defects, 0);
}

static void every_kind_that_was_not_read_is_absent(void **state)
{
	static const char *const kinds[] = { "Secret",     "ServiceAccount",        "Pod",       "Deployment",
					     "ReplicaSet", "StatefulSet",           "DaemonSet", "Job",
					     "CronJob",    "ReplicationController", "Node",      "Namespace",
					     "Event" };
	CLEANUP(reading_release) struct reading r = reading_of("");
	reading_end(&r);
	assert_int_equal(count(&r, coverage), 13);
	for (size_t i = 0; i < 13; i++)
		check_coverage(reading_coverage(&r, kinds[i]), "absent", "*", "*", 0);
}

static void unknown_kinds_are_counted(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(LIST(
		"{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"a\", \"uid\": \"1\"}, \"data\": {\"x\": \"{\"}},"
		"{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"b\", \"uid\": \"2\"}},"
		"{\"apiVersion\": \"x.example/v1\", \"kind\": \"Thing\", \"metadata\": {\"name\": \"a\"}, \"spec\": [1]}"));
	reading_end(&r);
	check_coverage(reading_coverage(&r, "ConfigMap"), "unknown_kind", "*", "*", 2);
	check_coverage(reading_coverage(&r, "Thing.x.example"), "unknown_kind", "*", "*", 1);
	assert_int_equal(r.context.defects, 0);
	assert_int_equal(count(&r, defect), 0);
}

static void a_custom_kind_with_some_templates_is_known(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(LIST(
		"{\"apiVersion\": \"x.example/v1\", \"kind\": \"Roll\", \"metadata\": {\"name\": \"a\", \"namespace\": \"n\"},"
		"\"spec\": {\"template\": {\"spec\": {\"containers\": [{\"name\": \"c\"}]}}}},"
		"{\"apiVersion\": \"x.example/v1\", \"kind\": \"Roll\", \"metadata\": {\"name\": \"b\", \"namespace\": \"n\"}}"));
	reading_end(&r);
	check_coverage(reading_coverage(&r, "Roll.x.example"), "complete", "n", "*", 1);
}

static void an_object_read_twice_is_counted_once(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(LIST(POD("a", "n")) LIST(POD("a", "n")));
	assert_int_equal(count(&r, pod), 2);
	assert_int_equal(r.context.objects, 1);
	assert_int_equal(r.context.coverage.items[0].objects, 1);
}

/* Each of a kind of its own: with a search through all kinds for each, this takes minutes. */
static void many_kinds_in_one_list_and_in_many(void **state)
{
	const size_t kinds = 100000;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(64 * LIMIT_MIB);
	CLEANUP(reading_release) struct reading r = { 0 };
	for (size_t i = 0; i < kinds; i++)
		strbuf_add_text(&text, LIST(POD("a", "n")) POD("b", "n"));
	strbuf_add_text(&text, "{\"kind\": \"List\", \"items\": [");
	for (size_t i = 0; i < kinds; i++)
		strbuf_addf(&text,
			    "%s{\"apiVersion\":\"x.example/v1\",\"kind\":\"K%zu\",\"metadata\":{\"name\":\"a\"},"
			    "\"spec\":{\"template\":{\"spec\":{\"containers\":[{}]}}}}",
			    i ? "," : "", i);
	strbuf_add_text(&text, "]}");
	reading_start(&r);
	reading_json(&r, strbuf_slice(&text));
	reading_end(&r);
	assert_int_equal(r.context.scopes.len, 2 * kinds + 1);
	check_coverage(nth(&r, coverage, 0), "complete", "n", "*", 2 * (int64_t)kinds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_of_one_namespace_covers_that_one),
		cmocka_unit_test(a_list_of_several_covers_all),
		cmocka_unit_test(secrets_are_covered_by_type),
		cmocka_unit_test(cluster_scoped_kinds_cover_everything),
		cmocka_unit_test(single_objects_cover_nothing),
		cmocka_unit_test(a_complete_list_beside_single_objects_stays_complete),
		cmocka_unit_test(each_list_is_judged_alone),
		cmocka_unit_test(a_cut_list_of_the_same_place_leaves_none_complete),
		cmocka_unit_test(a_cut_list_of_another_type_or_kind_says_nothing),
		cmocka_unit_test(a_continue_token_means_that_the_list_was_cut),
		cmocka_unit_test(an_item_that_does_not_decode_makes_its_kind_partial),
		cmocka_unit_test(an_item_of_no_kind_makes_all_kinds_partial),
		cmocka_unit_test(an_empty_list_of_one_kind_was_read_but_covers_no_namespace),
		cmocka_unit_test(an_empty_list_of_no_kind_says_nothing),
		cmocka_unit_test(every_kind_that_was_not_read_is_absent),
		cmocka_unit_test(unknown_kinds_are_counted),
		cmocka_unit_test(many_kinds_in_one_list_and_in_many),
		cmocka_unit_test(a_custom_kind_with_some_templates_is_known),
		cmocka_unit_test(an_object_read_twice_is_counted_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
