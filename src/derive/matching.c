/* What the kubelet would pull with what, per namespace: each distinct (ordered list of pull secrets, repository) is
 * looked up once. */
#include "base/limits.h"
#include "credential/keyring.h"
#include "derive/world_internal.h"

/* The keyring of one list of pull secrets in one namespace. */
struct pull_list {
	struct keyring keyring;
	struct world_list last_resort; /* struct world_entry * that are asked only when no other matches */
	bool blocked;                  /* one of the secrets does not decode: the kubelet gives up on all */
};

struct matching {
	struct build *build;
	struct arena scratch; /* of one look into a keyring */
	struct map lists;     /* exact key of cluster, namespace, names -> struct pull_list * */
	struct map asked;     /* (list, repository) */
};

static void matching_release(struct matching *matching)
{
	for (size_t i = 0; i < matching->lists.len; i++) {
		struct pull_list *list = matching->lists.items[i].value;
		if (list)
			keyring_release(&list->keyring);
	}
	map_release(&matching->lists);
	map_release(&matching->asked);
	arena_release(&matching->scratch);
}

static int add_entry(struct build *build, struct pull_list *list, struct world_entry *entry, struct error **err)
{
	struct arena *arena = &build->world->arena;
	struct slice key = entry->record->registry_key;
	bool added = false;
	if (keyring_add(&list->keyring, key, entry, arena, &added, err) < 0)
		return -1;
	if (added && slice_equal_text(list->keyring.items[list->keyring.len - 1].key.index, "index.docker.io"))
		return build_push(build, &list->last_resort, entry, err);
	return 0;
}

static int add_secret_entries(struct build *build, struct pull_list *list, const struct world_secret *secret,
			      struct error **err)
{
	for (size_t i = 0; i < secret->entries.len; i++) {
		struct world_entry *entry = secret->entries.items[i];
		if (entry->record->kubelet_reads == BOOL_TRUE && entry->record->overridden != BOOL_TRUE &&
		    add_entry(build, list, entry, err) < 0)
			return -1;
	}
	return 0;
}

static int fill_list(struct build *build, struct pull_list *list, const struct world_cluster *cluster,
		     struct slice namespace, const struct slice_list *names, struct error **err)
{
	for (size_t i = 0; i < names->len; i++) {
		struct world_secret *secret = NULL;
		if (secret_find(build, cluster, namespace, names->items[i], &secret, err) < 0)
			return -1;
		/* A secret that is not there, or of another type, is passed over by the kubelet. */
		if (!secret || !secret->current || secret->record->pull_type != BOOL_TRUE)
			continue;
		list->blocked |= secret->blocks_pulls;
		if (add_secret_entries(build, list, secret, err) < 0)
			return -1;
	}
	return 0;
}

static int list_key(struct build *build, const struct world_cluster *cluster, struct slice namespace,
		    const struct slice_list *names, struct slice *ret_key, struct error **err)
{
	struct slice place[] = { cluster->record->cluster, namespace };
	if (build_exact_key(build, place, 2, ret_key, err) < 0)
		return -1;
	for (size_t i = 0; i < names->len; i++) {
		strbuf_add_char(&build->key, '/');
		strbuf_add_slice(&build->key, names->items[i]);
	}
	*ret_key = strbuf_slice(&build->key);
	return strbuf_failed(&build->key, err) ? -1 : 0;
}

static struct pull_list *list_of(struct matching *matching, const struct world_cluster *cluster, struct slice namespace,
				 const struct slice_list *names, struct error **err)
{
	struct slice key = SLICE_NONE;
	if (list_key(matching->build, cluster, namespace, names, &key, err) < 0)
		return NULL;
	void **place = map_put(&matching->lists, key);
	if (!place) {
		error_no_memory(err);
		return NULL;
	}
	if (*place)
		return *place;
	struct pull_list *list = build_new(matching->build, sizeof *list, err);
	if (!list)
		return NULL;
	*place = list;
	return fill_list(matching->build, list, cluster, namespace, names, err) < 0 ? NULL : list;
}

/* Two keys of one secret that come to the same index: Go walks its maps in no order, so neither is always first. */
static int order_is_fixed(struct matching *matching, const struct world_entry *first, const struct world_entry *second,
			  bool *ret_fixed, struct error **err)
{
	struct keyring_key left = { 0 }, right = { 0 };
	bool usable;
	*ret_fixed = true;
	if (first->secret != second->secret)
		return 0;
	if (keyring_key_parse(first->record->registry_key, &matching->scratch, &left, &usable, err) < 0 ||
	    keyring_key_parse(second->record->registry_key, &matching->scratch, &right, &usable, err) < 0)
		return -1;
	*ret_fixed = !slice_equal(left.index, right.index);
	return 0;
}

