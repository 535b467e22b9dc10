#include "oci/format/manifest.h"

#include <string.h>

#include "base/limits.h"
#include "format_check.h"
#include "model/field.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

#define LAYER DESCRIPTOR(OCI_LAYER_TYPE, DIGEST_B, 7)
#define CONFIG "\"config\":" DESCRIPTOR(OCI_CONFIG_TYPE, DIGEST_A, 5)
#define BARE_IMAGE "\"schemaVersion\":2," CONFIG ",\"layers\":[" LAYER "]"
#define IMAGE "{\"mediaType\":\"" MEDIA_TYPE_OCI_MANIFEST "\"," BARE_IMAGE "}"
#define MEMBER DESCRIPTOR(MEDIA_TYPE_OCI_MANIFEST, DIGEST_A, 5)
#define BARE_INDEX "\"schemaVersion\":2,\"manifests\":[" MEMBER "]"
#define INDEX "{\"mediaType\":\"" MEDIA_TYPE_OCI_INDEX "\"," BARE_INDEX "}"

static void an_image(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(
		&parsed,
		"{\"schemaVersion\":2,\"mediaType\":\"" MEDIA_TYPE_OCI_MANIFEST "\"," CONFIG ",\"layers\":[" LAYER
		",{" DESCRIPTOR_MEMBERS("x/y", DIGEST_C,
					0) ",\"urls\":[\"https://a.example/l\"],\"annotations\":{\"k\":\"v\"}}],"
					   "\"subject\":" DESCRIPTOR("s/t", DIGEST_B,
								     9) ",\"annotations\":{\"org.example\":\"1\"}}",
		MEDIA_TYPE_OCI_MANIFEST, 1);
	const struct oci_manifest *m = &parsed.manifest;
	assert_int_equal(m->kind, OCI_IMAGE);
	check_slice(m->media_type, MEDIA_TYPE_OCI_MANIFEST);
	assert_null(m->artifact_type.data);
	check_slice(m->config.media_type, OCI_CONFIG_TYPE);
	check_slice(m->config.digest, DIGEST_A);
	assert_int_equal(m->config.size, 5);
	assert_int_equal(m->layer_count, 2);
	check_slice(m->layers[0].digest, DIGEST_B);
	check_slice(m->layers[1].digest, DIGEST_C);
	assert_int_equal(m->layers[1].size, 0);
	check_list(m->layers[1].urls, "https://a.example/l");
	check_slice(oci_annotation_of(m->layers[1].annotations, m->layers[1].annotation_count, "k"), "v");
	check_slice(m->subject.digest, DIGEST_B);
	check_slice(oci_annotation_of(m->annotations, m->annotation_count, "org.example"), "1");
	assert_null(oci_annotation_of(m->annotations, m->annotation_count, "org").data);
	check_defects(&m->defects, "");
	assert_null(m->refused.data);
}

static void an_index(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed,
		       "{\"schemaVersion\":2,\"mediaType\":\"" MEDIA_TYPE_DOCKER_LIST "\",\"manifests\":["
		       "{" DESCRIPTOR_MEMBERS(
			       MEDIA_TYPE_DOCKER_MANIFEST, DIGEST_A,
			       1) ",\"platform\":{\"architecture\":\"arm64\",\"os\":\"windows\",\"variant\":\"v8\","
				  "\"os.version\":\"10.0.1\",\"os.features\":[\"win32k\"]}},"
				  "{" DESCRIPTOR_MEMBERS(MEDIA_TYPE_OCI_INDEX, DIGEST_B,
							 2) ",\"artifactType\":\"a/b\"}]}",
		       MEDIA_TYPE_DOCKER_LIST, 1);
	const struct oci_manifest *m = &parsed.manifest;
	assert_int_equal(m->kind, OCI_INDEX);
	assert_int_equal(m->member_count, 2);
	assert_int_equal(m->layer_count, 0);
	check_slice(m->members[0].platform.os, "windows");
	check_slice(m->members[0].platform.architecture, "arm64");
	check_slice(m->members[0].platform.variant, "v8");
	check_slice(m->members[0].platform.os_version, "10.0.1");
	check_slice(m->members[1].media_type, MEDIA_TYPE_OCI_INDEX);
	check_slice(m->members[1].artifact_type, "a/b");
	assert_null(m->members[1].platform.os.data);
	assert_null(m->config.digest.data);
	assert_null(m->subject.digest.data);
	check_defects(&m->defects, "");
}

