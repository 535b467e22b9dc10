/* What `fother collect` keeps of registries: a run folder for each, like those of clusters (frozen_format.h), which is
 * an OCI layout as well, so that every tool that reads layouts can look into it.
 *
 *     DIR/docker.io/20261125T115500Z/
 *         oci-layout, index.json     every tag whose manifest was read, by its full name
 *                                    (org.opencontainers.image.ref.name)
 *         blobs/sha256/HEX           manifests, indexes, configs, byte for byte; no layers
 *         records.ndjson             a head, and every other record, as model/record_json.h writes them
 *         manifest.json              written last: schema fother.images/1, times, outcome, hashes of all files
 *
 *     frozen_images_new("frozen", SLICE("fother 0.1.0"), &writer, err);
 *     ... frozen_images_sink(writer) is the sink of collect/registry ...
 *     frozen_images_run(writer, i)
 *     writer = frozen_images_free(writer);
 *
 * The writer is a sink: each begin makes a run folder, each finish ends it, and several reads may be open at once.
 * Tags, answers, events, coverage and defects go to records.ndjson; image_content to blobs; manifest and index_member
 * records only where their bytes are not there (nothing could verify them), for otherwise they are made of the bytes
 * again when the run is read (collect/snapshot). A commit makes what was read so far outlive the process; rollback does
 * nothing: a run without a manifest was interrupted.
 *
 * What is there is never overwritten. Folders are made with mode 0700, files with 0600. No credential is in any of it;
 * what a config says (environment, commands) stays as it is, for it is evidence.
 */
#ifndef FOTHER_COLLECT_FROZEN_FROZEN_IMAGES_H
#define FOTHER_COLLECT_FROZEN_FROZEN_IMAGES_H

#include "model/sink.h"

struct frozen_images;

/* dir is made with the first run, when it is not there (not the folders above it). Both are copied. */
int frozen_images_new(const char *dir, struct slice tool, struct frozen_images **ret_writer, struct error **err);
/* Called by one thread at a time (model/sink_thread.h). Scopes are `once`, of REGISTRY_IDENTITY. After a failure only
 * frozen_images_free makes sense. */
struct sink *frozen_images_sink(struct frozen_images *writer);

/* Texts live as long as the writer. */
struct frozen_images_run {
	struct slice registry, path; /* path: of the run's folder, for people */
	struct slice outcome, why;   /* not there: it did not end */
	int64_t objects;             /* manifests, indexes and configs */
};
/* In the order in which they began. */
size_t frozen_images_count(const struct frozen_images *writer);
struct frozen_images_run frozen_images_run(const struct frozen_images *writer, size_t i);

/* NULL allowed. Returns NULL. */
struct frozen_images *frozen_images_free(struct frozen_images *writer);
void frozen_images_freep(struct frozen_images **writer);

#endif
