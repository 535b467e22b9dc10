/* Logins of pull secrets while a command runs, for --use-pull-secrets: in the secure heap, by fingerprint, wiped at the
 * end. Without that option there is no vault, and values are gone as soon as they were fingerprinted.
 *
 * Filled by the readers of clusters (several threads), read by those who ask registries.
 */
#ifndef FOTHER_CREDENTIAL_VAULT_H
#define FOTHER_CREDENTIAL_VAULT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/secret.h"
#include "base/slice.h"

struct vault;

struct vault_login {
	struct slice registry_key; /* as the kubelet would match it */
	struct slice registry;     /* normalised */
	/* place: "namespace/secret", of several the first by name. A user "<token>" stands for a token that was the
	 * user; the password is that token then (docker_config.h). */
	struct slice username, fingerprint, place;
	const struct secret_bytes *password, *identity_token, *registry_token;
};

int vault_new(struct vault **ret_vault, struct error **err);
struct vault *vault_free(struct vault *vault);
/* Copies; one with the same key, user and fingerprint is kept once. From any thread. 1: taken, or there already. 0: it
 * is full (LIMIT_VAULT_*). -1. */
int vault_put(struct vault *vault, const struct vault_login *login, struct error **err);
size_t vault_count(const struct vault *vault);
/* Something was not taken: not every login is tried. */
bool vault_was_full(const struct vault *vault);
/* The i-th, in the order of registry_key, user, fingerprint. Nothing may be put any more. */
const struct vault_login *vault_at(struct vault *vault, size_t i);

#endif
