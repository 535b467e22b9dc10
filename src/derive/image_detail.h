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
	bool has_config;              /* what follows is there: stored and read, or of schema 1 made of the manifest */
	struct oci_config config;     /* refused is set where the stored one is no config */
	struct image_history history; /* points into the detail's arena */
};

/* 1; 0: the digest is not stored (or no manifest); -1. Everything but the digest lies in the arena. */
int image_detail_load(struct store *store, struct slice digest, struct arena *arena, struct image_detail *ret_detail,
		      struct error **err);

#endif
