#include "collect/frozen/frozen_images_format.h"

#include "support/check.h"

/* Whoever reads the first bytes must know what they are: the schema comes first. */
static void test_schemas_come_first(void **state)
{
	assert_string_equal(frozen_images_manifest_type.fields[0].name, "schema");
	assert_string_equal(frozen_images_head_type.fields[0].name, "schema");
	assert_true(slice_starts_with(SLICE(FROZEN_IMAGES_SCHEMA), FROZEN_IMAGES_SCHEMA_ANY));
}

static void test_all_is_documented_and_nothing_is_an_identity(void **state)
{
	const struct record_type *types[] = { &frozen_images_head_type, &frozen_images_file_type,
					      &frozen_images_manifest_type };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		for (size_t j = 0; j < types[i]->field_count; j++) {
			assert_true(types[i]->fields[j].doc[0]);
			assert_int_equal(types[i]->fields[j].flags, 0);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_schemas_come_first),
		cmocka_unit_test(test_all_is_documented_and_nothing_is_an_identity),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
