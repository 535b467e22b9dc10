/* Where each copy of some logins is, for -o wide: one line a secret. */
#ifndef FOTHER_CLI_COPIES_H
#define FOTHER_CLI_COPIES_H

#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "model/answer.h"

/* A blank line, a heading and the table; nothing when there are no copies. */
int copies_table(struct record_list credentials, struct arena *arena, struct strbuf *out, struct error **err);

#endif
