#include "base/key_watch_internal.h"

#include <stdint.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/reader_internal.h"
#include "base/secret.h"
#include "base/vec.h"

#define FIRST_SLOTS 64

struct watched_key {
	struct token token; /* what is needed to compare it decoded */
	char *copy;         /* where token.text lies, when it is ours */
	uint64_t hash;
	unsigned depth;
};

/* Objects close in the reverse order of opening, so keys leave in the reverse order of coming. That keeps every chain
 * of probes whole without marks for what was removed. */
struct key_watch {
	VEC(struct watched_key)
	uint32_t *slots; /* index + 1 of a key, 0 free; open addressing, at most half full */
	size_t slot_count;
	bool copy;
};

struct key_watch *key_watch_new(bool copy)
{
	struct key_watch *watch = mem_alloc_zeroed(1, sizeof *watch);
	if (watch)
		watch->copy = copy;
	return watch;
}

/* The slot of an equal key at the same depth, or the free one where it belongs. */
static uint32_t *find_slot(const struct key_watch *watch, const struct watched_key *key)
{
	size_t mask = watch->slot_count - 1;
	size_t at = (size_t)key->hash & mask;
	for (; watch->slots[at]; at = (at + 1) & mask) {
		const struct watched_key *other = &watch->items[watch->slots[at] - 1];
		if (other->hash == key->hash && other->depth == key->depth && token_equal(&other->token, &key->token))
			break;
	}
	return &watch->slots[at];
}

static int grow(struct key_watch *watch, struct error **err)
{
	size_t count = watch->slot_count ? watch->slot_count * 2 : FIRST_SLOTS;
	uint32_t *slots = mem_alloc_zeroed(count, sizeof *slots);
	if (!slots)
		return error_no_memory(err);
	mem_free(watch->slots);
	watch->slots = slots;
	watch->slot_count = count;
	for (size_t i = 0; i < watch->len; i++)
		*find_slot(watch, &watch->items[i]) = (uint32_t)i + 1;
	return 0;
}

static void wipe_free(char *text, size_t len)
{
	if (text)
		secret_wipe(text, len);
	mem_free(text);
}

/* A key may be a password that went to the wrong place: no decoded copy stays behind. */
static int hash_decoded(const struct token *key, uint64_t *ret_hash, struct error **err)
{
	size_t room = token_decoded_max(key);
	char *text = mem_alloc(room);
	if (!text)
		return error_no_memory(err);
	size_t len = token_decode(key, text);
	*ret_hash = hash_bytes((struct slice){ text, len });
	wipe_free(text, room);
	return 0;
}

static int hash_key(const struct token *key, uint64_t *ret_hash, struct error **err)
{
	if (!key->plain)
		return hash_decoded(key, ret_hash, err);
	*ret_hash = hash_bytes(key->text);
	return 0;
}

static int add_new(struct key_watch *watch, const struct watched_key *key, uint32_t *slot, struct error **err)
{
	struct slice text = key->token.text;
	char *copy = watch->copy ? mem_copy_text(text.data, text.len) : NULL;
	if (watch->copy && !copy)
		return error_no_memory(err);
	struct watched_key *added = vec_push(watch);
	if (!added) {
		wipe_free(copy, text.len);
		return error_no_memory(err);
	}
	*added = *key;
	added->copy = copy;
	if (copy)
		added->token.text.data = copy;
	*slot = (uint32_t)watch->len;
	return 0;
}

int key_watch_add(struct key_watch *watch, unsigned depth, struct token *key, struct error **err)
{
	struct watched_key watched = { .token = *key, .depth = depth };
	if (hash_key(key, &watched.hash, err) < 0)
		return -1;
	if (watch->len >= LIMIT_JSON_KEYS)
		return error_set(err, ERROR_LIMIT, "more than %d keys in one object", LIMIT_JSON_KEYS);
	if (2 * watch->len >= watch->slot_count && grow(watch, err) < 0)
		return -1;
	uint32_t *slot = find_slot(watch, &watched);
	key->duplicate = *slot != 0;
	return *slot ? 0 : add_new(watch, &watched, slot, err);
}

void key_watch_leave(struct key_watch *watch, unsigned depth)
{
	while (watch->len > 0 && watch->items[watch->len - 1].depth >= depth) {
		struct watched_key *last = &watch->items[watch->len - 1];
		*find_slot(watch, last) = 0;
		wipe_free(last->copy, last->token.text.len);
		watch->len--;
	}
}

struct key_watch *key_watch_free(struct key_watch *watch)
{
	if (!watch)
		return NULL;
	key_watch_leave(watch, 0);
	vec_release(watch);
	mem_free(watch->slots);
	return mem_free(watch);
}
