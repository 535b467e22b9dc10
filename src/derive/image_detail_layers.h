/* The steps of one image with the layers that they made, and the base that brought them. */
#ifndef FOTHER_DERIVE_IMAGE_DETAIL_LAYERS_H
#define FOTHER_DERIVE_IMAGE_DETAIL_LAYERS_H

#include "derive/image_detail.h"
#include "derive/world.h"

/* struct layer_row, lowest first, as image_history_build orders them; of an image whose config is not there its layers
 * alone. world may know nothing of the image, or be NULL: no base is told then. Texts lie in the detail, in the world
 * and in the arena. 0 or -1. */
int image_layer_rows(struct world *world, const struct image_detail *detail, struct arena *arena,
		     struct record_list *ret_rows, struct error **err);

/* The nearest base for dockerfile_write: 1; 0: none is known. -1. */
int image_detail_base(struct world *world, const struct image_detail *detail, struct dockerfile_base *ret_base,
		      struct error **err);

#endif
