#include "fuzz_object.h"

FUZZ_ITEMS_OF("PodList", "v1");
