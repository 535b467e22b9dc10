/* Two images beside each other, in everything that their bytes tell. */
#ifndef FOTHER_DERIVE_IMAGE_DETAIL_DIFF_H
#define FOTHER_DERIVE_IMAGE_DETAIL_DIFF_H

#include "derive/image_detail.h"
#include "model/answer.h"

/* struct image_difference: first `change`, the whole judged (name: as image_change_text; old and new: the digests),
 * then what differs: layers by number from where they part, with their content and step; steps that made no layer;
 * fields of the config, variables, labels and annotations by name. platform stands in each row, and may be not there.
 * Values are masked as those of a Dockerfile are: a row is there though both look the same. NULL: not read; then
 * `change` is all there is. 0 or -1. */
int image_detail_differences(struct slice platform, const struct image_detail *old, const struct image_detail *new,
			     struct arena *arena, struct record_list *ret_rows, struct error **err);

#endif
