/* Tags followed over time: asked again and again, each change told and stored.
 */
#ifndef FOTHER_CLI_REGISTRY_WATCH_H
#define FOTHER_CLI_REGISTRY_WATCH_H

#include "cli/output.h"
#include "cli/registry_named.h"
#include "cli/session.h"

/* Until ^C: then EXIT_FINE, or EXIT_PARTIAL where some turn could not ask everything. -1: the first turn told nothing,
 * or the store failed. */
int registry_watch(struct session *session, struct output *output, const struct options *options,
		   const struct registry_named *named, struct error **err);

#endif
