/* HTTP for many transfers at once: one loop thread owns all sockets (libcurl's multi interface), and whoever asks takes
 * what arrived from a bounded queue of his own. HTTP/2 over TLS where the server speaks it, HTTP/1.1 otherwise.
 *
 *     http_new(&http, err);
 *     http_origin_new(http, &options, &origin, err);
 *     http_queue_new(http, LIMIT_HTTP_QUEUE_BYTES, &queue, err);
 *     http_send(queue, origin, &request, owner, err);               // any number
 *     while ((got = http_next(queue, timeout_ms, &event, err)) > 0)
 *             ... event.owner, event.type ...                       // HEAD, DATA..., END of each; WAIT before a retry
 *
 * A transfer's events come in this order: any number of WAIT; then HEAD, DATA (none or more), END; or, where no answer
 * came at all, END alone. Bodies of every status are delivered: a refusal's says why.
 *
 * Back-pressure: a queue that holds its maximum of bytes pauses all transfers that feed it, and they go on when half of
 * it was taken. It may hold one piece (16 KiB) of each transfer more. Whoever owns a queue takes all events in the
 * order of arrival, so that no transfer waits for another. Connections belong to one origin and one queue: a full queue
 * stops nobody else, and two queues never share a connection.
 *
 * Retries happen here until HEAD was given out, with exponential backoff and full jitter, honouring Retry-After
 * (seconds or date) and X-Retry-After (at most LIMIT_HTTP_RETRY_AFTER_MS; a longer one ends the transfer with that
 * answer): 429, 502, 503, 504, connections that could not be made or broke, and timeouts. Not: certificates that do not
 * verify, proxies that refuse, names that do not resolve after the first retry, other statuses, methods other than GET
 * and HEAD. An answer that breaks off behind its HEAD is the owner's to ask for again: END with failure HTTP_CUT.
 *
 * Never follows redirects. Knows no cookies, no .netrc, no proxy from the environment: all is given. Request headers
 * with secrets live in the wiping heap while a transfer lasts, and never reach a log or an error.
 */
#ifndef FOTHER_NET_HTTP_H
#define FOTHER_NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/secret.h"
#include "base/slice.h"

struct http;
struct http_origin;
struct http_queue;

/* Starts the loop thread (with all signals blocked). */
int http_new(struct http **ret_http, struct error **err);
/* Cancels what is under way and ends the thread. All queues and origins were freed before. NULL allowed. Returns NULL.
 */
struct http *http_free(struct http *http);

/* --- where requests go --- */
/* All is borrowed for the call. Not there (NULL data): the default. */
struct http_origin_options {
	struct slice url;               /* scheme://host[:port][/prefix]; https, or http where the caller allows it */
	struct slice tls_server_name;   /* name to verify and to send as SNI, in place of the host */
	bool insecure;                  /* do not verify the server's certificate */
	struct slice ca_pem;            /* in place of the system's authorities */
	struct slice certificate_pem;   /* of the client */
	const struct secret_bytes *key; /* of the client, PEM */
	struct slice proxy; /* http://, https://, socks5:// (names are resolved by the proxy), with user:password@
			       where it wants them */
	const struct secret_bytes *proxy_url; /* the same where it holds a password; wins over proxy */
	unsigned connections;                 /* at most so many to this origin from each queue; 0: 4 */
	double rate;                          /* requests per second (token bucket); 0: no limit */
	unsigned burst;                       /* of the bucket; 0: 1 */
	/* Somebody else named the host: no connection to an address of net/address.h that is not public, also where
	 * the name leads there. Not with a proxy, which resolves names itself. */
	bool public_only;
};
int http_origin_new(struct http *http, const struct http_origin_options *options, struct http_origin **ret_origin,
		    struct error **err);
/* No transfer of it may be under way. NULL allowed. Returns NULL. */
struct http_origin *http_origin_free(struct http_origin *origin);

/* --- asking --- */
struct http_header {
	struct slice name, value; /* no CR, LF or NUL: ERROR_USAGE */
};

