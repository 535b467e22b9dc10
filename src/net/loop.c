#include "net/loop_internal.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "net/pool_internal.h"
#include "net/transfer_internal.h"

#define EVENTS_AT_ONCE 64
#define WAIT_MS_MAX 60000
#define ROUNDS_UNTOLD 48
#define GATHER_MS 4

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;
static CURLcode curl_started;

static void start_curl(void)
{
	curl_started = curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* --- from other threads --- */

void loop_wake(struct http *http)
{
	const uint64_t one = 1;
	int saved = errno;
	/* It fails only where the counter is at its end: the loop is awake then. */
	ssize_t ignored = write(http->wake, &one, sizeof one);
	(void)ignored;
	errno = saved;
}

void http_stop(struct http *http)
{
	atomic_store(&http->stopped, true);
	loop_wake(http);
}

void loop_call(struct http *http, void (*run)(struct http *http, void *data), void *data)
{
	struct loop_call call = { .run = run, .data = data };

	pthread_mutex_lock(&http->lock);
	call.next = http->calls;
	http->calls = &call;
	loop_wake(http);
	while (!call.done && !http->dead)
		pthread_cond_wait(&http->called, &http->lock);
	pthread_mutex_unlock(&http->lock);
}

/* --- what came from them --- */

static struct pool *find_pool(struct http *http, const struct transfer *transfer)
{
	for (struct pool *pool = http->pools; pool; pool = pool->next)
		if (pool->origin == transfer->origin && pool->queue == transfer->queue)
			return pool;
	struct pool *pool = pool_new(http, transfer->origin, transfer->queue);
	if (pool) {
		pool->next = http->pools;
		http->pools = pool;
	}
	return pool;
}

static void admit(struct http *http, struct transfer *transfer)
{
	transfer->next = http->transfers;
	if (http->transfers)
		http->transfers->previous = transfer;
	http->transfers = transfer;
	transfer->pool = find_pool(http, transfer);
	if (!transfer->pool) {
		transfer_end(transfer, HTTP_OTHER, "not enough memory or descriptors");
	} else if (transfer->request.delay_ms) {
		transfer->state = TRANSFER_BACKOFF;
		transfer->due_ms = clock_ms() + transfer->request.delay_ms;
		loop_look_at(http, transfer->due_ms);
	} else {
		pool_line_up(transfer->pool, transfer);
	}
}

static void empty_inbox(struct http *http)
{
	pthread_mutex_lock(&http->lock);
	struct transfer *next, *first = http->inbox;
	http->inbox = http->inbox_last = NULL;
	pthread_mutex_unlock(&http->lock);
	for (struct transfer *t = first; t; t = next) {
		next = t->inbox_next;
		admit(http, t);
	}
}

static void run_calls(struct http *http)
{
	pthread_mutex_lock(&http->lock);
	struct loop_call *next, *first = http->calls;
	http->calls = NULL;
	pthread_mutex_unlock(&http->lock);
	if (!first)
		return;
	empty_inbox(http); /* what was sent before the call */
	for (struct loop_call *call = first; call; call = call->next)
		call->run(http, call->data);
	pthread_mutex_lock(&http->lock);
	queue_tell(queue_take_news(http)); /* queues may go with the calls */
	for (struct loop_call *call = first; call; call = next) {
		next = call->next; /* call is gone when its owner sees that it is done */
		call->done = true;
	}
	pthread_cond_broadcast(&http->called);
	pthread_mutex_unlock(&http->lock);
}

static void forget(struct http *http, const struct http_origin *origin, const struct http_queue *queue)
{
	struct transfer *next_transfer;
	for (struct transfer *t = http->transfers; t; t = next_transfer) {
		next_transfer = t->next;
		if (t->origin == origin || t->queue == queue)
			transfer_end(t, HTTP_CANCELLED, "cancelled");
	}
	for (struct pool **link = &http->pools; *link;) {
		struct pool *pool = *link;
		if (pool->origin != origin && pool->queue != queue) {
			link = &pool->next;
			continue;
		}
		*link = pool->next;
		pool_free(pool);
	}
}

void loop_forget_origin(struct http *http, void *origin)
{
	forget(http, origin, NULL);
}

void loop_forget_queue(struct http *http, void *queue)
{
	forget(http, NULL, queue);
}

/* --- going round --- */

static void end_cancelled(struct http *http)
{
	bool stopped = atomic_load(&http->stopped);
	struct transfer *next;
	for (struct transfer *t = http->transfers; t; t = next) {
		next = t->next;
		if (stopped || atomic_load(&t->cancelled))
			transfer_end(t, HTTP_CANCELLED, "cancelled");
	}
}

void loop_look_at(struct http *http, int64_t at_ms)
{
	if (at_ms < http->look_ms)
		http->look_ms = at_ms;
}

static void look_at_transfers(struct http *http, int64_t now_ms)
{
	struct transfer *next;

	if (now_ms < http->look_ms)
		return;
	http->look_ms = CLOCK_NEVER;
	for (struct transfer *t = http->transfers; t; t = next) {
		next = t->next;
		transfer_look(t, now_ms);
	}
	for (struct transfer *t = http->transfers; t; t = t->next)
		loop_look_at(http, transfer_due(t));
}

/* Milliseconds until something is due. */
static int time_to_wait(const struct http *http, int64_t now_ms)
{
	int64_t due = http->look_ms;
	for (const struct pool *pool = http->pools; pool; pool = pool->next)
		if (!pool->stalled && pool->timer_ms < due)
			due = pool->timer_ms;
	if (due <= now_ms)
		return 0;
	return due - now_ms < WAIT_MS_MAX ? (int)(due - now_ms) : WAIT_MS_MAX;
}

static void drain_wake(struct http *http)
{
	uint64_t count;
	ssize_t ignored = read(http->wake, &count, sizeof count);
	(void)ignored;
}

static void serve_pools(struct http *http, const struct epoll_event *events, int count)
{
	int64_t now_ms = http->round_ms = clock_ms();
	for (int i = 0; i < count; i++) {
		if (events[i].data.ptr)
			pool_drive(events[i].data.ptr, true, now_ms);
		else
			drain_wake(http);
	}
	for (struct pool *pool = http->pools; pool; pool = pool->next) {
		if (pool->timer_ms <= now_ms && !pool->stalled)
			pool_drive(pool, false, now_ms);
		pool_balance(pool, now_ms);
	}
}

static void tell_news(struct http *http)
{
	pthread_mutex_lock(&http->lock);
	struct http_queue *news = queue_take_news(http);
	pthread_mutex_unlock(&http->lock);
	http->untold = false;
	http->untold_rounds = 0;
	queue_tell(news);
}

/* Whoever has news to take has requests that wait for their turn as well: nothing stands still without him. */
static bool none_is_needed(const struct http *http)
{
	for (const struct pool *pool = http->pools; pool; pool = pool->next)
		if (pool->queue->news && (!pool->line || pool->stalled))
			return false;
	return true;
}

/* Owners are woken when there is nothing else to do, or else they would be for each event; but not after many rounds
 * only. While they are not needed events gather for a moment: to wake a thread takes longer than to read an answer. */
static int wait_for_events(struct http *http, struct epoll_event *events)
{
	if (http->untold && http->untold_rounds++ < ROUNDS_UNTOLD) {
		bool gathers = none_is_needed(http);
		int due_ms = gathers ? time_to_wait(http, clock_ms()) : 0;
		int wait_ms = due_ms < GATHER_MS ? due_ms : GATHER_MS;
		int count = epoll_wait(http->epoll, events, EVENTS_AT_ONCE, wait_ms);
		if (count > 0 || (gathers && wait_ms < GATHER_MS))
			return count;
	}
	if (http->untold)
		tell_news(http);
	return epoll_wait(http->epoll, events, EVENTS_AT_ONCE, time_to_wait(http, clock_ms()));
}

/* False: the thread shall end. */
static bool go_round(struct http *http)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	int count = wait_for_events(http, events);

	if (count < 0 && errno != EINTR)
		return false;
	serve_pools(http, events, count);
	empty_inbox(http);
	end_cancelled(http);
	run_calls(http); /* pools may go: no event of this round is looked at any more */
	int64_t now_ms = clock_ms();
	look_at_transfers(http, now_ms);
	for (struct pool *pool = http->pools; pool; pool = pool->next)
		pool_give_turns(pool, now_ms);
	pthread_mutex_lock(&http->lock);
	bool quit = http->quit;
	pthread_mutex_unlock(&http->lock);
	return !quit;
}