static void an_index_without_members(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed, "{\"schemaVersion\":2,\"manifests\":[]}", NULL, 1);
	assert_int_equal(parsed.manifest.kind, OCI_INDEX);
	check_slice(parsed.manifest.media_type, MEDIA_TYPE_OCI_INDEX);
	parse_manifest(&parsed, "{\"schemaVersion\":2,\"manifests\":null}", MEDIA_TYPE_OCI_INDEX, 1);
	assert_int_equal(parsed.manifest.kind, OCI_INDEX);
	check_refused("{\"schemaVersion\":2,\"manifests\":null}", NULL, "no manifest");
}

/* --- which kind --- */

static void check_kind(const char *json, enum oci_kind kind, const char *artifact_type)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed, json, NULL, 1);
	assert_int_equal(parsed.manifest.kind, kind);
	if (artifact_type)
		check_slice(parsed.manifest.artifact_type, artifact_type);
	else
		assert_null(parsed.manifest.artifact_type.data);
}

#define WITH(config_type, layer_type, more)                                                                            \
	"{\"schemaVersion\":2,\"config\":" DESCRIPTOR(config_type, DIGEST_A, 2) ",\"layers\":[" DESCRIPTOR(            \
		layer_type, DIGEST_B, 3) "]" more "}"

static void artifacts_are_told_from_images_by_their_config(void **state)
{
	check_kind(WITH(OCI_CONFIG_TYPE, "a/b", ""), OCI_IMAGE, NULL);
	check_kind(WITH(OCI_CONFIG_TYPE, OCI_LAYER_TYPE, ",\"artifactType\":\"a/b\""), OCI_IMAGE, "a/b");
	check_kind(WITH("application/vnd.docker.container.image.v1+json",
			"application/vnd.docker.image.rootfs.diff.tar.zstd", ""),
		   OCI_IMAGE, NULL);
	check_kind(WITH("application/vnd.cncf.helm.config.v1+json",
			"application/vnd.cncf.helm.chart.content.v1.tar+gzip", ""),
		   OCI_ARTIFACT, "application/vnd.cncf.helm.config.v1+json");
	check_kind(WITH("application/vnd.oci.empty.v1+json", OCI_LAYER_TYPE, ",\"artifactType\":\"a/b\""), OCI_ARTIFACT,
		   "a/b");
	check_kind(WITH("application/vnd.docker.plugin.v1+json", OCI_LAYER_TYPE, ""), OCI_ARTIFACT,
		   "application/vnd.docker.plugin.v1+json");
	check_kind(WITH("application/vnd.example.config", OCI_LAYER_TYPE, ""), OCI_IMAGE, NULL);
	check_kind(WITH("application/vnd.example.config", OCI_LAYER_TYPE "+encrypted", ""), OCI_IMAGE, NULL);
	check_kind(WITH("application/vnd.example.config", OCI_LAYER_TYPE, ",\"artifactType\":\"a/b\""), OCI_ARTIFACT,
		   "a/b");
	check_kind(WITH("", OCI_LAYER_TYPE, ""), OCI_IMAGE, NULL);
}

