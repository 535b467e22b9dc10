#include "fuzz_object.h"

FUZZ_ITEMS_OF("DeploymentList", "apps/v1");
