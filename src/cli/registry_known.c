#include "cli/registry_known.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "base/time.h"
#include "model/observed.h"
#include "store/store_read.h"

/* Where a tag stood last. */
struct known_tag {
	struct slice digest;
	int64_t since, last_seen;
	bool gone;
};

struct registry_known {
	struct image_known known;
	struct arena arena;
	struct map digests; /* that are known whole */
	struct map tags;    /* "registry/repository:tag" -> struct known_tag * */
};

static int note_whole(struct registry_known *known, struct slice digest, struct error **err)
{
	void **place = map_put(&known->digests, digest);
	if (!place)
		return error_no_memory(err);
	*place = known;
	return 0;
}

/* An index is known with its members; what has no config that could be read (an artifact) is known by itself. */
static int note_manifests(struct registry_known *known, struct store *store, struct map *indexes, struct error **err)
{
	CLEANUP(arena_release) struct arena scratch = ARENA_INIT(LIMIT_WORLD_BYTES);
	struct record_list list;

	if (store_read_all(store, &manifest_type, NULL, 0, &scratch, &list, err) < 0)
		return -1;
	const struct manifest *manifests = list.items;
	for (size_t i = 0; i < list.len; i++) {
		const struct manifest *m = &manifests[i];
		if (slice_equal_text(m->kind, "index")) {
			void **place = map_put(indexes, m->digest);
			if (!place)
				return error_no_memory(err);
			*place = indexes;
			continue;
		}
		bool needs_config = slice_equal_text(m->kind, "image");
		if ((!needs_config || m->config_read == BOOL_TRUE) && note_whole(known, m->digest, err) < 0)
			return -1;
	}
	return 0;
}

/* Members of one index stand beside each other. *ret_more: some index became whole. */
static int note_indexes(struct registry_known *known, const struct record_list *list, const struct map *indexes,
			bool *ret_more, struct error **err)
{
	const struct index_member *members = list->items;

	*ret_more = false;
	for (size_t i = 0; i < list->len;) {
		struct slice index = members[i].index;
		bool whole = map_get(indexes, index) && !map_get(&known->digests, index);
		for (; i < list->len && slice_equal(members[i].index, index); i++)
			whole = whole && map_get(&known->digests, members[i].digest);
		if (whole && note_whole(known, index, err) < 0)
			return -1;
		*ret_more |= whole;
	}
	return 0;
}

static int note_digests(struct registry_known *known, struct store *store, struct error **err)
{
	CLEANUP(arena_release) struct arena scratch = ARENA_INIT(LIMIT_WORLD_BYTES);
	CLEANUP(map_release) struct map indexes = { 0 };
	struct record_list members;
	bool more = true;

	if (note_manifests(known, store, &indexes, err) < 0 ||
	    store_read_all(store, &index_member_type, NULL, 0, &scratch, &members, err) < 0)
		return -1;
	/* Each turn makes one more level of nested indexes whole. */
	for (unsigned turn = 0; more && turn < LIMIT_INDEX_DEPTH; turn++)
		if (note_indexes(known, &members, &indexes, &more, err) < 0)
			return -1;
	return 0;
}

static struct slice tag_key(struct slice registry, struct slice repository, struct slice tag, struct strbuf *buf)
{
	strbuf_clear(buf);
	strbuf_addf(buf, "%.*s/%.*s:%.*s", SLICE_ARG(registry), SLICE_ARG(repository), SLICE_ARG(tag));
	return buf->failure ? SLICE_NONE : strbuf_slice(buf);
}

static int note_tag(struct registry_known *known, const struct tag *tag, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(LIMIT_ROW_BYTES);
	struct slice key = tag_key(tag->registry, tag->repository, tag->tag, &buf);
	void **place = key.data ? map_put(&known->tags, key) : NULL;

	if (!place)
		return error_no_memory(err);
	struct known_tag *item = *place;
	if (item &&
	    (item->last_seen > tag->last_seen || (item->last_seen == tag->last_seen && item->since >= tag->since)))
		return 0;
	item = item ? item : arena_zeroed(&known->arena, 1, sizeof *item);
	if (!item || arena_copy(&known->arena, tag->digest, &item->digest) < 0)
		return arena_fail(&known->arena, err);
	item->since = tag->since;
	item->last_seen = tag->last_seen;
	item->gone = tag->gone == BOOL_TRUE;
	*place = item;
	return 0;
}

/* Only registries say where a tag stands; a layout says where it stood when it was made. */
static int note_tags(struct registry_known *known, struct store *store, struct error **err)
{
	CLEANUP(arena_release) struct arena scratch = ARENA_INIT(LIMIT_WORLD_BYTES);
	struct record_list list;

	if (store_read_all(store, &tag_type, NULL, 0, &scratch, &list, err) < 0)
		return -1;
	const struct tag *tags = list.items;
	for (size_t i = 0; i < list.len; i++)
		if (slice_starts_with(tags[i].cluster, REGISTRY_IDENTITY) && note_tag(known, &tags[i], err) < 0)
			return -1;
	return 0;
}

static bool has(const void *data, struct slice digest)
{
	const struct registry_known *known = data;
	return map_get(&known->digests, digest) != NULL;
}

static int find_tag(const void *data, struct slice registry, struct slice repository, struct slice tag,
		    struct slice *ret_digest, int64_t *ret_since)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(LIMIT_ROW_BYTES);
	const struct registry_known *known = data;
	struct slice key = tag_key(registry, repository, tag, &buf);
	const struct known_tag *item = key.data ? map_get(&known->tags, key) : NULL;

	/* One that was deleted between begins anew, though it points to the same. */
	if (!item || item->gone)
		return 0;
	*ret_digest = item->digest;
	*ret_since = item->since;
	return 1;
}

int registry_known_new(struct store *store, struct registry_known **ret_known, struct error **err)
{
	CLEANUP(registry_known_freep) struct registry_known *known = mem_alloc_zeroed(1, sizeof *known);

	if (!known)
		return error_no_memory(err);
	known->arena = (struct arena)ARENA_INIT(LIMIT_WORLD_BYTES);
	known->known = (struct image_known){ .has = has, .tag = find_tag, .data = known };
	if (note_digests(known, store, err) < 0 || note_tags(known, store, err) < 0)
		return -1;
	*ret_known = TAKE_PTR(known);
	return 0;
}

const struct image_known *registry_known_of(const struct registry_known *known)
{
	return &known->known;
}

struct registry_known *registry_known_free(struct registry_known *known)
{
	if (known) {
		map_release(&known->digests);
		map_release(&known->tags);
		arena_release(&known->arena);
		mem_free(known);
	}
	return NULL;
}

void registry_known_freep(struct registry_known **known)
{
	*known = registry_known_free(*known);
}
