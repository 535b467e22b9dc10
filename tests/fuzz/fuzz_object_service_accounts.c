#include "fuzz_object.h"

FUZZ_ITEMS_OF("ServiceAccountList", "v1");
