/* Pods as witnesses: one that was started by repo:tag and runs a digest proves where the tag stood when it was pulled.
 *
 * When that was is known only where the kubelet asks each time (imagePullPolicy Always): after the pod was made and
 * before its container started; else it was then or earlier, for a node may have had the image for long.
 *
 * What a status calls a digest depends on the runtime: that of the index, of one platform's manifest, or of the config.
 * Where none of them was read they cannot be compared, and say nothing against each other: see is_comparable. */
#include "derive/images_internal.h"

static bool is_running_or_ran(const struct world_sighting *sighting)
{
	return slice_equal_text(sighting->row.state, "runs") || slice_equal_text(sighting->row.state, "ran");
}

/* `docker://sha256:...` and `sha256:...` may be of a config; `repository@sha256:...` never is. */
static bool may_be_config(const struct container *container)
{
	return !memchr(container->image_id.data ? container->image_id.data : "", '@', container->image_id.len);
}

/* --- which tag --- */

/* A mirror has the path of what it mirrors, often below one of its own. */
static bool is_mirror_of(const struct sighting *row, const struct world_tag *tag)
{
	struct slice path = row->repository;
	if (!tag->listed || !slice_equal(row->tag, tag->tag) || path.len < tag->repository.len)
		return false;
	struct slice end = slice_part(path, path.len - tag->repository.len, tag->repository.len);
	bool whole = path.len == tag->repository.len || path.data[path.len - tag->repository.len - 1] == '/';
	return whole && slice_equal(end, tag->repository);
}

static int look_for_mirrored(struct images_build *b, const struct sighting *row, struct tag_build **ret_tag,
			     struct error **err)
{
	struct world_list tags = { 0 };
	if (image_tags_of(b->build->world, row->digest, &tags) < 0)
		return arena_fail(&b->build->world->arena, err);
	for (size_t i = 0; i < tags.len && !*ret_tag; i++) {
		if (is_mirror_of(row, tags.items[i]))
			*ret_tag = tags.items[i];
	}
	return 0;
}

/* Once for all pods that run the same by the same name. */
static int find_mirrored(struct images_build *b, const struct sighting *row, struct tag_build **ret_tag,
			 struct error **err)
{
	struct slice parts[] = { row->registry, row->repository, row->tag, row->digest }, key = SLICE_NONE;
	if (!world_digest_kind(b->build->world, row->digest).data)
		return 0;
	if (build_exact_key(b->build, parts, 4, &key, err) < 0)
		return -1;
	void **place = map_put(&b->mirrored, key);
	if (!place)
		return error_no_memory(err);
	if (!*place) {
		struct tag_build *found = NULL;
		if (look_for_mirrored(b, row, &found, err) < 0)
			return -1;
		*place = found ? (void *)found : (void *)&b->mirrored;
	}
	*ret_tag = *place == (void *)&b->mirrored ? NULL : *place;
	return 0;
}

static int tag_of(struct images_build *b, const struct sighting *row, struct tag_build **ret_tag, struct error **err)
{
	*ret_tag = NULL;
	if (image_tag_find(b, row->registry, row->repository, row->tag, ret_tag, err) < 0)
		return -1;
	if (*ret_tag && (*ret_tag)->tag.listed)
		return 0;
	struct tag_build *mirrored = NULL;
	if (find_mirrored(b, row, &mirrored, err) < 0)
		return -1;
	if (mirrored)
		*ret_tag = mirrored;
	return *ret_tag ? 0 : image_tag_put(b, row->registry, row->repository, row->tag, ret_tag, err);
}

/* --- what it proves --- */

/* Nodes of one architecture and one runtime name digests alike. */
static int machine_of(struct images_build *b, const struct world_sighting *sighting, struct slice *ret_machine,
		      struct error **err)
{
	const struct node *node = sighting->row.node.len
					  ? map_get(&sighting->cluster->nodes_by_name, sighting->row.node)
					  : NULL;
	*ret_machine = SLICE("");
	if (!node)
		return 0;
	struct slice runtime = node->runtime, rest;
	slice_cut(node->runtime, ':', &runtime, &rest);
	struct slice parts[] = { node->architecture, runtime }, key = SLICE_NONE;
	if (build_key(b->build, parts, 2, &key, err) < 0)
		return -1;
	void **place = map_put(&b->texts, key);
	if (!place)
		return error_no_memory(err);
	if (!*place) {
		struct slice *text = build_new(b->build, sizeof *text, err);
		if (!text)
			return -1;
		*place = text;
		if (arena_copy(&b->build->world->arena, key, text) < 0)
			return arena_fail(&b->build->world->arena, err);
	}
	*ret_machine = *(const struct slice *)*place;
	return 0;
}

/* Of all pods that run a digest only the earliest tells when it was there, where none of them asked the registry. */
static int add_loose(struct images_build *b, struct tag_build *tag, const struct tag_point *point, struct error **err)
{
	struct slice parts[] = { { (const char *)&tag, sizeof(struct tag_build *) }, point->digest }, key = SLICE_NONE;
	if (point->time == TIME_UNSET)
		return 0;
	if (build_exact_key(b->build, parts, 2, &key, err) < 0)
		return -1;
	void **place = map_put(&b->loose, key);
	if (!place)
		return error_no_memory(err);
	if (*place) {
		struct tag_point *known = &tag->points.items[(uintptr_t)*place - 1];
		if (point->time < known->time)
			known->time = point->time;
		return 0;
	}
	*place = (void *)(uintptr_t)(tag->points.len + 1);
	return image_point_add(b, tag, point, err);
}

