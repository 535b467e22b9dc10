/* Objects of a snapshot of `fother collect` (docs/snapshot-format.md): values of secrets are not in them, but the
 * records that were made of the object while they were, in a member `fother`. Within kube/object.
 *
 * They come from outside. Each must be of the object that it stands in, by kind, namespace, name and UID, and its
 * fingerprints of the context's key. What is not so, or does not decode, is the defect bad_frozen, and the object is
 * not used. Where the context is not of a snapshot (object_context.frozen), the member means nothing.
 */
#ifndef FOTHER_KUBE_OBJECT_FROZEN_H
#define FOTHER_KUBE_OBJECT_FROZEN_H

#include <stdbool.h>

#include "kube/object/item.h"

bool frozen_is(const struct item *item);

/* In place of item_check: its records tell what was wrong with the object. *ret_code: why it cannot be used (what its
 * records say was put), or NULL. */
int frozen_check(const struct item *item, const char **ret_code, struct error **err);

/* In place of what makes records of its kind, after the check. */
int put_frozen(const struct item *item, struct error **err);

#endif
