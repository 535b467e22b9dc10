/* What names the images of a layout. */
#include <archive.h>

#include "base/limits.h"
#include "oci/layout/layout_internal.h"
#include "oci_layout/making.h"
#include "support/mangle.h"

#define NAMED(annotation, name) "{\"digest\":\"%s\",\"annotations\":{\"" annotation "\":\"" name "\"}}"
#define REF_NAME "org.opencontainers.image.ref.name"
#define WHOLE_NAME "io.containerd.image.name"

/* A layout of two images, a and b, and an index in which both digests are put for %s. */
static const char *tell_index(const char *descriptors)
{
	static struct strbuf told;
	CLEANUP(making_release) struct making m;
	char text[4096];
	making_init(&m);
	const char *a = making_image(&m, "a"), *b = making_image(&m, "b");
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	const char *digests[] = { a, b };
	size_t used = 0;
	for (const char *at = descriptors; *at; at++) {
		if (at[0] == '%' && at[1] == 's') {
			strbuf_add_text(&out, digests[used++]);
			at++;
		} else {
			strbuf_add_char(&out, *at);
		}
	}
	snprintf(text, sizeof text, "{\"schemaVersion\":2,\"manifests\":[%s]}", strbuf_text(&out));
	making_add(&m, "index.json", slice_of(text));
	making_add(&m, "oci-layout", SLICE(MARK));
	strbuf_release(&told);
	told = (struct strbuf)STRBUF_INIT(LIMIT_MIB);
	strbuf_add_text(&told, making_tell_folder(&m));
	return strbuf_text(&told);
}

static void test_names_of_every_kind(void **state)
{
	assert_string_equal(tell_index(NAMED(REF_NAME, "latest")), ":latest=a present; ");
	assert_string_equal(tell_index(NAMED(REF_NAME, "acme/web:1.0")), "docker.io/acme/web:1.0=a present; ");
	assert_string_equal(tell_index(NAMED(REF_NAME, "web:1.0")), "docker.io/library/web:1.0=a present; ");
	assert_string_equal(tell_index(NAMED(REF_NAME, "reg.example:5000/web:1")),
			    "reg.example:5000/web:1=a present; ");
	assert_string_equal(tell_index(NAMED(WHOLE_NAME, "quay.io/a/b:c")), "quay.io/a/b:c=a present; ");
	assert_string_equal(tell_index("{\"digest\":\"%s\"}"), "@a present; ");
}

static void test_the_whole_name_goes_before_the_tag(void **state)
{
	assert_string_equal(tell_index("{\"digest\":\"%s\",\"annotations\":{\"" REF_NAME "\":\"1\",\"" WHOLE_NAME
				       "\":\"docker.io/acme/web:1\"}}"),
			    "docker.io/acme/web:1=a present; ");
}

static void test_a_name_without_a_tag_is_unnamed_in_its_repository(void **state)
{
	assert_string_equal(tell_index(NAMED(WHOLE_NAME, "docker.io/acme/web")), "docker.io/acme/web@a present; ");
}

static void test_a_name_that_is_none_is_told_and_the_image_kept(void **state)
{
	assert_string_equal(tell_index(NAMED(REF_NAME, "Not A Name")),
			    "@a present; !bad_name index.json /manifests/0; ");
	assert_string_equal(tell_index(NAMED(REF_NAME, "")), "@a present; !bad_name index.json /manifests/0; ");
}

static void test_one_name_for_two_images(void **state)
{
	assert_string_equal(tell_index(NAMED(REF_NAME, "1") "," NAMED(REF_NAME, "1")),
			    ":1=a present; @b present; !duplicate ; ");
}

static void test_two_names_for_one_image(void **state)
{
	CLEANUP(making_release) struct making m;
	making_init(&m);
	const char *a = making_image(&m, "a");
	making_add(&m, "oci-layout", SLICE(MARK));
	making_addf(&m, "index.json",
		    "{\"manifests\":[" NAMED(REF_NAME, "2") "," NAMED(REF_NAME, "1") ",{\"digest\":\"%s\"}]}", a, a, a);
	assert_string_equal(making_tell_folder(&m), ":1=a present; :2=a present; ");
}

static void test_descriptors_that_are_none(void **state)
{
	assert_string_equal(tell_index("7,{\"digest\":\"sha256:12\"},{\"digest\":7},[{}],{\"digest\":\"%s\"}"),
			    "@a present; !bad_descriptor index.json /manifests/0, lost; "
			    "!bad_descriptor index.json /manifests/1, lost; "
			    "!bad_descriptor index.json /manifests/2, lost; "
			    "!bad_descriptor index.json /manifests/3, lost; ");
	assert_string_equal(tell_index("{\"digest\":\"%s\",\"annotations\":[1]}"), "@a present; ");
}

static const char *tell_documents(const char *mark, const char *index)
{
	CLEANUP(making_release) struct making m;
	making_init(&m);
	making_add(&m, "oci-layout", slice_of(mark));
	if (index)
		making_add(&m, "index.json", slice_of(index));
	return making_tell_folder(&m);
}

static void test_an_index_that_is_none(void **state)
{
	assert_string_equal(tell_documents(MARK, "[]"), "!bad_document index.json, lost; ");
	assert_string_equal(tell_documents(MARK, "{}"), "!bad_document index.json, lost; ");
	assert_string_equal(tell_documents(MARK, "{\"manifests\":["), "!bad_document index.json byte 14, lost; ");
	assert_string_equal(tell_documents(MARK, ""), "!bad_document index.json byte 0, lost; ");
	assert_string_equal(tell_documents(MARK, NULL), "!missing index.json, lost; ");
}

