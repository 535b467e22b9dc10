#include "oci/walk/walk_internal.h"

#include "support/check.h"
#include "walk_lab.h"

/* --- since when a tag stands there --- */
static int known_tag(const void *data, struct slice registry, struct slice repository, struct slice tag,
		     struct slice *ret_digest, int64_t *ret_since)
{
	if (!slice_equal_text(registry, "reg.example") || !slice_equal_text(repository, "acme/web") ||
	    !slice_equal_text(tag, "1.0"))
		return 0;
	*ret_digest = *(const struct slice *)data;
	*ret_since = 77;
	return 1;
}

static int64_t since_of_a_tag_known_at(struct slice known_digest, struct slice (*choose)(struct slice))
{
	struct lab lab;
	lab_init(&lab);
	struct slice digest = lab_image(&lab, "acme/web", "web");
	lab_tag(&lab, "acme/web", "1.0", digest);
	struct slice before = choose ? choose(digest) : known_digest;
	const struct image_known known = { .tag = known_tag, .data = &before };
	lab.options.known = &known;
	lab_walk_all(&lab);
	const struct tag *tag = lab_find(&lab, &tag_type, "tag", SLICE("1.0"));
	int64_t since = tag->since;
	lab_release(&lab);
	return since;
}

static struct slice the_same(struct slice digest)
{
	return digest;
}

static void a_tag_that_did_not_move_keeps_its_since(void **state)
{
	assert_int_equal(since_of_a_tag_known_at(SLICE_NONE, the_same), 77);
}

static void a_tag_that_moved_stands_there_since_this_read(void **state)
{
	assert_int_equal(since_of_a_tag_known_at(SLICE(NOWHERE), NULL), 1000);
}

/* --- names in records --- */
static int split(const void *data, struct slice repository, struct slice *ret_registry, struct slice *ret_path)
{
	if (!slice_cut(repository, '/', ret_registry, ret_path)) {
		*ret_registry = SLICE("");
		*ret_path = SLICE("the layout");
		return 0;
	}
	return 1;
}

static void names_of_a_layout_are_split_for_records(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab.options.split = split;
	lab_tag(&lab, "docker.io/acme/web", "1.0", lab_image(&lab, "docker.io/acme/web", "web"));
	lab_tag(&lab, "", "a tag of its own", lab_image(&lab, "", "unnamed"));
	lab_walk_all(&lab);
	const struct tag *tag = lab_find(&lab, &tag_type, "tag", SLICE("1.0"));
	check_slice(tag->registry, "docker.io");
	check_slice(tag->repository, "acme/web");
	tag = lab_find(&lab, &tag_type, "tag", SLICE("a tag of its own"));
	check_slice(tag->registry, "");
	check_slice(tag->repository, "the layout");
	check_covered(&lab, "Tag", "acme/web", "complete", NULL);
	check_covered(&lab, "Tag", "the layout", "complete", NULL);
	assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_TAG, "docker.io/acme/web", SLICE("1.0")), 1);
	lab_release(&lab);
}

/* --- defects --- */
static void a_defect_names_the_repository_and_the_digest(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice digest = source_memory_manifest(
		&lab.source, "acme/web", OCI_INDEX_TYPE,
		SLICE("{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX_TYPE "\",\"manifests\":[{\"mediaType\":"
		      "\"" OCI_MANIFEST_TYPE "\",\"digest\":\"sha256:short\",\"size\":1}]}"));
	lab_tag(&lab, "acme/web", "1.0", digest);
	lab_walk_all(&lab);
	const struct defect *defect = lab_find(&lab, &defect_type, "object", digest);
	assert_non_null(defect);
	check_slice(defect->object_kind, "Image");
	check_slice(defect->namespace, "acme/web");
	check_slice(defect->code, "bad_digest");
	check_slice(defect->place, "/manifests/0/digest");
	assert_true(lab.result.defects > 0);
	lab_release(&lab);
}

static void defects_of_a_config_are_the_configs(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice config = source_memory_blob(&lab.source, "acme/web", SLICE("{\"created\":5}"));
	lab_tag(&lab, "acme/web", "1.0", lab_manifest_of(&lab, "acme/web", OCI_CONFIG_TYPE, config));
	lab_walk_all(&lab);
	const struct defect *defect = lab_find(&lab, &defect_type, "object", config);
	assert_non_null(defect);
	check_slice(defect->place, "/created");
	lab_release(&lab);
}

/* --- tokens --- */
static void what_a_registry_says_is_kept_without_tokens(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab_tag(&lab, "acme/web", "1.0", SLICE(NOWHERE));
	struct memory_answer *answer = source_memory_answer(&lab.source, IMAGE_ASK_TAG, "acme/web", SLICE("1.0"));
	answer->outcome = IMAGE_FORBIDDEN;
	answer->why = SLICE("no right for dckr_pat_MADEUPmadeupMADEUPmadeup12345");
	lab_walk_all(&lab);
	const struct registry_answer *put = lab_answer(&lab, "acme/web", SLICE("1.0"));
	assert_non_null(put);
	check_slice(put->outcome, "forbidden");
	assert_true(slice_contains(put->why, "no right for"));
	assert_false(slice_contains(put->why, "MADEUP"));
	assert_false(slice_contains(lab_coverage(&lab, "Tag", "acme/web")->why, "MADEUP"));
	assert_false(slice_contains(lab.result.why, "MADEUP"));
	lab_release(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tag_that_did_not_move_keeps_its_since),
		cmocka_unit_test(a_tag_that_moved_stands_there_since_this_read),
		cmocka_unit_test(names_of_a_layout_are_split_for_records),
		cmocka_unit_test(a_defect_names_the_repository_and_the_digest),
		cmocka_unit_test(defects_of_a_config_are_the_configs),
		cmocka_unit_test(what_a_registry_says_is_kept_without_tokens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
