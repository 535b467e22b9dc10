/* What a walk has met: a set of names with one small value each, 24 bytes for a name whatever its length.
 *
 * A name is kept as 128 bits of a keyed hash (SipHash, random per process), so that nobody can make two of them meet.
 *
 *     struct digest_state *state = digest_set_put(&set, digest_key_of('d', SLICE(""), digest));
 *     if (!state) ...                            // memory, or LIMIT_WALK_DIGESTS: digest_set_full tells which
 *     if (state->kind == 0) ...                  // new
 */
#ifndef FOTHER_OCI_WALK_DIGEST_SET_H
#define FOTHER_OCI_WALK_DIGEST_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct digest_key {
	uint64_t first, second; /* never both 0 */
};

struct digest_state {
	uint32_t number;
	uint16_t kind; /* 0: new */
	uint16_t depth;
};

struct digest_entry {
	struct digest_key key;
	struct digest_state state;
};

struct digest_set {
	struct digest_entry *entries; /* open addressing; a power of two of them */
	size_t len, capacity;
};

/* The name `name` below `scope`; kinds of names do not meet. */
struct digest_key digest_key_of(char kind, struct slice scope, struct slice name);
/* The state of a name, made when it is new; valid until the next put. NULL: no room. */
struct digest_state *digest_set_put(struct digest_set *set, struct digest_key key);
/* Whether a new name was refused because of LIMIT_WALK_DIGESTS, not for want of memory. */
bool digest_set_full(const struct digest_set *set);
void digest_set_release(struct digest_set *set);

#endif
