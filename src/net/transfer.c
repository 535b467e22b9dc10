#include "net/transfer_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/time.h"
#include "net/attempt_internal.h"
#include "net/failure.h"
#include "net/loop_internal.h"
#include "net/origin_internal.h"
#include "net/retry.h"

static uint64_t random_bits(void)
{
	uint64_t bits = 0;
	if (getrandom(&bits, sizeof bits, 0) != sizeof bits)
		bits = (uint64_t)clock_ms() * UINT64_C(0x9e3779b97f4a7c15);
	return bits;
}

/* --- to the end --- */

static void unlink_from_loop(struct http *http, struct transfer *transfer)
{
	if (transfer->previous)
		transfer->previous->next = transfer->next;
	else
		http->transfers = transfer->next;
	if (transfer->next)
		transfer->next->previous = transfer->previous;
}

/* Its easy handle goes, and the turn or the place in the line with it. */
static void let_go(struct transfer *transfer)
{
	if (transfer->attempt.handle)
		transfer->wire_bytes += attempt_stop(transfer);
	if (transfer->pool)
		pool_leave(transfer->pool, transfer);
}

static void end(struct transfer *transfer, enum http_failure failure)
{
	let_go(transfer);
	unlink_from_loop(transfer->queue->http, transfer);
	queue_put_end(transfer, failure, transfer->wire_bytes);
}

void transfer_end(struct transfer *transfer, enum http_failure failure, const char *message)
{
	strbuf_clear(&transfer->message);
	if (message)
		strbuf_add_text(&transfer->message, message);
	end(transfer, failure);
}

/* --- another attempt --- */

bool transfer_may_retry(const struct transfer *transfer)
{
	return transfer->request.repeatable && transfer->retry < transfer->request.retries;
}

unsigned transfer_backoff_ms(const struct transfer *transfer)
{
	return retry_backoff_ms(transfer->retry, random_bits());
}

/* transfer->message says why. */
static void back_off(struct transfer *transfer, enum http_failure failure, unsigned wait_ms)
{
	struct http_event shown = {
		.status = transfer->attempt.swallow ? transfer->attempt.handle->head.status : 0,
		.wait_ms = wait_ms,
		.failure = failure,
		.message = strbuf_slice(&transfer->message),
	};
	let_go(transfer);
	if (!queue_put_wait(transfer, &shown)) {
		transfer_end(transfer, HTTP_OTHER, "not enough memory");
		return;
	}
	transfer->retry++;
	transfer->state = TRANSFER_BACKOFF;
	transfer->due_ms = clock_ms() + wait_ms;
	loop_look_at(transfer->queue->http, transfer->due_ms);
}

static void back_off_as_asked(struct transfer *transfer)
{
	strbuf_clear(&transfer->message);
	strbuf_addf(&transfer->message, "the server answered with status %d", transfer->attempt.handle->head.status);
	back_off(transfer, HTTP_OK, transfer->attempt.retry_ms);
}

/* transfer->message says what failed. */
static void fail(struct transfer *transfer, struct failure failure)
{
	unsigned retries_max = failure.kind == HTTP_RESOLVE ? 1 : UINT32_MAX;

	if (transfer->attempt.swallow)
		back_off_as_asked(transfer);
	else if (!transfer->attempt.delivered && !failure.final && transfer->retry < retries_max &&
		 transfer_may_retry(transfer))
		back_off(transfer, failure.kind, transfer_backoff_ms(transfer));
	else
		end(transfer, failure.kind);
}

static void time_out(struct transfer *transfer, const char *what, unsigned after_ms)
{
	strbuf_clear(&transfer->message);
	strbuf_addf(&transfer->message, "timed out: %s within ", what);
	strbuf_addf(&transfer->message, after_ms % 1000 ? "%.3f s" : "%.0f s", after_ms / 1000.0);
	fail(transfer, (struct failure){ HTTP_TIMEOUT, false });
}

/* --- what libcurl says --- */

/* It counts time in which we did not let it work, and time in a line of its own. Only our clock is right. */
static bool is_early_timeout(const struct transfer *transfer, CURLcode code)
{
	const struct attempt *attempt = &transfer->attempt;
	if (code != CURLE_OPERATION_TIMEDOUT || attempt->connected_ms)
		return false;
	int64_t spent = attempt->connecting_ms ? clock_ms() - attempt->connecting_ms : 0;
	return spent < transfer->request.connect_ms / 10 * 9;
}

