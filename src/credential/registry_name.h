/* Names of registries: which keys and hosts mean the same registry.
 *
 * Docker Hub answers to many names; all are `docker.io` here: docker.io, index.docker.io, registry-1.docker.io,
 * hub.docker.com, registry.hub.docker.com, registry.docker.io, www.docker.io, with any scheme, port 443 or version
 * path. That is for *people and rotation* (whose login is it?). What the kubelet would use is another question: see
 * keyring.h.
 */
#ifndef FOTHER_CREDENTIAL_REGISTRY_NAME_H
#define FOTHER_CREDENTIAL_REGISTRY_NAME_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

struct registry_name {
	struct slice registry; /* lower-case host[:port], default ports dropped (:443, and :80 for http) */
	struct slice path;     /* prefix without slashes at its ends and without /v1, /v2; empty for all */
	bool wildcard;         /* the host holds * ? or [ */
};

/* Any docker config key or image domain. Never fails on odd text: what cannot be parsed is its own registry.
 * -1 only when memory is out. */
int registry_name_parse(struct slice key, struct arena *arena, struct registry_name *ret_name, struct error **err);

/* Whether a host without a port is one of Docker Hub's, docker.io itself included. */
bool registry_name_is_docker_hub(struct slice host);

/* What the user typed after --registry, normalised; an error for an empty or impossible host. */
int registry_name_given(struct slice text, struct arena *arena, struct slice *ret_registry, struct error **err);

#endif
