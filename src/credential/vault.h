/* Logins of pull secrets while a command runs, for --use-pull-secrets: in the secure heap, by fingerprint, wiped at the
 * end. Without that option there is no vault, and values are gone as soon as they were fingerprinted.
 *
 * Filled by the readers of clusters (several threads), read by those who ask registries.
 */
#ifndef FOTHER_CREDENTIAL_VAULT_H
#define FOTHER_CREDENTIAL_VAULT_H

#include "base/error.h"
#include "base/secret.h"
#include "base/slice.h"

struct vault;

struct vault_login {
	struct slice registry_key;                 /* as the kubelet would match it */
	struct slice registry;                     /* normalised */
	struct slice username, fingerprint, place; /* place: "namespace/secret" of the first copy */
	const struct secret_bytes *password, *identity_token, *registry_token;
};

int vault_new(struct vault **ret_vault, struct error **err);
struct vault *vault_free(struct vault *vault);
/* Copies; one with the same key, user and fingerprint is kept once. A full vault (LIMIT_VAULT_LOGINS) says so by 0; 1
 * taken; -1. */
int vault_put(struct vault *vault, const struct vault_login *login, struct error **err);
size_t vault_count(const struct vault *vault);
/* The i-th, in the order of registry_key, user, fingerprint. Nothing may be put any more. */
const struct vault_login *vault_at(struct vault *vault, size_t i);

#endif
