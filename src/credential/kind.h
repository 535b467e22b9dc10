/* What kind of credential it is, from public shapes of user name, secret and registry. */
#ifndef FOTHER_CREDENTIAL_KIND_H
#define FOTHER_CREDENTIAL_KIND_H

#include "base/arena.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/slice.h"
#include "credential/docker_config.h"

struct credential_kind {
	const char *kind;    /* cred_kind: password, pat, oat, robot, json-key, aws, token, identity-token, registry-token, ... */
	struct slice detail; /* no secret: "key id 1f2e..", "AWS account 1234..", in the arena; not there when nothing is told */
	int64_t expires;     /* where the shape tells (a JWT's exp, ECR's own date); else TIME_UNSET */
};

int credential_kind_of(struct slice registry, const struct config_entry *entry, struct arena *arena,
		       struct credential_kind *ret_kind, struct error **err);

#endif
