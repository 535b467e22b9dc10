/* What each digest names, and what holds what. */
#include <stdlib.h>

#include "derive/images_internal.h"

static int add_manifest(struct images_build *b, const struct manifest *record, struct error **err)
{
	struct world_images *images = b->images;
	struct world_manifest *manifest = build_new(b->build, sizeof *manifest, err);
	void *kept = NULL;
	if (!manifest)
		return -1;
	manifest->record = record;
	manifest->pushed = TIME_UNSET;
	if (build_push(b->build, &images->manifests, manifest, err) < 0 ||
	    build_put(&images->by_digest, record->digest, manifest, &kept, err) < 0)
		return -1;
	bool has_config = record->config_digest.len > 0;
	return has_config ? image_list_push(b, &images->by_config, record->config_digest, manifest, err) : 0;
}

static int add_member(struct images_build *b, const struct index_member *record, struct error **err)
{
	struct world_manifest *index = map_get(&b->images->by_digest, record->index);
	struct world_member *member = index ? build_new(b->build, sizeof *member, err) : NULL;
	if (!index)
		return 0;
	if (!member)
		return -1;
	member->record = record;
	member->manifest = map_get(&b->images->by_digest, record->digest);
	if (build_push(b->build, &index->members, member, err) < 0)
		return -1;
	struct world_list *parents = member->manifest ? &member->manifest->parents : NULL;
	bool noted = parents && parents->len && parents->items[parents->len - 1] == index;
	return parents && !noted ? build_push(b->build, parents, index, err) : 0;
}

static int compare_members(const void *a, const void *b)
{
	const struct world_member *left = *(const struct world_member *const *)a;
	const struct world_member *right = *(const struct world_member *const *)b;
	int64_t one = left->record->ordinal, other = right->record->ordinal;
	return (one > other) - (one < other);
}

static int join_manifests(struct images_build *b, struct error **err)
{
	const struct world_list *manifests = &b->images->manifests;
	for (size_t i = 0; i < manifests->len; i++) {
		struct world_manifest *manifest = manifests->items[i];
		if (manifest->members.len)
			qsort(manifest->members.items, manifest->members.len, sizeof(void *), compare_members);
		struct world_manifest *subject = manifest->record->subject.len
							 ? map_get(&b->images->by_digest, manifest->record->subject)
							 : NULL;
		if (subject && build_push(b->build, &subject->referrers, manifest, err) < 0)
			return -1;
	}
	return 0;
}

int image_manifests_build(struct images_build *b, struct error **err)
{
	const struct observed *observed = &b->build->observed;
	for (size_t i = 0; i < observed->manifests.len; i++) {
		if (add_manifest(b, RECORD_AT(observed->manifests, manifest, i), err) < 0)
			return -1;
	}
	for (size_t i = 0; i < observed->members.len; i++) {
		if (add_member(b, RECORD_AT(observed->members, index_member, i), err) < 0)
			return -1;
	}
	return join_manifests(b, err);
}
