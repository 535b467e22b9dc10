#include "kube/object/list_kind.h"

#include "base/json_reader.h"
#include "kube_object/reading.h"

#define ITEM "{\"metadata\": {\"name\": \"a\", \"namespace\": \"n\"}, \"spec\": {\"nodeName\": \"x\"}}"

static void check_kind_from_list(const char *json)
{
	CLEANUP(reading_release) struct reading r = reading_of(json);
	check_slice(only(&r, pod)->name, "a");
	assert_int_equal(count(&r, defect), 0);
	check_yaml_gives_the_same(json);
}

static void items_take_the_kind_of_their_list(void **state)
{
	check_kind_from_list("{\"kind\": \"PodList\", \"apiVersion\": \"v1\", \"metadata\": {}, \"items\": [" ITEM
			     "]}");
}

static void also_when_it_stands_behind_them(void **state)
{
	check_kind_from_list("{\"apiVersion\": \"v1\", \"items\": [" ITEM
			     "], \"kind\": \"PodList\", \"metadata\": {}}");
	check_kind_from_list("{\"items\": [" ITEM "], \"kind\": \"PodList\", \"apiVersion\": \"v1\"}");
	check_kind_from_list("{\"items\": [{\"kind\": \"List\"}, " ITEM
			     "], \"kind\": \"PodList\", \"apiVersion\": \"v1\"}");
}

static void the_group_comes_with_it(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of("{\"items\": [" ITEM
				      "], \"kind\": \"DeploymentList\", \"apiVersion\": \"apps/v1\"}");
	check_slice(only(&r, workload)->kind, "Deployment");
	check_slice(only(&r, workload)->group, "apps");
}

static void a_list_that_ends_before_its_kind_leaves_none(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of("{\"items\": [" ITEM "], \"ki");
	assert_int_equal(count(&r, pod), 0);
	reading_defect(&r, "no_kind");
	reading_defect(&r, "truncated");
	assert_int_equal(r.result, 1);
}

/* What the reader of the list lets through is not in the way to its kind either. */
static void bytes_that_are_not_utf8_hide_no_kind(void **state)
{
	struct json_reader json;
	struct error *err = NULL;
	CLEANUP(reading_release) struct reading r = { 0 };
	reading_start(&r);
	json_reader_init(&json,
			 SLICE("{\"items\": [" ITEM ", {\"metadata\": {\"name\": \"\xff\"}}], \"kind\": \"PodList\"}"),
			 READER_GO);
	check_ok(object_read(&json.reader, &r.context, &err), &err);
	json_reader_release(&json);
	assert_int_equal(count(&r, pod), 2);
	assert_int_equal(count(&r, defect), 0);
}

static void an_items_own_kind_wins(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"kind" : "PodList",
		"apiVersion" : "v1",
		"items" : [ { "kind" : "Deployment", "apiVersion" : "apps/v1", "metadata" : { "name" : "d" } } ]
	}));
	check_slice(only(&r, workload)->name, "d");
}

static void lists_are_named_after_their_items(void **state)
{
	check_slice(list_kind_of_items(SLICE("PodList")), "Pod");
	assert_null(list_kind_of_items(SLICE("List")).data);
	assert_null(list_kind_of_items(SLICE("Pod")).data);
	assert_null(list_kind_of_items(SLICE_NONE).data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_take_the_kind_of_their_list),
		cmocka_unit_test(also_when_it_stands_behind_them),
		cmocka_unit_test(the_group_comes_with_it),
		cmocka_unit_test(a_list_that_ends_before_its_kind_leaves_none),
		cmocka_unit_test(bytes_that_are_not_utf8_hide_no_kind),
		cmocka_unit_test(an_items_own_kind_wins),
		cmocka_unit_test(lists_are_named_after_their_items),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
