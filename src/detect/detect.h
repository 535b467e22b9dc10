/* Findings, made from a world: what is wrong with pull secrets and references. Needs no kernel, cluster or database.
 *
 * Rules (docs/rules.md): pull-key-dead, pull-key-shadowed, pull-entry-undecodable, pull-unsupported-auth, pull-defect,
 * pull-password, pull-shared, pull-missing, pull-unused, pull-exposed, pull-rotation-blocked.
 */
#ifndef FOTHER_DETECT_DETECT_H
#define FOTHER_DETECT_DETECT_H

#include "base/error.h"
#include "derive/world.h"

#define DETECT_VERSION 1

/* Findings ordered by severity, then cluster, namespace, subject; in the world's arena. */
int detect_run(struct world *world, struct record_list *ret_findings, struct error **err);

#endif
