#include "fuzz_object.h"

FUZZ_ITEMS_OF("EventList", "v1");
