/* What an entry gives: logins, tokens, and what is odd about them. */
#include "config_check.h"
#include "support/check.h"

/* An entry under the key "r", and what it gives. */
#define ENTRY(entry) "{\"auths\":{\"r\":" entry "}}"
#define check_entry(entry, expected) check_entries(CONFIG_DOCKERCONFIGJSON, ENTRY(entry), expected)
#define check_entry_defects(entry, expected) check_defects(CONFIG_DOCKERCONFIGJSON, ENTRY(entry), expected)
#define check_entry_decodes(entry, expected) check_decodes(CONFIG_DOCKERCONFIGJSON, ENTRY(entry), expected)

static void forms_of_an_entry(void **state)
{
	check_entry("{\"auth\":\"dTpFWEFNUExF\"}", "r#0 auth u:EXAMPLE read");
	check_entry("{\"username\":\"u\",\"password\":\"EXAMPLE\"}", "r#0 username_password u:EXAMPLE read");
	check_entry("{\"username\":\"u\",\"password\":\"EXAMPLE\",\"email\":\"e\",\"auth\":\"dTpFWEFNUExF\"}",
		    "r#0 auth u:EXAMPLE read");
	check_entry("{\"identitytoken\":\"EXAMPLE\"}", "r#0 identity_token :EXAMPLE read");
	check_entry("{\"registrytoken\":\"EXAMPLE\"}", "r#0 registry_token :EXAMPLE read");
	check_entry("{}", "r#0 empty : read");
	check_entry("null", "r#0 empty : read");
	check_entry("{\"email\":\"e\"}", "r#0 empty : read");
	check_entry("{\"auth\":\"\"}", "r#0 empty : read");
	check_entry("{\"auth\":\"\",\"username\":\"u\"}", "r#0 username_password u: read");
}

static void auth_is_split_at_the_first_colon(void **state)
{
	check_entry("{\"auth\":\"dTphOmI6Yw==\"}", "r#0 auth u:a:b:c read");
	check_entry("{\"auth\":\"Og==\"}", "r#0 auth : read");
	check_entry("{\"auth\":\"dTo=\"}", "r#0 auth u: read");
	check_entry("{\"auth\":\"OkVYQU1QTEU=\"}", "r#0 auth :EXAMPLE read");
}

/* Padded exactly when it ends in "=" (blanks aside); newlines anywhere; other blanks never. */
static void auth_is_base64_as_go_has_it(void **state)
{
	check_entry("{\"auth\":\"dTphOmI6Yw\"}", "r#0 auth u:a:b:c read");
	check_entry("{\"auth\":\"dTph\\nOmI6\\r\\nYw==\\n\"}", "r#0 auth u:a:b:c read");
	check_entry("{\"auth\":\"dTphOmI6Yw\\n\"}", "r#0 auth u:a:b:c read");
	check_entry_decodes("{\"auth\":\"dTphOmI6Yw=\"}", false);
	check_entry_decodes("{\"auth\":\"dTphOmI6Yw===\"}", false);
	check_entry_decodes("{\"auth\":\"dTph OmI6Yw==\"}", false);
	check_entry_decodes("{\"auth\":\"dTphOmI6Yw== \"}", false);
	check_entry_decodes("{\"auth\":\" dTphOmI6Yw==\"}", false);
	check_entry_decodes("{\"auth\":\"dTphOmI6Yw==dTph\"}", false);
	check_entry_decodes("{\"auth\":\"dTph-mI_\"}", false);
	check_entry_decodes("{\"auth\":\"d\"}", false);
	check_entry_decodes("{\"auth\":\"\\n\"}", false);
	check_entry_decodes("{\"auth\":\"dTph\\u00e9\"}", false);
}

static void broken_auth_blocks_and_is_listed(void **state)
{
	check_entry("{\"auth\":\"dTph*\",\"username\":\"v\"}", "r#0 auth :dTph* unread");
	check_entry_defects("{\"auth\":\"dTph*\"}", "bad_base64@22 /auths/r!");
	check_entry("{\"auth\":\"RVhBTVBMRQ==\"}", "r#0 auth :RVhBTVBMRQ== unread");
	check_entry_defects("{\"auth\":\"RVhBTVBMRQ==\"}", "no_colon_in_auth@22 /auths/r!");
	check_entry_defects("{\"auth\":\"\\n\"}", "no_colon_in_auth@22 /auths/r!");
	/* Only the last one is decoded. */
	check_entry("{\"auth\":\"dTph*\",\"auth\":\"dTpFWEFNUExF\"}", "r#0 auth u:EXAMPLE read");
}

