#include "derive/world_internal.h"

/* --- files of which a partial list tells --- */

/* "FILE: what is wrong". A file's name may hold ": " itself, so each start that may be one is a name. */
static int note_names(struct build *build, const struct coverage *coverage, struct map *told, struct error **err)
{
	struct slice why = coverage->why, key = SLICE_NONE;
	for (size_t i = 0; i + 1 < why.len; i++) {
		if (why.data[i] != ':' || why.data[i + 1] != ' ')
			continue;
		struct slice parts[] = { coverage->cluster, slice_part(why, 0, i) };
		void *kept;
		if (build_exact_key(build, parts, 2, &key, err) < 0 || build_put(told, key, coverage, &kept, err) < 0)
			return -1;
	}
	return 0;
}

static int note_partial_lists(struct build *build, struct map *told, struct error **err)
{
	for (size_t i = 0; i < build->world->clusters.len; i++) {
		const struct world_cluster *cluster = build->world->clusters.items[i];
		for (size_t k = 0; k < cluster->coverage.len; k++) {
			const struct coverage *coverage = cluster->coverage.items[k];
			if (slice_equal_text(coverage->outcome, "partial") &&
			    note_names(build, coverage, told, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* --- defects --- */

/* Defects of files beside which all objects were read all the same. */
static bool loses_nothing(struct slice code)
{
	return slice_equal_text(code, "text_before_objects") || slice_equal_text(code, "two_clusters");
}

/* An error text in the place of a list, an empty file, one that was cut before it said what it is. */
static int add_file(struct build *build, const struct defect *defect, const struct map *told, struct error **err)
{
	struct world_cluster *cluster = build_cluster(build, defect->cluster);
	struct slice parts[] = { defect->cluster, defect->object }, key = SLICE_NONE;
	if (build_exact_key(build, parts, 2, &key, err) < 0)
		return -1;
	if (map_get(told, key))
		return 0;
	struct world_file_defect *file = build_new(build, sizeof *file, err);
	if (!file)
		return -1;
	*file = (struct world_file_defect){ defect, cluster };
	if (!loses_nothing(defect->code))
		cluster->users_lost = true;
	return build_push(build, &build->world->file_defects, file, err);
}

/* 1 when the latest reading of its object still had it. Those of secrets are given to the secret. */
static int keep_defect(struct build *build, const struct defect *defect, struct error **err)
{
	struct world_cluster *cluster = build_cluster(build, defect->cluster);
	if (!cluster)
		return 0;
	struct world_secret *secret = NULL;
	if (slice_equal_text(defect->object_kind, "Secret") && defect->object_uid.data)
		secret = map_get(&cluster->secrets_by_uid, defect->object_uid);
	if (!secret)
		return defect->last_seen >= cluster->as_of; /* a watch may have brought it */
	if (!secret->current || defect->last_seen != secret->values_as_of)
		return 0;
	/* Only its metadata was read since, which does not tell whether it decodes. */
	if (secret->values_as_of < secret->record->last_seen && defect->blocks_pulls == BOOL_TRUE)
		secret->blocks_pulls = true;
	return build_push(build, &secret->defects, defect, err) < 0 ? -1 : 1;
}

/* Of images; before the list of them all is cut short. */
static int keep_image_defects(struct build *build, struct error **err)
{
	for (size_t i = 0; i < build->observed.defects.len; i++) {
		const struct defect *defect = RECORD_AT(build->observed.defects, defect, i);
		if (identity_is_cluster(defect->cluster) || defect->gone == BOOL_TRUE)
			continue;
		struct defect *kept = build_new(build, sizeof *kept, err);
		if (!kept)
			return -1;
		*kept = *defect;
		if (build_push(build, &build->image_defects, kept, err) < 0)
			return -1;
	}
	return 0;
}

static int keep_defects(struct build *build, const struct map *told, struct error **err)
{
	/* Already copied by the store: kept in its array, without those that are out of date. Secrets point at them. */
	struct record_list kept = { build->observed.defects.items, 0 };
	struct defect *defects = kept.items;
	for (size_t i = 0; i < build->observed.defects.len; i++) {
		struct defect *defect = &defects[kept.len];
		*defect = defects[i];
		int keep = keep_defect(build, defect, err);
		if (keep > 0 && slice_equal_text(defect->object_kind, "File") && add_file(build, defect, told, err) < 0)
			keep = -1;
		if (keep < 0)
			return -1;
		kept.len += (size_t)keep;
	}
	build->world->defects = kept;
	return 0;
}

static void keep_gaps(struct build *build)
{
	struct record_list kept = { build->observed.gaps.items, 0 };
	struct gap *gaps = kept.items;
	for (size_t i = 0; i < build->observed.gaps.len; i++) {
		const struct world_cluster *cluster = build_cluster(build, gaps[i].cluster);
		if (cluster && gaps[i].last_seen >= cluster->as_of)
			gaps[kept.len++] = gaps[i];
	}
	build->world->gaps = kept;
}

int defects_build(struct build *build, struct error **err)
{
	CLEANUP(map_release) struct map told = { 0 };
	keep_gaps(build);
	if (keep_image_defects(build, err) < 0 || note_partial_lists(build, &told, err) < 0)
		return -1;
	return keep_defects(build, &told, err);
}
