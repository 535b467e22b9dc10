#include "oci/format/chain.h"

#include "base/sha256.h"
#include "model/reference.h"

static int next_id(struct sha256 *hash, struct slice below, struct slice diff_id, struct arena *arena,
		   struct slice *ret_id, struct error **err)
{
	char hex[SHA256_TEXT_BYTES];
	sha256_add(hash, below);
	sha256_add(hash, SLICE(" "));
	sha256_add(hash, diff_id);
	if (sha256_end(hash, hex, err) < 0)
		return -1;
	*ret_id = arena_printf(arena, "sha256:%s", hex);
	return ret_id->data ? 0 : arena_fail(arena, err);
}

int chain_ids(struct slice_list diff_ids, struct arena *arena, struct slice *ret_ids, struct error **err)
{
	CLEANUP(sha256_freep) struct sha256 *hash = NULL;
	size_t i = 0;
	for (; i < diff_ids.len && diff_ids.items[i].data && digest_valid(diff_ids.items[i]); i++) {
		if (i == 0) {
			ret_ids[i] = diff_ids.items[i];
			continue;
		}
		if (!hash && !(hash = sha256_new(err)))
			return -1;
		if (next_id(hash, ret_ids[i - 1], diff_ids.items[i], arena, &ret_ids[i], err) < 0)
			return -1;
	}
	for (; i < diff_ids.len; i++)
		ret_ids[i] = SLICE_NONE;
	return 0;
}
