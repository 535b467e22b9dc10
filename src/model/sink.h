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
 * a dump). finish takes both. When they show that the records were filed wrongly (they were written to a cluster that
 * the source or its name had suggested, and it was another one; or the store already holds later reads of it), finish
 * answers SINK_AGAIN: the reader rolls back and reads the source once more, now giving begin what it knows. It is never
 * asked twice.
 *
 * A source that cannot be read twice (a live cluster) says so (`once`): it gives begin the time, and what is not known
 * is filed apart until finish; SINK_AGAIN is never answered.
 *
 * Reads of several sources may be open at once, and commit may come while some are: what was put so far lasts, and the
 * reads go on. Only a read that may have to be read again must have ended before (not `once`, and begun without the UID
 * or the time): what lasts cannot be taken back, and the commit is refused. rollback takes back what came after the
 * last commit and ends all reads that are open; of those that were open at a commit, that part lasts.
 *
 * A read shows as `reading` until it ends. One that no finish ended, because of a rollback or because its process died,
 * shows as `interrupted`, with why. Until it ends, and for ever when it was interrupted, it proves nothing about
 * absence: what it says to have covered shows as interrupted too.
 *
 * A sink is called by one thread at a time; model/sink_thread.h makes one that several threads may call.
 *
 * Registries, layouts and archives of images hold no objects of Kubernetes; each is filed like a cluster of its own,
 * whose UID is given to begin: REGISTRY_IDENTITY and its host, or IMAGES_IDENTITY and a hash of its path. They are
 * never merged. Records of what a digest names (manifest, index_member, image_content) belong to no cluster.
 *
 * Which cluster is it? The first of these that gives an answer:
 *
 * 1. The UID of kube-system. Two clusters with different ones stay two, whatever else they have in common.
 * 2. Objects. UIDs are unique in the world, so two clusters that hold an object of the same UID, name and creation time
 *    are one, when at least one of them is provisional (its own UID is not known yet). What shares objects with two
 *    known clusters is a mixture, and stays by itself.
 * 3. The source's address. A provisional cluster is the one that was read from there before, if nothing speaks against
 *    it: if both hold secrets (or service accounts, nodes, namespaces, workloads) with UIDs, they would share one. Pods
 *    speak against it only where the address is standard input: all pods of a cluster may be replaced in a day. A watch
 *    holds only what changed, so nothing of it speaks against. A known cluster is never recognised by an address.
 *
 * Else it is a new one; without a UID a provisional one, whose identity is its address. Whenever a read shows that two
 * clusters are one, all that was read of both becomes one history, as if it had been filed together from the start. A
 * name is for people and decides nothing; the second cluster of one address is called NAME (2).
 */
#ifndef FOTHER_MODEL_SINK_H
#define FOTHER_MODEL_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "model/observed.h"

#define SINK_AGAIN 1

/* What is known before the reading. */
struct sink_scope {
	/* Address, e.g. the dump's absolute path and sub-folder. What begins with "-" is standard input. It holds a
	 * slash or begins with a dash, as no UID does. */
	struct slice source;
	struct slice source_kind;  /* "snapshot", "cluster", "watch", "registry", "registry_log", "images" */
	struct slice cluster_name; /* for people */
	struct slice cluster_uid;  /* not there: not known yet */
	int64_t as_of;             /* TIME_UNSET: not known yet */
	bool once;                 /* the source is not read again; as_of is set */
};

/* What is known after it. A uid that was given to begin must be the same here (ERROR_STORE), or not there; an as_of
 * that was given to begin stays. */
struct sink_end {
	struct slice cluster_uid; /* not there: still not known */
	struct slice server_version;
	int64_t as_of; /* set */
	struct slice as_of_from;
	struct slice outcome, why;
	struct slice notes; /* not there, or what all who use the answer must know: a certificate was not verified */
	int64_t objects, defects;
};

struct sink;

struct sink_ops {
	/* Opens a read; the first one after a commit opens the transaction. *ret_read is its number. */
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
