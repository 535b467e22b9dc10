/* What was frozen of a registry comes back, and what was done to the files since is told. */
#include "collect/frozen/frozen_images.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "fixture.h"
#include "oci_layout/making.h"
#include "support/torture.h"

#define AS_OF (INT64_C(1795607700) * USEC_PER_SECOND)
#define RUN "frozen/docker.io/20261125T115500Z/"

struct frozen_case {
	struct scratch scratch;
	struct making m;
	struct reading reading;
};

static void put(struct frozen_images *writer, int64_t read, const struct record_type *type, const void *record)
{
	struct sink *sink = frozen_images_sink(writer);
	struct error *err = NULL;
	check_ok(sink->ops->put(sink, read, type, record, &err), &err);
}

static void put_blob(struct frozen_images *writer, int64_t read, const struct making *m, size_t i,
		     const char *media_type)
{
	struct image_content content;
	record_init(&image_content_type, &content);
	content.digest = slice_of(m->blobs[i].digest);
	content.media_type = slice_of(media_type);
	content.bytes = m->files[i].bytes;
	put(writer, read, &image_content_type, &content);
}

/* One image, its tag, a coverage and an answer. finished false: the run was interrupted. */
static void freeze(struct frozen_case *c, bool finished)
{
	struct error *err = NULL;
	CLEANUP(frozen_images_freep) struct frozen_images *writer = NULL;
	struct sink_scope scope = { .source = SLICE("https://registry-1.docker.io/"),
				    .source_kind = SLICE("registry"),
				    .cluster_name = SLICE("docker.io"),
				    .cluster_uid = SLICE("registry:docker.io"),
				    .as_of = AS_OF,
				    .once = true };
	struct sink_end end = { .as_of = AS_OF, .outcome = SLICE("complete"), .notes = SLICE("87 pulls left") };
	int64_t read;
	struct tag tag;
	struct manifest manifest;
	struct coverage coverage;
	*c = (struct frozen_case){ .scratch = scratch_make() };
	reading_init(&c->reading, "");
	making_usual(&c->m);
	check_ok(frozen_images_new(scratch_path(&c->scratch, "frozen"), SLICE("fother test"), &writer, &err), &err);
	struct sink *sink = frozen_images_sink(writer);
	check_ok(sink->ops->begin(sink, &scope, &read, &err), &err);
	record_init(&tag_type, &tag);
	tag.registry = SLICE("docker.io");
	tag.repository = SLICE("acme/web");
	tag.tag = SLICE("1.0");
	tag.digest = slice_of(c->m.blobs[1].digest);
	tag.since = AS_OF;
	put(writer, read, &tag_type, &tag);
	put_blob(writer, read, &c->m, 1, "application/vnd.oci.image.manifest.v1+json");
	put_blob(writer, read, &c->m, 0, "application/vnd.oci.image.config.v1+json");
	record_init(&manifest_type, &manifest);
	manifest.digest = tag.digest;
	manifest.kind = SLICE("image");
	manifest.config_read = BOOL_TRUE;
	put(writer, read, &manifest_type, &manifest);
	record_init(&coverage_type, &coverage);
	coverage.read = read;
	coverage.kind = SLICE("Tag");
	coverage.namespace = SLICE("acme/web");
	coverage.subtype = SLICE("*");
	coverage.outcome = SLICE("complete");
	put(writer, read, &coverage_type, &coverage);
	check_ok(sink->ops->commit(sink, &err), &err);
	if (finished)
		check_ok(sink->ops->finish(sink, read, &end, &err), &err);
}

static void frozen_case_release(struct frozen_case *c)
{
	reading_release(&c->reading);
	making_release(&c->m);
	scratch_remove(&c->scratch);
}

static void read_again(struct frozen_case *c)
{
	reading_release(&c->reading);
	reading_init(&c->reading, c->scratch.path);
	read_dump(&c->reading);
}

static const struct memory_read *read_of(struct frozen_case *c)
{
	read_again(c);
	check_ok(c->reading.status, &c->reading.err);
	assert_int_equal(c->reading.memory.read_count, 1);
	return &c->reading.memory.reads[0];
}

static struct manifest manifest_of(const struct frozen_case *c)
{
	for (size_t i = 0; i < c->reading.memory.record_count; i++)
		if (c->reading.memory.records[i].type == &manifest_type)
			return *(const struct manifest *)c->reading.memory.records[i].record;
	fail_msg("no manifest came back");
	return (struct manifest){ 0 };
}

