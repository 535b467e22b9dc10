/* What the parts of a layout share. Within oci/layout. */
#ifndef FOTHER_OCI_LAYOUT_LAYOUT_INTERNAL_H
#define FOTHER_OCI_LAYOUT_LAYOUT_INTERNAL_H

#include "base/file.h"
#include "base/map.h"
#include "base/vec.h"
#include "oci/layout/layout.h"

#define LAYOUT_MARK "oci-layout"
#define LAYOUT_INDEX "index.json"
#define LAYOUT_DOCKER "manifest.json"
#define LAYOUT_CONFIG_TYPE "application/vnd.docker.container.image.v1+json"

/* What the layout names. */
struct layout_root {
	struct slice repository; /* normalised, or empty */
	struct slice tag;        /* not there: unnamed */
	struct slice digest;
	struct slice media_type;
	bool is_config; /* digest is a config's: there is no manifest */
	size_t order;
};

/* A file of the layout, or why it is not to be had. */
struct layout_content {
	enum image_outcome outcome;
	struct slice bytes; /* valid until the next get */
	struct slice why;
};

struct layout_ops {
	/* name: "blobs/sha256/HEX". More than max bytes are IMAGE_INVALID. 0 or -1. */
	int (*get)(struct image_layout *layout, struct slice name, size_t max, struct layout_content *ret_content,
		   struct error **err);
};

struct layout_ask {
	struct layout_ask *next;
	enum image_ask_type type;
	struct slice repository, reference, media_type; /* behind the struct */
	int64_t size;
	void *owner;
};

struct image_layout {
	struct image_source source; /* first */
	const struct layout_ops *ops;
	struct arena arena; /* roots, problems, their texts */
	struct {
		VEC(struct layout_root)
	} roots;
	size_t settled; /* of them, from the first: by repository and tag, unnamed ones first */
	struct {
		VEC(struct image_layout_problem)
	} problems;
	struct {
		VEC(struct image_layout_unnamed)
	} unnamed;
	struct map config_names; /* digest of a config that a root is -> its file */
	bool has_index;
	/* a folder */
	int folder;             /* -1: none */
	struct file_bytes read; /* what get gave last */
	/* an archive */
	struct arena kept;
	struct map members; /* name -> struct layout_member */
	struct map missed;  /* names in a way of their own that were asked for and are not there */
	struct slice top;   /* folder in it that is the layout, with '/' at its end; or empty */
	const char *damage; /* NULL, or what ended it early */
	/* asks in their order; the one that was answered last */
	struct layout_ask *first, *last, *answered;
	struct arena answer;
};

/* A layout without contents, or NULL. */
struct image_layout *layout_new(const struct layout_ops *ops, struct error **err);
/* message is copied. 0 or -1. */
int layout_add_problem(struct image_layout *layout, const struct image_layout_problem *problem, struct error **err);
/* Reads what names the images, once get works. */
int layout_read_names(struct image_layout *layout, struct error **err);

/* --- layout_documents.c: texts lie in the layout's arena afterwards, text need not --- */
int layout_read_mark(struct image_layout *layout, struct slice text, struct error **err);
int layout_read_index(struct image_layout *layout, struct slice text, struct error **err);
/* manifest.json of docker save; names that the index gave stay as they are. */
int layout_read_docker(struct image_layout *layout, struct slice text, struct error **err);
/* The digest is that of a config, which lies in this file; name is borrowed until the end. */
int layout_remember_config(struct image_layout *layout, struct slice digest, struct slice name, struct error **err);

/* --- layout_roots.c --- */
/* A copy; its order is set. 0 or -1. */
int layout_add_root(struct image_layout *layout, const struct layout_root *root, struct error **err);
/* Sorts them, and finds names that stand twice. May come again after more were added. 0 or -1. */
int layout_settle(struct image_layout *layout, struct error **err);
/* Of all, once. 0 or -1. */
int layout_find_unnamed(struct image_layout *layout, struct error **err);
/* Among those that are settled. The first root of the repository that has a tag; NULL: there is none. *ret_count: how
 * many follow, with it.
 */
const struct layout_root *layout_tags(const struct image_layout *layout, struct slice repository, size_t *ret_count);
const struct layout_root *layout_find(const struct image_layout *layout, struct slice repository, struct slice tag);

/* --- layout_blobs.c --- */
/* The bytes of a digest, verified. A config that stands under another name too. */
int layout_get_blob(struct image_layout *layout, struct slice digest, size_t max, struct layout_content *ret_content,
		    bool *ret_verified, struct error **err);
/* The same of a manifest or index; of a signed one of schema 1 the signed part, in the arena (oci/format/verify.h). */
int layout_get_manifest(struct image_layout *layout, struct slice digest, struct arena *arena,
			struct layout_content *ret_content, bool *ret_verified, struct error **err);
/* The digest that the name of a file promises (blobs/ALGORITHM/ENCODED, HEX.json, sha256:HEX); not there: none. */
int layout_digest_of_name(struct image_layout *layout, struct slice name, struct slice *ret_digest, struct error **err);
/* The index or manifest `digest` leads to an image with that config, as far as it can be read. */
int layout_leads_to_config(struct image_layout *layout, struct slice digest, struct slice config, bool *ret_leads,
			   struct error **err);

/* --- layout_folder.c --- */
extern const struct layout_ops layout_folder_ops;
void layout_folder_release(struct image_layout *layout);

/* --- layout_archive.c --- */
void layout_archive_release(struct image_layout *layout);
/* Of a damaged archive that lost what names its images: manifests are found by what they hold. */
int layout_archive_guess(struct image_layout *layout, struct error **err);

#endif
