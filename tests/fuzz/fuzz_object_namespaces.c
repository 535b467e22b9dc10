#include "fuzz_object.h"

FUZZ_ITEMS_OF("NamespaceList", "v1");
