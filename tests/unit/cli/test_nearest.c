#include "support/check.h"

#include "cli/nearest.h"

static const char *nearest_of(const char *wanted, const char *const *names, size_t count)
{
	struct nearest nearest = nearest_to(slice_of(wanted));
	for (size_t i = 0; i < count; i++)
		nearest_try(&nearest, names[i]);
	return nearest.found;
}

static void test_finds_the_nearest(void **state)
{
	static const char *const names[] = { "registry", "repository", "account", "snapshot" };

	(void)state;
	assert_string_equal(nearest_of("registery", names, 4), "registry");
	assert_string_equal(nearest_of("repositry", names, 4), "repository");
	assert_string_equal(nearest_of("snapshots", names, 4), "snapshot");
}

static void test_far_names_are_not_offered(void **state)
{
	static const char *const names[] = { "registry", "account" };

	(void)state;
	assert_null(nearest_of("zzz", names, 2));
	assert_null(nearest_of("kubeconfig", names, 2));
}

static void test_long_input_is_left_alone(void **state)
{
	static const char *const names[] = { "registry" };
	char word[500];

	(void)state;
	memset(word, 'r', sizeof word - 1);
	word[sizeof word - 1] = '\0';
	assert_null(nearest_of(word, names, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds_the_nearest),
		cmocka_unit_test(test_far_names_are_not_offered),
		cmocka_unit_test(test_long_input_is_left_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