static void start_over(struct transfer *transfer)
{
	struct pool *pool = transfer->pool;
	let_go(transfer);
	pool_line_up(pool, transfer);
}

void transfer_finish(struct transfer *transfer, CURLcode code)
{
	struct attempt *attempt = &transfer->attempt;
	struct failure_facts facts = attempt_facts(transfer, code);
	struct failure failure = failure_of(&facts);

	if (attempt->swallow) {
		back_off_as_asked(transfer);
		return;
	}
	if (attempt->given_up) {
		transfer_end(transfer, attempt->given_up_as, attempt->given_up);
		return;
	}
	if (code != CURLE_OK && attempt->inner_address && !attempt->connected_ms) {
		transfer_end(transfer, HTTP_CONNECT, "the host leads to an address that is not public");
		return;
	}
	if (code == CURLE_OK && attempt->delivered) {
		end(transfer, HTTP_OK);
		return;
	}
	if (is_early_timeout(transfer, code)) {
		start_over(transfer);
		return;
	}
	if (code == CURLE_OPERATION_TIMEDOUT) {
		time_out(transfer, "there was no connection", transfer->request.connect_ms);
		return;
	}
	if (code == CURLE_OK)
		failure = (struct failure){ HTTP_PROTOCOL, true };
	if (failure.kind == HTTP_CUT)
		pool_disconnected(transfer->pool);
	strbuf_clear(&transfer->message);
	failure_add_message(&transfer->message, &facts);
	fail(transfer, failure);
}

/* --- clocks --- */

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t attempt_due(const struct transfer *transfer)
{
	const struct attempt *attempt = &transfer->attempt;
	const struct request *request = &transfer->request;
	int64_t began = attempt->connecting_ms ? attempt->connecting_ms : attempt->connected_ms;
	int64_t due = CLOCK_NEVER;

	if (!began)
		return CLOCK_NEVER;
	if (attempt->connected_ms)
		due = attempt->moved_ms + request->idle_ms;
	else
		due = attempt->connecting_ms + request->connect_ms;
	return request->whole_ms ? earlier(due, began + request->whole_ms) : due;
}

int64_t transfer_due(const struct transfer *transfer)
{
	switch (transfer->state) {
	case TRANSFER_BACKOFF:
		return transfer->due_ms;
	case TRANSFER_TOKEN:
		return transfer->pool->stalled ? CLOCK_NEVER : transfer->due_ms;
	case TRANSFER_RUNNING:
		return transfer->pool->stalled ? CLOCK_NEVER : attempt_due(transfer);
	default:
		return CLOCK_NEVER;
	}
}

static void look_at_attempt(struct transfer *transfer, int64_t now_ms)
{
	struct attempt *attempt = &transfer->attempt;
	const struct request *request = &transfer->request;
	int64_t began = attempt->connecting_ms ? attempt->connecting_ms : attempt->connected_ms;

	if (request->whole_ms && now_ms >= began + request->whole_ms)
		time_out(transfer, "the answer was not complete", request->whole_ms);
	else if (!attempt->connected_ms)
		time_out(transfer, "there was no connection", request->connect_ms);
	else if (!attempt_moved(attempt, now_ms))
		time_out(transfer, "no byte came", request->idle_ms);
}

void transfer_look(struct transfer *transfer, int64_t now_ms)
{
	if (transfer_due(transfer) > now_ms)
		return;
	if (transfer->state == TRANSFER_BACKOFF)
		pool_line_up(transfer->pool, transfer);
	else if (transfer->state == TRANSFER_TOKEN)
		transfer_start(transfer, now_ms);
	else if (transfer->state == TRANSFER_RUNNING)
		look_at_attempt(transfer, now_ms);
}

void transfer_resume(struct transfer *transfer, int64_t stalled_ms)
{
	struct attempt *attempt = &transfer->attempt;
	if (transfer->state != TRANSFER_RUNNING)
		return;
	if (attempt->connecting_ms)
		attempt->connecting_ms += stalled_ms;
	if (attempt->connected_ms) {
		attempt->connected_ms += stalled_ms;
		attempt->moved_ms += stalled_ms;
	}
	CURLcode code = attempt_resume(attempt);
	if (code != CURLE_OK)
		transfer_finish(transfer, code);
}

void transfer_start(struct transfer *transfer, int64_t now_ms)
{
	transfer->state = TRANSFER_RUNNING;
	if (!attempt_start(transfer))
		transfer_end(transfer, HTTP_OTHER, "not enough memory");
	else
		loop_look_at(transfer->queue->http, now_ms);
}
