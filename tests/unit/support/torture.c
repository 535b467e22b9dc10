#include "support/torture.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <openssl/crypto.h>

#include "support/check.h"

#define MOST_ROUNDS 1000000

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__real_CRYPTO_secure_malloc(size_t size, const char *file, int line);

/* The blocks alive: open addressing, deletion closes the gap, so that an empty set is an empty table. */
struct block_set {
	uintptr_t *slots;
	size_t slot_count, len;
};

static struct {
	pthread_mutex_t lock;
	bool watching;
	size_t made, fail_at; /* fail_at 0: none fails */
	bool fail_after, failed;
	struct block_set live;
} torture_state = { .lock = PTHREAD_MUTEX_INITIALIZER };

static size_t home_of(const struct block_set *set, uintptr_t block)
{
	return (size_t)((block >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (set->slot_count - 1);
}

static size_t next_of(const struct block_set *set, size_t at)
{
	return (at + 1) & (set->slot_count - 1);
}

static void put_in_slot(struct block_set *set, uintptr_t block)
{
	size_t at = home_of(set, block);
	while (set->slots[at])
		at = next_of(set, at);
	set->slots[at] = block;
}

static void double_slots(struct block_set *set)
{
	struct block_set bigger = { .slot_count = set->slot_count ? 2 * set->slot_count : 1024, .len = set->len };
	bigger.slots = __real_calloc(bigger.slot_count, sizeof *bigger.slots);
	if (!bigger.slots)
		abort();
	for (size_t i = 0; i < set->slot_count; i++)
		if (set->slots[i])
			put_in_slot(&bigger, set->slots[i]);
	__real_free(set->slots);
	*set = bigger;
}

static void set_add(struct block_set *set, uintptr_t block)
{
	if (2 * set->len >= set->slot_count)
		double_slots(set);
	put_in_slot(set, block);
	set->len++;
}

static void set_remove(struct block_set *set, uintptr_t block)
{
	if (!set->len)
		return;
	size_t hole = home_of(set, block);
	while (set->slots[hole] && set->slots[hole] != block)
		hole = next_of(set, hole);
	if (!set->slots[hole])
		return;
	set->len--;
	for (size_t at = next_of(set, hole); set->slots[at]; at = next_of(set, at)) {
		size_t home = home_of(set, set->slots[at]);
		bool reaches_hole = ((at - home) & (set->slot_count - 1)) >= ((at - hole) & (set->slot_count - 1));
		if (reaches_hole) {
			set->slots[hole] = set->slots[at];
			hole = at;
		}
	}
	set->slots[hole] = 0;
}

/* Counts one allocation; true when it is to fail. */
static bool must_fail(void)
{
	pthread_mutex_lock(&torture_state.lock);
	bool fail = false;
	if (torture_state.watching) {
		size_t number = ++torture_state.made;
		fail = torture_state.fail_at && (number == torture_state.fail_at ||
						 (torture_state.fail_after && number > torture_state.fail_at));
		torture_state.failed |= fail;
	}
	pthread_mutex_unlock(&torture_state.lock);
	return fail;
}

static void *note_made(void *block)
{
	pthread_mutex_lock(&torture_state.lock);
	if (torture_state.watching && block)
		set_add(&torture_state.live, (uintptr_t)block);
	pthread_mutex_unlock(&torture_state.lock);
	return block;
}

static void note_gone(uintptr_t block)
{
	pthread_mutex_lock(&torture_state.lock);
	set_remove(&torture_state.live, block);
	pthread_mutex_unlock(&torture_state.lock);
}

void *__wrap_malloc(size_t size)
{
	return must_fail() ? NULL : note_made(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
	return must_fail() ? NULL : note_made(__real_calloc(count, size));
}

void *__wrap_realloc(void *block, size_t size)
{
	if (must_fail())
		return NULL;
	uintptr_t old = (uintptr_t)block;
	void *moved = __real_realloc(block, size);
	if (!moved)
		return NULL;
	note_gone(old);
	return note_made(moved);
}

void __wrap_free(void *block)
{
	note_gone((uintptr_t)block);
	__real_free(block);
}

void *__wrap_CRYPTO_secure_malloc(size_t size, const char *file, int line)
{
	return must_fail() ? NULL : __real_CRYPTO_secure_malloc(size, file, line);
}

void torture_watch(void)
{
	pthread_mutex_lock(&torture_state.lock);
	__real_free(torture_state.live.slots);
	torture_state.live = (struct block_set){ 0 };
	torture_state.made = torture_state.fail_at = 0;
	torture_state.failed = torture_state.fail_after = false;
	torture_state.watching = true;
	pthread_mutex_unlock(&torture_state.lock);
}

size_t torture_live_blocks(void)
{
	return torture_state.live.len;
}

void torture_unwatch(void)
{
	pthread_mutex_lock(&torture_state.lock);
	torture_state.watching = false;
	pthread_mutex_unlock(&torture_state.lock);
}

void torture_fail_at(size_t nth, int and_all_that_follow)
{
	torture_watch();
	torture_state.fail_at = nth;
	torture_state.fail_after = and_all_that_follow;
}

static void check_outcome(size_t nth, int result, const struct error *error)
{
	if (result == 0)
		fail_msg("allocation %zu failed, and the scenario succeeded all the same", nth);
	if (error && error->code != ERROR_NO_MEMORY)
		fail_msg("allocation %zu failed, and the error is %d: %s", nth, error->code, error->message);
}

static void check_nothing_kept(size_t nth, size_t blocks, size_t secure_bytes)
{
	if (blocks)
		fail_msg("allocation %zu failed: %zu blocks leaked", nth, blocks);
	if (secure_bytes)
		fail_msg("allocation %zu failed: %zu bytes of the secure heap leaked", nth, secure_bytes);
}

/* OpenSSL's count locks a lock that exists only once the heap does. */
static size_t secure_bytes_used(void)
{
	return CRYPTO_secure_malloc_initialized() ? CRYPTO_secure_used() : 0;
}

/* One run with allocation nth failing. False when the scenario ended before it. */
static bool run_round(torture_scenario scenario, void *data, size_t nth, bool and_all_that_follow)
{
	size_t secure_before = secure_bytes_used();
	struct error *error = NULL;
	torture_fail_at(nth, and_all_that_follow);
	int result = scenario(data, &error);
	torture_unwatch();
	bool failed = torture_state.failed;
	if (failed)
		check_outcome(nth, result, error);
	else if (result < 0)
		fail_msg("fails without a failing allocation: %s", error ? error->message : "no error set");
	error_freep(&error);
	check_nothing_kept(nth, torture_live_blocks(), secure_bytes_used() - secure_before);
	return failed;
}

size_t torture(torture_scenario scenario, void *data)
{
	size_t nth = 1;
	while (nth < MOST_ROUNDS && run_round(scenario, data, nth, false)) {
		run_round(scenario, data, nth, true);
		nth++;
	}
	assert_in_range(nth, 2, MOST_ROUNDS - 1);
	return nth - 1;
}
