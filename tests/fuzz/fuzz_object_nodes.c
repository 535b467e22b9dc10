#include "fuzz_object.h"

FUZZ_ITEMS_OF("NodeList", "v1");
