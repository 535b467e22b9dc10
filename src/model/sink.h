/* Where readers of sources put their records. The store is the real one; tests have one that keeps records in memory
 * and one that fails (model/sink_memory.h).
 *
 *     sink->ops->begin(sink, &scope, &read, err);
 *     sink->ops->put(sink, read, &pod_type, &pod, err);              // any number, any order, any type
 *     sink->ops->finish(sink, read, &end, err);                      // SINK_AGAIN: see below
 *     ... other reads of the same source ...
 *     sink->ops->commit(sink, err);                                  // or rollback: nothing of it happened
 *
 * A reader often learns only at the end which cluster it read (the UID of kube-system) and of when (the newest time in
 * a dump). finish takes both. When they show that the records were filed wrongly (the cluster is known under another
 * identity, or the store already holds later reads of it), finish answers SINK_AGAIN: the reader rolls back and reads
 * the source once more, now giving begin what it knows. It is never asked twice.
 */
#ifndef FOTHER_MODEL_SINK_H
#define FOTHER_MODEL_SINK_H

#include <stdint.h>

#include "base/error.h"
#include "model/observed.h"

#define SINK_AGAIN 1

/* What is known before the reading. */
struct sink_scope {
	struct slice source;       /* address, e.g. the dump's absolute path and sub-folder */
	struct slice source_kind;  /* "snapshot" */
	struct slice cluster_name; /* for people; files a cluster whose UID is not known */
	struct slice cluster_uid;  /* not there: not known yet */
	int64_t as_of;             /* TIME_UNSET: not known yet */
};

/* What is known after it. A uid that was given to begin must be the same here (ERROR_STORE), or not there; an as_of
 * that was given to begin stays. */
struct sink_end {
	struct slice cluster_uid; /* not there: still not known */
	struct slice server_version;
	int64_t as_of; /* set */
	struct slice as_of_from;
	struct slice outcome, why;
	int64_t objects, defects;
};

struct sink;

struct sink_ops {
	/* Opens a read; the first one opens the transaction. *ret_read is its number. */
	int (*begin)(struct sink *sink, const struct sink_scope *scope, int64_t *ret_read, struct error **err);
	/* Upserts one record by its identity. Borrows it for the call. Its cluster field is set by the sink from
	 * the read, whatever it holds; its FIELD_SEEN fields are ignored. */
	int (*put)(struct sink *sink, int64_t read, const struct record_type *type, const void *record,
		   struct error **err);
	/* 0, SINK_AGAIN or -1. */
	int (*finish)(struct sink *sink, int64_t read, const struct sink_end *end, struct error **err);
	int (*commit)(struct sink *sink, struct error **err);
	void (*rollback)(struct sink *sink);
};

struct sink {
	const struct sink_ops *ops;
};

#endif
