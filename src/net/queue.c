#include "net/queue_internal.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/secret.h"
#include "net/loop_internal.h"
#include "net/transfer_internal.h"

/* Small pieces of a body (chunks, events of a watch) share a buffer of this size until they are taken; but most small
 * bodies come in one piece. */
#define DATA_BYTES_MIN 4096

static char *memory_of(struct event *event)
{
	return (char *)(event + 1);
}

static size_t size_of(const struct event *event)
{
	return sizeof *event + event->capacity;
}

static struct event *event_new(struct transfer *transfer, size_t capacity)
{
	struct event *event = mem_alloc(sizeof *event + capacity);
	if (event)
		*event = (struct event){ .transfer = transfer, .capacity = capacity };
	return event;
}

/* Bodies may hold secrets. */
static void event_free(struct event *event)
{
	secret_wipe(memory_of(event), event->shown.type == HTTP_DATA ? event->shown.bytes.len : 0);
	mem_free(event);
}

/* --- the loop's side --- */

static void append(struct http_queue *queue, struct event *event)
{
	event->next = NULL;
	if (queue->last)
		queue->last->next = event;
	else
		queue->first = event;
	queue->last = event;
	queue->held += size_of(event);
	if (queue->held >= queue->max)
		atomic_store(&queue->full, true);
	if (queue->news)
		return;
	queue->news = queue->http->untold = true;
	queue->news_next = queue->http->news;
	queue->http->news = queue;
}

struct http_queue *queue_take_news(struct http *http)
{
	struct http_queue *news = TAKE_PTR(http->news);
	for (struct http_queue *queue = news; queue; queue = queue->news_next)
		queue->news = false;
	return news;
}

void queue_tell(struct http_queue *news)
{
	while (news) {
		struct http_queue *next = TAKE_PTR(news->news_next);
		pthread_cond_signal(&news->arrived);
		news = next;
	}
}

/* Nobody waits for it any more. */
static void forget_news(struct http_queue *queue)
{
	struct http_queue **link = &queue->http->news;
	while (*link && *link != queue)
		link = &(*link)->news_next;
	if (*link)
		*link = queue->news_next;
}

static void put(struct event *event)
{
	struct transfer *transfer = event->transfer;
	struct http_queue *queue = transfer->queue;

	pthread_mutex_lock(&queue->http->lock);
	bool dropped = atomic_load(&transfer->cancelled);
	if (!dropped)
		append(queue, event);
	pthread_mutex_unlock(&queue->http->lock);
	if (dropped)
		event_free(event);
}

/* Copies text to *room and moves it on; "not there" for an empty one. */
static struct slice place(char **room, struct slice text)
{
	struct slice placed = { text.len ? *room : NULL, text.len };
	if (text.len)
		memcpy(*room, text.data, text.len);
	*room += text.len;
	return placed;
}

bool queue_put_wait(struct transfer *transfer, const struct http_event *shown)
{
	struct event *event = event_new(transfer, shown->message.len);
	if (!event)
		return false;
	char *room = memory_of(event);
	event->shown = *shown;
	event->shown.type = HTTP_WAIT;
	event->shown.owner = transfer->owner;
	event->shown.message = place(&room, shown->message);
	put(event);
	return true;
}

bool queue_put_head(struct transfer *transfer, const struct head *head)
{
	struct slice type = slice_of(head->content_type), date = slice_of(head->date);
	struct slice kept = { head->kept, head->kept_len };
	struct event *event = event_new(transfer, type.len + date.len + kept.len);
	if (!event)
		return false;
	char *room = memory_of(event);
	event->shown = (struct http_event){ .type = HTTP_HEAD, .owner = transfer->owner, .status = head->status };
	event->shown.content_type = place(&room, type);
	event->shown.server_date = place(&room, date);
	event->shown.headers = place(&room, kept);
	put(event);
	return true;
}

/* The last event takes the bytes too, where it is of the same body and has the room. */
static bool join(struct transfer *transfer, struct slice bytes)
{
	struct http_queue *queue = transfer->queue;

	pthread_mutex_lock(&queue->http->lock);
	struct event *last = queue->last;
	bool fits = last && last->transfer == transfer && last->shown.type == HTTP_DATA &&
		    last->capacity - last->shown.bytes.len >= bytes.len && !atomic_load(&transfer->cancelled);
	if (fits) {
		memcpy(memory_of(last) + last->shown.bytes.len, bytes.data, bytes.len);
		last->shown.bytes.len += bytes.len;
	}
	pthread_mutex_unlock(&queue->http->lock);
	return fits;
}

bool queue_put_data(struct transfer *transfer, struct slice bytes)
{
	if (!bytes.len || join(transfer, bytes))
		return true;
	bool joined = transfer->pieces && bytes.len < DATA_BYTES_MIN;
	struct event *event = event_new(transfer, joined ? DATA_BYTES_MIN : bytes.len);
	if (!event)
		return false;
	transfer->pieces = true;
	char *room = memory_of(event);
	event->shown = (struct http_event){ .type = HTTP_DATA, .owner = transfer->owner };
	event->shown.bytes = place(&room, bytes);
	put(event);
	return true;
}

