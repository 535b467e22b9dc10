#include "oci/format/image_source.h"

#include "support/check.h"

static void outcomes_have_the_words_of_the_records(void **state)
{
	(void)state;
	assert_string_equal(image_outcome_text(IMAGE_PRESENT), "present");
	assert_string_equal(image_outcome_text(IMAGE_UNSUPPORTED), "unsupported");
	assert_string_equal(image_outcome_text(IMAGE_INTERRUPTED), "interrupted");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(outcomes_have_the_words_of_the_records) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
