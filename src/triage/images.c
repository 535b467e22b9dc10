#include "derive/world_images.h"
#include "triage/triage_internal.h"

/* docs/ranking.md, "Images of the scope": bad before built on bad, before in the window, then by where they run. */
static int compare_images(const void *left, const void *right)
{
	const struct image *a = left, *b = right;
	const int64_t by[][2] = {
		{ a->bad == BOOL_TRUE, b->bad == BOOL_TRUE },
		{ a->built_on.len > 0, b->built_on.len > 0 },
		{ a->in_window.len > 0, b->in_window.len > 0 },
		{ a->runs, b->runs },
		{ a->ran, b->ran },
		{ a->cached, b->cached },
	};

	for (size_t i = 0; i < sizeof by / sizeof by[0]; i++)
		if (by[i][0] != by[i][1])
			return by[i][0] > by[i][1] ? -1 : 1;
	int order = slice_compare(a->registry, b->registry);
	order = order ? order : slice_compare(a->repository, b->repository);
	order = order ? order : slice_compare(a->digest, b->digest);
	/* Without digests one tag tells them apart. */
	return order || !a->tags.len || !b->tags.len ? order : slice_compare(a->tags.items[0], b->tags.items[0]);
}

static const char *why_of(const struct image *image)
{
	if (image->bad == BOOL_TRUE)
		return "an indicator names it";
	if (image->built_on.data)
		return "built on a bad image";
	if (image->in_window.len)
		return image->runs > 0 ? "runs, and a date of it lies in the window"
				       : "a date of it lies in the window";
	if (image->runs > 0)
		return "runs, and comes from the breached registry";
	if (image->ran > 0)
		return "ran, and comes from the breached registry";
	if (image->cached > 0)
		return "lies on nodes, ready to start";
	return image->sightings.len ? "named by a template or an event only" : "in the registry only";
}

/* What has no digest is bad when one of its sightings is. */
static void mark_bad(const struct triage_run *run, struct image *image)
{
	const struct sighting *sightings = image->sightings.items;
	const struct triage_bad *bad = triage_bad_of(run, image->digest);

	image->bad = bad && !bad->built_on.data ? BOOL_TRUE : BOOL_FALSE;
	image->built_on = bad ? bad->built_on : SLICE_NONE;
	for (size_t i = 0; !image->digest.data && i < image->sightings.len; i++)
		if (sightings[i].bad == BOOL_TRUE)
			image->bad = BOOL_TRUE;
}

/* "registry/repository:tag" of every image that a digest is known of. */
static int note_known_names(struct map *names, const struct record_list *all, struct arena *arena, struct error **err)
{
	const struct image *images = all->items;

	for (size_t i = 0; i < all->len; i++)
		for (size_t t = 0; images[i].digest.data && t < images[i].tags.len; t++) {
			struct slice name = arena_printf(arena, "%.*s/%.*s:%.*s", SLICE_ARG(images[i].registry),
							 SLICE_ARG(images[i].repository),
							 SLICE_ARG(images[i].tags.items[t]));
			void **place = name.data ? map_put(names, name) : NULL;
			if (!place)
				return arena_fail(arena, err);
			*place = names;
		}
	return 0;
}

/* A template's tag that stands in the list with its digest already. -1: memory is out. */
static int only_a_name(const struct image *image, const struct map *names, struct arena *arena)
{
	if (image->digest.data || image->runs > 0 || image->ran > 0 || image->cached > 0 || image->tags.len != 1)
		return 0;
	struct slice name = arena_printf(arena, "%.*s/%.*s:%.*s", SLICE_ARG(image->registry),
					 SLICE_ARG(image->repository), SLICE_ARG(image->tags.items[0]));
	return name.data ? map_get(names, name) != NULL : -1;
}

static int collect(struct triage_run *run, const struct record_list *all, const struct map *names,
		   struct row_list *rows, struct error **err)
{
	struct image *images = all->items;

	for (size_t i = 0; i < all->len; i++) {
		mark_bad(run, &images[i]);
		if (triage_window_dates(run, &images[i], err) < 0)
			return -1;
		int named = only_a_name(&images[i], names, &run->world->arena);
		if (named < 0)
			return arena_fail(&run->world->arena, err);
		if (named || (images[i].bad != BOOL_TRUE && !images[i].built_on.data &&
			      !scope_has_image(run->incident, images[i].registry, images[i].repository)))
			continue;
		if (!row_push_copy(rows, &image_type, &images[i], &run->world->arena))
			return arena_fail(&run->world->arena, err);
	}
	return 0;
}

static bool has_dating(const struct image *image, const char *dating)
{
	return slice_equal_text(image->dating, dating);
}

static void count(struct triage *triage, const struct record_list *rows)
{
	const struct image *images = rows->items;
	struct triage_counts *counts = &triage->counts;

	for (size_t i = 0; i < rows->len; i++) {
		counts->bad += images[i].bad == BOOL_TRUE;
		counts->built_on_bad += images[i].built_on.len > 0;
		counts->in_window += images[i].in_window.len > 0;
		counts->dated += has_dating(&images[i], "dated");
		counts->undated += has_dating(&images[i], "undated") || has_dating(&images[i], "invalid");
		counts->reproducible += has_dating(&images[i], "reproducible");
		counts->future += has_dating(&images[i], "future");
		counts->not_read += !images[i].dating.len;
	}
}

int triage_images(struct triage_run *run, struct error **err)
{
	CLEANUP(map_release) struct map names = { 0 };
	struct record_list all;
	struct row_list rows = { 0 };

	if (world_images(run->world, &all, err) < 0 || note_known_names(&names, &all, &run->world->arena, err) < 0 ||
	    collect(run, &all, &names, &rows, err) < 0)
		return -1;
	struct image *kept = rows.list.items;
	count(run->triage, &rows.list);
	if (rows.list.len)
		qsort(kept, rows.list.len, sizeof *kept, compare_images);
	for (size_t i = 0; i < rows.list.len; i++) {
		kept[i].rank = (int64_t)i + 1;
		kept[i].why = slice_of(why_of(&kept[i]));
	}
	run->triage->images = rows.list;
	return 0;
}
