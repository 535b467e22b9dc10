/* What went wrong, from libcurl's code and text: the kind of failure, whether trying again can help, and a message for
 * a person. Messages hold names, addresses and what certificates say, and no header, login or URL. */
#ifndef FOTHER_NET_FAILURE_H
#define FOTHER_NET_FAILURE_H

#include <stdbool.h>

#include <curl/curl.h>

#include "base/strbuf.h"
#include "net/http.h"

/* One message: a sentence, and what the library said. */
#define FAILURE_MESSAGE_BYTES 1024

struct failure_facts {
	CURLcode code;
	const char *detail; /* CURLOPT_ERRORBUFFER; "" for nothing */
	bool proxied;
	long proxy_status; /* what the proxy said to CONNECT; 0: nothing */
	bool answered;     /* a status line of the server came */
};

struct failure {
	enum http_failure kind; /* HTTP_OK for CURLE_OK */
	bool final;             /* no retry can help */
};

struct failure failure_of(const struct failure_facts *facts);
/* Appends the message to out. What came from outside is printable (utf8_add_printable). */
void failure_add_message(struct strbuf *out, const struct failure_facts *facts);

#endif
