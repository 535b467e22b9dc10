#include "derive/image_stacks.h"

#include <stdlib.h>

static struct slice pointer_key(const void *const *pointer)
{
	return (struct slice){ (const char *)pointer, sizeof *pointer };
}

struct image_stack *image_stack_of(const struct image_stacks *stacks, const struct world_manifest *manifest)
{
	const void *pointer = manifest;
	return manifest ? map_get(&stacks->of_image, pointer_key(&pointer)) : NULL;
}

bool image_stack_is_below(const struct image_stack *a, const struct image_stack *b)
{
	const struct image_stack *stack = b ? b->below : NULL;
	while (stack && stack != a)
		stack = stack->below;
	return stack && a;
}

void image_stacks_release(struct image_stacks *stacks)
{
	map_release(&stacks->by_layers);
	map_release(&stacks->of_image);
}

/* --- the tree --- */

static int stack_on(struct images_build *b, struct image_stacks *stacks, struct image_stack *below, struct slice layer,
		    struct image_stack **ret_stack, struct error **err)
{
	struct slice parts[] = { { (const char *)&below, sizeof(struct image_stack *) }, layer }, key = SLICE_NONE;
	if (build_exact_key(b->build, parts, 2, &key, err) < 0)
		return -1;
	void **place = map_put(&stacks->by_layers, key);
	if (!place)
		return error_no_memory(err);
	if (!*place) {
		struct image_stack *made = build_new(b->build, sizeof *made, err);
		if (!made)
			return -1;
		made->below = below;
		*place = made;
	}
	*ret_stack = *place;
	return 0;
}

static int note_layer(struct images_build *b, struct slice layer, struct world_manifest *manifest, struct error **err)
{
	const struct world_list *known = map_get(&b->images->by_layer, layer);
	if (known && known->items[known->len - 1] == manifest) /* it holds it twice */
		return 0;
	return image_list_push(b, &b->images->by_layer, layer, manifest, err);
}

static void name(const struct world *world, struct stack_image *image, const struct world_manifest *manifest, int depth)
{
	const struct world_list *tags = map_get(&world->images->tags_by_digest, manifest->record->digest);
	for (size_t i = 0; tags && i < tags->len; i++) {
		const struct world_tag *tag = tags->items[i];
		int named = image_tag_points_to(world, tag, image->manifest->record->digest) ? 2 : 1;
		if (named > image->named)
			image->named = named;
		image->official |= slice_equal_text(tag->registry, "docker.io") &&
				   slice_starts_with(tag->repository, "library/");
	}
	for (size_t i = 0; i < manifest->parents.len && depth < IMAGE_DEPTH_MAX; i++)
		name(world, image, manifest->parents.items[i], depth + 1);
}

static int add_image(struct images_build *b, struct image_stacks *stacks, struct world_manifest *manifest,
		     struct image_stack *stack, struct error **err)
{
	struct stack_image *image = build_new(b->build, sizeof *image, err);
	const void *pointer = manifest;
	void *kept = NULL;
	if (!image)
		return -1;
	image->manifest = manifest;
	name(b->build->world, image, manifest, 0);
	if (build_push(b->build, &stack->images, image, err) < 0 ||
	    build_put(&stacks->of_image, pointer_key(&pointer), stack, &kept, err) < 0)
		return -1;
	struct slice chain = manifest->record->chain_id;
	return chain.len ? image_list_push(b, &b->images->by_chain, chain, manifest, err) : 0;
}

static int add_manifest(struct images_build *b, struct image_stacks *stacks, struct world_manifest *manifest,
			struct error **err)
{
	struct slice_list layers = manifest->record->diff_ids;
	struct image_stack *stack = NULL;
	if (!slice_equal_text(manifest->record->kind, "image") || !layers.len)
		return 0;
	for (size_t i = 0; i < layers.len; i++) {
		if (!layers.items[i].len)
			return 0;
	}
	for (size_t i = 0; i < layers.len; i++) {
		if (stack_on(b, stacks, stack, layers.items[i], &stack, err) < 0 ||
		    note_layer(b, layers.items[i], manifest, err) < 0)
			return -1;
	}
	return add_image(b, stacks, manifest, stack, err);
}

/* --- which one to call the base, of several that are the same stack --- */

static int compare_images(const void *a, const void *b)
{
	const struct stack_image *left = *(const struct stack_image *const *)a;
	const struct stack_image *right = *(const struct stack_image *const *)b;
	int64_t one = world_built(left->manifest), other = world_built(right->manifest);
	if (left->named != right->named)
		return right->named - left->named;
	if (one != other) /* one without a date comes last */
		return one == TIME_UNSET ? 1 : other == TIME_UNSET ? -1 : one < other ? -1 : 1;
	if (left->official != right->official)
		return right->official - left->official;
	return slice_compare(left->manifest->record->digest, right->manifest->record->digest);
}

static int note_built_on(struct images_build *b, struct world_manifest *manifest, struct image_stack *stack,
			 struct error **err)
{
	for (struct image_stack *below = stack->below; below; below = below->below) {
		if (below->images.len && build_push(b->build, &below->built_on, manifest, err) < 0)
			return -1;
	}
	return 0;
}

int image_stacks_build(struct images_build *b, struct image_stacks *stacks, struct error **err)
{
	const struct world_list *manifests = &b->images->manifests;
	for (size_t i = 0; i < manifests->len; i++) {
		if (add_manifest(b, stacks, manifests->items[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < stacks->by_layers.len; i++) {
		struct image_stack *stack = stacks->by_layers.items[i].value;
		if (stack->images.len > 1)
			qsort(stack->images.items, stack->images.len, sizeof(void *), compare_images);
	}
	for (size_t i = 0; i < manifests->len; i++) {
		struct image_stack *stack = image_stack_of(stacks, manifests->items[i]);
		if (stack && note_built_on(b, manifests->items[i], stack, err) < 0)
			return -1;
	}
	return 0;
}
