#include "oci/walk/walk.h"

#include "support/check.h"
#include "support/torture.h"
#include "walk_lab.h"

static void a_tag_leads_to_its_manifest_and_config(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice digest = lab_image(&lab, "acme/web", "web");
	lab_tag(&lab, "acme/web", "1.0", digest);
	lab_walk_all(&lab);

	const struct tag *tag = lab_find(&lab, &tag_type, "tag", SLICE("1.0"));
	assert_non_null(tag);
	check_slice(tag->registry, "reg.example");
	check_slice(tag->repository, "acme/web");
	assert_true(slice_equal(tag->digest, digest));
	assert_int_equal(tag->since, 1000);
	const struct manifest *manifest = lab_find(&lab, &manifest_type, "digest", digest);
	assert_non_null(manifest);
	check_slice(manifest->kind, "image");
	assert_int_equal(manifest->config_read, BOOL_TRUE);
	check_slice(manifest->architecture, "amd64");
	assert_int_equal(lab_count(&lab, &manifest_type), 1);
	assert_int_equal(lab_count(&lab, &image_content_type), 2);
	assert_int_equal(lab_count(&lab, &registry_answer_type), 0);
	check_covered(&lab, "Repository", "*", "complete", NULL);
	check_covered(&lab, "Tag", "acme/web", "complete", NULL);
	check_covered(&lab, "Manifest", "acme/web", "complete", NULL);
	assert_true(lab.result.complete);
	assert_false(lab.result.interrupted);
	assert_int_equal(lab.result.repositories, 1);
	assert_int_equal(lab.result.tags, 1);
	assert_int_equal(lab.result.manifests, 1);
	lab_release(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tag_leads_to_its_manifest_and_config),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
