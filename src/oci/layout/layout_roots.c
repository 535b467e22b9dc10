#include <stdlib.h>

#include "base/limits.h"
#include "oci/layout/layout_internal.h"

static int keep(struct image_layout *layout, struct slice *text, struct error **err)
{
	return arena_copy(&layout->arena, *text, text) < 0 ? arena_fail(&layout->arena, err) : 0;
}

int layout_add_root(struct image_layout *layout, const struct layout_root *root, struct error **err)
{
	struct layout_root copy = *root;
	if (layout->roots.len >= LIMIT_LAYOUT_MEMBERS)
		return error_set(err, ERROR_LIMIT, "more than %d images", LIMIT_LAYOUT_MEMBERS);
	if (keep(layout, &copy.repository, err) < 0 || keep(layout, &copy.tag, err) < 0 ||
	    keep(layout, &copy.digest, err) < 0 || keep(layout, &copy.media_type, err) < 0)
		return -1;
	struct layout_root *place = vec_push(&layout->roots);
	if (!place)
		return error_no_memory(err);
	copy.order = layout->roots.len;
	*place = copy;
	return 0;
}

static int compare_names(const struct layout_root *a, struct slice repository, struct slice tag)
{
	int order = slice_compare(a->repository, repository);
	return order ? order : slice_compare(a->tag, tag);
}

static int compare_roots(const void *a, const void *b)
{
	const struct layout_root *left = a, *right = b;
	int order = compare_names(left, right->repository, right->tag);
	return order ? order : (left->order > right->order) - (left->order < right->order);
}

static bool same_name(const struct layout_root *a, const struct layout_root *b)
{
	return compare_names(a, b->repository, b->tag) == 0;
}

static int put_duplicate(struct image_layout *layout, const struct layout_root *root, struct error **err)
{
	struct slice message = arena_printf(&layout->arena, "%.*s:%.*s names more than one image: the first counts",
					    SLICE_ARG(root->repository), SLICE_ARG(root->tag));
	if (!message.data)
		return arena_fail(&layout->arena, err);
	struct image_layout_problem problem = { .code = "duplicate", .message = message };
	return layout_add_problem(layout, &problem, err);
}

static int add_unnamed(struct image_layout *layout, const struct layout_root *root, struct error **err)
{
	struct image_layout_unnamed *unnamed = vec_push(&layout->unnamed);
	if (!unnamed)
		return error_no_memory(err);
	*unnamed = (struct image_layout_unnamed){ root->repository, root->digest };
	return 0;
}

static bool is_named(const struct map *named, const struct layout_root *root)
{
	return map_get(named, root->digest) != NULL;
}

/* Digests that a tag leads to need no name of their own. */
int layout_find_unnamed(struct image_layout *layout, struct error **err)
{
	CLEANUP(map_release) struct map named = { 0 };
	for (int with_tag = 1; with_tag >= 0; with_tag--) {
		for (size_t i = 0; i < layout->roots.len; i++) {
			struct layout_root *root = &layout->roots.items[i];
			if ((root->tag.data != NULL) != with_tag || is_named(&named, root))
				continue;
			void **place = map_put(&named, root->digest);
			if (!place)
				return error_no_memory(err);
			*place = root;
			if (!with_tag && add_unnamed(layout, root, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* Of one name only the first keeps its tag. */
static int settle_name(struct image_layout *layout, size_t from, size_t end, struct error **err)
{
	struct layout_root *roots = layout->roots.items;
	bool told = false;
	for (size_t i = from + 1; i < end; i++) {
		bool same = slice_equal(roots[i].digest, roots[from].digest);
		if (!same && !told && put_duplicate(layout, &roots[from], err) < 0)
			return -1;
		told = told || !same;
		roots[i].tag = SLICE_NONE;
	}
	return 0;
}

int layout_settle(struct image_layout *layout, struct error **err)
{
	struct layout_root *roots = layout->roots.items;
	size_t count = layout->roots.len;
	layout->settled = count;
	if (!count)
		return 0;
	qsort(roots, count, sizeof *roots, compare_roots);
	for (size_t from = 0, end; from < count; from = end) {
		for (end = from + 1; end < count && same_name(&roots[from], &roots[end]);)
			end++;
		if (roots[from].tag.data && settle_name(layout, from, end, err) < 0)
			return -1;
	}
	qsort(roots, count, sizeof *roots, compare_roots);
	return 0;
}

/* The first root that does not come before the name. */
static size_t lower_bound(const struct image_layout *layout, struct slice repository, struct slice tag)
{
	size_t from = 0, end = layout->settled;
	while (from < end) {
		size_t middle = from + (end - from) / 2;
		if (compare_names(&layout->roots.items[middle], repository, tag) < 0)
			from = middle + 1;
		else
			end = middle;
	}
	return from;
}

const struct layout_root *layout_tags(const struct image_layout *layout, struct slice repository, size_t *ret_count)
{
	size_t from = lower_bound(layout, repository, SLICE("")), end = from;
	while (end < layout->settled && slice_equal(layout->roots.items[end].repository, repository))
		end++;
	*ret_count = end - from;
	return end > from ? &layout->roots.items[from] : NULL;
}

const struct layout_root *layout_find(const struct image_layout *layout, struct slice repository, struct slice tag)
{
	size_t at = lower_bound(layout, repository, tag);
	bool found = at < layout->settled && compare_names(&layout->roots.items[at], repository, tag) == 0;
	return found && tag.data ? &layout->roots.items[at] : NULL;
}
