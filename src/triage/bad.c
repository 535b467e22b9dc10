#include "triage/triage_internal.h"

#include "base/limits.h"
#include "derive/world_images.h"

/* --- marking --- */

enum mark { MARK_BAD, MARK_OLDER };

struct marking {
	struct triage_run *run;
	enum mark mark;
	const struct indicator *indicator;
	struct slice built_on;
	bool by_tag; /* what stood under the tag before the window is not what was pushed in it */
};

static int note(struct map *digests, struct slice digest, const void *value, struct error **err)
{
	void **place = map_put(digests, digest);
	if (!place)
		return error_no_memory(err);
	*place = (void *)(uintptr_t)value;
	return 0;
}

static int mark(const struct marking *m, struct slice digest, struct error **err)
{
	struct triage_run *run = m->run;

	if (!digest.len)
		return 0;
	if (m->mark == MARK_OLDER)
		return note(&run->older, digest, m->indicator, err);
	if (map_get(&run->bad, digest) || (m->by_tag && map_get(&run->older, digest)))
		return 0;
	struct triage_bad *bad = arena_zeroed(&run->world->arena, 1, sizeof *bad);
	if (!bad)
		return arena_fail(&run->world->arena, err);
	*bad = (struct triage_bad){ m->indicator, m->built_on };
	return note(&run->bad, digest, bad, err);
}

/* Runtimes tell some images by the digest of their config. Artifacts share empty ones. */
static int mark_config(const struct marking *m, const struct manifest *manifest, struct error **err)
{
	bool image = slice_equal_text(manifest->kind, "image") || slice_equal_text(manifest->kind, "schema1");
	return image ? mark(m, manifest->config_digest, err) : 0;
}

static int mark_members(const struct marking *m, const struct world_manifest *index, unsigned depth, struct error **err)
{
	for (size_t i = 0; depth && i < index->members.len; i++) {
		const struct world_member *member = index->members.items[i];
		if (member->record->attests.len)
			continue;
		if (mark(m, member->record->digest, err) < 0)
			return -1;
		if (member->manifest && (mark_config(m, member->manifest->record, err) < 0 ||
					 mark_members(m, member->manifest, depth - 1, err) < 0))
			return -1;
	}
	return 0;
}

static int mark_parents(const struct marking *m, const struct world_manifest *member, unsigned depth,
			struct error **err)
{
	for (size_t i = 0; depth && i < member->parents.len; i++) {
		const struct world_manifest *parent = member->parents.items[i];
		if (mark(m, parent->record->digest, err) < 0 || mark_parents(m, parent, depth - 1, err) < 0)
			return -1;
	}
	return 0;
}

/* Its config, its members and the indexes that hold it; not what else these hold. */
static int mark_manifest(const struct marking *m, const struct world_manifest *manifest, struct error **err)
{
	/* An index that stood before the window may share members with one that was pushed in it. */
	bool upwards = m->mark == MARK_BAD;

	if (mark(m, manifest->record->digest, err) < 0 || mark_config(m, manifest->record, err) < 0 ||
	    mark_members(m, manifest, LIMIT_INDEX_DEPTH, err) < 0)
		return -1;
	return upwards ? mark_parents(m, manifest, LIMIT_INDEX_DEPTH, err) : 0;
}

static int mark_image(const struct marking *m, struct slice digest, struct error **err)
{
	const struct world_images *images = m->run->world->images;
	const struct world_manifest *manifest = images ? map_get(&images->by_digest, digest) : NULL;
	const struct world_list *with_config = images ? map_get(&images->by_config, digest) : NULL;

	/* What stood there before is not bad for coming back, and nor is what holds it. */
	if (m->mark == MARK_BAD && m->by_tag && map_get(&m->run->older, digest))
		return 0;
	if (mark(m, digest, err) < 0)
		return -1;
	if (manifest)
		return mark_manifest(m, manifest, err);
	for (size_t i = 0; with_config && i < with_config->len; i++)
		if (mark_manifest(m, with_config->items[i], err) < 0)
			return -1;
	return 0;
}

/* --- layers of --bad --- */

static const struct indicator *layer_indicator(const struct triage_run *run, const struct slice_list *layers)
{
	const struct indicator *found = NULL;

	for (size_t i = 0; i < layers->len && !found; i++)
		found = indicators_digest(run->indicators, layers->items[i]);
	return found;
}

/* By the digest of the layer as stored, or of its content as the config claims it. */
static int mark_holders(struct triage_run *run, struct error **err)
{
	const struct world_images *images = run->world->images;

	for (size_t i = 0; images && i < images->manifests.len; i++) {
		const struct world_manifest *manifest = images->manifests.items[i];
		struct marking marking = { .run = run, .indicator = layer_indicator(run, &manifest->record->layers) };
		if (!marking.indicator)
			marking.indicator = layer_indicator(run, &manifest->record->diff_ids);
		if (marking.indicator && mark_manifest(&marking, manifest, err) < 0)
			return -1;
	}
	return 0;
}

/* --- tags of --bad: what was seen under them --- */

/* When the image may have been pulled under its tag. A cache tells nothing of that; a template pulls with its next pod.
 */
static struct indicator_sight sight_of(const struct sighting *s)
{
	struct indicator_sight sight = { s->registry, s->repository, s->tag, s->from_time, s->pulled_by };

	if (slice_equal_text(s->state, "cached"))
		sight.from = sight.to = TIME_UNSET;
	else if (slice_equal_text(s->state, "template"))
		sight.from = sight.to = s->to_time;
	else if (slice_equal_text(s->state, "pulled"))
		sight.to = s->to_time;
	return sight;
}

