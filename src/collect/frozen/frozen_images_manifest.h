/* Reads what frozen_images_format.h describes. All of it comes from outside, and is checked here: files are plain ones
 * of the run, outcomes are those that there are, times are set.
 *
 * ERROR_SYNTAX, ERROR_LIMIT: it is not of the format. ERROR_UNSUPPORTED: a later version wrote it.
 */
#ifndef FOTHER_COLLECT_FROZEN_FROZEN_IMAGES_MANIFEST_H
#define FOTHER_COLLECT_FROZEN_FROZEN_IMAGES_MANIFEST_H

#include "base/arena.h"
#include "collect/frozen/frozen_images_format.h"

/* The manifest points into the arena. */
int frozen_images_manifest_read(struct slice text, struct arena *arena, struct frozen_images_manifest *ret_manifest,
				struct error **err);

/* The first line of records.ndjson. */
int frozen_images_head_read(struct slice line, struct arena *arena, struct frozen_images_head *ret_head,
			    struct error **err);

/* What the first bytes of records.ndjson promise, of whatever version. */
bool frozen_images_likely(struct slice start);

/* The digest of a blob's path, in the arena: blobs/sha256/HEX. 1, or 0: it is no blob; -1. */
int frozen_images_digest_of(struct slice file, struct arena *arena, struct slice *ret_digest, struct error **err);

#endif