static void tokens_beside_a_login(void **state)
{
	/* az acr login: the login is empty, the token is what counts */
	check_entry("{\"auth\":\"dTo=\",\"identitytoken\":\"EXAMPLE\"}", "r#0 identity_token u:EXAMPLE read");
	check_entry_defects("{\"auth\":\"dTo=\",\"identitytoken\":\"EXAMPLE\"}", "not_read_by_kubelet@45 /auths/r");
	check_entry("{\"auth\":\"dTpFWEFNUExF\",\"identitytoken\":\"EXAMPLE2\",\"registrytoken\":\"EXAMPLE3\"}",
		    "r#0 auth u:EXAMPLE read; r#1 identity_token u:EXAMPLE2 unread; "
		    "r#2 registry_token u:EXAMPLE3 unread");
	check_entry("{\"username\":\"u\",\"identitytoken\":\"EXAMPLE\"}", "r#0 identity_token u:EXAMPLE read");
}

static void password_that_auth_hides(void **state)
{
	check_entry("{\"auth\":\"dTpFWEFNUExF\",\"username\":\"v\",\"password\":\"EXAMPLE2\"}",
		    "r#0 auth u:EXAMPLE read; r#1 username_password v:EXAMPLE2 hidden");
	check_entry_defects("{\"auth\":\"dTpFWEFNUExF\",\"username\":\"v\",\"password\":\"EXAMPLE2\"}",
			    "auth_and_username@22 /auths/r");
	check_entry("{\"auth\":\"dTpFWEFNUExF\",\"username\":\"v\",\"password\":\"EXAMPLE\"}",
		    "r#0 auth u:EXAMPLE read");
	check_entry_defects("{\"auth\":\"dTpFWEFNUExF\",\"username\":\"u\",\"password\":\"EXAMPLE\"}", "");
	/* An empty login of auth still stands for the key. */
	check_entry("{\"auth\":\"dTo=\",\"password\":\"EXAMPLE\",\"identitytoken\":\"EXAMPLE2\"}",
		    "r#0 username_password :EXAMPLE hidden; r#1 identity_token u:EXAMPLE2 read");
}

static void odd_logins_are_told(void **state)
{
	check_entry_defects("{\"auth\":\"OkVYQU1QTEU=\"}", "empty_user@22 /auths/r");
	check_entry_defects("{\"auth\":\"dTo=\"}", "empty_password@22 /auths/r");
	check_entry_defects("{\"auth\":\"dTpFWEFNUExFCg==\"}", "blanks_in_value@22 /auths/r");
	check_entry_defects("{\"username\":\" u\",\"password\":\"EXAMPLE\"}", "blanks_in_value@26 /auths/r");
	check_entry_defects("{\"username\":\"u\",\"password\":\"EX\\u0000AMPLE\"}", "nul_in_value@26 /auths/r");
	check_entry_defects("{\"username\":\"u\xff\",\"password\":\"EXAMPLE\"}", "replaced_bytes@26 /auths/r/username");
	check_entry("{\"username\":\"u\xff\",\"password\":\"EX\\ud800\"}",
		    "r#0 username_password u\xef\xbf\xbd:EX\xef\xbf\xbd read");
	check_entry_defects("{\"username\":\"\xef\xbf\xbd\",\"password\":\"EXAMPLE\"}", "");
}

/* What is secret though it does not stand in the place of one. */
static void token_in_the_place_of_the_user(void **state)
{
	check_entry("{\"username\":\"ghp_EXAMPLE\",\"password\":\"x-oauth-basic\"}",
		    "r#0 username_password <token>:ghp_EXAMPLE read");
	check_entry_defects("{\"username\":\"ghp_EXAMPLE\",\"password\":\"x-oauth-basic\"}",
			    "token_as_user@26 /auths/r");
	check_entry("{\"username\":\"ghp_EXAMPLE\",\"registrytoken\":\"EXAMPLE\"}",
		    "r#0 username_password <token>:ghp_EXAMPLE read; r#1 registry_token <token>:EXAMPLE unread");
}

static void keys_that_do_not_parse_are_told(void **state)
{
	check_defects(CONFIG_DOCKERCONFIGJSON, "{\"auths\":{\"a b\":{}}}", "unparsable_key@10 /auths/a b");
	check_entries(CONFIG_DOCKERCONFIGJSON, "{\"auths\":{\"a b\":{}}}", "a b#0 empty : read");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_of_an_entry),
		cmocka_unit_test(auth_is_split_at_the_first_colon),
		cmocka_unit_test(auth_is_base64_as_go_has_it),
		cmocka_unit_test(broken_auth_blocks_and_is_listed),
		cmocka_unit_test(tokens_beside_a_login),
		cmocka_unit_test(password_that_auth_hides),
		cmocka_unit_test(odd_logins_are_told),
		cmocka_unit_test(token_in_the_place_of_the_user),
		cmocka_unit_test(keys_that_do_not_parse_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
