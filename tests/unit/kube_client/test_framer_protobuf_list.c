#include "base/limits.h"
#include "kube_client/framing.h"
#include "support/mangle.h"
#include "support/protobuf.h"

/* {metadata {resourceVersion "77", continue "next", remaining 12}, items "a", "", "bcd", and a field of each type that
 * nobody knows}. */
static void add_list(struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf meta = STRBUF_INIT(4096);
	protobuf_add_bytes(&meta, 1, SLICE(""));
	protobuf_add_bytes(&meta, 2, SLICE("77"));
	protobuf_add_bytes(&meta, 3, SLICE("next"));
	protobuf_add_number(&meta, 4, 12);
	protobuf_add_bytes(out, 1, strbuf_slice(&meta));
	protobuf_add_bytes(out, 2, SLICE("a"));
	protobuf_add_number(out, 300, UINT64_MAX);
	protobuf_add_bytes(out, 2, SLICE(""));
	protobuf_add_tag(out, 7, 1);
	strbuf_add_text(out, "12345678");
	protobuf_add_tag(out, 8, 5);
	strbuf_add_text(out, "1234");
	protobuf_add_bytes(out, 9, SLICE("xyz"));
	protobuf_add_bytes(out, 2, SLICE("bcd"));
}

static const char LIST_TEXT[] = "head 0 PodList v1 77 next 12\nitem a\nitem \nitem bcd\nhead 1 PodList v1 77 next 12\n";

static struct strbuf body = STRBUF_INIT(64 * LIMIT_MIB);

static struct slice body_of(const char *kind, struct slice raw)
{
	strbuf_clear(&body);
	protobuf_add_unknown(&body, "v1", kind, raw);
	return strbuf_slice(&body);
}

static struct slice list_body(void)
{
	CLEANUP(strbuf_release) struct strbuf list = STRBUF_INIT(4096);
	add_list(&list);
	return body_of("PodList", strbuf_slice(&list));
}

static void items_come_one_by_one(void **state)
{
	check_frames(FRAME_PROTOBUF_LIST, list_body(), LIST_TEXT);
}

static void metadata_behind_the_items_is_known_at_the_end(void **state)
{
	CLEANUP(strbuf_release) struct strbuf list = STRBUF_INIT(4096), meta = STRBUF_INIT(4096);
	protobuf_add_bytes(&list, 2, SLICE("a"));
	protobuf_add_bytes(&meta, 3, SLICE("c"));
	protobuf_add_bytes(&list, 1, strbuf_slice(&meta));
	check_frames(FRAME_PROTOBUF_LIST, body_of("PodList", strbuf_slice(&list)),
		     "head 0 PodList v1 - - -1\nitem a\nhead 1 PodList v1 - c -1\n");
}

static void an_empty_list_has_no_items(void **state)
{
	check_frames(FRAME_PROTOBUF_LIST, body_of("PodList", SLICE("\x0a\x00")), "head 1 PodList v1 - - -1\n");
	check_frames(FRAME_PROTOBUF_LIST, body_of("PodList", SLICE("")), "head 1 PodList v1 - - -1\n");
}

static void what_is_no_list_is_refused_with_the_place(void **state)
{
	static const char magic[] = "not a list in protobuf: it does not begin with k8s and a zero";
	char message[128];
	check_frames_fail(FRAME_PROTOBUF_LIST, SLICE(""), "", "byte 0: not a list in protobuf: it is empty");
	snprintf(message, sizeof message, "byte 0: %s", magic);
	check_frames_fail(FRAME_PROTOBUF_LIST, SLICE("{\"items\":[]}"), "", message);
	check_frames_fail(FRAME_PROTOBUF_LIST, SLICE("<html>"), "", message);
	snprintf(message, sizeof message, "byte 3: %s", magic);
	check_frames_fail(FRAME_PROTOBUF_LIST, SLICE("k8sx"), "", message);
	check_frames_fail(FRAME_PROTOBUF_LIST, SLICE("k8s"), "", "byte 3: the list breaks off");
	check_frames_fail(FRAME_PROTOBUF_LIST, SLICE("k8s\0"), "", "byte 4: no list: it has no content");
	/* The text of a Status lies where a list has its items. */
	check_frames_fail(FRAME_PROTOBUF_LIST,
			  body_of("Status", SLICE("\x12\x07"
						  "Failure")),
			  "", "Status: byte 20: no list");
	check_frames_fail(FRAME_PROTOBUF_LIST, SLICE("k8s\0\x12\x02\x12\x00"), "",
			  "an object without a kind: byte 6: no list");
}

