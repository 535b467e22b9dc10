#include "net/queue_internal.h"

#include <string.h>

#include "base/clock.h"
#include "net/origin_internal.h"
#include "quiet_http.h"
#include "support/check.h"
#include "support/torture.h"

struct scene {
	struct http http;
	struct http_origin *origin;
	struct http_queue *queue;
	struct transfer *a, *b; /* owners are 'a' and 'b' below */
};

static char owner_a, owner_b;

static int set_up(void **state)
{
	static struct scene scene;
	struct http_origin_options options = { .url = SLICE("http://x") };
	struct error *err = NULL;
	quiet_http_init(&scene.http);
	check_ok(http_origin_new(&scene.http, &options, &scene.origin, &err), &err);
	check_ok(http_queue_new(&scene.http, 20000, &scene.queue, &err), &err);
	scene.a = quiet_http_send(scene.queue, scene.origin, &owner_a);
	scene.b = quiet_http_send(scene.queue, scene.origin, &owner_b);
	quiet_http_woken(&scene.http);
	*state = &scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *s = *state;
	for (struct transfer *t = s->queue->transfers; t; t = t->younger)
		if (!t->end.transfer) /* the test did not end it */
			queue_put_end(t, HTTP_OK, 0);
	http_queue_free(s->queue);
	http_origin_free(s->origin);
	quiet_http_release(&s->http);
	return 0;
}

static struct http_event next(struct scene *s)
{
	struct http_event event = { 0 };
	struct error *err = NULL;
	assert_int_equal(http_next(s->queue, 0, &event, &err), 1);
	return event;
}

static void check_no_more(struct scene *s)
{
	struct http_event event;
	struct error *err = NULL;
	s->http.dead = false;
	assert_int_equal(http_next(s->queue, 0, &event, &err), 0);
	s->http.dead = true;
}

static void put_bytes(struct transfer *transfer, size_t len)
{
	static char bytes[16384];
	assert_true(queue_put_data(transfer, (struct slice){ bytes, len }));
}

static void events_come_as_they_were_put(void **state)
{
	struct scene *s = *state;
	struct head head = { .status = 200, .content_type = "text/a", .date = "now" };
	struct http_event wait = { .status = 503, .wait_ms = 7, .failure = HTTP_CUT, .message = SLICE("why") };
	assert_true(queue_put_wait(s->a, &wait) && queue_put_head(s->a, &head));
	assert_true(queue_put_head(s->b, &head));
	assert_true(queue_put_data(s->a, SLICE("one")));
	strbuf_add_text(&s->a->message, "broke");
	queue_put_end(s->a, HTTP_CUT, 42);

	struct http_event event = next(s);
	assert_int_equal(event.type, HTTP_WAIT);
	assert_int_equal(event.status, 503);
	assert_int_equal(event.wait_ms, 7);
	assert_int_equal(event.failure, HTTP_CUT);
	check_slice(event.message, "why");
	event = next(s);
	assert_int_equal(event.type, HTTP_HEAD);
	assert_ptr_equal(event.owner, &owner_a);
	check_slice(event.content_type, "text/a");
	check_slice(event.server_date, "now");
	assert_ptr_equal(next(s).owner, &owner_b);
	event = next(s);
	assert_int_equal(event.type, HTTP_DATA);
	check_slice(event.bytes, "one");
	assert_int_equal(http_pending(s->queue), 2);
	event = next(s);
	assert_int_equal(event.type, HTTP_END);
	assert_int_equal(event.failure, HTTP_CUT);
	assert_int_equal(event.wire_bytes, 42);
	check_slice(event.message, "broke");
	assert_int_equal(http_pending(s->queue), 1);
	check_no_more(s);
}

static void what_a_head_lacks_is_not_there(void **state)
{
	struct scene *s = *state;
	struct head head = { .status = 204 };
	assert_true(queue_put_head(s->a, &head));
	struct http_event event = next(s);
	assert_null(event.content_type.data);
	assert_null(event.server_date.data);
}

static void small_pieces_of_one_body_are_joined(void **state)
{
	struct scene *s = *state;
	for (int i = 0; i < 500; i++)
		assert_true(queue_put_data(s->a, SLICE("0123456789")));
	assert_true(s->queue->held < 3 * 4096);
	size_t len = 0, events = 0;
	while (s->queue->first) {
		struct http_event event = next(s);
		for (size_t i = 0; i < event.bytes.len; i++)
			assert_int_equal(event.bytes.data[i], "0123456789"[(len + i) % 10]);
		len += event.bytes.len;
		events++;
	}
	assert_int_equal(len, 5000);
	assert_int_equal(events, 3); /* the first alone: mostly no other comes */
}

