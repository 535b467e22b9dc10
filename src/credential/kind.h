/* What kind of credential it is, from public shapes of user name, secret and registry.
 *
 * Decides how a login is rotated and revoked, so nothing is guessed: what has no shape of its own is a `password`.
 *
 *   cred_kind              shape                                              public source
 *   pat                    secret dckr_pat_…                                  Docker: personal access tokens
 *                          ghp_…, github_pat_… (GHCR)                         GitHub: authentication token formats
 *                          glpat-… (GitLab)                                   GitLab: token overview, prefixes
 *   oat                    dckr_oat_…                                         Docker: organization access tokens
 *   oauth-token            gho_…, ghu_… (GitHub); user oauth2accesstoken      GitHub, as above; Google Artifact
 * Registry: authentication (Google); user $oauthtoken (Quay, NGC)             Quay: API and OAuth tokens; NVIDIA NGC:
 * API keys app-token              ghs_… (GitHub app, also of a workflow)             GitHub, as above deploy-token
 * gldt-… or user gitlab+deploy-token-N, gitlab-deploy-token    GitLab: deploy tokens job-token              user
 * gitlab-ci-token, secret glcbt-…               GitLab: CI/CD job token robot                  user robot$… (Harbor;
 * its prefix can be changed, robot_… is the other one seen), org+robot (quay.io) Harbor: robot accounts; Quay: robot
 * accounts json-key               user _json_key, _json_key_base64 (Google service account key: key id and project are
 * told) aws                    user AWS with an ECR host (account, region; the token says when it ends)   AWS:
 * GetAuthorizationToken acr-token              user 00000000-0000-0000-0000-000000000000 (Azure)  Azure: az acr login
 * --expose-token service-principal      *.azurecr.io, user is another GUID                 Azure: authenticate with a
 * service principal api-key                AKCp… or cmVmdGtu… (Artifactory)                   JFrog: API keys,
 * reference tokens identity-token, registry-token    form of the entry, where nothing above is more exact (detail tells
 * what it is) jwt                    three parts of base64url with a header that is JSON       RFC 7519; `exp` is told
 *   helper                 an entry without a secret
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

/* Whether text starts as the tokens do that were made to be recognised (the first rows of the table). */
bool credential_is_token(struct slice text);

#endif
