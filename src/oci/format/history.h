/* The history of an image tied to its layers: entries that are not empty stand for the layers one by one, from the
 * lowest (OCI image spec, config.md). Where the numbers differ nothing is tied, and it is a defect of the config: the
 * history is a claim that nothing binds to the layers but their number.
 *
 * And the Dockerfile that it came from, as far as the history tells.
 */
#ifndef FOTHER_OCI_FORMAT_HISTORY_H
#define FOTHER_OCI_FORMAT_HISTORY_H

#include "base/strbuf.h"
#include "oci/format/config.h"

enum image_builder {
	BUILDER_UNKNOWN,
	BUILDER_DOCKER,   /* the classic builder: `/bin/sh -c #(nop) ` */
	BUILDER_BUILDKIT, /* `# buildkit`, comment buildkit.dockerfile.v0 */
	BUILDER_BUILDAH,
	BUILDER_KANIKO,
	BUILDER_JIB,
	BUILDER_KO,
	BUILDER_BAZEL,
	BUILDER_NIX,
	BUILDER_BUILDPACKS,
	BUILDER_DEBUERREOTYPE, /* `#(nop) ADD file:... in /` of base images, and `# debian.sh ...` */
};
const char *image_builder_text(enum image_builder builder);

struct image_step {
	const struct oci_history *entry;    /* NULL: a layer without any history */
	const struct oci_descriptor *layer; /* NULL: an empty step, or not tied */
	struct slice diff_id;               /* of the layer, where tied */
	size_t layer_number;                /* from 0; meaningless without a layer */
	enum image_builder builder;
	struct slice instruction; /* RUN, COPY, ADD, ENV, ...; not there: no known form */
	struct slice text; /* the whole instruction as a Dockerfile would have it, ARG values and recognised tokens
			      masked; may have lines */
	struct slice_list build_args; /* NAME=[masked] that a RUN was given */
};

struct image_history {
	struct image_step *steps;
	size_t count;
	bool tied;                  /* the numbers agree */
	enum image_builder builder; /* of the last step that tells */
};

/* manifest may be NULL (a config alone). 0 or -1. */
int image_history_build(const struct oci_manifest *manifest, const struct oci_config *config, struct arena *arena,
			struct image_history *ret_history, struct error **err);

/* One history entry as an instruction. */
int image_step_parse(const struct oci_history *entry, struct arena *arena, struct image_step *ret_step,
		     struct error **err);

/* What is known of the base: steps [0, base_steps) are its own and are told as FROM. */
struct dockerfile_base {
	struct slice name; /* not there: FROM is not known, and the base's own steps are written out as comments */
	struct slice proof;
	size_t steps;
};
/* A Dockerfile for a person: says in comments what is lost (sources of COPY, squashed stages) and what config and
 * history disagree in. base may be NULL. */
int dockerfile_write(const struct image_history *history, const struct oci_config *config,
		     const struct dockerfile_base *base, struct strbuf *out, struct error **err);

#endif
