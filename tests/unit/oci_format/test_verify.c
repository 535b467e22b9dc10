#include "oci/format/verify.h"

#include "base/limits.h"
#include "support/check.h"
#include "support/torture.h"

#define ABC_256 "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ABC_384                                                                                                        \
	"sha384:cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
#define ABC_512                                                                                                        \
	"sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"                                      \
	"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"

static enum verify_result verify(const char *digest, struct slice bytes)
{
	struct error *err = NULL;
	enum verify_result result;
	check_ok(verify_digest(slice_of(digest), bytes, &result, &err), &err);
	return result;
}

/* The examples of FIPS 180. */
static void what_is_what_its_digest_says(void **state)
{
	assert_int_equal(verify(ABC_256, SLICE("abc")), VERIFY_EQUAL);
	assert_int_equal(verify(ABC_384, SLICE("abc")), VERIFY_EQUAL);
	assert_int_equal(verify(ABC_512, SLICE("abc")), VERIFY_EQUAL);
}

static void what_is_not(void **state)
{
	assert_int_equal(verify(ABC_256, SLICE("abd")), VERIFY_DIFFERENT);
	assert_int_equal(verify(ABC_384, SLICE("ab")), VERIFY_DIFFERENT);
	assert_int_equal(verify(ABC_512, SLICE("abcd")), VERIFY_DIFFERENT);
	assert_int_equal(verify(ABC_256, SLICE_NONE), VERIFY_DIFFERENT);
}

/* Nothing is proven by an algorithm that we cannot compute, however its digest looks. */
static void algorithms_that_are_not_known(void **state)
{
	assert_int_equal(verify("blake3:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
				SLICE("abc")),
			 VERIFY_UNKNOWN_ALGORITHM);
	assert_int_equal(verify("sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564", SLICE("foo")),
			 VERIFY_UNKNOWN_ALGORITHM);
}

/* Only the spelling of the registered algorithms counts. */
static void what_is_no_digest_proves_nothing(void **state)
{
	assert_int_equal(verify("", SLICE("abc")), VERIFY_DIFFERENT);
	assert_int_equal(verify("sha256:", SLICE("abc")), VERIFY_DIFFERENT);
	assert_int_equal(verify("sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
				SLICE("abc")),
			 VERIFY_DIFFERENT);
	assert_int_equal(verify("sha512:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
				SLICE("abc")),
			 VERIFY_DIFFERENT);
	assert_int_equal(verify(NULL, SLICE("abc")), VERIFY_DIFFERENT);
}

static int make_digest(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct slice digest;
	if (digest_of(SLICE("abc"), &arena, &digest, err) < 0)
		return -1;
	check_slice(digest, ABC_256);
	return 0;
}

static void a_digest_is_made(void **state)
{
	torture(make_digest, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_what_its_digest_says),
		cmocka_unit_test(what_is_not),
		cmocka_unit_test(algorithms_that_are_not_known),
		cmocka_unit_test(what_is_no_digest_proves_nothing),
		cmocka_unit_test(a_digest_is_made),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
