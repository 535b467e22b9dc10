#include "base/limits.h"
#include "kube_client/framing.h"
#include "support/mangle.h"
#include "support/protobuf.h"

static struct strbuf body = STRBUF_INIT(64 * LIMIT_MIB);

static void add_frame(struct slice event)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		strbuf_add_char(&body, (char)(event.len >> shift));
	strbuf_add_slice(&body, event);
}

static void add_event(const char *type, const char *kind, struct slice object)
{
	CLEANUP(strbuf_release)
	struct strbuf event = STRBUF_INIT(32 * LIMIT_MIB), extension = STRBUF_INIT(32 * LIMIT_MIB),
		      unknown = STRBUF_INIT(32 * LIMIT_MIB);
	protobuf_add_unknown(&unknown, "v1", kind, object);
	protobuf_add_bytes(&extension, 1, strbuf_slice(&unknown));
	protobuf_add_bytes(&event, 1, slice_of(type));
	protobuf_add_bytes(&event, 2, strbuf_slice(&extension));
	add_frame(strbuf_slice(&event));
	strbuf_release(&extension);
	strbuf_release(&unknown);
}

static struct slice watch_body(void)
{
	strbuf_clear(&body);
	add_event("ADDED", "Secret", SLICE("one"));
	add_event("BOOKMARK", "Secret", SLICE(""));
	add_event("ERROR", "Status", SLICE("three"));
	return strbuf_slice(&body);
}

static const char WATCH_TEXT[] = "event ADDED v1 Secret one\nevent BOOKMARK v1 Secret \nevent ERROR v1 Status three\n";

static void events_come_one_by_one(void **state)
{
	check_frames(FRAME_PROTOBUF_WATCH, watch_body(), WATCH_TEXT);
}

static void a_watch_may_end_before_the_first_event(void **state)
{
	check_frames(FRAME_PROTOBUF_WATCH, SLICE(""), "");
}

static void check_cut(struct slice variant, size_t at, void *data)
{
	CLEANUP(framing_release) struct framing f;
	const size_t *first = data;
	framing_start(&f);
	framing_feed(&f, FRAME_PROTOBUF_WATCH, variant, at % 5);
	assert_true(slice_starts_with(slice_of(WATCH_TEXT), strbuf_text(&f.text)));
	if (at == 0 || at == first[0] || at == first[1])
		check_no_error(&f.error);
	else
		check_error(&f.error, ERROR_SYNTAX, "the watch breaks off inside an event");
}

static void a_watch_that_breaks_off_inside_an_event_says_so(void **state)
{
	size_t first[2];
	strbuf_clear(&body);
	add_event("ADDED", "Secret", SLICE("one"));
	first[0] = body.len;
	add_event("BOOKMARK", "Secret", SLICE(""));
	first[1] = body.len;
	mangle_truncate(watch_body(), check_cut, first);
}

static void check_refused(struct slice event, const char *message)
{
	strbuf_clear(&body);
	add_frame(event);
	check_frames_fail(FRAME_PROTOBUF_WATCH, strbuf_slice(&body), "", message);
}

static void what_is_no_event_is_refused(void **state)
{
	check_refused(SLICE(""), "byte 4: not a watch in protobuf: an event of no bytes");
	check_refused(SLICE("\x0a\x01"
			    "A"),
		      "event 1: it has no type or no object");
	check_refused(SLICE("\x12\x06\x0a\x04k8s\0"), "event 1: it has no type or no object");
	check_refused(SLICE("\x0a\x01"
			    "A\x12\x00"),
		      "event 1: it has no type or no object");
	check_refused(SLICE("\x0a\x01"
			    "A\x12\x04\x0a\x02{}"),
		      "event 1: its object: it does not begin with k8s and a zero");
	check_refused(SLICE("\x0a\x01"
			    "A\x12\x03\x0a\x02{"),
		      "event 1: byte 6: a field is longer than what holds it");
	check_refused(SLICE("\x0a"), "event 1: byte 1: the message ends inside a number");
}

static void an_object_without_content_is_empty(void **state)
{
	strbuf_clear(&body);
	add_frame(SLICE("\x0a\x01"
			"A\x12\x06\x0a\x04k8s\0"));
	check_frames(FRAME_PROTOBUF_WATCH, strbuf_slice(&body), "event A - - \n");
}

static void check_flipped(struct slice variant, size_t at, void *data)
{
	CLEANUP(framing_release) struct framing whole, pieces;
	framing_start(&whole);
	framing_start(&pieces);
	framing_feed(&whole, FRAME_PROTOBUF_WATCH, variant, 0);
	framing_feed(&pieces, FRAME_PROTOBUF_WATCH, variant, 1 + at % 4);
	assert_string_equal(strbuf_text(&whole.text), strbuf_text(&pieces.text));
	assert_true(!whole.error == !pieces.error);
}

static void flipped_bits_change_nothing_between_whole_and_pieces(void **state)
{
	mangle_flip(watch_body(), check_flipped, NULL);
}

static void an_event_that_is_too_large_is_lost(void **state)
{
	CLEANUP(strbuf_release) struct strbuf object = STRBUF_INIT(16 * LIMIT_MIB);
	static const size_t steps[] = { 0, 5000 };
	strbuf_add_repeat(&object, 'x', LIMIT_ITEM_BYTES);
	strbuf_clear(&body);
	add_event("ADDED", "Secret", strbuf_slice(&object));
	size_t first = body.len - 4;
	add_event("ADDED", "Secret", SLICE("ab"));
	for (size_t i = 0; i < 2; i++) {
		CLEANUP(framing_release) struct framing f;
		char text[128];
		framing_start(&f);
		framing_feed(&f, FRAME_PROTOBUF_WATCH, strbuf_slice(&body), steps[i]);
		check_no_error(&f.error);
		snprintf(text, sizeof text, "lost %zu\nevent ADDED v1 Secret ab\n", first);
		assert_string_equal(strbuf_text(&f.text), text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_come_one_by_one),
		cmocka_unit_test(a_watch_may_end_before_the_first_event),
		cmocka_unit_test(a_watch_that_breaks_off_inside_an_event_says_so),
		cmocka_unit_test(what_is_no_event_is_refused),
		cmocka_unit_test(an_object_without_content_is_empty),
		cmocka_unit_test(flipped_bits_change_nothing_between_whole_and_pieces),
		cmocka_unit_test(an_event_that_is_too_large_is_lost),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
