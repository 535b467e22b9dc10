/* Which dates of an image lie in the window of an incident. A build date is the builder's claim, so any other will do:
 * DESIGN section 7. */
#include "base/time.h"
#include "derive/world_images.h"
#include "triage/triage_internal.h"

static bool has_window(const struct incident *incident)
{
	return incident->window_from != TIME_UNSET || incident->window_to != TIME_UNSET;
}

bool triage_in_window(const struct incident *incident, int64_t time)
{
	return has_window(incident) && time != TIME_UNSET &&
	       (incident->window_from == TIME_UNSET || time >= incident->window_from) &&
	       (incident->window_to == TIME_UNSET || time <= incident->window_to);
}

bool triage_may_be_in_window(const struct incident *incident, int64_t after, int64_t by)
{
	if (!has_window(incident))
		return false;
	bool before = by != TIME_UNSET && incident->window_from != TIME_UNSET && by < incident->window_from;
	bool behind = after != TIME_UNSET && incident->window_to != TIME_UNSET && after > incident->window_to;
	return !before && !behind;
}

/* --- what happened to it --- */

enum date { DATE_BUILT, DATE_HISTORY, DATE_FIRST_SEEN, DATE_PUSHED, DATE_TAG_MOVED, DATE_PULLED, DATES };
static const char *const date_names[DATES] = { "built", "history", "first seen", "pushed", "tag moved", "pulled" };

struct dates {
	const struct triage_run *run;
	bool in[DATES];
};

static void look(struct dates *dates, enum date date, int64_t time)
{
	dates->in[date] |= triage_in_window(dates->run->incident, time);
}

/* What a builder claims of the time after the read is no date (DESIGN section 7: future). */
static void look_at_claim(struct dates *dates, enum date date, int64_t time)
{
	if (time <= dates->run->world->as_of)
		look(dates, date, time);
}

static void look_at_history(struct dates *dates, const struct manifest *manifest)
{
	look_at_claim(dates, DATE_HISTORY, manifest->history_from);
	look_at_claim(dates, DATE_HISTORY, manifest->history_to);
	for (size_t i = 0; i < manifest->history_between.len; i++) {
		CLEANUP(error_freep) struct error *ignored = NULL;
		int64_t time;
		if (time_parse(manifest->history_between.items[i], &time, &ignored) == 0)
			look_at_claim(dates, DATE_HISTORY, time);
	}
}

/* A state that nothing came before is where the tag was found, not where it moved to. */
static void look_at_tags(struct dates *dates, struct slice digest)
{
	const struct world_images *images = dates->run->world->images;
	const struct world_list *tags = images && digest.len ? map_get(&images->tags_by_digest, digest) : NULL;

	for (size_t i = 0; tags && i < tags->len; i++) {
		const struct world_tag *tag = tags->items[i];
		for (size_t k = 0; k < tag->states.len; k++) {
			const struct tag_state *state = tag->states.items[k];
			struct indicator_sight arrival = triage_tag_arrival(tag, k);
			if (!slice_equal(state->digest, digest))
				continue;
			look(dates, DATE_PUSHED, state->pushed);
			if (k > 0)
				dates->in[DATE_TAG_MOVED] |= triage_may_be_in_window(dates->run->incident, arrival.from,
										     arrival.to);
		}
	}
}

static void look_at_manifest(struct dates *dates, const struct world_manifest *manifest, unsigned depth)
{
	look_at_claim(dates, DATE_BUILT, manifest->record->created);
	look_at_history(dates, manifest->record);
	look(dates, DATE_PUSHED, manifest->pushed);
	for (size_t i = 0; depth && i < manifest->parents.len; i++) {
		const struct world_manifest *parent = manifest->parents.items[i];
		look(dates, DATE_PUSHED, parent->pushed);
		look_at_tags(dates, parent->record->digest);
	}
	for (size_t i = 0; depth && i < manifest->members.len; i++) {
		const struct world_member *member = manifest->members.items[i];
		if (!member->manifest || member->record->attests.len)
			continue;
		look_at_manifest(dates, member->manifest, 0);
		look_at_tags(dates, member->record->digest);
	}
}

