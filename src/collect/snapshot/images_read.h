/* The images of a dump: layouts, archives, and frozen registries, each read into the sink as one read.
 *
 * A layout or archive is a read of source_kind `images` under IMAGES_IDENTITY and 16 hex digits of the SHA-256 of its
 * address, which is the dump's and its path in it. Its names are filed under the registry that they say
 * (docker.io/acme/web: docker.io and acme/web); what has no name of a repository is filed in no registry (an empty
 * text), under the layout's own name. It says nothing of when it was made: its time is the one given, else the newest
 * of the clusters in the same dump, else that of the reading.
 *
 * A frozen registry is a read of source_kind `registry` under REGISTRY_IDENTITY, as if the registry had been asked:
 * time and outcome are its manifest's (docs/snapshot-format.md).
 *
 * What is wrong with a layout itself is a defect of a file, as in a dump.
 */
#ifndef FOTHER_COLLECT_SNAPSHOT_IMAGES_READ_H
#define FOTHER_COLLECT_SNAPSHOT_IMAGES_READ_H

#include <stdbool.h>

#include "collect/snapshot/dump.h"
#include "collect/snapshot/snapshot.h"

struct images_time {
	int64_t as_of;
	struct slice as_of_from; /* given, metadata, clock */
};

struct images_result {
	size_t sources;   /* layouts, archives, registries */
	bool any;         /* some image or name came out of them */
	struct slice why; /* the first reason why one is not whole; in the dump's arena; not there: all are */
	int64_t manifests, defects;
	int64_t newest_as_of;
};

int images_read_all(const struct snapshot_options *options, struct sink *sink, struct dump *dump,
		    const struct images_time *time, struct images_result *ret_result, struct error **err);

#endif
