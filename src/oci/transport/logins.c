#include "oci/transport/logins.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "credential/keyring.h"
#include "credential/registry_name.h"
#include "credential/vault.h"
#include "oci/transport/logins_internal.h"

struct logins {
	struct arena arena; /* not touched any more once they are asked */
	struct login_configs configs;
	struct login_helpers *helpers; /* have a lock of their own */
	struct keyring *keyring;       /* of it, sorted; owners: struct held */
	struct held *held;             /* all of it */
	size_t held_count;
};

/* A login of the vault. */
struct held {
	const struct vault_login *login;
	struct slice origin;
	bool whole; /* of all the registry: its key has no path */
};

int logins_new(struct logins **ret_logins, struct error **err)
{
	struct logins *logins = mem_alloc_zeroed(1, sizeof *logins);
	if (!logins)
		return error_no_memory(err);
	logins->arena = (struct arena)ARENA_INIT(LIMIT_LOGINS_BYTES);
	if (login_helpers_new(&logins->helpers, err) < 0) {
		logins_free(logins);
		return -1;
	}
	*ret_logins = logins;
	return 0;
}

struct logins *logins_free(struct logins *logins)
{
	if (!logins)
		return NULL;
	login_configs_release(&logins->configs);
	login_helpers_free(logins->helpers);
	if (logins->keyring)
		keyring_release(logins->keyring);
	arena_release(&logins->arena);
	return mem_free(logins);
}

int logins_add_docker_config(struct logins *logins, const struct docker_config_options *options, struct error **err)
{
	if (login_helpers_allow(logins->helpers, options->allowed_exec, err) < 0)
		return -1;
	return login_configs_read(&logins->configs, options, &logins->arena, err);
}

/* The first lookup sorts: here, where one thread is. */
static int sort_keyring(struct logins *logins, struct error **err)
{
	void **owners;
	size_t count;
	return keyring_lookup(logins->keyring, SLICE("docker.io/library/none"), &logins->arena, &owners, &count, err);
}

static int hold(struct logins *logins, const struct vault_login *login, struct error **err)
{
	struct held *held = &logins->held[logins->held_count];
	struct registry_name name = { 0 };
	bool added;
	if (registry_name_parse(login->registry_key, &logins->arena, &name, err) < 0)
		return -1;
	held->login = login;
	held->whole = !name.path.len;
	held->origin = arena_printf(&logins->arena, "secret %.*s", SLICE_ARG(login->place));
	if (!held->origin.data)
		return arena_fail(&logins->arena, err);
	logins->held_count++;
	return keyring_add(logins->keyring, login->registry_key, held, &logins->arena, &added, err);
}

int logins_add_vault(struct logins *logins, struct vault *vault, struct error **err)
{
	logins->keyring = arena_zeroed(&logins->arena, 1, sizeof *logins->keyring);
	logins->held = arena_zeroed(&logins->arena, vault_count(vault) + 1, sizeof *logins->held);
	if (!logins->keyring || !logins->held)
		return arena_fail(&logins->arena, err);
	for (size_t i = 0; i < vault_count(vault); i++)
		if (hold(logins, vault_at(vault, i), err) < 0)
			return -1;
	return sort_keyring(logins, err);
}

/* --- what fits --- */

/* One who asks: what fits, in the order of trying. */
struct search {
	const struct logins *logins;
	struct slice registry, repository;
	struct arena arena; /* of this search */
	struct {
		VEC(struct login)
	} found;
	struct slice problem; /* the first */
};

static void note_problem(struct search *search, struct slice problem)
{
	if (!search->problem.data)
		search->problem = problem;
}

static int push(struct search *search, const struct login *login, struct error **err)
{
	struct login *place = vec_push(&search->found);
	if (!place)
		return error_no_memory(err);
	*place = *login;
	return 0;
}

/* --- helpers --- */

static int ask_helper(struct search *search, struct slice name, struct error **err)
{
	const struct login_reply *reply;
	struct slice problem;
	if (login_helpers_ask(search->logins->helpers, name, login_server(search->registry), &reply, &problem, err) < 0)
		return -1;
	if (problem.data)
		note_problem(search, problem);
	if (!secret_is_set(&reply->secret))
		return 0;
	struct login login = { .username = reply->username, .origin = reply->program };
	*(reply->is_identity_token ? &login.identity_token : &login.password) = &reply->secret;
	return push(search, &login, err);
}

/* credHelpers: "HOST=HELPER", exact hosts and docker's patterns; the best that fits. */
static int find_helper(struct search *search, struct slice_list stores, struct slice *ret_name, struct error **err)
{
	unsigned best = 0;
	for (size_t i = 0; i < stores.len; i++) {
		struct slice host, name;
		unsigned fit = 0;
		if (!slice_cut_last(stores.items[i], '=', &host, &name))
			continue;
		if (login_match(host, search->registry, SLICE(""), &search->arena, &fit, err) < 0)
			return -1;
		if (fit > best) {
			best = fit;
			*ret_name = name;
		}
	}
	return 0;
}

/* credsStore: for every registry. */
static struct slice store_of(struct slice_list stores)
{
	for (size_t i = stores.len; i-- > 0;)
		if (stores.items[i].len && !slice_contains(stores.items[i], "="))
			return stores.items[i];
	return SLICE_NONE;
}

/* As docker asks: the registry's helper, or else the store. */
static int search_helpers(struct search *search, struct error **err)
{
	const struct login_configs *configs = &search->logins->configs;
	for (size_t i = 0; i < configs->len; i++) {
		struct slice name = SLICE_NONE;
		struct slice_list stores = configs->items[i].config.other_stores;
		if (find_helper(search, stores, &name, err) < 0)
			return -1;
		if (!name.data)
			name = store_of(stores);
		if (name.data && ask_helper(search, name, err) < 0)
			return -1;
	}
	return 0;
}

