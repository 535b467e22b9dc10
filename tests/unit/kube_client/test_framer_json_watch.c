#include "kube_client/framing.h"
#include "support/mangle.h"

static const char WATCH[] = "{\"type\":\"ADDED\",\"object\":{\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\"}}}\n"
			    "{\"object\": {\"a\": \"}\"},\n \"type\": \"MODIFIED\"}  {\"type\":\"BOOKMARK\",\"x\":[1],"
			    "\"object\":{}}{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410}}\n";

static void events_come_one_by_one(void **state)
{
	check_frames(FRAME_JSON_WATCH, slice_of(WATCH),
		     "event ADDED - - {\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\"}}\n"
		     "event MODIFIED - - {\"a\": \"}\"}\n"
		     "event BOOKMARK - - {}\n"
		     "event ERROR - - {\"kind\":\"Status\",\"code\":410}\n");
}

static void a_watch_may_end_between_events_and_before_the_first(void **state)
{
	check_frames(FRAME_JSON_WATCH, SLICE(""), "");
	check_frames(FRAME_JSON_WATCH, SLICE(" \n"), "");
	check_frames(FRAME_JSON_WATCH, SLICE("{\"type\":\"A\",\"object\":{}}"), "event A - - {}\n");
}

static void a_watch_that_breaks_off_inside_an_event_says_so(void **state)
{
	check_frames_fail(FRAME_JSON_WATCH, SLICE("{\"type\":\"A\",\"object\":{}}{\"type\""), "event A - - {}\n",
			  "byte 31: the watch breaks off inside an event");
}

static void what_is_no_event_is_refused(void **state)
{
	check_frames_fail(FRAME_JSON_WATCH, SLICE("<html>"), "",
			  "byte 0: not a watch in JSON: an event does not begin with a brace");
	check_frames_fail(FRAME_JSON_WATCH, SLICE("{\"type\":\"A\"}"), "", "event 1: it has no `type` or no `object`");
	check_frames_fail(FRAME_JSON_WATCH, SLICE("{\"object\":{}}"), "", "event 1: it has no `type` or no `object`");
	check_frames_fail(FRAME_JSON_WATCH, SLICE("{\"type\":1,\"object\":{}}"), "",
			  "event 1: its `type` is not the name of one");
	check_frames_fail(FRAME_JSON_WATCH, SLICE("{\"type\":\"A\",\"object\":[]}"), "",
			  "event 1: its `object` is none");
	check_frames_fail(FRAME_JSON_WATCH, SLICE("{\"type\":\"A\",\"object\":{}]"), "",
			  "byte 23: a bracket closes what another one opened");
}

static void check_flipped(struct slice variant, size_t at, void *data)
{
	CLEANUP(framing_release) struct framing whole, pieces;
	framing_start(&whole);
	framing_start(&pieces);
	framing_feed(&whole, FRAME_JSON_WATCH, variant, 0);
	framing_feed(&pieces, FRAME_JSON_WATCH, variant, 1 + at % 4);
	assert_string_equal(strbuf_text(&whole.text), strbuf_text(&pieces.text));
	assert_true(!whole.error == !pieces.error);
}

static void damage_changes_nothing_between_whole_and_pieces(void **state)
{
	mangle_flip(slice_of(WATCH), check_flipped, NULL);
	mangle_truncate(slice_of(WATCH), check_flipped, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_come_one_by_one),
		cmocka_unit_test(a_watch_may_end_between_events_and_before_the_first),
		cmocka_unit_test(a_watch_that_breaks_off_inside_an_event_says_so),
		cmocka_unit_test(what_is_no_event_is_refused),
		cmocka_unit_test(damage_changes_nothing_between_whole_and_pieces),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
