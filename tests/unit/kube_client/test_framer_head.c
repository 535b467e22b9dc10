#include "kube_client/framing.h"

static void check_head(const char *around, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT(4096);
	strbuf_addf(&body, "{%s,\"items\":null}", around);
	check_frames(FRAME_JSON_LIST, strbuf_slice(&body), text);
}

static void check_refused(const char *around, const char *message)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT(4096);
	strbuf_addf(&body, "{%s,\"items\":null}", around);
	check_frames_fail(FRAME_JSON_LIST, strbuf_slice(&body), "", message);
}

static void texts_may_hold_escapes(void **state)
{
	check_head("\"kind\":\"\\u0050odList\",\"metadata\":{\"cont\\u0069nue\":\"a\\/b\"}",
		   "head 1 PodList - - a/b -1\n");
}

static void null_is_not_there_and_others_are_passed_over(void **state)
{
	check_head("\"metadata\":{\"continue\":null,\"selfLink\":\"x\",\"remainingItemCount\":null,\"y\":{\"z\":[]}},"
		   "\"more\":[{}]",
		   "head 1 - - - - -1\n");
	check_head("\"metadata\":null,\"kind\":null", "head 1 - - - - -1\n");
	check_head("\"metadata\":{\"continue\":\"\"}", "head 1 - - -  -1\n");
}

static void a_count_that_is_none_is_not_told(void **state)
{
	check_head("\"metadata\":{\"remainingItemCount\":0}", "head 1 - - - - 0\n");
	check_head("\"metadata\":{\"remainingItemCount\":-4}", "head 1 - - - - -1\n");
	check_head("\"metadata\":{\"remainingItemCount\":[{\"a\":1}],\"continue\":\"c\"}", "head 1 - - - c -1\n");
}

static void what_cannot_be_read_does_not_pass_for_absent(void **state)
{
	check_refused("\"metadata\":{\"continue\":5}", "the list's own fields: one that should be a text is none");
	check_refused("\"metadata\":\"x\"", "the list's own fields: one that should be an object is none");
	check_refused("\"kind\":{}", "the list's own fields: one that should be a text is none");
	check_refused("\"metadata\":{\"continue\":tru}",
		      "the list's own fields: byte 27: a number or word that JSON does not know");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_may_hold_escapes),
		cmocka_unit_test(null_is_not_there_and_others_are_passed_over),
		cmocka_unit_test(a_count_that_is_none_is_not_told),
		cmocka_unit_test(what_cannot_be_read_does_not_pass_for_absent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
