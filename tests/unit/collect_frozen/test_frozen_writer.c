#include "collect/frozen/frozen_writer.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sha256.h"
#include "collect/frozen/frozen_manifest.h"
#include "support/torture.h"
#include "writing.h"

static void write_list(struct frozen_writer *writer, const char *kind)
{
	struct frozen_about about = writing_about(kind, "");
	struct frozen_list_end end = { .outcome = SLICE("complete"), .resource_version = SLICE("17"), .objects = 1 };
	struct frozen_list *list = NULL;
	struct error *err = NULL;
	check_ok(frozen_list_open(writer, &about, &list, &err), &err);
	check_ok(frozen_list_item(list, SLICE("{\"metadata\":{\"name\":\"a\"}}"), &err), &err);
	check_ok(frozen_list_close(list, &end, &err), &err);
}

static void check_file(const struct frozen_writer *writer, struct slice name, int64_t bytes, struct slice sha256)
{
	char hash[SHA256_TEXT_BYTES];
	struct error *err = NULL;
	const char *text = written(writer, name.data);
	assert_non_null(text);
	check_ok(sha256_of(slice_of(text), hash, &err), &err);
	check_slice(sha256, hash);
	assert_int_equal(bytes, strlen(text));
}

static void test_the_manifest_says_all(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(frozen_writer_freep) struct frozen_writer *writer = writing_start(&scratch);
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct error *err = NULL;
	struct frozen_manifest manifest;
	write_list(writer, "Secret");
	write_list(writer, "Pod");
	assert_null(written(writer, "manifest.json"));
	writing_finish(writer);
	char *text = strdup(written(writer, "manifest.json"));
	check_ok(frozen_manifest_read(slice_of(text), &arena, &manifest, &err), &err);
	free(text);
	check_slice(manifest.schema, "fother.snapshot/1");
	check_slice(manifest.tool, "fother 0");
	check_slice(manifest.cluster, "prod");
	check_slice(manifest.cluster_uid, "11111111-0000-4000-8000-000000000001");
	check_slice(manifest.server, "https://api.example.com:6443");
	check_slice(manifest.server_version, "v1.31.2");
	check_slice(manifest.key_id, "0123abcd");
	check_slice(manifest.outcome, "complete");
	assert_null(manifest.why.data);
	assert_true(manifest.as_of == WRITING_AS_OF);
	assert_true(manifest.started != TIME_UNSET && manifest.started <= manifest.ended);
	assert_int_equal(manifest.lists.len, 2);
	const struct frozen_list_row *list = manifest.lists.items;
	check_slice(list[0].kind, "Secret");
	check_slice(list[0].file, "Secret.json");
	check_slice(list[0].outcome, "complete");
	check_slice(list[0].resource_version, "17");
	assert_true(list[0].objects == 1 && list[0].metadata_only == BOOL_FALSE);
	check_slice(list[1].kind, "Pod");
	check_file(writer, list[0].file, list[0].bytes, list[0].sha256);
	check_file(writer, list[1].file, list[1].bytes, list[1].sha256);
	assert_int_equal(manifest.files.len, 1);
	const struct frozen_file_row *file = manifest.files.items;
	check_slice(file->file, "version.json");
	check_file(writer, file->file, file->bytes, file->sha256);
	assert_null(written(writer, "manifest.json.new"));
}

static void test_a_second_run_adds(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(frozen_writer_freep) struct frozen_writer *first = writing_start(&scratch);
	write_list(first, "Pod");
	writing_finish(first);
	char *before = strdup(written(first, "Pod.json"));
	CLEANUP(frozen_writer_freep) struct frozen_writer *second = writing_start(&scratch);
	write_list(second, "Pod");
	writing_finish(second);
	assert_true(slice_ends_with(slice_of(frozen_writer_path(first)), "/prod/20261125T115500Z"));
	assert_true(slice_ends_with(slice_of(frozen_writer_path(second)), "/prod/20261125T115500Z-2"));
	assert_string_equal(written(first, "Pod.json"), before);
	assert_non_null(written(second, "manifest.json"));
	free(before);
}

static void test_two_at_once_for_one_cluster(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(frozen_writer_freep) struct frozen_writer *first = writing_start(&scratch);
	CLEANUP(frozen_writer_freep) struct frozen_writer *second = writing_start(&scratch);
	write_list(second, "Pod");
	write_list(first, "Node");
	writing_finish(first);
	writing_finish(second);
	assert_null(written(first, "Pod.json"));
	assert_non_null(written(second, "Pod.json"));
}

static void test_a_run_that_was_given_up_has_no_manifest(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	struct frozen_writer *writer = writing_start(&scratch);
	struct frozen_about about = writing_about("Pod", "");
	struct frozen_list *list = NULL;
	struct error *err = NULL;
	check_ok(frozen_list_open(writer, &about, &list, &err), &err);
	check_ok(frozen_list_item(list, SLICE("{}"), &err), &err);
	assert_null(written(writer, "manifest.json"));
	assert_non_null(written(writer, "Pod.json"));
	assert_null(frozen_writer_free(writer));
	assert_null(frozen_writer_free(NULL));
}

