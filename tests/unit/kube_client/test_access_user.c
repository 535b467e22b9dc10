#include <stdio.h>

#include "base/limits.h"
#include "configs.h"
#include "support/check.h"
#include "support/scratch.h"

#define USER(members) CONFIG_OF(SERVER, members)
#define START "server=https://api.example.com:6443 user=u"

static void no_login_is_anonymous(void **state)
{
	check_access(USER(""), START);
	check_access(USER("client-key: /nowhere"), START);
	check_access(
		"current-context: c\ncontexts: [{name: c, context: {cluster: k}}]\nclusters: [{name: k, cluster: {" SERVER
		"}}]",
		"server=https://api.example.com:6443");
}

static void passwords(void **state)
{
	check_access(USER("username: me, password: made-up"), START " auth=Basic bWU6bWFkZS11cA==");
	check_access(USER("username: me"), START " auth=Basic bWU6");
	check_refused(USER("password: made-up"), ERROR_USAGE, "context c: user u: password needs username");
	check_refused(USER("username: me, token: made-up"), ERROR_USAGE, "user u: more than one login");
	check_refused(USER("password: made-up, token: made-up"), ERROR_USAGE, "user u: more than one login");
	check_refused(USER("username: me, tokenFile: x"), ERROR_USAGE, "user u: more than one login");
}

static void tokens(void **state)
{
	check_access(USER("token: \" made-up \\n\""), START " auth=Bearer made-up");
	check_access(USER("token: ''"), START);
	check_refused(USER("token: ' '"), ERROR_SYNTAX, "user u: the token is empty");
	check_refused(USER("token: \"made\\nup\""), ERROR_SYNTAX, "user u: the token holds bytes that no header can");
}

static void the_tokens_file_wins_where_it_can_be_read(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	char text[1024];
	scratch_write(&folder, "token", SLICE("made-up-file\n"));
	scratch_write(&folder, "empty", SLICE("\n"));
	snprintf(text, sizeof text, USER("token: made-up-text, tokenFile: %s/token"), folder.path);
	check_access(text, START " auth=Bearer made-up-file");
	snprintf(text, sizeof text, USER("token: made-up-text, tokenFile: %s/missing"), folder.path);
	check_access(text, START " auth=Bearer made-up-text");
	snprintf(text, sizeof text, USER("tokenFile: %s/missing"), folder.path);
	check_refused(text, ERROR_USAGE, "/missing: there is no such file");
	snprintf(text, sizeof text, USER("tokenFile: %s/empty"), folder.path);
	check_refused(text, ERROR_SYNTAX, "/empty: the token is empty");
	check_refused(USER("tokenFile: a/b"), ERROR_USAGE, "user u: token file: /made-up/a/b: there is no such file");
	check_refused(USER("tokenFile: ."), ERROR_USAGE, "/made-up: there is no such file");
	check_refused(USER("tokenFile: /"), ERROR_SYSTEM, "Is a directory");
}

static void certificates_from_data_files_and_both(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	const char *expected = START " certificate=made-up key=made-up";
	char text[1024];
	scratch_write(&folder, "c", SLICE(MADE_UP_CERTIFICATE));
	scratch_write(&folder, "k", SLICE(MADE_UP_KEY));
	check_access(USER("client-certificate-data: " MADE_UP_CERTIFICATE_BASE64
			  ", client-key-data: " MADE_UP_KEY_BASE64),
		     expected);
	snprintf(text, sizeof text, USER("client-certificate: %s/c, client-key: %s/k"), folder.path, folder.path);
	check_access(text, expected);
	snprintf(text, sizeof text, USER("client-certificate: %s/c, client-key-data: " MADE_UP_KEY_BASE64),
		 folder.path);
	check_access(text, expected);
	snprintf(text, sizeof text,
		 USER("client-certificate-data: " MADE_UP_CERTIFICATE_BASE64
		      ", client-certificate: /nowhere, client-key: %s/k"),
		 folder.path);
	check_access(text, expected);
}

static void certificates_that_are_none_are_refused(void **state)
{
#define CERTIFICATE "client-certificate-data: " MADE_UP_CERTIFICATE_BASE64
	check_refused(USER(CERTIFICATE), ERROR_USAGE, "user u: client-certificate needs client-key or client-key-data");
	check_refused(USER("client-certificate-data: '*', client-key: x"), ERROR_SYNTAX,
		      "client-certificate-data: bad base64");
	check_refused(USER(CERTIFICATE ", client-key-data: '*'"), ERROR_SYNTAX,
		      "client-key-data: bad base64 at byte 0");
	check_refused(USER(CERTIFICATE ", client-key-data: bWFkZS11cA=="), ERROR_SYNTAX,
		      "user u: the client key holds no private key in PEM");
	check_refused(USER("client-certificate-data: bWFkZS11cA==, client-key-data: " MADE_UP_KEY_BASE64), ERROR_SYNTAX,
		      "the client certificate holds no certificate in PEM");
	/* -----BEGIN ENCRYPTED PRIVATE KEY----- */
	check_refused(USER(CERTIFICATE ", client-key-data: LS0tLS1CRUdJTiBFTkNSWVBURUQgUFJJVkFURSBLRVktLS0tLQo="),
		      ERROR_UNSUPPORTED, "user u: the client key is encrypted; decrypt it");
	check_refused(USER(CERTIFICATE ", client-key: k"), ERROR_USAGE,
		      "user u: client-key: /made-up/k: there is no such file");
	check_refused(USER("client-certificate: c, client-key: k"), ERROR_USAGE,
		      "user u: client-certificate: /made-up/c: there is no such file");
}

static void providers_are_refused_by_name(void **state)
{
	check_refused(USER("token: made-up, auth-provider: {name: oidc, config: {id-token: made-up-id}}"),
		      ERROR_UNSUPPORTED,
		      "context c: user u: auth-provider oidc is not supported; an exec plugin replaces it");
	check_refused(USER("auth-provider: {}"), ERROR_UNSUPPORTED, "auth-provider");
}

static void a_login_in_the_file_is_used_before_a_command_is_run(void **state)
{
	check_access(USER("token: made-up, exec: {command: made-up-command}"), START " auth=Bearer made-up");
	check_access(USER("username: a, exec: {command: made-up-command}"), START " auth=Basic YTo=");
	check_refused(USER("exec: {command: made-up-command, apiVersion: client.authentication.k8s.io/v1}"),
		      ERROR_USAGE, "--allow-exec made-up-command");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_login_is_anonymous),
		cmocka_unit_test(passwords),
		cmocka_unit_test(tokens),
		cmocka_unit_test(the_tokens_file_wins_where_it_can_be_read),
		cmocka_unit_test(certificates_from_data_files_and_both),
		cmocka_unit_test(certificates_that_are_none_are_refused),
		cmocka_unit_test(providers_are_refused_by_name),
		cmocka_unit_test(a_login_in_the_file_is_used_before_a_command_is_run),
	};
	return cmocka_run_group_tests(tests, configs_setup, NULL);
}
