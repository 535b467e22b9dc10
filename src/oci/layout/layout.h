/* OCI image layouts (image-spec, image-layout.md) in a folder or a tar, and what `docker save` writes (manifest.json,
 * repositories; newer ones are a layout as well), packed or not.
 *
 *     image_layout_open(path, &layout, err);            // 1 opened, 0 it is none of these, -1
 *     struct image_source *source = image_layout_source(layout);
 *     ...
 *     layout = image_layout_free(layout);
 *
 * A source of images (oci/format/image_source.h). Repositories are the names that it gives its images: annotations
 * org.opencontainers.image.ref.name, io.containerd.image.name; RepoTags. Where a name is only a tag (`latest`), or none
 * is given, the repository is empty, and the walk files it under the layout's own name.
 *
 * Every blob is verified. Nothing outside the folder is read, links are not followed, names with `..` are refused, an
 * archive is read as a stream, keeping what can be a manifest or config (at most LIMIT_LAYOUT_KEPT_BYTES), never
 * unpacked to disk, and bounded in members, sizes and ratio (limits.h). Configs of `docker save` without blobs/ are
 * found by their names (HEX.json) and verified against it.
 */
#ifndef FOTHER_OCI_LAYOUT_LAYOUT_H
#define FOTHER_OCI_LAYOUT_LAYOUT_H

#include "base/arena.h"
#include "oci/format/image_source.h"

struct image_layout;

/* A folder that holds oci-layout, or a tar that holds oci-layout or manifest.json. */
int image_layout_open(const char *path, struct image_layout **ret_layout, struct error **err);
struct image_source *image_layout_source(struct image_layout *layout);
struct image_layout *image_layout_free(struct image_layout *layout);

#endif
