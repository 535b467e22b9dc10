/* What is asked of a live cluster, in which order: one table of resources, and the paths of their lists. Within
 * collect/cluster. */
#ifndef FOTHER_COLLECT_CLUSTER_LIVE_PLAN_H
#define FOTHER_COLLECT_CLUSTER_LIVE_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/slice.h"
#include "base/strbuf.h"

struct live_resource {
	const char *kind, *group; /* "" for the core group */
	const char *version;
	const char *older_version; /* where the server does not serve the other; or NULL */
	const char *resource;
	bool namespaced;
	bool custom; /* asked for only where the server has its group */
};

/* Secrets have one list for each subtype: the one table row is asked as often as LIVE_SECRET_TYPES. */
extern const struct live_resource live_resources[];
extern const size_t live_resource_count;

const struct live_resource *live_resource_of(const char *kind); /* built in ones; NULL: none */
bool live_is_secret(const struct live_resource *resource);
bool live_is_namespace(const struct live_resource *resource);

/* A page of a list. */
struct live_page {
	const struct live_resource *resource;
	const char *version;
	struct slice namespace;      /* "*": all, or of a kind without namespaces */
	struct slice field_selector; /* not there: none */
	unsigned limit;
	struct slice continue_token; /* not there: the first */
};
/* "/api/v1/namespaces/shop/pods?limit=500": everything percent-encoded. */
void live_page_path(const struct live_page *page, struct strbuf *out);
/* The watch of the same list from a version on, which the server ends after so many seconds. */
void live_watch_path(const struct live_page *page, struct slice version, unsigned seconds, struct strbuf *out);

#endif
