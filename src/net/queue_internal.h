/* A queue of events between the loop thread, which puts, and its owner, who takes. Shared by the files of net. */
#ifndef FOTHER_NET_QUEUE_INTERNAL_H
#define FOTHER_NET_QUEUE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "net/head.h"
#include "net/http.h"

struct transfer;

/* What http_next gives out, its texts in the memory behind it (but those of an END, which lie in the transfer). */
struct event {
	struct event *next;
	struct transfer *transfer;
	struct http_event shown;
	size_t capacity; /* of the memory behind it */
};

struct http_queue {
	struct http *http;
	size_t max;
	atomic_bool full; /* transfers pause; until half of max was taken */
	/* all below: under the lock of http */
	pthread_cond_t arrived;
	bool news; /* since arrived was signalled: it stands in the line of http */
	struct http_queue *news_next;
	struct event *first, *last;
	struct event *taken; /* given out by the last http_next; the owner's */
	size_t held;
	size_t pending;
	struct transfer *transfers; /* all that were not freed */
};

/* One signal for all that came in a round of the loop. Under the lock: the queues that something was put into since;
 * then their owners are woken, best without the lock, which they would only wait for. Until that is done no queue may
 * go: the loop does it before it lets go of any. */
struct http_queue *queue_take_news(struct http *http);
void queue_tell(struct http_queue *news);

/* For the loop. False: no memory, and nothing was put. What comes for a cancelled transfer is dropped. */
bool queue_put_wait(struct transfer *transfer, const struct http_event *shown);
bool queue_put_head(struct transfer *transfer, const struct head *head);
bool queue_put_data(struct transfer *transfer, struct slice bytes);
/* The last thing that the loop does with a transfer: its owner may free it from now on. Cannot fail. */
void queue_put_end(struct transfer *transfer, enum http_failure failure, uint64_t wire_bytes);

#endif
