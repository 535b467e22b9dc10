#include "triage/triage_internal.h"

bool scope_has_image(const struct incident *incident, struct slice registry, struct slice repository)
{
	if (!registry.data || !slice_list_has(incident->registries, registry))
		return false;
	if (incident->repositories.len == 0)
		return true;
	for (size_t i = 0; i < incident->repositories.len; i++)
		if (repository_below(repository, incident->repositories.items[i]))
			return true;
	return false;
}

bool scope_has_login(const struct incident *incident, struct slice registry, struct slice username)
{
	if (!registry.data || !slice_list_has(incident->registries, registry))
		return false;
	if (incident->accounts.len == 0)
		return true;
	for (size_t i = 0; i < incident->accounts.len; i++)
		if (username.data && slice_equal_nocase(incident->accounts.items[i], username))
			return true;
	return false;
}
