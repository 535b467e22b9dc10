#include "net/pool_internal.h"

#include <poll.h>

#include "base/clock.h"
#include "base/limits.h"
#include "net/origin_internal.h"
#include "quiet_http.h"
#include "support/check.h"

/* A pool whose transfers go to a port where nobody listens: libcurl gets them, and is never driven. */
struct scene {
	struct http http;
	struct http_origin *origin;
	struct http_queue *queue;
	struct pool *pool;
};

static struct scene scene_of(const char *url, unsigned connections, double rate)
{
	struct scene scene = { 0 };
	struct http_origin_options options = { .url = slice_of(url), .connections = connections, .rate = rate };
	struct error *err = NULL;
	quiet_http_init(&scene.http);
	check_ok(http_origin_new(&scene.http, &options, &scene.origin, &err), &err);
	check_ok(http_queue_new(&scene.http, 20000, &scene.queue, &err), &err);
	return scene;
}

/* The scene must not move any more: the pool points into it. */
static void make_pool(struct scene *s)
{
	s->queue->http = s->origin->http = &s->http;
	s->pool = pool_new(&s->http, s->origin, s->queue);
	assert_non_null(s->pool);
	s->http.pools = s->pool;
}

static struct transfer *line_up(struct scene *s)
{
	struct transfer *transfer = quiet_http_send(s->queue, s->origin, NULL);
	transfer->next = s->http.transfers;
	if (s->http.transfers)
		s->http.transfers->previous = transfer;
	s->http.transfers = transfer;
	pool_line_up(s->pool, transfer);
	return transfer;
}

static void release(struct scene *s)
{
	while (s->http.transfers)
		transfer_end(s->http.transfers, HTTP_CANCELLED, NULL);
	assert_int_equal(s->pool->busy, 0);
	assert_null(s->pool->line);
	pool_free(s->pool);
	http_queue_free(s->queue);
	http_origin_free(s->origin);
	quiet_http_release(&s->http);
}

static void turns_are_given_in_order_and_up_to_the_cap(void **state)
{
	struct scene s = scene_of("http://127.0.0.1:1", 3, 0);
	struct transfer *transfers[6];
	make_pool(&s);
	for (int i = 0; i < 6; i++)
		transfers[i] = line_up(&s);
	pool_give_turns(s.pool, clock_ms());
	for (int i = 0; i < 6; i++)
		assert_int_equal(transfers[i]->state, i < 3 ? TRANSFER_RUNNING : TRANSFER_LINE);
	transfer_end(transfers[1], HTTP_CANCELLED, NULL);
	transfer_end(transfers[4], HTTP_CANCELLED, NULL); /* out of the middle of the line */
	pool_give_turns(s.pool, clock_ms());
	assert_int_equal(transfers[3]->state, TRANSFER_RUNNING);
	assert_int_equal(transfers[5]->state, TRANSFER_LINE);
	transfer_end(transfers[5], HTTP_CANCELLED, NULL); /* the last in the line */
	struct transfer *late = line_up(&s);
	transfer_end(transfers[0], HTTP_CANCELLED, NULL);
	pool_give_turns(s.pool, clock_ms());
	assert_int_equal(late->state, TRANSFER_RUNNING);
	release(&s);
}

static void http_2_takes_more_at_once(void **state)
{
	struct scene s = scene_of("http://127.0.0.1:1", 2, 0);
	make_pool(&s);
	s.pool->multiplexed = true;
	for (int i = 0; i < LIMIT_HTTP_STREAMS + 5; i++)
		line_up(&s);
	pool_give_turns(s.pool, clock_ms());
	assert_int_equal(s.pool->busy, LIMIT_HTTP_STREAMS);
	release(&s);
}

static void over_tls_one_goes_ahead_until_it_is_connected(void **state)
{
	struct scene s = scene_of("https://127.0.0.1:1", 4, 0);
	make_pool(&s);
	for (int i = 0; i < 6; i++)
		line_up(&s);
	pool_give_turns(s.pool, clock_ms());
	pool_give_turns(s.pool, clock_ms());
	assert_int_equal(s.pool->busy, 1);
	pool_connected(s.pool);
	pool_give_turns(s.pool, clock_ms());
	assert_int_equal(s.pool->busy, 4);
	release(&s);
}

