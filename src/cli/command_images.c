#include "base/limits.h"
#include "cli/command_list.h"
#include "cli/filter.h"
#include "cli/images_table.h"

static int compare_rows(const void *left, const void *right)
{
	const struct image *a = left, *b = right;
	int order = slice_compare(a->registry, b->registry);

	order = order ? order : slice_compare(a->repository, b->repository);
	if (order == 0 && a->runs != b->runs)
		return a->runs > b->runs ? -1 : 1;
	return order ? order : slice_compare(a->digest, b->digest);
}

static int print_rows(struct session *session, struct output *output, struct record_list rows, struct error **err)
{
	if (output_is_screen(output) && output->format == OUTPUT_TABLE)
		return images_table(rows, output->width, &session->arena, &output->text, err);
	return output_items(output, &image_type, rows, err);
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
	if (output_begin(output, &envelope, err) < 0 || print_rows(session, output, rows, err) < 0)
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
	.summary = "The images that were seen: where they run, when they were built, on what.",
	.text = "Lists every image seen in pods, templates, events and node caches, and in registries and layouts that were "
		"read, by digest where one is known: how many workloads run or ran it, on how many nodes it lies cached, the "
		"build date that it claims (undated; epoch: a date that reproducible builds write; future: ahead of the "
		"read), the tags that point to it now, its base, and whether its registry still has it. Dates, bases and "
		"tags are known once a registry was read: --read-registry asks those that the images come from, narrowed by "
		"--registry and --repository; a registry that no image comes from is read as a whole. JSON has every "
		"sighting.",
	.options = OPTIONS_ALWAYS | OPTIONS_OUTPUT | OPTIONS_SOURCES | OPTION_BIT(REGISTRY) | OPTION_BIT(REPOSITORY),
	.without_clusters = true,
	.run = run,
};
