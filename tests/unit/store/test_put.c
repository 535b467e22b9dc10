#include "fixture.h"

#include <string.h>

/* Every field of every type, with a value of its own, comes back as it went in. */
static void every_field_of_every_type_comes_back(void **state)
{
	struct fixture *f = *state;
	static const struct slice items[] = { { "first", 5 }, { "", 0 }, { "\xff\x00z", 3 }, { NULL, 0 } };
	int64_t read = begin(f, "prod", UID_A, HOUR(1));
	for (size_t i = 0; i < observed_type_count; i++) {
		const struct record_type *type = observed_types[i];
		void *record = arena_zeroed(&f->arena, 1, type->size);
		record_init(type, record);
		for (size_t j = 0; j < type->field_count; j++) {
			const struct field *field = &type->fields[j];
			if (field->type == FIELD_TEXT)
				*(struct slice *)field_of(field, record) = slice_of(field->name);
			else if (field->type == FIELD_INT || field->type == FIELD_TIME)
				*(int64_t *)field_of(field, record) = HOUR(0) + (int64_t)j;
			else if (field->type == FIELD_BOOL)
				*(enum truth *)field_of(field, record) = BOOL_TRUE;
			else
				*(struct slice_list *)field_of(field, record) = (struct slice_list){ items, 4 };
		}
		put(f, read, type, record);
	}
	finish(f, read, UID_A, HOUR(1));
	commit(f);
	for (size_t i = 0; i < observed_type_count; i++) {
		const struct record_type *type = observed_types[i];
		struct record_list back = all(f, type);
		assert_int_equal(back.len, 1);
		for (size_t j = 0; j < type->field_count; j++) {
			const struct field *field = &type->fields[j];
			if (field->flags & FIELD_CLUSTER) {
				check_slice(field_text(field, back.items), UID_A);
			} else if (field->flags & FIELD_SEEN) {
				continue;
			} else if (field->type == FIELD_TEXT) {
				check_slice(field_text(field, back.items), field->name);
			} else if (strcmp(field->name, "read") == 0) {
				assert_true(field_int(field, back.items) == read);
			} else if (field->type == FIELD_INT || field->type == FIELD_TIME) {
				assert_true(field_int(field, back.items) == HOUR(0) + (int64_t)j);
			} else if (field->type == FIELD_BOOL) {
				assert_int_equal(field_bool(field, back.items), BOOL_TRUE);
			} else {
				struct slice_list texts = field_texts(field, back.items);
				assert_int_equal(texts.len, 4);
				for (size_t k = 0; k < 4; k++)
					assert_true(slice_equal(texts.items[k], items[k]));
			}
		}
	}
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(every_field_of_every_type_comes_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
