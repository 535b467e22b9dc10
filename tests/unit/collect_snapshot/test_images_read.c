/* Layouts and archives of images as sources beside clusters. */
#include "collect/snapshot/images_read.h"

#include <archive.h>

#include "base/alloc.h"
#include "fixture.h"
#include "oci_layout/making.h"
#include "support/torture.h"

static void write_below(const struct making *m, const struct scratch *scratch, const char *folder)
{
	for (size_t i = 0; i < m->count; i++) {
		char name[256];
		snprintf(name, sizeof name, "%s/%s", folder, m->files[i].name);
		scratch_write(scratch, name, m->files[i].bytes);
	}
}

static void write_tar(const struct making *m, const struct scratch *scratch, const char *name, int filter)
{
	CLEANUP(tar_release) struct tar_bytes tar = making_tar(m, filter);
	scratch_write(scratch, name, tar_slice(&tar));
}

static struct tag tag_named(const struct reading *reading, const char *name)
{
	for (size_t i = 0; i < reading->memory.record_count; i++) {
		const struct memory_record *kept = &reading->memory.records[i];
		if (kept->type == &tag_type && slice_equal_text(((const struct tag *)kept->record)->tag, name))
			return *(const struct tag *)kept->record;
	}
	fail_msg("no tag %s", name);
	return (struct tag){ 0 };
}

static struct memory_read images_named(const struct reading *reading, const char *name)
{
	const struct memory_read *read = read_named(reading, name);
	if (!read)
		fail_msg("no read of %s", name);
	return read ? *read : (struct memory_read){ 0 };
}

static void test_a_layout_alone(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(making_release) struct making m;
	CLEANUP(reading_release) struct reading reading;
	making_usual(&m);
	write_below(&m, &s, "web");
	read_scratch(&reading, &s, "web");
	struct memory_read read = images_named(&reading, "web");
	check_slice(read.scope.source_kind, "images");
	assert_true(slice_starts_with(read.scope.cluster_uid, IMAGES_IDENTITY));
	assert_int_equal(read.scope.cluster_uid.len, strlen(IMAGES_IDENTITY) + 16);
	check_slice(read.end.outcome, "complete");
	check_slice(read.end.as_of_from, "clock");
	struct tag tag = tag_named(&reading, "1.0");
	check_slice(tag.registry, "docker.io");
	check_slice(tag.repository, "acme/web");
	assert_int_equal(count_of(&reading, &manifest_type), 1);
	assert_int_equal(reading.result.images, 1);
	assert_int_equal(reading.result.clusters, 0);
}

static void test_two_paths_are_two_sources(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(making_release) struct making m;
	CLEANUP(reading_release) struct reading reading;
	making_usual(&m);
	write_below(&m, &s, "dump/a");
	write_below(&m, &s, "dump/b");
	read_scratch(&reading, &s, "dump");
	assert_int_equal(reading.memory.read_count, 2);
	assert_false(slice_equal(reading.memory.reads[0].scope.cluster_uid, reading.memory.reads[1].scope.cluster_uid));
}

static void test_a_bare_tag_is_of_no_registry_and_of_the_layouts_name(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(making_release) struct making m;
	CLEANUP(reading_release) struct reading reading;
	making_init(&m);
	const char *a = making_image(&m, "a");
	making_addf(
		&m, "index.json",
		"{\"manifests\":[{\"digest\":\"%s\",\"annotations\":{\"org.opencontainers.image.ref.name\":\"latest\"}}]}",
		a);
	making_add(&m, "oci-layout", SLICE(MARK));
	write_tar(&m, &s, "shop.tar.gz", ARCHIVE_FILTER_GZIP);
	read_scratch(&reading, &s, "shop.tar.gz");
	struct tag tag = tag_named(&reading, "latest");
	check_slice(tag.registry, "");
	check_slice(tag.repository, "shop");
}

