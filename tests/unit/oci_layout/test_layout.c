/* What a layout answers, whether it is a folder or an archive. */
#include "oci/layout/layout.h"

#include <archive.h>
#include <stdlib.h>

#include "base/limits.h"
#include "oci_layout/making.h"
#include "support/mangle.h"
#include "support/torture.h"

#define INDEX_OF(descriptors) "{\"schemaVersion\":2,\"manifests\":[" descriptors "]}"
#define NAMED(name) "{\"digest\":\"%s\",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" name "\"}}"

static void test_a_folder_and_each_kind_of_tar_tell_the_same(void **state)
{
	static const int filters[] = { ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD,
				       ARCHIVE_FILTER_XZ };
	CLEANUP(making_release) struct making m;
	making_usual(&m);
	assert_string_equal(making_tell_folder(&m), "docker.io/acme/web:1.0=web present; ");
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
		assert_string_equal(making_tell_tar(&m, filters[i]), "docker.io/acme/web:1.0=web present; ");
}

static void test_bytes_are_those_of_the_digest(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(making_release) struct making m;
	CLEANUP(image_layout_freep) struct image_layout *layout = NULL;
	struct error *err = NULL;
	making_usual(&m);
	making_write(&m, &scratch);
	assert_int_equal(image_layout_open(scratch.path, &layout, &err), 1);
	const char *config = making_config_of(&m, "web");
	struct image_answer answer = making_ask(layout, IMAGE_ASK_BLOB, "docker.io/acme/web", config);
	char name[128];
	snprintf(name, sizeof name, "blobs/sha256/%s", config + 7);
	assert_int_equal(answer.outcome, IMAGE_PRESENT);
	assert_true(answer.verified);
	assert_true(slice_equal(answer.bytes, making_bytes(&m, name)));
	check_slice(answer.digest, config);
}

static void test_a_blob_that_is_not_what_its_digest_says_is_invalid(void **state)
{
	CLEANUP(making_release) struct making m;
	making_usual(&m);
	for (size_t i = 0; i < m.count; i++)
		if (strstr(m.files[i].bytes.data, "schemaVersion") && strstr(m.files[i].name, "blobs"))
			m.files[i].bytes = SLICE("{\"schemaVersion\":2}");
	assert_string_equal(making_tell_folder(&m), "docker.io/acme/web:1.0=web invalid; ");
	assert_string_equal(making_tell_tar(&m, ARCHIVE_FILTER_NONE), "docker.io/acme/web:1.0=web invalid; ");
}