static void note_shadow(struct world_entry *entry, const struct world_entry *by, const struct slice *repository)
{
	if (entry->shadowed_by)
		return;
	entry->shadowed_by = by;
	entry->shadowed_for = repository;
}

/* The entry matches the repository, and `first` is the one that the kubelet tries first (perhaps itself). */
static int note_match(struct matching *matching, struct world_entry *entry, const struct world_entry *first,
		      const struct slice *repository, struct error **err)
{
	struct build *build = matching->build;
	bool after = entry != first;
	if (after && order_is_fixed(matching, first, entry, &after, err) < 0)
		return -1;
	if (!after)
		entry->tried_first++;
	else
		note_shadow(entry, first, repository);
	struct pair pair = { entry, repository };
	void **place = map_put(&build->world->served, pair_key(&pair));
	if (!place)
		return error_no_memory(err);
	if (*place)
		return 0;
	*place = entry;
	entry->dead = false; /* an image is spelled with one of Docker Hub's other hosts: the key lives after all */
	return build_push(build, &entry->images, repository, err);
}

/* Rule 4 of facts A3: for an image of Docker Hub that another key matches, index.docker.io is not asked at all. */
static void note_last_resort(const struct pull_list *list, const struct world_entry *first,
			     const struct slice *repository)
{
	if (!slice_starts_with(*repository, "docker.io/"))
		return;
	for (size_t i = 0; i < list->last_resort.len; i++) {
		if (list->last_resort.items[i] == first)
			return;
	}
	for (size_t i = 0; i < list->last_resort.len; i++)
		note_shadow(list->last_resort.items[i], first, repository);
}

static int match_repository(struct matching *matching, struct pull_list *list, const struct slice *repository,
			    struct error **err)
{
	struct pair pair = { list, repository };
	void **place = map_put(&matching->asked, pair_key(&pair));
	if (!place)
		return error_no_memory(err);
	if (*place)
		return 0;
	*place = list;
	void **owners;
	size_t count;
	arena_clear(&matching->scratch);
	if (keyring_lookup(&list->keyring, *repository, &matching->scratch, &owners, &count, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (note_match(matching, owners[i], owners[0], repository, err) < 0)
			return -1;
	}
	if (count)
		note_last_resort(list, owners[0], repository);
	return 0;
}

static int match_containers(struct matching *matching, const struct world_cluster *cluster, struct slice namespace,
			    const struct slice_list *names, const struct world_list *containers, struct error **err)
{
	if (!names->len || !containers->len)
		return 0;
	struct pull_list *list = list_of(matching, cluster, namespace, names, err);
	if (!list)
		return -1;
	if (list->blocked)
		return 0;
	for (size_t i = 0; i < containers->len; i++) {
		const struct world_container *container = containers->items[i];
		if (container->image->repository &&
		    match_repository(matching, list, container->image->repository, err) < 0)
			return -1;
	}
	return 0;
}

static int match_cluster(struct matching *matching, const struct world_cluster *cluster, struct error **err)
{
	for (size_t i = 0; i < cluster->pods.len; i++) {
		const struct world_pod *pod = cluster->pods.items[i];
		if (!pod->ended && match_containers(matching, cluster, pod->record->namespace,
						    &pod->record->pull_secrets, &pod->containers, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < cluster->templates.len; i++) {
		const struct world_workload *template = cluster->templates.items[i];
		const struct service_account *account = NULL;
		struct slice_list names = { 0 };
		if (template_pull_secrets(matching->build, template, &names, &account, err) < 0 ||
		    match_containers(matching, cluster, template->namespace, &names, &template->containers, err) < 0)
			return -1;
	}
	return 0;
}

static void mark_shadowed(const struct world_cluster *cluster)
{
	for (size_t i = 0; i < cluster->entries.len; i++) {
		struct world_entry *entry = cluster->entries.items[i];
		entry->shadowed = entry->shadowed_by && entry->tried_first == 0;
		if (!entry->shadowed)
			entry->shadowed_by = NULL;
	}
}

int matching_build(struct build *build, struct error **err)
{
	CLEANUP(matching_release)
	struct matching matching = { .build = build, .scratch = ARENA_INIT(LIMIT_WORLD_BYTES) };
	for (size_t i = 0; i < build->world->clusters.len; i++) {
		if (match_cluster(&matching, build->world->clusters.items[i], err) < 0)
			return -1;
		mark_shadowed(build->world->clusters.items[i]);
	}
	return 0;
}

bool world_entry_serves(const struct world *world, const struct world_entry *entry, const struct slice *repository)
{
	struct pair pair = { entry, repository };
	return map_get(&world->served, pair_key(&pair)) != NULL;
}
