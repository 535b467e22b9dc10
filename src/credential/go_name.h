/* Names of JSON fields as Go's encoding/json matches them: exactly, or without regard to case.
 *
 * Folding is Unicode's simple one. Of the characters beyond ASCII only two fold into it: U+017F (long s) to `s` and
 * U+212A (Kelvin sign) to `k`; so "auth\u017f" is `auths`. Source: behaviour of encoding/json (foldName), Go 1.26.
 */
#ifndef FOTHER_CREDENTIAL_GO_NAME_H
#define FOTHER_CREDENTIAL_GO_NAME_H

#include <stdbool.h>

#include "base/slice.h"

/* name: ASCII, in any case. */
bool go_name_is(struct slice key, const char *name);

#endif
