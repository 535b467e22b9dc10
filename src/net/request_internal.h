/* What one transfer asks for, copied from the caller and checked. Shared by the files of net. */
#ifndef FOTHER_NET_REQUEST_INTERNAL_H
#define FOTHER_NET_REQUEST_INTERNAL_H

#include <stdbool.h>

#include <curl/curl.h>

#include "base/secret.h"
#include "net/http.h"

struct request {
	char *method; /* NULL: GET */
	char *url;
	char *text; /* header lines, a NUL behind each */
	size_t text_len;
	struct curl_slist *lines;          /* into text and authorization: libcurl does not copy them */
	struct secret_bytes authorization; /* the whole line with a NUL behind it */
	struct secret_bytes body;
	bool compressed, repeatable, limits_are_answers;
	unsigned connect_ms, idle_ms, whole_ms, retries, delay_ms;
};

/* host_line: one more header line, or NULL. What is half built on failure is for request_release as well. */
int request_copy(struct request *request, const struct http_request *asked, const char *base, const char *host_line,
		 struct error **err);
/* Wipes and frees. */
void request_release(struct request *request);

#endif