/* What stood under the tag before the window began is not what was pushed in it. */
static bool older_than_window(const struct sighting *s, const struct indicator *indicator)
{
	return indicator->from != TIME_UNSET && s->from_time != TIME_UNSET && s->from_time < indicator->from &&
	       !slice_equal_text(s->state, "cached") && !slice_equal_text(s->state, "template");
}

const struct indicator *triage_tag_indicator(const struct triage_run *run, const struct sighting *s)
{
	struct indicator_sight sight = sight_of(s);

	if (!s->tag.data || (s->digest.data && map_get(&run->older, s->digest)))
		return NULL;
	return indicators_tag(run->indicators, &sight);
}

static int note_older_sightings(struct triage_run *run, struct error **err)
{
	for (size_t i = 0; i < run->world->sightings.len; i++) {
		const struct sighting *s = run->world->sightings.items[i];
		struct indicator_sight any_time = { s->registry, s->repository, s->tag, TIME_UNSET, TIME_UNSET };
		if (!s->digest.data || !s->tag.data)
			continue;
		const struct indicator *indicator = indicators_tag(run->indicators, &any_time);
		struct marking older = { .run = run, .mark = MARK_OLDER, .indicator = indicator };
		if (indicator && older_than_window(s, indicator) && mark_image(&older, s->digest, err) < 0)
			return -1;
	}
	return 0;
}

/* A digest that was seen under a bad tag is the bad content, whatever else it is called and wherever it lies. */
static int note_bad_sightings(struct triage_run *run, struct error **err)
{
	for (size_t i = 0; i < run->world->sightings.len; i++) {
		const struct sighting *s = run->world->sightings.items[i];
		struct marking bad = { .run = run, .by_tag = true };
		bad.indicator = s->digest.data ? triage_tag_indicator(run, s) : NULL;
		if (bad.indicator && mark_image(&bad, s->digest, err) < 0)
			return -1;
	}
	return 0;
}

/* --- tags of --bad: their history in the registry --- */

struct indicator_sight triage_tag_arrival(const struct world_tag *tag, size_t state)
{
	struct world_arrival arrival = world_tag_arrival(tag, state);

	return (struct indicator_sight){ tag->registry, tag->repository, tag->tag, arrival.after, arrival.by };
}

static int note_history(struct triage_run *run, const struct world_tag *tag, enum mark what, struct error **err)
{
	struct indicator_sight any_time = { tag->registry, tag->repository, tag->tag, TIME_UNSET, TIME_UNSET };
	const struct indicator *named = indicators_tag(run->indicators, &any_time);

	for (size_t i = 0; named && i < tag->states.len; i++) {
		const struct tag_state *state = tag->states.items[i];
		struct indicator_sight arrival = triage_tag_arrival(tag, i);
		struct marking marking = { .run = run, .mark = what, .by_tag = true };
		if (slice_equal_text(state->seen_by, "pods"))
			continue; /* the pods' sightings tell more */
		bool older = named->from != TIME_UNSET && arrival.to != TIME_UNSET && arrival.to < named->from;
		marking.indicator = what == MARK_OLDER ? (older ? named : NULL)
						       : indicators_tag(run->indicators, &arrival);
		if (marking.indicator && mark_image(&marking, state->digest, err) < 0)
			return -1;
	}
	return 0;
}

static int note_histories(struct triage_run *run, enum mark what, struct error **err)
{
	const struct world_images *images = run->world->images;

	for (size_t i = 0; images && i < images->tags.len; i++)
		if (note_history(run, images->tags.items[i], what, err) < 0)
			return -1;
	return 0;
}

/* --- what is built on them --- */

static int mark_built(struct marking *m, const struct world_manifest *base, struct error **err)
{
	for (size_t i = 0; i < base->built_on_this.len; i++)
		if (mark_manifest(m, base->built_on_this.items[i], err) < 0)
			return -1;
	return 0;
}

/* world_manifest.built_on_this holds what stands on what stands on it as well. */
static int note_built_on(struct triage_run *run, struct error **err)
{
	const struct world_images *images = run->world->images;
	size_t named = run->bad.len;

	for (size_t i = 0; images && i < named; i++) {
		struct slice digest = run->bad.items[i].key;
		const struct triage_bad *bad = run->bad.items[i].value;
		const struct world_manifest *base = map_get(&images->by_digest, digest);
		struct marking marking = { .run = run, .indicator = bad->indicator };
		if (!base)
			continue;
		marking.built_on = base->record->digest;
		if (mark_built(&marking, base, err) < 0)
			return -1;
	}
	return 0;
}

/* --- all of it --- */

int triage_bad(struct triage_run *run, struct error **err)
{
	for (size_t i = 0; i < run->indicators->len; i++) {
		const struct indicator *indicator = &run->indicators->items[i];
		struct marking marking = { .run = run, .indicator = indicator };
		if (indicator->kind == INDICATOR_DIGEST && mark_image(&marking, indicator->digest, err) < 0)
			return -1;
	}
	if (mark_holders(run, err) < 0 || note_older_sightings(run, err) < 0 ||
	    note_histories(run, MARK_OLDER, err) < 0 || note_bad_sightings(run, err) < 0 ||
	    note_histories(run, MARK_BAD, err) < 0)
		return -1;
	return note_built_on(run, err);
}

const struct triage_bad *triage_bad_of(const struct triage_run *run, struct slice digest)
{
	return digest.len ? map_get(&run->bad, digest) : NULL;
}
