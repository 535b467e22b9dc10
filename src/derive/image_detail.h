/* One image as it is written: its stored bytes parsed again, with history and layers. For commands that show one image.
 */
#ifndef FOTHER_DERIVE_IMAGE_DETAIL_H
#define FOTHER_DERIVE_IMAGE_DETAIL_H

#include "base/arena.h"
#include "oci/format/history.h"

struct store;

struct image_detail {
	struct slice digest;
	struct slice manifest_bytes, config_bytes; /* not there: not stored */
	struct oci_manifest manifest;
	struct oci_config config; /* meaningless without config_bytes; of schema 1 made of the manifest */
	struct image_history history;
};

/* 1; 0: the digest is not stored (or no manifest); -1. Everything lies in the arena. */
int image_detail_load(struct store *store, struct slice digest, struct arena *arena, struct image_detail *ret_detail,
		      struct error **err);

#endif
