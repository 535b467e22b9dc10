/* The loop thread: what it owns, and how others talk to it. Shared by the files of net. */
#ifndef FOTHER_NET_LOOP_INTERNAL_H
#define FOTHER_NET_LOOP_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "net/http.h"

struct pool;
struct transfer;

/* Something that the loop thread shall do, while the caller waits. */
struct loop_call {
	void (*run)(struct http *http, void *data);
	void *data;
	bool done;
	struct loop_call *next;
};

struct http {
	pthread_t thread;
	int epoll; /* waits for the epoll of every pool, and for wake */
	int wake;  /* eventfd */
	atomic_bool stopped;
	pthread_mutex_t lock; /* guards the queues too */
	pthread_cond_t called;
	/* under the lock */
	struct transfer *inbox, *inbox_last;
	struct loop_call *calls;
	struct http_queue *news; /* queues whose owners are to be woken */
	size_t transfer_count;   /* of all queues */
	bool quit, dead;
	/* the loop's own */
	struct transfer *transfers; /* all without an END */
	struct pool *pools;
	bool untold; /* something came whose owner was not woken yet, for so many rounds */
	unsigned untold_rounds;
	int64_t round_ms; /* when this round began */
	int64_t look_ms;  /* when the next transfer is due, or later than that by no bit */
};

/* Makes the loop go round once. Async-signal-safe. */
void loop_wake(struct http *http);
/* Runs it on the loop thread and waits. Nothing happens where that has died: it let go of everything. */
void loop_call(struct http *http, void (*run)(struct http *http, void *data), void *data);
/* For loop_call: what the loop holds of an http_origin or http_queue. */
void loop_forget_origin(struct http *http, void *origin);
void loop_forget_queue(struct http *http, void *queue);
/* On the loop thread: looks at all transfers at that time, or before. */
void loop_look_at(struct http *http, int64_t at_ms);

#endif
