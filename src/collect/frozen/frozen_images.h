/* What `fother collect` keeps of registries: a run folder like those of clusters (frozen_format.h), which is an OCI
 * layout as well, so that every tool that reads layouts can look into it.
 *
 *     DIR/docker.io/20261125T115500Z/
 *         oci-layout, index.json     every tag, by its full name (org.opencontainers.image.ref.name)
 *         blobs/sha256/HEX           manifests, indexes, configs, byte for byte; no layers
 *         records.ndjson             every other record, as model/record_json.h writes them
 *         manifest.json              written last: schema fother.images/1, times, outcome, hashes of all files
 *
 * The writer is a sink: begin, put and finish of one read. Tags, answers, events, coverage and defects go to
 * records.ndjson; image_content to blobs; manifest and index_member records are left out, for they are made of the
 * bytes again when it is read.
 */
#ifndef FOTHER_COLLECT_FROZEN_FROZEN_IMAGES_H
#define FOTHER_COLLECT_FROZEN_FROZEN_IMAGES_H

#include "model/sink.h"

struct frozen_images;

/* The run's folder is made in folder (an absolute path, 0700). key_id as in frozen_writer.h. */
int frozen_images_new(struct slice folder, struct slice name, int64_t as_of, struct frozen_images **ret_writer,
		      struct error **err);
struct sink *frozen_images_sink(struct frozen_images *writer);
/* The path of the run. */
struct slice frozen_images_path(const struct frozen_images *writer);
/* After finish: syncs, and writes the manifest. */
int frozen_images_end(struct frozen_images *writer, struct error **err);
struct frozen_images *frozen_images_free(struct frozen_images *writer);

#endif