static void look_at_sightings(struct dates *dates, const struct image *image)
{
	const struct sighting *sightings = image->sightings.items;

	for (size_t i = 0; i < image->sightings.len; i++) {
		if (slice_equal_text(sightings[i].state, "pulled"))
			look(dates, DATE_PULLED, sightings[i].from_time);
		else if (sightings[i].pulled_by != TIME_UNSET && sightings[i].from_time != TIME_UNSET)
			dates->in[DATE_PULLED] |= triage_may_be_in_window(dates->run->incident, sightings[i].from_time,
									  sightings[i].pulled_by);
	}
}

/* The first look at a cluster or a repository finds all that is there: a sight tells when something came only where
 * somebody had looked before it. Pods tell times of their own. */
static bool cluster_was_read_before(const struct world *world, struct slice uid, int64_t time)
{
	for (size_t i = 0; i < world->clusters.len; i++) {
		const struct world_cluster *cluster = world->clusters.items[i];
		if (slice_equal(cluster->record->cluster, uid))
			return cluster->first_read != TIME_UNSET && cluster->first_read < time;
	}
	return false;
}

/* -1: memory is out. */
static int repository_was_read_before(struct world *world, const struct image *image)
{
	if (!world->images)
		return 0;
	struct slice name = arena_printf(&world->arena, "%.*s/%.*s", SLICE_ARG(image->registry),
					 SLICE_ARG(image->repository));
	const struct world_repository *repository = name.data ? map_get(&world->images->repositories, name) : NULL;
	if (!name.data)
		return -1;
	return repository && repository->first_read != TIME_UNSET && repository->first_read < image->first_seen;
}

static int came_when_first_seen(struct world *world, const struct image *image)
{
	const struct sighting *sightings = image->sightings.items;

	for (size_t i = 0; i < image->sightings.len; i++) {
		const struct sighting *s = &sightings[i];
		if (s->from_time == image->first_seen && (!slice_equal_text(s->state, "cached") ||
							  cluster_was_read_before(world, s->cluster_uid, s->from_time)))
			return 1;
	}
	return repository_was_read_before(world, image);
}

/* What a registry or its log tells of: of several pushes the latest is a fact of the image, and any of them counts. */
static void look_at_events(struct dates *dates, const struct image *image)
{
	const struct triage_run *run = dates->run;
	dates->in[DATE_PULLED] |= image->digest.len && map_get(&run->pulled_in_window, image->digest);
	dates->in[DATE_PUSHED] |= image->digest.len && map_get(&run->pushed_in_window, image->digest);
}

int triage_note_events(struct triage_run *run, struct error **err)
{
	const struct world_images *images = run->world->images;
	const struct registry_event *events = images ? images->events.items : NULL;

	for (size_t i = 0; images && i < images->events.len; i++) {
		bool pull = slice_equal_text(events[i].action, "pull"),
		     push = slice_equal_text(events[i].action, "push");
		if ((!pull && !push) || !events[i].digest.len || !triage_in_window(run->incident, events[i].time))
			continue;
		void **place = map_put(pull ? &run->pulled_in_window : &run->pushed_in_window, events[i].digest);
		if (!place)
			return error_no_memory(err);
		*place = run;
	}
	return 0;
}

int triage_window_dates(struct triage_run *run, struct image *image, struct error **err)
{
	const struct world_manifest *manifest = run->world->images && image->digest.len
							? world_manifest_of(run->world, image->digest)
							: NULL;
	struct dates dates = { .run = run };
	size_t count = 0;

	if (!has_window(run->incident))
		return 0;
	look_at_claim(&dates, DATE_BUILT, image->built);
	look(&dates, DATE_PUSHED, image->pushed);
	int came = came_when_first_seen(run->world, image);
	if (came < 0)
		return arena_fail(&run->world->arena, err);
	if (came)
		look(&dates, DATE_FIRST_SEEN, image->first_seen);
	look_at_sightings(&dates, image);
	look_at_events(&dates, image);
	look_at_tags(&dates, image->digest); /* a log may tell of what nobody read */
	if (manifest)
		look_at_manifest(&dates, manifest, 1);
	struct slice *names = arena_zeroed(&run->world->arena, DATES, sizeof *names);
	if (!names)
		return arena_fail(&run->world->arena, err);
	for (size_t i = 0; i < DATES; i++)
		if (dates.in[i])
			names[count++] = slice_of(date_names[i]);
	image->in_window = (struct slice_list){ names, count };
	return 0;
}
