#include "oci/walk/config_cache.h"

#include <stdio.h>

#include "base/limits.h"
#include "support/check.h"
#include "support/torture.h"

static struct slice name_of(size_t i, char text[16])
{
	return (struct slice){ text, (size_t)snprintf(text, 16, "sha256:%zu", i) };
}

static void the_last_are_found_and_older_ones_are_not(void **state)
{
	struct config_cache cache = { 0 };
	struct error *err = NULL;
	struct slice bytes;
	char name[16];
	for (size_t i = 0; i < CONFIG_CACHE_ITEMS + 1; i++)
		check_ok(config_cache_keep(&cache, name_of(i, name), name_of(i, name), &err), &err);
	assert_false(config_cache_find(&cache, name_of(0, name), &bytes));
	for (size_t i = 1; i < CONFIG_CACHE_ITEMS + 1; i++) {
		assert_true(config_cache_find(&cache, name_of(i, name), &bytes));
		assert_true(slice_equal(bytes, name_of(i, name)));
	}
	config_cache_release(&cache);
}

static void nothing_is_found_where_nothing_is(void **state)
{
	struct config_cache cache = { 0 };
	struct slice bytes;
	assert_false(config_cache_find(&cache, SLICE(""), &bytes));
	assert_false(config_cache_find(&cache, SLICE("sha256:1"), &bytes));
	config_cache_release(&cache);
}

static void what_is_large_is_not_kept(void **state)
{
	static char large[LIMIT_CACHED_CONFIG_BYTES + 1];
	struct config_cache cache = { 0 };
	struct error *err = NULL;
	struct slice bytes;
	check_ok(config_cache_keep(&cache, SLICE("large"), (struct slice){ large, sizeof large }, &err), &err);
	assert_false(config_cache_find(&cache, SLICE("large"), &bytes));
	check_ok(config_cache_keep(&cache, SLICE("just"), (struct slice){ large, sizeof large - 1 }, &err), &err);
	assert_true(config_cache_find(&cache, SLICE("just"), &bytes));
	assert_int_equal(bytes.len, sizeof large - 1);
	config_cache_release(&cache);
}

static int keep(void *data, struct error **err)
{
	struct config_cache cache = { 0 };
	struct slice bytes;
	int result = config_cache_keep(&cache, SLICE("sha256:1"), SLICE("bytes"), err);
	assert_int_equal(config_cache_find(&cache, SLICE("sha256:1"), &bytes), result == 0);
	config_cache_release(&cache);
	return result;
}

static void each_allocation_may_fail_and_nothing_is_kept_then(void **state)
{
	torture(keep, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_are_found_and_older_ones_are_not),
		cmocka_unit_test(nothing_is_found_where_nothing_is),
		cmocka_unit_test(what_is_large_is_not_kept),
		cmocka_unit_test(each_allocation_may_fail_and_nothing_is_kept_then),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