static void the_dead_artifact_manifest(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed,
		       "{\"mediaType\":\"" MEDIA_TYPE_OCI_ARTIFACT
		       "\",\"artifactType\":\"a/b\",\"blobs\":[" DESCRIPTOR("x/y", DIGEST_A, 1) "],\"subject\":" MEMBER
												"}",
		       MEDIA_TYPE_OCI_ARTIFACT, 1);
	assert_int_equal(parsed.manifest.kind, OCI_ARTIFACT);
	check_slice(parsed.manifest.artifact_type, "a/b");
	assert_int_equal(parsed.manifest.layer_count, 1);
	check_slice(parsed.manifest.subject.digest, DIGEST_A);
	check_defects(&parsed.manifest.defects, "");
	check_refused("{\"mediaType\":\"" MEDIA_TYPE_OCI_ARTIFACT "\"," BARE_IMAGE "}", NULL, "artifact manifest");
}

static void attestations_of_buildkit(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed,
		       "{\"schemaVersion\":2,\"manifests\":[" MEMBER ",{" DESCRIPTOR_MEMBERS(
			       MEDIA_TYPE_OCI_MANIFEST, DIGEST_B,
			       8) ",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\","
				  "\"vnd.docker.reference.digest\":\"" DIGEST_A "\"},"
				  "\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"}}]}",
		       MEDIA_TYPE_OCI_INDEX, 1);
	assert_null(oci_attests(&parsed.manifest.members[0]).data);
	check_slice(oci_attests(&parsed.manifest.members[1]), DIGEST_A);
	parse_manifest(&parsed,
		       "{\"schemaVersion\":2,\"manifests\":[{" DESCRIPTOR_MEMBERS(
			       "", DIGEST_B,
			       8) ",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\","
				  "\"vnd.docker.reference.digest\":\"sha256:no\"}}]}",
		       MEDIA_TYPE_OCI_INDEX, 1);
	assert_null(oci_attests(&parsed.manifest.members[0]).data);
}

/* --- what it says it is, and what it is --- */

static void check_type(const char *json, const char *content_type, const char *expected)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed, json, content_type, 1);
	check_slice(parsed.manifest.media_type, expected);
}

static void its_media_type(void **state)
{
	check_type(IMAGE, NULL, MEDIA_TYPE_OCI_MANIFEST);
	check_type("{" BARE_IMAGE "}", MEDIA_TYPE_DOCKER_MANIFEST "; charset=utf-8", MEDIA_TYPE_DOCKER_MANIFEST);
	check_type("{" BARE_IMAGE "}", NULL, MEDIA_TYPE_OCI_MANIFEST);
	check_type("{" BARE_IMAGE "}", "text/plain", MEDIA_TYPE_OCI_MANIFEST);
	check_type("{\"mediaType\":\"\"," BARE_IMAGE "}", NULL, MEDIA_TYPE_OCI_MANIFEST);
	check_type("{\"mediaType\":\"x/y\"," BARE_IMAGE "}", MEDIA_TYPE_OCI_MANIFEST, "x/y");
	check_type(WITH("application/vnd.docker.container.image.v1+json", "x/y", ""), NULL, MEDIA_TYPE_DOCKER_MANIFEST);
}

/* CVE-2021-41190. */
static void what_can_be_read_as_two_things_is_refused(void **state)
{
	check_refused("{" BARE_IMAGE ",\"manifests\":[" MEMBER "]}", MEDIA_TYPE_OCI_MANIFEST, "two things");
	check_refused("{" BARE_IMAGE ",\"manifests\":[" MEMBER "]}", MEDIA_TYPE_OCI_INDEX, "two things");
	check_refused("{" BARE_IMAGE ",\"manifests\":[]}", NULL, "two things");
	check_refused("{" BARE_IMAGE ",\"Manifests\":{}}", NULL, "two things");
	check_refused("{" BARE_INDEX ",\"config\":{}}", NULL, "two things");
	check_refused("{" BARE_INDEX ",\"fsLayers\":[]}", NULL, "two things");
	check_refused("{" BARE_IMAGE ",\"fsLayers\":[]}", NULL, "two things");
	check_refused("{" BARE_IMAGE ",\"blobs\":[]}", NULL, "two things");
}

