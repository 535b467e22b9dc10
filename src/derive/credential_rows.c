#include "base/limits.h"
#include "base/strbuf.h"
#include "derive/rows.h"

/* What is counted over the copies of one credential. */
struct tally {
	struct world *world;
	struct user_counts users;
	struct map clusters, namespaces; /* by address, by cluster's address and name */
	struct strbuf key;
	struct world_list secrets; /* const struct world_secret *, each once */
	struct text_set managers;
	size_t use_count;
	bool dead, shadowed, immutable, blocks, kubelet, listed;
};

static void tally_release(struct tally *tally)
{
	user_counts_release(&tally->users);
	map_release(&tally->clusters);
	map_release(&tally->namespaces);
	strbuf_release(&tally->key);
}

static int note_once(struct map *map, const struct strbuf *key)
{
	void **place = key->failure ? NULL : map_put(map, strbuf_slice(key));
	if (!place)
		return -1;
	*place = map;
	return 0;
}

static int tally_place(struct tally *tally, const struct world_secret *secret)
{
	const struct world_cluster *cluster = secret->cluster;
	strbuf_clear(&tally->key);
	strbuf_add(&tally->key, &cluster, sizeof cluster);
	if (note_once(&tally->clusters, &tally->key) < 0)
		return -1;
	strbuf_add_slice(&tally->key, secret->record->namespace);
	return note_once(&tally->namespaces, &tally->key);
}

static int tally_secret(struct tally *tally, const struct world_secret *secret)
{
	/* Entries come secret by secret. */
	if (tally->secrets.len && tally->secrets.items[tally->secrets.len - 1] == secret)
		return 0;
	user_counts_add(&tally->users, secret);
	tally->use_count += secret->uses.len;
	tally->immutable |= secret->record->immutable == BOOL_TRUE;
	tally->blocks |= secret->blocks_pulls;
	for (size_t i = 0; i < secret->uses.len && !tally->listed; i++) {
		const struct world_use *use = secret->uses.items[i];
		tally->listed = world_use_pulls(use);
	}
	if (tally_place(tally, secret) < 0 ||
	    text_set_add(&tally->managers, secret->record->managed_by, &tally->world->arena) < 0)
		return -1;
	return world_list_push(&tally->secrets, (void *)(uintptr_t)secret, &tally->world->arena);
}

static int64_t copy_users(struct world *world, const struct world_secret *secret, bool *ret_failed)
{
	CLEANUP(user_counts_release) struct user_counts counts;
	user_counts_init(&counts, world);
	user_counts_add(&counts, secret);
	*ret_failed |= counts.failed;
	return user_counts_users(&counts, false);
}

static void fill_copy(const struct world_entry *entry, int64_t users, struct copy *row)
{
	const struct secret *secret = entry->secret->record;
	record_init(&copy_type, row);
	row->cluster = entry->secret->cluster->name;
	row->cluster_uid = entry->secret->cluster->record->uid;
	row->namespace = secret->namespace;
	row->secret = secret->name;
	row->secret_type = secret->type;
	row->data_key = entry->record->data_key;
	row->registry_key = entry->record->registry_key;
	row->kubelet_reads = entry->record->kubelet_reads;
	row->dead_key = entry->dead ? BOOL_TRUE : BOOL_FALSE;
	row->data_written = secret->data_written;
	row->data_written_by = secret->data_written_by;
	row->immutable = secret->immutable;
	row->managed_by = secret->managed_by;
	row->managed_at = secret->managed_at;
	row->users = users;
	row->last_seen = entry->secret->values_as_of;
}

static int fill_copies(struct tally *tally, const struct world_credential *source, struct credential *row)
{
	struct world *world = tally->world;
	struct copy *copies = arena_zeroed(&world->arena, source->entries.len, sizeof *copies);
	if (!copies)
		return -1;
	const struct world_secret *counted = NULL; /* entries come secret by secret */
	int64_t users = INT_UNKNOWN;
	for (size_t i = 0; i < source->entries.len; i++) {
		const struct world_entry *entry = source->entries.items[i];
		if (entry->secret != counted)
			users = copy_users(world, entry->secret, &tally->users.failed);
		counted = entry->secret;
		fill_copy(entry, users, &copies[i]);
		tally->dead |= entry->dead;
		tally->shadowed |= entry->shadowed;
		tally->kubelet |= entry->record->kubelet_reads == BOOL_TRUE &&
				  entry->secret->record->pull_type == BOOL_TRUE;
		if (tally_secret(tally, entry->secret) < 0)
			return -1;
	}
	row->copies = (struct record_list){ copies, source->entries.len };
	return tally->users.failed ? -1 : 0;
}

