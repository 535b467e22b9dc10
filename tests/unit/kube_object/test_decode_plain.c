#include "kube/object/decode_internal.h"

#include "kube_object/decoding.h"

static void a_bad_time_is_a_fault_but_the_object_stays(void **state)
{
	check_fault(JSON({ "metadata" : { "creationTimestamp" : "yesterday" } }), FAULT_TIME,
		    "/metadata/creationTimestamp", false);
	check_fault(JSON({ "metadata" : { "creationTimestamp" : "9500-01-01T00:00:00Z" } }), FAULT_TIME,
		    "/metadata/creationTimestamp", false);
	check_fault(JSON({ "metadata" : { "creationTimestamp" : 7 } }), FAULT_TYPE, "/metadata/creationTimestamp",
		    true);
	DECODE(d, JSON({ "metadata" : { "creationTimestamp" : "9500-01-01T00:00:00Z" } }));
	assert_false(d.object.metadata->created.set);
	assert_int_equal(d.decoder.newest, TIME_UNSET);
}

static void text_is_borrowed_where_it_can_be(void **state)
{
	DECODE(d, "{\"kind\": \"Pod\", \"type\": \"a\\u0041\"}");
	assert_true(in_document(&d, d.object.kind));
	assert_false(in_document(&d, d.object.type));
	check_slice(d.object.type, "aA");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bad_time_is_a_fault_but_the_object_stays),
		cmocka_unit_test(text_is_borrowed_where_it_can_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
