/* A run of a registry: what lies in its folder, and what its manifest says of it. */
#include "collect/frozen/frozen_images.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/sha256.h"
#include "base/time.h"
#include "collect/frozen/frozen_images_manifest.h"
#include "support/check.h"
#include "support/scratch.h"
#include "support/torture.h"

#define AS_OF (INT64_C(1795607700) * USEC_PER_SECOND) /* 2026-11-25T11:55:00Z */
#define RUN "out/docker.io/20261125T115500Z/"
#define MANIFEST_TEXT "{\"schemaVersion\":2,\"config\":{},\"layers\":[]}"

struct writing {
	struct scratch scratch;
	struct frozen_images *writer;
	struct sink *sink;
	int64_t read;
	char digest[80];
};

static void writing_release(struct writing *w)
{
	frozen_images_free(w->writer);
	scratch_remove(&w->scratch);
}

static struct sink_scope scope_of(const char *uid)
{
	return (struct sink_scope){ .source = SLICE("https://registry-1.docker.io/"),
				    .source_kind = SLICE("registry"),
				    .cluster_name = SLICE("docker.io"),
				    .cluster_uid = slice_of(uid),
				    .as_of = AS_OF,
				    .once = true };
}

static void start(struct writing *w)
{
	struct error *err = NULL;
	struct sink_scope scope = scope_of("registry:docker.io");
	char hex[SHA256_TEXT_BYTES];
	*w = (struct writing){ .scratch = scratch_make() };
	check_ok(frozen_images_new(scratch_path(&w->scratch, "out"), SLICE("fother test"), &w->writer, &err), &err);
	w->sink = frozen_images_sink(w->writer);
	check_ok(w->sink->ops->begin(w->sink, &scope, &w->read, &err), &err);
	check_ok(sha256_of(SLICE(MANIFEST_TEXT), hex, &err), &err);
	snprintf(w->digest, sizeof w->digest, "sha256:%s", hex);
}

static void put(struct writing *w, const struct record_type *type, const void *record)
{
	struct error *err = NULL;
	check_ok(w->sink->ops->put(w->sink, w->read, type, record, &err), &err);
}

static void put_tag(struct writing *w, const char *name, const char *digest)
{
	struct tag tag;
	record_init(&tag_type, &tag);
	tag.registry = SLICE("docker.io");
	tag.repository = SLICE("acme/web");
	tag.tag = slice_of(name);
	tag.digest = slice_of(digest);
	tag.since = AS_OF;
	put(w, &tag_type, &tag);
}

static void put_content(struct writing *w, const char *digest, struct slice bytes)
{
	struct image_content content;
	record_init(&image_content_type, &content);
	content.digest = slice_of(digest);
	content.media_type = SLICE("application/vnd.oci.image.manifest.v1+json");
	content.bytes = bytes;
	put(w, &image_content_type, &content);
}

static void put_manifest(struct writing *w, const char *digest)
{
	struct manifest manifest;
	record_init(&manifest_type, &manifest);
	manifest.digest = slice_of(digest);
	manifest.kind = SLICE("attestation");
	manifest.config_read = BOOL_FALSE;
	put(w, &manifest_type, &manifest);
}

static void finish(struct writing *w)
{
	struct error *err = NULL;
	struct sink_end end = {
		.as_of = AS_OF, .outcome = SLICE("partial"), .why = SLICE("429"), .notes = SLICE("few left")
	};
	check_ok(w->sink->ops->finish(w->sink, w->read, &end, &err), &err);
	check_ok(w->sink->ops->commit(w->sink, &err), &err);
}

static struct slice file_of(struct writing *w, const char *name, struct file_bytes *bytes)
{
	struct error *err = NULL;
	char path[256];
	snprintf(path, sizeof path, RUN "%s", name);
	check_ok(file_map(AT_FDCWD, scratch_path(&w->scratch, path), false, bytes, &err), &err);
	return file_slice(bytes);
}

