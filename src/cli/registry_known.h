/* What the store holds of images already, so that it is not asked for again: made once, then read by all threads.
 *
 *     registry_known_new(store, &known, err);
 *     options.known = registry_known_of(known);
 *     known = registry_known_free(known);
 *
 * Digests and names of tags are kept, not what they say.
 */
#ifndef FOTHER_CLI_REGISTRY_KNOWN_H
#define FOTHER_CLI_REGISTRY_KNOWN_H

#include "oci/walk/walk.h"

struct registry_known;
struct store;

int registry_known_new(struct store *store, struct registry_known **ret_known, struct error **err);
const struct image_known *registry_known_of(const struct registry_known *known);
struct registry_known *registry_known_free(struct registry_known *known);
void registry_known_freep(struct registry_known **known);

#endif
