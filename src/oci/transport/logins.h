/* Logins to registries: what the user's docker config holds, what its helpers give, and, where it was asked for, what
 * the pull secrets of the clusters hold.
 *
 *     logins_new(&logins, err);
 *     logins_add_docker_config(logins, &options, err);
 *     logins_add_vault(logins, vault, err);                 // --use-pull-secrets
 *
 * Configs are read where docker and podman look, in this order: what DOCKER_AUTH_CONFIG holds; $DOCKER_CONFIG or
 * ~/.docker, config.json; $REGISTRY_AUTH_FILE, or else $XDG_RUNTIME_DIR/containers/auth.json and
 * ~/.config/containers/auth.json (containers-auth.json(5)).
 *
 * Order for one registry and repository: helpers of the registry (credHelpers, else credsStore), then entries of the
 * configs (the longest path that holds the repository first, as containers/image reads them, hosts as docker reads
 * them, and last its patterns), then the vault (the kubelet's matching), then none. An empty repository asks for logins
 * of the whole registry. Values live in the secure heap. Helpers are run once for each registry and only when
 * their program was allowed by name (docker-credential-NAME, with --allow-exec), with the protocol of
 * github.com/docker/docker-credential-helpers. Afterwards used by several threads.
 *
 * An entry whose user is a token gives that token as the password, under a user of no meaning.
 */
#ifndef FOTHER_OCI_TRANSPORT_LOGINS_H
#define FOTHER_OCI_TRANSPORT_LOGINS_H

#include "base/error.h"
#include "base/secret.h"
#include "base/slice.h"

struct logins;
struct vault;

struct login {
	struct slice username;
	const struct secret_bytes *password;       /* NULL: none */
	const struct secret_bytes *identity_token; /* an OAuth2 refresh token */
	const struct secret_bytes *registry_token; /* a bearer token as it is */
	struct slice origin;                       /* for a person: "~/.docker/config.json", "secret shop/hub" */
	struct slice fingerprint;                  /* of one from the vault */
};

struct docker_config_options {
	struct slice path;              /* not there: where docker and podman look */
	struct slice_list allowed_exec; /* programs that may be run */
};

int logins_new(struct logins **ret_logins, struct error **err);
struct logins *logins_free(struct logins *logins);
/* Once. A file that is not there is none; a broken one is an error that names the place, without a byte of a value. One
 * that nobody named and that may not be read, and an entry that does not decode, are told by logins_find. */
int logins_add_docker_config(struct logins *logins, const struct docker_config_options *options, struct error **err);
/* Once. Borrowed; nothing may be put into it any more. */
int logins_add_vault(struct logins *logins, struct vault *vault, struct error **err);
/* The nth login that fits, from 0: 1, or 0: no more. registry is normalised (docker.io). May run a helper; one that is
 * not allowed or fails is passed over, and *ret_problem (may be NULL; not there: all is well) says so. Everything lives
 * as long as the logins. From any thread. */
int logins_find(const struct logins *logins, struct slice registry, struct slice repository, size_t n,
		struct login *ret_login, struct slice *ret_problem, struct error **err);

#endif
