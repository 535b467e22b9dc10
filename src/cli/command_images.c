#include "base/limits.h"
#include "cli/command_list.h"
#include "cli/filter.h"

static int compare_rows(const void *left, const void *right)
{
	const struct image *a = left, *b = right;
	int order = slice_compare(a->registry, b->registry);

	order = order ? order : slice_compare(a->repository, b->repository);
	if (order == 0 && a->runs != b->runs)
		return a->runs > b->runs ? -1 : 1;
	return order ? order : slice_compare(a->digest, b->digest);
}

static int print(struct session *session, struct output *output, const struct filter *filter, struct error **err)
{
	struct envelope envelope = session_envelope(session, "fother/images/v1");
	struct record_list rows;
	size_t count = 0;

	if (world_images(session->world, &rows, err) < 0)
		return -1;
	struct image *images = rows.items;
	for (size_t i = 0; i < rows.len; i++)
		if (filter_registry(filter, images[i].registry) && filter_repository(filter, images[i].repository))
			images[count++] = images[i];
	rows.len = count;
	if (count)
		qsort(images, count, sizeof *images, compare_rows);
	if (output_begin(output, &envelope, err) < 0 || output_items(output, &image_type, rows, err) < 0)
		return -1;
	return output_end(output, &envelope, err) < 0 ? -1 : session_exit_code(session);
}

static int run(const struct options *options, struct error **err)
{
	return filter_run(options, print, err);
}

const struct command command_images = {
	.name = "images",
	.operands = "",
	.summary = "The images that were seen, and where they run, ran or lie cached.",
	.text = "Lists every image seen in pods, templates, events and node caches, by digest where one is known: its tags, "
		"how many workloads run or ran it, on how many nodes it lies cached. Build dates are not known before a "
		"registry was read. JSON has every sighting.",
	.options = OPTIONS_ALWAYS | OPTIONS_OUTPUT | OPTIONS_SOURCES | OPTION_BIT(REGISTRY) | OPTION_BIT(REPOSITORY),
	.run = run,
};
