#include "collect/frozen/frozen_format.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "support/check.h"

static bool has_doc(const struct record_type *type)
{
	for (size_t i = 0; i < type->field_count; i++)
		if (!type->fields[i].doc[0] || type->fields[i].flags)
			return false;
	return type->doc[0];
}

/* Whoever reads the first bytes must know what they are: the schema comes first. */
static void test_schemas_come_first(void **state)
{
	assert_string_equal(frozen_manifest_type.fields[0].name, "schema");
	assert_string_equal(frozen_head_type.fields[0].name, "schema");
	assert_true(slice_starts_with(SLICE(FROZEN_SCHEMA), FROZEN_SCHEMA_ANY));
	assert_true(slice_starts_with(SLICE(FROZEN_LIST_SCHEMA), FROZEN_LIST_SCHEMA_ANY));
}

/* A list is read the same by its head as by its row. */
static void test_head_and_row_say_the_same_of_a_list(void **state)
{
	static const char *const about[] = { "kind",      "group",   "version",      "resource",
					     "namespace", "subtype", "metadata_only" };
	for (size_t i = 0; i < sizeof about / sizeof about[0]; i++) {
		const struct field *in_head = record_field(&frozen_head_type, about[i]);
		const struct field *in_row = record_field(&frozen_list_row_type, about[i]);
		assert_true(in_head && in_row);
		assert_true(in_head && in_row && in_head->type == in_row->type);
	}
}

static void test_all_is_documented_and_nothing_is_an_identity(void **state)
{
	assert_true(has_doc(&frozen_manifest_type) && has_doc(&frozen_head_type) && has_doc(&frozen_list_row_type) &&
		    has_doc(&frozen_file_row_type));
}

/* docs/snapshot-format.md tells every field. */
static void test_the_document_names_every_field(void **state)
{
	const struct record_type *const types[] = { &frozen_manifest_type, &frozen_head_type, &frozen_list_row_type,
						    &frozen_file_row_type };
	CLEANUP(file_release) struct file_bytes document = { 0 };
	struct error *err = NULL;
	check_ok(file_map(AT_FDCWD, SOURCE_ROOT "/docs/snapshot-format.md", false, &document, &err), &err);
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		for (size_t k = 0; k < types[i]->field_count; k++) {
			char quoted[64];
			snprintf(quoted, sizeof quoted, "`%s`", types[i]->fields[k].name);
			if (!memmem(document.data, document.len, quoted, strlen(quoted)))
				fail_msg("%s of %s is not told", quoted, types[i]->name);
		}
	assert_non_null(memmem(document.data, document.len, FROZEN_SCHEMA, strlen(FROZEN_SCHEMA)));
	assert_non_null(memmem(document.data, document.len, FROZEN_LIST_SCHEMA, strlen(FROZEN_LIST_SCHEMA)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_schemas_come_first),
		cmocka_unit_test(test_head_and_row_say_the_same_of_a_list),
		cmocka_unit_test(test_the_document_names_every_field),
		cmocka_unit_test(test_all_is_documented_and_nothing_is_an_identity),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
