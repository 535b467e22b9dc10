#include "kube_object/reading.h"

#include "base/limits.h"

static void without_an_api_version_a_built_in_kind_is_meant(void **state)
{
	CLEANUP(reading_release)
	struct reading r =
		reading_of(JSON({ "kind" : "Deployment", "metadata" : { "name" : "d", "namespace" : "n" } }));
	check_slice(only(&r, workload)->group, "apps");
}

static void an_object_without_a_kind_is_a_defect(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(JSON({ "metadata" : { "name" : "x", "uid" : "u" } }));
	check_slice(only(&r, defect)->code, "no_kind");
	check_slice(only(&r, defect)->object, "x");
	assert_int_equal(r.context.defects, 1);
	assert_int_equal(r.context.objects, 0);
}

static void an_object_without_a_name_is_a_defect(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(JSON({ "kind" : "Pod", "apiVersion" : "v1" }));
	check_slice(only(&r, defect)->code, "no_name");
	check_slice(only(&r, defect)->object_kind, "Pod");
	assert_int_equal(r.context.defects, 1);
}

static void a_wrong_type_costs_one_object_and_says_which(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"kind" : "List",
		"apiVersion" : "v1",
		"items" : [
			{
				"kind" : "Pod",
				"apiVersion" : "v1",
				"spec" : { "containers" : { "name" : 1 } },
				"metadata" : { "name" : "bad", "namespace" : "n", "uid" : "u" }
			},
			{ "kind" : "Pod", "apiVersion" : "v1", "metadata" : { "name" : "good", "namespace" : "n" } }
		]
	}));
	const struct defect *defect = only(&r, defect);
	check_slice(defect->code, "wrong_type");
	check_slice(defect->object_kind, "Pod");
	check_slice(defect->namespace, "n");
	check_slice(defect->object, "bad");
	check_slice(defect->object_uid, "u");
	check_slice(defect->place, "/spec/containers");
	check_slice(defect->message, "an object stands where a list is expected");
	assert_true(slice_starts_with(defect->file, "dump: byte "));
	check_slice(only(&r, pod)->name, "good");
	assert_int_equal(r.context.objects, 1);
	assert_int_equal(r.context.defects, 1);
}

static void yaml_tells_line_and_column(void **state)
{
	CLEANUP(reading_release) struct reading r;
	reading_start(&r);
	reading_yaml(
		&r,
		SLICE("apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n  apiVersion: v1\n  metadata:\n    name: 5\n"));
	check_slice(only(&r, defect)->file, "dump: line 4 column 3");
}

static void what_is_not_fatal_is_said_and_the_object_used(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"kind" : "Pod",
		"apiVersion" : "v1",
		"metadata" : { "name" : "a", "name" : "b", "creationTimestamp" : "soon" }
	}));
	check_slice(only(&r, pod)->name, "b");
	assert_int_equal(only(&r, pod)->created, TIME_UNSET);
	check_slice(reading_defect(&r, "duplicate_key")->place, "/metadata/name");
	check_slice(reading_defect(&r, "bad_time")->place, "/metadata/creationTimestamp");
	assert_int_equal(r.context.defects, 0);
}

static void faults_of_unknown_kinds_are_nobodys_business(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"kind" : "Thing",
		"apiVersion" : "x.example/v1",
		"metadata" : { "name" : "a" },
		"spec" : { "containers" : 1, "template" : [] },
		"data" : 7,
		"status" : "ok"
	}));
	assert_int_equal(r.memory.record_count, 0);
	assert_int_equal(r.context.defects, 0);
}

#define POD(node, time)                                                                                                \
	"{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"nodeName\": \"" node "\"}, \"metadata\": {"          \
	"\"name\": \"a\", \"namespace\": \"n\", \"uid\": \"u\", \"managedFields\": ["                                  \
	"{\"manager\": \"kubectl\", \"time\": \"2026-10-01T00:00:00Z\"}, {\"manager\": \"kubelet\" " time "}]}}"
#define AT(time) ", \"time\": \"" time "\""

/* The node of the pod that was put last: in a store, it is the one that stays. */
static void check_last(const char *document, size_t puts, const char *node)
{
	CLEANUP(reading_release) struct reading r = reading_of(document);
	assert_int_equal(count(&r, pod), puts);
	check_slice(nth(&r, pod, puts - 1)->node, node);
	assert_int_equal(r.context.objects, 1);
	assert_int_equal(r.context.defects, 0);
}

static void of_two_states_of_an_object_the_later_one_stands(void **state)
{
	check_last(POD("old", AT("2026-11-01T00:00:00Z")) POD("new", AT("2026-11-02T00:00:00Z")), 2, "new");
	check_last(POD("new", AT("2026-11-02T00:00:00Z")) POD("old", AT("2026-11-01T00:00:00Z")), 1, "new");
	check_last(POD("new", AT("2026-11-03T00:00:00Z")) POD("old", AT("2026-11-01T00:00:00Z"))
			   POD("mid", AT("2026-11-02T00:00:00Z")),
		   1, "new");
	check_last(POD("one", AT("2026-11-02T00:00:00Z")) POD("two", AT("2026-11-02T00:00:00Z")), 2, "two");
}

static void where_nothing_tells_the_state_that_is_read_last_stands(void **state)
{
	check_last(
		"{\"kind\": \"Pod\", \"metadata\": {\"name\": \"a\", \"uid\": \"u\"}, \"spec\": {\"nodeName\": \"x\"}}"
		"{\"kind\": \"Pod\", \"metadata\": {\"name\": \"a\", \"uid\": \"u\"}, \"spec\": {\"nodeName\": \"y\"}}",
		2, "y");
	check_last(
		POD("dated",
		    AT("2026-11-02T00:00:00Z")) "{\"kind\": \"Pod\", \"metadata\": {\"name\": \"a\", \"uid\": \"u\"}, \"spec\": {\"nodeName\": \"y\"}}",
		2, "y");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_an_api_version_a_built_in_kind_is_meant),
		cmocka_unit_test(an_object_without_a_kind_is_a_defect),
		cmocka_unit_test(an_object_without_a_name_is_a_defect),
		cmocka_unit_test(a_wrong_type_costs_one_object_and_says_which),
		cmocka_unit_test(yaml_tells_line_and_column),
		cmocka_unit_test(what_is_not_fatal_is_said_and_the_object_used),
		cmocka_unit_test(faults_of_unknown_kinds_are_nobodys_business),
		cmocka_unit_test(of_two_states_of_an_object_the_later_one_stands),
		cmocka_unit_test(where_nothing_tells_the_state_that_is_read_last_stands),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