static struct frozen_images_file row_of(const struct frozen_images_manifest *manifest, const char *name)
{
	const struct frozen_images_file *rows = manifest->files.items;
	for (size_t i = 0; i < manifest->files.len; i++)
		if (slice_equal_text(rows[i].file, name))
			return rows[i];
	fail_msg("no row %s", name);
	return (struct frozen_images_file){ 0 };
}

static void test_a_run_is_a_layout_with_a_manifest(void **state)
{
	CLEANUP(writing_release) struct writing w;
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(file_release) struct file_bytes text = { 0 }, blob = { 0 }, index = { 0 }, records = { 0 };
	struct frozen_images_manifest manifest;
	struct error *err = NULL;
	char name[128], expected[512];
	start(&w);
	put_tag(&w, "1.0", w.digest);
	put_tag(&w, "gone", "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	put_content(&w, w.digest, SLICE(MANIFEST_TEXT));
	put_content(&w, w.digest, SLICE(MANIFEST_TEXT)); /* once is enough */
	put_manifest(&w, w.digest);
	finish(&w);

	check_ok(frozen_images_manifest_read(file_of(&w, "manifest.json", &text), &arena, &manifest, &err), &err);
	check_slice(manifest.registry, "docker.io");
	check_slice(manifest.tool, "fother test");
	check_slice(manifest.outcome, "partial");
	check_slice(manifest.why, "429");
	check_slice(manifest.notes, "few left");
	assert_int_equal(manifest.as_of, AS_OF);
	assert_int_equal(manifest.files.len, 4);

	snprintf(name, sizeof name, "blobs/sha256/%s", w.digest + strlen("sha256:"));
	check_slice(file_of(&w, name, &blob), MANIFEST_TEXT);
	struct frozen_images_file row = row_of(&manifest, name);
	assert_int_equal(row.bytes, strlen(MANIFEST_TEXT));
	check_slice(row.sha256, w.digest + strlen("sha256:"));
	check_slice(row.kind, "attestation");
	assert_int_equal(row.config_read, BOOL_FALSE);

	snprintf(expected, sizeof expected,
		 "\"digest\": \"%s\",\n   \"size\": %zu,\n   \"annotations\": {\n    "
		 "\"org.opencontainers.image.ref.name\": \"docker.io/acme/web:1.0\"",
		 w.digest, strlen(MANIFEST_TEXT));
	struct slice index_text = file_of(&w, "index.json", &index);
	assert_true(slice_contains(index_text, expected));
	assert_false(slice_contains(index_text, "gone")); /* its bytes are not there */

	struct slice record_text = file_of(&w, "records.ndjson", &records);
	assert_true(frozen_images_likely(record_text));
	assert_true(slice_contains(record_text, "\"tag\":\"gone\""));
	assert_false(slice_contains(record_text, "attestation"));
}

static void test_a_manifest_without_bytes_is_kept_as_a_record(void **state)
{
	CLEANUP(writing_release) struct writing w;
	CLEANUP(file_release) struct file_bytes records = { 0 };
	start(&w);
	put_manifest(&w, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	finish(&w);
	assert_true(slice_contains(file_of(&w, "records.ndjson", &records), "\"record\":\"manifest\""));
}

static void test_digests_of_other_algorithms(void **state)
{
	CLEANUP(writing_release) struct writing w;
	CLEANUP(file_release) struct file_bytes blob = { 0 };
	char digest[160] = "sha512:", name[200];
	start(&w);
	memset(digest + 7, 'a', 128);
	put_content(&w, digest, SLICE("{}"));
	put_content(&w, w.digest, SLICE(MANIFEST_TEXT));
	finish(&w);
	snprintf(name, sizeof name, "blobs/sha512/%s", digest + 7);
	check_slice(file_of(&w, name, &blob), "{}");
}

static void test_a_digest_that_is_none_makes_no_file(void **state)
{
	CLEANUP(writing_release) struct writing w;
	CLEANUP(file_release) struct file_bytes records = { 0 };
	start(&w);
	put_content(&w, "sha256:../../../x", SLICE("{}"));
	finish(&w);
	assert_true(slice_contains(file_of(&w, "records.ndjson", &records), "../../../x"));
}

static void test_nobody_else_may_read_it(void **state)
{
	CLEANUP(writing_release) struct writing w;
	struct stat status;
	start(&w);
	put_content(&w, w.digest, SLICE(MANIFEST_TEXT));
	finish(&w);
	static const char *const names[] = { "",      "manifest.json", "index.json", "records.ndjson",
					     "blobs", "blobs/sha256" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[256];
		snprintf(path, sizeof path, RUN "%s", names[i]);
		assert_int_equal(stat(scratch_path(&w.scratch, path), &status), 0);
		assert_int_equal(status.st_mode & 0077, 0);
	}
}

static void test_a_second_run_overwrites_nothing(void **state)
{
	CLEANUP(writing_release) struct writing w;
	struct error *err = NULL;
	struct sink_scope scope = scope_of("registry:docker.io"), other = scope_of("registry:reg.example:5000");
	int64_t second, third;
	start(&w);
	check_ok(w.sink->ops->begin(w.sink, &scope, &second, &err), &err);
	check_ok(w.sink->ops->begin(w.sink, &other, &third, &err), &err);
	finish(&w);
	assert_int_equal(frozen_images_count(w.writer), 3);
	struct frozen_images_run first = frozen_images_run(w.writer, 0), run = frozen_images_run(w.writer, 1);
	check_slice(first.outcome, "partial");
	assert_null(run.outcome.data);
	assert_true(slice_ends_with(run.path, "/docker.io/20261125T115500Z-2"));
	assert_true(slice_ends_with(frozen_images_run(w.writer, 2).path, "/reg.example-5000/20261125T115500Z"));
	assert_int_equal(w.sink->ops->put(w.sink, w.read, &tag_type, NULL, &err), -1);
	check_error(&err, ERROR_STORE, "no read of that number is open");
}

static void test_what_is_no_registry_is_refused(void **state)
{
	CLEANUP(writing_release) struct writing w;
	struct error *err = NULL;
	struct sink_scope scope = scope_of("5f2a");
	int64_t read;
	start(&w);
	assert_int_equal(w.sink->ops->begin(w.sink, &scope, &read, &err), -1);
	check_error(&err, ERROR_STORE, "only registries");
}

static int write_tortured(void *data, struct error **err)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(frozen_images_freep) struct frozen_images *writer = NULL;
	struct sink_scope scope = scope_of("registry:docker.io");
	struct sink_end end = { .as_of = AS_OF, .outcome = SLICE("complete") };
	int64_t read;
	struct tag tag;
	struct image_content content;
	record_init(&tag_type, &tag);
	record_init(&image_content_type, &content);
	content.digest = tag.digest = SLICE("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	content.bytes = SLICE("{}");
	content.media_type = SLICE("m");
	tag.registry = tag.repository = tag.tag = SLICE("a");
	if (frozen_images_new(scratch.path, SLICE("t"), &writer, err) < 0)
		return -1;
	struct sink *sink = frozen_images_sink(writer);
	if (sink->ops->begin(sink, &scope, &read, err) < 0 || sink->ops->put(sink, read, &tag_type, &tag, err) < 0 ||
	    sink->ops->put(sink, read, &image_content_type, &content, err) < 0)
		return -1;
	return sink->ops->finish(sink, read, &end, err);
}

static void test_every_allocation_may_fail(void **state)
{
	torture(write_tortured, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_run_is_a_layout_with_a_manifest),
		cmocka_unit_test(test_a_manifest_without_bytes_is_kept_as_a_record),
		cmocka_unit_test(test_digests_of_other_algorithms),
		cmocka_unit_test(test_a_digest_that_is_none_makes_no_file),
		cmocka_unit_test(test_nobody_else_may_read_it),
		cmocka_unit_test(test_a_second_run_overwrites_nothing),
		cmocka_unit_test(test_what_is_no_registry_is_refused),
		cmocka_unit_test(test_every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
