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
/* "docker", "buildkit", "buildah", ...; NULL for BUILDER_UNKNOWN. */
const char *image_builder_text(enum image_builder builder);
/* Who wrote one entry, by its words alone. */
enum image_builder image_builder_of(const struct oci_history *entry);
/* What built an image: the last entry that tells. What it was built on top of may have been made by another. */
enum image_builder image_builder_of_all(const struct oci_history *entries, size_t count);

struct image_step {
	const struct oci_history *entry;    /* NULL: a layer without any history */
	const struct oci_descriptor *layer; /* NULL: an empty step, or not tied */
	struct slice diff_id;               /* of the layer, where tied */
	size_t layer_number;                /* from 0; meaningless without a layer and a diff ID */
	enum image_builder builder;
	struct slice instruction; /* RUN, COPY, ADD, ENV, ...; not there: no known form */
	struct slice text;        /* the whole instruction as a Dockerfile would have it; of no known form as written.
				     Lines only where heredocs are. See below for what is masked */
	struct slice shell;       /* of a RUN: what its command was given to, "/bin/bash -o pipefail -c" */
	struct slice_list build_args; /* NAME=[masked] that a RUN was given */
};

struct image_history {
	struct image_step *steps;
	size_t count;
	bool tied;                  /* the numbers agree */
	enum image_builder builder; /* of the last step that tells */
};

/* How many layers the history speaks of. Schema 1 has a layer for each entry, those that hold nothing too. */
size_t image_history_layers(const struct oci_manifest *manifest, const struct oci_config *config);

/* manifest may be NULL (a config alone: steps have diff IDs and no layer). Where nothing is tied the layers come first,
 * each a step without an entry, then the entries. 0 or -1. */
int image_history_build(const struct oci_manifest *manifest, const struct oci_config *config, struct arena *arena,
			struct image_history *ret_history, struct error **err);

/* One history entry as an instruction. Its bytes are as whoever pushed the image wanted them: print them with
 * utf8_add_printable.
 *
 * Masked are: recognised tokens (credential/mask.h) everywhere; the values of ARG and of the build arguments of a RUN,
 * always, for people hand passwords to builds in them; the values of ENV variables whose names look like a secret's
 * (PASSWORD, TOKEN, SECRET, CREDENTIAL, PASSPHRASE anywhere; words that end in KEY; the words AUTH, PASS, PWD). One
 * thing cannot be told: the value of the last build argument of a RUN that has no shell is taken to be one word. */
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
