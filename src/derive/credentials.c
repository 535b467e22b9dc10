#include <stdlib.h>

#include "derive/world_internal.h"

static struct world_credential *credential_of(struct build *build, struct map *credentials, const struct entry *record,
					      struct error **err)
{
	struct slice parts[] = { record->registry, record->username, record->cred_kind, record->fingerprint };
	struct world_credential like = { .registry = record->registry,
					 .username = record->username,
					 .cred_kind = record->cred_kind,
					 .fingerprint = record->fingerprint,
					 .not_changed_since = TIME_UNSET,
					 .set_after = TIME_UNSET };
	return build_login(build, credentials, parts, 4, &like, err);
}

/* A time at which the value is proven to have existed. Of equal ones the first that is told stays. */
static void prove(struct world_credential *credential, int64_t time, struct slice proof)
{
	if (time == TIME_UNSET)
		return;
	if (credential->not_changed_since != TIME_UNSET && credential->not_changed_since <= time)
		return;
	credential->not_changed_since = time;
	credential->age_proof = proof;
}

/* When its values were written. What was written after they were last read may be other ones. */
static int64_t written(const struct world_secret *secret)
{
	bool read_since = secret->values_as_of == secret->record->last_seen;
	return read_since || secret->record->data_written <= secret->values_as_of ? secret->record->data_written
										  : TIME_UNSET;
}

static void take_copy(struct world_credential *credential, const struct world_entry *entry)
{
	bool first = credential->entries.len == 1;
	if (!credential->cred_detail.data)
		credential->cred_detail = entry->record->cred_detail;
	if (!credential->key_id.data)
		credential->key_id = entry->record->key_id;
	/* TIME_UNSET is the least: one copy without another value before it leaves all without. */
	if (first || entry->set_after < credential->set_after)
		credential->set_after = entry->set_after;
	prove(credential, written(entry->secret), SLICE("managedFields"));
}

static int key_of(struct build *build, const struct world_credential *credential, struct slice *ret_key,
		  struct error **err)
{
	struct login login = { credential->registry, credential->username, credential->cred_kind,
			       credential->fingerprint };
	return login_key(build, &login, ret_key, err);
}

/* Tells its history that it is not a former one. */
static int mark_held(struct build *build, const struct world_credential *credential, struct error **err)
{
	struct slice key = SLICE_NONE;
	if (key_of(build, credential, &key, err) < 0)
		return -1;
	struct login_history *history = map_get(&build->logins, key);
	if (history)
		history->held = true;
	return 0;
}

static int set_age(struct build *build, struct world_credential *credential, struct error **err)
{
	struct slice key = SLICE_NONE;
	if (key_of(build, credential, &key, err) < 0)
		return -1;
	const struct login_history *history = map_get(&build->logins, key);
	if (history) {
		prove(credential, history->written, SLICE("managedFields"));
		prove(credential, history->seen, history->earlier ? SLICE("history") : SLICE("read"));
	}
	for (size_t i = 0; i < credential->entries.len; i++) {
		const struct world_entry *entry = credential->entries.items[i];
		prove(credential, entry->secret->values_as_of, SLICE("read"));
	}
	if (credential->set_after >= credential->not_changed_since)
		credential->set_after = TIME_UNSET;
	return 0;
}

static int compare_credentials(const void *a, const void *b)
{
	const struct world_credential *left = *(const struct world_credential *const *)a;
	const struct world_credential *right = *(const struct world_credential *const *)b;
	int order = slice_compare(left->registry, right->registry);
	if (!order)
		order = slice_compare(left->username, right->username);
	if (!order)
		order = slice_compare(left->cred_kind, right->cred_kind);
	return order ? order : slice_compare(left->fingerprint, right->fingerprint);
}

static int group_entries(struct build *build, const struct world_cluster *cluster, struct map *credentials,
			 struct error **err)
{
	for (size_t i = 0; i < cluster->entries.len; i++) {
		const struct world_entry *entry = cluster->entries.items[i];
		if (!entry->record->fingerprint.len)
			continue;
		struct world_credential *credential = credential_of(build, credentials, entry->record, err);
		if (!credential || build_push(build, &credential->entries, entry, err) < 0)
			return -1;
		take_copy(credential, entry);
	}
	return 0;
}

int credentials_build(struct build *build, struct error **err)
{
	CLEANUP(map_release) struct map credentials = { 0 };
	struct world_list *list = &build->world->credentials;
	for (size_t i = 0; i < build->world->clusters.len; i++) {
		if (group_entries(build, build->world->clusters.items[i], &credentials, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < list->len; i++) {
		if (mark_held(build, list->items[i], err) < 0)
			return -1;
	}
	if (former_build(build, err) < 0)
		return -1;
	for (size_t i = 0; i < list->len; i++) {
		if (set_age(build, list->items[i], err) < 0)
			return -1;
	}
	if (list->len)
		qsort(list->items, list->len, sizeof *list->items, compare_credentials);
	return 0;
}
