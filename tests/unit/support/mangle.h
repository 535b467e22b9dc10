/* Good input, cut and flipped systematically. Each variant lies directly before a page that cannot be read, so that a
 * parser that looks one byte too far ends the test, with or without a sanitizer.
 */
#ifndef FOTHER_TESTS_UNIT_SUPPORT_MANGLE_H
#define FOTHER_TESTS_UNIT_SUPPORT_MANGLE_H

#include <stddef.h>

#include "base/slice.h"

/* `at`: how many bytes are left, or which bit (8 * byte + bit) was flipped. */
typedef void (*mangle_check)(struct slice variant, size_t at, void *data);

/* good cut to 0, 1, ... len - 1 bytes. */
void mangle_truncate(struct slice good, mangle_check check, void *data);
/* good with each bit in turn flipped. */
void mangle_flip(struct slice good, mangle_check check, void *data);
/* good itself before the page that cannot be read. */
void mangle_none(struct slice good, mangle_check check, void *data);

#endif
