/* A manifest while it is read: what its members were, before it is known which kind of manifest they make. */
#ifndef FOTHER_OCI_FORMAT_MANIFEST_INTERNAL_H
#define FOTHER_OCI_FORMAT_MANIFEST_INTERNAL_H

#include "oci/format/document_internal.h"

struct oci_v1_list {
	struct slice *items;
	size_t len, capacity;
};

struct oci_body {
	struct oci_document document;
	struct oci_manifest manifest;
	int64_t schema_version;
	struct slice media_type;
	struct oci_descriptor_list layers, members, blobs;
	struct oci_descriptor_list fs_layers; /* of schema 1, newest first */
	struct oci_v1_list history;           /* the same */
	bool has_layers, has_config, has_manifests, has_blobs, has_fs_layers;
};

oci_take oci_take_fs_layers; /* struct oci_body */
oci_take oci_take_v1_history;

/* Turns both lists around, and checks that they belong together. */
int oci_finish_schema1(struct oci_body *body, struct error **err);

#endif
