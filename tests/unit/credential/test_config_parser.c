/* Places of defects, names, and what of a key is not shown. */
#include "config_check.h"
#include "support/check.h"

#define JSON CONFIG_DOCKERCONFIGJSON

static void places_of_what_is_wrong(void **state)
{
	check_defects(JSON, "{\"auths\":{\"a/b~c\":{\"auth\":1}}}", "wrong_type@26 /auths/a~1b~0c/auth!");
	check_defects(JSON, "{\"auths\":{}}x", "bad_json@12 !");
	check_defects(JSON, "{\"auths\":{\"a\":", "bad_json@14 !");
	check_defects(JSON, "[]", "wrong_type@0 !");
	check_defects(JSON, "{\"HttpHeaders\":{\"a\":1},\"auths\":{\"a\":{}}}", "wrong_type@20 /HttpHeaders/a!");
	check_defects(JSON, "\xef\xbb\xbf{\"auths\":{\"a\":{}}}", "bad_json@0 !");
	check_defects(JSON, "", "bad_json@0 ");
}

static void names_that_are_not_quite_right(void **state)
{
	check_defects(JSON, "{\"AUTHS\":{\"a\":{}}}", "name_case@1 /AUTHS");
	check_defects(JSON, "{\"auths\":{\"a\":{}},\"auth\":1}", "unknown_name@18 /auth");
	check_defects(JSON, "{\"auths\":{\"a\":{}},\"detachKeys\":\"x\"}", "");
	check_defects(JSON, "{\"auths\":{\"\xff\":{}}}", "replaced_bytes@10 /auths/\xef\xbf\xbd");
}

static void password_in_the_key(void **state)
{
	check_entries(CONFIG_DOCKERCFG, "{\"https://u:EXAMPLE@r.example/x\":{}}",
		      "https://u:***@r.example/x#0 empty : read");
	check_defects(CONFIG_DOCKERCFG, "{\"u:EX AMPLE@r.example\":{}}", "unparsable_key@1 /u:<hidden>@r.example");
	/* Two keys to the kubelet, though they are shown alike; and one of them twice. */
	check_entries(CONFIG_DOCKERCFG,
		      "{\"u:EXAMPLE@r\":{},\"u:EXAMPLE2@r\":{\"auth\":\"dTpFWEFNUExF\"},\"u:EXAMPLE@r\":{}}",
		      "u:***@r#0 empty : hidden; u:***@r#1 auth u:EXAMPLE read; u:***@r#2 empty : read");
	check_entries(CONFIG_DOCKERCFG, "{\"u@r\":{},\"r/u:p@x\":{},\"r?u:p@x\":{},\"u:@r\":{}}",
		      "u@r#0 empty : read; r/u:p@x#0 empty : read; r?u:p@x#0 empty : read; u:@r#0 empty : read");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_of_what_is_wrong),
		cmocka_unit_test(names_that_are_not_quite_right),
		cmocka_unit_test(password_in_the_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
