#include "triage/kinds.h"

#include "collect/cluster/live_plan.h"
#include "kube/object/records.h"
#include "support/check.h"

/* What the decoder knows and what sentences and rights name are the same kinds. */
static void table_names_every_kind_that_is_read(void **state)
{
	(void)state;
	size_t built_in = 0;
	for (size_t i = 0; i < known_kind_count; i++) {
		const struct triage_kind *kind = triage_kind_named(slice_of(known_kinds[i].kind));
		if (!kind)
			fail_msg("%s is not in the table", known_kinds[i].kind);
		assert_string_equal(kind->group, known_kinds[i].groups[0]);
		assert_int_equal(kind->namespaced, known_kinds[i].namespaced);
		assert_false(kind->custom);
	}
	for (size_t i = 0; i < triage_kind_count; i++)
		built_in += !triage_kinds[i].custom;
	assert_int_equal(built_in, known_kind_count);
}

/* coverage.kind of a kind that is not built in ends with its group. */
static void custom_kinds_carry_their_group(void **state)
{
	(void)state;
	for (size_t i = 0; i < triage_kind_count; i++) {
		struct slice kind = slice_of(triage_kinds[i].kind), name, group;
		bool with_group = slice_cut(kind, '.', &name, &group);
		assert_int_equal(with_group, triage_kinds[i].custom);
		if (with_group)
			check_slice(group, triage_kinds[i].group);
	}
	assert_null(triage_kind_named(SLICE("Rollout")));
	assert_null(triage_kind_named(SLICE_NONE));
}

/* Rights are printed for what is asked for, and for nothing else. */
static void table_names_every_list_that_is_asked_for(void **state)
{
	(void)state;
	assert_int_equal(live_resource_count, triage_kind_count);
	for (size_t i = 0; i < live_resource_count; i++) {
		const struct live_resource *asked = &live_resources[i];
		char label[128];
		snprintf(label, sizeof label, "%s%s%s", asked->kind, asked->custom ? "." : "",
			 asked->custom ? asked->group : "");
		const struct triage_kind *kind = triage_kind_named(slice_of(label));
		if (!kind)
			fail_msg("%s is not in the table", label);
		assert_string_equal(kind->group, asked->group);
		assert_string_equal(kind->resource, asked->resource);
		assert_int_equal(kind->namespaced, asked->namespaced);
		assert_int_equal(kind->custom, asked->custom);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_names_every_kind_that_is_read),
		cmocka_unit_test(table_names_every_list_that_is_asked_for),
		cmocka_unit_test(custom_kinds_carry_their_group),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
