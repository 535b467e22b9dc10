/* When each image was built, as it claims, and when it was pushed. */
#include "derive/images_internal.h"

/* Clocks of builders go wrong by minutes; what claims to be built that long after it was read claims nonsense. */
#define CLOCKS_DIFFER (10 * USEC_PER_MINUTE)

static bool is_index(const struct world_manifest *manifest)
{
	return slice_equal_text(manifest->record->kind, "index");
}

static bool is_future(const struct manifest *record)
{
	return slice_equal_text(record->dating, "dated") && record->first_seen != TIME_UNSET &&
	       record->created > record->first_seen && record->created - record->first_seen > CLOCKS_DIFFER;
}

/* Of an image of an index: what BuildKit adds is none. */
static bool is_image(const struct world_member *member)
{
	return member->manifest && !member->record->attests.len &&
	       !slice_equal_text(member->manifest->record->kind, "attestation") &&
	       !slice_equal_text(member->manifest->record->kind, "artifact");
}

static const struct world_manifest *newest_of(const struct world_manifest *manifest, int depth)
{
	const struct world_manifest *newest = NULL;
	if (!is_index(manifest))
		return manifest;
	for (size_t i = 0; i < manifest->members.len && depth < IMAGE_DEPTH_MAX; i++) {
		const struct world_member *member = manifest->members.items[i];
		const struct world_manifest *image = is_image(member) ? newest_of(member->manifest, depth + 1) : NULL;
		if (image && (!newest || world_built(image) > world_built(newest)))
			newest = image;
	}
	return newest;
}

int64_t world_built(const struct world_manifest *manifest)
{
	const struct world_manifest *newest = newest_of(manifest, 0);
	bool dated = newest && slice_equal_text(newest->record->dating, "dated");
	return dated ? newest->record->created : TIME_UNSET;
}

static void date(struct world_manifest *manifest)
{
	const struct world_manifest *newest = newest_of(manifest, 0);
	if (newest)
		manifest->dating = is_future(newest->record) ? SLICE("future") : newest->record->dating;
}

static void note_push(struct world_manifest *manifest, int64_t time, struct slice by)
{
	if (time == TIME_UNSET || time < manifest->pushed)
		return;
	if (by.len || time > manifest->pushed)
		manifest->pushed_by = by;
	manifest->pushed = time;
}

/* An index comes after its images: who pushed it pushed them. */
static void push_members(struct world_manifest *manifest, int depth)
{
	for (size_t i = 0; i < manifest->members.len && depth < IMAGE_DEPTH_MAX; i++) {
		const struct world_member *member = manifest->members.items[i];
		if (!member->manifest)
			continue;
		note_push(member->manifest, manifest->pushed, manifest->pushed_by);
		push_members(member->manifest, depth + 1);
	}
}

static void note_pushes(struct images_build *b)
{
	const struct record_list *events = &b->build->observed.registry_events;
	for (size_t i = 0; i < events->len; i++) {
		const struct registry_event *event = RECORD_AT(*events, registry_event, i);
		struct world_manifest *manifest = world_manifest_of(b->build->world, event->digest);
		if (manifest && slice_equal_text(event->action, "push"))
			note_push(manifest, event->time, event->actor);
	}
	for (size_t i = 0; i < b->images->tags.len; i++) {
		const struct world_tag *tag = b->images->tags.items[i];
		for (size_t k = 0; k < tag->states.len; k++) {
			const struct tag_state *state = tag->states.items[k];
			struct world_manifest *manifest = map_get(&b->images->by_digest, state->digest);
			if (manifest)
				note_push(manifest, state->pushed, state->pushed_by);
		}
	}
}

int image_dates_build(struct images_build *b, struct error **err)
{
	(void)err;
	const struct world_list *manifests = &b->images->manifests;
	note_pushes(b);
	for (size_t i = 0; i < manifests->len; i++) {
		struct world_manifest *manifest = manifests->items[i];
		date(manifest);
		if (manifest->pushed != TIME_UNSET && manifest->members.len && !manifest->parents.len)
			push_members(manifest, 0);
	}
	return 0;
}
