/* What became of an image: the old content of a tag beside the new.
 *
 * Judged by diff IDs (content), not by the digests of compressed layers, which change when the same content is packed
 * again.
 */
#ifndef FOTHER_OCI_FORMAT_COMPARE_H
#define FOTHER_OCI_FORMAT_COMPARE_H

#include <stdint.h>

#include "model/observed.h"

enum image_change {
	IMAGE_SAME,          /* the same digest */
	IMAGE_REPACKED,      /* same content and config facts, packed or pushed again */
	IMAGE_CONFIG_ONLY,   /* same layers; user, entrypoint, environment, labels or dates differ */
	IMAGE_LAYERS_ON_TOP, /* the old layers are there, with others on top: what a trojan looks like */
	IMAGE_LAYERS_TAKEN,  /* the new one is what the old one was before its last layers */
	IMAGE_BASE_REPLACED, /* no layer is the same, but the histories end alike, with layers in what is alike */
	IMAGE_LAST_LAYERS,   /* the first layers are the same, later ones differ: a rebuild, or something slipped in */
	IMAGE_OTHER,         /* nothing in common */
	IMAGE_NOT_KNOWN,     /* one of them was not read */
};
/* "same", "repacked", "config only", "layers on top", "layers taken away", "base replaced", "last layers differ",
 * "other", "not known". */
const char *image_change_text(enum image_change change);

struct image_comparison {
	enum image_change change;
	size_t shared; /* layers from the lowest that are the same */
	size_t old_only, new_only;
	unsigned config_fields; /* bits of IMAGE_FIELD_*, which differ */
};
#define IMAGE_FIELD_USER 1u
#define IMAGE_FIELD_ENTRYPOINT 2u
#define IMAGE_FIELD_COMMAND 4u
#define IMAGE_FIELD_ENVIRONMENT 8u /* the names; values are not kept in records */
#define IMAGE_FIELD_LABELS 16u
#define IMAGE_FIELD_CREATED 32u
#define IMAGE_FIELD_WORKING_DIR 64u
#define IMAGE_FIELD_PORTS 128u
#define IMAGE_FIELD_HISTORY 256u
#define IMAGE_FIELD_PLATFORM 512u
#define IMAGE_FIELD_OTHER                                                                                              \
	1024u /* none of the above, but the configs are two: values of variables, health checks, ...                   \
	       */
#define IMAGE_FIELDS 11
/* Of one bit: "user", "entrypoint", "command", "environment", "labels", "created", "working dir", "ports", "history",
 * "platform", "other". */
const char *image_field_text(unsigned bit);

/* Of images of one platform; an index is not known. NULL: not known.
 *
 * Images with the same config are the same, read or not. Where diff IDs are not known (schema 1, a config that was not
 * read or does not name them all) the digests of stored layers prove what is the same; what they do not prove is not
 * known, for the same content may be packed in two ways. An image without layers has nothing that another could be
 * built on. */
struct image_comparison image_compare(const struct manifest *old, const struct manifest *new);

#endif
