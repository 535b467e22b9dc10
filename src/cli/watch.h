/* Following the secrets of live clusters after an answer: each change as a line, until ^C. */
#ifndef FOTHER_CLI_WATCH_H
#define FOTHER_CLI_WATCH_H

#include "cli/filter.h"

/* -o json cannot go on for ever, and without a live cluster there is nothing to follow: ERROR_USAGE. */
int watch_check(const struct options *options, struct error **err);
/* After the answer was printed. An exit code, or -1. */
int watch_secrets(struct session *session, struct output *output, const struct filter *filter, struct error **err);

#endif
