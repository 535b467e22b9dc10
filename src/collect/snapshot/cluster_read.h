/* The reading of one cluster of a dump: one read of the sink, fed file by file.
 *
 *     cluster_read_begin(&read, ...);
 *     cluster_read_file(&read, file, bytes, err);      // any number
 *     cluster_read_finish(&read, given, now, err);     // 0, SINK_AGAIN, -1
 *     cluster_read_release(&read);
 *
 * Outcome: complete when every file that was meant to hold objects was read to its end and every object decoded; failed
 * when no object came out and something was wrong; else partial. `why` names the first of what is missing. A run of
 * `fother collect` has the outcome that its manifest says, if its files are what the manifest says.
 */
#ifndef FOTHER_COLLECT_SNAPSHOT_CLUSTER_READ_H
#define FOTHER_COLLECT_SNAPSHOT_CLUSTER_READ_H

#include <stdbool.h>

#include "base/map.h"
#include "base/strbuf.h"
#include "collect/snapshot/dump.h"
#include "collect/snapshot/snapshot.h"
#include "kube/object/object.h"

/* What an earlier pass over the same dump found out about a cluster. */
struct cluster_known {
	struct slice uid; /* in the dump's arena */
	int64_t as_of;
};

struct cluster_read {
	const struct snapshot_options *options;
	struct object_context context;
	struct slice source; /* address of the dump and folder, in the dump's arena */
	struct slice uid;    /* of kube-system, as the latest object left it */
	bool mixed;          /* there was more than one */
	size_t files, ignored;
	struct strbuf ignored_names;
	size_t reasons; /* why it is not complete: how many, and the first of them */
	struct strbuf why;
	/* a run of `fother collect` (runs.h); NULL: a dump of kubectl's, and the rest is not used */
	const struct frozen_run *run;
	struct map row_of; /* file -> row of the manifest, + 1 */
	char *row_seen;    /* of each row: its file was there */
	bool manifest_seen;
	/* the file that is being read */
	struct file_bytes *spare; /* bytes that may be given back while it is read, or NULL */
	int64_t progress_due;     /* objects at which progress is told next */
};

int cluster_read_begin(struct cluster_read *read, const struct snapshot_options *options, struct sink *sink,
		       struct dump *dump, const struct dump_cluster *cluster, const struct cluster_known *known,
		       struct error **err);
int cluster_read_file(struct cluster_read *read, const struct dump *dump, const struct dump_file *file,
		      struct file_bytes *bytes, struct error **err);
/* Puts coverage, gaps and the archive's damage, and finishes the read. `now` is when the reading began. */
int cluster_read_finish(struct cluster_read *read, const struct dump *dump, int64_t now, struct error **err);
/* The time that the read speaks of. */
int64_t cluster_read_as_of(const struct cluster_read *read, int64_t now);
/* An object, of whatever kind, or a list that says of which kind it has none. */
bool cluster_read_found_something(const struct cluster_read *read);
void cluster_read_release(struct cluster_read *read);

#endif