static char *blob_name(const struct frozen_case *c, size_t i)
{
	static char name[256];
	snprintf(name, sizeof name, RUN "blobs/sha256/%s", c->m.blobs[i].digest + strlen("sha256:"));
	return name;
}

static void test_everything_comes_back(void **state)
{
	CLEANUP(frozen_case_release) struct frozen_case c;
	freeze(&c, true);
	const struct memory_read *read = read_of(&c);
	check_slice(read->scope.source_kind, "registry");
	check_slice(read->scope.cluster_uid, "registry:docker.io");
	check_slice(read->scope.cluster_name, "docker.io");
	assert_int_equal(read->scope.as_of, AS_OF);
	assert_true(read->scope.once);
	check_slice(read->end.outcome, "complete");
	check_slice(read->end.as_of_from, "manifest");
	check_slice(read->end.notes, "87 pulls left");
	assert_int_equal(count_of(&c.reading, &tag_type), 1);
	assert_int_equal(count_of(&c.reading, &coverage_type), 1);
	assert_int_equal(count_of(&c.reading, &image_content_type), 2);
	assert_int_equal(count_of(&c.reading, &defect_type), 0);
	struct manifest manifest = manifest_of(&c);
	check_slice(manifest.digest, c.m.blobs[1].digest);
	check_slice(manifest.config_digest, c.m.blobs[0].digest);
	check_slice(manifest.architecture, "amd64");
	assert_int_equal(manifest.config_read, BOOL_TRUE);
}

static void test_a_given_time_does_not_change_its_own(void **state)
{
	CLEANUP(frozen_case_release) struct frozen_case c;
	freeze(&c, true);
	reading_release(&c.reading);
	reading_init(&c.reading, c.scratch.path);
	c.reading.options.as_of = AS_OF + USEC_PER_DAY;
	read_dump(&c.reading);
	assert_int_equal(c.reading.memory.reads[0].end.as_of, AS_OF);
}

static void test_changed_and_missing_blobs(void **state)
{
	CLEANUP(frozen_case_release) struct frozen_case c;
	freeze(&c, true);
	scratch_write(&c.scratch, blob_name(&c, 1), SLICE("{}"));
	assert_int_equal(unlink(scratch_path(&c.scratch, blob_name(&c, 0))), 0);
	const struct memory_read *read = read_of(&c);
	check_slice(read->end.outcome, "partial");
	assert_non_null(file_defect_of(&c.reading, blob_name(&c, 1), "changed"));
	assert_non_null(file_defect_of(&c.reading, blob_name(&c, 0), "missing"));
	assert_int_equal(count_of(&c.reading, &image_content_type), 0);
	assert_int_equal(count_of(&c.reading, &manifest_type), 0);
	assert_int_equal(count_of(&c.reading, &tag_type), 1);
}

static void test_a_manifest_whose_config_was_changed_is_told_without_it(void **state)
{
	CLEANUP(frozen_case_release) struct frozen_case c;
	freeze(&c, true);
	scratch_write(&c.scratch, blob_name(&c, 0), SLICE("{\"architecture\":\"arm64\"}"));
	check_slice(read_of(&c)->end.outcome, "partial");
	assert_int_equal(manifest_of(&c).config_read, BOOL_FALSE);
	assert_null(manifest_of(&c).architecture.data);
}

static void test_records_that_do_not_belong_or_lack_their_identity(void **state)
{
	CLEANUP(frozen_case_release) struct frozen_case c;
	freeze(&c, false);
	scratch_write(
		&c.scratch, RUN "records.ndjson",
		SLICE("{\"record\":\"frozen_images_head\",\"schema\":\"fother.images/1\",\"registry\":\"docker.io\","
		      "\"as_of\":\"2026-11-25T11:55:00Z\"}\n"
		      "{\"record\":\"secret\",\"name\":\"x\"}\n"
		      "{\"record\":\"tag\",\"tag\":\"1\"}\n"
		      "[1]\n"
		      "{\"record\":\"registry_answer\",\"registry\":\"docker.io\",\"repository\":\"a\",\"reference\":\"b\"}\n"
		      "{\"record\":\"ta"));
	check_slice(read_of(&c)->end.outcome, "interrupted");
	assert_int_equal(count_of(&c.reading, &registry_answer_type), 1);
	assert_int_equal(count_of(&c.reading, &secret_type), 0);
	assert_int_equal(count_of(&c.reading, &tag_type), 0);
	assert_non_null(file_defect_of(&c.reading, RUN "records.ndjson", "bad_document"));
	assert_non_null(file_defect_of(&c.reading, RUN "records.ndjson", "bad_frozen"));
	assert_non_null(file_defect_of(&c.reading, RUN "records.ndjson", "truncated"));
}

