/* A dump of one or more clusters, read into a sink.
 *
 * A folder, a tar (plain or as gzip, zstd, xz, bzip2), one file, or `-` for standard input (a tar or documents). Files
 * may have any name; what a file is, its bytes tell. Documents may follow each other in a file; a BOM, CRLF, UTF-16,
 * JSON lines, empty and truncated files, and a kubectl error text saved as .json are all said, and read as far as they
 * go. The same object twice is one object. What is no document and not named like one is counted, named in a gap, and
 * takes nothing from completeness.
 *
 * Clusters: folders that all files have in common are passed over. Then, when documents stand at the top, everything is
 * one cluster, named by the dump or the last folder passed over; else each folder is one, named by it. The name is for
 * people. The sink gets the UID of kube-system, where namespaces are in the dump, and the address of each: the absolute
 * path of the dump with symbolic links resolved, and the folder in it; "-" for standard input, "-/FOLDER" in a tar from
 * there. From these and the UIDs of the objects it tells which cluster it is (model/sink.h).
 *
 * as_of: given; else the newest metadata or status time of the cluster's objects; else the time of the read.
 *
 * A folder that `fother collect` wrote is read as its manifest says: name, UID, time, which is never the one given, and
 * coverage (docs/snapshot-format.md). Each run is a read for itself, the older first; ERROR_USAGE where it was
 * collected with another fingerprint key.
 *
 * Layouts and archives of images, and registries that `fother collect` froze, may lie beside clusters, or be the dump:
 * images_read.h.
 */
#ifndef FOTHER_COLLECT_SNAPSHOT_SNAPSHOT_H
#define FOTHER_COLLECT_SNAPSHOT_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "credential/fingerprint.h"
#include "model/sink.h"

struct vault;

struct snapshot_options {
	const char *path; /* folder, archive, or "-" */
	int64_t as_of;    /* TIME_UNSET: from the dump */
	const struct fingerprint_key *key;
	struct vault *vault; /* gets the logins of pull secrets (a dump of kubectl's holds them); NULL: none is kept */
	/* Called now and then with the objects that were read of the file's cluster so far; may be NULL. */
	void (*progress)(void *data, const char *file, int64_t objects);
	void *progress_data;
};

struct snapshot_result {
	size_t clusters, files; /* files: those that were meant to hold objects */
	size_t ignored;         /* files that were not */
	size_t images;          /* layouts and archives of images, frozen registries */
	int64_t manifests;      /* read of those */
	int64_t objects, defects;
	int64_t newest_as_of; /* of its clusters and images */
};

/* Reads it all, commits, and tells what was there. A defect in it is no failure; -1: it cannot be opened, holds nothing
 * that could be read, or the sink failed (nothing was committed then). */
int snapshot_read(const struct snapshot_options *options, struct sink *sink, struct snapshot_result *ret_result,
		  struct error **err);

#endif
