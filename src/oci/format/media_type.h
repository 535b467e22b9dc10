/* Media types of Docker and OCI: what a descriptor points to.
 *
 * Sources: github.com/opencontainers/image-spec (media-types.md, descriptor.md), distribution's manifest formats
 * (schema1, schema2, manifest list), ocicrypt (`+encrypted`).
 */
#ifndef FOTHER_OCI_FORMAT_MEDIA_TYPE_H
#define FOTHER_OCI_FORMAT_MEDIA_TYPE_H

#include <stdbool.h>

#include "base/slice.h"

#define MEDIA_TYPE_OCI_INDEX "application/vnd.oci.image.index.v1+json"
#define MEDIA_TYPE_OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define MEDIA_TYPE_OCI_ARTIFACT "application/vnd.oci.artifact.manifest.v1+json"
#define MEDIA_TYPE_DOCKER_LIST "application/vnd.docker.distribution.manifest.list.v2+json"
#define MEDIA_TYPE_DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"
#define MEDIA_TYPE_DOCKER_SIGNED "application/vnd.docker.distribution.manifest.v1+prettyjws"
#define MEDIA_TYPE_DOCKER_SCHEMA1 "application/vnd.docker.distribution.manifest.v1+json"

enum media_kind {
	MEDIA_UNKNOWN,
	MEDIA_INDEX,    /* OCI index, Docker manifest list */
	MEDIA_MANIFEST, /* OCI manifest, Docker schema 2, the dead OCI artifact manifest */
	MEDIA_SCHEMA1,  /* Docker schema 1, signed or not */
	MEDIA_CONFIG,   /* of an image */
	MEDIA_LAYER,
	MEDIA_EMPTY,   /* application/vnd.oci.empty.v1+json */
	MEDIA_IN_TOTO, /* application/vnd.in-toto+json */
	MEDIA_PLUGIN,  /* the config of a plugin of Docker, whose layers look like those of an image */
};

enum media_compression { COMPRESSION_NONE, COMPRESSION_GZIP, COMPRESSION_ZSTD };

struct media_type {
	enum media_kind kind;
	enum media_compression compression; /* of a layer, as its type says: what it is tells its first bytes */
	bool not_distributable;             /* foreign: the registry need not hold it */
	bool encrypted;
	bool docker; /* Docker's, not OCI's */
};

/* Parameters (`; charset=`) and case do not matter. */
struct media_type media_type_of(struct slice text);
/* Without parameters and blanks. Lies in text. */
struct slice media_type_name(struct slice text);

/* The header Accept for manifests: every type of MEDIA_INDEX, MEDIA_MANIFEST and MEDIA_SCHEMA1, each by its name, for
 * registries take neither wildcards nor q-values. */
struct slice media_type_accept(void);

#endif
