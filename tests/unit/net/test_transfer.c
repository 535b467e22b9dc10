#include "net/transfer_internal.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "loopback.h"
#include "support/check.h"

/* --- when something is due --- */

static struct transfer running(struct pool *pool)
{
	struct transfer transfer = { .pool = pool, .state = TRANSFER_RUNNING };
	transfer.request.connect_ms = 100;
	transfer.request.idle_ms = 1000;
	return transfer;
}

static void nothing_is_due_before_there_is_a_socket(void **state)
{
	struct pool pool = { 0 };
	struct transfer transfer = running(&pool);
	assert_true(transfer_due(&transfer) == CLOCK_NEVER);
}

static void the_clocks_of_an_attempt(void **state)
{
	struct pool pool = { 0 };
	struct transfer transfer = running(&pool);
	transfer.attempt.connecting_ms = 5000;
	assert_int_equal(transfer_due(&transfer), 5100);
	transfer.attempt.connected_ms = transfer.attempt.moved_ms = 5050;
	assert_int_equal(transfer_due(&transfer), 6050);
	transfer.attempt.moved_ms = 6000;
	assert_int_equal(transfer_due(&transfer), 7000);
	transfer.request.whole_ms = 1500;
	assert_int_equal(transfer_due(&transfer), 6500);
	transfer.attempt.connecting_ms = 0; /* a kept connection */
	assert_int_equal(transfer_due(&transfer), 6550);
	pool.stalled = true;
	assert_true(transfer_due(&transfer) == CLOCK_NEVER);
}

static void a_pause_moves_all_clocks(void **state)
{
	struct pool pool = { 0 };
	struct transfer transfer = running(&pool);
	transfer.request.whole_ms = 1500;
	transfer.attempt.connecting_ms = 5000;
	transfer_resume(&transfer, 300);
	assert_int_equal(transfer_due(&transfer), 5400);
	transfer.attempt.connected_ms = transfer.attempt.moved_ms = 5350;
	transfer_resume(&transfer, 700);
	assert_int_equal(transfer.attempt.connecting_ms, 6000);
	assert_int_equal(transfer.attempt.connected_ms, 6050);
	assert_int_equal(transfer.attempt.moved_ms, 6050);
}

static void a_backoff_ends_even_while_the_queue_is_full(void **state)
{
	struct pool pool = { .stalled = true };
	struct transfer transfer = { .pool = &pool, .state = TRANSFER_BACKOFF, .due_ms = 7 };
	assert_int_equal(transfer_due(&transfer), 7);
	transfer.state = TRANSFER_TOKEN;
	assert_true(transfer_due(&transfer) == CLOCK_NEVER);
	transfer.state = TRANSFER_LINE;
	assert_true(transfer_due(&transfer) == CLOCK_NEVER);
}

static void retries_are_counted_and_only_for_what_can_be_repeated(void **state)
{
	struct transfer transfer = { .request = { .repeatable = true, .retries = 2 } };
	assert_true(transfer_may_retry(&transfer));
	transfer.retry = 2;
	assert_false(transfer_may_retry(&transfer));
	transfer.retry = 0;
	transfer.request.repeatable = false;
	assert_false(transfer_may_retry(&transfer));
}

/* --- against a server: the types of events, a letter each: W, H, D, E --- */

struct talk {
	const char *answers[4]; /* for each connection, the last one for all that follow */
};

static void talk(struct connection *connection)
{
	const struct talk *data = connection->server->data;
	unsigned at = connection->number - 1;
	while (at && !data->answers[at])
		at--;
	if (!connection_read(connection))
		return;
	if (!strcmp(data->answers[at], "hang"))
		connection_hang(connection);
	else
		connection_write(connection, data->answers[at]);
}

struct outcome {
	char types[32];
	enum http_failure failure;
	int status;
	unsigned requests;
	int64_t ms;
};

static struct outcome ask(const struct talk *data, const struct http_request *request)
{
	struct loopback server;
	struct http *http = NULL;
	struct http_origin *origin = NULL;
	struct http_queue *queue = NULL;
	struct error *err = NULL;
	struct http_event event;
	struct outcome outcome = { 0 };
	int64_t begun = clock_ms();

