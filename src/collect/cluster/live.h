/* Live clusters, read side by side into sinks.
 *
 *     live_start(&options, sources, count, &live, err);
 *     while (!live_wait(live, 200))
 *             ... live_progress(live, i, &progress) ... live_stop(live) on ^C ...
 *     live_end(live, results, err);
 *
 * One thread for each cluster (at most LIMIT_LIVE_CLUSTERS at once, the others wait their turn) takes what the loop
 * thread of net brings, cuts it into items, decodes them and puts records into its source's sink. Clusters share
 * nothing but the loop and, where they have the same, the sink (model/sink_thread.h). What happens to one does not
 * touch another.
 *
 * Which lists: collect/cluster/live_plan.h. Each has a coverage record with its outcome: complete; mixed (it expired
 * more often than LIVE_RESTARTS, and went on with a later state); metadata; partial; interrupted; forbidden; failed.
 * Where the list of all namespaces is forbidden, each namespace that is known is asked for. A read fails as a whole
 * only when nothing could be read.
 */
#ifndef FOTHER_COLLECT_CLUSTER_LIVE_H
#define FOTHER_COLLECT_CLUSTER_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "credential/fingerprint.h"
#include "kube/client/kubeconfig.h"
#include "model/sink.h"

struct frozen_writer;
struct vault;

/* --- following changes of secrets --- */

enum live_change_kind {
	LIVE_ADDED,
	LIVE_MODIFIED,
	LIVE_DELETED,
	/* The list of `type` in `namespace` ("*": all) begins, or begins again: what it showed before does not count.
	 */
	LIVE_LIST_BEGIN,
	LIVE_LISTED,   /* seen in a list that had to begin again: changed or not */
	LIVE_LIST_END, /* of that list: what it did not show is gone */
};

/* One login in a secret, as its entry record has it. */
struct live_change_entry {
	struct slice registry, username, cred_kind, fingerprint;
};

/* Borrowed for the call. */
struct live_change {
	enum live_change_kind kind;
	size_t source;
	int64_t time;                      /* when it arrived */
	struct slice cluster, cluster_uid; /* the context's name; the UID may be not there */
	struct slice namespace, name, uid, type, resource_version;
	bool is_pull_secret; /* or holds a login: what a list of secrets would show */
	const struct live_change_entry *entries;
	size_t entry_count;
};

/* With it in live_options, each source's secrets are followed, not read: from secret_versions, or from a list of its
 * own where there are none. Connections that end, servers that restart and logins that expire are overcome without a
 * loss; where the server has forgotten what changed (410), the list is read again, a gap record says since when, and
 * every secret of it comes as LIVE_LISTED. Each change is in the sink, and committed, before or soon after it is told.
 * Ends by live_stop only. */
struct live_follow {
	/* One at a time, from any thread. -1 ends everything. */
	int (*change)(void *data, const struct live_change *change, struct error **err);
	/* Something that a person should know: no answer for a while, and that it is back. */
	void (*notice)(void *data, size_t source, const char *text);
	void *data;
};

#define LIVE_SECRET_LISTS 2

enum live_encoding { LIVE_ENCODING_AUTO, LIVE_ENCODING_JSON };

struct live_options {
	const struct fingerprint_key *key;
	struct vault *vault; /* gets the logins of pull secrets; NULL: none is kept. Not while changes are followed */
	int64_t as_of;       /* TIME_UNSET: when the reading begins */
	bool metadata_only;  /* of secrets: no value is asked for */
	bool all_secrets;    /* of every type but service account tokens and Helm releases */
	enum live_encoding encoding;
	const char *const *namespaces; /* only these; none: all */
	size_t namespace_count;
	unsigned page;                    /* items of a page; 0: 500 */
	const struct live_follow *follow; /* NULL: read once */
};

struct live_source {
	struct kube_access *access;   /* borrowed */
	struct sink *sink;            /* borrowed; may be shared when it may be called by several threads */
	struct frozen_writer *frozen; /* gets the raw objects; its sink is then `sink`. NULL: none */
	/* To follow: of the result of a read; NULL: not known. */
	const char *cluster_uid;
	const char *secret_versions[LIVE_SECRET_LISTS];
	char *const *secret_namespaces; /* the only ones whose secrets may be listed; none: all */
	size_t secret_namespace_count;
};

struct live_progress {
	const char *name;         /* of the context */
	size_t lists, lists_done; /* known so far */
	int64_t objects;
	bool started, done;
	char waiting[64]; /* "429, 12 s", or empty */
};

struct live_result {
	char *outcome; /* complete, partial, interrupted, failed */
	char *why;     /* not complete: the first reasons, for a person; else NULL */
	int64_t objects, defects;
	uint64_t wire_bytes;
	char *cluster_uid; /* NULL: not known */
	/* Where a watch of secrets goes on: resourceVersion of each list of secrets, or NULL. */
	char *secret_versions[LIVE_SECRET_LISTS];
	/* Namespaces that gave their secrets where the list of all was forbidden: those can be followed. */
	char **secret_namespaces;
	size_t secret_namespace_count;
	struct error *error; /* the sink or memory failed: nothing more was read */
};
void live_result_release(struct live_result *result);

struct live;
/* sources are copied. */
int live_start(const struct live_options *options, const struct live_source *sources, size_t count,
	       struct live **ret_live, struct error **err);
/* 1: all are done. */
int live_wait(struct live *live, int timeout_ms);
void live_progress(struct live *live, size_t source, struct live_progress *ret_progress);
/* From any thread, and from a signal handler: ends all reading at once; what was read so far is finished as
 * interrupted. */
void live_stop(struct live *live);
/* Waits, gives a result for each source in their order, and frees. -1: some source's sink or memory failed (the results
 * are given all the same). */
int live_end(struct live *live, struct live_result *ret_results, struct error **err);

#endif
