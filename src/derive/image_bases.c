/* What each image is built on, without a list of bases: any image that is known may be another's.
 *
 * Layers tell most: a base's are the first of its image's. Where an image was squashed or packed anew its history may
 * still begin like its base's; and an annotation may claim one. */
#include "derive/image_stacks.h"

/* Of images that are the same stack so many are looked at: thousands may differ in a label alone. */
#define CANDIDATES_MAX 16
/* A single step is often the same for all that a tool builds. */
#define HISTORY_STEPS_MIN 2
/* Bases of bases; a claim may go round in a circle. */
#define BASES_MAX 32

struct bases {
	struct images_build *b;
	struct image_stacks stacks;
	struct map by_history; /* its last step -> struct world_list * of struct world_manifest * */
};

static bool may_equal(struct slice a, struct slice b)
{
	return !a.len || !b.len || slice_equal(a, b);
}

static bool same_platform(const struct manifest *a, const struct manifest *b)
{
	return may_equal(a->os, b->os) && may_equal(a->architecture, b->architecture) &&
	       may_equal(a->variant, b->variant);
}

/* The image of an index that fits; of an image itself. */
static struct world_manifest *for_platform(struct world_manifest *manifest, const struct manifest *platform, int depth)
{
	if (!manifest || !slice_equal_text(manifest->record->kind, "index"))
		return manifest;
	for (size_t i = 0; i < manifest->members.len && depth < IMAGE_DEPTH_MAX; i++) {
		const struct world_member *member = manifest->members.items[i];
		struct world_manifest *image = for_platform(member->manifest, platform, depth + 1);
		if (image && slice_equal_text(image->record->kind, "image") && same_platform(image->record, platform))
			return image;
	}
	return NULL;
}

/* --- by layers --- */

static bool history_begins(const struct manifest *image, const struct manifest *base)
{
	size_t steps = base->history_steps.len;
	return steps && steps <= image->history_steps.len &&
	       slice_equal(image->history_steps.items[steps - 1], base->history_steps.items[steps - 1]);
}

static bool is_older(const struct world_manifest *base, const struct world_manifest *image)
{
	int64_t one = world_built(base), other = world_built(image);
	return one == TIME_UNSET || other == TIME_UNSET || one <= other;
}

/* The same stack with more steps in its history is the nearer one: FROM it came the label, or the user. */
static struct world_manifest *choose(const struct image_stack *stack, const struct world_manifest *image)
{
	struct world_manifest *by_history = NULL, *by_age = NULL, *any = NULL;
	for (size_t i = 0; i < stack->images.len && i < CANDIDATES_MAX; i++) {
		struct world_manifest *base = ((struct stack_image *)stack->images.items[i])->manifest;
		if (!same_platform(base->record, image->record))
			continue;
		bool begins = history_begins(image->record, base->record);
		if (begins && (!by_history || base->record->history_steps.len > by_history->record->history_steps.len))
			by_history = base;
		if (!by_age && is_older(base, image))
			by_age = base;
		if (!any)
			any = base;
	}
	return by_history ? by_history : by_age ? by_age : any;
}

static struct world_manifest *by_layers(const struct bases *bases, const struct world_manifest *image)
{
	const struct image_stack *stack = image_stack_of(&bases->stacks, image);
	struct world_manifest *base = NULL;
	while (stack && !base) {
		stack = stack->below;
		base = stack ? choose(stack, image) : NULL;
	}
	return base;
}

/* --- by annotation --- */

static struct world_manifest *by_annotation(const struct bases *bases, const struct world_manifest *image)
{
	struct world_manifest *claimed = world_manifest_of(bases->b->build->world, image->record->base_digest);
	claimed = for_platform(claimed, image->record, 0);
	return claimed == image ? NULL : claimed;
}

/* Whether some digest that the tag stood at is the base: it may have moved since. */
static int named_alike(const struct bases *bases, const struct world_manifest *image, const struct world_manifest *base,
		       struct error **err)
{
	struct images_build *b = bases->b;
	const struct world_image_name *name = NULL;
	struct tag_build *tag = NULL;
	if (!image->record->base_name.len)
		return 0;
	if (build_image_name(b->build, image->record->base_name, &name, err) < 0)
		return -1;
	struct slice text = name->reference.tag.data ? name->reference.tag : SLICE("latest");
	if (name->repository && image_tag_find(b, name->registry, name->reference.path, text, &tag, err) < 0)
		return -1;
	for (size_t i = 0; tag && i < tag->tag.states.len; i++) {
		const struct tag_state *state = tag->tag.states.items[i];
		if (world_same_image(b->build->world, state->digest, base->record->digest))
			return 1;
	}
	return 0;
}

/* --- by history --- */

static int index_history(struct bases *bases, struct error **err)
{
	const struct world_list *manifests = &bases->b->images->manifests;
	for (size_t i = 0; i < manifests->len; i++) {
		struct world_manifest *manifest = manifests->items[i];
		struct slice_list steps = manifest->record->history_steps;
		if (steps.len < HISTORY_STEPS_MIN || !slice_equal_text(manifest->record->kind, "image"))
			continue;
		if (image_list_push(bases->b, &bases->by_history, steps.items[steps.len - 1], manifest, err) < 0)
			return -1;
	}
	return 0;
}

