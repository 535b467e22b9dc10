/* Manifests, indexes and schema 1, with each Content-Type; what schema 1 tells of a config; what a digest is of. */
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "model/field.h"
#include "model/reference.h"
#include "oci/format/config.h"
#include "oci/format/verify.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void use_defects(const struct oci_defects *defects)
{
	require(defects->len <= LIMIT_OCI_DEFECTS);
	for (size_t i = 0; i < defects->len; i++)
		require(defects->items[i].code && defects->items[i].place.data && defects->items[i].message.len > 0);
}

static void use_descriptors(const struct oci_descriptor *items, size_t count)
{
	require(count <= LIMIT_DESCRIPTORS);
	for (size_t i = 0; i < count; i++) {
		struct slice attests = oci_attests(&items[i]);
		require(!items[i].digest.data || digest_valid(items[i].digest));
		require(items[i].size == INT_UNKNOWN || items[i].size >= 0);
		require(!items[i].data.data || items[i].digest.data);
		require(!attests.data || digest_valid(attests));
		require(items[i].annotation_count <= LIMIT_ANNOTATIONS);
	}
}

static void use_schema1(const struct oci_manifest *manifest, struct arena *arena, struct error **err)
{
	struct oci_config config;
	require(oci_config_of_schema1(manifest, arena, &config, err) == 1);
	require(config.history_count == manifest->v1_compatibility.len);
	use_defects(&config.defects);
}

static void use_manifest(const struct oci_manifest *manifest, struct arena *arena, struct error **err)
{
	require(!manifest->refused.data && manifest->media_type.len > 0);
	require(manifest->kind == OCI_INDEX || manifest->member_count == 0);
	require(manifest->kind != OCI_INDEX || manifest->layer_count == 0);
	use_descriptors(&manifest->config, 1);
	use_descriptors(&manifest->subject, 1);
	use_descriptors(manifest->layers, manifest->layer_count);
	use_descriptors(manifest->members, manifest->member_count);
	use_defects(&manifest->defects);
	if (manifest->kind == OCI_SCHEMA1)
		use_schema1(manifest, arena, err);
}

static void use_digest(struct slice bytes, struct arena *arena, struct error **err)
{
	static const char other[] = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
	struct slice digest, content;
	enum verify_result result;
	require(digest_of(bytes, arena, &digest, err) == 0);
	require(verify_manifest(digest, bytes, arena, &result, &content, err) == 0 && result == VERIFY_EQUAL);
	require(verify_manifest(slice_of(other), bytes, arena, &result, &content, err) == 0);
	require(result == VERIFY_DIFFERENT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = { NULL, MEDIA_TYPE_OCI_INDEX, MEDIA_TYPE_DOCKER_MANIFEST,
					     MEDIA_TYPE_DOCKER_SIGNED, "text/plain" };
	struct slice bytes = { (const char *)data, size };
	if (size > LIMIT_MANIFEST_BODY_BYTES)
		return 0;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
		struct oci_manifest manifest;
		struct error *err = NULL;
		int got = oci_manifest_parse(bytes, slice_of(types[i]), &arena, &manifest, &err);
		require(got >= 0 && !err);
		if (got == 1)
			use_manifest(&manifest, &arena, &err);
		else
			require(manifest.refused.len > 0);
		if (i == 0)
			use_digest(bytes, &arena, &err);
	}
	return 0;
}
