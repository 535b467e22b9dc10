/* Logins from files that somebody else keeps fresh: projected tokens, certificates that rotate. */
#include "base/limits.h"
#include "base/time.h"
#include "kube/client/access_file.h"
#include "kube/client/access_internal.h"

/* client-go reads a token's file once a minute, and certificates every five. */
#define TOKEN_FRESH (1 * USEC_PER_MINUTE)
#define CERTIFICATE_FRESH (5 * USEC_PER_MINUTE)

static int read_whole(const char *path, struct file_bytes *ret_bytes, struct error **err)
{
	int got = access_file_read(path, LIMIT_CREDENTIAL_FILE_BYTES, ret_bytes, err);
	if (got == 0)
		return error_set(err, ERROR_USAGE, "%s: there is no such file", path);
	return got < 0 ? -1 : 0;
}

int login_read_token(struct kube_access *access, struct error **err)
{
	CLEANUP(file_release) struct file_bytes bytes = { 0 };
	CLEANUP(login_release) struct login fresh = { 0 };
	struct login *login = &access->login;
	if (read_whole(login->token_file, &bytes, err) < 0)
		return error_context(err, "token file");
	if (login_set_bearer(&fresh, file_slice(&bytes), err) < 0)
		return error_context(err, "token file %s", login->token_file);
	login->token_read_at = access->clock.steady();
	if (slice_equal(secret_reveal(&fresh.authorization), secret_reveal(&login->authorization)))
		return 0;
	secret_release(&login->authorization);
	login->authorization = fresh.authorization;
	fresh.authorization = (struct secret_bytes){ 0 };
	return 1;
}

int login_read_certificate(struct kube_access *access, struct error **err)
{
	CLEANUP(file_release) struct file_bytes pem_bytes = { 0 }, key_bytes = { 0 };
	struct login_certificate *certificate = &access->login.certificate;
	struct slice pem = certificate->given_pem, key = secret_reveal(&certificate->given_key);
	if (certificate->certificate_file) {
		if (read_whole(certificate->certificate_file, &pem_bytes, err) < 0)
			return error_context(err, "client-certificate");
		pem = file_slice(&pem_bytes);
	}
	if (certificate->key_file) {
		if (read_whole(certificate->key_file, &key_bytes, err) < 0)
			return error_context(err, "client-key");
		key = file_slice(&key_bytes);
	}
	certificate->read_at = access->clock.steady();
	return login_set_certificate(&access->login, pem, key, err);
}

/* --- again --- */

static bool is_old(const struct kube_access *access, int64_t read_at, int64_t fresh_for)
{
	return access->clock.steady() - read_at >= fresh_for;
}

/* What was not rejected may still be good. */
static int forgive(int renewed, bool rejected, struct error **problem, struct error **err)
{
	if (renewed >= 0)
		return renewed;
	if (rejected)
		return error_move(err, problem);
	*problem = error_free(*problem);
	return 0;
}

static int renew_token(struct kube_access *access, bool rejected, struct error **err)
{
	CLEANUP(error_freep) struct error *problem = NULL;
	struct login *login = &access->login;
	if (!login->token_file || (!rejected && !is_old(access, login->token_read_at, TOKEN_FRESH)))
		return 0;
	login->token_read_at = access->clock.steady();
	return forgive(login_read_token(access, &problem), rejected, &problem, err);
}

static int renew_certificate(struct kube_access *access, bool rejected, struct error **err)
{
	CLEANUP(error_freep) struct error *problem = NULL;
	struct login_certificate *certificate = &access->login.certificate;
	if (!certificate->certificate_file && !certificate->key_file)
		return 0;
	if (!rejected && !is_old(access, certificate->read_at, CERTIFICATE_FRESH))
		return 0;
	certificate->read_at = access->clock.steady();
	return forgive(login_read_certificate(access, &problem), rejected, &problem, err);
}

int login_renew_files(struct kube_access *access, bool rejected, struct error **err)
{
	int token = renew_token(access, rejected, err);
	int certificate = token < 0 ? -1 : renew_certificate(access, rejected, err);
	return certificate < 0 ? -1 : token || certificate;
}