static void null_is_no_second_thing(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed, "{" BARE_IMAGE ",\"manifests\":null,\"fsLayers\":null,\"blobs\":null}", NULL, 1);
	assert_int_equal(parsed.manifest.kind, OCI_IMAGE);
	parse_manifest(&parsed, "{" BARE_INDEX ",\"config\":null,\"layers\":null}", NULL, 1);
	assert_int_equal(parsed.manifest.kind, OCI_INDEX);
}

static void body_and_content_type_must_agree(void **state)
{
	check_refused(IMAGE, MEDIA_TYPE_OCI_INDEX, "is served as");
	check_refused(IMAGE, MEDIA_TYPE_DOCKER_MANIFEST, "is served as");
	check_refused(INDEX, MEDIA_TYPE_OCI_MANIFEST, "is served as");
	check_refused("{" BARE_IMAGE "}", MEDIA_TYPE_OCI_INDEX, "is said to be an index, and has layers");
	check_refused("{" BARE_INDEX "}", MEDIA_TYPE_DOCKER_MANIFEST, "is said to be a manifest, and has manifests");
	check_refused("{" BARE_INDEX "}", MEDIA_TYPE_DOCKER_SCHEMA1, "is said to be a schema 1");
	check_refused("{\"mediaType\":\"" MEDIA_TYPE_OCI_INDEX "\"," BARE_IMAGE "}", NULL, "is said to be an index");
	check_refused("{\"mediaType\":\"" MEDIA_TYPE_OCI_INDEX "\"," BARE_IMAGE "}", "text/plain", "is said to be");
}

static void a_content_type_that_says_nothing_is_a_defect(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed, IMAGE, "text/html; charset=utf-8", 1);
	check_defects(&parsed.manifest.defects, "content_type ");
	parse_manifest(&parsed, IMAGE, "application/json", 1);
	check_defects(&parsed.manifest.defects, "");
	parse_manifest(&parsed, IMAGE, "Application/Vnd.OCI.image.manifest.v1+json ; x=y", 1);
	check_defects(&parsed.manifest.defects, "");
}

static void what_is_no_manifest(void **state)
{
	check_refused("{}", NULL, "no manifest");
	check_refused("{\"mediaType\":\"x/y\"}", "text/plain", "no manifest");
	check_refused("{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\"}]}", "application/json", "no manifest");
	/* The config of an image has a `config` and a `history` of its own. */
	check_refused("{\"architecture\":\"amd64\",\"config\":{\"Cmd\":[\"a\"]},\"history\":[{\"created_by\":\"x\"}],"
		      "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}",
		      NULL, "no manifest");
	check_refused("[]", NULL, "no JSON object");
	check_refused("null", NULL, "no JSON object");
	check_refused("", NULL, "");
	check_refused("<html>", NULL, "byte 0");
	check_refused(IMAGE "x", NULL, "");
	check_refused(IMAGE "{}", NULL, "behind the end");
	check_refused("\xef\xbb\xbf" IMAGE, NULL, "byte order mark");
}

/* --- defects --- */

static void check_manifest_defects(const char *json, const char *expected)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed, json, NULL, 1);
	check_defects(&parsed.manifest.defects, expected);
}

static void schema_versions(void **state)
{
	check_manifest_defects("{" CONFIG ",\"layers\":[]}", "schema_version /schemaVersion");
	check_manifest_defects("{\"schemaVersion\":1," CONFIG ",\"layers\":[]}", "schema_version /schemaVersion");
	check_manifest_defects("{\"schemaVersion\":\"2\"," CONFIG ",\"layers\":[]}",
			       "wrong_type /schemaVersion; schema_version /schemaVersion");
	check_manifest_defects("{\"manifests\":[]}", "schema_version /schemaVersion");
}

