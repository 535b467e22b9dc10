/* A source of made-up images, a sink, and a walk between them. */
#ifndef FOTHER_TESTS_UNIT_OCI_WALK_WALK_LAB_H
#define FOTHER_TESTS_UNIT_OCI_WALK_WALK_LAB_H

#include "model/sink_memory.h"
#include "oci/walk/source_memory.h"
#include "oci/walk/walk.h"

#define OCI_INDEX_TYPE "application/vnd.oci.image.index.v1+json"
#define OCI_MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define OCI_CONFIG_TYPE "application/vnd.oci.image.config.v1+json"
#define OCI_LAYER_TYPE "application/vnd.oci.image.layer.v1.tar+gzip"
#define OCI_EMPTY_TYPE "application/vnd.oci.empty.v1+json"
/* Of nothing that exists. */
#define NOWHERE "sha256:00000000000000000000000000000000000000000000000000000000000000aa"

struct lab {
	struct source_memory source;
	struct sink_memory sink;
	struct image_walk_options options;
	struct image_walk *walk;
	struct image_walk_result result;
};

void lab_init(struct lab *lab);
void lab_release(struct lab *lab);

/* A config, told apart by its name, without its manifest. */
struct slice lab_config(struct lab *lab, const char *repository, const char *name);
struct slice lab_manifest_of(struct lab *lab, const char *repository, const char *config_type, struct slice config);
/* The same with a layer that is no file system's. */
struct slice lab_artifact(struct lab *lab, const char *repository, const char *config_type, struct slice config);
/* An image of one layer: its digest. */
struct slice lab_image(struct lab *lab, const char *repository, const char *name);
/* The bytes of an index of members of one media type. */
struct slice lab_index_bytes(struct lab *lab, const struct slice *members, size_t count, const char *media_type);
struct slice lab_index(struct lab *lab, const char *repository, const struct slice *members, size_t count);
/* Of the index and manifest that a tag names. */
void lab_tag(struct lab *lab, const char *repository, const char *tag, struct slice digest);

/* A new walk through the source with lab->options. */
void lab_begin(struct lab *lab);
void lab_run(struct lab *lab);
/* Begins, walks through the whole catalog, and checks that nothing failed. */
void lab_walk_all(struct lab *lab);

size_t lab_count(const struct lab *lab, const struct record_type *type);
/* The record of the type whose text field holds the text; NULL: none. */
const void *lab_find(const struct lab *lab, const struct record_type *type, const char *field, struct slice text);
const struct coverage *lab_coverage(const struct lab *lab, const char *kind, const char *namespace);
const struct registry_answer *lab_answer(const struct lab *lab, const char *repository, struct slice reference);
void check_covered(const struct lab *lab, const char *kind, const char *namespace, const char *outcome,
		   const char *why_part);

#endif
