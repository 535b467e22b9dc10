#include "net/loop_internal.h"

#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "loopback.h"
#include "support/check.h"

static struct http *start(void)
{
	struct http *http = NULL;
	struct error *err = NULL;
	check_ok(http_new(&http, &err), &err);
	return http;
}

static struct http_origin *origin_at(struct http *http, const char *url)
{
	struct http_origin *origin = NULL;
	struct http_origin_options options = { .url = slice_of(url), .connections = 2 };
	struct error *err = NULL;
	check_ok(http_origin_new(http, &options, &origin, &err), &err);
	return origin;
}

static struct http_queue *queue_of(struct http *http)
{
	struct http_queue *queue = NULL;
	struct error *err = NULL;
	check_ok(http_queue_new(http, 100000, &queue, &err), &err);
	return queue;
}

static void send_some(struct http_queue *queue, struct http_origin *origin, int count)
{
	struct http_request request = { .path = SLICE("/") };
	struct error *err = NULL;
	for (int i = 0; i < count; i++)
		check_ok(http_send(queue, origin, &request, NULL, &err), &err);
}

/* Takes all events; how many transfers ended with `failure`. */
static int ends_with(struct http_queue *queue, enum http_failure failure)
{
	struct http_event event;
	struct error *err = NULL;
	int count = 0, got;
	while ((got = http_next(queue, 5000, &event, &err)) > 0)
		count += event.type == HTTP_END && event.failure == failure;
	check_ok(got, &err);
	return count;
}

static void answer(struct connection *connection)
{
	while (connection_read(connection))
		connection_write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
}

static void hang(struct connection *connection)
{
	connection_read(connection);
	connection_hang(connection);
}

static void starts_and_ends_with_nothing_to_do(void **state)
{
	for (int i = 0; i < 20; i++)
		http_free(start());
	assert_null(http_free(NULL));
}

static void many_transfers_over_few_connections(void **state)
{
	struct loopback server;
	loopback_start(&server, answer, NULL);
	struct http *http = start();
	struct http_origin *origin = origin_at(http, server.url);
	struct http_queue *queue = queue_of(http);
	send_some(queue, origin, 200);
	assert_int_equal(ends_with(queue, HTTP_OK), 200);
	assert_int_equal(atomic_load(&server.requests), 200);
	assert_in_range(atomic_load(&server.connections), 1, 2);
	http_queue_free(queue);
	http_origin_free(origin);
	http_free(http);
	loopback_stop(&server);
}

static void note_signals(struct http *http, void *data)
{
	pthread_sigmask(SIG_BLOCK, NULL, data);
}

static void the_thread_takes_no_signal(void **state)
{
	struct http *http = start();
	sigset_t there, here;
	loop_call(http, note_signals, &there);
	pthread_sigmask(SIG_BLOCK, NULL, &here);
	for (int signal = 1; signal < 32; signal++) {
		assert_int_equal(sigismember(&there, signal), signal != SIGKILL && signal != SIGSTOP);
		assert_int_equal(sigismember(&here, signal), 0);
	}
	http_free(http);
}

static struct http *stopped_by_signal;

static void on_signal(int signal)
{
	http_stop(stopped_by_signal);
}

static void stop_ends_everything_from_a_signal_handler_too(void **state)
{
	struct loopback server;
	loopback_start(&server, hang, NULL);
	struct http *http = stopped_by_signal = start();
	struct http_origin *origin = origin_at(http, server.url);
	struct http_queue *queue = queue_of(http), *other = queue_of(http);
	send_some(queue, origin, 10);
	send_some(other, origin, 10);
	signal(SIGUSR1, on_signal);
	usleep(100000);
	int64_t begun = clock_ms();
	raise(SIGUSR1);
	assert_int_equal(ends_with(queue, HTTP_CANCELLED), 10);
	assert_int_equal(ends_with(other, HTTP_CANCELLED), 10);
	send_some(queue, origin, 1);
	assert_int_equal(ends_with(queue, HTTP_CANCELLED), 1);
	assert_in_range(clock_ms() - begun, 0, 1000);
	http_queue_free(queue);
	http_queue_free(other);
	http_origin_free(origin);
	http_free(http);
	loopback_stop(&server);
}

static void a_queue_can_go_while_its_transfers_run(void **state)
{
	struct loopback server;
	loopback_start(&server, hang, NULL);
	struct http *http = start();
	struct http_origin *origin = origin_at(http, server.url);
	for (int i = 0; i < 5; i++) {
		struct http_queue *queue = queue_of(http);
		send_some(queue, origin, 5);
		usleep(i * 5000);
		assert_null(http_queue_free(queue));
	}
	http_origin_free(origin);
	http_free(http);
	loopback_stop(&server);
}

static void note_call(struct http *http, void *data)
{
	pthread_t *thread = data;
	*thread = pthread_self();
}

static void a_call_runs_on_the_thread_of_the_loop(void **state)
{
	struct http *http = start();
	pthread_t ran;
	loop_call(http, note_call, &ran);
	assert_true(pthread_equal(ran, http->thread));
	http_free(http);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_and_ends_with_nothing_to_do),
		cmocka_unit_test(many_transfers_over_few_connections),
		cmocka_unit_test(the_thread_takes_no_signal),
		cmocka_unit_test(stop_ends_everything_from_a_signal_handler_too),
		cmocka_unit_test(a_queue_can_go_while_its_transfers_run),
		cmocka_unit_test(a_call_runs_on_the_thread_of_the_loop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
