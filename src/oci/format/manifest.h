/* Manifests and indexes, as they are written: OCI image spec (manifest.md, image-index.md), Docker's image manifest
 * version 2 schema 2, manifest lists and schema 1.
 *
 *     struct oci_manifest m;
 *     int got = oci_manifest_parse(bytes, content_type, &arena, &m, err);
 *     // 1: parsed; 0: no manifest, m.refused says why (a defect); -1: memory
 *
 * What the body says decides what it is; the Content-Type must agree where both tell (CVE-2021-41190: a body that can
 * be read as two things is refused, and so is one whose mediaType differs from the Content-Type). A Content-Type that
 * is no manifest's at all (text/plain) says nothing and is a defect.
 *
 * Read as Go's encoding/json does, since that is what pulls images: names of members without regard to case
 * (defect name_case), of several the last (duplicate_member; members of an object that stands twice are merged), null
 * is as good as nothing. Unknown members are passed over. A BOM, and bytes behind the end, are refused. Limits:
 * LIMIT_MANIFEST_BODY_BYTES, LIMIT_DESCRIPTORS, LIMIT_ANNOTATIONS.
 */
#ifndef FOTHER_OCI_FORMAT_MANIFEST_H
#define FOTHER_OCI_FORMAT_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"
#include "oci/format/media_type.h"

/* Something malformed that did not keep the rest from being read. */
struct oci_defect {
	const char *code;     /* duplicate_member, name_case, bad_utf8, wrong_type, too_many, bad_digest, bad_size,
				 bad_data,     bad_date, missing, schema_version, content_type, history_mismatch, ... */
	struct slice place;   /* JSON pointer; long names in it are cut */
	struct slice message; /* never a value that may hold a secret */
};

struct oci_defects {
	struct oci_defect *items;
	size_t len, cap; /* at most LIMIT_OCI_DEFECTS; then the last (too_many) says how many more there were */
	size_t more;
	char *more_text;
};

struct oci_annotation {
	struct slice name, value;
};

struct oci_platform {
	struct slice os, architecture, variant, os_version; /* not there where not given */
};

struct oci_descriptor {
	struct slice media_type; /* not there where not given, or empty */
	struct slice digest;     /* valid, or not there (a defect) */
	int64_t size;            /* INT_UNKNOWN where not given or below 0 */
	struct slice artifact_type;
	struct slice data; /* inline `data`, decoded and verified against digest and size; else not there (a defect) */
	struct slice_list urls;
	struct oci_annotation *annotations;
	size_t annotation_count;
	struct oci_platform platform; /* in an index */
};

enum oci_kind {
	OCI_IMAGE, /* config of an image; or of an unknown type, with layers of a file system and no artifactType */
	OCI_INDEX,
	OCI_ARTIFACT, /* its config is no image's: Helm, WASM, signatures, SBOMs; the dead artifact manifest, whose
			 blobs are the layers */
	OCI_SCHEMA1,
};

struct oci_manifest {
	enum oci_kind kind;
	struct slice media_type;    /* the body's, else the Content-Type's, else what its form is by default */
	struct slice artifact_type; /* artifactType, else the config's media type of an artifact */
	struct oci_descriptor config;
	struct oci_descriptor *layers; /* lowest first; of schema 1 too (fsLayers turned around, sizes unknown) */
	size_t layer_count;
	struct oci_descriptor *members; /* of an index */
	size_t member_count;
	struct oci_descriptor subject; /* digest not there: none */
	struct oci_annotation *annotations;
	size_t annotation_count;
	/* Of schema 1: the texts of history, lowest first; "" where it was none. Each has its layer, also what is
	 * `throwaway` (an empty one). */
	struct slice_list v1_compatibility;
	struct slice schema1_architecture;
	struct oci_defects defects;
	struct slice refused; /* answer 0: why */
};

/* content_type may be not there. Texts lie in the bytes, in the content type or in the arena. */
int oci_manifest_parse(struct slice bytes, struct slice content_type, struct arena *arena,
		       struct oci_manifest *ret_manifest, struct error **err);

/* The value of an annotation; not there: none. */
struct slice oci_annotation_of(const struct oci_annotation *annotations, size_t count, const char *name);

/* Of an attestation that BuildKit put into an index (platform unknown/unknown, vnd.docker.reference.type=
 * attestation-manifest): the digest that it speaks of; not there: it is none. */
struct slice oci_attests(const struct oci_descriptor *member);

/* For those who add defects of their own. 0 or -1 (memory). place and message are copied. */
int oci_defect_add(struct oci_defects *defects, struct arena *arena, const char *code, struct slice place,
		   const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
