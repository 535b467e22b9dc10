#include "support/check.h"

#include "base/strbuf.h"
#include "collect/cluster/live_plan.h"
#include "kube/object/records.h"

#define PATH_BYTES 4096

static struct live_page page_of(const char *kind)
{
	const struct live_resource *resource = live_resource_of(kind);
	assert_non_null(resource);
	return (struct live_page){
		.resource = resource, .version = resource->version, .namespace = SLICE("*"), .limit = 500
	};
}

static void check_path(const struct live_page *page, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT(PATH_BYTES);
	live_page_path(page, &path);
	assert_string_equal(strbuf_text(&path), expected);
}

static void every_kind_that_a_dump_may_hold_is_asked_for(void **state)
{
	for (size_t i = 0; i < known_kind_count; i++) {
		const struct live_resource *resource = live_resource_of(known_kinds[i].kind);
		if (!resource)
			fail_msg("%s is not asked for", known_kinds[i].kind);
		assert_string_equal(resource->group, known_kinds[i].groups[0]);
		assert_int_equal(resource->namespaced, known_kinds[i].namespaced);
	}
}

static void what_is_asked_for_and_built_in_is_known(void **state)
{
	for (size_t i = 0; i < live_resource_count; i++)
		if (!live_resources[i].custom)
			assert_non_null(known_kind_named(slice_of(live_resources[i].kind)));
}

static void namespaces_come_first_and_secrets_next(void **state)
{
	assert_true(live_is_namespace(&live_resources[0]));
	assert_true(live_is_secret(&live_resources[1]));
}

static void paths_of_the_core_group_and_of_others(void **state)
{
	struct live_page pods = page_of("Pod"), jobs = page_of("CronJob");
	check_path(&pods, "/api/v1/pods?limit=500");
	check_path(&jobs, "/apis/batch/v1/cronjobs?limit=500");
	jobs.version = jobs.resource->older_version;
	jobs.namespace = SLICE("shop");
	check_path(&jobs, "/apis/batch/v1beta1/namespaces/shop/cronjobs?limit=500");
}

static void selectors_and_tokens_are_percent_encoded(void **state)
{
	struct live_page page = page_of("Secret");
	page.field_selector = SLICE("type=kubernetes.io/dockerconfigjson");
	check_path(&page, "/api/v1/secrets?limit=500&fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson");
	page.field_selector = SLICE_NONE;
	page.continue_token = SLICE("eyJ2Ijoi+/=&\r\n\xff");
	check_path(&page, "/api/v1/secrets?limit=500&continue=eyJ2Ijoi%2B%2F%3D%26%0D%0A%FF");
}

static void a_namespace_cannot_leave_its_place(void **state)
{
	struct live_page page = page_of("Pod");
	page.namespace = SLICE("../../x?y#z");
	check_path(&page, "/api/v1/namespaces/..%2F..%2Fx%3Fy%23z/pods?limit=500");
}

static void a_watch_goes_on_from_a_version(void **state)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT(PATH_BYTES);
	struct live_page page = page_of("Secret");
	page.field_selector = SLICE("type=x");
	live_watch_path(&page, SLICE("12 3"), 240, &path);
	assert_string_equal(strbuf_text(&path),
			    "/api/v1/secrets?watch=1&allowWatchBookmarks=true&timeoutSeconds=240&fieldSelector=type%3Dx"
			    "&resourceVersion=12%203");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_that_a_dump_may_hold_is_asked_for),
		cmocka_unit_test(what_is_asked_for_and_built_in_is_known),
		cmocka_unit_test(namespaces_come_first_and_secrets_next),
		cmocka_unit_test(paths_of_the_core_group_and_of_others),
		cmocka_unit_test(selectors_and_tokens_are_percent_encoded),
		cmocka_unit_test(a_namespace_cannot_leave_its_place),
		cmocka_unit_test(a_watch_goes_on_from_a_version),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
