/* OCI image layouts (image-spec, image-layout.md) in a folder or a tar, and what `docker save` writes (manifest.json,
 * repositories; newer ones are a layout as well), packed or not.
 *
 *     image_layout_open(path, &layout, err);            // 1 opened, 0 it is none of these, -1
 *     struct image_source *source = image_layout_source(layout);
 *     ... image_layout_problem(layout, i), image_layout_unnamed(layout, i) ...
 *     layout = image_layout_free(layout);
 *
 * A source of images (oci/format/image_source.h), which answers each ask at once. Repositories are the names that it
 * gives its images, normalised, with their registry (docker.io/acme/web: `image_layout_split`): annotations
 * io.containerd.image.name, org.opencontainers.image.ref.name; RepoTags. Where a name is only a tag (`latest`) the
 * repository is empty, and so is that of an image without any name: who walks files it under the layout's own name, in
 * no registry. An image that no tag of the layout leads to is `unnamed`: it must be asked for by its digest.
 *
 * An archive of `docker save` before version 25 (and of skopeo's docker-archive, kaniko, jib, Bazel, Nix) has configs
 * and layers, but no manifest: its manifests would have to be made up, and a made-up one has a digest that no registry
 * knows. So the image is its config: see image_source.h. It is found by the name that manifest.json gives it, and where
 * that name is a digest (HEX.json, sha256:HEX, blobs/sha256/HEX) the bytes must be what it says.
 *
 * Every blob is verified. Nothing outside the folder is read, links are not followed, names with `..` and absolute ones
 * are refused, what is no regular file is not opened. An archive is read as a stream, once (twice where manifest.json
 * names configs in its own way), never unpacked to disk; of it stays what can be a manifest or config: JSON of at most
 * LIMIT_IMAGE_CONFIG_BYTES, together LIMIT_LAYOUT_KEPT_BYTES. Members and ratio are bounded (limits.h). Of an archive
 * that is damaged all that came before counts, also without its list of names (manifests are then found by what they
 * hold), and what is not there was not necessarily missing: it is IMAGE_FAILED, not IMAGE_ABSENT.
 *
 * No catalog of referrers: IMAGE_UNSUPPORTED. Used by one thread.
 */
#ifndef FOTHER_OCI_LAYOUT_LAYOUT_H
#define FOTHER_OCI_LAYOUT_LAYOUT_H

#include "base/arena.h"
#include "oci/format/image_source.h"

struct image_layout;

/* A folder or a tar that holds oci-layout, or manifest.json of `docker save`. A symbolic link to it is followed. */
int image_layout_open(const char *path, struct image_layout **ret_layout, struct error **err);
/* The same of an open folder, ... */
int image_layout_open_folder(int folder, struct image_layout **ret_layout, struct error **err);
/* ... and of an archive's bytes, borrowed for the call. */
struct image_layout_archive {
	struct slice bytes;
	struct slice below;     /* only what lies in that folder of it; not there or empty: all, and the layout may lie
				   in a single folder */
	struct slice_list also; /* names of files of JSON to keep beside, for image_layout_file */
};
int image_layout_open_archive(const struct image_layout_archive *archive, struct image_layout **ret_layout,
			      struct error **err);
/* Whether its first members look like those of an archive of images, at the cost of only them. 1, 0, -1. */
int image_layout_archive_likely(struct slice bytes, struct error **err);

struct image_source *image_layout_source(struct image_layout *layout);
struct image_layout *image_layout_free(struct image_layout *layout);
void image_layout_freep(struct image_layout **layout);

/* A file by its name in the layout; of an archive only what was kept. An outcome as of an answer; bytes (when present)
 * are valid until the next call for this layout. 0 or -1. */
int image_layout_file(struct image_layout *layout, struct slice name, size_t max, enum image_outcome *ret_outcome,
		      struct slice *ret_bytes, struct error **err);

/* Something wrong in the layout itself (blobs are told by answers). Texts live as long as the layout. */
struct image_layout_problem {
	const char *code; /* truncated, damaged_archive, too_large, bad_document, bad_descriptor, bad_name, bad_version,
			     duplicate, missing, names_disagree, too_many */
	struct slice file;    /* index.json, ...; empty: the whole */
	struct slice place;   /* JSON pointer, or empty */
	struct slice message; /* for a person */
	bool lost;            /* images may be missing because of it: what was read is not all */
};
size_t image_layout_problem_count(const struct image_layout *layout);
const struct image_layout_problem *image_layout_problem(const struct image_layout *layout, size_t i);

/* An image that no tag leads to. */
struct image_layout_unnamed {
	struct slice repository; /* empty: no name at all */
	struct slice digest;
};
size_t image_layout_unnamed_count(const struct image_layout *layout);
struct image_layout_unnamed image_layout_unnamed(const struct image_layout *layout, size_t i);

/* A repository as this source names it: docker.io/acme/web is docker.io and acme/web. 0: it is empty, and registry and
 * path are. As `split` of oci/walk. */
int image_layout_split(const void *data, struct slice repository, struct slice *ret_registry, struct slice *ret_path);

/* Whether a file of that name, with these first bytes, at the top of a folder or archive says that it is a layout or
 * was written by `docker save`: for those who list files. */
bool image_layout_marks(struct slice name, struct slice start);

#endif
