#include "credential/vault.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "base/vec.h"

struct vault {
	pthread_mutex_t lock;
	/* One piece of the secure heap, taken at the start: many small ones that stay would leave no room in one piece
	 * for a large Secret. */
	struct secret_bytes values;
	size_t used; /* of values */
	struct arena texts;
	struct map known; /* key, user, fingerprint -> index + 1 in logins */
	struct {
		VEC(struct vault_login)
	} logins;
	bool full, sorted;
};

int vault_new(struct vault **ret_vault, struct error **err)
{
	struct vault *vault = mem_alloc_zeroed(1, sizeof *vault);
	if (!vault)
		return error_no_memory(err);
	vault->texts = (struct arena)ARENA_INIT(LIMIT_VAULT_TEXT_BYTES);
	pthread_mutex_init(&vault->lock, NULL);
	if (secret_alloc(&vault->values, LIMIT_VAULT_VALUE_BYTES, err) < 0) {
		vault_free(vault);
		return -1;
	}
	*ret_vault = vault;
	return 0;
}

struct vault *vault_free(struct vault *vault)
{
	if (!vault)
		return NULL;
	secret_release(&vault->values);
	arena_release(&vault->texts);
	map_release(&vault->known);
	vec_release(&vault->logins);
	pthread_mutex_destroy(&vault->lock);
	return mem_free(vault);
}

/* --- putting --- */

static int add_part(struct strbuf *identity, struct slice part)
{
	strbuf_addf(identity, "%zu:", part.len);
	strbuf_add_slice(identity, part);
	return identity->failure;
}

/* The place in `known`; NULL: too long, or no memory. */
static void **find(struct vault *vault, const struct vault_login *login)
{
	CLEANUP(strbuf_release) struct strbuf identity = STRBUF_INIT(LIMIT_VAULT_TEXT_BYTES);
	if (add_part(&identity, login->registry_key) || add_part(&identity, login->username) ||
	    add_part(&identity, login->fingerprint))
		return NULL;
	return map_put(&vault->known, strbuf_slice(&identity));
}

static size_t value_bytes(const struct vault_login *login)
{
	const struct secret_bytes *values[] = { login->password, login->identity_token, login->registry_token };
	size_t sum = 0;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		sum += values[i] ? secret_length(values[i]) : 0;
	return sum;
}

/* There is room: value_bytes was asked before. */
static int copy_value(struct vault *vault, const struct secret_bytes **value)
{
	if (!*value)
		return 0;
	struct secret_bytes *copy = arena_zeroed(&vault->texts, 1, sizeof *copy);
	struct slice bytes = secret_reveal(*value);
	if (!copy)
		return -1;
	*copy = (struct secret_bytes){ secret_room(&vault->values) + vault->used, bytes.len, bytes.len };
	if (bytes.len)
		memcpy(copy->secret_data, bytes.data, bytes.len);
	vault->used += bytes.len;
	*value = copy;
	return 0;
}

static int copy_texts(struct vault *vault, struct vault_login *login)
{
	struct slice *texts[] = { &login->registry_key, &login->registry, &login->username, &login->fingerprint,
				  &login->place };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (arena_copy(&vault->texts, *texts[i], texts[i]) < 0)
			return -1;
	return 0;
}

/* What is wanted more than was planned for is told, and is no failure. */
static int say_full(struct vault *vault)
{
	vault->full = true;
	return 0;
}

static int fail_texts(struct vault *vault, struct error **err)
{
	return vault->texts.failure == ERROR_LIMIT ? say_full(vault) : arena_fail(&vault->texts, err);
}

/* Several clusters may hold it, in an order that nobody knows: the place is the first by name. */
static int keep_first_place(struct vault *vault, struct vault_login *login, struct slice place, struct error **err)
{
	if (!place.data || (login->place.data && slice_compare(login->place, place) <= 0))
		return 1;
	return arena_copy(&vault->texts, place, &login->place) < 0 ? fail_texts(vault, err) : 1;
}

static int add(struct vault *vault, const struct vault_login *login, void **place, struct error **err)
{
	struct vault_login copy = *login;
	if (vault->logins.len >= LIMIT_VAULT_LOGINS || value_bytes(login) > LIMIT_VAULT_VALUE_BYTES - vault->used)
		return say_full(vault);
	if (copy_texts(vault, &copy) < 0 || copy_value(vault, &copy.password) < 0 ||
	    copy_value(vault, &copy.identity_token) < 0 || copy_value(vault, &copy.registry_token) < 0)
		return fail_texts(vault, err);
	struct vault_login *new = vec_push(&vault->logins);
	if (!new)
		return error_no_memory(err);
	*new = copy;
	*place = (void *)(uintptr_t)vault->logins.len;
	return 1;
}

static int put(struct vault *vault, const struct vault_login *login, struct error **err)
{
	if (login->registry_key.len + login->username.len > LIMIT_VAULT_TEXT_BYTES / 4)
		return say_full(vault);
	void **place = find(vault, login);
	if (!place)
		return error_no_memory(err);
	if (*place)
		return keep_first_place(vault, &vault->logins.items[(uintptr_t)*place - 1], login->place, err);
	return add(vault, login, place, err);
}

int vault_put(struct vault *vault, const struct vault_login *login, struct error **err)
{
	pthread_mutex_lock(&vault->lock);
	int got = put(vault, login, err);
	pthread_mutex_unlock(&vault->lock);
	return got;
}

/* --- reading --- */

static int by_identity(const void *left, const void *right)
{
	const struct vault_login *a = left, *b = right;
	int order = slice_compare(a->registry_key, b->registry_key);
	order = order ? order : slice_compare(a->username, b->username);
	return order ? order : slice_compare(a->fingerprint, b->fingerprint);
}

size_t vault_count(const struct vault *vault)
{
	return vault->logins.len;
}

bool vault_was_full(const struct vault *vault)
{
	return vault->full;
}

const struct vault_login *vault_at(struct vault *vault, size_t i)
{
	pthread_mutex_lock(&vault->lock);
	if (!vault->sorted && vault->logins.len)
		qsort(vault->logins.items, vault->logins.len, sizeof *vault->logins.items, by_identity);
	vault->sorted = true;
	pthread_mutex_unlock(&vault->lock);
	return &vault->logins.items[i];
}
