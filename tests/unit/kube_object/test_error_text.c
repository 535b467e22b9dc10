#include "kube/object/error_text.h"

#include "kube_object/reading.h"

static void what_kubectl_says_is_known(void **state)
{
	assert_true(error_text_likely(SLICE("Error from server (Forbidden): x")));
	assert_true(error_text_likely(SLICE("error: You must be logged in to the server (Unauthorized)")));
	assert_true(error_text_likely(SLICE("Unable to connect to the server: dial tcp")));
	assert_true(error_text_likely(SLICE("The connection to the server localhost:8080 was refused")));
	assert_true(error_text_likely(SLICE("No resources found in shop namespace.")));
	assert_false(error_text_likely(SLICE("{\"kind\": \"Pod\"}")));
	assert_false(error_text_likely(SLICE("apiVersion: v1")));
	assert_false(error_text_likely(SLICE_NONE));
}

static void its_first_line_is_put_without_tokens(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of("");
	struct error *err = NULL;
	r.context.sink = &r.memory.sink;
	check_ok(error_text_put(&r.context, SLICE("\nerror: https://bob:EXAMPLE-pw@api.example: no\r\nsecond\n"),
				SLICE("byte 0"), &err),
		 &err);
	const struct defect *defect = reading_defect(&r, "error_text");
	check_slice(defect->message, "kubectl's words, not objects: error: https://bob:[masked]@api.example: no");
	check_slice(defect->place, "byte 0");
	assert_int_equal(r.context.defects, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_kubectl_says_is_known),
		cmocka_unit_test(its_first_line_is_put_without_tokens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
