#include "kube/object/api_path.h"

#include "base/limits.h"
#include "support/check.h"

static void check_path(const char *group, const char *resource, const char *namespace, const char *name,
		       const char *path)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);
	struct error *err = NULL;
	struct slice got = SLICE_NONE;
	struct object_list_about about = { .group = slice_of(group),
					   .version = SLICE("v1"),
					   .resource = slice_of(resource) };
	check_ok(api_path(&about, slice_of(namespace), slice_of(name), &arena, &got, &err), &err);
	check_slice(got, path);
}

static void a_path_has_what_the_object_has(void **state)
{
	check_path("", "secrets", "shop", "hub", "/api/v1/namespaces/shop/secrets/hub");
	check_path("apps", "deployments", "shop", "web", "/apis/apps/v1/namespaces/shop/deployments/web");
	check_path("", "nodes", "", "n1", "/api/v1/nodes/n1");
	check_path("", "nodes", NULL, "n1", "/api/v1/nodes/n1");
	check_path("", "secrets", "shop", "", "/api/v1/namespaces/shop/secrets");
	check_path("batch", "jobs", "", NULL, "/apis/batch/v1/jobs");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_has_what_the_object_has),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