/* Everybody who waits is told. */
static void die(struct http *http)
{
	empty_inbox(http);
	struct transfer *next;
	for (struct transfer *t = http->transfers; t; t = next) {
		next = t->next;
		transfer_end(t, HTTP_OTHER, "the thread of network transfers has ended");
	}
	while (http->pools) {
		struct pool *pool = http->pools;
		http->pools = pool->next;
		pool_free(pool);
	}
	pthread_mutex_lock(&http->lock);
	http->dead = true;
	queue_tell(queue_take_news(http));
	pthread_cond_broadcast(&http->called);
	pthread_mutex_unlock(&http->lock);
}

static void *loop(void *data)
{
	struct http *http = data;
	while (go_round(http))
		;
	die(http);
	return NULL;
}

/* --- starting and ending --- */

static int open_descriptors(struct http *http, struct error **err)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
	http->epoll = epoll_create1(EPOLL_CLOEXEC);
	http->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (http->epoll < 0 || http->wake < 0 || epoll_ctl(http->epoll, EPOLL_CTL_ADD, http->wake, &event) < 0)
		return error_set_errno(err, errno, "starting network transfers");
	return 0;
}

/* Signals are for the threads of the program, and SIGPIPE is an error that libcurl sees. */
static int start_thread(struct http *http, struct error **err)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failure = pthread_create(&http->thread, NULL, loop, http);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failure ? error_set_errno(err, failure, "starting network transfers") : 0;
}

static void release(struct http *http)
{
	if (http->epoll >= 0)
		close(http->epoll);
	if (http->wake >= 0)
		close(http->wake);
	pthread_cond_destroy(&http->called);
	pthread_mutex_destroy(&http->lock);
	mem_free(http);
}

int http_new(struct http **ret_http, struct error **err)
{
	pthread_once(&curl_once, start_curl);
	if (curl_started != CURLE_OK)
		return error_set(err, ERROR_SYSTEM, "libcurl does not start: %s", curl_easy_strerror(curl_started));
	struct http *http = mem_alloc_zeroed(1, sizeof *http);
	if (!http)
		return error_no_memory(err);
	http->epoll = http->wake = -1;
	http->look_ms = CLOCK_NEVER;
	pthread_mutex_init(&http->lock, NULL);
	pthread_cond_init(&http->called, NULL);
	if (open_descriptors(http, err) < 0 || start_thread(http, err) < 0) {
		release(http);
		return -1;
	}
	*ret_http = http;
	return 0;
}

struct http *http_free(struct http *http)
{
	if (!http)
		return NULL;
	pthread_mutex_lock(&http->lock);
	http->quit = true;
	loop_wake(http);
	pthread_mutex_unlock(&http->lock);
	pthread_join(http->thread, NULL);
	release(http);
	return NULL;
}
