#include "credential/keyring.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/vec.h"
#include "credential/go_glob.h"
#include "credential/go_url.h"

#define DEFAULT_REGISTRY "index.docker.io"

static size_t count_labels(struct slice host)
{
	size_t count = 1;
	for (size_t i = 0; i < host.len; i++)
		count += host.data[i] == '.';
	return count;
}

static bool slice_has_prefix(struct slice text, struct slice prefix)
{
	return slice_equal(slice_part(text, 0, prefix.len), prefix) || prefix.len == 0;
}

/* --- one key --- */

static struct slice without_scheme(struct slice key)
{
	if (slice_starts_with(key, "https://"))
		return slice_part(key, sizeof "https://" - 1, key.len);
	if (slice_starts_with(key, "http://"))
		return slice_part(key, sizeof "http://" - 1, key.len);
	return key;
}

static struct slice without_version(struct slice path)
{
	if (slice_starts_with(path, "/v1/") || slice_starts_with(path, "/v2/"))
		path = slice_part(path, sizeof "/v1" - 1, path.len);
	return slice_equal_text(path, "/") ? SLICE("") : path;
}

/* The part of a key that the URL of its index gives: what is matched. */
static int parse_index(struct keyring_key *key, struct arena *arena, struct error **err)
{
	struct go_url url;
	if (go_url_parse(key->index, arena, &url, &key->matchable, err) < 0)
		return -1;
	if (!key->matchable)
		return 0;
	go_url_split_port(url.host, &key->host, &key->port);
	key->path = url.path;
	key->pattern = go_glob_is_pattern(key->host);
	return 0;
}

static int join_index(struct slice host, struct slice path, struct arena *arena, struct slice *ret_index,
		      struct error **err)
{
	char *index = arena_bytes(arena, host.len + path.len + 1);
	if (!index)
		return arena_fail(arena, err);
	memcpy(index, host.data, host.len);
	memcpy(index + host.len, path.data, path.len);
	index[host.len + path.len] = '\0';
	*ret_index = (struct slice){ index, host.len + path.len };
	return 0;
}

int keyring_key_parse(struct slice key, struct arena *arena, struct keyring_key *ret_key, bool *ret_usable,
		      struct error **err)
{
	struct go_url url;
	struct keyring_key parsed = { 0 };
	bool usable;
	if (go_url_parse(without_scheme(key), arena, &url, &usable, err) < 0)
		return -1;
	if (usable) {
		if (join_index(url.host, without_version(url.path), arena, &parsed.index, err) < 0 ||
		    parse_index(&parsed, arena, err) < 0)
			return -1;
		*ret_key = parsed;
	}
	*ret_usable = usable;
	return 0;
}

/* --- matching --- */

/* An image name, split as the indexes are. */
struct target {
	struct slice host, port, path;
	size_t labels;
};

static bool labels_match(struct slice pattern, struct slice host)
{
	struct slice pattern_label, host_label;
	do {
		slice_cut(pattern, '.', &pattern_label, &pattern);
		slice_cut(host, '.', &host_label, &host);
		if (!go_glob_match(pattern_label, host_label))
			return false;
	} while (pattern.data);
	return true;
}

static bool key_matches(const struct keyring_key *key, const struct target *target)
{
	if (!key->matchable || !slice_equal(key->port, target->port) || !slice_has_prefix(target->path, key->path))
		return false;
	if (!key->pattern)
		return slice_equal(key->host, target->host);
	return count_labels(key->host) == target->labels && labels_match(key->host, target->host);
}

static int parse_target(struct slice repository, struct arena *arena, struct target *ret_target, bool *ret_ok,
			struct error **err)
{
	struct go_url url;
	if (go_url_parse(repository, arena, &url, ret_ok, err) < 0)
		return -1;
	if (!*ret_ok)
		return 0;
	go_url_split_port(url.host, &ret_target->host, &ret_target->port);
	ret_target->path = url.path;
	ret_target->labels = count_labels(ret_target->host);
	return 0;
}

static bool is_default_registry(struct slice repository)
{
	struct slice domain, path, head, tail;
	bool has_path = slice_cut(repository, '/', &domain, &path);
	if (domain.len == 0)
		return false;
	if (!has_path || slice_equal_text(domain, "docker.io") || slice_equal_text(domain, DEFAULT_REGISTRY))
		return true;
	return !slice_cut(domain, '.', &head, &tail) && !slice_cut(domain, ':', &head, &tail);
}

bool keyring_key_matches(const struct keyring_key *key, struct slice repository)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);
	CLEANUP(error_freep) struct error *ignored = NULL;
	struct target target;
	bool ok;
	return parse_target(repository, &arena, &target, &ok, &ignored) == 0 && ok && key_matches(key, &target);
}

/* --- the ring --- */

int keyring_add(struct keyring *keyring, struct slice key, void *owner, struct arena *arena, bool *ret_added,
		struct error **err)
{
	struct keyring_key parsed;
	bool usable;
	if (keyring_key_parse(key, arena, &parsed, &usable, err) < 0)
		return -1;
	if (usable) {
		size_t order = keyring->len;
		struct keyring_item *item = vec_push(keyring);
		if (!item)
			return error_no_memory(err);
		*item = (struct keyring_item){ .key = parsed, .order = order, .owner = owner };
		keyring->sorted = false;
	}
	*ret_added = usable;
	return 0;
}

static int compare_items(const void *left, const void *right)
{
	const struct keyring_item *a = left, *b = right;
	int order = slice_compare(b->key.index, a->key.index);
	if (order != 0)
		return order;
	return a->order < b->order ? -1 : a->order > b->order;
}

static size_t collect_matches(const struct keyring *keyring, const struct target *target, void **owners)
{
	size_t count = 0;
	for (size_t i = 0; i < keyring->len; i++)
		if (key_matches(&keyring->items[i].key, target))
			owners[count++] = keyring->items[i].owner;
	return count;
}

static size_t collect_default(const struct keyring *keyring, void **owners)
{
	size_t count = 0;
	for (size_t i = 0; i < keyring->len; i++)
		if (slice_equal_text(keyring->items[i].key.index, DEFAULT_REGISTRY))
			owners[count++] = keyring->items[i].owner;
	return count;
}

int keyring_lookup(struct keyring *keyring, struct slice repository, struct arena *arena, void ***ret_owners,
		   size_t *ret_count, struct error **err)
{
	struct target target;
	bool ok;
	if (!keyring->sorted && keyring->len > 1)
		qsort(keyring->items, keyring->len, sizeof *keyring->items, compare_items);
	keyring->sorted = true;
	if (parse_target(repository, arena, &target, &ok, err) < 0)
		return -1;
	void **owners = arena_zeroed(arena, keyring->len + 1, sizeof *owners);
	if (!owners)
		return arena_fail(arena, err);
	size_t count = ok ? collect_matches(keyring, &target, owners) : 0;
	if (count == 0 && is_default_registry(repository))
		count = collect_default(keyring, owners);
	*ret_owners = owners;
	*ret_count = count;
	return 0;
}

void keyring_release(struct keyring *keyring)
{
	vec_release(keyring);
	keyring->sorted = false;
}
