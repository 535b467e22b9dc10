/* Go's filepath.Match for one label of a host name.
 *
 *     go_glob_match(SLICE("*-prod"), SLICE("eu-prod"))    // true
 *
 * `*` any bytes, `?` one character, `[a-z]` and `[^a-z]` one of a class, `\` takes the next byte as it is. Literal
 * bytes are compared as bytes, classes by code point (bytes that are not UTF-8 are U+FFFD there). `/` is matched by
 * neither `*` nor `?`. A pattern that Go calls malformed matches nothing.
 *
 * Source: documentation of path/filepath.Match (Unix).
 */
#ifndef FOTHER_CREDENTIAL_GO_GLOB_H
#define FOTHER_CREDENTIAL_GO_GLOB_H

#include <stdbool.h>

#include "base/slice.h"

bool go_glob_match(struct slice pattern, struct slice name);

/* Whether any byte of pattern is special. */
bool go_glob_is_pattern(struct slice pattern);

#endif
