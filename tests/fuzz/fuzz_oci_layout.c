/* The documents that name the images of a layout: whatever they hold, names are in order, each is found again, digests
 * are digests, and what is wrong has its place. The first byte says which document it is.
 */
#include <stdint.h>
#include <stdlib.h>

#include "model/reference.h"
#include "oci/layout/layout_internal.h"

static int get(struct image_layout *layout, struct slice name, size_t max, struct layout_content *ret_content,
	       struct error **err)
{
	(void)layout;
	(void)max;
	(void)err;
	bool there = slice_ends_with(name, ".cfg");
	*ret_content = (struct layout_content){ .outcome = there ? IMAGE_PRESENT : IMAGE_ABSENT,
						.bytes = there ? SLICE("{}") : SLICE_NONE };
	return 0;
}

static const struct layout_ops ops = { get };

static void check_roots(const struct image_layout *layout)
{
	for (size_t i = 0; i < layout->roots.len; i++) {
		const struct layout_root *root = &layout->roots.items[i];
		if (!digest_valid(root->digest) || !root->repository.data)
			abort();
		size_t count;
		if (root->tag.data && (layout_find(layout, root->repository, root->tag) != root ||
				       !layout_tags(layout, root->repository, &count) || !count))
			abort();
	}
	for (size_t i = 0; i < image_layout_unnamed_count(layout); i++)
		if (!digest_valid(image_layout_unnamed(layout, i).digest))
			abort();
	for (size_t i = 0; i < image_layout_problem_count(layout); i++)
		if (!image_layout_problem(layout, i)->code || !image_layout_problem(layout, i)->message.len)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error *err = NULL;
	CLEANUP(image_layout_freep) struct image_layout *layout = layout_new(&ops, &err);
	struct slice text = { (const char *)data + 1, size ? size - 1 : 0 };
	if (!size || !layout)
		return 0;
	int result = data[0] == 'm'   ? layout_read_mark(layout, text, &err)
		     : data[0] == 'd' ? layout_read_docker(layout, text, &err)
				      : layout_read_index(layout, text, &err);
	if (result == 0)
		result = layout_settle(layout, &err);
	if (result == 0)
		result = layout_find_unnamed(layout, &err);
	if (result < 0)
		abort(); /* bad input is no failure */
	check_roots(layout);
	return 0;
}
