#include "base/limits.h"
#include "configs.h"
#include "support/check.h"

static void the_user_comes_first(void **state)
{
	check_access(CONFIG_OF(SERVER,
			       "as-uid: a-b, as-groups: ['system:masters', ''], as: 'system:serviceaccount:a:b'"),
		     "server=https://api.example.com:6443 user=u Impersonate-User: system:serviceaccount:a:b "
		     "Impersonate-Uid: a-b Impersonate-Group: system:masters Impersonate-Group: ");
}

static void keys_are_escaped_as_client_go_does(void **state)
{
	check_access(
		CONFIG_OF(
			SERVER,
			"as: x, as-user-extra: {'a%b': ['1'], \"\\u00fc /:=\": ['2 3'], \"!#$&'*+-.^_`|~aZ09\": ['4'], "
			"none: [], nothing: null}"),
		"server=https://api.example.com:6443 user=u Impersonate-User: x Impersonate-Extra-a%25b: 1 "
		"Impersonate-Extra-%C3%BC%20%2F%3A%3D: 2 3 Impersonate-Extra-!#$&'*+-.^_`|~aZ09: 4");
}

static void parts_without_a_user_are_refused(void **state)
{
	check_refused(CONFIG_OF(SERVER, "as-uid: '1'"), ERROR_USAGE,
		      "user u: as-uid, as-groups and as-user-extra need as");
	check_refused(CONFIG_OF(SERVER, "as-groups: [a]"), ERROR_USAGE, "need as");
	check_refused(CONFIG_OF(SERVER, "as-user-extra: {a: [b]}"), ERROR_USAGE, "need as");
}

static void no_value_ends_its_header(void **state)
{
	check_refused(CONFIG_OF(SERVER, "as: \"a\\r\\nAuthorization: x\""), ERROR_SYNTAX,
		      "Impersonate-User: the value holds bytes that no header can");
	check_refused(CONFIG_OF(SERVER, "as: a, as-groups: [\"a\\nb\"]"), ERROR_SYNTAX, "Impersonate-Group: the value");
	check_refused(CONFIG_OF(SERVER, "as: a, as-user-extra: {k: [\"a\\0b\"]}"), ERROR_SYNTAX,
		      "Impersonate-Extra-k: the value");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_user_comes_first),
		cmocka_unit_test(keys_are_escaped_as_client_go_does),
		cmocka_unit_test(parts_without_a_user_are_refused),
		cmocka_unit_test(no_value_ends_its_header),
	};
	return cmocka_run_group_tests(tests, configs_setup, NULL);
}
