/* Rules on logins, wherever their copies lie: one finding for a login, not one for each copy. */
#include "detect/detect_internal.h"

static int subject_of(struct detect_run *run, const struct world_credential *credential,
		      struct detect_subject *ret_subject, struct error **err)
{
	const struct world_entry *first = credential->entries.items[0];
	struct slice name = arena_printf(&run->world->arena, "%.*s %.*s", SLICE_ARG(credential->registry),
					 SLICE_ARG(credential->username));
	if (!name.data)
		return arena_fail(&run->world->arena, err);
	*ret_subject = (struct detect_subject){ first->secret->cluster, SLICE("Credential"), SLICE(""), name,
						credential->fingerprint };
	return 0;
}

/* Registries that give tokens which can do less than the account, so that a password is never needed to pull. */
static bool has_tokens(struct slice registry)
{
	static const char *const names[] = { "docker.io", "ghcr.io", "quay.io", "registry.gitlab.com" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (slice_equal_text(registry, names[i]))
			return true;
	}
	return false;
}

/* A secret part without a user is not known to be a password: its auth may not even decode. */
static bool is_account_password(const struct world_credential *credential)
{
	return slice_equal_text(credential->cred_kind, "password") && credential->username.len > 0 &&
	       has_tokens(credential->registry);
}

int find_password(struct detect_run *run, struct error **err)
{
	for (size_t i = 0; i < run->world->credentials.len; i++) {
		const struct world_credential *credential = run->world->credentials.items[i];
		struct detect_subject subject;
		if (!credential->entries.len || !is_account_password(credential))
			continue;
		const struct world_entry *first = credential->entries.items[0];
		if (subject_of(run, credential, &subject, err) < 0 ||
		    detect_add(run, &subject, err, "in %zu place%s, first secret %.*s/%.*s", credential->entries.len,
			       credential->entries.len == 1 ? "" : "s", SLICE_ARG(first->secret->record->namespace),
			       SLICE_ARG(first->secret->record->name)) < 0)
			return -1;
	}
	return 0;
}

/* Entries come cluster by cluster; within one, their namespaces come in any order. */
static int count_places(const struct world_credential *credential, size_t *ret_clusters, size_t *ret_namespaces)
{
	CLEANUP(map_release) struct map seen = { 0 };
	const struct world_cluster *cluster = NULL;
	*ret_clusters = *ret_namespaces = 0;
	for (size_t i = 0; i < credential->entries.len; i++) {
		const struct world_secret *secret = ((const struct world_entry *)credential->entries.items[i])->secret;
		if (secret->cluster != cluster) {
			*ret_namespaces += seen.len;
			map_clear(&seen);
			cluster = secret->cluster;
			*ret_clusters += 1;
		}
		if (!map_put(&seen, secret->record->namespace))
			return -1;
	}
	*ret_namespaces += seen.len;
	return 0;
}

int find_shared(struct detect_run *run, struct error **err)
{
	for (size_t i = 0; i < run->world->credentials.len; i++) {
		const struct world_credential *credential = run->world->credentials.items[i];
		struct detect_subject subject;
		size_t clusters, namespaces;
		if (count_places(credential, &clusters, &namespaces) < 0)
			return error_no_memory(err);
		if (clusters < 2 && namespaces <= DETECT_SHARED_NAMESPACES)
			continue;
		if (subject_of(run, credential, &subject, err) < 0 ||
		    detect_add(run, &subject, err, "in %zu namespace%s of %zu cluster%s", namespaces,
			       namespaces == 1 ? "" : "s", clusters, clusters == 1 ? "" : "s") < 0)
			return -1;
	}
	return 0;
}
