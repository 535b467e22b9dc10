#include "collect/frozen/frozen_images_format.h"

#define FIELD_TAG frozen_images_head
RECORD_TYPE(frozen_images_head, FROZEN_IMAGES_HEAD, NULL, "What the records of a frozen registry are of.");
#undef FIELD_TAG

#define FIELD_TAG frozen_images_file
RECORD_TYPE(frozen_images_file, FROZEN_IMAGES_FILE, NULL, "A file of a frozen registry.");
#undef FIELD_TAG

#define FIELD_TAG frozen_images_manifest
RECORD_TYPE(frozen_images_manifest, FROZEN_IMAGES_MANIFEST, NULL, "One run of `fother collect`, for one registry.");
#undef FIELD_TAG
