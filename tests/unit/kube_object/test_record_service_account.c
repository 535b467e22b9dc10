#include "kube_object/reading.h"

/* clang-format off */
static const char ACCOUNT[] = JSON({
	"apiVersion": "v1", "imagePullSecrets": [{"name": "hub"}, {"name": "quay"}], "kind": "ServiceAccount",
	"metadata": {"name": "web", "namespace": "shop", "uid": "u", "creationTimestamp": "2026-11-20T08:00:00Z"},
	"secrets": [{"name": "web-token"}]
});
/* clang-format on */

static void an_account_gives_its_pull_secrets_in_order(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(ACCOUNT);
	const struct service_account *account = only(&r, service_account);
	check_slice(account->namespace, "shop");
	check_slice(account->name, "web");
	check_slice(account->uid, "u");
	assert_int_equal(account->pull_secrets.len, 2);
	check_slice(account->pull_secrets.items[0], "hub");
	check_slice(account->pull_secrets.items[1], "quay");
	assert_int_equal(account->created, INT64_C(1795161600) * USEC_PER_SECOND);
}

static void yaml_gives_the_same(void **state)
{
	check_yaml_gives_the_same(ACCOUNT);
}

static void an_account_without_pull_secrets_is_known_to_have_none(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"apiVersion" : "v1",
		"kind" : "ServiceAccount",
		"metadata" : { "name" : "default", "namespace" : "n" }
	}));
	assert_non_null(only(&r, service_account)->pull_secrets.items);
	assert_int_equal(only(&r, service_account)->pull_secrets.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_account_gives_its_pull_secrets_in_order),
		cmocka_unit_test(yaml_gives_the_same),
		cmocka_unit_test(an_account_without_pull_secrets_is_known_to_have_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