static void test_records_that_are_of_no_object_are_not_kept(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(frozen_writer_freep) struct frozen_writer *writer = writing_start(&scratch);
	struct frozen_about about = writing_about("Secret", "");
	struct sink *sink = frozen_writer_sink(writer);
	struct sink_scope scope = { .as_of = WRITING_AS_OF };
	struct sink_end sink_end = { .as_of = WRITING_AS_OF };
	struct frozen_list_end end = { .outcome = SLICE("complete") };
	struct frozen_list *list = NULL;
	struct error *err = NULL;
	struct coverage coverage;
	int64_t read = 0;
	record_init(&coverage_type, &coverage);
	coverage.kind = SLICE("not to be kept");
	check_ok(sink->ops->begin(sink, &scope, &read, &err), &err);
	check_ok(frozen_list_open(writer, &about, &list, &err), &err);
	check_ok(sink->ops->put(sink, read, &coverage_type, &coverage, &err), &err);
	check_ok(frozen_list_item(list, SLICE("{}"), &err), &err);
	check_ok(frozen_list_close(list, &end, &err), &err);
	check_ok(sink->ops->finish(sink, read, &sink_end, &err), &err);
	check_ok(sink->ops->commit(sink, &err), &err);
	sink->ops->rollback(sink);
	assert_null(strstr(written(writer, "Secret.json"), "not to be kept"));
}

static void test_names_that_are_no_file_names(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	struct frozen_facts facts = writing_facts();
	struct error *err = NULL;
	facts.name = SLICE("../../etc/x");
	facts.server = SLICE_NONE;
	CLEANUP(frozen_writer_freep) struct frozen_writer *writer = NULL;
	check_ok(frozen_writer_new(scratch.path, &facts, &writer, &err), &err);
	assert_true(slice_ends_with(slice_of(frozen_writer_path(writer)), "/_..-..-etc-x/20261125T115500Z"));
}

static void test_a_folder_that_cannot_be_made(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	struct frozen_facts facts = writing_facts();
	struct frozen_writer *writer = NULL;
	struct error *err = NULL;
	scratch_write(&scratch, "file", SLICE("x"));
	assert_int_equal(frozen_writer_new(scratch_path(&scratch, "no/such"), &facts, &writer, &err), -1);
	check_error(&err, ERROR_SYSTEM, "no/such: cannot be made: No such file or directory");
	assert_int_equal(frozen_writer_new(scratch_path(&scratch, "file"), &facts, &writer, &err), -1);
	check_error(&err, ERROR_SYSTEM, "file: cannot be opened: Not a directory");
	scratch_write(&scratch, "dir/prod", SLICE("x"));
	assert_int_equal(frozen_writer_new(scratch_path(&scratch, "dir"), &facts, &writer, &err), -1);
	check_error(&err, ERROR_SYSTEM, "dir: prod: cannot be opened: Not a directory");
	assert_null(writer);
}

/* A file that may not grow stands for a disk that is full. */
static void test_a_full_disk_names_the_file_and_leaves_no_manifest(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(frozen_writer_freep) struct frozen_writer *writer = writing_start(&scratch);
	struct frozen_end end = { .outcome = SLICE("complete") };
	struct rlimit before, limit;
	struct error *err = NULL;
	write_list(writer, "Pod");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 100;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	int finished = frozen_writer_finish(writer, &end, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(finished, -1);
	check_error(&err, ERROR_SYSTEM, "/prod/20261125T115500Z/manifest.json.new: File too large");
	assert_null(written(writer, "manifest.json"));
}

static int scenario(void *data, struct error **err)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(frozen_writer_freep) struct frozen_writer *writer = NULL;
	struct frozen_facts facts = writing_facts();
	struct frozen_about about = writing_about("Secret", "");
	struct frozen_list_end list_end = { .outcome = SLICE("complete") };
	struct frozen_end end = { .outcome = SLICE("complete"), .server_version = SLICE("v1") };
	struct frozen_list *list = NULL;
	struct secret secret;
	(void)data;
	record_init(&secret_type, &secret);
	secret.name = SLICE("a");
	if (frozen_writer_new(scratch.path, &facts, &writer, err) < 0)
		return -1;
	struct sink *sink = frozen_writer_sink(writer);
	if (frozen_list_open(writer, &about, &list, err) < 0 ||
	    sink->ops->put(sink, 1, &secret_type, &secret, err) < 0 ||
	    frozen_list_item(list, SLICE("{\"data\":{\"a\":\"b\"}}"), err) < 0 ||
	    frozen_list_close(list, &list_end, err) < 0)
		return -1;
	return frozen_writer_finish(writer, &end, err);
}

static void test_without_memory(void **state)
{
	torture(scenario, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_manifest_says_all),
		cmocka_unit_test(test_a_second_run_adds),
		cmocka_unit_test(test_two_at_once_for_one_cluster),
		cmocka_unit_test(test_a_run_that_was_given_up_has_no_manifest),
		cmocka_unit_test(test_records_that_are_of_no_object_are_not_kept),
		cmocka_unit_test(test_names_that_are_no_file_names),
		cmocka_unit_test(test_a_folder_that_cannot_be_made),
		cmocka_unit_test(test_a_full_disk_names_the_file_and_leaves_no_manifest),
		cmocka_unit_test(test_without_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
