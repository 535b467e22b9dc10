/* What the files of the logins share: login_config.c (the files of docker and podman), login_match.c (which key is for
 * which repository), login_helper.c (credential helpers), logins.c (the order of all).
 */
#ifndef FOTHER_OCI_TRANSPORT_LOGINS_INTERNAL_H
#define FOTHER_OCI_TRANSPORT_LOGINS_INTERNAL_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "credential/docker_config.h"
#include "oci/transport/logins.h"

/* A user that is nothing but a token: the secret is an identity token (of a helper), or was the user itself. */
#define LOGIN_TOKEN_USER "<token>"
/* What is sent in its place where the token is a password: those who take a token take it under any user. */
#define LOGIN_ANY_USER "token"

/* --- login_config.c --- */

/* One docker config, as it was found. */
struct login_config {
	struct slice origin; /* for a person */
	struct docker_config config;
	struct slice *problems; /* of each entry: why it cannot be used; not there: it can */
};

struct login_configs {
	VEC(struct login_config)
	struct slice unreadable; /* why a file that may be there could not be read; not there: none */
};

/* Reads what options and the environment name. The texts lie in the arena. */
int login_configs_read(struct login_configs *configs, const struct docker_config_options *options, struct arena *arena,
		       struct error **err);
void login_configs_release(struct login_configs *configs);

/* --- login_match.c --- */

/* How well a key of a docker config fits; 0: not at all. More is better: a longer path, a key that is written as docker
 * writes it, and last patterns, those with more that is no pattern first. registry: normalised; repository may be
 * empty: then keys with a path do not fit. */
int login_match(struct slice key, struct slice registry, struct slice repository, struct arena *arena,
		unsigned *ret_fit, struct error **err);
/* The server that docker asks a helper for: https://index.docker.io/v1/ for docker.io, else the registry. */
struct slice login_server(struct slice registry);

/* --- login_helper.c --- */

/* What a helper gave. */
struct login_reply {
	struct slice program;       /* docker-credential-NAME; not there after parsing alone */
	struct slice username;      /* in the arena */
	struct secret_bytes secret; /* owned; set: there is a login */
	bool is_identity_token;
};
void login_reply_release(struct login_reply *reply);
/* What a helper printed: {"ServerURL": "", "Username": "", "Secret": ""}. 0 or -1; messages hold no byte of it. */
int login_helper_parse(struct slice output, struct arena *arena, struct login_reply *ret_reply, struct error **err);

struct login_helpers;
int login_helpers_new(struct login_helpers **ret_helpers, struct error **err);
struct login_helpers *login_helpers_free(struct login_helpers *helpers);
/* More programs that may be run. Copied. */
int login_helpers_allow(struct login_helpers *helpers, struct slice_list programs, struct error **err);
/* What docker-credential-NAME has for the server. It is run once for each server, by one of the threads that ask.
 * *ret_reply: not set where it has nothing, is not allowed or fails; *ret_problem says so (not there: it has nothing).
 * Both live as long as the helpers. 0 or -1. */
int login_helpers_ask(struct login_helpers *helpers, struct slice name, struct slice server,
		      const struct login_reply **ret_reply, struct slice *ret_problem, struct error **err);

#endif
