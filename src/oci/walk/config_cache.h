/* The last configs that came, by digest: manifests that share one (packed again, of the other format) come close to
 * each other, and a blob is not fetched twice. A fixed number of small ones; what is larger is fetched again.
 *
 *     config_cache_keep(&cache, digest, bytes, err);
 *     if (config_cache_find(&cache, digest, &bytes)) ...      // valid until the next keep
 */
#ifndef FOTHER_OCI_WALK_CONFIG_CACHE_H
#define FOTHER_OCI_WALK_CONFIG_CACHE_H

#include "base/strbuf.h"

#define CONFIG_CACHE_ITEMS 32

struct config_cache {
	struct {
		struct strbuf digest, bytes;
	} items[CONFIG_CACHE_ITEMS];
	size_t next; /* that is replaced next */
};

/* 0, also where it is too large and not kept; -1: memory. */
int config_cache_keep(struct config_cache *cache, struct slice digest, struct slice bytes, struct error **err);
bool config_cache_find(const struct config_cache *cache, struct slice digest, struct slice *ret_bytes);
void config_cache_release(struct config_cache *cache);

#endif
