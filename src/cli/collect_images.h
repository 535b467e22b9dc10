/* Which registries `fother collect` asks for what: those that were named, and the images of the runs that it wrote just
 * now, narrowed by them.
 */
#ifndef FOTHER_CLI_COLLECT_IMAGES_H
#define FOTHER_CLI_COLLECT_IMAGES_H

#include "cli/registry_named.h"
#include "cli/session.h"

/* runs: folders of clusters that were frozen. All is in the session's arena. A run that cannot be read gives none. */
int collect_images(struct session *session, const struct options *options, const struct slice_list *runs,
		   struct registry_named *ret_named, struct error **err);

#endif
