#include "derive/rows.h"

void user_counts_init(struct user_counts *counts, struct world *world)
{
	*counts = (struct user_counts){ .world = world, .all_read = true, .known = true };
}

static void count_one(struct user_counts *counts, struct map *map, const struct world_workload *workload)
{
	void **place = map_put(map, (struct slice){ (const char *)&workload, sizeof workload });
	if (place)
		*place = map;
	else
		counts->failed = true;
}

bool secret_can_pull(const struct world_secret *secret)
{
	for (size_t i = 0; i < secret->entries.len; i++) {
		const struct world_entry *entry = secret->entries.items[i];
		if (entry->record->kubelet_reads == BOOL_TRUE && entry->record->overridden != BOOL_TRUE && !entry->dead)
			return true;
	}
	return secret->blocks_pulls || secret->values_as_of == TIME_UNSET;
}

void user_counts_add(struct user_counts *counts, const struct world_secret *secret)
{
	bool can_pull = secret_can_pull(secret);
	bool all_read = world_users_known(secret->cluster, secret->record->namespace);
	counts->all_read &= all_read;
	counts->known &= all_read || !can_pull;
	for (size_t i = 0; i < secret->uses.len; i++) {
		const struct world_use *use = secret->uses.items[i];
		if (use->relation == USE_READS)
			count_one(counts, &counts->reading, use->workload);
		else if (can_pull && !use->workload)
			counts->accounts++;
		else if (can_pull && world_use_pulls(use))
			count_one(counts, &counts->pulling, use->workload);
	}
}

int64_t user_counts_users(const struct user_counts *counts, bool with_accounts)
{
	size_t users = counts->pulling.len + (with_accounts ? counts->accounts : 0);
	return users || counts->known ? (int64_t)users : INT_UNKNOWN;
}

int64_t user_counts_readers(const struct user_counts *counts)
{
	return counts->reading.len || counts->all_read ? (int64_t)counts->reading.len : INT_UNKNOWN;
}

void user_counts_release(struct user_counts *counts)
{
	map_release(&counts->pulling);
	map_release(&counts->reading);
}

/* The slot of an equal text, or the free one where it belongs. There is always a free one. */
static uint32_t *text_set_slot(const struct text_set *set, struct slice text)
{
	size_t mask = 2 * set->capacity - 1, at = hash_bytes(text) & mask;
	while (set->slots[at] && !slice_equal(set->items[set->slots[at] - 1], text))
		at = (at + 1) & mask;
	return &set->slots[at];
}

static int text_set_grow(struct text_set *set, struct arena *arena)
{
	struct text_set grown = { .len = set->len, .capacity = set->capacity ? 2 * set->capacity : 4 };
	grown.items = arena_zeroed(arena, grown.capacity, sizeof *grown.items);
	grown.slots = arena_zeroed(arena, 2 * grown.capacity, sizeof *grown.slots);
	if (!grown.items || !grown.slots)
		return -1;
	for (size_t i = 0; i < set->len; i++) {
		grown.items[i] = set->items[i];
		*text_set_slot(&grown, set->items[i]) = (uint32_t)i + 1;
	}
	*set = grown;
	return 0;
}

int text_set_add(struct text_set *set, struct slice text, struct arena *arena)
{
	if (!text.data)
		return 0;
	if (set->len == set->capacity && text_set_grow(set, arena) < 0)
		return -1;
	uint32_t *slot = text_set_slot(set, text);
	if (*slot)
		return 0;
	set->items[set->len++] = text;
	*slot = (uint32_t)set->len;
	return 0;
}

struct slice_list text_set_list(const struct text_set *set)
{
	/* An empty list is known to be empty; one without items pointer would be unknown. */
	static const struct slice none[1];
	return (struct slice_list){ set->items ? set->items : none, set->len };
}

static bool is_of(const struct world_entry *entry, const struct world_credential *credential)
{
	return !credential || (slice_equal(entry->record->fingerprint, credential->fingerprint) &&
			       slice_equal(entry->record->registry, credential->registry) &&
			       slice_equal(entry->record->username, credential->username) &&
			       slice_equal(entry->record->cred_kind, credential->cred_kind));
}

static bool secret_serves(const struct world *world, const struct world_secret *secret,
			  const struct world_credential *of, const struct slice *repository)
{
	for (size_t i = 0; i < secret->entries.len; i++) {
		const struct world_entry *entry = secret->entries.items[i];
		if (is_of(entry, of) && world_entry_serves(world, entry, repository))
			return true;
	}
	return false;
}

static int fill_images(struct world *world, const struct world_secret *secret, const struct world_credential *of,
		       const struct world_use *use, struct slice_list *ret_images)
{
	size_t count = use->workload && use->relation != USE_READS ? use->workload->repositories.len : 0;
	struct slice *images = arena_zeroed(&world->arena, count ? count : 1, sizeof *images);
	if (!images)
		return -1;
	*ret_images = (struct slice_list){ images, 0 };
	for (size_t i = 0; i < count; i++) {
		const struct slice *repository = use->workload->repositories.items[i];
		if (secret_serves(world, secret, of, repository))
			images[ret_images->len++] = *repository;
	}
	return 0;
}

int user_rows_fill(struct world *world, const struct world_secret *secret, const struct world_credential *of,
		   struct user *rows)
{
	static const char *const relations[] = { "pulls", "template", "service_account", "reads" };
	bool all_pods = world_scope_of(secret->cluster, SLICE("Pod"), secret->record->namespace) == SCOPE_READ;
	for (size_t i = 0; i < secret->uses.len; i++) {
		const struct world_use *use = secret->uses.items[i];
		struct user *row = &rows[i];
		record_init(&user_type, row);
		row->cluster = secret->cluster->name;
		row->cluster_uid = secret->cluster->record->uid;
		row->namespace = secret->record->namespace;
		row->workload_kind = use->workload ? use->workload->kind : SLICE("ServiceAccount");
		row->workload = use->workload ? use->workload->name : use->service_account->name;
		row->secret = secret->record->name;
		row->relation = slice_of(relations[use->relation]);
		row->via = use->via;
		bool pods_read = all_pods || use->pods || use->ended_pods;
		row->pods = pods_read ? (int64_t)use->pods : INT_UNKNOWN;
		row->ended_pods = pods_read ? (int64_t)use->ended_pods : INT_UNKNOWN;
		if (fill_images(world, secret, of, use, &row->images) < 0)
			return -1;
	}
	return 0;
}
