#include "kube_client/framing.h"
#include "support/mangle.h"

#include "base/limits.h"

static void check_list(const char *body, const char *text)
{
	check_frames(FRAME_JSON_LIST, slice_of(body), text);
}

static void check_refused(const char *body, const char *text, const char *message)
{
	check_frames_fail(FRAME_JSON_LIST, slice_of(body), text, message);
}

static const char LIST[] =
	"{\"kind\":\"SecretList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"77\",\"continue\":\"next\","
	"\"remainingItemCount\":12},\"items\":[{\"metadata\":{\"name\":\"a\"},\"data\":{\"x\":\"e30=\"}},{\"b\":[1,{}]}]}\n";

static void items_come_one_by_one(void **state)
{
	check_list(LIST, "head 0 SecretList v1 77 next 12\n"
			 "item {\"metadata\":{\"name\":\"a\"},\"data\":{\"x\":\"e30=\"}}\n"
			 "item {\"b\":[1,{}]}\n"
			 "head 1 SecretList v1 77 next 12\n");
}

static void a_pretty_printed_list_is_the_same(void **state)
{
	check_list(" \r\n{\n  \"kind\" : \"PodList\",\n  \"metadata\": {\n    \"resourceVersion\": \"5\"\n  },\n"
		   "  \"items\": [\n    {\n      \"a\": 1\n    },\n\t{ }\n  ]\n}\n \n",
		   "head 0 PodList - 5 - -1\nitem {\n      \"a\": 1\n    }\nitem { }\nhead 1 PodList - 5 - -1\n");
}

static void what_stands_behind_the_items_is_known_at_the_end(void **state)
{
	check_list("{\"items\":[{}],\"metadata\":{\"continue\":\"c\"},\"kind\":\"XList\",\"apiVersion\":\"a/v1\"}",
		   "head 0 - - - - -1\nitem {}\nhead 1 XList a/v1 - c -1\n");
}

static void an_empty_list_has_no_items(void **state)
{
	check_list("{\"kind\":\"PodList\",\"items\":[]}", "head 0 PodList - - - -1\nhead 1 PodList - - - -1\n");
	check_list("{\"kind\":\"PodList\",\"items\":[ ] }", "head 0 PodList - - - -1\nhead 1 PodList - - - -1\n");
	check_list("{\"kind\":\"PodList\",\"items\":null}", "head 1 PodList - - - -1\n");
	check_list("{\"items\":null ,\"kind\":\"PodList\"}", "head 1 PodList - - - -1\n");
}

static void items_deeper_inside_are_not_the_lists(void **state)
{
	check_list("{\"metadata\":{\"items\":[1,2],\"continue\":\"c\"},\"x\":[{\"items\":[3]}],"
		   "\"items\":[{\"items\":[{\"items\":[]}]}]}",
		   "head 0 - - - c -1\nitem {\"items\":[{\"items\":[]}]}\nhead 1 - - - c -1\n");
	check_list("{\"x\":\"items\",\"Items\":[9],\"items\":[]}", "head 0 - - - - -1\nhead 1 - - - - -1\n");
}

static void a_key_may_hold_escapes(void **state)
{
	check_list("{\"it\\u0065ms\":[{\"a\":1}]}", "head 0 - - - - -1\nitem {\"a\":1}\nhead 1 - - - - -1\n");
	check_list("{\"a\\\"items\\\\\":[{\"a\":1}],\"items\":[]}", "head 0 - - - - -1\nhead 1 - - - - -1\n");
}

static void brackets_and_quotes_in_strings_are_text(void **state)
{
	check_list("{\"items\":[{\"a\":\"}]{[,\\\"}\\\\\"},{\"\\\\\\\"\":\"\\\\\\\\\"}]}",
		   "head 0 - - - - -1\nitem {\"a\":\"}]{[,\\\"}\\\\\"}\nitem {\"\\\\\\\"\":\"\\\\\\\\\"}\n"
		   "head 1 - - - - -1\n");
}

static void items_that_are_no_objects_are_handed_out_as_they_are(void **state)
{
	check_list("{\"items\":[1, null,\"a,]\",[[2]],true]}",
		   "head 0 - - - - -1\nitem 1\nitem null\nitem \"a,]\"\nitem [[2]]\nitem true\nhead 1 - - - - -1\n");
}

static void what_is_no_list_is_refused_with_the_place(void **state)
{
	check_refused("", "", "byte 0: not a list in JSON: it is empty");
	check_refused(" \n", "", "byte 2: not a list in JSON: it is empty");
	check_refused("<html>", "", "byte 0: not a list in JSON: it does not begin with a brace");
	check_refused("  [{}]", "", "byte 2: not a list in JSON: it does not begin with a brace");
	check_refused("k8s", "", "byte 0: not a list in JSON: it does not begin with a brace");
	check_refused("{\"kind\":\"Status\",\"code\":403}\n", "", "byte 29: no list: Status without `items`");
	check_refused("{}", "", "byte 2: no list: an object without `items`");
	check_refused("{\"items\":{\"a\":1}}", "", "byte 16: `items` is no list");
	check_refused("{\"items\":\"null\"}", "", "byte 15: `items` is no list");
	check_refused("{\"items\":nul}", "", "byte 12: `items` is no list");
}

static void items_stand_once(void **state)
{
	check_refused("{\"items\":[],\"items\":[{}]}", "head 0 - - - - -1\n", "byte 19: `items` stands twice");
	check_refused("{\"items\":null,\"\\u0069tems\":[{}]}", "", "byte 26: `items` stands twice");
}

