/* One transfer from http_send to its END, over all attempts. Shared by the files of net. */
#ifndef FOTHER_NET_TRANSFER_INTERNAL_H
#define FOTHER_NET_TRANSFER_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include "base/strbuf.h"
#include "net/head.h"
#include "net/pool_internal.h"
#include "net/queue_internal.h"
#include "net/request_internal.h"

enum transfer_state {
	TRANSFER_NEW,
	TRANSFER_LINE,    /* in its pool's line */
	TRANSFER_TOKEN,   /* has a turn; waits until due_ms for the rate limit */
	TRANSFER_RUNNING, /* has a turn and an easy handle */
	TRANSFER_BACKOFF, /* waits until due_ms before it lines up again */
};

/* An easy handle of libcurl with what a request needs beside it. Its pool keeps it for the next one: made anew it costs
 * as much as a small request. */
struct handle {
	CURL *easy;
	struct transfer *transfer; /* that it works for */
	struct head head;
	char detail[CURL_ERROR_SIZE];
};

/* One try. */
struct attempt {
	struct handle *handle; /* NULL: none is under way */
	bool delivered;        /* a HEAD went to the owner: there is no way back */
	bool paused;           /* the queue was full */
	bool inner_address;    /* the name leads to one that is not public, where it must not */
	bool swallow;          /* the answer asks for a retry, and is read over */
	size_t swallowed;
	unsigned retry_ms;    /* after the swallowed answer */
	const char *given_up; /* why a callback broke it off; NULL: it did not */
	enum http_failure given_up_as;
	int64_t connecting_ms; /* since when there is a lookup or a socket; 0: not yet */
	int64_t connected_ms;  /* since when the request is on its way; 0: not yet */
	int64_t moved_ms;      /* of the last byte */
	uint64_t moved_bytes;  /* up to then */
};

struct transfer {
	/* set by http_send */
	struct http_queue *queue;
	struct http_origin *origin;
	void *owner;
	struct request request;
	/* under the lock of http */
	struct transfer *older, *younger; /* in its queue */
	struct transfer *inbox_next;
	/* written under the lock, read by both */
	atomic_bool cancelled;
	/* the loop's, until END is put */
	struct transfer *previous, *next; /* in http->transfers */
	struct transfer *line_next;
	struct pool *pool;
	enum transfer_state state;
	int64_t due_ms;
	unsigned retry; /* retries so far */
	uint64_t wire_bytes;
	bool pieces; /* of a body came */
	struct attempt attempt;
	/* of the END */
	struct strbuf message;
	struct event end;
};

/* Wipes and frees; no attempt is under way. */
void transfer_free(struct transfer *transfer);

/* All below: on the loop thread. */

/* Hands an attempt to libcurl. */
void transfer_start(struct transfer *transfer, int64_t now_ms);
/* libcurl is done with it: ends it, or waits for the next attempt. */
void transfer_finish(struct transfer *transfer, CURLcode code);
/* Ends it now, whatever it does. */
void transfer_end(struct transfer *transfer, enum http_failure failure, const char *message);
/* When something is due: a start, a timeout. CLOCK_NEVER while its pool is stalled. */
int64_t transfer_due(const struct transfer *transfer);
/* Does what is due. */
void transfer_look(struct transfer *transfer, int64_t now_ms);
/* Whether a retry is left, and the pause before it. */
bool transfer_may_retry(const struct transfer *transfer);
unsigned transfer_backoff_ms(const struct transfer *transfer);
/* Goes on after its pool had stopped: that time does not count. */
void transfer_resume(struct transfer *transfer, int64_t stalled_ms);

#endif
