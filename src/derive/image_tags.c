/* What tags pointed to, and when: gathered as points in time from registries, layouts, logs and pods. */
#include <stdlib.h>

#include "derive/images_internal.h"

int image_tag_find(struct images_build *b, struct slice registry, struct slice repository, struct slice tag,
		   struct tag_build **ret_tag, struct error **err)
{
	struct slice key = image_name_key(&b->build->key, registry, repository, ':', tag);
	if (strbuf_failed(&b->build->key, err))
		return -1;
	*ret_tag = map_get(&b->images->tags_by_name, key);
	return 0;
}

int image_tag_put(struct images_build *b, struct slice registry, struct slice repository, struct slice tag,
		  struct tag_build **ret_tag, struct error **err)
{
	if (image_tag_find(b, registry, repository, tag, ret_tag, err) < 0 || *ret_tag)
		return *ret_tag ? 0 : -1;
	struct tag_build *made = build_new(b->build, sizeof *made, err);
	void *kept = NULL;
	if (!made)
		return -1;
	made->tag = (struct world_tag){ .registry = registry, .repository = repository, .tag = tag };
	made->tag.deleted_by = made->tag.last_seen = made->row_seen = made->deletion = TIME_UNSET;
	if (build_put(&b->images->tags_by_name, strbuf_slice(&b->build->key), made, &kept, err) < 0)
		return -1;
	*ret_tag = made;
	return build_push(b->build, &b->images->tags, made, err);
}

int image_point_add(struct images_build *b, struct tag_build *tag, const struct tag_point *point, struct error **err)
{
	struct arena *arena = &b->build->world->arena;
	struct tag_points *points = point->by == SEEN_BY_LAYOUT ? &tag->layouts : &tag->points;
	if (point->time == TIME_UNSET)
		return 0;
	struct tag_point *items = arena_grow(arena, points->items, points->len, &points->capacity,
					     sizeof *points->items);
	if (!items)
		return arena_fail(arena, err);
	points->items = items;
	items[points->len++] = *point;
	return 0;
}

/* Of each digest that it was seen at, once. */
static int note_digest(struct images_build *b, struct tag_build *tag, struct slice digest, struct error **err)
{
	const struct world_list *known = map_get(&b->images->tags_by_digest, digest);
	/* Tags come one after the other. */
	if (known && known->items[known->len - 1] == tag)
		return 0;
	return image_list_push(b, &b->images->tags_by_digest, digest, tag, err);
}

/* --- rows of registries and layouts --- */

static int add_row_points(struct images_build *b, struct tag_build *tag, const struct tag *row, bool registry,
			  struct error **err)
{
	struct tag_point point = { .time = row->since,
				   .digest = row->digest,
				   .by = registry ? SEEN_BY_REGISTRY : SEEN_BY_LAYOUT,
				   .exact = true,
				   .pushed = TIME_UNSET };
	if (row->first_seen != TIME_UNSET && (point.time == TIME_UNSET || row->first_seen < point.time))
		point.time = row->first_seen;
	if (image_point_add(b, tag, &point, err) < 0)
		return -1;
	if (!registry || row->last_seen == TIME_UNSET || row->last_seen == point.time)
		return 0; /* a layout that is read again says no more */
	point.time = row->last_seen;
	return image_point_add(b, tag, &point, err);
}

/* A layout's word counts until a registry has spoken; rows of layouts come first. */
static void note_row(struct tag_build *tag, const struct tag *row, bool registry)
{
	if (registry && !tag->tag.listed) {
		tag->tag.listed = true;
		tag->row_seen = TIME_UNSET;
	}
	if (row->last_seen > tag->row_seen || (row->last_seen == tag->row_seen && row->gone != BOOL_TRUE)) {
		tag->row_seen = tag->tag.last_seen = row->last_seen;
		tag->row_gone = row->gone == BOOL_TRUE;
	}
}

static int add_row(struct images_build *b, const struct tag *row, struct error **err)
{
	bool registry = slice_starts_with(row->cluster, REGISTRY_IDENTITY);
	struct world_repository *repository = NULL;
	struct tag_build *tag = NULL;
	if (!map_get(&b->sources, row->cluster) || !row->digest.len)
		return 0;
	if (image_tag_put(b, row->registry, row->repository, row->tag, &tag, err) < 0 ||
	    image_repository_put(b, row->cluster, row->registry, row->repository, &repository, err) < 0)
		return -1;
	note_row(tag, row, registry);
	struct world_list *listed = repository ? &repository->listed : NULL;
	bool noted = listed && listed->len && listed->items[listed->len - 1] == tag;
	if (listed && !noted && build_push(b->build, listed, tag, err) < 0)
		return -1;
	return add_row_points(b, tag, row, registry, err);
}

