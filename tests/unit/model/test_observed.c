#include "model/observed.h"

#include "support/check.h"

static bool is_observed(const struct record_type *type)
{
	for (size_t i = 0; i < observed_type_count; i++)
		if (observed_types[i] == type)
			return true;
	return false;
}

static void what_the_store_makes_itself_is_put_by_nobody(void **state)
{
	assert_false(is_observed(&read_type));
	assert_false(is_observed(&cluster_type));
	assert_false(is_observed(&incident_type));
	assert_false(is_observed(&finding_type));
}

static void no_record_is_listed_twice(void **state)
{
	for (size_t i = 0; i < observed_type_count; i++)
		for (size_t k = 0; k < i; k++) {
			assert_ptr_not_equal(observed_types[i], observed_types[k]);
			assert_string_not_equal(observed_types[i]->name, observed_types[k]->name);
		}
}

static unsigned all_flags(const struct record_type *type)
{
	unsigned flags = 0;
	for (size_t f = 0; f < type->field_count; f++)
		flags |= type->fields[f].flags;
	return flags;
}

static bool has_kind(const struct record_type *type)
{
	return type->object_kind || all_flags(type) & FIELD_KIND || record_field(type, "object_kind");
}

static bool is_one_of(const struct record_type *type, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(type->name, *names) == 0)
			return true;
	return false;
}

/* Coverage speaks of a kind and a place: what has no kind never goes by it. That is meant for events, which only
 * expire, for the history of values, for what was lost or deleted, for what a registry answered, and for what a digest
 * names, which is the same for ever. */
static void what_can_be_gone_tells_kind_and_place(void **state)
{
	static const char *const never_gone[] = { "event",           "entry_value", "gap",          "deletion",
						  "registry_answer", "manifest",    "index_member", "image_content",
						  "registry_event",  NULL };
	static const char *const everywhere[] = { "namespace", "node", "node_image", NULL };
	for (size_t i = 0; i < observed_type_count; i++) {
		const struct record_type *type = observed_types[i];
		if (!record_field(type, "gone"))
			continue;
		if (has_kind(type) == is_one_of(type, never_gone))
			fail_msg("%s: kind", type->name);
		if (has_kind(type) && !(all_flags(type) & FIELD_NAMESPACE) != is_one_of(type, everywhere))
			fail_msg("%s: namespace", type->name);
	}
}

/* A list of secrets of one type covers no others. */
static void secrets_and_their_entries_are_covered_by_type(void **state)
{
	assert_true(record_field(&secret_type, "type")->flags & FIELD_SUBTYPE);
	assert_true(record_field(&entry_type, "subtype")->flags & FIELD_SUBTYPE);
	assert_true(record_field(&entry_type, "namespace")->flags & FIELD_NAMESPACE);
}

static void no_record_has_a_place_for_a_value(void **state)
{
	static const char *const values[] = { "password", "auth", "token", "value", "data", "secret_value" };
	for (size_t i = 0; i < observed_type_count; i++)
		for (size_t k = 0; k < sizeof values / sizeof values[0]; k++)
			assert_null(record_field(observed_types[i], values[k]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_store_makes_itself_is_put_by_nobody),
		cmocka_unit_test(no_record_is_listed_twice),
		cmocka_unit_test(what_can_be_gone_tells_kind_and_place),
		cmocka_unit_test(secrets_and_their_entries_are_covered_by_type),
		cmocka_unit_test(no_record_has_a_place_for_a_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