void queue_put_end(struct transfer *transfer, enum http_failure failure, uint64_t wire_bytes)
{
	struct http_queue *queue = transfer->queue;
	struct http *http = queue->http;

	pthread_mutex_lock(&http->lock);
	transfer->end.transfer = transfer;
	transfer->end.shown = (struct http_event){
		.type = HTTP_END,
		.owner = transfer->owner,
		.failure = atomic_load(&transfer->cancelled) ? HTTP_CANCELLED : failure,
		.message = failure == HTTP_OK ? SLICE_NONE : strbuf_slice(&transfer->message),
		.wire_bytes = wire_bytes,
	};
	append(queue, &transfer->end);
	pthread_mutex_unlock(&http->lock);
}

/* --- the owner's side --- */

int http_queue_new(struct http *http, size_t bytes, struct http_queue **ret_queue, struct error **err)
{
	struct http_queue *queue = mem_alloc_zeroed(1, sizeof *queue);
	pthread_condattr_t monotonic;

	if (!queue)
		return error_no_memory(err);
	queue->http = http;
	queue->max = bytes ? bytes : 1;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	int failure = pthread_cond_init(&queue->arrived, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (failure) {
		mem_free(queue);
		return error_set_errno(err, failure, "making a queue of HTTP events");
	}
	*ret_queue = queue;
	return 0;
}

static void unlink_transfer(struct http_queue *queue, struct transfer *transfer)
{
	if (transfer->older)
		transfer->older->younger = transfer->younger;
	else
		queue->transfers = transfer->younger;
	if (transfer->younger)
		transfer->younger->older = transfer->older;
	queue->http->transfer_count--;
}

/* What the last http_next gave out, out of all lists. Under the lock. */
static struct event *unlink_taken(struct http_queue *queue)
{
	struct event *taken = TAKE_PTR(queue->taken);
	if (taken && taken->shown.type == HTTP_END)
		unlink_transfer(queue, taken->transfer);
	return taken;
}

/* Without the lock, or the loop would wait for the memory that is wiped here. */
static void release(struct event *taken)
{
	if (taken && taken->shown.type == HTTP_END)
		transfer_free(taken->transfer);
	else if (taken)
		event_free(taken);
}

static struct event *take(struct http_queue *queue)
{
	struct event *event = queue->first;
	if (!event)
		return NULL;
	queue->first = event->next;
	if (!queue->first)
		queue->last = NULL;
	queue->held -= size_of(event);
	queue->taken = event;
	if (event->shown.type == HTTP_END)
		queue->pending--;
	if (atomic_load(&queue->full) && queue->held <= queue->max / 2) {
		atomic_store(&queue->full, false);
		loop_wake(queue->http);
	}
	return event;
}

int http_next(struct http_queue *queue, int timeout_ms, struct http_event *ret_event, struct error **err)
{
	struct http *http = queue->http;
	struct timespec until = clock_deadline(timeout_ms > 0 ? timeout_ms : 0);
	int waited = 0;

	pthread_mutex_lock(&http->lock);
	struct event *taken = unlink_taken(queue);
	while (!queue->first && queue->pending && !http->dead && waited != ETIMEDOUT)
		waited = timeout_ms < 0 ? pthread_cond_wait(&queue->arrived, &http->lock)
					: pthread_cond_timedwait(&queue->arrived, &http->lock, &until);
	struct event *event = take(queue);
	bool dead = http->dead;
	if (event)
		*ret_event = event->shown;
	pthread_mutex_unlock(&http->lock);
	release(taken);
	if (event)
		return 1;
	return dead ? error_set(err, ERROR_SYSTEM, "the thread of network transfers has ended") : 0;
}

struct slice http_event_header(const struct http_event *event, const char *name, size_t n)
{
	return head_kept(event->headers, slice_of(name), n);
}

size_t http_pending(const struct http_queue *queue)
{
	pthread_mutex_lock(&queue->http->lock);
	size_t pending = queue->pending;
	pthread_mutex_unlock(&queue->http->lock);
	return pending;
}

/* Queued DATA of cancelled transfers goes; an END that waits says so. Under the lock. */
static void drop_data(struct http_queue *queue)
{
	struct event **link = &queue->first;
	queue->last = NULL;
	while (*link) {
		struct event *event = *link;
		bool cancelled = atomic_load(&event->transfer->cancelled);
		if (cancelled && event->shown.type == HTTP_DATA) {
			*link = event->next;
			queue->held -= size_of(event);
			event_free(event);
			continue;
		}
		if (cancelled && event->shown.type == HTTP_END)
			event->shown.failure = HTTP_CANCELLED;
		queue->last = event;
		link = &event->next;
	}
	if (queue->held <= queue->max / 2)
		atomic_store(&queue->full, false);
}

void http_cancel(struct http_queue *queue, const void *owner)
{
	struct http *http = queue->http;

	pthread_mutex_lock(&http->lock);
	for (struct transfer *t = queue->transfers; t; t = t->younger)
		if (t->owner == owner)
			atomic_store(&t->cancelled, true);
	drop_data(queue);
	loop_wake(http);
	pthread_mutex_unlock(&http->lock);
}

struct http_queue *http_queue_free(struct http_queue *queue)
{
	if (!queue)
		return NULL;
	struct http *http = queue->http;

	loop_call(http, loop_forget_queue, queue);
	pthread_mutex_lock(&http->lock);
	/* Every END stands in the queue now, the loop has let go: all in it is ours. */
	do
		release(unlink_taken(queue));
	while (take(queue));
	forget_news(queue);
	pthread_mutex_unlock(&http->lock);
	pthread_cond_destroy(&queue->arrived);
	mem_free(queue);
	return NULL;
}
