#include "base/map.h"

#include <endian.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "base/limits.h"

#define FIRST_CAPACITY 8
#define SLOTS_PER_ITEM 2

/* --- SipHash-1-3: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012; one and three rounds --- */

struct sip {
	uint64_t v0, v1, v2, v3;
};

static uint64_t hash_key[2];
static pthread_once_t hash_key_once = PTHREAD_ONCE_INIT;

/* Where the system call is forbidden, the kernel's random bytes of this process serve. */
static void make_hash_key(void)
{
	if (getrandom(hash_key, sizeof hash_key, 0) == sizeof hash_key)
		return;
	unsigned long address = getauxval(AT_RANDOM);
	if (address)
		memcpy(hash_key, (const void *)address, sizeof hash_key); // NOLINT(performance-no-int-to-ptr)
}

static uint64_t rotate(uint64_t value, unsigned bits)
{
	return value << bits | value >> (64 - bits);
}

static inline void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v0 = rotate(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v2 = rotate(s->v2, 32);
}

static uint64_t little_endian(const char *bytes, size_t count)
{
	uint64_t word = 0;
	for (size_t i = 0; i < count; i++)
		word |= (uint64_t)(unsigned char)bytes[i] << (8 * i);
	return word;
}

static inline uint64_t load_word(const char *bytes)
{
	uint64_t word;
	memcpy(&word, bytes, sizeof word);
	return le64toh(word);
}

static inline void sip_add(struct sip *s, uint64_t word)
{
	s->v3 ^= word;
	sip_round(s);
	s->v0 ^= word;
}

uint64_t hash_bytes_keyed(struct slice bytes, uint64_t key0, uint64_t key1)
{
	struct sip s = { key0 ^ 0x736f6d6570736575, key1 ^ 0x646f72616e646f6d, key0 ^ 0x6c7967656e657261,
			 key1 ^ 0x7465646279746573 };
	size_t done = 0;
	for (; bytes.len - done >= 8; done += 8)
		sip_add(&s, load_word(bytes.data + done));
	uint64_t last = bytes.len - done ? little_endian(bytes.data + done, bytes.len - done) : 0;
	sip_add(&s, last | (uint64_t)bytes.len << 56);
	s.v2 ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

uint64_t hash_bytes(struct slice bytes)
{
	pthread_once(&hash_key_once, make_hash_key);
	return hash_bytes_keyed(bytes, hash_key[0], hash_key[1]);
}

/* --- the map --- */

/* The slot of key, or the free one where it would go. There is always a free one. */
static uint32_t *find_slot(const struct map *m, struct slice key, uint64_t hash)
{
	size_t mask = m->slot_count - 1;
	for (size_t at = hash & mask;; at = (at + 1) & mask) {
		uint32_t *slot = &m->slots[at];
		if (!*slot)
			return slot;
		const struct map_item *item = &m->items[*slot - 1];
		if (item->hash == hash && slice_equal(item->key, key))
			return slot;
	}
}

static void fill_slots(struct map *m)
{
	size_t mask = m->slot_count - 1;
	for (size_t i = 0; i < m->len; i++) {
		size_t at = m->items[i].hash & mask;
		while (m->slots[at])
			at = (at + 1) & mask;
		m->slots[at] = (uint32_t)(i + 1);
	}
}

/* Room for one more item. On failure the map is as it was. */
static bool grow(struct map *m)
{
	if (m->len < m->capacity)
		return true;
	size_t capacity = m->capacity ? 2 * m->capacity : FIRST_CAPACITY;
	if (capacity > LIMIT_VEC_ITEMS)
		return false;
	struct map_item *items = mem_resize(m->items, capacity, sizeof *items);
	if (!items)
		return false;
	m->items = items;
	uint32_t *slots = mem_alloc_zeroed(capacity * SLOTS_PER_ITEM, sizeof *slots);
	if (!slots)
		return false;
	mem_free(m->slots);
	m->slots = slots;
	m->slot_count = capacity * SLOTS_PER_ITEM;
	m->capacity = capacity;
	fill_slots(m);
	return true;
}

static bool copy_key(struct slice key, struct slice *ret_copy)
{
	char *copy = key.data ? mem_copy_text(key.data, key.len) : NULL;
	*ret_copy = (struct slice){ copy, key.len };
	return copy || !key.data;
}

void **map_put(struct map *m, struct slice key)
{
	uint64_t hash = hash_bytes(key);
	if (m->slots) {
		const uint32_t *slot = find_slot(m, key, hash);
		if (*slot)
			return &m->items[*slot - 1].value;
	}
	if (!grow(m))
		return NULL;
	struct map_item item = { .hash = hash };
	if (!copy_key(key, &item.key))
		return NULL;
	*find_slot(m, key, hash) = (uint32_t)(m->len + 1);
	m->items[m->len] = item;
	return &m->items[m->len++].value;
}

void *map_get(const struct map *m, struct slice key)
{
	if (!m->len)
		return NULL;
	const uint32_t *slot = find_slot(m, key, hash_bytes(key));
	return *slot ? m->items[*slot - 1].value : NULL;
}

static void free_keys(struct map *m)
{
	for (size_t i = 0; i < m->len; i++)
		mem_free((char *)(uintptr_t)m->items[i].key.data);
	m->len = 0;
}

void map_clear(struct map *m)
{
	free_keys(m);
	if (m->slots)
		memset(m->slots, 0, m->slot_count * sizeof *m->slots);
}

void map_release(struct map *m)
{
	free_keys(m);
	mem_free(m->items);
	mem_free(m->slots);
	*m = (struct map){ 0 };
}
