#include "credential/go_glob.h"
#include "credential/registry_name.h"
#include "oci/transport/logins_internal.h"

#define HUB "docker.io"
#define HUB_SERVER "https://index.docker.io/v1/"

/* Each better than all of the one below, whatever the length of a path or pattern. */
#define FIT_PATTERN 1
#define FIT_HOST 1000
#define FIT_EXACT 1001
#define FIT_PATH 2000
/* A host has at most 255 characters, a path too. */
#define LENGTH_MAX 900

static unsigned bounded(size_t length)
{
	return (unsigned)(length < LENGTH_MAX ? length : LENGTH_MAX);
}

static bool is_url(struct slice key)
{
	return slice_starts_with(key, "http://") || slice_starts_with(key, "https://");
}

/* team/app is in team and in team/app, not in team/ap. */
static bool is_in(struct slice repository, struct slice path)
{
	return repository.len >= path.len && slice_equal(slice_part(repository, 0, path.len), path) &&
	       (repository.len == path.len || repository.data[path.len] == '/');
}

struct slice login_server(struct slice registry)
{
	return slice_equal_text(registry, HUB) ? SLICE(HUB_SERVER) : registry;
}

static bool is_exact(struct slice key, struct slice registry)
{
	return slice_equal(key, login_server(registry)) || slice_equal(key, registry);
}

/* --- patterns: docker's, from 2026 on --- */

static size_t label_count(struct slice host)
{
	size_t count = 1;
	for (size_t i = 0; i < host.len; i++)
		count += host.data[i] == '.';
	return count;
}

static bool has_star(struct slice text)
{
	return slice_contains(text, "*");
}

/* Label by label; three at least, and the last two as they stand. */
static bool labels_match(struct slice pattern, struct slice host)
{
	size_t left = label_count(pattern);
	if (left < 3 || left != label_count(host))
		return false;
	struct slice wanted, label;
	for (; left > 0; left--) {
		slice_cut(pattern, '.', &wanted, &pattern);
		slice_cut(host, '.', &label, &host);
		if (left <= 2 ? !slice_equal(wanted, label) : !go_glob_match(wanted, label))
			return false;
	}
	return true;
}

static unsigned pattern_fit(struct slice pattern, struct slice registry)
{
	size_t plain = 0;
	if (!has_star(pattern) || slice_contains(pattern, "?") || slice_contains(pattern, "[") ||
	    slice_contains(pattern, "\\") || !labels_match(pattern, registry))
		return 0;
	for (size_t i = 0; i < pattern.len; i++)
		plain += pattern.data[i] != '*';
	return FIT_PATTERN + bounded(plain);
}

int login_match(struct slice key, struct slice registry, struct slice repository, struct arena *arena,
		unsigned *ret_fit, struct error **err)
{
	struct registry_name name = { 0 };
	*ret_fit = 0;
	if (registry_name_parse(key, arena, &name, err) < 0)
		return -1;
	bool has_path = name.path.len && !is_url(key); /* docker cuts the path of a URL off, and so does podman */
	if (name.wildcard)
		*ret_fit = is_url(key) || has_path ? 0 : pattern_fit(name.registry, registry);
	else if (!slice_equal(name.registry, registry))
		*ret_fit = 0;
	else if (has_path)
		*ret_fit = is_in(repository, name.path) ? FIT_PATH + bounded(name.path.len) : 0;
	else
		*ret_fit = is_exact(key, registry) ? FIT_EXACT : FIT_HOST;
	return 0;
}
