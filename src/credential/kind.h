/* What kind of credential it is, from public shapes of user name, secret and registry.
 *
 * Decides how a login is rotated and revoked, so nothing is guessed: what has no shape of its own is a `password`.
 *
 *   pat                dckr_pat_ (Docker: personal access tokens), ghp_ and github_pat_ (GitHub: authentication
 *                      token formats), glpat- (GitLab: token prefixes)
 *   oat                dckr_oat_ (Docker: organization access tokens)
 *   oauth-token        gho_, ghu_ (GitHub, as above); user oauth2accesstoken (Google Artifact Registry:
 *                      authentication); user $oauthtoken (Quay: OAuth tokens)
 *   app-token          ghs_ (GitHub app, also of a workflow)
 *   deploy-token       gldt-; user gitlab+deploy-token-N or gitlab-deploy-token (GitLab: deploy tokens)
 *   job-token          glcbt-; user gitlab-ci-token (GitLab: CI/CD job token)
 *   robot              user robot$.. (Harbor: robot accounts; the prefix can be changed, robot_.. is the other one
 *                      seen); user ORG+ROBOT at quay.io (Quay: robot accounts)
 *   json-key           user _json_key or _json_key_base64 (Google: service account keys); key id and project are told
 *   aws                user AWS at an ECR host (AWS: GetAuthorizationToken); account and end are told
 *   acr-token          user 00000000-0000-0000-0000-000000000000 (Azure: az acr login --expose-token)
 *   service-principal  any other GUID as user at *.azurecr.io (Azure: service principals)
 *   api-key            AKCp (Artifactory: API keys), cmVmdGtu, base64 of "reftkn" (Artifactory: reference tokens);
 *                      user $oauthtoken at nvcr.io (NVIDIA NGC: API keys)
 *   jwt                three parts of base64url, the first of them a JSON object (RFC 7519); its exp is told
 *   identity-token     the form of the entry, where nothing above is more exact
 *   registry-token     the same
 *   broken             an `auth` that does not decode, of no known shape: a person may have pasted a password
 *   helper             an entry without a secret
 *   password           all the rest
 */
#ifndef FOTHER_CREDENTIAL_KIND_H
#define FOTHER_CREDENTIAL_KIND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/slice.h"
#include "credential/docker_config.h"

struct credential_kind {
	const char *kind;    /* cred_kind, a constant */
	struct slice detail; /* no secret: "key id 1f2e..", "AWS account 1234..", in the arena; not there when nothing
				is told */
	int64_t expires;     /* where the shape tells (a JWT's exp, ECR's own date); else TIME_UNSET */
};

/* registry: normalised (registry_name.h). -1 when memory or the secure heap is out; odd secrets are never an error. */
int credential_kind_of(struct slice registry, const struct config_entry *entry, struct arena *arena,
		       struct credential_kind *ret_kind, struct error **err);

/* Whether secrets of the kind are tokens that a registry made and that mean the same under any user name (GHCR takes
 * any with a PAT): two logins that differ in nothing but the user are one value, revoked once. Not so for passwords,
 * which two people may share. */
bool credential_kind_is_token(struct slice kind);

/* Whether text starts as the tokens do that were made to be recognised (the first rows of the table). */
bool credential_is_token(struct slice text);
/* How many bytes of it are that start ("dckr_pat_"), which is no secret; 0: it is none. */
size_t credential_token_start(struct slice text);

#endif