static void or_until_it_fails(void **state)
{
	struct scene s = scene_of("https://127.0.0.1:1", 4, 0);
	make_pool(&s);
	struct transfer *first = line_up(&s);
	for (int i = 0; i < 6; i++)
		line_up(&s);
	pool_give_turns(s.pool, clock_ms());
	transfer_end(first, HTTP_CONNECT, NULL);
	pool_give_turns(s.pool, clock_ms());
	assert_int_equal(s.pool->busy, 4);
	release(&s);
}

static void a_lost_connection_of_http_2_is_made_by_one_again(void **state)
{
	struct scene s = scene_of("https://127.0.0.1:1", 4, 0);
	make_pool(&s);
	pool_connected(s.pool);
	pool_disconnected(s.pool); /* of HTTP/1.1: means nothing */
	assert_int_equal(s.pool->probe, POOL_KNOWN);
	s.pool->multiplexed = true;
	pool_disconnected(s.pool);
	for (int i = 0; i < 3; i++)
		line_up(&s);
	pool_give_turns(s.pool, clock_ms());
	assert_int_equal(s.pool->busy, 1);
	release(&s);
}

static void the_rate_limit_makes_a_turn_wait(void **state)
{
	struct scene s = scene_of("http://127.0.0.1:1", 4, 10);
	int64_t now = clock_ms();
	make_pool(&s);
	struct transfer *first = line_up(&s), *second = line_up(&s), *third = line_up(&s);
	pool_give_turns(s.pool, now);
	assert_int_equal(first->state, TRANSFER_RUNNING);
	assert_int_equal(second->state, TRANSFER_TOKEN);
	assert_in_range(second->due_ms - now, 90, 100);
	assert_in_range(third->due_ms - now, 190, 200);
	transfer_look(second, second->due_ms - 1);
	assert_int_equal(second->state, TRANSFER_TOKEN);
	transfer_look(second, second->due_ms);
	assert_int_equal(second->state, TRANSFER_RUNNING);
	release(&s);
}

static bool is_watched(struct scene *s)
{
	/* libcurl's sockets are in the pool's epoll, and that is in the loop's. */
	struct pollfd loop = { .fd = s->http.epoll, .events = POLLIN };
	return poll(&loop, 1, 0) == 1;
}

static void a_full_queue_stops_the_pool_and_its_clocks(void **state)
{
	struct scene s = scene_of("http://127.0.0.1:1", 4, 0);
	make_pool(&s);
	struct transfer *transfer = line_up(&s);
	pool_give_turns(s.pool, clock_ms());
	s.pool->timer_ms = 0;
	pool_drive(s.pool, false, clock_ms()); /* connects, in vain: its socket is ready */
	transfer = s.http.transfers;
	if (!transfer) { /* refused at once */
		release(&s);
		check_skip("a connection on loopback was refused within the call");
	}
	assert_true(is_watched(&s));
	transfer->attempt.connecting_ms = 1000;
	atomic_store(&s.queue->full, true);
	pool_balance(s.pool, 2000);
	assert_true(s.pool->stalled);
	assert_false(is_watched(&s));
	assert_true(transfer_due(transfer) == CLOCK_NEVER);
	struct transfer *waiting = line_up(&s);
	pool_give_turns(s.pool, 2500);
	assert_int_equal(waiting->state, TRANSFER_LINE);
	atomic_store(&s.queue->full, false);
	pool_balance(s.pool, 5000);
	assert_false(s.pool->stalled);
	assert_true(is_watched(&s));
	assert_int_equal(transfer->attempt.connecting_ms, 4000);
	release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turns_are_given_in_order_and_up_to_the_cap),
		cmocka_unit_test(http_2_takes_more_at_once),
		cmocka_unit_test(over_tls_one_goes_ahead_until_it_is_connected),
		cmocka_unit_test(or_until_it_fails),
		cmocka_unit_test(a_lost_connection_of_http_2_is_made_by_one_again),
		cmocka_unit_test(the_rate_limit_makes_a_turn_wait),
		cmocka_unit_test(a_full_queue_stops_the_pool_and_its_clocks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