static void test_the_version_of_a_layout(void **state)
{
	assert_string_equal(tell_documents("{\"imageLayoutVersion\":\"2.0.0\"}", "{\"manifests\":[]}"),
			    "!bad_version oci-layout /imageLayoutVersion; ");
	assert_string_equal(tell_documents("{\"imageLayoutVersion\":\"1.1.0\",\"x\":{}}", "{\"manifests\":[]}"), "");
}

/* --- manifest.json beside index.json --- */
static const char *tell_both(const char *name_in_index, const char *config_of)
{
	static struct strbuf told;
	CLEANUP(making_release) struct making m;
	making_init(&m);
	const char *a = making_image(&m, "a");
	making_image(&m, "b");
	making_add(&m, "oci-layout", SLICE(MARK));
	making_addf(&m, "index.json",
		    "{\"manifests\":[{\"digest\":\"%s\",\"annotations\":{\"" WHOLE_NAME "\":\"%s\"}}]}", a,
		    name_in_index);
	making_addf(&m, "manifest.json", "[{\"Config\":\"blobs/sha256/%s\",\"RepoTags\":[\"acme/web:1\"]}]",
		    making_config_of(&m, config_of) + strlen("sha256:"));
	strbuf_release(&told);
	told = (struct strbuf)STRBUF_INIT(LIMIT_MIB);
	strbuf_add_text(&told, making_tell_tar(&m, ARCHIVE_FILTER_NONE));
	return strbuf_text(&told);
}

static void test_the_index_counts_where_both_give_a_name(void **state)
{
	assert_string_equal(tell_both("docker.io/acme/web:1", "a"), "docker.io/acme/web:1=a present; ");
}

static void test_names_that_disagree_are_told_and_both_images_kept(void **state)
{
	assert_string_equal(tell_both("docker.io/acme/web:1", "b"),
			    "docker.io/acme/web:1=a present; docker.io/acme/web@config b present as a config; "
			    "!names_disagree manifest.json /0; ");
}

static void test_a_name_that_only_manifest_json_has(void **state)
{
	assert_string_equal(tell_both("docker.io/acme/other:1", "b"),
			    "docker.io/acme/other:1=a present; docker.io/acme/web:1=config b present as a config; ");
}

static void test_somebody_elses_manifest_json_is_left_alone(void **state)
{
	CLEANUP(making_release) struct making m;
	making_usual(&m);
	making_add(&m, "manifest.json", SLICE("{\"schema\":\"fother.images/1\"}"));
	assert_string_equal(making_tell_folder(&m), "docker.io/acme/web:1.0=web present; ");
}

static void test_images_without_names_in_manifest_json(void **state)
{
	CLEANUP(making_release) struct making m;
	making_docker(&m);
	m.files[5].bytes = arena_printf(&m.arena, "[{\"Config\":\"%s\",\"RepoTags\":null},{\"RepoTags\":[]},4]",
					m.files[4].name);
	assert_string_equal(making_tell_tar(&m, ARCHIVE_FILTER_NONE),
			    "@the config present as a config; !bad_descriptor manifest.json /1, lost; "
			    "!bad_descriptor manifest.json /2, lost; ");
}

/* --- hostile bytes --- */
static void read_mangled(struct slice variant, size_t at, void *data)
{
	int (*const *read)(struct image_layout *layout, struct slice text, struct error **err) = data;
	CLEANUP(image_layout_freep) struct image_layout *layout = NULL;
	struct error *err = NULL;
	layout = layout_new(&layout_folder_ops, &err);
	check_ok((*read)(layout, variant, &err), &err);
	check_ok(layout_settle(layout, &err), &err);
	check_ok(layout_find_unnamed(layout, &err), &err);
}

static void mangle(int (*read)(struct image_layout *layout, struct slice text, struct error **err), struct slice good)
{
	mangle_truncate(good, read_mangled, &read);
	mangle_flip(good, read_mangled, &read);
}

static void test_cut_and_flipped(void **state)
{
	mangle(layout_read_mark, SLICE(MARK));
	mangle(layout_read_index,
	       SLICE("{\"manifests\":[{\"mediaType\":\"m\",\"digest\":\"sha256:"
		     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",\"annotations\":{\"" REF_NAME
		     "\":\"docker.io/acme/web:1\"}}]}"));
	mangle(layout_read_docker,
	       SLICE("[{\"Config\":\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.json\",\"RepoTags\":"
		     "[\"acme/web:1\",\"acme/web:2\"],\"Layers\":[\"a\"]}]"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_of_every_kind),
		cmocka_unit_test(test_the_whole_name_goes_before_the_tag),
		cmocka_unit_test(test_a_name_without_a_tag_is_unnamed_in_its_repository),
		cmocka_unit_test(test_a_name_that_is_none_is_told_and_the_image_kept),
		cmocka_unit_test(test_one_name_for_two_images),
		cmocka_unit_test(test_two_names_for_one_image),
		cmocka_unit_test(test_descriptors_that_are_none),
		cmocka_unit_test(test_an_index_that_is_none),
		cmocka_unit_test(test_the_version_of_a_layout),
		cmocka_unit_test(test_the_index_counts_where_both_give_a_name),
		cmocka_unit_test(test_names_that_disagree_are_told_and_both_images_kept),
		cmocka_unit_test(test_a_name_that_only_manifest_json_has),
		cmocka_unit_test(test_somebody_elses_manifest_json_is_left_alone),
		cmocka_unit_test(test_images_without_names_in_manifest_json),
		cmocka_unit_test(test_cut_and_flipped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
