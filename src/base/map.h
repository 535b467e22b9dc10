/* A hash map from bytes to pointers. Keys are copied; values are the caller's.
 *
 * Keys come from outside, so the hash is keyed (SipHash-1-3, random per process): no input can make it slow.
 * Iteration is in order of insertion, so that every output made from a map is the same twice.
 *
 *     CLEANUP(map_release) struct map seen = {0};
 *     void **value = map_put(&seen, name);        // new: *value == NULL. NULL: no memory
 *     void *found = map_get(&seen, name);         // NULL: not there
 */
#ifndef FOTHER_BASE_MAP_H
#define FOTHER_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/slice.h"

struct map_item {
	struct slice key; /* owned by the map, NUL-terminated */
	uint64_t hash;
	void *value;
};

struct map {
	struct map_item *items; /* in order of insertion */
	size_t len, capacity;
	uint32_t *slots; /* index + 1 of an item, 0 free; a power of two of them */
	size_t slot_count;
};

/* The place of key's value, new ones holding NULL; NULL when memory is out. Valid until the next map_put. */
void **map_put(struct map *m, struct slice key);
void *map_get(const struct map *m, struct slice key);
void map_clear(struct map *m);
void map_release(struct map *m);

/* The keyed hash itself, for tables that keep their own slots. */
uint64_t hash_bytes(struct slice bytes);
/* SipHash-1-3 with a key of one's own. */
uint64_t hash_bytes_keyed(struct slice bytes, uint64_t key0, uint64_t key1);

#endif
