#include "net/bucket.h"

#include "support/check.h"

static void without_a_rate_nobody_waits(void **state)
{
	struct bucket b;
	bucket_init(&b, 0, 0, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(bucket_take(&b, 1000), 0);
}

static void a_burst_goes_at_once_and_the_rest_at_the_rate(void **state)
{
	struct bucket b;
	bucket_init(&b, 5, 3, 1000);
	for (int i = 0; i < 3; i++)
		assert_int_equal(bucket_take(&b, 1000), 0);
	assert_int_equal(bucket_take(&b, 1000), 200);
	assert_int_equal(bucket_take(&b, 1000), 400);
	assert_int_equal(bucket_take(&b, 1100), 500);
}

static void a_burst_of_0_is_1(void **state)
{
	struct bucket b;
	bucket_init(&b, 10, 0, 0);
	assert_int_equal(bucket_take(&b, 0), 0);
	assert_int_equal(bucket_take(&b, 0), 100);
}

static void a_quiet_time_fills_it_up_to_the_burst_only(void **state)
{
	struct bucket b;
	bucket_init(&b, 10, 2, 0);
	assert_int_equal(bucket_take(&b, 0), 0);
	assert_int_equal(bucket_take(&b, 3600000), 0);
	assert_int_equal(bucket_take(&b, 3600000), 0);
	assert_int_equal(bucket_take(&b, 3600000), 100);
}

static void waits_are_rounded_up(void **state)
{
	struct bucket b;
	bucket_init(&b, 3, 1, 0);
	assert_int_equal(bucket_take(&b, 0), 0);
	assert_int_equal(bucket_take(&b, 0), 334);
}

static void over_a_long_time_the_rate_holds(void **state)
{
	struct bucket b;
	int64_t now = 0;
	bucket_init(&b, 50, 5, now);
	for (int i = 0; i < 1005; i++)
		now += bucket_take(&b, now);
	assert_in_range(now, 20000 - 20, 20000 + 1000); /* 1,000 behind the burst; each wait rounds up */
}

static void a_clock_that_stands_or_goes_back_gives_nothing(void **state)
{
	struct bucket b;
	bucket_init(&b, 10, 1, 1000);
	assert_int_equal(bucket_take(&b, 1000), 0);
	assert_int_equal(bucket_take(&b, 500), 100);
}

static void a_rate_that_never_comes_is_a_long_wait(void **state)
{
	struct bucket b;
	bucket_init(&b, 1e-300, 1, 0);
	assert_int_equal(bucket_take(&b, 0), 0);
	assert_in_range(bucket_take(&b, 0), 1, 86400000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_rate_nobody_waits),
		cmocka_unit_test(a_burst_goes_at_once_and_the_rest_at_the_rate),
		cmocka_unit_test(a_burst_of_0_is_1),
		cmocka_unit_test(a_quiet_time_fills_it_up_to_the_burst_only),
		cmocka_unit_test(waits_are_rounded_up),
		cmocka_unit_test(over_a_long_time_the_rate_holds),
		cmocka_unit_test(a_clock_that_stands_or_goes_back_gives_nothing),
		cmocka_unit_test(a_rate_that_never_comes_is_a_long_wait),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
