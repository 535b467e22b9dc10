#include "fuzz_object.h"

/* Whole documents, as they are. */
const char FUZZ_BEFORE[] = "", FUZZ_BEHIND[] = "";
