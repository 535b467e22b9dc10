/* The connections that lead from one origin to one queue: a libcurl multi handle of their own. So nothing is ever
 * shared between origins with other certificates, proxies or logins, and a full queue stops exactly the sockets that
 * feed it.
 *
 * They stop twice: each transfer by libcurl's pause, as soon as a piece of its body finds the queue full, or else
 * libcurl would go on for a hundred pieces; and all sockets by not being looked at, or else libcurl would read what
 * other streams of an HTTP/2 connection get, and keep it without a bound of ours. Shared by the files of net. */
#ifndef FOTHER_NET_POOL_INTERNAL_H
#define FOTHER_NET_POOL_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include "net/http.h"

struct handle;
struct transfer;

/* Whether the server speaks HTTP/2 is known when it was reached once. Until then one transfer goes ahead, or else each
 * would make a connection of its own. It goes ahead until it is connected or has failed, and never longer: libcurl's
 * own way (CURLOPT_PIPEWAIT) makes all wait for one that hangs, one after the other. */
enum pool_probe { POOL_UNKNOWN, POOL_PROBING, POOL_KNOWN };

/* Handles that are kept for the next request: the connections of a pool, and some. */
#define POOL_IDLE_MAX 32

struct pool {
	struct http *http;
	struct http_origin *origin;
	struct http_queue *queue;
	struct pool *next;
	CURLM *multi;
	int epoll;        /* of its sockets; itself in the loop's epoll */
	int64_t timer_ms; /* when libcurl wants to be called */
	bool timer_first;
	struct transfer *line; /* waits for its turn, first come first */
	struct transfer *line_last;
	enum pool_probe probe;
	struct transfer *prober;
	unsigned busy;    /* transfers that have a turn */
	bool multiplexed; /* the server speaks HTTP/2 */
	bool failed;      /* libcurl or epoll gave up */
	bool paused;      /* a transfer is */
	bool stalled;
	int64_t stalled_ms; /* since when */
	struct handle *idle[POOL_IDLE_MAX];
	unsigned idle_count;
};

/* NULL: no memory or descriptors. */
struct pool *pool_new(struct http *http, struct http_origin *origin, struct http_queue *queue);
/* No transfer is in it. */
void pool_free(struct pool *pool);

/* Does what its timers and sockets are ready for, until the queue is full. Finished transfers are ended
 * or wait for their next attempt. */
void pool_drive(struct pool *pool, bool sockets, int64_t now_ms);
/* Stops or goes on, as the queue says. */
void pool_balance(struct pool *pool, int64_t now_ms);

void pool_line_up(struct pool *pool, struct transfer *transfer);
/* Out of the line, or gives its turn to the next. */
void pool_leave(struct pool *pool, struct transfer *transfer);
/* A transfer has its connection. */
void pool_connected(struct pool *pool);
/* One lost it: whether the server is there has to be seen again. */
void pool_disconnected(struct pool *pool);
/* Gives turns to as many as may have one. */
void pool_give_turns(struct pool *pool, int64_t now_ms);

#endif