static void a_list_that_breaks_off_is_no_complete_one(void **state)
{
	static const char behind_item[] = "{\"items\":[{\"a\":1}";
	check_refused(behind_item, "head 0 - - - - -1\nitem {\"a\":1}\n", "byte 17: the list breaks off");
	for (size_t len = 1; len < strlen(LIST) - 1; len++) {
		CLEANUP(framing_release) struct framing f;
		framing_start(&f);
		framing_feed(&f, FRAME_JSON_LIST, (struct slice){ LIST, len }, len % 5);
		check_error(&f.error, ERROR_SYNTAX, "the list breaks off");
	}
}

static void what_breaks_the_grammar_around_items_is_refused(void **state)
{
	check_refused("{\"items\":[{},]}", "head 0 - - - - -1\nitem {}\n", "byte 13: a value is missing");
	check_refused("{\"items\":[,{}]}", "head 0 - - - - -1\n", "byte 10: a value is missing");
	check_refused("{\"items\":[{} {}]}", "head 0 - - - - -1\nitem {}\n",
		      "byte 13: a comma or the bracket that closes `items` is missing");
	check_refused("{\"items\":[{\"a\":[}]]}", "head 0 - - - - -1\n",
		      "byte 16: a bracket closes what another one opened");
	check_refused("{\"items\":[]]", "head 0 - - - - -1\n",
		      "byte 11: a comma or the brace that closes the list is missing");
	check_refused("{\"items\":[]}{", "head 0 - - - - -1\n", "byte 12: something stands behind the list");
	check_refused("{\"a\":1,}", "", "byte 7: a key in quotes is missing");
	check_refused("{a:1}", "", "byte 1: a key in quotes is missing");
	check_refused("{\"a\" 1}", "", "byte 5: a colon is missing");
	check_refused("{\"a\":}", "", "byte 5: a value is missing");
}

static void nesting_has_an_end(void **state)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT(LIMIT_MIB);
	CLEANUP(framing_release) struct framing f;
	strbuf_add_text(&body, "{\"items\":[");
	strbuf_add_repeat(&body, '[', LIMIT_JSON_DEPTH);
	strbuf_add_repeat(&body, ']', LIMIT_JSON_DEPTH);
	strbuf_add_text(&body, "]}");
	framing_start(&f);
	framing_feed(&f, FRAME_JSON_LIST, strbuf_slice(&body), 0);
	check_no_error(&f.error);
	assert_int_equal(f.count, 1);
	strbuf_clear(&body);
	strbuf_add_text(&body, "{\"items\":[");
	strbuf_add_repeat(&body, '[', LIMIT_JSON_DEPTH + 1);
	framing_feed(&f, FRAME_JSON_LIST, strbuf_slice(&body), 3);
	check_error(&f.error, ERROR_LIMIT, "byte 522: nested too deeply");
}

static void what_stands_around_the_items_has_a_maximum(void **state)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT(4 * LIMIT_MIB);
	CLEANUP(framing_release) struct framing f;
	strbuf_add_text(&body, "{\"metadata\":{\"x\":\"");
	strbuf_add_repeat(&body, 'x', LIMIT_LIST_HEAD_BYTES);
	strbuf_add_text(&body, "\"},\"items\":[]}");
	framing_start(&f);
	framing_feed(&f, FRAME_JSON_LIST, strbuf_slice(&body), 1000);
	check_error(&f.error, ERROR_LIMIT, "what stands around the items");
}

/* Whatever was flipped: whole and in pieces it says the same. */
static void check_flipped(struct slice variant, size_t at, void *data)
{
	CLEANUP(framing_release) struct framing whole, pieces;
	framing_start(&whole);
	framing_start(&pieces);
	framing_feed(&whole, FRAME_JSON_LIST, variant, 0);
	framing_feed(&pieces, FRAME_JSON_LIST, variant, 1 + at % 4);
	assert_string_equal(strbuf_text(&whole.text), strbuf_text(&pieces.text));
	assert_true(!whole.error == !pieces.error);
	if (whole.error)
		assert_string_equal(whole.error->message, pieces.error->message);
}

static void flipped_bits_change_nothing_between_whole_and_pieces(void **state)
{
	mangle_flip(slice_of(LIST), check_flipped, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_come_one_by_one),
		cmocka_unit_test(a_pretty_printed_list_is_the_same),
		cmocka_unit_test(what_stands_behind_the_items_is_known_at_the_end),
		cmocka_unit_test(an_empty_list_has_no_items),
		cmocka_unit_test(items_deeper_inside_are_not_the_lists),
		cmocka_unit_test(a_key_may_hold_escapes),
		cmocka_unit_test(brackets_and_quotes_in_strings_are_text),
		cmocka_unit_test(items_that_are_no_objects_are_handed_out_as_they_are),
		cmocka_unit_test(what_is_no_list_is_refused_with_the_place),
		cmocka_unit_test(items_stand_once),
		cmocka_unit_test(a_list_that_breaks_off_is_no_complete_one),
		cmocka_unit_test(what_breaks_the_grammar_around_items_is_refused),
		cmocka_unit_test(nesting_has_an_end),
		cmocka_unit_test(what_stands_around_the_items_has_a_maximum),
		cmocka_unit_test(flipped_bits_change_nothing_between_whole_and_pieces),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
