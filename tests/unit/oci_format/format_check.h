/* Parsed texts of images in the tests of oci/format. */
#ifndef FOTHER_TESTS_UNIT_OCI_FORMAT_CHECK_H
#define FOTHER_TESTS_UNIT_OCI_FORMAT_CHECK_H

#include "oci/format/config.h"

#define DIGEST_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST_B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define DIGEST_C "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

/* A descriptor, and its members. */
#define DESCRIPTOR_MEMBERS(type, digest, size) "\"mediaType\":\"" type "\",\"digest\":\"" digest "\",\"size\":" #size
#define DESCRIPTOR(type, digest, size) "{" DESCRIPTOR_MEMBERS(type, digest, size) "}"
#define OCI_CONFIG_TYPE "application/vnd.oci.image.config.v1+json"
#define OCI_LAYER_TYPE "application/vnd.oci.image.layer.v1.tar+gzip"

/* What was parsed and its memory. */
struct parsed {
	struct arena arena;
	struct oci_manifest manifest;
	struct oci_config config;
};

/* Replaces what was there. json is not kept. content_type may be NULL. Fails the test where it is not `expected`. */
void parse_manifest(struct parsed *parsed, const char *json, const char *content_type, int expected);
void parse_config(struct parsed *parsed, const char *json, int expected);
void parsed_release(struct parsed *parsed);

/* "code place; code place", in their order. */
void check_defects(const struct oci_defects *defects, const char *expected);
/* Refused, and the reason contains `part`. */
void check_refused(const char *json, const char *content_type, const char *part);
/* Items with `|` between them, "?" for one that is not there. */
void check_list(struct slice_list list, const char *expected);

#endif
