/* Image references: whatever is accepted can be written out and parsed again to the same, and fits the limits. */
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "model/reference.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

static struct slice write_out(const struct reference *r, struct arena *arena)
{
	return arena_printf(arena, "%.*s/%.*s%s%.*s%s%.*s", SLICE_ARG(r->domain), SLICE_ARG(r->path),
			    r->tag.data ? ":" : "", SLICE_ARG(r->tag), r->digest.data ? "@" : "", SLICE_ARG(r->digest));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(error_freep) struct error *err = NULL;
	struct slice text = { (const char *)data, size };
	struct reference r, again;

	struct slice digest = image_id_digest(text);
	require(!digest.data || digest_valid(digest));
	if (reference_parse(text, &arena, &r, &err) < 0) {
		require(err && *err->message);
		return 0;
	}
	require(r.domain.len > 0 && r.path.len > 0 && r.path.len <= 255);
	require(!r.tag.data || (r.tag.len > 0 && r.tag.len <= 128));
	require(!r.digest.data || digest_valid(r.digest));
	struct slice whole = write_out(&r, &arena);
	if (whole.len > LIMIT_REFERENCE_BYTES) /* library/ was added to a text of just the maximum */
		return 0;
	require(reference_parse(whole, &arena, &again, &err) == 0);
	require(slice_equal(r.domain, again.domain) && slice_equal(r.path, again.path));
	require(slice_equal(r.tag, again.tag) && slice_equal(r.digest, again.digest));
	return 0;
}
