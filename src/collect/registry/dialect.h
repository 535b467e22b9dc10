/* What some registries tell beside the distribution API: when a tag was pushed and by whom, when it was pulled, what it
 * pointed to before. Docker Hub, Harbor, Quay, and Google's registries (GCR, Artifact Registry); facts/images.md 1.4
 * has the public documents.
 *
 * Everything becomes records registry_event (action push, pull, delete_tag; source hub, harbor, quay, gcr). What is not
 * told is left out; a registry that speaks none of these is no failure. No login is sent before the API refused an
 * answer without one, and then only the logins that are filed under the host that is asked (docker.io for
 * hub.docker.com): none of an upstream goes to its mirror. https, unless plain_http names the host. A mirror of Docker
 * Hub that plain_http names is asked itself in place of hub.docker.com: that is how a laboratory stands in for it.
 *
 * Proxies are those of the environment, for the host of the API.
 *
 * Docker Hub wants a token for a login (POST /v2/auth/token); Harbor and Google take Basic; Quay takes only OAuth
 * tokens, which are the passwords of the user `$oauthtoken`.
 */
#ifndef FOTHER_COLLECT_REGISTRY_DIALECT_H
#define FOTHER_COLLECT_REGISTRY_DIALECT_H

#include "collect/registry/registries.h"
#include "net/http.h"

struct dialect_context {
	struct http *http;
	const struct registries_options *options; /* plain_http, ca_pem, logins, sink */
	struct slice registry;                    /* normalised */
	struct slice host;                        /* host[:port] that is asked: of a mirror, the mirror */
	struct slice api_host; /* host[:port] of the registry's own API; not there: hub.docker.com for Docker Hub, host
				  for all others */
	int64_t read;
	bool (*stopped)(void *data);
	void *stopped_data;
};

struct registry_dialect;

/* Finds out which one the host speaks: by its name (docker.io, gcr.io, *.pkg.dev, quay.io), else by asking once for
 * what only Harbor and Quay have. 1, 0 none, -1. */
int registry_dialect_open(const struct dialect_context *context, struct registry_dialect **ret_dialect,
			  struct error **err);
/* "hub", "harbor", "quay", "gcr". */
const char *registry_dialect_name(const struct registry_dialect *dialect);
/* The repositories below a namespace or prefix (empty: all), where the registry has such a list and the distribution
 * API has not: found is called for each. 1 listed, 0 it has none, or refused (*ret_why), -1. */
int registry_dialect_repositories(struct registry_dialect *dialect, struct slice prefix,
				  int (*found)(void *data, struct slice repository, struct error **err), void *data,
				  struct slice *ret_why, struct error **err);
/* Puts what is told of a repository's tags and digests. 1; 0: it refused, or could not be asked (*ret_why); -1. */
int registry_dialect_times(struct registry_dialect *dialect, struct slice repository, struct slice *ret_why,
			   struct error **err);
struct registry_dialect *registry_dialect_close(struct registry_dialect *dialect);

#endif