	loopback_start(&server, talk, (void *)data);
	check_ok(http_new(&http, &err), &err);
	check_ok(http_origin_new(http, &(struct http_origin_options){ .url = slice_of(server.url) }, &origin, &err),
		 &err);
	check_ok(http_queue_new(http, 100000, &queue, &err), &err);
	check_ok(http_send(queue, origin, request, &outcome, &err), &err);
	for (size_t at = 0; http_next(queue, 20000, &event, &err) == 1 && at < sizeof outcome.types - 1; at++) {
		outcome.types[at] = "WHDE"[event.type];
		outcome.status = event.type == HTTP_HEAD ? event.status : outcome.status;
		outcome.failure = event.type == HTTP_END ? event.failure : outcome.failure;
		assert_ptr_equal(event.owner, &outcome);
	}
	check_no_error(&err);
	outcome.ms = clock_ms() - begun;
	outcome.requests = atomic_load(&server.requests);
	http_queue_free(queue);
	http_origin_free(origin);
	http_free(http);
	loopback_stop(&server);
	return outcome;
}

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
#define LATER "HTTP/1.1 503 Later\r\nContent-Length: 2\r\n\r\nno"

static void a_good_answer(void **state)
{
	struct outcome outcome = ask(&(struct talk){ { OK } }, &(struct http_request){ .retries = 3 });
	assert_string_equal(outcome.types, "HDE");
	assert_int_equal(outcome.failure, HTTP_OK);
	assert_int_equal(outcome.status, 200);
}

static void later_and_then_good(void **state)
{
	struct outcome outcome = ask(&(struct talk){ { LATER, "", OK } }, &(struct http_request){ .retries = 3 });
	assert_string_equal(outcome.types, "WWHDE");
	assert_int_equal(outcome.failure, HTTP_OK);
	assert_int_equal(outcome.requests, 3);
}

static void the_last_refusal_comes_whole(void **state)
{
	struct outcome outcome = ask(&(struct talk){ { LATER } }, &(struct http_request){ .retries = 1 });
	assert_string_equal(outcome.types, "WHDE");
	assert_int_equal(outcome.status, 503);
	assert_int_equal(outcome.failure, HTTP_OK);
}

static void behind_its_head_nothing_is_tried_again(void **state)
{
	const struct talk cut = { { "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" } };
	struct outcome outcome = ask(&cut, &(struct http_request){ .retries = 3 });
	assert_string_equal(outcome.types, "HE");
	assert_int_equal(outcome.failure, HTTP_CUT);
	assert_int_equal(outcome.requests, 1);
}

static void a_server_that_hangs_times_out(void **state)
{
	struct outcome outcome = ask(&(struct talk){ { "hang" } },
				     &(struct http_request){ .idle_ms = 200, .retries = 1 });
	assert_string_equal(outcome.types, "WE");
	assert_int_equal(outcome.failure, HTTP_TIMEOUT);
	assert_in_range(outcome.ms, 400, 3000);
}

static void retry_after_is_the_least_that_is_waited(void **state)
{
	const struct talk data = { { "HTTP/1.1 429 Slow\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", OK } };
	struct outcome outcome = ask(&data, &(struct http_request){ .retries = 1 });
	assert_string_equal(outcome.types, "WHDE");
	assert_in_range(outcome.ms, 1000, 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_due_before_there_is_a_socket),
		cmocka_unit_test(the_clocks_of_an_attempt),
		cmocka_unit_test(a_pause_moves_all_clocks),
		cmocka_unit_test(a_backoff_ends_even_while_the_queue_is_full),
		cmocka_unit_test(retries_are_counted_and_only_for_what_can_be_repeated),
		cmocka_unit_test(a_good_answer),
		cmocka_unit_test(later_and_then_good),
		cmocka_unit_test(the_last_refusal_comes_whole),
		cmocka_unit_test(behind_its_head_nothing_is_tried_again),
		cmocka_unit_test(a_server_that_hangs_times_out),
		cmocka_unit_test(retry_after_is_the_least_that_is_waited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
