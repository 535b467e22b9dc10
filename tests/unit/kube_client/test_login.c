#include "base/limits.h"
#include "configs.h"
#include "support/check.h"

static void check_bearer(struct slice token, const char *expected)
{
	CLEANUP(login_release) struct login login = { 0 };
	struct error *err = NULL;
	check_ok(login_set_bearer(&login, token, &err), &err);
	check_slice(secret_reveal(&login.authorization), expected);
}

static void check_no_bearer(struct slice token, const char *part)
{
	CLEANUP(login_release) struct login login = { 0 };
	struct error *err = NULL;
	assert_int_equal(login_set_bearer(&login, token, &err), -1);
	check_error(&err, ERROR_SYNTAX, part);
	assert_false(secret_is_set(&login.authorization));
}

static void tokens_without_the_blanks_around_them(void **state)
{
	check_bearer(SLICE("made-up"), "Bearer made-up");
	check_bearer(SLICE("\r\n made up\t\n"), "Bearer made up");
	check_bearer(SLICE("\xc3\xbc"), "Bearer \xc3\xbc");
	check_no_bearer(SLICE(""), "the token is empty");
	check_no_bearer(SLICE("\n"), "the token is empty");
	check_no_bearer(SLICE("made\nup"), "the token holds bytes that no header can");
	check_no_bearer(SLICE("made\0up"), "the token holds bytes that no header can");
	check_no_bearer(SLICE("made\x7fup"), "the token holds bytes that no header can");
}

static void check_basic(struct slice username, struct slice password, const char *expected)
{
	CLEANUP(login_release) struct login login = { 0 };
	struct error *err = NULL;
	check_ok(login_set_basic(&login, username, password, &err), &err);
	check_slice(secret_reveal(&login.authorization), expected);
}

/* RFC 7617, section 2. */
static void passwords(void **state)
{
	check_basic(SLICE("Aladdin"), SLICE("open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
	check_basic(SLICE("a"), SLICE_NONE, "Basic YTo=");
}

static void check_hidden(const char *user, struct slice text, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT(LIMIT_KIB);
	struct kube_access *access = access_of(user, NULL);
	strbuf_add_slice(&body, text);
	kube_access_hide_login(access, body.data, body.len);
	check_slice(strbuf_slice(&body), expected);
	kube_access_free(access);
}

static void a_login_is_hidden_in_what_a_server_says(void **state)
{
	const char *token = CONFIG_OF(SERVER, "token: made-up-1"), *none = CONFIG_OF(SERVER, "");
	const char *basic = CONFIG_OF(SERVER, "username: Aladdin, password: 'open:sesame'");
	check_hidden(token, SLICE("Bearer made-up-1, made-up-1"), "Bearer *********, *********");
	check_hidden(token, SLICE("made-up-made-up-1"), "made-up-*********");
	check_hidden(token, SLICE("made-up-"), "made-up-");
	check_hidden(token, SLICE_NONE, "");
	check_hidden(none, SLICE("made-up-1"), "made-up-1");
	check_hidden(basic, SLICE("Aladdin, open:sesame, QWxhZGRpbjpvcGVuOnNlc2FtZQ=="),
		     "Aladdin, ***********, ****************************");
	/* Words of a message are not taken for a short one. */
	check_hidden(CONFIG_OF(SERVER, "token: in"), SLICE("invalid"), "invalid");
}

static void a_new_certificate_is_told_once(void **state)
{
	struct error *err = NULL;
	struct kube_access *access = access_of(CONFIG_OF(SERVER, ""), NULL);
	struct login *login = &access->login;
	assert_int_equal(login_set_certificate(login, SLICE(MADE_UP_CERTIFICATE), SLICE(MADE_UP_KEY), &err), 1);
	assert_false(login_of(access, false).certificate_changed); /* the first one is no change */
	assert_int_equal(login_set_certificate(login, SLICE(MADE_UP_CERTIFICATE), SLICE(MADE_UP_KEY), &err), 0);
	assert_false(login_of(access, false).certificate_changed);
	assert_int_equal(login_set_certificate(login, SLICE(MADE_UP_CERTIFICATE), SLICE(MADE_UP_KEY "\n"), &err), 1);
	struct kube_login shown = login_of(access, false);
	assert_true(shown.certificate_changed);
	check_slice(secret_reveal(shown.key), MADE_UP_KEY "\n");
	assert_int_equal(login_set_certificate(login, SLICE("x"), SLICE(MADE_UP_KEY), &err), -1);
	check_error(&err, ERROR_SYNTAX, "the client certificate holds no certificate");
	shown = login_of(access, false);
	assert_false(shown.certificate_changed);
	check_slice(shown.certificate_pem, MADE_UP_CERTIFICATE);
	kube_access_free(access);
}

static void what_cannot_change_is_not_tried_again(void **state)
{
	struct kube_access *access = access_of(CONFIG_OF(SERVER, "token: made-up"), NULL);
	assert_false(login_of(access, false).can_retry);
	struct kube_login login = login_of(access, true);
	assert_false(login.can_retry);
	check_slice(secret_reveal(login.authorization), "Bearer made-up");
	assert_null(login.certificate_pem.data);
	assert_null(login.key);
	kube_access_free(access);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_without_the_blanks_around_them),
		cmocka_unit_test(passwords),
		cmocka_unit_test(a_login_is_hidden_in_what_a_server_says),
		cmocka_unit_test(a_new_certificate_is_told_once),
		cmocka_unit_test(what_cannot_change_is_not_tried_again),
	};
	return cmocka_run_group_tests(tests, configs_setup, NULL);
}
