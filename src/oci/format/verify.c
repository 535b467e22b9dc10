#include "oci/format/verify.h"

#include "base/hash.h"
#include "model/reference.h"

static const struct {
	const char *name;
	enum hash_algorithm algorithm;
} known[] = {
	{ "sha256", HASH_SHA256 },
	{ "sha512", HASH_SHA512 },
	{ "sha384", HASH_SHA384 },
};

int verify_digest(struct slice digest, struct slice bytes, enum verify_result *ret_result, struct error **err)
{
	char text[HASH_TEXT_BYTES];
	struct slice algorithm, encoded;
	if (!digest_valid(digest) || !slice_cut(digest, ':', &algorithm, &encoded)) {
		*ret_result = VERIFY_DIFFERENT;
		return 0;
	}
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!slice_equal_text(algorithm, known[i].name))
			continue;
		if (hash_of(known[i].algorithm, bytes, text, err) < 0)
			return -1;
		*ret_result = slice_equal_text(encoded, text) ? VERIFY_EQUAL : VERIFY_DIFFERENT;
		return 0;
	}
	*ret_result = VERIFY_UNKNOWN_ALGORITHM;
	return 0;
}

int digest_of(struct slice bytes, struct arena *arena, struct slice *ret_digest, struct error **err)
{
	char text[HASH_TEXT_BYTES];
	if (hash_of(HASH_SHA256, bytes, text, err) < 0)
		return -1;
	struct slice digest = arena_printf(arena, "sha256:%s", text);
	if (!digest.data)
		return arena_fail(arena, err);
	*ret_digest = digest;
	return 0;
}
