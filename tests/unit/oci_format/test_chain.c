#include "oci/format/chain.h"

#include "base/limits.h"
#include "support/check.h"
#include "support/torture.h"

/* printf 1 | sha256sum, and so on. */
#define ONE "sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
#define TWO "sha256:d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35"
#define THREE "sha256:4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce"
/* printf '%s %s' $ONE $TWO | sha256sum; the same of that and $THREE. */
#define ONE_TWO "sha256:53e60bc18399d11a8953c224619cd6147f2f8ef1233acf2818575ba1a17f7ca2"
#define ONE_TWO_THREE "sha256:2c39000a5bc99e4311f3dc333b5a0173692f6a77d9de0847a087ad7e09edf5f8"

static struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);

static void ids_of(const struct slice *items, size_t count, struct slice *ids)
{
	struct error *err = NULL;
	check_ok(chain_ids((struct slice_list){ items, count }, &arena, ids, &err), &err);
}

static void each_layer_is_hashed_onto_those_below(void **state)
{
	struct slice items[] = { SLICE(ONE), SLICE(TWO), SLICE(THREE) }, ids[3];
	ids_of(items, 3, ids);
	check_slice(ids[0], ONE);
	check_slice(ids[1], ONE_TWO);
	check_slice(ids[2], ONE_TWO_THREE);
}

static void the_order_counts(void **state)
{
	struct slice items[] = { SLICE(TWO), SLICE(ONE) }, ids[2];
	ids_of(items, 2, ids);
	check_slice(ids[0], TWO);
	assert_false(slice_equal_text(ids[1], ONE_TWO));
}

static void no_layers_have_no_ids(void **state)
{
	struct slice ids[1] = { SLICE("untouched") };
	ids_of(NULL, 0, ids);
	check_slice(ids[0], "untouched");
}

static void what_is_no_digest_ends_it(void **state)
{
	static const char *const bad[] = { NULL,
					   "",
					   "sha256",
					   "sha256:",
					   ":6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
					   "sha256:6b86b273ff34fce19d6b804eff5a3f57 7ada4eaa22f1d49c01e52ddb7875b4b",
					   "sha256:6B86B273FF34FCE19D6B804EFF5A3F5747ADA4EAA22F1D49C01E52DDB7875B4B" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct slice items[] = { SLICE(ONE), slice_of(bad[i]), SLICE(THREE) };
		struct slice ids[] = { SLICE("old"), SLICE("old"), SLICE("old") };
		ids_of(items, 3, ids);
		check_slice(ids[0], ONE);
		assert_null(ids[1].data);
		assert_null(ids[2].data);
	}
}

static int scenario(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena own = ARENA_INIT(LIMIT_IMAGE_BYTES);
	struct slice items[] = { SLICE(ONE), SLICE(TWO), SLICE(THREE) }, ids[3];
	return chain_ids((struct slice_list){ items, 3 }, &own, ids, err);
}

static void every_allocation_may_fail(void **state)
{
	torture(scenario, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_layer_is_hashed_onto_those_below),
		cmocka_unit_test(the_order_counts),
		cmocka_unit_test(no_layers_have_no_ids),
		cmocka_unit_test(what_is_no_digest_ends_it),
		cmocka_unit_test(every_allocation_may_fail),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_release(&arena);
	return failed;
}
