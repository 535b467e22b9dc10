/* What the next request shows, whichever kind of login stands behind it. */
#include <string.h>

#include "base/base64.h"
#include "base/limits.h"
#include "kube/client/access_internal.h"
#include "kube/client/exec_plugin.h"
#include "net/authorization.h"

/* What is shorter would take letters out of words. */
#define HIDDEN_BYTES_MIN 6

/* --- setting --- */

int login_set_bearer(struct login *login, struct slice token, struct error **err)
{
	token = slice_trim(token);
	if (!token.len)
		return error_set(err, ERROR_SYNTAX, "the token is empty");
	if (!access_fits_header(token))
		return error_set(err, ERROR_SYNTAX, "the token holds bytes that no header can");
	return authorization_bearer(token, &login->authorization, err);
}

int login_set_basic(struct login *login, struct slice username, struct slice password, struct error **err)
{
	return authorization_basic(username, password, &login->authorization, err);
}

static bool is_same_certificate(const struct login_certificate *certificate, struct slice pem, struct slice key)
{
	return slice_equal(strbuf_slice(&certificate->pem), pem) && slice_equal(secret_reveal(&certificate->key), key);
}

int login_set_certificate(struct login *login, struct slice pem, struct slice key, struct error **err)
{
	struct login_certificate *certificate = &login->certificate;
	CLEANUP(secret_release) struct secret_bytes new_key = { 0 };
	CLEANUP(strbuf_release) struct strbuf new_pem = STRBUF_INIT(LIMIT_CREDENTIAL_FILE_BYTES);
	if (is_same_certificate(certificate, pem, key))
		return 0;
	if (access_check_pem(pem, PEM_CERTIFICATE, "the client certificate", err) < 0 ||
	    access_check_pem(key, PEM_KEY, "the client key", err) < 0 || secret_copy(&new_key, key, err) < 0)
		return -1;
	strbuf_add_slice(&new_pem, pem);
	if (strbuf_failed(&new_pem, err))
		return -1;
	strbuf_release(&certificate->pem);
	secret_release(&certificate->key);
	certificate->pem = new_pem;
	certificate->key = new_key;
	new_pem = (struct strbuf){ 0 };
	new_key = (struct secret_bytes){ 0 };
	login->certificate_changed = login->handed_out;
	return 1;
}

void login_release(struct login *login)
{
	secret_release(&login->authorization);
	strbuf_release(&login->certificate.pem);
	secret_release(&login->certificate.key);
	secret_release(&login->certificate.given_key);
	exec_plugin_free(login->plugin);
	*login = (struct login){ 0 };
}

/* --- hiding --- */

static void hide(struct slice value, char *text, size_t len)
{
	char *end = text + len, *found = text;
	if (value.len < HIDDEN_BYTES_MIN)
		return;
	while ((found = memmem(found, (size_t)(end - found), value.data, value.len))) {
		memset(found, '*', value.len);
		found += value.len;
	}
}

static void hide_password(struct slice encoded, char *text, size_t len)
{
	CLEANUP(error_freep) struct error *err = NULL;
	CLEANUP(secret_release) struct secret_bytes both = { 0 };
	struct slice username, password;
	if (base64_decode_secret(encoded, BASE64_PADDED, &both, &err) == 0 &&
	    slice_cut(secret_reveal(&both), ':', &username, &password))
		hide(password, text, len);
}

void kube_access_hide_login(const struct kube_access *access, char *text, size_t len)
{
	struct slice scheme, value, authorization = secret_reveal(&access->login.authorization);
	if (!text || !authorization.len || !slice_cut(authorization, ' ', &scheme, &value))
		return;
	hide(value, text, len);
	if (slice_equal_text(scheme, "Basic"))
		hide_password(value, text, len);
}

/* --- handing out --- */

static void hand_out(struct login *login, bool changed, bool rejected, struct kube_login *ret_login)
{
	struct login_certificate *certificate = &login->certificate;
	*ret_login = (struct kube_login){
		.authorization = secret_is_set(&login->authorization) ? &login->authorization : NULL,
		.certificate_pem = certificate->pem.len ? strbuf_slice(&certificate->pem) : SLICE_NONE,
		.key = secret_is_set(&certificate->key) ? &certificate->key : NULL,
		.certificate_changed = login->certificate_changed,
		.changed = changed,
		.can_retry = changed && rejected,
	};
	login->certificate_changed = false;
	login->handed_out = true;
}

/* Each source says 1 where it has something new. */
int kube_access_login(struct kube_access *access, bool rejected, struct kube_login *ret_login, struct error **err)
{
	int from_files = login_renew_files(access, rejected, err);
	int from_plugin = from_files < 0 ? -1 : exec_plugin_renew(access, rejected, err);
	if (from_plugin < 0)
		return error_context(err, "context %.*s", SLICE_ARG(access->facts.name));
	hand_out(&access->login, from_files || from_plugin, rejected, ret_login);
	return 0;
}