static void test_beside_clusters_images_are_of_their_time(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(making_release) struct making m, docker;
	CLEANUP(reading_release) struct reading reading;
	making_usual(&m);
	making_docker(&docker);
	scratch_write(&s, "dump/prod/pods.json", SLICE(LIST(POD("a"))));
	write_below(&m, &s, "dump/images/web");
	write_tar(&docker, &s, "dump/images/saved.tar", ARCHIVE_FILTER_ZSTD);
	read_scratch(&reading, &s, "dump");
	assert_int_equal(reading.result.clusters, 1);
	assert_int_equal(reading.result.images, 2);
	assert_true(has_pod(&reading, "a"));
	struct memory_read cluster = images_named(&reading, "prod"), web = images_named(&reading, "web");
	images_named(&reading, "saved");
	check_slice(cluster.end.outcome, "complete");
	check_slice(web.end.as_of_from, "metadata");
	assert_int_equal(web.end.as_of, cluster.end.as_of);
	assert_int_equal(count_of(&reading, &defect_type), 0);
}

static void test_a_tar_of_all_that_holds_layouts_in_its_folders(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(making_release) struct making m, all;
	CLEANUP(reading_release) struct reading reading;
	making_usual(&m);
	making_init(&all);
	making_add(&all, "dump/prod/pods.json", SLICE(LIST(POD("a"))));
	for (size_t i = 0; i < m.count; i++)
		making_add(&all, arena_printf(&all.arena, "dump/images/web/%s", m.files[i].name).data,
			   m.files[i].bytes);
	write_tar(&all, &s, "all.tar", ARCHIVE_FILTER_NONE);
	read_scratch(&reading, &s, "all.tar");
	assert_true(has_pod(&reading, "a"));
	tag_named(&reading, "1.0");
	assert_true(slice_ends_with(images_named(&reading, "web").scope.source, "/all.tar/dump/images/web"));
	assert_int_equal(count_of(&reading, &defect_type), 0); /* blobs are no documents */
}

static void test_what_is_wrong_with_a_layout_is_a_defect_of_its_file(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(making_release) struct making m;
	CLEANUP(reading_release) struct reading reading;
	making_usual(&m);
	m.files[2].bytes = arena_printf(&m.arena, "{\"manifests\":[{},{\"digest\":\"%s\"}]}", m.blobs[1].digest);
	write_below(&m, &s, "dump/web");
	read_scratch(&reading, &s, "dump");
	const struct defect *defect = file_defect_of(&reading, "web/index.json", "bad_descriptor");
	assert_non_null(defect);
	check_slice(defect->place, "/manifests/0");
	check_slice(images_named(&reading, "web").end.outcome, "partial");
	assert_int_equal(count_of(&reading, &manifest_type), 1);
}

static void test_an_archive_that_only_looked_like_one_is_told(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(making_release) struct making m;
	CLEANUP(reading_release) struct reading reading;
	making_init(&m);
	making_add(&m, "config.json", SLICE("{}"));
	scratch_write(&s, "dump/pods.json", SLICE(LIST(POD("a"))));
	write_tar(&m, &s, "dump/odd.tar", ARCHIVE_FILTER_NONE);
	read_scratch(&reading, &s, "dump");
	assert_non_null(file_defect_of(&reading, "odd.tar", "archive"));
	check_slice(images_named(&reading, "odd").end.outcome, "failed");
	assert_true(has_pod(&reading, "a"));
}

static void test_nothing_but_a_broken_layout_is_a_failure(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	scratch_write(&s, "web/oci-layout", SLICE(MARK));
	reading_init(&reading, scratch_path(&s, "web"));
	read_dump(&reading);
	assert_int_equal(reading.status, -1);
	check_error(&reading.err, ERROR_SYNTAX, "index.json");
	assert_int_equal(reading.memory.committed_reads, 0);
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
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(making_release) struct making m, docker;
	making_usual(&m);
	making_docker(&docker);
	write_below(&m, &s, "web");
	write_tar(&docker, &s, "saved.tar", ARCHIVE_FILTER_NONE);
	torture(scenario, s.path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_layout_alone),
		cmocka_unit_test(test_two_paths_are_two_sources),
		cmocka_unit_test(test_a_bare_tag_is_of_no_registry_and_of_the_layouts_name),
		cmocka_unit_test(test_beside_clusters_images_are_of_their_time),
		cmocka_unit_test(test_a_tar_of_all_that_holds_layouts_in_its_folders),
		cmocka_unit_test(test_what_is_wrong_with_a_layout_is_a_defect_of_its_file),
		cmocka_unit_test(test_an_archive_that_only_looked_like_one_is_told),
		cmocka_unit_test(test_nothing_but_a_broken_layout_is_a_failure),
		cmocka_unit_test(test_every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
