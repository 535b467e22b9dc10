#include "kube/client/framer.h"

#include "base/limits.h"
#include "kube_client/framing.h"
#include "support/torture.h"

/* {"items":[{"a":"xxx..."},{}]}, whose first item is so long. */
static void add_list(struct strbuf *out, size_t item_bytes)
{
	strbuf_add_text(out, "{\"items\":[{\"a\":\"");
	strbuf_add_repeat(out, 'x', item_bytes - strlen("{\"a\":\"\"}"));
	strbuf_add_text(out, "\"},{}]}");
}

static void check_large(size_t item_bytes, size_t step, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT(2 * LIMIT_ITEM_BYTES);
	CLEANUP(framing_release) struct framing f;
	add_list(&body, item_bytes);
	framing_start(&f);
	f.only_sizes = true;
	framing_feed(&f, FRAME_JSON_LIST, strbuf_slice(&body), step);
	check_no_error(&f.error);
	assert_string_equal(strbuf_text(&f.text), text);
	assert_int_equal(f.count, 2);
}

static void an_item_that_is_too_large_is_lost_and_the_next_is_read(void **state)
{
	static const char kept[] = "head 0 - - - - -1\nitem 8388608\nitem 2\nhead 1 - - - - -1\n";
	static const char lost[] = "head 0 - - - - -1\nlost 8388609\nitem 2\nhead 1 - - - - -1\n";
	check_large(LIMIT_ITEM_BYTES, 0, kept);
	check_large(LIMIT_ITEM_BYTES, 16000, kept);
	check_large(LIMIT_ITEM_BYTES + 1, 0, lost);
	check_large(LIMIT_ITEM_BYTES + 1, 16000, lost);
	check_large(LIMIT_ITEM_BYTES + 1, LIMIT_ITEM_BYTES / 2 + 100, lost);
}

static void a_call_that_fails_ends_the_reading(void **state)
{
	for (size_t step = 0; step < 3; step++) {
		CLEANUP(framing_release) struct framing f;
		framing_start(&f);
		f.fail_at = 2;
		framing_feed(&f, FRAME_JSON_LIST, SLICE("{\"items\":[{},{\"a\":1},{}]}"), step);
		check_error(&f.error, ERROR_STORE, "the call failed");
		assert_string_equal(strbuf_text(&f.text), "head 0 - - - - -1\nitem {}\nitem {\"a\":1}\n");
	}
}

struct scenario {
	enum frame_kind kind;
	struct slice body;
};

static int frame_body(void *data, struct error **err)
{
	const struct scenario *scenario = data;
	CLEANUP(framing_release) struct framing f;
	struct framer *framer = NULL;
	framing_start(&f);
	if (framer_new(scenario->kind, &framing_calls, &f, &framer, err) < 0)
		return -1;
	int fed = 0;
	for (size_t i = 0; fed == 0 && i < scenario->body.len; i += 3)
		fed = framer_feed(framer, slice_part(scenario->body, i, 3), err);
	if (fed == 0)
		fed = framer_end(framer, err);
	framer_free(framer);
	return fed < 0 || strbuf_failed(&f.text, err) ? -1 : 0;
}

static void every_failed_allocation_is_told(void **state)
{
	struct scenario scenarios[] = {
		{ FRAME_JSON_LIST, SLICE("{\"kind\":\"PodList\",\"items\":[{\"a\":1},{}]}") },
		{ FRAME_JSON_WATCH, SLICE("{\"type\":\"ADDED\",\"object\":{\"a\":1}}") },
		{ FRAME_PROTOBUF_LIST, SLICE("k8s\0\x0a\x06\x12\x04List\x12\x0b\x0a\x03\x1a\x01t\x12\x04item") },
		{ FRAME_PROTOBUF_WATCH, SLICE("\0\0\0\x0f\x0a\x01T\x12\x0a\x0a\x08k8s\0\x12\x02ob") },
	};
	for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++)
		torture(frame_body, &scenarios[i]);
}

static void freeing_nothing_is_allowed(void **state)
{
	assert_null(framer_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_item_that_is_too_large_is_lost_and_the_next_is_read),
		cmocka_unit_test(a_call_that_fails_ends_the_reading),
		cmocka_unit_test(every_failed_allocation_is_told),
		cmocka_unit_test(freeing_nothing_is_allowed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
