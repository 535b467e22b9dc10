#include "base/limits.h"
#include "net/origin_internal.h"
#include "quiet_http.h"
#include "support/check.h"
#include "support/torture.h"

struct scene {
	struct http http;
	struct http_origin *origin;
	struct http_queue *queue;
};

static int set_up(void **state)
{
	static struct scene scene;
	struct http_origin_options options = { .url = SLICE("http://x/prefix") };
	struct error *err = NULL;
	quiet_http_init(&scene.http);
	scene.http.dead = false;
	check_ok(http_origin_new(&scene.http, &options, &scene.origin, &err), &err);
	check_ok(http_queue_new(&scene.http, 20000, &scene.queue, &err), &err);
	*state = &scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *s = *state;
	s->http.dead = true;
	http_queue_free(s->queue);
	http_origin_free(s->origin);
	quiet_http_release(&s->http);
	return 0;
}

static int send_one(struct scene *s, void *owner, struct error **err)
{
	struct http_request request = { .path = SLICE("/a") };
	return http_send(s->queue, s->origin, &request, owner, err);
}

static void take_end(struct scene *s, struct transfer *transfer)
{
	struct http_event event;
	struct error *err = NULL;
	queue_put_end(transfer, HTTP_OK, 0);
	check_ok(http_next(s->queue, 0, &event, &err), &err);
	http_next(s->queue, 0, &event, &err); /* frees it */
	error_free(err);
}

static void what_is_sent_reaches_the_loop_in_order(void **state)
{
	struct scene *s = *state;
	int owners[3];
	struct error *err = NULL;
	for (int i = 0; i < 3; i++)
		check_ok(send_one(s, &owners[i], &err), &err);
	assert_true(quiet_http_woken(&s->http));
	assert_int_equal(http_pending(s->queue), 3);
	for (int i = 0; i < 3; i++) {
		struct transfer *transfer = quiet_http_take(&s->http);
		assert_ptr_equal(transfer->owner, &owners[i]);
		assert_string_equal(transfer->request.url, "http://x:80/prefix/a");
		take_end(s, transfer);
	}
	assert_int_equal(http_pending(s->queue), 0);
	assert_int_equal(s->http.transfer_count, 0);
}

static void a_bad_request_is_not_sent(void **state)
{
	struct scene *s = *state;
	struct http_request request = { .path = SLICE("no slash") };
	struct error *err = NULL;
	assert_int_equal(http_send(s->queue, s->origin, &request, NULL, &err), -1);
	check_error(&err, ERROR_USAGE, "path");
	assert_int_equal(http_pending(s->queue), 0);
	assert_null(s->http.inbox);
}

static void there_is_a_most_of_transfers(void **state)
{
	struct scene *s = *state;
	struct error *err = NULL;
	s->http.transfer_count = LIMIT_HTTP_TRANSFERS - 1;
	check_ok(send_one(s, NULL, &err), &err);
	assert_int_equal(send_one(s, NULL, &err), -1);
	check_error(&err, ERROR_LIMIT, "network transfers");
	take_end(s, quiet_http_take(&s->http));
	s->http.transfer_count = 0;
}

static void a_dead_loop_takes_nothing(void **state)
{
	struct scene *s = *state;
	struct error *err = NULL;
	s->http.dead = true;
	assert_int_equal(send_one(s, NULL, &err), -1);
	check_error(&err, ERROR_SYSTEM, "ended");
	assert_int_equal(http_pending(s->queue), 0);
}

static int send_and_take(void *data, struct error **err)
{
	struct scene *s = data;
	if (send_one(s, NULL, err) < 0)
		return -1;
	take_end(s, quiet_http_take(&s->http));
	return 0;
}

static void every_allocation_may_fail(void **state)
{
	torture(send_and_take, *state);
}

#define scene_test(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(what_is_sent_reaches_the_loop_in_order),
		scene_test(a_bad_request_is_not_sent),
		scene_test(there_is_a_most_of_transfers),
		scene_test(a_dead_loop_takes_nothing),
		scene_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