static void test_an_interrupted_run_gives_what_its_tags_lead_to(void **state)
{
	CLEANUP(frozen_case_release) struct frozen_case c;
	freeze(&c, false);
	const struct memory_read *read = read_of(&c);
	check_slice(read->end.outcome, "interrupted");
	assert_true(slice_contains(read->end.why, "interrupted"));
	assert_int_equal(count_of(&c.reading, &tag_type), 1);
	manifest_of(&c);
	check_slice(manifest_of(&c).architecture, "amd64");
	assert_int_equal(count_of(&c.reading, &registry_answer_type), 0); /* nobody asked the registry now */
}

static void test_a_damaged_manifest_makes_it_an_interrupted_run(void **state)
{
	CLEANUP(frozen_case_release) struct frozen_case c;
	freeze(&c, true);
	scratch_write(&c.scratch, RUN "manifest.json", SLICE("{\"schema\":\"fother.images/1\"}"));
	check_slice(read_of(&c)->end.outcome, "interrupted");
	assert_non_null(file_defect_of(&c.reading, RUN "manifest.json", "bad_manifest"));
	manifest_of(&c);
}

static void test_a_later_version_is_refused(void **state)
{
	CLEANUP(frozen_case_release) struct frozen_case c;
	freeze(&c, true);
	scratch_write(&c.scratch, RUN "manifest.json", SLICE("{\"schema\":\"fother.images/2\"}"));
	read_again(&c);
	assert_int_equal(c.reading.status, -1);
	check_error(&c.reading.err, ERROR_UNSUPPORTED, "a later version");
}

/* Whatever a file became: no failure, and what comes back as complete is what was frozen. */
static void check_flipped(struct frozen_case *c, const char *name)
{
	CLEANUP(file_release) struct file_bytes good = { 0 };
	struct error *err = NULL;
	check_ok(file_map(AT_FDCWD, scratch_path(&c->scratch, name), false, &good, &err), &err);
	CLEANUP(mem_freep) char *bytes = mem_copy_text(good.data, good.len);
	size_t len = good.len;
	for (size_t bit = 0; bit < len * 8; bit += 7) {
		bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
		scratch_write(&c->scratch, name, (struct slice){ bytes, len });
		read_again(c);
		if (c->reading.status < 0)
			assert_int_equal(c->reading.memory.committed_records, 0);
		else if (slice_equal_text(c->reading.memory.reads[0].end.outcome, "complete"))
			assert_int_equal(count_of(&c->reading, &image_content_type), 2);
		bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
	}
	scratch_write(&c->scratch, name, (struct slice){ bytes, len });
}

static void test_flipped_files_never_prove_more(void **state)
{
	CLEANUP(frozen_case_release) struct frozen_case c;
	freeze(&c, true);
	check_flipped(&c, RUN "manifest.json");
	check_flipped(&c, RUN "records.ndjson");
	check_slice(read_of(&c)->end.outcome, "complete");
}

static int scenario(void *data, struct error **err)
{
	struct reading reading;
	reading_init(&reading, data);
	int result = snapshot_read(&reading.options, &reading.memory.sink, &reading.result, err);
	reading_release(&reading);
	return result;
}

static void test_every_allocation_may_fail(void **state)
{
	CLEANUP(frozen_case_release) struct frozen_case c;
	freeze(&c, true);
	torture(scenario, c.scratch.path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything_comes_back),
		cmocka_unit_test(test_a_given_time_does_not_change_its_own),
		cmocka_unit_test(test_changed_and_missing_blobs),
		cmocka_unit_test(test_a_manifest_whose_config_was_changed_is_told_without_it),
		cmocka_unit_test(test_records_that_do_not_belong_or_lack_their_identity),
		cmocka_unit_test(test_an_interrupted_run_gives_what_its_tags_lead_to),
		cmocka_unit_test(test_a_damaged_manifest_makes_it_an_interrupted_run),
		cmocka_unit_test(test_a_later_version_is_refused),
		cmocka_unit_test(test_flipped_files_never_prove_more),
		cmocka_unit_test(test_every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
