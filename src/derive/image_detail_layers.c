#include "derive/image_detail_layers.h"

#include "derive/world_images.h"

/* Images stacked on each other. */
#define MOST_BASES 64

/* So many are named of the images that hold a layer: half of a fleet may stand on one. */
#define MOST_ALSO_IN 100

static const struct world_manifest *known(const struct world *world, const struct image_detail *detail)
{
	return world && world->images ? world_manifest_of(world, detail->digest) : NULL;
}

/* --- bases --- */

static bool tells_layers(const struct world_manifest *image)
{
	return image->base && (image->base_proof == BASE_LAYERS || image->base_proof == BASE_LAYERS_AND_ANNOTATION ||
			       image->base_proof == BASE_DISAGREE);
}

static struct slice last_of(struct slice_list list, size_t count)
{
	return count && count <= list.len ? list.items[count - 1] : SLICE_NONE;
}

/* How many steps of the history its own image's base has: all that the base's own history has, where this one begins
 * with it; else those up to its last layer. */
static size_t base_steps(const struct world_manifest *image, const struct manifest *whole,
			 const struct image_history *history)
{
	const struct manifest *base = image->base->record;
	size_t count = base->history_count > 0 ? (size_t)base->history_count : 0, steps = 0;
	struct slice end = last_of(base->history_steps, count);
	if (end.data && count <= history->count && slice_equal(end, last_of(whole->history_steps, count)))
		return count;
	for (size_t i = 0; tells_layers(image) && history->tied && i < history->count; i++)
		if (history->steps[i].layer && history->steps[i].layer_number < image->base_layers)
			steps = i + 1;
	return steps;
}

int image_detail_base(struct world *world, const struct image_detail *detail, struct dockerfile_base *ret_base,
		      struct error **err)
{
	const struct world_manifest *image = known(world, detail);
	struct dockerfile_base base = { 0 };
	(void)err;
	if (!image || image->base_proof == BASE_NONE)
		return 0;
	base.proof = slice_of(base_proof_text(image->base_proof));
	if (image->base && image->base_proof != BASE_ANNOTATION) {
		base.name = world_base_name(world, image);
		base.steps = base_steps(image, image->record, &detail->history);
	}
	*ret_base = base;
	return base.steps > 0;
}

/* --- rows --- */

struct layer_rows {
	struct world *world;
	const struct image_detail *detail;
	const struct world_manifest *image;
	struct arena *arena;
	struct layer_row *rows;
	size_t count;
};

static struct slice name_of(struct layer_rows *r, const struct world_manifest *base)
{
	for (const struct world_manifest *image = r->image; image; image = image->base) {
		if (image->base != base)
			continue;
		struct slice name = world_base_name(r->world, image);
		return name.data ? name : base->record->digest;
	}
	return base->record->digest;
}

static int add_also_in(struct layer_rows *r, struct layer_row *row, struct error **err)
{
	const struct world_list *others = r->image ? map_get(&r->world->images->by_layer, row->diff_id) : NULL;
	if (!others)
		return 0;
	struct slice *items = arena_zeroed(r->arena, others->len + 1, sizeof *items);
	size_t count = 0;
	if (!items)
		return arena_fail(r->arena, err);
	for (size_t i = 0; i < others->len && count < MOST_ALSO_IN; i++) {
		const struct world_manifest *other = others->items[i];
		if (other != r->image)
			items[count++] = other->record->digest;
	}
	row->also_in = (struct slice_list){ items, count };
	return 0;
}

static int add_layer(struct layer_rows *r, const struct oci_descriptor *layer, size_t number, struct slice diff_id,
		     struct layer_row *row, struct error **err)
{
	row->number = (int64_t)number + 1;
	row->digest = layer->digest;
	row->media_type = layer->media_type;
	row->size_bytes = layer->size;
	row->diff_id = diff_id;
	return diff_id.data ? add_also_in(r, row, err) : 0;
}

static struct layer_row *new_row(struct layer_rows *r)
{
	struct layer_row *row = &r->rows[r->count++];
	record_init(&layer_row_type, row);
	row->image = r->detail->digest;
	return row;
}

static void add_date(const struct oci_date *date, struct layer_row *row)
{
	row->dating = slice_of(oci_dating_text(date->dating));
	row->created = date->dating == OCI_DATED ? date->time : TIME_UNSET;
}

static int add_step(struct layer_rows *r, const struct image_step *step, struct error **err)
{
	struct layer_row *row = new_row(r);
	row->instruction = step->text;
	if (step->entry)
		add_date(&step->entry->created, row);
	return step->layer ? add_layer(r, step->layer, step->layer_number, step->diff_id, row, err) : 0;
}

/* The bases that are stacked under an image, the nearest first, with what each brings. */
struct stack {
	struct {
		const struct world_manifest *base;
		size_t steps, layers;
	} items[MOST_BASES];
	size_t count;
};

static void stack_bases(const struct layer_rows *r, struct stack *stack)
{
	const struct world_manifest *image = r->image;
	stack->count = 0;
	for (; image && image->base && stack->count < MOST_BASES; image = image->base) {
		stack->items[stack->count].base = image->base;
		stack->items[stack->count].steps = base_steps(image, r->image->record, &r->detail->history);
		stack->items[stack->count++].layers = tells_layers(image) ? image->base_layers : 0;
	}
}

/* The lowest base that brings the row; NULL: it is the image's own. Where the history is not tied the number of layers
 * tells. */
static const struct world_manifest *base_of_row(const struct layer_rows *r, const struct stack *stack, size_t row)
{
	bool by_step = r->detail->has_config && r->detail->history.tied;
	size_t layer = r->rows[row].number == INT_UNKNOWN ? SIZE_MAX : (size_t)r->rows[row].number - 1, i = 0;
	while (i < stack->count && (by_step ? row < stack->items[i].steps : layer < stack->items[i].layers))
		i++;
	return i ? stack->items[i - 1].base : NULL;
}

static void fill_bases(struct layer_rows *r)
{
	struct stack stack;
	stack_bases(r, &stack);
	for (size_t i = 0; i < r->count; i++) {
		const struct world_manifest *base = base_of_row(r, &stack, i);
		if (base)
			r->rows[i].from = name_of(r, base);
	}
}

int image_layer_rows(struct world *world, const struct image_detail *detail, struct arena *arena,
		     struct record_list *ret_rows, struct error **err)
{
	const struct oci_manifest *manifest = &detail->manifest;
	size_t most = detail->has_config ? detail->history.count : manifest->layer_count;
	struct layer_rows r = { world, detail, known(world, detail), arena, NULL, 0 };
	r.rows = arena_zeroed(arena, most + 1, sizeof *r.rows);
	if (!r.rows)
		return arena_fail(arena, err);
	for (size_t i = 0; i < most; i++)
		if ((detail->has_config ? add_step(&r, &detail->history.steps[i], err)
					: add_layer(&r, &manifest->layers[i], i, SLICE_NONE, new_row(&r), err)) < 0)
			return -1;
	fill_bases(&r);
	*ret_rows = (struct record_list){ r.rows, r.count };
	return 0;
}
