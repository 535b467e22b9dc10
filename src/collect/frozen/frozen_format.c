#include "collect/frozen/frozen_format.h"

#define FIELD_TAG frozen_head
RECORD_TYPE(frozen_head, FROZEN_HEAD, NULL, "What a file of a snapshot says of itself.");
#undef FIELD_TAG

#define FIELD_TAG frozen_list_row
RECORD_TYPE(frozen_list_row, FROZEN_LIST_ROW, NULL, "One list that was asked for.");
#undef FIELD_TAG

#define FIELD_TAG frozen_file_row
RECORD_TYPE(frozen_file_row, FROZEN_FILE_ROW, NULL, "A file of a snapshot that is no list.");
#undef FIELD_TAG

#define FIELD_TAG frozen_manifest
RECORD_TYPE(frozen_manifest, FROZEN_MANIFEST, NULL, "One run of `fother collect`, for one cluster.");
#undef FIELD_TAG
