#include "kube/object/document.h"

#include "base/limits.h"
#include "kube_object/reading.h"

#define POD(name)                                                                                                      \
	"{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"" name "\", \"namespace\": \"n\"}}"

static void lists_may_stand_in_lists(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of("{\"kind\": \"List\", \"items\": [" POD(
		"a") ", {\"kind\": \"PodList\", \"apiVersion\": \"v1\", \"items\": ["
		     "{\"metadata\": {\"name\": \"b\"}}]}," POD("c") "]}");
	assert_int_equal(count(&r, pod), 3);
	check_slice(nth(&r, pod, 1)->name, "b");
	check_slice(nth(&r, pod, 2)->name, "c");
	assert_int_equal(count(&r, defect), 0);
}

static void but_not_without_end(void **state)
{
	char text[4096] = "";
	for (int i = 0; i < 10; i++)
		snprintf(text + strlen(text), 64, "{\"kind\": \"List\", \"items\": [");
	snprintf(text + strlen(text), 256, POD("deep"));
	for (int i = 0; i < 10; i++)
		snprintf(text + strlen(text), 64, "]}");
	CLEANUP(reading_release) struct reading r = reading_of(text);
	assert_int_equal(count(&r, pod), 0);
	assert_int_equal(r.result, 0);
	reading_defect(&r, "nested_lists"); /* said, not passed over in silence */
}

static void items_that_are_no_objects_are_defects(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of("{\"kind\": \"List\", \"items\": [null, 5, \"x\", [[1], {}], " POD("a") "]}");
	assert_int_equal(count(&r, pod), 1);
	assert_int_equal(count(&r, defect), 4);
	assert_int_equal(r.context.defects, 4);
	for (size_t i = 0; i < 4; i++) {
		check_slice(nth(&r, defect, i)->code, "not_an_object");
		check_slice(nth(&r, defect, i)->object_kind, "File");
	}
	assert_false(slice_equal(nth(&r, defect, 0)->place, nth(&r, defect, 1)->place));
}

static void items_that_are_no_list_are_a_defect(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({ "kind" : "List", "apiVersion" : "v1", "items" : { "a" : 1 } }));
	check_slice(only(&r, defect)->code, "wrong_type");
	check_slice(only(&r, defect)->place, "/items");
	assert_int_equal(r.context.defects, 1);
}

static void items_of_an_object_that_is_no_list_are_passed_over(void **state)
{
	static const char *const texts[] = {
		JSON({
			"apiVersion" : "x.example/v1",
			"kind" : "Menu",
			"metadata" : { "name" : "m" },
			"items" : [ { "price" : 5 } ]
		}),
		JSON({
			"apiVersion" : "x.example/v1",
			"items" : [ { "price" : 5 } ],
			"kind" : "Menu",
			"metadata" : { "name" : "m" }
		}),
	};
	for (size_t i = 0; i < 2; i++) {
		CLEANUP(reading_release) struct reading r = reading_of(texts[i]);
		assert_int_equal(count(&r, defect), 0);
		reading_end(&r);
		check_slice(reading_coverage(&r, "Menu.x.example")->outcome, "unknown_kind");
	}
}

static void a_custom_kind_may_end_in_list(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"apiVersion" : "x.example/v1",
		"kind" : "AllowList",
		"metadata" : { "name" : "m" },
		"addresses" : []
	}));
	reading_end(&r);
	check_slice(reading_coverage(&r, "AllowList.x.example")->outcome, "unknown_kind");
}

/* An object that would not fit in memory's limit is lost; the next one is read. */
static void an_object_that_is_too_large_is_a_defect(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_ROW_BYTES);
	strbuf_add_text(
		&text,
		"{\"kind\": \"List\", \"items\": [{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"big\"},"
		"\"spec\": {\"containers\": [{}");
	for (size_t i = 0; i < LIMIT_OBJECT_BYTES / sizeof(struct container_spec); i++)
		strbuf_add_text(&text, ",{}");
	strbuf_add_text(&text, "]}}, " POD("a") "]}");
	CLEANUP(reading_release) struct reading r = reading_of(strbuf_text(&text));
	check_slice(reading_defect(&r, "too_large")->object_kind, "File");
	check_slice(only(&r, pod)->name, "a");
	assert_int_equal(r.result, 0);
	reading_end(&r);
	check_slice(reading_coverage(&r, "Pod")->outcome, "partial");
}

/* The same in YAML, where values of the object lie in the secure heap when it is given up. */
static void also_in_yaml(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_ROW_BYTES);
	CLEANUP(reading_release) struct reading r;
	strbuf_add_text(&text, "kind: List\nitems:\n- kind: Secret\n  data: {.dockercfg: e30=}\n  imagePullSecrets:\n");
	for (size_t i = 0; i < LIMIT_OBJECT_BYTES / sizeof(struct name_reference); i++)
		strbuf_add_text(&text, "  -\n");
	strbuf_add_text(&text, "- kind: Pod\n  metadata: {name: a}\n");
	reading_start(&r);
	reading_yaml(&r, strbuf_slice(&text));
	reading_defect(&r, "too_large");
	check_slice(only(&r, pod)->name, "a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_may_stand_in_lists),
		cmocka_unit_test(but_not_without_end),
		cmocka_unit_test(items_that_are_no_objects_are_defects),
		cmocka_unit_test(items_that_are_no_list_are_a_defect),
		cmocka_unit_test(items_of_an_object_that_is_no_list_are_passed_over),
		cmocka_unit_test(a_custom_kind_may_end_in_list),
		cmocka_unit_test(an_object_that_is_too_large_is_a_defect),
		cmocka_unit_test(also_in_yaml),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
