/* One registry, asked by the distribution API (github.com/opencontainers/distribution-spec, spec.md), as a source of
 * images.
 *
 *     registry_new(http, &options, &registry, err);
 *     struct image_source *source = registry_source(registry);
 *     ...
 *     registry = registry_free(registry);
 *
 * Asks for a login only when the registry does (401), and hands it to nobody but the registry itself and the token
 * server that the registry names: by https, or on the very host and port of a registry that is asked by plain HTTP; at
 * no address that is private, loopback or link-local, written or resolved (net/address.h), unless it is on the
 * registry's own host or one of token_hosts; and to no host behind a redirect. Of several logins that fit, the next is
 * tried when one is refused; at last none.
 *
 * One token for each scope, asked for once whoever waits for it, renewed before it ends and when it is refused (401;
 * 403, or 400 with DENIED, from those that answer so). Of more than fit into its share of the secure heap those that
 * were used last are kept. A token server that cannot be asked, and a registry that cannot
 * be connected to, fail for all that wait, and are not asked again for 30 s. HEAD for tags, with GET and an own hash
 * where HEAD gives no digest or is refused. Redirects of blobs and manifests are followed LIMIT_REDIRECTS times,
 * without the login, not from https to http, and as token servers not inside. 429 stops all asks for as long as it
 * says, or 1 to 32 s, then few go at first; where others are answered meanwhile it stops its own alone. When patience
 * ends, nothing more is asked of its repository (manifests by digest, and all else, apart), and after 8 repositories in
 * a row of none. Digests are always verified, sizes bounded.
 *
 * Lists: Link is followed as it was given, on the same scheme, host and port only (or Quay's next_page). Where it is
 * broken, a page was met before, or at LIMIT_LIST_PAGES, the pages that came are answers, and then one that failed.
 * Referrers: the API, all its pages as one index; where a registry has none, the tag schema takes its place: absent
 * means that neither knows any. Their bytes are not verified, for no digest is known.
 *
 * Used by one thread.
 */
#ifndef FOTHER_OCI_TRANSPORT_REGISTRY_H
#define FOTHER_OCI_TRANSPORT_REGISTRY_H

#include "net/http.h"
#include "oci/format/image_source.h"
#include "oci/transport/logins.h"

struct registry;

struct registry_options {
	struct slice host;             /* where it is asked, host[:port]: docker.io means registry-1.docker.io */
	bool plain_http;               /* the user named it so */
	struct slice_list token_hosts; /* token servers that may be inside (realm.h) */
	struct slice ca_pem;           /* not there: the system's */
	struct slice proxy;            /* not there: none */
	const struct secret_bytes *proxy_url;
	bool environment_proxies;    /* in place of both, for each host what the environment says (net/proxy_env.h) */
	const struct logins *logins; /* borrowed; NULL: anonymous */
	struct slice login_registry; /* whose logins are used, normalised; not there: host's */
	unsigned connections;        /* 0: 4 */
	unsigned width;              /* asks under way; 0: 32 */
	double rate;                 /* requests per second; 0: no limit */
	unsigned retries;            /* 0: 4 */
	unsigned patience_ms;        /* how long 429s of one ask are waited out at most; 0: 120 s */
	size_t secret_bytes;         /* its share of LIMIT_REGISTRY_SECRET_BYTES; 0: all of it */
};

/* What it told of itself on the way. */
struct registry_facts {
	uint64_t requests, bytes, tokens; /* made, received, asked of token servers */
	uint64_t limited;                 /* answers 429 */
	int64_t limit, remaining;         /* ratelimit-limit, ratelimit-remaining: INT_UNKNOWN where it does not tell */
	int64_t limit_seconds;            /* the window of both (w=) */
	struct slice warning;             /* the last Warning: 299 header, printable; not there: none */
	bool logged_in;                   /* some request was answered with a login */
	struct slice login;               /* user name of it */
};

int registry_new(struct http *http, const struct registry_options *options, struct registry **ret_registry,
		 struct error **err);
struct image_source *registry_source(struct registry *registry);
const struct registry_facts *registry_facts(const struct registry *registry);
struct registry *registry_free(struct registry *registry);

#endif
