/* UTF-8 (RFC 3629), and what is safe to show. */
#ifndef FOTHER_BASE_UTF8_H
#define FOTHER_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/strbuf.h"

bool utf8_valid(struct slice text);

/* The code point at the start of text (len > 0) and its length in bytes; bad bytes give U+FFFD and 1, as Go does. */
size_t utf8_decode(struct slice text, uint32_t *ret_code_point);
/* Bytes written to out (at most 4). */
size_t utf8_encode(uint32_t code_point, char out[4]);

/* What a terminal acts on or does not show: control, bidirectional and format characters, blanks other than space. */
bool utf8_is_hidden(uint32_t code_point);

/* Appends text as a terminal may see it: C0, C1, DEL, bidirectional and invisible format characters and bad bytes
 * become \u00XX, \u20XX, \U000e00XX or \xNN. Blanks other than space too: nothing here can move the cursor. Text that
 * went through once stays as it is. */
void utf8_add_printable(struct strbuf *out, struct slice text);

/* Terminal cells of printable text (wide characters 2, combining ones 0). */
size_t utf8_cells(struct slice text);

#endif