/* --- logs --- */

static int add_push(struct images_build *b, struct tag_build *tag, const struct registry_event *event,
		    struct error **err)
{
	struct tag_point point = { .time = event->time,
				   .digest = event->digest,
				   .by = SEEN_BY_LOG,
				   .exact = true,
				   .pushed = event->time,
				   .pushed_by = event->actor };
	if (event->digest.len)
		return image_point_add(b, tag, &point, err);
	struct tag_push *push = build_new(b->build, sizeof *push, err);
	if (!push)
		return -1;
	*push = (struct tag_push){ event->time, event->actor };
	return build_push(b->build, &tag->pushes, push, err);
}

static int add_event(struct images_build *b, const struct registry_event *event, struct error **err)
{
	bool push = slice_equal_text(event->action, "push"), deletion = slice_equal_text(event->action, "delete_tag");
	struct tag_build *tag = NULL;
	if (!event->tag.len || event->time == TIME_UNSET || (!push && !deletion))
		return 0;
	if (image_tag_put(b, event->registry, event->repository, event->tag, &tag, err) < 0)
		return -1;
	if (push)
		return add_push(b, tag, event, err);
	if (event->time > tag->deletion)
		tag->deletion = event->time;
	return 0;
}

static int compare_events(const void *a, const void *b)
{
	const struct registry_event *left = a, *right = b;
	if (left->time != right->time)
		return left->time < right->time ? -1 : 1;
	return record_compare(&registry_event_type, a, b);
}

static int add_events(struct images_build *b, struct error **err)
{
	struct record_list *events = &b->build->observed.registry_events;
	if (events->len)
		qsort(events->items, events->len, sizeof(struct registry_event), compare_events);
	b->images->events = *events;
	for (size_t i = 0; i < events->len; i++) {
		if (add_event(b, RECORD_AT(*events, registry_event, i), err) < 0)
			return -1;
	}
	return 0;
}

/* --- what came of it --- */

/* Who could not be told what it points to does not say that it went. */
static void find_failure(struct images_build *b, struct tag_build *tag)
{
	struct slice key = image_name_key(&b->build->key, tag->tag.registry, tag->tag.repository, '@', tag->tag.tag);
	const struct registry_answer *answer = map_get(&b->images->answers_by_name, key);
	if (!answer || slice_equal_text(answer->outcome, "present") || answer->last_seen < tag->tag.last_seen)
		return;
	if (!slice_equal_text(answer->outcome, "absent")) {
		tag->tag.failure = answer;
	} else if (answer->last_seen > tag->deletion) {
		tag->deletion = answer->last_seen;
	}
}

/* The read whose list no longer held it. */
static int64_t gone_by(struct images_build *b, const struct tag_build *tag)
{
	struct slice key = image_name_key(&b->build->key, tag->tag.registry, tag->tag.repository, 0, SLICE_NONE);
	const struct world_repository *repository = map_get(&b->images->repositories, key);
	const struct coverage *list = tag->row_gone && repository ? repository->tags : NULL;
	const struct read *read =
		list ? map_get(&b->reads, (struct slice){ (const char *)&list->read, sizeof list->read }) : NULL;
	return read ? read->as_of : tag->row_gone ? tag->row_seen : TIME_UNSET;
}

/* A log tells it best. What was seen later was made anew. */
static void find_deletion(struct images_build *b, struct tag_build *tag)
{
	const struct world_list *states = &tag->tag.states;
	const struct tag_state *last = states->len ? states->items[states->len - 1] : NULL;
	int64_t until = last ? last->until : TIME_UNSET, by = tag->deletion;
	if (by == TIME_UNSET || by < until)
		by = gone_by(b, tag);
	if (by == TIME_UNSET || by < until || tag->tag.failure)
		return;
	tag->tag.deleted = true;
	tag->tag.deleted_by = by;
}

static int compare_tags(const void *a, const void *b)
{
	const struct world_tag *left = *(const struct world_tag *const *)a;
	const struct world_tag *right = *(const struct world_tag *const *)b;
	int order = slice_compare(left->registry, right->registry);
	if (!order)
		order = slice_compare(left->repository, right->repository);
	return order ? order : slice_compare(left->tag, right->tag);
}