/* All is borrowed for the call. */
struct http_request {
	const char *method;                       /* NULL: GET */
	struct slice path;                        /* behind the origin's prefix: "/api/v1/pods?limit=500" */
	struct slice accept;                      /* header Accept */
	const struct secret_bytes *authorization; /* value of the header Authorization, or NULL */
	const struct http_header *headers;        /* others */
	size_t header_count;
	struct slice body, body_type; /* sent where body.data is set; never retried by method other than GET */
	const struct secret_bytes *secret_body; /* the same where it holds a login; wins over body */
	bool compressed;                        /* ask for gzip; DATA is always unpacked */
	unsigned connect_ms;                    /* lookup, connection, proxy and handshake; 0: 10 s */
	unsigned idle_ms;                       /* no byte for so long; 0: 60 s. Not counted while paused */
	unsigned whole_ms;       /* one attempt from its connection to its end, pauses excluded; 0: no limit */
	unsigned retries;        /* after the first attempt */
	unsigned delay_ms;       /* before the first attempt */
	bool limits_are_answers; /* 429 is never retried here: the owner waits himself */
};
/* Queues the transfer. owner comes back in every event. */
int http_send(struct http_queue *queue, struct http_origin *origin, const struct http_request *request, void *owner,
	      struct error **err);
/* Ends the owner's transfers of this queue; their END (HTTP_CANCELLED) still comes, queued DATA is dropped. */
void http_cancel(struct http_queue *queue, const void *owner);

/* --- what arrives --- */
enum http_event_type { HTTP_WAIT, HTTP_HEAD, HTTP_DATA, HTTP_END };

enum http_failure {
	HTTP_OK, /* the body came to its end. A gzip stream that ends early in a whole body looks the same: libcurl does
		    not tell, and readers know where their format ends */
	HTTP_RESOLVE,
	HTTP_CONNECT, /* refused, unreachable */
	HTTP_PROXY,
	HTTP_TLS,      /* handshake or certificate */
	HTTP_TIMEOUT,  /* of any of the three; message says which */
	HTTP_CUT,      /* closed, reset or a broken frame before the body's end */
	HTTP_PROTOCOL, /* no HTTP, bad encoding */
	HTTP_CANCELLED,
	HTTP_OTHER,
};

struct http_event {
	enum http_event_type type;
	void *owner;
	int status;                /* HEAD; WAIT: of the answer that asked for it, or 0 */
	struct slice content_type; /* HEAD; without parameters, lower case */
	struct slice bytes;        /* DATA */
	unsigned wait_ms;          /* WAIT: until the next attempt */
	enum http_failure failure; /* END, WAIT */
	struct slice message;      /* END with a failure, WAIT: for a person, no secret in it */
	struct slice server_date;  /* HEAD: header Date, not parsed */
	struct slice headers;      /* HEAD: for http_event_header */
	uint64_t wire_bytes;       /* END: of the body as sent, all attempts */
};

/* `bytes`: so much is held at most before transfers pause. */
int http_queue_new(struct http *http, size_t bytes, struct http_queue **ret_queue, struct error **err);
/* Cancels its transfers and waits until the loop has let go of them. NULL allowed. Returns NULL. */
struct http_queue *http_queue_free(struct http_queue *queue);

/* 1: an event, whose texts are valid until the next call. 0: none came within timeout_ms (negative: for ever), or
 * nothing is under way. -1: the loop thread died (memory). */
int http_next(struct http_queue *queue, int timeout_ms, struct http_event *ret_event, struct error **err);
/* The nth value (from 0) of a field of a HEAD, or not there. Only these are kept, 8 KiB of them in all: Content-Length,
 * Docker-Content-Digest, Docker-Ratelimit-Source, ETag, Link, Location, OCI-Filters-Applied, Ratelimit-Limit,
 * Ratelimit-Remaining, Retry-After, Warning, WWW-Authenticate, X-Retry-After. Bytes above 0x7f may be in it. */
struct slice http_event_header(const struct http_event *event, const char *name, size_t n);
/* Transfers whose END was not taken. */
size_t http_pending(const struct http_queue *queue);

/* From any thread, and async-signal-safe: every transfer of every queue ends with HTTP_CANCELLED, soon; later ones at
 * once. Cannot be undone. */
void http_stop(struct http *http);

#endif
