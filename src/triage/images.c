#include "triage/triage_internal.h"

/* docs/ranking.md, "Images of the scope": bad before not known bad, then by where they run. */
static int compare_images(const void *left, const void *right)
{
	const struct image *a = left, *b = right;
	const int64_t by[][2] = {
		{ a->bad == BOOL_TRUE, b->bad == BOOL_TRUE },
		{ a->runs, b->runs },
		{ a->ran, b->ran },
		{ a->cached, b->cached },
	};

	for (size_t i = 0; i < sizeof by / sizeof by[0]; i++)
		if (by[i][0] != by[i][1])
			return by[i][0] > by[i][1] ? -1 : 1;
	int order = slice_compare(a->registry, b->registry);
	order = order ? order : slice_compare(a->repository, b->repository);
	return order ? order : slice_compare(a->digest, b->digest);
}

static const char *why_of(const struct image *image)
{
	if (image->bad == BOOL_TRUE)
		return "an indicator names it";
	if (image->runs > 0)
		return "runs, and comes from the breached registry";
	if (image->ran > 0)
		return "ran, and comes from the breached registry";
	if (image->cached > 0)
		return "lies on nodes, ready to start";
	return "named by a template or an event only";
}

/* The sightings hold the indicator already: an image is bad when one of its sightings is. */
static void mark_bad(struct triage_run *run, struct image *image)
{
	const struct sighting *sightings = image->sightings.items;

	image->bad = BOOL_FALSE;
	for (size_t i = 0; i < image->sightings.len; i++)
		if (sightings[i].bad == BOOL_TRUE)
			image->bad = BOOL_TRUE;
	if (image->digest.data && (indicators_digest(run->indicators, image->digest) ||
				   map_get(&run->bad_by_tag, image->digest)))
		image->bad = BOOL_TRUE;
}

int triage_images(struct triage_run *run, struct error **err)
{
	struct record_list all;
	struct row_list rows = { 0 };

	if (world_images(run->world, &all, err) < 0)
		return -1;
	struct image *images = all.items;
	for (size_t i = 0; i < all.len; i++) {
		mark_bad(run, &images[i]);
		if (images[i].bad != BOOL_TRUE &&
		    !scope_has_image(run->incident, images[i].registry, images[i].repository))
			continue;
		if (!row_push_copy(&rows, &image_type, &images[i], &run->world->arena))
			return arena_fail(&run->world->arena, err);
	}
	struct image *kept = rows.list.items;
	if (rows.list.len)
		qsort(kept, rows.list.len, sizeof *kept, compare_images);
	for (size_t i = 0; i < rows.list.len; i++) {
		kept[i].rank = (int64_t)i + 1;
		kept[i].why = slice_of(why_of(&kept[i]));
	}
	run->triage->images = rows.list;
	return 0;
}