static void pieces_of_two_bodies_are_not(void **state)
{
	struct scene *s = *state;
	assert_true(queue_put_data(s->a, SLICE("a1")) && queue_put_data(s->b, SLICE("b1")) &&
		    queue_put_data(s->a, SLICE("a2")));
	check_slice(next(s).bytes, "a1");
	check_slice(next(s).bytes, "b1");
	check_slice(next(s).bytes, "a2");
}

static void full_at_its_maximum_and_no_more_at_half(void **state)
{
	struct scene *s = *state;
	put_bytes(s->a, 16000);
	assert_false(atomic_load(&s->queue->full));
	put_bytes(s->b, 4096);
	assert_true(atomic_load(&s->queue->full));
	assert_false(quiet_http_woken(&s->http));
	next(s);
	assert_false(atomic_load(&s->queue->full)); /* 4 KiB are left */
	assert_true(quiet_http_woken(&s->http));
}

static void more_than_half_is_still_full(void **state)
{
	struct scene *s = *state;
	put_bytes(s->a, 8192);
	put_bytes(s->b, 8192);
	put_bytes(s->a, 8192);
	next(s);
	assert_true(atomic_load(&s->queue->full));
	assert_false(quiet_http_woken(&s->http));
	next(s);
	assert_false(atomic_load(&s->queue->full));
}

static void cancel_drops_data_and_makes_the_end_say_so(void **state)
{
	struct scene *s = *state;
	struct head head = { .status = 200 };
	assert_true(queue_put_head(s->a, &head));
	put_bytes(s->a, 16000);
	put_bytes(s->b, 100);
	put_bytes(s->a, 16000);
	assert_true(atomic_load(&s->queue->full));
	queue_put_end(s->a, HTTP_OK, 0);
	http_cancel(s->queue, &owner_a);
	assert_true(quiet_http_woken(&s->http));
	assert_false(atomic_load(&s->queue->full));
	put_bytes(s->a, 10); /* comes too late */
	assert_int_equal(next(s).type, HTTP_HEAD);
	struct http_event event = next(s);
	assert_int_equal(event.type, HTTP_DATA);
	assert_ptr_equal(event.owner, &owner_b);
	event = next(s);
	assert_int_equal(event.type, HTTP_END);
	assert_int_equal(event.failure, HTTP_CANCELLED);
	check_no_more(s);
	assert_false(atomic_load(&s->b->cancelled));
}

static void next_waits_as_long_as_it_was_told(void **state)
{
	struct scene *s = *state;
	struct http_event event;
	struct error *err = NULL;
	s->http.dead = false;
	int64_t start = clock_ms();
	assert_int_equal(http_next(s->queue, 50, &event, &err), 0);
	assert_in_range(clock_ms() - start, 49, 5000);
	s->http.dead = true;
}

static void next_does_not_wait_for_nothing(void **state)
{
	struct scene *s = *state;
	struct http_event event;
	struct error *err = NULL;
	queue_put_end(s->a, HTTP_OK, 0);
	queue_put_end(s->b, HTTP_OK, 0);
	next(s);
	next(s);
	s->http.dead = false;
	assert_int_equal(http_next(s->queue, -1, &event, &err), 0);
	s->http.dead = true;
}

static void a_dead_loop_is_an_error_behind_what_it_left(void **state)
{
	struct scene *s = *state;
	struct http_event event;
	struct error *err = NULL;
	put_bytes(s->a, 1);
	assert_int_equal(next(s).type, HTTP_DATA);
	assert_int_equal(http_next(s->queue, -1, &event, &err), -1);
	check_error(&err, ERROR_SYSTEM, "ended");
}

static void without_memory_nothing_is_put(void **state)
{
	struct scene *s = *state;
	struct head head = { .status = 200 };
	struct http_event wait = { 0 };
	torture_fail_at(1, 1);
	bool head_put = queue_put_head(s->a, &head), data_put = queue_put_data(s->a, SLICE("x"));
	bool wait_put = queue_put_wait(s->a, &wait);
	queue_put_end(s->a, HTTP_OTHER, 0); /* needs none */
	torture_fail_at(0, 0);
	assert_false(head_put || data_put || wait_put);
	assert_int_equal(next(s).type, HTTP_END);
}

#define scene_test(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(events_come_as_they_were_put),
		scene_test(what_a_head_lacks_is_not_there),
		scene_test(small_pieces_of_one_body_are_joined),
		scene_test(pieces_of_two_bodies_are_not),
		scene_test(full_at_its_maximum_and_no_more_at_half),
		scene_test(more_than_half_is_still_full),
		scene_test(cancel_drops_data_and_makes_the_end_say_so),
		scene_test(next_waits_as_long_as_it_was_told),
		scene_test(next_does_not_wait_for_nothing),
		scene_test(a_dead_loop_is_an_error_behind_what_it_left),
		scene_test(without_memory_nothing_is_put),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
