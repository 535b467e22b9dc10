#include "credential/keyring.h"
#include "derive/world_internal.h"

static int name_key(struct build *build, struct slice namespace, struct slice name, struct slice *ret_key,
		    struct error **err)
{
	struct slice parts[] = { namespace, name };
	return build_key(build, parts, 2, ret_key, err);
}

int secret_find(struct build *build, const struct world_cluster *cluster, struct slice namespace, struct slice name,
		struct world_secret **ret_secret, struct error **err)
{
	struct slice key = SLICE_NONE;
	if (name_key(build, namespace, name, &key, err) < 0)
		return -1;
	*ret_secret = map_get(&cluster->secrets_by_name, key);
	return 0;
}

/* A name belongs to one object at a time: of two, the one that was seen later is there. */
static struct world_secret *holder_of_name(struct world_secret *known, struct world_secret *added)
{
	if (!known)
		return added;
	if (known->current != added->current)
		return known->current ? known : added;
	if (known->record->last_seen == added->record->last_seen)
		return known;
	bool newer = added->record->last_seen > known->record->last_seen;
	*(newer ? &known->current : &added->current) = false;
	return newer ? added : known;
}

static int add_secret(struct build *build, const struct secret *record, struct error **err)
{
	struct world_cluster *cluster = build_cluster(build, record->cluster);
	if (!cluster)
		return 0;
	struct world_secret *secret = build_new(build, sizeof *secret, err);
	struct slice key = SLICE_NONE;
	void *kept = NULL;
	if (!secret || name_key(build, record->namespace, record->name, &key, err) < 0)
		return -1;
	secret->record = record;
	secret->cluster = cluster;
	secret->current = record->gone != BOOL_TRUE;
	secret->values_as_of = TIME_UNSET;
	void **place = map_put(&cluster->secrets_by_name, key);
	if (!place)
		return error_no_memory(err);
	*place = holder_of_name(*place, secret);
	if (build_put(&cluster->secrets_by_uid, record->uid, secret, &kept, err) < 0 ||
	    build_push(build, &cluster->secrets, secret, err) < 0)
		return -1;
	return build_push(build, &build->world->secrets, secret, err);
}

/* --- when its values were read --- */

static void note_values(struct build *build, struct slice identity, struct slice uid, int64_t seen)
{
	const struct world_cluster *cluster = build_cluster(build, identity);
	struct world_secret *secret = cluster && uid.data ? map_get(&cluster->secrets_by_uid, uid) : NULL;
	if (secret && seen > secret->values_as_of)
		secret->values_as_of = seen;
}

static bool may_cover(const struct coverage *coverage, const struct secret *secret)
{
	return slice_equal_text(coverage->kind, "Secret") && slice_equal_text(coverage->outcome, "metadata") &&
	       (slice_equal_text(coverage->namespace, "*") || slice_equal(coverage->namespace, secret->namespace)) &&
	       (slice_equal_text(coverage->subtype, "*") || slice_equal(coverage->subtype, secret->type));
}

/* Its latest reading, which found nothing in it, did not look: of a pull secret it would know whether it decodes. */
static bool was_not_looked_into(const struct build *build, const struct world_secret *secret)
{
	const struct record_list *all = &build->observed.coverage;
	if (secret->record->pull_type == BOOL_TRUE)
		return secret->record->decodes == BOOL_UNKNOWN;
	for (size_t i = 0; i < all->len; i++) {
		const struct coverage *coverage = RECORD_AT(*all, coverage, i);
		if (slice_equal(coverage->cluster, secret->record->cluster) && may_cover(coverage, secret->record))
			return true;
	}
	return false;
}

/* What was found in a secret stays known when only its metadata is read later (--metadata-only). */
static void find_values(struct build *build)
{
	const struct observed *observed = &build->observed;
	for (size_t i = 0; i < observed->entries.len; i++) {
		const struct entry *entry = RECORD_AT(observed->entries, entry, i);
		note_values(build, entry->cluster, entry->secret_uid, entry->last_seen);
	}
	for (size_t i = 0; i < observed->defects.len; i++) {
		const struct defect *defect = RECORD_AT(observed->defects, defect, i);
		if (slice_equal_text(defect->object_kind, "Secret"))
			note_values(build, defect->cluster, defect->object_uid, defect->last_seen);
	}
	for (size_t i = 0; i < build->world->secrets.len; i++) {
		struct world_secret *secret = build->world->secrets.items[i];
		if (secret->values_as_of != secret->record->last_seen && !was_not_looked_into(build, secret))
			secret->values_as_of = secret->record->last_seen;
	}
}

static int add_entry(struct build *build, const struct entry *record, struct error **err)
{
	struct world_cluster *cluster = build_cluster(build, record->cluster);
	struct world_secret *secret = cluster ? map_get(&cluster->secrets_by_uid, record->secret_uid) : NULL;
	if (!secret || !secret->current || record->last_seen != secret->values_as_of)
		return 0;
	struct world_entry *entry = build_new(build, sizeof *entry, err);
	if (!entry)
		return -1;
	entry->record = record;
	entry->secret = secret;
	entry->set_after = TIME_UNSET;
	if (secret->record->pull_type == BOOL_TRUE &&
	    keyring_key_is_dead(record->registry_key, &build->world->arena, &entry->dead, err) < 0)
		return -1;
	if (build_push(build, &secret->entries, entry, err) < 0)
		return -1;
	return build_push(build, &cluster->entries, entry, err);
}

static int add_account(struct build *build, const struct service_account *record, struct error **err)
{
	struct world_cluster *cluster = build_cluster(build, record->cluster);
	if (!cluster || record->gone == BOOL_TRUE)
		return 0;
	struct slice key = SLICE_NONE;
	void *kept = NULL;
	if (name_key(build, record->namespace, record->name, &key, err) < 0 ||
	    build_put(&cluster->accounts_by_name, key, record, &kept, err) < 0)
		return -1;
	return build_push(build, &cluster->accounts, record, err);
}

int secrets_build(struct build *build, struct error **err)
{
	const struct observed *observed = &build->observed;
	for (size_t i = 0; i < observed->secrets.len; i++) {
		if (add_secret(build, RECORD_AT(observed->secrets, secret, i), err) < 0)
			return -1;
	}
	for (size_t i = 0; i < observed->accounts.len; i++) {
		if (add_account(build, RECORD_AT(observed->accounts, service_account, i), err) < 0)
			return -1;
	}
	find_values(build);
	for (size_t i = 0; i < observed->entries.len; i++) {
		if (add_entry(build, RECORD_AT(observed->entries, entry, i), err) < 0)
			return -1;
	}
	for (size_t i = 0; i < build->world->secrets.len; i++) {
		struct world_secret *secret = build->world->secrets.items[i];
		secret->blocks_pulls = secret->current && secret->record->pull_type == BOOL_TRUE &&
				       secret->record->decodes == BOOL_FALSE;
	}
	return 0;
}