static struct world_manifest *by_history(const struct bases *bases, const struct world_manifest *image)
{
	struct slice_list steps = image->record->history_steps;
	for (size_t n = steps.len ? steps.len - 1 : 0; n >= HISTORY_STEPS_MIN; n--) {
		const struct world_list *found = map_get(&bases->by_history, steps.items[n - 1]);
		for (size_t i = 0; found && i < found->len && i < CANDIDATES_MAX; i++) {
			struct world_manifest *base = found->items[i];
			if (base != image && base->record->history_steps.len == n && is_older(base, image) &&
			    same_platform(base->record, image->record))
				return base;
		}
	}
	return NULL;
}

/* --- together --- */

static void set(struct world_manifest *image, struct world_manifest *base, enum base_proof proof)
{
	image->base = base;
	image->base_proof = proof;
}

static int judge_layers(const struct bases *bases, struct world_manifest *image, struct world_manifest *base,
			struct error **err)
{
	struct world_manifest *claimed = by_annotation(bases, image);
	const struct image_stack *one = image_stack_of(&bases->stacks, base);
	const struct image_stack *other = image_stack_of(&bases->stacks, claimed);
	if (claimed && other && other == one) {
		set(image, claimed, BASE_LAYERS_AND_ANNOTATION);
	} else if (other && !image_stack_is_below(other, one)) {
		set(image, base, BASE_DISAGREE);
	} else {
		int named = other ? 0 : named_alike(bases, image, base, err);
		if (named < 0)
			return -1;
		set(image, base, named ? BASE_LAYERS_AND_ANNOTATION : BASE_LAYERS);
	}
	return 0;
}

static int find_base(const struct bases *bases, struct world_manifest *image, struct error **err)
{
	const struct manifest *record = image->record;
	struct world_manifest *base = by_layers(bases, image);
	if (!slice_equal_text(record->kind, "image"))
		return 0;
	if (base)
		return judge_layers(bases, image, base, err);
	base = by_annotation(bases, image);
	if (base)
		set(image, base, BASE_ANNOTATION);
	else if ((base = by_history(bases, image)))
		set(image, base, BASE_HISTORY);
	else if (record->base_name.len || record->base_digest.len)
		set(image, NULL, BASE_ANNOTATION);
	return 0;
}

static void count_layers(struct world_manifest *image)
{
	struct slice_list own = image->record->diff_ids, base = { 0 };
	if (image->base)
		base = image->base->record->diff_ids;
	while (image->base_layers < own.len && image->base_layers < base.len &&
	       slice_equal(own.items[image->base_layers], base.items[image->base_layers]))
		image->base_layers++;
}

/* --- what is built on each --- */

/* All that consist of one stack share one list. */
static void share_built_on(const struct bases *bases, struct world_manifest *manifest)
{
	const struct image_stack *stack = image_stack_of(&bases->stacks, manifest);
	if (!stack)
		return;
	manifest->built_on_this = stack->built_on;
	manifest->built_on_this.capacity = manifest->built_on_this.len; /* who adds to it gets a copy */
}

static bool has(const struct world_list *list, const void *item)
{
	for (size_t i = 0; i < list->len; i++) {
		if (list->items[i] == item)
			return true;
	}
	return false;
}

/* Where it is not told by layers: the image, and what stands on its layers. */
static int add_built_on(const struct bases *bases, const struct world_manifest *image, struct error **err)
{
	const struct image_stack *stack = image_stack_of(&bases->stacks, image);
	/* The list of bases is of views that are filled here. */
	struct world_manifest *base = (struct world_manifest *)(uintptr_t)image->base;
	for (int depth = 0; base && base != image && depth < BASES_MAX; depth++) {
		if (has(&base->built_on_this, image))
			return 0;
		if (build_push(bases->b->build, &base->built_on_this, image, err) < 0)
			return -1;
		for (size_t i = 0; stack && i < stack->built_on.len; i++) {
			if (!has(&base->built_on_this, stack->built_on.items[i]) &&
			    build_push(bases->b->build, &base->built_on_this, stack->built_on.items[i], err) < 0)
				return -1;
		}
		base = (struct world_manifest *)(uintptr_t)base->base;
	}
	return 0;
}

static int find_bases(struct bases *bases, struct error **err)
{
	const struct world_list *manifests = &bases->b->images->manifests;
	if (image_stacks_build(bases->b, &bases->stacks, err) < 0 || index_history(bases, err) < 0)
		return -1;
	for (size_t i = 0; i < manifests->len; i++) {
		if (find_base(bases, manifests->items[i], err) < 0)
			return -1;
		count_layers(manifests->items[i]);
		share_built_on(bases, manifests->items[i]);
	}
	for (size_t i = 0; i < manifests->len; i++) {
		const struct world_manifest *image = manifests->items[i];
		bool told = image->base_proof == BASE_ANNOTATION || image->base_proof == BASE_HISTORY;
		if (told && add_built_on(bases, image, err) < 0)
			return -1;
	}
	return 0;
}

int image_bases_build(struct images_build *b, struct error **err)
{
	struct bases bases = { .b = b };
	int result = find_bases(&bases, err);
	image_stacks_release(&bases.stacks);
	map_release(&bases.by_history);
	return result;
}
