/* UTF-16 with a byte order mark, as PowerShell's `>` writes what kubectl prints (RFC 2781). */
#ifndef FOTHER_COLLECT_SNAPSHOT_UTF16_H
#define FOTHER_COLLECT_SNAPSHOT_UTF16_H

#include <stdbool.h>

#include "base/error.h"
#include "base/file.h"
#include "base/slice.h"

bool utf16_likely(struct slice bytes);

/* The text as UTF-8, without its mark, in memory that is wiped: it may hold secrets. A lone surrogate, or half a code
 * unit at the end, becomes U+FFFD. -1: memory, or more than LIMIT_SNAPSHOT_FILE_BYTES. */
int utf16_to_utf8(struct slice bytes, struct file_bytes *ret_text, struct error **err);

#endif