static int fill_used_by(const struct tally *tally, const struct world_credential *source, struct credential *row)
{
	struct user *users = arena_zeroed(&tally->world->arena, tally->use_count + 1, sizeof *users);
	size_t count = 0;
	if (!users)
		return -1;
	for (size_t i = 0; i < tally->secrets.len; i++) {
		const struct world_secret *secret = tally->secrets.items[i];
		if (user_rows_fill(tally->world, secret, source, users + count) < 0)
			return -1;
		count += secret->uses.len;
	}
	row->used_by = (struct record_list){ users, count };
	return 0;
}

static int fill_notes(const struct tally *tally, struct credential *row)
{
	const struct {
		bool holds;
		const char *note;
	} notes[] = {
		{ tally->dead, "dead_key" },        { tally->shadowed, "shadowed" },
		{ tally->immutable, "immutable" },  { tally->blocks, "blocks_pulls" },
		{ !tally->kubelet, "not_kubelet" }, { !tally->listed && tally->users.all_read, "unused" },
	};
	struct text_set set = { 0 };
	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
		if (notes[i].holds && text_set_add(&set, slice_of(notes[i].note), &tally->world->arena) < 0)
			return -1;
	}
	row->notes = text_set_list(&set);
	return 0;
}

static void fill_identity(const struct world_credential *source, struct credential *row)
{
	record_init(&credential_type, row);
	row->registry = source->registry;
	row->username = source->username;
	row->cred_kind = source->cred_kind;
	row->cred_detail = source->cred_detail;
	row->fingerprint = source->fingerprint;
	row->key_id = source->key_id;
	row->not_changed_since = source->not_changed_since;
	row->set_after = source->set_after;
	row->age_proof = source->age_proof;
}

static void fill_former_copy(const struct world_former *former, struct copy *row)
{
	record_init(&copy_type, row);
	row->cluster = former->cluster->name;
	row->cluster_uid = former->cluster->record->uid;
	row->namespace = former->namespace;
	row->secret = former->secret;
	row->data_key = former->data_key;
	row->registry_key = former->registry_key;
	row->users = 0;
	row->last_seen = former->last_seen;
}

/* No secret holds it, so nobody here uses it; whether it still works, only its registry knows. */
static int fill_former(struct world *world, const struct world_credential *source, struct credential *row)
{
	struct copy *copies = arena_zeroed(&world->arena, source->former.len, sizeof *copies);
	struct text_set notes = { 0 }, managers = { 0 };
	if (!copies || text_set_add(&notes, SLICE("former"), &world->arena) < 0)
		return -1;
	for (size_t i = 0; i < source->former.len; i++)
		fill_former_copy(source->former.items[i], &copies[i]);
	row->copies = (struct record_list){ copies, source->former.len };
	row->used_by = (struct record_list){ copies, 0 };
	row->notes = text_set_list(&notes);
	row->reverted_by = text_set_list(&managers);
	row->secrets = row->namespaces = row->clusters = row->users = row->readers = 0;
	return 0;
}

struct credential *world_credential_row(struct world *world, const struct world_credential *credential)
{
	struct credential *row = arena_zeroed(&world->arena, 1, sizeof *row);
	CLEANUP(tally_release) struct tally tally = { .world = world, .key = STRBUF_INIT(LIMIT_ROW_BYTES) };
	if (!row)
		return NULL;
	user_counts_init(&tally.users, world);
	fill_identity(credential, row);
	if (!credential->entries.len)
		return fill_former(world, credential, row) < 0 ? NULL : row;
	if (fill_copies(&tally, credential, row) < 0 || fill_used_by(&tally, credential, row) < 0 ||
	    fill_notes(&tally, row) < 0)
		return NULL;
	row->secrets = (int64_t)tally.secrets.len;
	row->namespaces = (int64_t)tally.namespaces.len;
	row->clusters = (int64_t)tally.clusters.len;
	row->users = user_counts_users(&tally.users, false);
	row->readers = user_counts_readers(&tally.users);
	row->reverted_by = text_set_list(&tally.managers);
	return row;
}