static void what_is_missing(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed, "{\"schemaVersion\":2,\"layers\":[{\"size\":1}]}", MEDIA_TYPE_OCI_MANIFEST, 1);
	check_defects(&parsed.manifest.defects, "missing /layers/0; missing ");
	assert_int_equal(parsed.manifest.layer_count, 1);
	assert_int_equal(parsed.manifest.config.size, INT_UNKNOWN);
	check_manifest_defects("{\"schemaVersion\":2," CONFIG "}", "");
}

static void names_in_another_case_are_read_as_go_does(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed,
		       "{\"SchemaVersion\":2,\"CONFIG\":{\"Digest\":\"" DIGEST_A "\"},\"layer\\u017f\":[" LAYER "]}",
		       NULL, 1);
	check_defects(
		&parsed.manifest.defects,
		"name_case /SchemaVersion; name_case /CONFIG; name_case /CONFIG/Digest; name_case /layer\xc5\xbf");
	check_slice(parsed.manifest.config.digest, DIGEST_A);
	assert_int_equal(parsed.manifest.layer_count, 1);
}

static void of_several_the_last_counts(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed,
		       "{\"schemaVersion\":2," CONFIG ",\"layers\":[" LAYER "," LAYER
		       "],\"layers\":[{\"digest\":\"" DIGEST_C "\"}],\"config\":{\"digest\":\"" DIGEST_B "\"}}",
		       NULL, 1);
	check_defects(&parsed.manifest.defects, "duplicate_member /layers; duplicate_member /config");
	assert_int_equal(parsed.manifest.layer_count, 1);
	check_slice(parsed.manifest.layers[0].digest, DIGEST_C);
	check_slice(parsed.manifest.config.digest, DIGEST_B);
	check_slice(parsed.manifest.config.media_type, OCI_CONFIG_TYPE); /* merged */
}

static void a_subject_of_null_is_none(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed, "{" BARE_IMAGE ",\"subject\":" MEMBER ",\"Subject\":null}", NULL, 1);
	assert_null(parsed.manifest.subject.digest.data);
}

static char *fill(struct arena *arena, const char *head, const char *item, size_t count, const char *tail)
{
	size_t head_len = strlen(head), item_len = strlen(item), tail_len = strlen(tail);
	char *text = arena_bytes(arena, head_len + count * item_len + tail_len + 1), *at = text;
	assert_non_null(text);
	memcpy(at, head, head_len);
	at += head_len;
	for (size_t i = 0; i < count; i++, at += item_len)
		memcpy(at, item, item_len);
	memcpy(at, tail, tail_len + 1);
	return text;
}

static void more_descriptors_than_are_read(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	char *json = fill(&arena, "{\"schemaVersion\":2,\"manifests\":[", "{\"digest\":\"sha256:a\"},",
			  LIMIT_DESCRIPTORS, "[{}]]}");
	parse_manifest(&parsed, json, NULL, 1);
	assert_int_equal(parsed.manifest.member_count, LIMIT_DESCRIPTORS);
	assert_int_equal(parsed.manifest.defects.len, LIMIT_OCI_DEFECTS);
	/* One for each bad digest, and one for what is too many. */
	const struct oci_defect *last = &parsed.manifest.defects.items[LIMIT_OCI_DEFECTS - 1];
	assert_string_equal(last->code, "too_many");
	check_slice(last->message, "19952 more defects");
}

static void a_body_that_no_registry_takes(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	size_t blanks = LIMIT_MANIFEST_BODY_BYTES - strlen(IMAGE);
	parse_manifest(&parsed, fill(&arena, IMAGE, " ", blanks, ""), NULL, 1);
	check_refused(fill(&arena, IMAGE, " ", blanks + 1, ""), NULL, "larger");
}

static void nested_too_deeply(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	check_refused(fill(&arena, "{\"x\":", "[", LIMIT_JSON_DEPTH, ""), NULL, "deeper");
}

