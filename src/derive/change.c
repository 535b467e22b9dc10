/* What became of a tag's content: platform by platform where it is an index. */
#include "derive/images_internal.h"
#include "oci/format/compare.h"

/* An image of one platform: itself, or a member. */
struct part {
	struct slice platform, digest;
	const struct manifest *record; /* NULL: not read */
};

/* Of an index with more nobody says what became of the rest: each is looked for among all. */
#define PARTS_MAX 512

struct parts {
	struct part *items;
	size_t len, capacity;
	bool cut;
};

static int add_part(struct parts *parts, const struct part *part, struct arena *arena)
{
	parts->cut |= parts->len == PARTS_MAX;
	if (parts->cut)
		return 0;
	struct part *items = arena_grow(arena, parts->items, parts->len, &parts->capacity, sizeof *items);
	if (!items)
		return -1;
	parts->items = items;
	items[parts->len++] = *part;
	return 0;
}

static bool is_index(const struct world_manifest *manifest)
{
	return slice_equal_text(manifest->record->kind, "index");
}

static int add_parts(struct world *world, const struct world_manifest *manifest, int depth, struct parts *parts)
{
	for (size_t i = 0; i < manifest->members.len && depth < IMAGE_DEPTH_MAX; i++) {
		const struct world_member *member = manifest->members.items[i];
		const struct index_member *record = member->record;
		struct part part = { .digest = record->digest };
		if (record->attests.len || record->artifact_type.len)
			continue;
		if (member->manifest && is_index(member->manifest)) {
			if (add_parts(world, member->manifest, depth + 1, parts) < 0)
				return -1;
			continue;
		}
		part.record = member->manifest ? member->manifest->record : NULL;
		struct slice os = record->os.len ? record->os : part.record ? part.record->os : SLICE_NONE;
		struct slice architecture = record->architecture.len ? record->architecture
					    : part.record            ? part.record->architecture
								     : SLICE_NONE;
		part.platform = image_platform_text(&world->arena, os, architecture, record->variant,
						    record->os_version);
		if (!part.platform.data || add_part(parts, &part, &world->arena) < 0)
			return -1;
	}
	return 0;
}

static int parts_of(struct world *world, const struct world_manifest *manifest, struct parts *parts)
{
	const struct manifest *record = manifest->record;
	if (is_index(manifest))
		return add_parts(world, manifest, 0, parts);
	struct part part = { .digest = record->digest, .record = record };
	part.platform = image_platform_text(&world->arena, record->os, record->architecture, record->variant,
					    record->os_version);
	return part.platform.data ? add_part(parts, &part, &world->arena) : -1;
}

/* arm64 is v8 where nothing else is said. */
static bool same_platform(struct slice a, struct slice b)
{
	struct slice longer = a.len > b.len ? a : b, shorter = a.len > b.len ? b : a;
	return slice_equal(a, b) || (slice_ends_with(longer, "/arm64/v8") && longer.len == shorter.len + 3 &&
				     slice_equal(slice_part(longer, 0, shorter.len), shorter));
}

static const struct part *part_like(const struct parts *parts, const struct part *like)
{
	for (size_t i = 0; i < parts->len; i++) {
		if (same_platform(parts->items[i].platform, like->platform))
			return &parts->items[i];
	}
	return NULL;
}

/* The first is the one to be told where platforms differ: what looks most like an attack. */
static const enum image_change by_weight[] = {
	IMAGE_LAYERS_ON_TOP, IMAGE_OTHER,     IMAGE_LAST_LAYERS, IMAGE_BASE_REPLACED, IMAGE_LAYERS_TAKEN,
	IMAGE_CONFIG_ONLY,   IMAGE_NOT_KNOWN, IMAGE_REPACKED,    IMAGE_SAME,
};

static enum image_change heavier(enum image_change a, enum image_change b)
{
	for (size_t i = 0; i < sizeof by_weight / sizeof *by_weight; i++) {
		if (by_weight[i] == a || by_weight[i] == b)
			return by_weight[i];
	}
	return a;
}

struct changes {
	struct world *world;
	struct slice *platforms;
	size_t len;
	enum image_change change;
};

static int tell(struct changes *changes, struct slice platform, const char *how)
{
	struct slice text = arena_printf(&changes->world->arena, "%.*s: %s", SLICE_ARG(platform), how);
	changes->platforms[changes->len++] = text;
	return text.data ? 0 : -1;
}

static enum image_change change_of(const struct part *old, const struct part *new)
{
	if (slice_equal(old->digest, new->digest))
		return IMAGE_SAME;
	if (!old->record || !new->record)
		return IMAGE_NOT_KNOWN;
	return image_compare(old->record, new->record).change;
}

static int compare_parts(struct changes *changes, const struct parts *old, const struct parts *new)
{
	for (size_t i = 0; i < new->len; i++) {
		const struct part *part = &new->items[i], *before = part_like(old, part);
		enum image_change change = before ? change_of(before, part) : IMAGE_OTHER;
		changes->change = heavier(changes->change, change);
		if (change != IMAGE_SAME &&
		    tell(changes, part->platform, before ? image_change_text(change) : "added") < 0)
			return -1;
	}
	for (size_t i = 0; i < old->len; i++) {
		if (part_like(new, &old->items[i]))
			continue;
		changes->change = heavier(changes->change, IMAGE_OTHER);
		if (tell(changes, old->items[i].platform, "removed") < 0)
			return -1;
	}
	return 0;
}

/* A single image beside an index: others of the index came or went, but the one that both have tells what happened. */
static void keep_common(struct parts *index, const struct parts *single)
{
	const struct part *common = single->len ? part_like(index, &single->items[0]) : NULL;
	if (!common)
		return;
	index->items[0] = *common;
	index->len = 1;
}

static int compare_manifests(struct changes *changes, const struct world_manifest *old,
			     const struct world_manifest *new)
{
	struct parts before = { 0 }, after = { 0 };
	if (parts_of(changes->world, old, &before) < 0 || parts_of(changes->world, new, &after) < 0)
		return -1;
	if (is_index(old) && !is_index(new))
		keep_common(&before, &after);
	if (is_index(new) && !is_index(old))
		keep_common(&after, &before);
	changes->platforms = arena_zeroed(&changes->world->arena, before.len + after.len + 1, sizeof(struct slice));
	if (!changes->platforms)
		return -1;
	changes->change = before.cut || after.cut ? IMAGE_NOT_KNOWN : IMAGE_SAME;
	return compare_parts(changes, &before, &after);
}

int world_change(struct world *world, struct slice old_digest, struct slice new_digest, struct slice *ret_change,
		 struct slice_list *ret_platforms, struct error **err)
{
	const struct world_manifest *old = world_manifest_of(world, old_digest);
	const struct world_manifest *new = world_manifest_of(world, new_digest);
	struct changes changes = { .world = world, .change = IMAGE_NOT_KNOWN };
	bool same = old_digest.len && slice_equal(old_digest, new_digest);
	if (same)
		changes.change = IMAGE_SAME;
	else if (old && new &&compare_manifests(&changes, old, new) < 0)
		return arena_fail(&world->arena, err);
	bool indexes = old && new && (is_index(old) || is_index(new));
	*ret_change = slice_of(image_change_text(changes.change));
	if (indexes && !same && changes.change == IMAGE_SAME)
		*ret_change = SLICE("index only");
	if (ret_platforms)
		*ret_platforms = indexes && !same ? (struct slice_list){ changes.platforms, changes.len }
						  : (struct slice_list){ 0 };
	return 0;
}
