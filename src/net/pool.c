#include "net/pool_internal.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "net/attempt_internal.h"
#include "net/loop_internal.h"
#include "net/origin_internal.h"
#include "net/transfer_internal.h"

#define SOCKETS_AT_ONCE 32

/* --- what libcurl asks for --- */

static uint32_t epoll_events_of(int what)
{
	return (what & CURL_POLL_IN ? EPOLLIN : 0) | (what & CURL_POLL_OUT ? EPOLLOUT : 0);
}

/* known: not NULL where the socket is in the pool's epoll. */
static int on_socket(CURL *easy, curl_socket_t socket, int what, void *data, void *known)
{
	struct pool *pool = data;
	(void)easy;

	if (what == CURL_POLL_REMOVE) {
		if (known)
			epoll_ctl(pool->epoll, EPOLL_CTL_DEL, socket, NULL);
		curl_multi_assign(pool->multi, socket, NULL);
		return 0;
	}
	struct epoll_event event = { .events = epoll_events_of(what), .data.fd = socket };
	if (epoll_ctl(pool->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event) < 0) {
		pool->failed = true;
		return -1;
	}
	curl_multi_assign(pool->multi, socket, pool);
	return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *data)
{
	struct pool *pool = data;
	(void)multi;
	pool->timer_ms = timeout_ms < 0 ? CLOCK_NEVER : clock_ms() + timeout_ms;
	return 0;
}

/* --- making one --- */

#define SET(option, value) (curl_multi_setopt(pool->multi, (option), (value)) == CURLM_OK)

/* As many idle connections are kept as there may be. */
static bool set_up(struct pool *pool)
{
	long connections = (long)pool->origin->connections;
	return SET(CURLMOPT_SOCKETFUNCTION, on_socket) && SET(CURLMOPT_SOCKETDATA, pool) &&
	       SET(CURLMOPT_TIMERFUNCTION, on_timer) && SET(CURLMOPT_TIMERDATA, pool) &&
	       SET(CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX) &&
	       SET(CURLMOPT_MAX_CONCURRENT_STREAMS, (long)LIMIT_HTTP_STREAMS) &&
	       SET(CURLMOPT_MAX_HOST_CONNECTIONS, connections) && SET(CURLMOPT_MAXCONNECTS, connections);
}

struct pool *pool_new(struct http *http, struct http_origin *origin, struct http_queue *queue)
{
	struct pool *pool = mem_alloc_zeroed(1, sizeof *pool);
	if (!pool)
		return NULL;
	pool->http = http;
	pool->origin = origin;
	pool->queue = queue;
	pool->timer_ms = CLOCK_NEVER;
	pool->probe = slice_starts_with(slice_of(origin->base), "https:") ? POOL_UNKNOWN : POOL_KNOWN;
	pool->epoll = epoll_create1(EPOLL_CLOEXEC);
	pool->multi = curl_multi_init();
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = pool };
	if (pool->epoll < 0 || !pool->multi || !set_up(pool) ||
	    epoll_ctl(http->epoll, EPOLL_CTL_ADD, pool->epoll, &event) < 0) {
		pool_free(pool);
		return NULL;
	}
	return pool;
}

void pool_free(struct pool *pool)
{
	while (pool->idle_count)
		handle_free(pool->idle[--pool->idle_count]);
	if (pool->multi)
		curl_multi_cleanup(pool->multi);
	if (pool->epoll >= 0)
		close(pool->epoll); /* leaves the loop's epoll with it */
	mem_free(pool);
}

/* --- driving --- */

static bool is_full(const struct pool *pool)
{
	return atomic_load(&pool->queue->full);
}

static void act(struct pool *pool, curl_socket_t socket, int ready)
{
	int running;
	if (curl_multi_socket_action(pool->multi, socket, ready, &running) != CURLM_OK)
		pool->failed = true;
}

/* One by one: the epoll hands them out in turn, so that the one that fills the queue is the last to come again. */
static void drive_sockets(struct pool *pool)
{
	struct epoll_event event;

	for (int i = 0; i < SOCKETS_AT_ONCE && !is_full(pool) && !pool->failed; i++) {
		if (epoll_wait(pool->epoll, &event, 1, 0) != 1)
			return;
		/* 0, for an error or a hang-up, makes libcurl look for itself. */
		act(pool, event.data.fd,
		    (event.events & EPOLLIN ? CURL_CSELECT_IN : 0) | (event.events & EPOLLOUT ? CURL_CSELECT_OUT : 0));
	}
}

static void drive_timer(struct pool *pool, int64_t now_ms)
{
	if (pool->timer_ms > now_ms || is_full(pool) || pool->failed)
		return;
	pool->timer_ms = CLOCK_NEVER;
	act(pool, CURL_SOCKET_TIMEOUT, 0);
}