/* The memory of one image is bounded: what needs more is refused, and no failure. */
static void a_body_that_takes_too_much_memory(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES), small = ARENA_INIT(LIMIT_MIB);
	struct oci_manifest manifest;
	struct error *err = NULL;
	char *json = fill(&arena, "{\"schemaVersion\":2,\"manifests\":[{}", ",{}", LIMIT_DESCRIPTORS - 1, "]}");
	assert_int_equal(oci_manifest_parse(slice_of(json), SLICE_NONE, &small, &manifest, &err), 0);
	check_slice(manifest.refused, "larger or deeper than can be read here");
	arena_release(&small);
}

/* --- whatever the bytes --- */

#define RICH                                                                                                               \
	"{\"schemaVersion\":2,\"mediaType\":\"" MEDIA_TYPE_OCI_MANIFEST "\",\"config\":{" DESCRIPTOR_MEMBERS(              \
		OCI_CONFIG_TYPE, DIGEST_A,                                                                                 \
		5) ",\"data\":\"aGVsbG8=\"},\"layers\":[" LAYER                                                            \
		   ",{\"digest\":\"sha256:x\",\"urls\":[\"a\\n\",\"b\"],\"size\":-1}],\"annotations\":{\"a\":\"\\u00e4\"," \
		   "\"a\":\"b\"},\"subject\":{},\"manifests\":null}"

static void check_variant(struct slice variant, size_t at, void *data)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	struct error *err = NULL;
	struct oci_manifest manifest;
	int got = oci_manifest_parse(variant, SLICE_NONE, &arena, &manifest, &err);
	check_ok(got, &err);
	assert_true(got == 1 || manifest.refused.data);
	if (data && got != 0)
		fail_msg("cut to %zu bytes it was read", at);
}

static void cut_at_every_byte(void **state)
{
	char cut[] = "cut";
	mangle_truncate(SLICE(RICH), check_variant, cut);
}

static void each_bit_flipped(void **state)
{
	mangle_flip(SLICE(RICH), check_variant, NULL);
	mangle_none(SLICE(INDEX), check_variant, NULL);
}

static int parse_rich(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	struct oci_manifest manifest;
	int got = oci_manifest_parse(slice_of(data), SLICE_NONE, &arena, &manifest, err);
	return got < 0 ? -1 : 0;
}

static void every_allocation_fails(void **state)
{
	char rich[] = RICH, two[] = "{" BARE_INDEX ",\"config\":{}}", broken[] = "{\"config\":{},";
	torture(parse_rich, rich);
	torture(parse_rich, two);
	torture(parse_rich, broken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_image),
		cmocka_unit_test(an_index),
		cmocka_unit_test(an_index_without_members),
		cmocka_unit_test(artifacts_are_told_from_images_by_their_config),
		cmocka_unit_test(the_dead_artifact_manifest),
		cmocka_unit_test(attestations_of_buildkit),
		cmocka_unit_test(its_media_type),
		cmocka_unit_test(what_can_be_read_as_two_things_is_refused),
		cmocka_unit_test(null_is_no_second_thing),
		cmocka_unit_test(body_and_content_type_must_agree),
		cmocka_unit_test(a_content_type_that_says_nothing_is_a_defect),
		cmocka_unit_test(what_is_no_manifest),
		cmocka_unit_test(schema_versions),
		cmocka_unit_test(what_is_missing),
		cmocka_unit_test(names_in_another_case_are_read_as_go_does),
		cmocka_unit_test(of_several_the_last_counts),
		cmocka_unit_test(a_subject_of_null_is_none),
		cmocka_unit_test(more_descriptors_than_are_read),
		cmocka_unit_test(a_body_that_no_registry_takes),
		cmocka_unit_test(nested_too_deeply),
		cmocka_unit_test(a_body_that_takes_too_much_memory),
		cmocka_unit_test(cut_at_every_byte),
		cmocka_unit_test(each_bit_flipped),
		cmocka_unit_test(every_allocation_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
