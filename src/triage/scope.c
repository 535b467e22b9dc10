#include "triage/triage_internal.h"

static bool list_has(struct slice_list list, struct slice text)
{
	for (size_t i = 0; i < list.len; i++)
		if (slice_equal(list.items[i], text))
			return true;
	return false;
}

/* "acme" holds "acme" and "acme/web", not "acmecorp/web". */
static bool path_below(struct slice path, struct slice prefix)
{
	if (prefix.len > path.len || memcmp(path.data, prefix.data, prefix.len) != 0)
		return false;
	return path.len == prefix.len || path.data[prefix.len] == '/';
}

bool scope_has_image(const struct incident *incident, struct slice registry, struct slice repository)
{
	if (!registry.data || !list_has(incident->registries, registry))
		return false;
	if (incident->repositories.len == 0)
		return true;
	for (size_t i = 0; i < incident->repositories.len; i++)
		if (repository.data && path_below(repository, incident->repositories.items[i]))
			return true;
	return false;
}

bool scope_has_login(const struct incident *incident, struct slice registry, struct slice username)
{
	if (!registry.data || !list_has(incident->registries, registry))
		return false;
	if (incident->accounts.len == 0)
		return true;
	for (size_t i = 0; i < incident->accounts.len; i++)
		if (username.data && slice_equal_nocase(incident->accounts.items[i], username))
			return true;
	return false;
}
