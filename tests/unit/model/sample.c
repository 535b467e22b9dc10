#include "sample.h"

#define FIELD_TAG book
RECORD_TYPE(book, SAMPLE_BOOK, NULL, "A path in a registry.");
#undef FIELD_TAG

#define FIELD_TAG shelf
RECORD_TYPE(shelf, SAMPLE_SHELF, NULL, "A registry.");
#undef FIELD_TAG
