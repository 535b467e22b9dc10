/* From parsed manifests and configs to the records of model/observed.h. */
#ifndef FOTHER_OCI_FORMAT_IMAGE_RECORD_H
#define FOTHER_OCI_FORMAT_IMAGE_RECORD_H

#include "model/observed.h"
#include "oci/format/config.h"

/* config NULL: not read (yet, or no image). Texts lie in what was parsed and in the arena. Adds what manifest and
 * config disagree in (number of layers and diff IDs, history and layers) to manifest->defects. 0 or -1. */
int image_manifest_record(struct slice digest, int64_t size, struct oci_manifest *manifest,
			  const struct oci_config *config, struct arena *arena, struct manifest *ret_record,
			  struct error **err);

int image_member_record(struct slice index, size_t ordinal, const struct oci_descriptor *member, struct arena *arena,
			struct index_member *ret_record, struct error **err);

#endif
