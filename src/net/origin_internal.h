/* An origin: what all requests to one place share. Shared by the files of net. */
#ifndef FOTHER_NET_ORIGIN_INTERNAL_H
#define FOTHER_NET_ORIGIN_INTERNAL_H

#include <stdbool.h>

#include <curl/curl.h>

#include "base/secret.h"
#include "net/bucket.h"
#include "net/http.h"

/* Unchanged after http_origin_new but for the bucket, which is the loop's. */
struct http_origin {
	struct http *http;
	char *base;             /* scheme://name:port/prefix without a slash at the end */
	char *host_line;        /* "Host: ..." where base holds another name; NULL otherwise */
	char *connect_to;       /* "::host:port" there */
	char *ca, *certificate; /* PEM, or NULL */
	size_t ca_len, certificate_len;
	struct secret_bytes key;   /* PEM */
	struct secret_bytes proxy; /* URL with a NUL behind it; not set: none */
	bool insecure;
	bool public_only; /* and no proxy */
	unsigned connections;
	struct bucket bucket;
	struct curl_slist connect_to_list;
};

/* Sets on easy what the origin says: TLS, proxy, where to connect. What it points to must outlive easy. False: no
 * memory. */
bool origin_apply(struct http_origin *origin, CURL *easy);

/* Frees what lies in it. */
void origin_release(struct http_origin *origin);

#endif
