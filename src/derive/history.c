/* What earlier reads tell about the values of entries. Places outlive objects: a secret that was made anew under its
 * name is the same place. */
#include "credential/kind.h"
#include "derive/world_internal.h"

static int64_t earlier_of(int64_t a, int64_t b)
{
	if (a == TIME_UNSET || b == TIME_UNSET)
		return a == TIME_UNSET ? b : a;
	return a < b ? a : b;
}

/* Whether the value stands in its secret at the latest reading. */
static bool is_current(const struct entry_value *value, const struct world_secret *secret)
{
	return secret && secret->current && value->last_seen == secret->values_as_of;
}

int login_key(struct build *build, const struct login *login, struct slice *ret_key, struct error **err)
{
	/* A token without a user: entries leave the name out, their history has it empty. */
	struct slice username = login->username.data ? login->username : SLICE("");
	struct slice parts[] = { login->registry, credential_kind_is_token(login->cred_kind) ? SLICE_NONE : username,
				 login->fingerprint };
	return build_exact_key(build, parts, 3, ret_key, err);
}

static int value_key(struct build *build, const struct entry_value *value, struct slice *ret_key, struct error **err)
{
	struct login login = { value->registry, value->username, value->cred_kind, value->fingerprint };
	return login_key(build, &login, ret_key, err);
}

int login_find(struct build *build, const struct entry_value *value, struct login_history **ret_history,
	       struct error **err)
{
	struct slice key = SLICE_NONE;
	if (value_key(build, value, &key, err) < 0)
		return -1;
	*ret_history = map_get(&build->logins, key);
	return 0;
}

static int add_login(struct build *build, const struct entry_value *value, const struct world_secret *secret,
		     struct error **err)
{
	struct slice key = SLICE_NONE;
	if (value_key(build, value, &key, err) < 0)
		return -1;
	void **place = map_put(&build->logins, key);
	if (!place)
		return error_no_memory(err);
	struct login_history *history = *place;
	if (!history) {
		*place = history = build_new(build, sizeof *history, err);
		if (!history)
			return -1;
		history->written = history->seen = TIME_UNSET;
	}
	history->written = earlier_of(history->written, value->data_written);
	bool earlier = value->first_seen < value->last_seen || !is_current(value, secret);
	if (history->seen == TIME_UNSET || value->first_seen < history->seen) {
		history->seen = value->first_seen;
		history->earlier = earlier;
	} else if (value->first_seen == history->seen) {
		history->earlier |= earlier;
	}
	return 0;
}

/* `ordinal` is copied by value into the key, as its bytes. */
static int place_key(struct build *build, const struct entry_value *value, struct slice *ret_key, struct error **err)
{
	struct slice parts[] = { value->cluster,      value->namespace,
				 value->secret,       value->data_key,
				 value->registry_key, { (const char *)&value->ordinal, sizeof value->ordinal } };
	return build_exact_key(build, parts, sizeof parts / sizeof *parts, ret_key, err);
}

static int add_to_place(struct build *build, const struct entry_value *value, struct error **err)
{
	struct slice key = SLICE_NONE;
	if (place_key(build, value, &key, err) < 0)
		return -1;
	void **place = map_put(&build->places, key);
	if (!place)
		return error_no_memory(err);
	if (!*place && !(*place = build_new(build, sizeof(struct world_list), err)))
		return -1;
	return build_push(build, *place, value, err);
}

/* When the fingerprint was first seen in the place, and with which key it was made. */
static int64_t first_seen_of(const struct world_list *values, struct slice fingerprint, struct slice *ret_key_id)
{
	int64_t first = TIME_UNSET;
	for (size_t i = 0; i < values->len; i++) {
		const struct entry_value *value = values->items[i];
		if (!slice_equal(value->fingerprint, fingerprint))
			continue;
		first = earlier_of(first, value->first_seen);
		*ret_key_id = value->key_id;
	}
	return first;
}

/* The latest sight of another value before this one was ever seen: this one is younger, in this place. */
static int64_t latest_before(const struct world_list *values, struct slice fingerprint)
{
	struct slice key_id = SLICE_NONE;
	int64_t first = first_seen_of(values, fingerprint, &key_id), latest = TIME_UNSET;
	for (size_t i = 0; i < values->len; i++) {
		const struct entry_value *value = values->items[i];
		if (slice_equal(value->fingerprint, fingerprint) || !slice_equal(value->key_id, key_id))
			continue;
		/* One that came back later was there at its first sight at least. */
		int64_t seen = value->last_seen < first ? value->last_seen : value->first_seen;
		if (seen < first && seen > latest)
			latest = seen;
	}
	return latest;
}

int place_set_after(struct build *build, const struct entry_value *value, int64_t *ret_time, struct error **err)
{
	struct slice key = SLICE_NONE;
	if (place_key(build, value, &key, err) < 0)
		return -1;
	const struct world_list *values = map_get(&build->places, key);
	*ret_time = values ? latest_before(values, value->fingerprint) : TIME_UNSET;
	return 0;
}

static int set_entry(struct build *build, struct world_entry *entry, struct error **err)
{
	const struct entry *record = entry->record;
	struct entry_value value = { .cluster = record->cluster,
				     .namespace = record->namespace,
				     .secret = entry->secret->record->name,
				     .data_key = record->data_key,
				     .registry_key = record->registry_key,
				     .ordinal = record->ordinal,
				     .fingerprint = record->fingerprint };
	return record->fingerprint.len ? place_set_after(build, &value, &entry->set_after, err) : 0;
}

int history_build(struct build *build, struct error **err)
{
	for (size_t i = 0; i < build->observed.entry_values.len; i++) {
		const struct entry_value *value = RECORD_AT(build->observed.entry_values, entry_value, i);
		const struct world_cluster *cluster = build_cluster(build, value->cluster);
		if (!cluster || !value->fingerprint.len)
			continue;
		const struct world_secret *secret = map_get(&cluster->secrets_by_uid, value->secret_uid);
		if (add_login(build, value, secret, err) < 0 || add_to_place(build, value, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < build->world->clusters.len; i++) {
		const struct world_cluster *cluster = build->world->clusters.items[i];
		for (size_t j = 0; j < cluster->entries.len; j++) {
			if (set_entry(build, cluster->entries.items[j], err) < 0)
				return -1;
		}
	}
	return 0;
}
