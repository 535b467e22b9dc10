#include "format_check.h"
#include "model/field.h"
#include "oci/format/manifest.h"
#include "support/check.h"

#define V1(text) "{\"v1Compatibility\":\"" text "\"}"

static void layers_and_history_are_turned_around(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed,
		       "{\"schemaVersion\":1,\"name\":\"library/x\",\"tag\":\"1\",\"architecture\":\"amd64\","
		       "\"fsLayers\":[{\"blobSum\":\"" DIGEST_C "\"},{\"blobSum\":\"" DIGEST_B "\"},"
		       "{\"blobSum\":\"" DIGEST_A "\"}],\"history\":[" V1("{\\\"id\\\":\\\"c\\\"}") "," V1("b") "," V1(
			       "a") "],\"signatures\":[{}]}",
		       MEDIA_TYPE_DOCKER_SIGNED, 1);
	const struct oci_manifest *m = &parsed.manifest;
	assert_int_equal(m->kind, OCI_SCHEMA1);
	check_slice(m->media_type, MEDIA_TYPE_DOCKER_SIGNED);
	check_slice(m->schema1_architecture, "amd64");
	assert_int_equal(m->layer_count, 3);
	check_slice(m->layers[0].digest, DIGEST_A);
	check_slice(m->layers[1].digest, DIGEST_B);
	check_slice(m->layers[2].digest, DIGEST_C);
	assert_int_equal(m->layers[2].size, INT_UNKNOWN);
	check_list(m->v1_compatibility, "a|b|{\"id\":\"c\"}");
	assert_null(m->config.digest.data);
	check_defects(&m->defects, "");
}

/* Old registries serve it as any JSON. */
static void known_by_its_form(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed, "{\"schemaVersion\":1,\"fsLayers\":[],\"history\":[]}", "application/json", 1);
	assert_int_equal(parsed.manifest.kind, OCI_SCHEMA1);
	check_slice(parsed.manifest.media_type, MEDIA_TYPE_DOCKER_SCHEMA1);
	parse_manifest(&parsed, "{\"schemaVersion\":1}", MEDIA_TYPE_DOCKER_SCHEMA1, 1);
	assert_int_equal(parsed.manifest.kind, OCI_SCHEMA1);
	assert_int_equal(parsed.manifest.layer_count, 0);
}

static void history_without_layers_is_a_defect(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed, "{\"schemaVersion\":1,\"fsLayers\":[{\"blobSum\":\"" DIGEST_A "\"}],\"history\":[]}",
		       NULL, 1);
	check_defects(&parsed.manifest.defects, "history_mismatch ");
}

static void what_is_malformed_keeps_its_place(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed,
		       "{\"schemaVersion\":1,\"fsLayers\":[{\"blobSum\":\"no\"},7,{\"blobSum\":\"" DIGEST_A "\"}],"
		       "\"history\":[[],{\"v1Compatibility\":{}}," V1("a") "]}",
		       NULL, 1);
	assert_int_equal(parsed.manifest.layer_count, 3);
	check_slice(parsed.manifest.layers[0].digest, DIGEST_A);
	assert_null(parsed.manifest.layers[1].digest.data);
	assert_null(parsed.manifest.layers[2].digest.data);
	check_list(parsed.manifest.v1_compatibility, "a||");
	check_defects(&parsed.manifest.defects, "bad_digest /fsLayers/0/blobSum; wrong_type /fsLayers/1; "
						"wrong_type /history/0; wrong_type /history/1/v1Compatibility");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layers_and_history_are_turned_around),
		cmocka_unit_test(known_by_its_form),
		cmocka_unit_test(history_without_layers_is_a_defect),
		cmocka_unit_test(what_is_malformed_keeps_its_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