static int note_digests(struct images_build *b, struct error **err)
{
	for (size_t i = 0; i < b->images->tags.len; i++) {
		struct tag_build *tag = b->images->tags.items[i];
		for (size_t k = 0; k < tag->points.len; k++) {
			if (note_digest(b, tag, tag->points.items[k].digest, err) < 0)
				return -1;
		}
		for (size_t k = 0; k < tag->layouts.len; k++) {
			if (note_digest(b, tag, tag->layouts.items[k].digest, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* What a repository holds of an index it holds of its members. */
static int place_tree(struct images_build *b, const struct world_tag *tag, struct slice digest, int depth,
		      struct error **err)
{
	const struct world_manifest *manifest = map_get(&b->images->by_digest, digest);
	if (image_place_add(b, digest, tag->registry, tag->repository, NULL, err) < 0)
		return -1;
	for (size_t i = 0; manifest && i < manifest->members.len && depth < IMAGE_DEPTH_MAX; i++) {
		const struct world_member *member = manifest->members.items[i];
		if (place_tree(b, tag, member->record->digest, depth + 1, err) < 0)
			return -1;
	}
	return 0;
}

static int finish_tag(struct images_build *b, struct tag_build *tag, struct error **err)
{
	find_failure(b, tag);
	if (tag_states_make(b, tag, err) < 0)
		return -1;
	find_deletion(b, tag);
	const struct world_list *states = &tag->tag.states;
	for (size_t i = 0; i < states->len; i++) {
		const struct tag_state *state = states->items[i];
		if (tag->tag.last_seen == TIME_UNSET || (!tag->tag.listed && state->until > tag->tag.last_seen))
			tag->tag.last_seen = state->until;
		if (note_digest(b, tag, state->digest, err) < 0)
			return -1;
		if (!slice_equal_text(state->seen_by, "pods") && place_tree(b, &tag->tag, state->digest, 0, err) < 0)
			return -1;
	}
	return 0;
}

int image_place_add(struct images_build *b, struct slice digest, struct slice registry, struct slice repository,
		    const struct registry_answer *answer, struct error **err)
{
	struct world_manifest *manifest = map_get(&b->images->by_digest, digest);
	struct slice parts[] = { digest, registry, repository }, key = SLICE_NONE;
	if (!manifest)
		return 0;
	if (build_exact_key(b->build, parts, 3, &key, err) < 0)
		return -1;
	void **known = map_put(&b->places, key);
	if (!known)
		return error_no_memory(err);
	if (!*known) {
		struct world_place *place = build_new(b->build, sizeof *place, err);
		if (!place || build_push(b->build, &manifest->places, place, err) < 0)
			return -1;
		*place = (struct world_place){ registry, repository, NULL };
		*known = place;
	}
	struct world_place *place = *known;
	if (answer && (!place->answer || answer->last_seen >= place->answer->last_seen))
		place->answer = answer;
	return 0;
}

static int add_places(struct images_build *b, struct error **err)
{
	const struct map *answers = &b->images->answers_by_name;
	for (size_t i = 0; i < answers->len; i++) {
		const struct registry_answer *answer = answers->items[i].value;
		if (image_place_add(b, answer->reference, answer->registry, answer->repository, answer, err) < 0)
			return -1;
	}
	return 0;
}

/* Names that lead to the very digest, in the world's order of tags. */
static int give_tags(struct images_build *b, struct error **err)
{
	for (size_t i = 0; i < b->images->manifests.len; i++) {
		struct world_manifest *manifest = b->images->manifests.items[i];
		const struct world_list *tags = map_get(&b->images->tags_by_digest, manifest->record->digest);
		for (size_t k = 0; tags && k < tags->len; k++) {
			if (build_push(b->build, &manifest->tags, tags->items[k], err) < 0)
				return -1;
		}
	}
	return 0;
}

int image_tags_build(struct images_build *b, struct error **err)
{
	const struct record_list *rows = &b->build->observed.tags;
	struct world_list *tags = &b->images->tags;
	for (size_t i = 0; i < rows->len; i++) {
		if (add_row(b, RECORD_AT(*rows, tag, i), err) < 0)
			return -1;
	}
	/* Names in mirrors are recognised by what is known so far. */
	if (add_events(b, err) < 0 || note_digests(b, err) < 0 || image_pods_build(b, err) < 0)
		return -1;
	map_clear(&b->images->tags_by_digest);
	if (tags->len)
		qsort(tags->items, tags->len, sizeof *tags->items, compare_tags);
	for (size_t i = 0; i < tags->len; i++) {
		if (finish_tag(b, tags->items[i], err) < 0)
			return -1;
	}
	if (add_places(b, err) < 0)
		return -1;
	return give_tags(b, err);
}
