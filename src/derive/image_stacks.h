/* Stacks of layers that known images consist of: a tree of diff IDs, in which an image's base is an image above it.
 *
 * The chain IDs of the OCI image spec name the same stacks; a tree needs no hash for each. Only for this folder.
 */
#ifndef FOTHER_DERIVE_IMAGE_STACKS_H
#define FOTHER_DERIVE_IMAGE_STACKS_H

#include "derive/images_internal.h"

struct image_stack;

/* An image that consists of a stack. */
struct stack_image {
	struct world_manifest *manifest;
	int named; /* 2: a tag points to it, 1: one did, 0 */
	bool official;
};

struct image_stack {
	struct image_stack *below;  /* without the highest layer; NULL: it is the lowest */
	struct world_list images;   /* struct stack_image *: better ones to be called a base first */
	struct world_list built_on; /* struct world_manifest *: images with more layers on top of it */
};

struct image_stacks {
	struct map by_layers; /* (stack below, diff ID) -> struct image_stack * */
	struct map of_image;  /* struct world_manifest * -> struct image_stack * */
};

int image_stacks_build(struct images_build *b, struct image_stacks *stacks, struct error **err);
/* NULL: nothing is known of its layers. */
struct image_stack *image_stack_of(const struct image_stacks *stacks, const struct world_manifest *manifest);
/* a is a proper part of b. */
bool image_stack_is_below(const struct image_stack *a, const struct image_stack *b);
void image_stacks_release(struct image_stacks *stacks);

#endif