static void finish_all(struct pool *pool)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(pool->multi, &left))) {
		struct handle *handle = NULL;
		CURLcode code = message->data.result;
		if (message->msg == CURLMSG_DONE &&
		    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &handle) == CURLE_OK && handle)
			transfer_finish(handle->transfer, code);
	}
}

static void fail_all(struct pool *pool)
{
	struct transfer *next;
	for (struct transfer *t = pool->http->transfers; t; t = next) {
		next = t->next;
		if (t->pool == pool)
			transfer_end(t, HTTP_OTHER, "not enough memory or descriptors");
	}
	pool->failed = false;
}

void pool_drive(struct pool *pool, bool sockets, int64_t now_ms)
{
	/* In turn, as either may fill the queue again and again. */
	pool->timer_first = !pool->timer_first;
	if (pool->timer_first)
		drive_timer(pool, now_ms);
	if (sockets)
		drive_sockets(pool);
	if (!pool->timer_first)
		drive_timer(pool, now_ms);
	finish_all(pool);
	if (pool->failed)
		fail_all(pool);
}

/* --- the queue is full, or no more --- */

static void watch(struct pool *pool, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = pool };
	epoll_ctl(pool->http->epoll, EPOLL_CTL_MOD, pool->epoll, &event);
}

static void go_on(struct pool *pool, int64_t now_ms)
{
	int64_t stalled_ms = pool->stalled ? now_ms - pool->stalled_ms : 0;
	struct transfer *next;

	pool->stalled = pool->paused = false;
	watch(pool, EPOLLIN);
	for (struct transfer *t = pool->http->transfers; t; t = next) {
		next = t->next;
		if (t->pool == pool)
			transfer_resume(t, stalled_ms);
	}
	loop_look_at(pool->http, now_ms);
}

void pool_balance(struct pool *pool, int64_t now_ms)
{
	bool full = is_full(pool);
	if (full && !pool->stalled) {
		pool->stalled = true;
		pool->stalled_ms = now_ms;
		watch(pool, 0);
	} else if (!full && (pool->stalled || pool->paused)) {
		go_on(pool, now_ms);
	}
}

/* --- turns --- */

void pool_line_up(struct pool *pool, struct transfer *transfer)
{
	transfer->pool = pool;
	transfer->state = TRANSFER_LINE;
	transfer->line_next = NULL;
	if (pool->line_last)
		pool->line_last->line_next = transfer;
	else
		pool->line = transfer;
	pool->line_last = transfer;
}

static void leave_line(struct pool *pool, struct transfer *transfer)
{
	struct transfer *before = NULL;
	struct transfer **link = &pool->line;
	while (*link && *link != transfer) {
		before = *link;
		link = &before->line_next;
	}
	if (!*link)
		return;
	*link = transfer->line_next;
	if (pool->line_last == transfer)
		pool->line_last = before;
}

void pool_leave(struct pool *pool, struct transfer *transfer)
{
	if (transfer->state == TRANSFER_LINE)
		leave_line(pool, transfer);
	else if (transfer->state == TRANSFER_TOKEN || transfer->state == TRANSFER_RUNNING)
		pool->busy--;
	transfer->state = TRANSFER_NEW;
	if (pool->prober == transfer)
		pool_connected(pool);
}

void pool_connected(struct pool *pool)
{
	pool->prober = NULL;
	pool->probe = POOL_KNOWN;
}

void pool_disconnected(struct pool *pool)
{
	if (pool->multiplexed && pool->probe == POOL_KNOWN)
		pool->probe = POOL_UNKNOWN;
}

/* More than there are connections would only wait inside libcurl, with clocks ticking. */
static unsigned turns_max(const struct pool *pool)
{
	if (!pool->multiplexed || pool->origin->connections > LIMIT_HTTP_STREAMS)
		return pool->origin->connections;
	return LIMIT_HTTP_STREAMS;
}

void pool_give_turns(struct pool *pool, int64_t now_ms)
{
	while (pool->line && !pool->stalled && pool->probe != POOL_PROBING && pool->busy < turns_max(pool)) {
		struct transfer *transfer = pool->line;
		int64_t wait_ms = bucket_take(&pool->origin->bucket, now_ms);
		leave_line(pool, transfer);
		pool->busy++;
		if (pool->probe == POOL_UNKNOWN) {
			pool->probe = POOL_PROBING;
			pool->prober = transfer;
		}
		transfer->state = TRANSFER_TOKEN;
		transfer->due_ms = now_ms + wait_ms;
		if (wait_ms)
			loop_look_at(pool->http, transfer->due_ms);
		else
			transfer_start(transfer, now_ms);
	}
}
