#include "base/limits.h"
#include "configs.h"
#include "support/check.h"

static void check_opens(const char *text, bool json)
{
	CLEANUP(kubeconfig_document_release) struct kubeconfig_document document = { 0 };
	struct error *err = NULL;
	struct token token;
	check_ok(kubeconfig_document_open(&document, slice_of(text), &err), &err);
	assert_int_equal(document.yaml == NULL, json);
	assert_int_equal(reader_next(document.reader, &token, &err), 1);
	assert_int_equal(token.type, TOKEN_OBJECT_BEGIN);
}

static void json_where_it_is_json(void **state)
{
	check_opens("{}", true);
	check_opens(" \n{\"a\": [1]}\n", true);
	check_opens("\xef\xbb\xbf{\"a\": \"\\u0041\"}", true);
	check_opens("{a: 1}", false);
	check_opens("{\"a\": 1,}", false);
	check_opens("a: 1\n", false);
}

static void releasing_twice_is_fine(void **state)
{
	struct kubeconfig_document document;
	struct error *err = NULL;
	check_ok(kubeconfig_document_open(&document, SLICE("{a: 1}"), &err), &err);
	kubeconfig_document_release(&document);
	kubeconfig_document_release(&document);
	assert_null(document.reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_where_it_is_json),
		cmocka_unit_test(releasing_twice_is_fine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
