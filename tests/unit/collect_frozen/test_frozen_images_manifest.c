/* A manifest and a head from outside. */
#include "collect/frozen/frozen_images_manifest.h"

#include "base/limits.h"
#include "support/check.h"
#include "support/mangle.h"

#define HEX "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define HEAD(schema, registry, as_of)                                                                                  \
	"{\"record\":\"frozen_images_head\",\"schema\":\"" schema "\",\"registry\":\"" registry                        \
	"\",\"as_of\":\"" as_of "\"}"
#define MANIFEST(outcome, files)                                                                                       \
	"{\"schema\":\"fother.images/1\",\"registry\":\"docker.io\",\"as_of\":\"2026-11-25T11:55:00Z\",\"outcome\":"   \
	"\"" outcome "\",\"later\":[{}],\"files\":[" files "]}"
#define ALL ROW("oci-layout", "") "," ROW("records.ndjson", "") "," ROW("index.json", "")
#define ROW(file, rest) "{\"file\":\"" file "\",\"bytes\":3,\"sha256\":\"" HEX "\"" rest "}"

static void check_manifest(const char *text, enum error_code code, const char *part)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct frozen_images_manifest manifest;
	struct error *err = NULL;
	int result = frozen_images_manifest_read(slice_of(text), &arena, &manifest, &err);
	if (!part)
		check_ok(result, &err);
	else
		check_error(&err, code, part);
}

static void test_what_may_stand_in_a_manifest(void **state)
{
	check_manifest(MANIFEST("complete", ALL "," ROW("blobs/sha256/" HEX, ",\"kind\":\"image\"")), 0, NULL);
	check_manifest(MANIFEST("complete", ALL), 0, NULL);
	check_manifest(MANIFEST("complete", ""), ERROR_SYNTAX, "does not name oci-layout");
	check_manifest(MANIFEST("complete", ROW("oci-layout", "")), ERROR_SYNTAX, "does not name index.json");
	check_manifest(MANIFEST("fine", ""), ERROR_SYNTAX, "outcome");
	check_manifest(MANIFEST("complete", ROW("../x", "")), ERROR_SYNTAX, "file is none");
	check_manifest(MANIFEST("complete", ROW("blobs/sha256/../../x", "")), ERROR_SYNTAX, "file is none");
	check_manifest(MANIFEST("complete", ROW("manifest.json", "")), ERROR_SYNTAX, "file is none");
	check_manifest(MANIFEST("complete", ROW("index.json", ",\"kind\":\"odd\"")), ERROR_SYNTAX, "kind");
	check_manifest(MANIFEST("complete", "{\"file\":\"index.json\",\"sha256\":\"" HEX "\"}"), ERROR_SYNTAX, "bytes");
	check_manifest(MANIFEST("complete", "{\"file\":\"index.json\",\"bytes\":1,\"sha256\":\"BA\"}"), ERROR_SYNTAX,
		       "sha256");
	check_manifest("{\"schema\":\"fother.images/2\"}", ERROR_UNSUPPORTED, "a later version");
	check_manifest("{\"schema\":\"fother.snapshot/1\"}", ERROR_SYNTAX, "no schema");
	check_manifest("[]", ERROR_SYNTAX, "no object");
	check_manifest(MANIFEST("complete", "") "{}", ERROR_SYNTAX, "behind");
}

static void check_head(const char *text, enum error_code code, const char *part)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct frozen_images_head head;
	struct error *err = NULL;
	int result = frozen_images_head_read(slice_of(text), &arena, &head, &err);
	if (!part)
		check_ok(result, &err);
	else
		check_error(&err, code, part);
}

static void test_what_may_stand_in_a_head(void **state)
{
	check_head(HEAD("fother.images/1", "docker.io", "2026-11-25T11:55:00Z"), 0, NULL);
	check_head(HEAD("fother.images/1", "", "2026-11-25T11:55:00Z"), ERROR_SYNTAX, "registry");
	check_head(HEAD("fother.images/1", "a/b", "2026-11-25T11:55:00Z"), ERROR_SYNTAX, "registry");
	check_head("{\"schema\":\"fother.images/1\",\"registry\":\"docker.io\"}", ERROR_SYNTAX, "time");
	check_head(HEAD("fother.images/9", "docker.io", "2026-11-25T11:55:00Z"), ERROR_UNSUPPORTED, "later");
}

static void test_what_first_bytes_promise(void **state)
{
	assert_true(frozen_images_likely(SLICE(HEAD("fother.images/7", "docker.io", "") "\n{")));
	assert_false(frozen_images_likely(SLICE("{\"schema\":\"fother.snapshot/1\"}")));
	assert_false(frozen_images_likely(SLICE("{\"kind\":\"List\"}")));
	assert_false(frozen_images_likely(SLICE("")));
}

static void test_digests_of_paths(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct error *err = NULL;
	struct slice digest;
	assert_int_equal(frozen_images_digest_of(SLICE("blobs/sha256/" HEX), &arena, &digest, &err), 1);
	check_slice(digest, "sha256:" HEX);
	assert_int_equal(frozen_images_digest_of(SLICE("blobs/sha256/12"), &arena, &digest, &err), 0);
	assert_int_equal(frozen_images_digest_of(SLICE("blobs/" HEX), &arena, &digest, &err), 0);
	assert_int_equal(frozen_images_digest_of(SLICE(HEX), &arena, &digest, &err), 0);
}

static void read_mangled(struct slice variant, size_t at, void *data)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(error_freep) struct error *err = NULL;
	struct frozen_images_manifest manifest;
	struct frozen_images_head head;
	frozen_images_likely(variant);
	assert_true(frozen_images_manifest_read(variant, &arena, &manifest, &err) == 0 || err);
	err = error_free(err);
	assert_true(frozen_images_head_read(variant, &arena, &head, &err) == 0 || err);
}

static void test_cut_and_flipped(void **state)
{
	struct slice good = SLICE(MANIFEST("complete", ALL "," ROW("blobs/sha256/" HEX, ",\"kind\":\"image\"")));
	mangle_truncate(good, read_mangled, NULL);
	mangle_flip(good, read_mangled, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_may_stand_in_a_manifest),
		cmocka_unit_test(test_what_may_stand_in_a_head),
		cmocka_unit_test(test_what_first_bytes_promise),
		cmocka_unit_test(test_digests_of_paths),
		cmocka_unit_test(test_cut_and_flipped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
