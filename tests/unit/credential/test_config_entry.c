/* The fields of an entry: names, types, null. What they give is in test_config_listing.c. */
#include "config_check.h"
#include "support/check.h"

/* An entry under the key "r", and what it gives. */
#define ENTRY(entry) "{\"auths\":{\"r\":" entry "}}"
#define check_entry(entry, expected) check_entries(CONFIG_DOCKERCONFIGJSON, ENTRY(entry), expected)
#define check_entry_defects(entry, expected) check_defects(CONFIG_DOCKERCONFIGJSON, ENTRY(entry), expected)
#define check_entry_decodes(entry, expected) check_decodes(CONFIG_DOCKERCONFIGJSON, ENTRY(entry), expected)

static void wrong_types_block_where_the_kubelet_looks(void **state)
{
	static const char *const fields[] = { "username", "password", "email", "auth" };
	static const char *const values[] = { "1", "true", "[]", "{}", "{\"a\":[1]}" };
	char text[128];
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		for (size_t j = 0; j < sizeof values / sizeof *values; j++) {
			snprintf(text, sizeof text, "{\"auths\":{\"r\":{\"%s\":%s}}}", fields[i], values[j]);
			check_decodes(CONFIG_DOCKERCONFIGJSON, text, false);
		}
		snprintf(text, sizeof text, "{\"auths\":{\"r\":{\"%s\":null}}}", fields[i]);
		check_decodes(CONFIG_DOCKERCONFIGJSON, text, true);
	}
	check_entry_defects("{\"username\":1}", "wrong_type@26 /auths/r/username!");
	check_entry_defects("{\"identitytoken\":1}", "wrong_type@31 /auths/r/identitytoken");
	check_entry_defects("\"EXAMPLE\"", "wrong_type@14 /auths/r!");
	check_entry_decodes("[]", false);
	check_entry_decodes("0", false);
	check_entry_decodes("false", false);
}

static void null_leaves_a_text(void **state)
{
	check_entry("{\"auth\":\"dTpFWEFNUExF\",\"auth\":null}", "r#0 auth u:EXAMPLE read");
	check_entry("{\"username\":\"u\",\"username\":null,\"password\":\"EXAMPLE\"}",
		    "r#0 username_password u:EXAMPLE read");
}

static void names_in_any_case(void **state)
{
	check_entry("{\"AUTH\":\"dTpFWEFNUExF\"}", "r#0 auth u:EXAMPLE read");
	check_entry_defects("{\"AUTH\":\"dTpFWEFNUExF\"}", "name_case@15 /auths/r/AUTH");
	check_entry("{\"U\\u017fername\":\"u\",\"pas\xc5\xbfword\":\"EXAMPLE\"}",
		    "r#0 username_password u:EXAMPLE read");
	check_entry("{\"identityto\\u212aen\":\"EXAMPLE\"}", "r#0 identity_token :EXAMPLE read");
	/* The last of them wins, however it is spelled. */
	check_entry("{\"auth\":\"dTpFWEFNUExF\",\"Auth\":\"djpFWEFNUExF\"}", "r#0 auth v:EXAMPLE read");
	check_entry_defects("{\"auth\":\"dTpFWEFNUExF\",\"auth\":\"djpFWEFNUExF\"}", "duplicate_key@37 /auths/r/auth");
	check_entry_defects("{\"user\":\"u\"}", "unknown_name@15 /auths/r/user");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_types_block_where_the_kubelet_looks),
		cmocka_unit_test(null_leaves_a_text),
		cmocka_unit_test(names_in_any_case),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
