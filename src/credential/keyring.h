/* Which keys of which docker configs the kubelet would try for an image, and in which order.
 *
 *     CLEANUP(keyring_release) struct keyring keyring = {0};
 *     for each secret of the pod, in the order of its list: for each entry with kubelet_reads, in order:
 *         keyring_add(&keyring, entry->key, entry, arena, &added, err);
 *     keyring_lookup(&keyring, SLICE("docker.io/library/nginx"), arena, &owners, &count, err);
 *
 * The rules, once more:
 *  1. `https://` is put before a key without http:// or https:// (lower case) and the whole is parsed as a URL; what
 *     does not parse is dropped. A leading /v1/ or /v2/ of the path goes. The index of the key is host[:port] and
 *     the rest of the path.
 *  2. Indexes are sorted descending, byte by byte; all that match are tried, in that order; those of one index in
 *     the order in which their secrets stand in the pod.
 *  3. An index matches the normalised image name (docker.io/library/nginx) when the port is the same text, the host
 *     has the same number of labels, each label matches (filepath.Match), and the path of the index is a string
 *     prefix of the image's.
 *  4. When none matches and the image is of the default registry (also `localhost/x` and `HOST/x`: no dot, no
 *     colon), what has exactly the index `index.docker.io` is tried.
 *
 * The kubelet parses an index a second time, as a URL, for each image. So escapes of a path are decoded twice, what
 * looks like a query after the first time is cut by the second, and an index that does not parse again matches nothing
 * but is kept. Two spellings of one index in one config (`reg`, `https://reg/v1/`) are tried in an order that Go leaves
 * to chance; here it is the order of the text.
 *
 * Sources: kubernetes pkg/credentialprovider/keyring.go (BasicDockerKeyring.Add, Lookup, URLsMatch) from 1.34 on; which
 * Go a kubelet is built with matters for odd hosts: see go_url.h. Held against the same rules written a second time in
 * Python: tests/integration/test_keyring_property.py.
 */
#ifndef FOTHER_CREDENTIAL_KEYRING_H
#define FOTHER_CREDENTIAL_KEYRING_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

/* What the kubelet makes of a docker config key. */
struct keyring_key {
	struct slice index;            /* host[:port]/path: what is sorted */
	struct slice host, port, path; /* of the index, parsed again: what is matched */
	bool matchable;                /* false: the index does not parse again, so it matches no image */
	bool pattern;                  /* the host holds wildcards */
};

/* *ret_usable false: the kubelet drops the key (it does not parse as a URL). 0, or -1 when memory is out. */
int keyring_key_parse(struct slice key, struct arena *arena, struct keyring_key *ret_key, bool *ret_usable,
		      struct error **err);

/* Whether the key matches `repository` (reference_repository's form), without the fallback of rule 4. For
 * tools/keyring-probe and the property test behind it, which asks it of each pair by itself; false when memory is out.
 */
bool keyring_key_matches(const struct keyring_key *key, struct slice repository);

struct keyring_item {
	struct keyring_key key;
	size_t order; /* of the entry in the order that it was added: pod's secrets in order, entries in order */
	void *owner;  /* the caller's */
};

struct keyring {
	struct keyring_item *items; /* sorted by index, descending; same index in order added */
	size_t len, capacity;
	bool sorted;
};

/* Adds one entry that the kubelet reads. Keys that it drops are not added; *ret_added tells. Its texts lie in the arena
 * or in key. */
int keyring_add(struct keyring *keyring, struct slice key, void *owner, struct arena *arena, bool *ret_added,
		struct error **err);

/* The owners in the order in which the kubelet would try them, into the arena. 0 matches: it pulls anonymously. Sorts
 * once, then reads through the items: no allocation but for the result. */
int keyring_lookup(struct keyring *keyring, struct slice repository, struct arena *arena, void ***ret_owners,
		   size_t *ret_count, struct error **err);

void keyring_release(struct keyring *keyring);

/* Whether no image that a cluster would name is matched by the key, not even by the fallback (dead key): a host that no
 * normalised image has (index.docker.io with a path; letters, labels or a port that the grammar of images does not
 * know), a path that no image has, or one of Docker Hub's other hosts (registry-1.docker.io, hub.docker.com, ...). An
 * image can be spelled with such a host (`registry-1.docker.io/acme/app`), though hardly one is: a key that an image at
 * hand matches is not dead, whatever this says. Docker.io and docker.io:443 are not: they can be spelled. A key that
 * the kubelet drops is dead. 0, or -1 when memory is out. */
int keyring_key_is_dead(struct slice key, struct arena *arena, bool *ret_dead, struct error **err);

#endif
