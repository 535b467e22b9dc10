#include "cli/command_list.h"
#include "cli/image_asked.h"
#include "cli/image_screen.h"
#include "derive/image_detail_diff.h"

struct diff {
	struct image_asked *asked;
	struct image_difference *rows;
	size_t count, capacity;
};

static int keep_rows(struct diff *d, struct record_list list, struct error **err)
{
	const struct image_difference *rows = list.items;
	for (size_t i = 0; i < list.len; i++) {
		struct image_difference *grown = arena_grow(&d->asked->session.arena, d->rows, d->count, &d->capacity,
							    sizeof *grown);
		if (!grown)
			return arena_fail(&d->asked->session.arena, err);
		d->rows = grown;
		grown[d->count++] = rows[i];
	}
	return 0;
}

static int diff_pair(struct diff *d, const struct image_part *old, const struct image_part *new, struct error **err)
{
	struct record_list rows;
	bool of_index = old->of_index || new->of_index;
	struct slice platform = !of_index ? SLICE_NONE : old->platform.data ? old->platform : new->platform;
	if (image_detail_differences(platform, old->stored ? &old->detail : NULL, new->stored ? &new->detail : NULL,
				     &d->asked->session.arena, &rows, err) < 0)
		return -1;
	return keep_rows(d, rows, err);
}

/* An image that only one of the two has. */
static int diff_alone(struct diff *d, const struct image_part *part, bool old, struct error **err)
{
	struct image_difference row;
	record_init(&image_difference_type, &row);
	row.platform = part->platform;
	row.what = SLICE("platform");
	row.name = old ? SLICE("only in the first") : SLICE("only in the second");
	*(old ? &row.old : &row.new) = part->digest;
	return keep_rows(d, (struct record_list){ &row, 1 }, err);
}

static bool is_beside(struct slice platform, struct slice other)
{
	return slice_equal(platform, other) || image_platform_is(platform, other) || image_platform_is(other, platform);
}

/* The one that is to be compared with a part of `own`. Windows has one platform several times, for its versions: those
 * stand in the same order. */
static const struct image_part *beside(const struct image_parts *parts, const struct image_parts *own, size_t number)
{
	struct slice platform = own->items[number].platform;
	size_t before = 0;
	if (parts->count == 1 && own->count == 1)
		return &parts->items[0];
	for (size_t i = 0; i < number; i++)
		before += is_beside(own->items[i].platform, platform);
	for (size_t i = 0; i < parts->count; i++)
		if (is_beside(parts->items[i].platform, platform) && before-- == 0)
			return &parts->items[i];
	return NULL;
}

static int diff_all(struct diff *d, const struct image_parts *old, const struct image_parts *new, struct error **err)
{
	for (size_t i = 0; i < old->count; i++) {
		const struct image_part *part = &old->items[i], *other = beside(new, old, i);
		if ((other ? diff_pair(d, part, other, err) : diff_alone(d, part, true, err)) < 0)
			return -1;
	}
	for (size_t i = 0; i < new->count; i++)
		if (!beside(old, new, i) && diff_alone(d, &new->items[i], false, err) < 0)
			return -1;
	return 0;
}

static bool all_stored(const struct image_parts *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		if (!parts->items[i].stored)
			return false;
	return true;
}

static int diff(struct image_asked *asked, struct error **err)
{
	struct envelope envelope;
	struct diff d = { .asked = asked };
	struct image_parts old, new;
	if (image_asked_envelope(asked, "fother/image_differences/v1", &envelope, err) < 0 ||
	    image_asked_parts(asked, &asked->refs[0], &old, err) < 0 ||
	    image_asked_parts(asked, &asked->refs[1], &new, err) < 0 || diff_all(&d, &old, &new, err) < 0)
		return -1;
	envelope.complete = envelope.complete && all_stored(&old) && all_stored(&new);
	const struct record_list rows = { d.rows, d.count };
	const struct image_screen screen = image_asked_screen(asked);
	if (output_begin(&asked->output, &envelope, err) < 0 ||
	    (output_is_screen(&asked->output) ? image_screen_differences(&screen, rows, err)
					      : output_items(&asked->output, &image_difference_type, rows, err)) < 0)
		return -1;
	return image_asked_finish(asked, &envelope, err);
}

static int run_diff(const struct options *options, struct error **err)
{
	return image_asked_run(options, 2, 2, diff, err);
}

const struct command command_image_diff = {
	.name = "image diff",
	.operands = "OLD NEW",
	.summary = "What differs between two images, platform by platform.",
	.text = IMAGE_REF_TEXT
	"Compares the contents of layers, not how they were packed; then steps, config, variables, labels and "
	"annotations. The first row of each platform judges the whole: same, repacked, config only, layers on top, layers "
	"taken away, base replaced, last layers differ, other or not known.",
	.options = IMAGE_ASKED_OPTIONS,
	.without_clusters = true,
	.run = run_diff,
};
