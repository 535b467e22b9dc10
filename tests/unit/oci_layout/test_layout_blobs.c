/* Digests, the files that they lie in, and what leads where. */
#include "oci/layout/layout_internal.h"
#include "oci_layout/making.h"

#define HEX "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void test_which_digest_a_name_promises(void **state)
{
	static const struct {
		const char *name, *digest;
	} cases[] = {
		{ HEX ".json", "sha256:" HEX },
		{ HEX, "sha256:" HEX },
		{ "some/" HEX ".json", "sha256:" HEX },
		{ "sha256:" HEX, "sha256:" HEX },
		{ "blobs/sha256/" HEX, "sha256:" HEX },
		{ "blobs/sha256/" HEX "00", NULL },
		{ "blobs/sha256", NULL },
		{ "config.json", NULL },
		{ "BA" HEX ".json", NULL },
		{ "sha256:12", NULL },
		{ "", NULL },
	};
	struct error *err = NULL;
	CLEANUP(image_layout_freep) struct image_layout *layout = layout_new(&layout_folder_ops, &err);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct slice digest;
		check_ok(layout_digest_of_name(layout, slice_of(cases[i].name), &digest, &err), &err);
		assert_true(slice_equal(digest, slice_of(cases[i].digest)));
	}
}

static bool leads(struct making *m, const char *digest, const char *config)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(image_layout_freep) struct image_layout *layout = NULL;
	struct error *err = NULL;
	bool result = false;
	making_write(m, &s);
	assert_int_equal(image_layout_open(s.path, &layout, &err), 1);
	check_ok(layout_leads_to_config(layout, slice_of(digest), slice_of(config), &result, &err), &err);
	return result;
}

static void test_a_manifest_an_index_and_what_is_not_there(void **state)
{
	CLEANUP(making_release) struct making m;
	char text[512];
	making_usual(&m);
	const char *other = making_image(&m, "other"), *web = m.blobs[1].digest;
	assert_true(leads(&m, web, making_config_of(&m, "web")));
	assert_false(leads(&m, web, making_config_of(&m, "other")));
	assert_true(leads(&m, "sha256:" HEX, making_config_of(&m, "web"))); /* nothing says that they disagree */
	snprintf(text, sizeof text,
		 "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":["
		 "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"sha256:" HEX
		 "\",\"size\":3},{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"%s\","
		 "\"size\":247}]}",
		 other);
	const char *index = making_blob(&m, "index", text);
	assert_true(leads(&m, index, making_config_of(&m, "other")));
	assert_false(leads(&m, index, making_config_of(&m, "web")));
}

#define SIGNED_PART                                                                                                    \
	"{\"schemaVersion\":1,\"name\":\"acme/web\",\"tag\":\"1.0\",\"architecture\":\"amd64\",\"fsLayers\":[],\"history\":[]"
#define SIGNED_DIGEST "192b1e67c957314f001b4ad2c9ba768f52bf0309d3a5c159c45eb4e92d295e5d"

/* `protected` says that 98 bytes and "\n}" were signed. */
static void test_of_a_signed_manifest_the_signed_part_is_the_answer(void **state)
{
	CLEANUP(making_release) struct making m;
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(image_layout_freep) struct image_layout *layout = NULL;
	struct error *err = NULL;
	making_init(&m);
	making_add(&m, "oci-layout", SLICE(MARK));
	making_add(&m, "index.json", SLICE("{\"schemaVersion\":2,\"manifests\":[]}"));
	making_add(&m, "blobs/sha256/" SIGNED_DIGEST,
		   SLICE(SIGNED_PART ",\"extra\":1,\"signatures\":[{\"signature\":\"AAAA\",\"protected\":"
				     "\"eyJmb3JtYXRMZW5ndGgiOjk4LCJmb3JtYXRUYWlsIjoiQ24wIn0\"}]\n}"));
	making_write(&m, &s);
	assert_int_equal(image_layout_open(s.path, &layout, &err), 1);
	struct image_answer answer = making_ask(layout, IMAGE_ASK_MANIFEST, "", "sha256:" SIGNED_DIGEST);
	assert_int_equal(answer.outcome, IMAGE_PRESENT);
	assert_true(answer.verified);
	check_slice(answer.bytes, SIGNED_PART "\n}");
	/* Bytes that nobody parses as a manifest have no such part. */
	assert_int_equal(making_ask(layout, IMAGE_ASK_BLOB, "", "sha256:" SIGNED_DIGEST).outcome, IMAGE_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which_digest_a_name_promises),
		cmocka_unit_test(test_a_manifest_an_index_and_what_is_not_there),
		cmocka_unit_test(test_of_a_signed_manifest_the_signed_part_is_the_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
