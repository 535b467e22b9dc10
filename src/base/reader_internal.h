/* For the readers themselves, not for those who use them. */
#ifndef FOTHER_BASE_READER_INTERNAL_H
#define FOTHER_BASE_READER_INTERNAL_H

#include "base/reader.h"

/* Same decoded text. */
bool token_equal(const struct token *a, const struct token *b);

#endif
