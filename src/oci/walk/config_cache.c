#include "oci/walk/config_cache.h"

#include "base/limits.h"

static void replace(struct strbuf *text, size_t max, struct slice with)
{
	strbuf_clear(text);
	text->max = max;
	strbuf_add_slice(text, with);
}

int config_cache_keep(struct config_cache *cache, struct slice digest, struct slice bytes, struct error **err)
{
	struct strbuf *name = &cache->items[cache->next].digest, *content = &cache->items[cache->next].bytes;
	if (bytes.len > LIMIT_CACHED_CONFIG_BYTES || digest.len > LIMIT_REFERENCE_BYTES)
		return 0;
	cache->next = (cache->next + 1) % CONFIG_CACHE_ITEMS;
	replace(content, LIMIT_CACHED_CONFIG_BYTES, bytes);
	replace(name, LIMIT_REFERENCE_BYTES, digest);
	if (!strbuf_failed(content, err) && !strbuf_failed(name, err))
		return 0;
	strbuf_clear(name); /* never a part under its name */
	return -1;
}

bool config_cache_find(const struct config_cache *cache, struct slice digest, struct slice *ret_bytes)
{
	for (size_t i = 0; digest.len && i < CONFIG_CACHE_ITEMS; i++) {
		if (!slice_equal(strbuf_slice(&cache->items[i].digest), digest))
			continue;
		*ret_bytes = strbuf_slice(&cache->items[i].bytes);
		return true;
	}
	return false;
}

void config_cache_release(struct config_cache *cache)
{
	for (size_t i = 0; i < CONFIG_CACHE_ITEMS; i++) {
		strbuf_release(&cache->items[i].digest);
		strbuf_release(&cache->items[i].bytes);
	}
	*cache = (struct config_cache){ 0 };
}
