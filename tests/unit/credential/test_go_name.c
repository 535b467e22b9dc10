#include "credential/go_name.h"

#include "support/check.h"

static void names_fold_as_in_go(void **state)
{
	assert_true(go_name_is(SLICE("auths"), "auths"));
	assert_true(go_name_is(SLICE("AuThS"), "auths"));
	assert_true(go_name_is(SLICE("httpheaders"), "HttpHeaders"));
	assert_true(go_name_is(SLICE("auth\xc5\xbf"), "auths")); /* U+017F */
	assert_true(go_name_is(SLICE("identityto\xe2\x84\xaa"
				     "en"),
			       "identitytoken")); /* U+212A */
	assert_true(go_name_is(SLICE("pa\xc5\xbf\xc5\xbfword"), "PASSWORD"));
}

static void other_names_do_not(void **state)
{
	assert_false(go_name_is(SLICE("auth"), "auths"));
	assert_false(go_name_is(SLICE("authss"), "auths"));
	assert_false(go_name_is(SLICE("auths "), "auths"));
	assert_false(go_name_is(SLICE(""), "auths"));
	assert_false(go_name_is(SLICE("au\0hs"), "auths"));
	assert_false(go_name_is(SLICE("auths\0"), "auths"));
	assert_false(go_name_is(SLICE("auth\xc5"), "auths"));
	assert_false(go_name_is(SLICE("\xc3\xa0uths"), "auths")); /* folding takes no accents away */
	assert_false(go_name_is(SLICE("@uths"), "`uths"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_fold_as_in_go),
		cmocka_unit_test(other_names_do_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
