/* Which keys of which docker configs the kubelet would try for an image, and in which order.
 *
 * Source: kubernetes pkg/credentialprovider/keyring.go (BasicDockerKeyring.Add, Lookup, URLsMatch), with the image name
 * normalised first as the kubelet's image manager does (facts/kubernetes.md A3; where facts/images.md differs, A3 wins).
 */
#ifndef FOTHER_CREDENTIAL_KEYRING_H
#define FOTHER_CREDENTIAL_KEYRING_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

/* What the kubelet makes of a docker config key. */
struct keyring_key {
	struct slice index; /* host[:port]/path: what is sorted and matched */
	struct slice host, port, path;
};

/* False: the kubelet drops the key (it does not parse as a URL). -1 is no outcome: memory failure gives *err. */
int keyring_key_parse(struct slice key, struct arena *arena, struct keyring_key *ret_key, bool *ret_usable,
		      struct error **err);

/* Whether the key matches `repository` (reference_repository's form), without the fallback of rule 4. */
bool keyring_key_matches(const struct keyring_key *key, struct slice repository);

struct keyring_item {
	struct keyring_key key;
	size_t order; /* of the entry in the order that it was added: pod's secrets in order, entries in order */
	void *owner;  /* the caller's */
};

struct keyring {
	struct keyring_item *items; /* sorted as the kubelet does: by index, descending; same index in order added */
	size_t len, capacity;
	bool sorted;
};

/* Adds one entry that the kubelet reads. Keys that it drops are not added; *ret_added tells. */
int keyring_add(struct keyring *keyring, struct slice key, void *owner, struct arena *arena, bool *ret_added,
		struct error **err);

/* The owners in the order in which the kubelet would try them (each key once; same index: later secrets first or last as
 * the kubelet does), into the arena. 0 matches: it pulls anonymously. */
int keyring_lookup(struct keyring *keyring, struct slice repository, struct arena *arena, void ***ret_owners,
		   size_t *ret_count, struct error **err);

void keyring_release(struct keyring *keyring);

/* No image that a cluster can name would ever be matched by the key, not even by the fallback (dead key). A wrong-case
 * or extra-port Hub host counts as dead only when the host can never be spelled that way in a normalised image. */
bool keyring_key_is_dead(struct slice key, struct arena *arena);

#endif
