/* On the real store: bytes that a walk has put, read back. */
#include "derive/image_detail.h"

#include "base/limits.h"
#include "base/sha256.h"
#include "model/sink.h"
#include "store/fixture.h"

#define LAYER "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define DIFF_ID "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define NOWHERE "sha256:3333333333333333333333333333333333333333333333333333333333333333"
#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define CONFIG_TYPE "application/vnd.oci.image.config.v1+json"

static const char config[] = "{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"User\":\"web\"},"
			     "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" DIFF_ID "\"]},"
			     "\"history\":[{\"created_by\":\"COPY web /web # buildkit\"}]}";

static struct slice digest_in(struct fixture *f, struct slice bytes)
{
	char hex[SHA256_TEXT_BYTES];
	check_ok(sha256_of(bytes, hex, &f->err), &f->err);
	struct slice digest = arena_printf(&f->arena, "sha256:%s", hex);
	assert_non_null(digest.data);
	return digest;
}

static struct slice put_content(struct fixture *f, int64_t read, struct slice bytes, const char *media_type)
{
	struct image_content content;
	record_init(&image_content_type, &content);
	content.digest = digest_in(f, bytes);
	content.media_type = slice_of(media_type);
	content.bytes = bytes;
	put(f, read, &image_content_type, &content);
	return content.digest;
}

static struct slice manifest_of(struct fixture *f, struct slice config_digest)
{
	return arena_printf(&f->arena,
			    "{\"schemaVersion\":2,\"mediaType\":\"" MANIFEST_TYPE
			    "\",\"config\":{\"mediaType\":\"" CONFIG_TYPE
			    "\",\"digest\":\"%.*s\",\"size\":%zu},\"layers\":[{\"mediaType\":"
			    "\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"" LAYER "\",\"size\":7}]}",
			    SLICE_ARG(config_digest), sizeof config - 1);
}

static int load(struct fixture *f, struct slice digest, struct image_detail *detail)
{
	int got = image_detail_load(f->store, digest, &f->arena, detail, &f->err);
	check_ok(got, &f->err);
	return got;
}

static void an_image_has_its_history_with_its_layers(void **state)
{
	struct fixture *f = *state;
	struct image_detail detail;
	int64_t read = begin_once(f, "hub", "registry:hub.example", HOUR(0));
	struct slice config_digest = put_content(f, read, slice_of(config), CONFIG_TYPE);
	struct slice digest = put_content(f, read, manifest_of(f, config_digest), MANIFEST_TYPE);
	commit(f);
	assert_int_equal(load(f, digest, &detail), 1);
	assert_true(slice_equal(detail.digest, digest));
	assert_true(detail.has_config);
	check_slice(detail.config_bytes, config);
	check_slice(detail.config.user, "web");
	assert_true(detail.history.tied);
	assert_int_equal(detail.history.count, 1);
	check_slice(detail.history.steps[0].text, "COPY web /web");
	check_slice(detail.history.steps[0].layer->digest, LAYER);
	check_slice(detail.history.steps[0].diff_id, DIFF_ID);
}

static void a_manifest_without_its_config_says_so(void **state)
{
	struct fixture *f = *state;
	struct image_detail detail;
	int64_t read = begin_once(f, "hub", "registry:hub.example", HOUR(0));
	struct slice digest = put_content(f, read, manifest_of(f, SLICE(NOWHERE)), MANIFEST_TYPE);
	commit(f);
	assert_int_equal(load(f, digest, &detail), 1);
	assert_false(detail.has_config);
	assert_null(detail.config_bytes.data);
	assert_int_equal(detail.manifest.layer_count, 1);
	assert_int_equal(detail.history.count, 0);
}

static void a_config_that_is_none_is_refused_with_why(void **state)
{
	struct fixture *f = *state;
	struct image_detail detail;
	int64_t read = begin_once(f, "hub", "registry:hub.example", HOUR(0));
	struct slice config_digest = put_content(f, read, SLICE("not json"), CONFIG_TYPE);
	struct slice digest = put_content(f, read, manifest_of(f, config_digest), MANIFEST_TYPE);
	commit(f);
	assert_int_equal(load(f, digest, &detail), 1);
	assert_false(detail.has_config);
	check_slice(detail.config_bytes, "not json");
	assert_non_null(detail.config.refused.data);
}

static void what_is_not_stored_is_not_there(void **state)
{
	struct fixture *f = *state;
	struct image_detail detail;
	int64_t read = begin_once(f, "hub", "registry:hub.example", HOUR(0));
	struct slice digest = put_content(f, read, slice_of(config), CONFIG_TYPE);
	commit(f);
	assert_int_equal(load(f, SLICE(NOWHERE), &detail), 0);
	assert_int_equal(load(f, SLICE_NONE, &detail), 0);
	assert_int_equal(load(f, digest, &detail), 0); /* a config is no manifest */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_image_has_its_history_with_its_layers, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(a_manifest_without_its_config_says_so, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(a_config_that_is_none_is_refused_with_why, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(what_is_not_stored_is_not_there, fixture_setup, fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
