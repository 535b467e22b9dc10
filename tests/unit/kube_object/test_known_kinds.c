#include "kube/object/records.h"
#include "kube/object/tables.h"
#include "support/check.h"

static void every_known_kind_has_a_message_for_protobuf(void **state)
{
	for (size_t i = 0; i < known_kind_count; i++) {
		bool found = false;
		for (size_t k = 0; k < kind_message_count; k++) {
			found = found || (!strcmp(kind_messages[k].kind, known_kinds[i].kind) &&
					  (!strcmp(kind_messages[k].group, known_kinds[i].groups[0])));
		}
		if (!found)
			fail_msg("%s has no message", known_kinds[i].kind);
	}
}

static void every_kind_stands_once(void **state)
{
	for (size_t i = 0; i < known_kind_count; i++) {
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(known_kinds[i].kind, known_kinds[k].kind);
		assert_non_null(known_kinds[i].put);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_known_kind_has_a_message_for_protobuf),
		cmocka_unit_test(every_kind_stands_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
