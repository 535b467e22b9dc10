/* URLs as registries name them, of http and https only (RFC 3986): strict, so that nobody else reads another host in
 * them than we do. No user:password@, and a host of letters, digits, `.`, `-`, `_`, or an IPv6 address in brackets.
 */
#ifndef FOTHER_OCI_TRANSPORT_URL_H
#define FOTHER_OCI_TRANSPORT_URL_H

#include <stdbool.h>

#include "base/slice.h"
#include "base/strbuf.h"

struct url {
	bool https;
	struct slice host; /* as written, with the brackets of IPv6 */
	unsigned port;     /* the scheme's where none is written */
	struct slice path; /* with the query, without the fragment; empty, or begins with `/` or `?` */
};

/* False: no absolute URL of ours. Slices lie in text. */
bool url_parse(struct slice text, struct url *ret_url);
/* host[:port] alone, as registries are named. */
bool url_parse_host(struct slice text, bool https, struct url *ret_url);

/* Scheme, host and port: hosts without regard to case. */
bool url_same_origin(const struct url *a, const struct url *b);
bool url_same_host(const struct url *a, const struct url *b);

/* "https://host:port" (the port always), and the path as a request has it. */
void url_add_origin(struct strbuf *out, const struct url *url);
void url_add_path(struct strbuf *out, const struct url *url);

/* What reference means on a page at base, as an absolute URL into out, which is emptied first. Dot segments stay: what
 * a registry gives goes back to it as it is. False: nothing that can be followed. */
bool url_resolve(const struct url *base, struct slice reference, struct strbuf *out);

/* Appends text with all but letters, digits, `-`, `.`, `_`, `~` as %XX: a value in a query or form. */
void url_add_escaped(struct strbuf *out, struct slice text);

#endif
