/* Registries, side by side: which repositories and images to ask each for, how completely each was read, and what the
 * registries' own APIs tell beside (push times, histories).
 *
 * Every registry is one read of source_kind `registry`, filed under REGISTRY_IDENTITY host (model/sink.h), `once`. A
 * thread for each, one loop thread for all; sink must be one that several threads may call (model/sink_thread.h).
 * Proxies are those of the environment (net/proxy_env.h).
 *
 *     registries_new(&options, &registries, err);
 *     registries_start(registries, err);
 *     while (!registries_wait(registries, 200)) ...            // commit now and then
 *     registries_finish(registries, err);
 *     ... registries_result(registries, i) ...
 *     registries = registries_free(registries);
 *
 * A registry that has no catalog is asked in its own API for its repositories (dialect.h); where that tells none, what
 * was wanted below a prefix is that name alone, and coverage of Repository says so: absent, forbidden or failed, with
 * the prefix as its namespace. A registry that told nothing at all is `failed`.
 */
#ifndef FOTHER_COLLECT_REGISTRY_REGISTRIES_H
#define FOTHER_COLLECT_REGISTRY_REGISTRIES_H

#include "model/sink.h"
#include "oci/transport/logins.h"
#include "oci/walk/walk.h"

/* One thing to ask for. */
struct registry_target {
	struct slice registry;   /* normalised */
	struct slice repository; /* path; not there: the whole registry, by its catalog */
	struct slice reference;  /* tag or digest; not there: all tags */
	bool below; /* repository is a prefix: all repositories of the catalog (or of the registry's own list) below it,
		       and itself; where there is no list, it says so and itself is tried */
};

struct registry_mirror {
	struct slice host, upstream; /* --mirror HOST=UPSTREAM: host is asked in place of upstream */
};

/* All is borrowed until the end. */
struct registries_options {
	const struct registry_target *targets;
	size_t target_count;
	const struct registry_mirror *mirrors;
	size_t mirror_count;
	struct slice_list plain_http;  /* hosts */
	struct slice_list token_hosts; /* host[:port] (oci/transport/registry.h) */
	struct slice ca_pem;
	struct logins *logins;           /* NULL: anonymous */
	const struct image_known *known; /* NULL: nothing */
	struct sink *sink;
	int64_t as_of;                      /* TIME_UNSET: now */
	bool referrers, dialects;           /* ask for referrers; ask the registries' own APIs as well */
	void (*progress)(const char *text); /* may be NULL */
};

struct registry_result {
	struct slice registry; /* normalised; of a mirror its upstream */
	const char *outcome;   /* complete, partial, interrupted, failed; its texts live as long as registries */
	struct slice why;      /* not complete: how many could not be had, and the first; `interrupted` may have none */
	struct slice notes;    /* "87 of 100 pulls left in 6h"; not there: nothing */
	struct image_walk_result counts;
	uint64_t requests, bytes, tokens;
};

struct registries;

int registries_new(const struct registries_options *options, struct registries **ret_registries, struct error **err);
/* Starts a thread for each registry (LIMIT_LIVE_REGISTRIES at once). */
int registries_start(struct registries *registries, struct error **err);
/* Waits that long; 1: all have ended. */
int registries_wait(struct registries *registries, int timeout_ms);
/* Async-signal-safe. */
void registries_stop(struct registries *registries);
size_t registries_count(const struct registries *registries);
/* After the end. */
const struct registry_result *registries_result(const struct registries *registries, size_t i);
/* The first failure of a sink or of memory; 0 or -1. */
int registries_finish(struct registries *registries, struct error **err);
struct registries *registries_free(struct registries *registries);

#endif
