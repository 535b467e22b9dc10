/* Who we are there: the user of a kubeconfig, with what clientcmd's validation refuses refused too. */
#include "base/base64.h"
#include "base/limits.h"
#include "base/path.h"
#include "kube/client/access_file.h"
#include "kube/client/access_internal.h"
#include "kube/client/exec_plugin.h"

/* A path of the kubeconfig, relative to the file where the user stands. */
static int path_of(struct kube_access *access, const struct kubeconfig_user *user, struct slice path,
		   const char **ret_path, struct error **err)
{
	struct slice joined;
	if (path_join(&access->arena, path_folder(user->entry.file), path, &joined, err) < 0)
		return -1;
	*ret_path = joined.data;
	return 0;
}

/* --- certificates --- */

static int take_pem(struct kube_access *access, const struct kubeconfig_user *user, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes pem = { 0 };
	struct login_certificate *certificate = &access->login.certificate;
	if (!user->certificate_data.len)
		return path_of(access, user, user->certificate_file, &certificate->certificate_file, err);
	if (base64_decode_secret(user->certificate_data, BASE64_PADDED, &pem, err) < 0)
		return error_context(err, "client-certificate-data");
	if (arena_copy(&access->arena, secret_reveal(&pem), &certificate->given_pem) < 0)
		return arena_fail(&access->arena, err);
	return 0;
}

static int take_key(struct kube_access *access, const struct kubeconfig *config, const struct kubeconfig_user *user,
		    struct error **err)
{
	struct login_certificate *certificate = &access->login.certificate;
	struct slice data = kubeconfig_vault_reveal(config, user->key_data);
	if (!data.len && !user->key_file.len)
		return error_set(err, ERROR_USAGE, "client-certificate needs client-key or client-key-data");
	if (!data.len)
		return path_of(access, user, user->key_file, &certificate->key_file, err);
	if (base64_decode_secret(data, BASE64_PADDED, &certificate->given_key, err) < 0)
		return error_context(err, "client-key-data");
	return 0;
}

static int take_certificate(struct kube_access *access, const struct kubeconfig *config,
			    const struct kubeconfig_user *user, struct error **err)
{
	if (!user->certificate_data.len && !user->certificate_file.len)
		return 0;
	if (take_pem(access, user, err) < 0 || take_key(access, config, user, err) < 0 ||
	    login_read_certificate(access, err) < 0)
		return -1;
	struct login_certificate *certificate = &access->login.certificate;
	if (!certificate->certificate_file && !certificate->key_file) /* nothing will be read again */
		secret_release(&certificate->given_key);
	return 0;
}

/* --- tokens and passwords --- */

/* The file wins; the token stands in for one that cannot be read. */
static int take_token_file(struct kube_access *access, const struct kubeconfig_user *user, struct slice token,
			   struct error **err)
{
	CLEANUP(error_freep) struct error *problem = NULL;
	if (path_of(access, user, user->token_file, &access->login.token_file, err) < 0)
		return -1;
	if (login_read_token(access, &problem) >= 0)
		return 0;
	access->login.token_read_at = access->clock.steady();
	return token.len ? login_set_bearer(&access->login, token, err) : error_move(err, &problem);
}

static int take_authorization(struct kube_access *access, const struct kubeconfig *config,
			      const struct kubeconfig_user *user, struct error **err)
{
	struct slice token = kubeconfig_vault_reveal(config, user->token);
	struct slice password = kubeconfig_vault_reveal(config, user->password);
	bool has_token = token.len || user->token_file.len;
	if (has_token && (user->username.len || password.len))
		return error_set(err, ERROR_USAGE, "more than one login: a token, and username or password");
	if (password.len && !user->username.len)
		return error_set(err, ERROR_USAGE, "password needs username");
	if (user->token_file.len)
		return take_token_file(access, user, token, err);
	if (token.len)
		return login_set_bearer(&access->login, token, err);
	return user->username.len ? login_set_basic(&access->login, user->username, password, err) : 0;
}

/* --- the user --- */

static int refuse_provider(const struct kubeconfig_user *user, struct error **err)
{
	struct slice name = user->provider.name;
	return error_set(err, ERROR_UNSUPPORTED,
			 "auth-provider %.*s is not supported; an exec plugin replaces it (exec in the kubeconfig; "
			 "gke-gcloud-auth-plugin for gcp, kubelogin for azure and oidc)",
			 SLICE_ARG(name));
}

int access_take_user(struct kube_access *access, const struct kubeconfig *config, const struct kubeconfig_user *user,
		     const struct kube_access_options *options, struct error **err)
{
	if (user->entry.defect.data)
		return error_set(err, ERROR_SYNTAX, "%.*s", SLICE_ARG(user->entry.defect));
	if (arena_copy(&access->arena, user->entry.name, &access->facts.user) < 0)
		return arena_fail(&access->arena, err);
	if (user->provider.given)
		return refuse_provider(user, err);
	if (access_take_headers(access, user, err) < 0)
		return -1;
	if (!access_is_secure(access))
		return 0;
	if (take_certificate(access, config, user, err) < 0 || take_authorization(access, config, user, err) < 0)
		return -1;
	/* As in client-go, a login that stands in the file is used before a command is run. */
	if (!user->exec.given || secret_is_set(&access->login.authorization))
		return 0;
	return exec_plugin_take(access, config, user, options, err);
}
