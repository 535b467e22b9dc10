/* What the config of an image has and its history does not tell of: someone set it behind the builder's back, or the
 * builder writes no history.
 */
#ifndef FOTHER_OCI_FORMAT_DOCKERFILE_CONFIG_H
#define FOTHER_OCI_FORMAT_DOCKERFILE_CONFIG_H

#include "oci/format/history.h"

/* USER, WORKDIR, ENTRYPOINT, CMD, ENV and LABEL as the config has them, where the last such step of the history is
 * another or there is none; what the history has and the config lacks as a comment. Nothing where they agree. Texts are
 * masked as those of steps are. 0 or -1. */
int dockerfile_add_untold(const struct image_history *history, const struct oci_config *config, bool windows,
			  struct arena *arena, struct strbuf *out, struct error **err);

#endif
