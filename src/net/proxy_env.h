/* Which proxy leads to a server: what the environment says, by the rules of Go's golang.org/x/net/http/httpproxy, since
 * kubectl and the programs that ask registries follow them.
 *
 * HTTPS_PROXY (else https_proxy) for https servers, HTTP_PROXY (http_proxy) for http ones, the latter not where
 * REQUEST_METHOD is set: a CGI's client could choose it. Names of this machine (localhost, 127.0.0.0/8, ::1) are never
 * reached by a proxy. NO_PROXY (no_proxy), separated by commas: `*`; addresses and networks (10.0.0.0/8); names, which
 * stand for what is below them too; `.example.com` and `*.example.com` only for that; all but networks may have a port.
 * Names that are not ASCII are compared as they are written.
 */
#ifndef FOTHER_NET_PROXY_ENV_H
#define FOTHER_NET_PROXY_ENV_H

#include <stdbool.h>

#include "base/error.h"
#include "base/secret.h"
#include "base/slice.h"

struct arena;

/* NULL and "": not set. */
struct proxy_environment {
	const char *http_proxy, *https_proxy, *no_proxy;
	bool cgi;
};
struct proxy_environment proxy_environment_of_process(void);

/* The value that leads to `server` (scheme://host[:port][/path]), borrowed from the environment; not there: none does.
 * *ret_variable names where it stands. */
struct slice proxy_environment_find(const struct proxy_environment *environment, struct slice server,
				    const char **ret_variable);

/* --- proxy_env_url.c --- */
struct proxy_url {
	struct slice shown;        /* without a password, in the arena */
	struct secret_bytes whole; /* set only where it holds a password */
};
void proxy_url_release(struct proxy_url *url);
/* http://, https://, socks5://[user[:password]@]host[:port]. Others: ERROR_UNSUPPORTED; no URL: ERROR_SYNTAX; messages
 * hold nothing of it. */
int proxy_url_parse(struct slice url, struct arena *arena, struct proxy_url *ret_url, struct error **err);
/* As a variable has it: the scheme may be missing, and is http then; socks5h is as good as socks5. */
int proxy_url_parse_variable(struct slice text, struct arena *arena, struct proxy_url *ret_url, struct error **err);
/* What leads to `server` by the environment of this process: 1, 0 none does, -1 with the variable's name. */
int proxy_url_of_environment(struct slice server, struct arena *arena, struct proxy_url *ret_url, struct error **err);

/* --- proxy_env_address.c --- */
struct ip_address {
	unsigned char bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
};
/* As Go's net.ParseIP. */
bool ip_address_parse(struct slice text, struct ip_address *ret_address);
bool ip_address_is_loopback(const struct ip_address *address);
bool ip_address_equal(const struct ip_address *a, const struct ip_address *b);

struct ip_network {
	struct ip_address first;
	unsigned prefix_bits; /* of the 128 */
};
/* As Go's net.ParseCIDR. */
bool ip_network_parse(struct slice text, struct ip_network *ret_network);
bool ip_network_contains(const struct ip_network *network, const struct ip_address *address);

#endif