/* Of a container that was started again nobody tells when that began. */
static int64_t asked_since(const struct world_sighting *sighting, int64_t started)
{
	const struct container *container = sighting->container;
	const struct world_pod *pod = map_get(&sighting->cluster->pods_by_uid, container->holder);
	bool first = pod && container->restarts <= 0 && pod->record->created != TIME_UNSET;
	return first && pod->record->created < started ? pod->record->created : started;
}

static int add_point(struct images_build *b, struct tag_build *tag, const struct world_sighting *sighting,
		     struct error **err)
{
	const struct container *container = sighting->container;
	bool always = slice_equal_text(container->pull_policy, "Always");
	struct tag_point point = { .time = sighting->row.from_time,
				   .digest = sighting->row.digest,
				   .by = SEEN_BY_PODS,
				   .exact = always,
				   .content = image_content_of(b->build->world, sighting),
				   .pushed = TIME_UNSET };
	if (always && container->started != TIME_UNSET)
		point.time = container->started; /* its latest start */
	point.since = asked_since(sighting, point.time);
	if (machine_of(b, sighting, &point.machine, err) < 0)
		return -1;
	return always ? image_point_add(b, tag, &point, err) : add_loose(b, tag, &point, err);
}

static int add_sighting(struct images_build *b, struct world_sighting *sighting, struct error **err)
{
	struct sighting *row = &sighting->row;
	struct tag_build *tag = NULL;
	if (!sighting->container || !sighting->by_tag || !row->digest.len || !row->tag.len ||
	    !is_running_or_ran(sighting))
		return 0;
	if (!world_digest_kind(b->build->world, row->digest).data && may_be_config(sighting->container))
		return 0;
	if (tag_of(b, row, &tag, err) < 0 || build_push(b->build, &tag->tag.sightings, row, err) < 0)
		return -1;
	return add_point(b, tag, sighting, err);
}

/* --- what can be compared --- */

static bool is_read(const struct world *world, const struct tag_point *point)
{
	return world_digest_kind(world, point->digest).data != NULL;
}

/* What others than pods tell last, and what pods tell last that was not read. */
static void find_references(const struct world *world, const struct tag_build *tag, const struct tag_point **told,
			    const struct tag_point **unread)
{
	*told = *unread = NULL;
	for (size_t i = 0; i < tag->points.len; i++) {
		const struct tag_point *point = &tag->points.items[i];
		const struct tag_point **best = point->by != SEEN_BY_PODS ? told : unread;
		if (best == unread && is_read(world, point))
			continue;
		if (!*best || point->time > (*best)->time)
			*best = point;
	}
}

/* A digest that was not read may be a member of an index that was not read, or the same image on another platform. */
static bool is_comparable(const struct world *world, const struct tag_point *point, const struct tag_point *told,
			  struct slice machine)
{
	if (point->by != SEEN_BY_PODS || is_read(world, point))
		return true;
	if (told)
		return slice_equal(told->digest, point->digest) || is_read(world, told);
	return slice_equal(point->machine, machine);
}

static void drop_incomparable(const struct world *world, struct tag_build *tag)
{
	const struct tag_point *told, *unread;
	size_t len = 0;
	find_references(world, tag, &told, &unread);
	if (!unread)
		return;
	struct tag_point last = told ? *told : (struct tag_point){ 0 };
	struct slice machine = unread->machine;
	for (size_t i = 0; i < tag->points.len; i++) {
		if (is_comparable(world, &tag->points.items[i], told ? &last : NULL, machine))
			tag->points.items[len++] = tag->points.items[i];
	}
	tag->points.len = len;
}

/* Sightings of what cannot be compared run neither what the tag points to nor something else. */
static int drop_sightings(struct tag_build *tag, struct error **err)
{
	CLEANUP(map_release) struct map kept = { 0 };
	struct world_list *sightings = &tag->tag.sightings;
	size_t len = 0;
	void *same = NULL;
	for (size_t i = 0; i < tag->points.len; i++) {
		if (build_put(&kept, tag->points.items[i].digest, tag, &same, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < sightings->len; i++) {
		const struct sighting *row = sightings->items[i];
		if (map_get(&kept, row->digest))
			sightings->items[len++] = sightings->items[i];
	}
	sightings->len = len;
	return 0;
}

int image_pods_build(struct images_build *b, struct error **err)
{
	struct world *world = b->build->world;
	for (size_t i = 0; i < world->sightings.len; i++) {
		if (add_sighting(b, world->sightings.items[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < b->images->tags.len; i++) {
		struct tag_build *tag = b->images->tags.items[i];
		size_t before = tag->points.len;
		drop_incomparable(world, tag);
		if (tag->points.len != before && drop_sightings(tag, err) < 0)
			return -1;
	}
	return 0;
}
