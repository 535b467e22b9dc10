#include "derive/world_internal.h"

/* Whether what was seen from first to last was there at the time, or at one of the two ends. */
static bool seen_at(int64_t first, int64_t last, int64_t time)
{
	return first <= time && last >= time;
}

/* A part of a secret that is there now and was not at the read before, or the reverse. */
static void compare_part(struct world_secret *secret, int64_t first_seen, int64_t last_seen)
{
	if (!secret || !slice_equal_text(secret->change, "same"))
		return;
	/* A later read that left it out without calling it gone tells nothing of it. */
	if (secret->record->last_seen < secret->cluster->secrets_before)
		return;
	bool now = last_seen == secret->values_as_of;
	if (now != seen_at(first_seen, last_seen, secret->cluster->secrets_before))
		secret->change = SLICE("changed");
}

static void set_change(struct world_secret *secret)
{
	int64_t before = secret->cluster->secrets_before;
	if (!secret->current)
		secret->change = SLICE("gone");
	else if (before == TIME_UNSET)
		secret->change = SLICE_NONE;
	else
		secret->change = secret->record->first_seen > before ? SLICE("new") : SLICE("same");
}

static struct world_secret *secret_of(struct build *build, struct slice identity, struct slice uid)
{
	const struct world_cluster *cluster = build_cluster(build, identity);
	return cluster ? map_get(&cluster->secrets_by_uid, uid) : NULL;
}

void changes_build(struct build *build)
{
	for (size_t i = 0; i < build->world->secrets.len; i++)
		set_change(build->world->secrets.items[i]);
	for (size_t i = 0; i < build->observed.entries.len; i++) {
		const struct entry *entry = RECORD_AT(build->observed.entries, entry, i);
		compare_part(secret_of(build, entry->cluster, entry->secret_uid), entry->first_seen, entry->last_seen);
	}
	for (size_t i = 0; i < build->observed.entry_values.len; i++) {
		const struct entry_value *value = RECORD_AT(build->observed.entry_values, entry_value, i);
		compare_part(secret_of(build, value->cluster, value->secret_uid), value->first_seen, value->last_seen);
	}
}
