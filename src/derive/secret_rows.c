#include "derive/rows.h"

static struct slice_list repository_texts(struct world *world, const struct world_entry *entry)
{
	struct slice *texts = arena_zeroed(&world->arena, entry->images.len ? entry->images.len : 1, sizeof *texts);
	if (!texts)
		return (struct slice_list){ 0 };
	for (size_t i = 0; i < entry->images.len; i++)
		texts[i] = *(const struct slice *)entry->images.items[i];
	return (struct slice_list){ texts, entry->images.len };
}

static int fill_entries(struct world *world, const struct world_secret *secret, struct secret_row *row)
{
	struct secret_entry *rows = arena_zeroed(&world->arena, secret->entries.len + 1, sizeof *rows);
	struct text_set registries = { 0 };
	if (!rows)
		return -1;
	for (size_t i = 0; i < secret->entries.len; i++) {
		const struct world_entry *entry = secret->entries.items[i];
		record_init(&secret_entry_type, &rows[i]);
		rows[i].registry = entry->record->registry;
		rows[i].registry_key = entry->record->registry_key;
		rows[i].username = entry->record->username;
		rows[i].cred_kind = entry->record->cred_kind;
		rows[i].fingerprint = entry->record->fingerprint;
		rows[i].form = entry->record->form;
		rows[i].kubelet_reads = entry->record->kubelet_reads;
		rows[i].dead_key = entry->dead ? BOOL_TRUE : BOOL_FALSE;
		rows[i].matches = repository_texts(world, entry);
		if (!rows[i].matches.items || text_set_add(&registries, entry->record->registry, &world->arena) < 0)
			return -1;
	}
	row->entries = (struct record_list){ rows, secret->entries.len };
	row->entries_count = (int64_t)secret->entries.len;
	row->registries = text_set_list(&registries);
	return 0;
}

/* "bad_base64 at /auths/hub.example/auth" */
static int fill_defects(struct world *world, const struct world_secret *secret, struct secret_row *row)
{
	struct text_set texts = { 0 };
	for (size_t i = 0; i < secret->defects.len; i++) {
		const struct defect *defect = secret->defects.items[i];
		struct slice text = defect->code;
		if (defect->place.len)
			text = arena_printf(&world->arena, "%.*s at %.*s", SLICE_ARG(defect->code),
					    SLICE_ARG(defect->place));
		if (!text.data || text_set_add(&texts, text, &world->arena) < 0)
			return -1;
	}
	row->defects = text_set_list(&texts);
	return 0;
}

static int fill_users(struct world *world, const struct world_secret *secret, struct secret_row *row)
{
	CLEANUP(user_counts_release) struct user_counts counts;
	user_counts_init(&counts, world);
	user_counts_add(&counts, secret);
	struct user *users = arena_zeroed(&world->arena, secret->uses.len + 1, sizeof *users);
	if (counts.failed || !users || user_rows_fill(world, secret, NULL, users) < 0)
		return -1;
	row->users = user_counts_users(&counts, true);
	row->used_by = (struct record_list){ users, secret->uses.len };
	return 0;
}

struct secret_row *world_secret_row(struct world *world, const struct world_secret *secret)
{
	const struct secret *record = secret->record;
	struct secret_row *row = arena_zeroed(&world->arena, 1, sizeof *row);
	if (!row)
		return NULL;
	record_init(&secret_row_type, row);
	row->cluster = secret->cluster->name;
	row->cluster_uid = secret->cluster->record->uid;
	row->namespace = record->namespace;
	row->name = record->name;
	row->uid = record->uid;
	row->secret_type = record->type;
	row->created = record->created;
	row->data_written = record->data_written;
	row->data_written_by = record->data_written_by;
	row->immutable = record->immutable;
	row->managed_by = record->managed_by;
	row->managed_at = record->managed_at;
	bool looked_into = secret->values_as_of != TIME_UNSET;
	if (looked_into)
		row->blocks_pulls = secret->blocks_pulls ? BOOL_TRUE : BOOL_FALSE;
	row->change = secret->change;
	row->first_seen = record->first_seen;
	row->last_seen = record->last_seen;
	if (looked_into && (fill_entries(world, secret, row) < 0 || fill_defects(world, secret, row) < 0))
		return NULL;
	if (fill_users(world, secret, row) < 0)
		return NULL;
	return row;
}
