#include "base/limits.h"
#include "format_check.h"
#include "oci/format/config.h"
#include "support/check.h"
#include "support/torture.h"

/* Newest first, as it is written. */
#define NEWEST                                                                                                         \
	"{\\\"id\\\":\\\"c\\\",\\\"created\\\":\\\"2016-02-01T00:00:00Z\\\",\\\"author\\\":\\\"me\\\","                \
	"\\\"architecture\\\":\\\"amd64\\\",\\\"os\\\":\\\"linux\\\",\\\"throwaway\\\":true,"                          \
	"\\\"config\\\":{\\\"Cmd\\\":[\\\"/run\\\"],\\\"Env\\\":[\\\"A=1\\\"],\\\"User\\\":\\\"app\\\"},"              \
	"\\\"container_config\\\":{\\\"Cmd\\\":[\\\"/bin/sh\\\",\\\"-c\\\",\\\"#(nop) CMD [\\\\\\\"/run\\\\\\\"]\\\"]}}"
#define OLDEST                                                                                                         \
	"{\\\"id\\\":\\\"a\\\",\\\"created\\\":\\\"2015-01-01T00:00:00Z\\\",\\\"comment\\\":\\\"base\\\","             \
	"\\\"config\\\":{\\\"User\\\":\\\"root\\\",\\\"WorkingDir\\\":\\\"/old\\\"},"                                  \
	"\\\"container_config\\\":{\\\"Cmd\\\":[\\\"ADD file\\\"]}}"
#define MANIFEST(middle)                                                                                               \
	"{\"schemaVersion\":1,\"architecture\":\"s390x\",\"fsLayers\":[{\"blobSum\":\"" DIGEST_C                       \
	"\"},{\"blobSum\":\"" DIGEST_B "\"},{\"blobSum\":\"" DIGEST_A                                                  \
	"\"}],\"history\":[{\"v1Compatibility\":\"" NEWEST "\"},{\"v1Compatibility\":\"" middle                        \
	"\"},{\"v1Compatibility\":\"" OLDEST "\"}]}"

static void parse(struct parsed *parsed, const char *json)
{
	struct error *err = NULL;
	parse_manifest(parsed, json, NULL, 1);
	assert_int_equal(oci_config_of_schema1(&parsed->manifest, &parsed->arena, &parsed->config, &err), 1);
}

static void dates_and_history(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse(&parsed, MANIFEST("{\\\"created\\\":\\\"2015-06-01T00:00:00Z\\\",\\\"author\\\":\\\"x\\\"}"));
	const struct oci_config *c = &parsed.config;
	assert_int_equal(c->history_count, 3);
	check_slice(c->history[0].created.text, "2015-01-01T00:00:00Z");
	check_slice(c->history[0].created_by, "ADD file");
	check_slice(c->history[0].comment, "base");
	assert_false(c->history[0].empty_layer);
	check_slice(c->history[1].created.text, "2015-06-01T00:00:00Z");
	assert_null(c->history[1].created_by.data);
	check_slice(c->history[1].author, "x");
	check_slice(c->history[2].created_by, "/bin/sh -c #(nop) CMD [\"/run\"]");
	assert_true(c->history[2].empty_layer);
	check_defects(&c->defects, "");
}

/* What older entries say of the config is theirs alone. */
static void the_newest_tells_the_config(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse(&parsed, MANIFEST("{}"));
	const struct oci_config *c = &parsed.config;
	check_slice(c->created.text, "2016-02-01T00:00:00Z");
	assert_int_equal(c->created.dating, OCI_DATED);
	check_slice(c->author, "me");
	check_slice(c->platform.architecture, "amd64");
	check_slice(c->platform.os, "linux");
	check_slice(c->user, "app");
	check_list(c->command, "/run");
	check_list(c->environment, "A=1");
	assert_null(c->working_dir.data);
	assert_false(c->has_rootfs);
	assert_int_equal(c->diff_ids.len, 0);
}

static void what_is_no_json_is_a_defect_of_its_place(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse(&parsed, MANIFEST("no"));
	assert_int_equal(parsed.config.history_count, 3);
	assert_int_equal(parsed.config.history[1].created.dating, OCI_UNDATED);
	check_slice(parsed.config.history[0].created_by, "ADD file");
	check_defects(&parsed.config.defects, "no_json /history/1/v1Compatibility");
	parse(&parsed, MANIFEST("{\\\"created\\\":\\\"x\\\"}"));
	check_defects(&parsed.config.defects, "bad_date /history/1/v1Compatibility/created");
}

static void the_manifest_knows_the_architecture_too(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse(&parsed, "{\"schemaVersion\":1,\"architecture\":\"s390x\",\"fsLayers\":[{\"blobSum\":\"" DIGEST_A
		       "\"}],\"history\":[{\"v1Compatibility\":\"{}\"}]}");
	check_slice(parsed.config.platform.architecture, "s390x");
}

static void without_history_nothing_is_known(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse(&parsed, "{\"schemaVersion\":1,\"fsLayers\":[]}");
	assert_int_equal(parsed.config.history_count, 0);
	assert_int_equal(parsed.config.created.dating, OCI_UNDATED);
}

static int parse_all(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	struct oci_manifest manifest;
	struct oci_config config;
	if (oci_manifest_parse(slice_of(data), SLICE_NONE, &arena, &manifest, err) < 0)
		return -1;
	return oci_config_of_schema1(&manifest, &arena, &config, err);
}

static void every_allocation_fails(void **state)
{
	char good[] = MANIFEST("{}"), bad[] = MANIFEST("{");
	torture(parse_all, good);
	torture(parse_all, bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_and_history),
		cmocka_unit_test(the_newest_tells_the_config),
		cmocka_unit_test(what_is_no_json_is_a_defect_of_its_place),
		cmocka_unit_test(the_manifest_knows_the_architecture_too),
		cmocka_unit_test(without_history_nothing_is_known),
		cmocka_unit_test(every_allocation_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