static void test_a_blob_that_is_not_there_is_absent(void **state)
{
	CLEANUP(making_release) struct making m;
	making_init(&m);
	making_add(&m, "oci-layout", SLICE(MARK));
	making_add(&m, "index.json",
		   SLICE(INDEX_OF("{\"digest\":\"sha256:"
				  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}")));
	const char *expected = "@sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad absent; ";
	assert_string_equal(making_tell_folder(&m), expected);
	assert_string_equal(making_tell_tar(&m, ARCHIVE_FILTER_NONE), expected);
}

static void test_a_blob_larger_than_its_descriptor_is_invalid(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(making_release) struct making m;
	CLEANUP(image_layout_freep) struct image_layout *layout = NULL;
	struct image_answer answer;
	struct error *err = NULL;
	making_usual(&m);
	making_write(&m, &scratch);
	assert_int_equal(image_layout_open(scratch.path, &layout, &err), 1);
	struct image_source *source = image_layout_source(layout);
	struct image_ask ask = { .type = IMAGE_ASK_BLOB,
				 .reference = slice_of(making_config_of(&m, "web")),
				 .size = 10 };
	check_ok(source->ops->ask(source, &ask, NULL, &err), &err);
	assert_int_equal(source->ops->next(source, 0, &answer, &err), 1);
	assert_int_equal(answer.outcome, IMAGE_INVALID);
	check_slice(answer.why, "larger than its descriptor says");
	assert_int_equal(source->ops->next(source, 0, &answer, &err), 0);
}

static void test_what_the_source_has_no_name_for(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(making_release) struct making m;
	CLEANUP(image_layout_freep) struct image_layout *layout = NULL;
	struct error *err = NULL;
	making_usual(&m);
	making_write(&m, &scratch);
	assert_int_equal(image_layout_open(scratch.path, &layout, &err), 1);
	assert_int_equal(making_ask(layout, IMAGE_ASK_TAGS, "docker.io/acme/other", NULL).outcome, IMAGE_ABSENT);
	assert_int_equal(making_ask(layout, IMAGE_ASK_TAG, "docker.io/acme/web", "2.0").outcome, IMAGE_ABSENT);
	assert_int_equal(
		making_ask(layout, IMAGE_ASK_REFERRERS, "docker.io/acme/web", making_config_of(&m, "web")).outcome,
		IMAGE_UNSUPPORTED);
	assert_int_equal(making_ask(layout, IMAGE_ASK_MANIFEST, "docker.io/acme/web", "../../etc/passwd").outcome,
			 IMAGE_INVALID);
}

static void test_asks_are_answered_in_their_order_and_those_left_are_given_back(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(making_release) struct making m;
	CLEANUP(image_layout_freep) struct image_layout *layout = NULL;
	struct error *err = NULL;
	struct image_answer answer;
	int owners[3];
	making_usual(&m);
	making_write(&m, &scratch);
	assert_int_equal(image_layout_open(scratch.path, &layout, &err), 1);
	struct image_source *source = image_layout_source(layout);
	assert_int_equal(source->ops->width(source), 1);
	for (size_t i = 0; i < 3; i++)
		check_ok(source->ops->ask(source, &(struct image_ask){ .type = IMAGE_ASK_REPOSITORIES }, &owners[i],
					  &err),
			 &err);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(source->ops->next(source, -1, &answer, &err), 1);
		assert_ptr_equal(answer.owner, &owners[i]);
	}
}

static void test_what_docker_save_wrote_is_its_config(void **state)
{
	CLEANUP(making_release) struct making m;
	making_docker(&m);
	const char *expected = "docker.io/acme/web:1.0=the config present as a config; "
			       "docker.io/acme/web:latest=the config present as a config; ";
	assert_string_equal(making_tell_tar(&m, ARCHIVE_FILTER_NONE), expected);
	assert_string_equal(making_tell_tar(&m, ARCHIVE_FILTER_GZIP), expected);
	assert_string_equal(making_tell_folder(&m), expected); /* unpacked by somebody */
}

static void test_what_is_no_layout(void **state)
{
	CLEANUP(making_release) struct making m;
	struct image_layout *layout = NULL;
	struct error *err = NULL;
	making_init(&m);
	making_add(&m, "pods.json", SLICE("{\"kind\":\"List\"}"));
	making_add(&m, "manifest.json", SLICE("{\"schema\":\"fother.snapshot/1\"}"));
	assert_null(making_tell_tar(&m, ARCHIVE_FILTER_NONE));
	assert_null(making_tell_folder(&m));
	assert_int_equal(making_open(SLICE("{\"kind\":\"List\"}"), NULL, &layout, &err), 0);
	assert_int_equal(making_open(SLICE(""), NULL, &layout, &err), 0);
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	assert_int_equal(image_layout_open(scratch_path(&scratch, "gone"), &layout, &err), -1);
	check_error(&err, ERROR_SYSTEM, "cannot be opened");
}

static void test_a_repository_is_split_at_its_registry(void **state)
{
	struct slice name = SLICE("web"), registry, path;
	assert_int_equal(image_layout_split(&name, SLICE("reg.example:5000/acme/web"), &registry, &path), 0);
	check_slice(registry, "reg.example:5000");
	check_slice(path, "acme/web");
	assert_int_equal(image_layout_split(&name, SLICE(""), &registry, &path), 0);
	check_slice(registry, "");
	check_slice(path, "web");
}

static void test_marks(void **state)
{
	assert_true(image_layout_marks(SLICE("oci-layout"), SLICE(MARK)));
	assert_false(image_layout_marks(SLICE("oci-layout"), SLICE("imageLayoutVersion")));
	assert_true(image_layout_marks(SLICE("manifest.json"), SLICE(" [ {\"Config\":\"a.json\"")));
	assert_true(image_layout_marks(SLICE("manifest.json"), SLICE("[{\"RepoTags\":null,")));
	assert_false(image_layout_marks(SLICE("manifest.json"), SLICE("{\"Config\":1}")));
	assert_false(image_layout_marks(SLICE("manifest.json"), SLICE("[1,\"Config\"]")));
	assert_false(image_layout_marks(SLICE("other.json"), SLICE("[{\"Config\":\"a.json\"")));
}

/* --- damage --- */
static int ask_all(struct image_layout *layout, struct error **err)
{
	struct image_source *source = image_layout_source(layout);
	for (size_t i = 0; i < image_layout_unnamed_count(layout); i++) {
		struct image_ask ask = { .type = IMAGE_ASK_MANIFEST,
					 .repository = image_layout_unnamed(layout, i).repository,
					 .reference = image_layout_unnamed(layout, i).digest };
		struct image_answer answer;
		if (source->ops->ask(source, &ask, NULL, err) < 0 || source->ops->next(source, 0, &answer, err) < 0)
			return -1;
	}
	struct image_answer answer;
	struct image_ask ask = { .type = IMAGE_ASK_REPOSITORIES };
	if (source->ops->ask(source, &ask, NULL, err) < 0 || source->ops->next(source, 0, &answer, err) < 0)
		return -1;
	ask = (struct image_ask){ .type = IMAGE_ASK_TAGS, .repository = SLICE("docker.io/acme/web") };
	return source->ops->ask(source, &ask, NULL, err) < 0 || source->ops->next(source, 0, &answer, err) < 0 ? -1 : 0;
}

static void open_mangled(struct slice variant, size_t at, void *data)
{
	CLEANUP(image_layout_freep) struct image_layout *layout = NULL;
	struct error *err = NULL;
	const size_t *whole = data;
	check_ok(making_open(variant, NULL, &layout, &err), &err);
	if (!layout)
		return;
	check_ok(ask_all(layout, &err), &err);
	if (!whole || at >= *whole)
		return;
	bool lost = false;
	for (size_t i = 0; i < image_layout_problem_count(layout); i++)
		lost = lost || image_layout_problem(layout, i)->lost;
	assert_true(lost);
}

static void test_a_cut_archive_says_that_something_is_lost(void **state)
{
	CLEANUP(making_release) struct making m;
	making_usual(&m);
	CLEANUP(tar_release) struct tar_bytes tar = making_tar(&m, ARCHIVE_FILTER_NONE);
	size_t whole = tar.len - 1024; /* from there on only zeros are missing */
	mangle_truncate(tar_slice(&tar), open_mangled, &whole);
	CLEANUP(tar_release) struct tar_bytes packed = making_tar(&m, ARCHIVE_FILTER_GZIP);
	mangle_truncate(tar_slice(&packed), open_mangled, NULL);
}

static void test_flipped_bits(void **state)
{
	CLEANUP(making_release) struct making m;
	making_docker(&m);
	CLEANUP(tar_release) struct tar_bytes tar = making_tar(&m, ARCHIVE_FILTER_GZIP);
	mangle_flip(tar_slice(&tar), open_mangled, NULL);
}

static void test_a_cut_archive_gives_what_came_before(void **state)
{
	CLEANUP(making_release) struct making m;
	CLEANUP(image_layout_freep) struct image_layout *layout = NULL;
	struct error *err = NULL;
	making_usual(&m); /* blobs come first, as skopeo writes them */
	CLEANUP(tar_release) struct tar_bytes tar = making_tar(&m, ARCHIVE_FILTER_NONE);
	assert_int_equal(making_open(slice_part(tar_slice(&tar), 0, 4 * 512 + 100), NULL, &layout, &err), 1);
	assert_string_equal(making_tell(&m, layout),
			    "@web present; !damaged_archive , lost; !missing index.json, lost; ");
	assert_int_equal(making_ask(layout, IMAGE_ASK_BLOB, "",
				    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
				 .outcome,
			 IMAGE_FAILED);
}

static int open_tortured(void *data, struct error **err)
{
	CLEANUP(image_layout_freep) struct image_layout *layout = NULL;
	const struct slice *bytes = data;
	int opened = bytes->data[0] == '/' ? image_layout_open(bytes->data, &layout, err)
					   : making_open(*bytes, NULL, &layout, err);
	return opened < 0 || (layout && ask_all(layout, err) < 0) ? -1 : 0;
}

static void test_every_allocation_may_fail(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(making_release) struct making m, docker;
	making_usual(&m);
	making_docker(&docker);
	making_write(&m, &scratch);
	struct slice path = slice_of(scratch.path);
	torture(open_tortured, &path);
	CLEANUP(tar_release) struct tar_bytes tar = making_tar(&m, ARCHIVE_FILTER_NONE);
	struct slice bytes = tar_slice(&tar), cut = slice_part(bytes, 0, 4 * 512 + 100);
	torture(open_tortured, &bytes);
	torture(open_tortured, &cut);
	CLEANUP(tar_release) struct tar_bytes saved = making_tar(&docker, ARCHIVE_FILTER_NONE);
	bytes = tar_slice(&saved);
	torture(open_tortured, &bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_folder_and_each_kind_of_tar_tell_the_same),
		cmocka_unit_test(test_bytes_are_those_of_the_digest),
		cmocka_unit_test(test_a_blob_that_is_not_what_its_digest_says_is_invalid),
		cmocka_unit_test(test_a_blob_that_is_not_there_is_absent),
		cmocka_unit_test(test_a_blob_larger_than_its_descriptor_is_invalid),
		cmocka_unit_test(test_what_the_source_has_no_name_for),
		cmocka_unit_test(test_asks_are_answered_in_their_order_and_those_left_are_given_back),
		cmocka_unit_test(test_what_docker_save_wrote_is_its_config),
		cmocka_unit_test(test_what_is_no_layout),
		cmocka_unit_test(test_a_repository_is_split_at_its_registry),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_a_cut_archive_says_that_something_is_lost),
		cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_a_cut_archive_gives_what_came_before),
		cmocka_unit_test(test_every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
