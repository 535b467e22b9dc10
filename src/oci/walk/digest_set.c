#include "oci/walk/digest_set.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "base/map.h"

#define FIRST_CAPACITY ((size_t)256)

struct digest_key digest_key_of(char kind, struct slice scope, struct slice name)
{
	uint64_t salt = hash_bytes((struct slice){ &kind, 1 });
	uint64_t outer = hash_bytes(scope);
	struct digest_key key = { hash_bytes_keyed(name, salt, outer), hash_bytes_keyed(name, outer, ~salt) };
	if (key.first == 0 && key.second == 0)
		key.second = 1;
	return key;
}

static struct digest_entry *find(struct digest_entry *entries, size_t capacity, struct digest_key key)
{
	for (size_t i = key.first & (capacity - 1);; i = (i + 1) & (capacity - 1)) {
		struct digest_entry *entry = &entries[i];
		bool is_free = entry->key.first == 0 && entry->key.second == 0;
		if (is_free || (entry->key.first == key.first && entry->key.second == key.second))
			return entry;
	}
}

static bool grow(struct digest_set *set)
{
	size_t capacity = set->capacity ? 2 * set->capacity : FIRST_CAPACITY;
	struct digest_entry *entries = mem_alloc_zeroed(capacity, sizeof *entries);
	if (!entries)
		return false;
	for (size_t i = 0; i < set->capacity; i++) {
		const struct digest_entry *old = &set->entries[i];
		if (old->key.first || old->key.second)
			*find(entries, capacity, old->key) = *old;
	}
	mem_free(set->entries);
	set->entries = entries;
	set->capacity = capacity;
	return true;
}

struct digest_state *digest_set_put(struct digest_set *set, struct digest_key key)
{
	if (set->capacity) {
		struct digest_entry *entry = find(set->entries, set->capacity, key);
		if (entry->key.first || entry->key.second)
			return &entry->state;
	}
	if (digest_set_full(set) || (4 * (set->len + 1) > 3 * set->capacity && !grow(set)))
		return NULL;
	struct digest_entry *entry = find(set->entries, set->capacity, key);
	entry->key = key;
	set->len++;
	return &entry->state;
}

bool digest_set_full(const struct digest_set *set)
{
	return set->len >= LIMIT_WALK_DIGESTS;
}

void digest_set_release(struct digest_set *set)
{
	mem_free(set->entries);
	*set = (struct digest_set){ 0 };
}
