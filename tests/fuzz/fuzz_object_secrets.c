#include "fuzz_object.h"

FUZZ_ITEMS_OF("SecretList", "v1");