/* --- configs --- */

struct candidate {
	const struct login_config *config;
	const struct config_entry *entry;
	unsigned fit;
	size_t order;
};

struct candidates {
	VEC(struct candidate)
};

static void candidates_release(struct candidates *candidates)
{
	vec_release(candidates);
}

/* Of one entry, a token goes before the password beside it, as docker has it. */
static int form_rank(enum entry_form form)
{
	return form == ENTRY_REGISTRY_TOKEN ? 0 : form == ENTRY_IDENTITY_TOKEN ? 1 : 2;
}

static int by_fit(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;
	if (a->fit != b->fit)
		return a->fit > b->fit ? -1 : 1;
	int rank = form_rank(a->entry->form) - form_rank(b->entry->form);
	if (a->config == b->config && slice_equal(a->entry->key, b->entry->key) && rank)
		return rank;
	return a->order < b->order ? -1 : 1;
}

static int push_entry(struct search *search, const struct candidate *candidate, struct error **err)
{
	const struct config_entry *entry = candidate->entry;
	struct login login = { .username = entry->username, .origin = candidate->config->origin };
	if (slice_equal_text(entry->username, LOGIN_TOKEN_USER))
		login.username = SLICE(LOGIN_ANY_USER);
	*(entry->form == ENTRY_IDENTITY_TOKEN   ? &login.identity_token
	  : entry->form == ENTRY_REGISTRY_TOKEN ? &login.registry_token
						: &login.password) = &entry->secret;
	return push(search, &login, err);
}

static int add_candidate(struct search *search, struct candidates *candidates, const struct login_config *config,
			 size_t entry, unsigned fit, struct error **err)
{
	if (config->problems[entry].data) {
		note_problem(search, config->problems[entry]);
		return 0;
	}
	struct candidate *candidate = vec_push(candidates);
	if (!candidate)
		return error_no_memory(err);
	*candidate = (struct candidate){ config, &config->config.entries[entry], fit, candidates->len };
	return 0;
}

static int match_entries(struct search *search, struct candidates *candidates, struct error **err)
{
	const struct login_configs *configs = &search->logins->configs;
	for (size_t i = 0; i < configs->len; i++) {
		const struct docker_config *config = &configs->items[i].config;
		for (size_t n = 0; n < config->entry_count; n++) {
			const struct config_entry *entry = &config->entries[n];
			unsigned fit = 0;
			if (entry->overridden || !secret_length(&entry->secret))
				continue;
			if (login_match(entry->key, search->registry, search->repository, &search->arena, &fit, err) <
			    0)
				return -1;
			if (fit && add_candidate(search, candidates, &configs->items[i], n, fit, err) < 0)
				return -1;
		}
	}
	return 0;
}

static int search_configs(struct search *search, struct error **err)
{
	CLEANUP(candidates_release) struct candidates candidates = { 0 };
	if (match_entries(search, &candidates, err) < 0)
		return -1;
	if (candidates.len)
		qsort(candidates.items, candidates.len, sizeof *candidates.items, by_fit);
	for (size_t i = 0; i < candidates.len; i++)
		if (push_entry(search, &candidates.items[i], err) < 0)
			return -1;
	return 0;
}

/* --- the vault --- */

static int push_held(struct search *search, const struct held *held, struct error **err)
{
	const struct vault_login *from = held->login;
	struct login login = { .username = from->username,
			       .password = from->password,
			       .identity_token = from->identity_token,
			       .registry_token = from->registry_token,
			       .origin = held->origin,
			       .fingerprint = from->fingerprint };
	if (slice_equal_text(from->username, LOGIN_TOKEN_USER))
		login.username = SLICE(LOGIN_ANY_USER);
	return push(search, &login, err);
}

/* No image is asked for, so the kubelet has no rule: those of all the registry. */
static int search_vault_of_registry(struct search *search, struct error **err)
{
	const struct logins *logins = search->logins;
	for (size_t i = 0; i < logins->held_count; i++) {
		const struct held *held = &logins->held[i];
		if (held->whole && slice_equal(held->login->registry, search->registry) &&
		    push_held(search, held, err) < 0)
			return -1;
	}
	return 0;
}

static int search_vault(struct search *search, struct error **err)
{
	void **owners = NULL;
	size_t count = 0;
	if (!search->logins->keyring)
		return 0;
	if (!search->repository.len)
		return search_vault_of_registry(search, err);
	struct slice image = arena_printf(&search->arena, "%.*s/%.*s", SLICE_ARG(search->registry),
					  SLICE_ARG(search->repository));
	if (!image.data)
		return arena_fail(&search->arena, err);
	if (keyring_lookup(search->logins->keyring, image, &search->arena, &owners, &count, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (push_held(search, owners[i], err) < 0)
			return -1;
	return 0;
}

/* --- all of them --- */

static void search_release(struct search *search)
{
	vec_release(&search->found);
	arena_release(&search->arena);
}

int logins_find(const struct logins *logins, struct slice registry, struct slice repository, size_t n,
		struct login *ret_login, struct slice *ret_problem, struct error **err)
{
	CLEANUP(search_release)
	struct search search = { .logins = logins,
				 .registry = registry,
				 .repository = repository,
				 .arena = ARENA_INIT(LIMIT_LOGINS_BYTES) };
	if (search_helpers(&search, err) < 0 || search_configs(&search, err) < 0 || search_vault(&search, err) < 0)
		return -1;
	note_problem(&search, logins->configs.unreadable);
	if (ret_problem)
		*ret_problem = search.problem;
	if (n >= search.found.len)
		return 0;
	*ret_login = search.found.items[n];
	return 1;
}