static void lengths_do_not_reach_beyond_the_list(void **state)
{
	check_frames_fail(FRAME_PROTOBUF_LIST,
			  body_of("PodList", SLICE("\x12\x03"
						   "ab")),
			  "", "byte 23: a field is longer than what holds it");
	check_frames_fail(FRAME_PROTOBUF_LIST,
			  body_of("PodList", SLICE("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")), "",
			  "byte 32: a field is longer than what holds it");
	check_frames_fail(FRAME_PROTOBUF_LIST,
			  body_of("PodList", SLICE("\x12\x01"
						   "a\x12")),
			  "head 0 PodList v1 - - -1\nitem a\n", "byte 25: the list ends inside a field");
	check_frames_fail(FRAME_PROTOBUF_LIST, body_of("PodList", SLICE("\x08\xff")), "",
			  "byte 23: the list ends inside a field");
	check_frames_fail(FRAME_PROTOBUF_LIST, SLICE("k8s\0\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), "",
			  "byte 14: a field is longer than what holds it");
	check_frames_fail(FRAME_PROTOBUF_LIST, SLICE("k8s\0\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), "",
			  "byte 15: a number of more than 64 bits");
	check_frames_fail(FRAME_PROTOBUF_LIST, SLICE("k8s\0\x0b"), "", "byte 5: no field ends here");
}

static void a_list_stands_once(void **state)
{
	CLEANUP(strbuf_release) struct strbuf twice = STRBUF_INIT(4096);
	strbuf_add_slice(&twice, body_of("PodList", SLICE("")));
	protobuf_add_bytes(&twice, 2, SLICE(""));
	check_frames_fail(FRAME_PROTOBUF_LIST, strbuf_slice(&twice), "", "byte 27: the list stands twice");
}

static void check_cut(struct slice variant, size_t at, void *data)
{
	CLEANUP(framing_release) struct framing f;
	framing_start(&f);
	framing_feed(&f, FRAME_PROTOBUF_LIST, variant, at % 6);
	/* Behind the list, the two empty fields may be missing whole. */
	bool whole = at == body.len - 2 || at == body.len - 4;
	assert_true(whole == !f.error);
	assert_true(slice_starts_with(slice_of(LIST_TEXT), strbuf_text(&f.text)));
}

static void a_list_that_breaks_off_is_no_complete_one(void **state)
{
	mangle_truncate(list_body(), check_cut, NULL);
}

static void check_flipped(struct slice variant, size_t at, void *data)
{
	CLEANUP(framing_release) struct framing whole, pieces;
	framing_start(&whole);
	framing_start(&pieces);
	framing_feed(&whole, FRAME_PROTOBUF_LIST, variant, 0);
	framing_feed(&pieces, FRAME_PROTOBUF_LIST, variant, 1 + at % 4);
	assert_string_equal(strbuf_text(&whole.text), strbuf_text(&pieces.text));
	assert_true(!whole.error == !pieces.error);
	if (whole.error)
		assert_string_equal(whole.error->message, pieces.error->message);
}

static void flipped_bits_change_nothing_between_whole_and_pieces(void **state)
{
	mangle_flip(list_body(), check_flipped, NULL);
}

static void an_item_that_is_too_large_is_lost(void **state)
{
	CLEANUP(strbuf_release) struct strbuf list = STRBUF_INIT(32 * LIMIT_MIB), item = STRBUF_INIT(16 * LIMIT_MIB);
	static const size_t steps[] = { 0, 5000, LIMIT_ITEM_BYTES / 2 };
	strbuf_add_repeat(&item, 'x', LIMIT_ITEM_BYTES + 1);
	protobuf_add_bytes(&list, 2, strbuf_slice(&item));
	protobuf_add_bytes(&list, 2, SLICE("ab"));
	protobuf_add_bytes(&list, 2, slice_part(strbuf_slice(&item), 1, LIMIT_ITEM_BYTES));
	body_of("PodList", strbuf_slice(&list));
	for (size_t i = 0; i < 3; i++) {
		CLEANUP(framing_release) struct framing f;
		framing_start(&f);
		f.only_sizes = true;
		framing_feed(&f, FRAME_PROTOBUF_LIST, strbuf_slice(&body), steps[i]);
		check_no_error(&f.error);
		assert_string_equal(strbuf_text(&f.text), "head 0 PodList v1 - - -1\nlost 8388609\nitem 2\n"
							  "item 8388608\nhead 1 PodList v1 - - -1\n");
	}
}

static void what_stands_around_the_items_has_a_maximum(void **state)
{
	CLEANUP(strbuf_release) struct strbuf list = STRBUF_INIT(32 * LIMIT_MIB), meta = STRBUF_INIT(16 * LIMIT_MIB);
	CLEANUP(framing_release) struct framing f;
	strbuf_add_repeat(&meta, 'x', LIMIT_LIST_HEAD_BYTES);
	protobuf_add_bytes(&list, 1, strbuf_slice(&meta));
	framing_start(&f);
	framing_feed(&f, FRAME_PROTOBUF_LIST, body_of("PodList", strbuf_slice(&list)), 4096);
	check_error(&f.error, ERROR_LIMIT, "what stands around the items");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_come_one_by_one),
		cmocka_unit_test(metadata_behind_the_items_is_known_at_the_end),
		cmocka_unit_test(an_empty_list_has_no_items),
		cmocka_unit_test(what_is_no_list_is_refused_with_the_place),
		cmocka_unit_test(lengths_do_not_reach_beyond_the_list),
		cmocka_unit_test(a_list_stands_once),
		cmocka_unit_test(a_list_that_breaks_off_is_no_complete_one),
		cmocka_unit_test(flipped_bits_change_nothing_between_whole_and_pieces),
		cmocka_unit_test(an_item_that_is_too_large_is_lost),
		cmocka_unit_test(what_stands_around_the_items_has_a_maximum),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
