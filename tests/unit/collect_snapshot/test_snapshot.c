/* Whole dumps, and the conversation with the sink. */
#include <archive.h>

#include "base/strbuf.h"
#include "fixture.h"

static void write_two_clusters(const struct scratch *scratch)
{
	scratch_write(scratch, "dump/prod/pods.json", SLICE(LIST(POD("a"))));
	scratch_write(scratch, "dump/prod/namespaces.json", SLICE(KUBE_SYSTEM("uid-prod")));
	scratch_write(scratch, "dump/stage/pods.yaml", SLICE(POD_YAML("b")));
	scratch_write(scratch, "dump/bad-digests.txt", SLICE("# none\n"));
}

static void test_one_read_for_each_cluster(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	write_two_clusters(&scratch);
	read_scratch(&reading, &scratch, "dump");
	assert_int_equal(reading.memory.read_count, 2);
	assert_int_equal(reading.memory.commits, 1);
	assert_int_equal(reading.memory.rollbacks, 0);
	assert_int_equal(reading.result.clusters, 2);
	assert_int_equal(reading.result.files, 3);
	assert_int_equal(reading.result.objects, 3);
	assert_int_equal(reading.result.ignored, 1);

	const struct memory_read *prod = read_named(&reading, "prod"), *stage = read_named(&reading, "stage");
	check_slice(prod->scope.source, scratch_path(&scratch, "dump/prod"));
	check_slice(prod->scope.source_kind, "snapshot");
	check_slice(prod->end.cluster_uid, "uid-prod");
	check_slice(stage->scope.source, scratch_path(&scratch, "dump/stage"));
	assert_null(stage->end.cluster_uid.data);
	for (size_t i = 0; i < reading.memory.record_count; i++) {
		const struct pod *pod = reading.memory.records[i].record;
		if (reading.memory.records[i].type == &pod_type)
			check_slice(pod->cluster, slice_equal_text(pod->name, "a") ? "uid-prod" : "name:stage");
	}
}

/* The same files in a folder and in a tar, whichever order the tar has them in. */
static void test_a_tar_gives_what_its_folder_gives(void **state)
{
	static const struct tar_file files[] = {
		{ .name = "dump/stage/pods.yaml", .bytes = SLICE_INIT(POD_YAML("b")) },
		{ .name = "dump/prod/pods.json", .bytes = SLICE_INIT(LIST(POD("a"))) },
		{ .name = "dump/bad-digests.txt", .bytes = SLICE_INIT("# none\n") },
		{ .name = "dump/prod/namespaces.json", .bytes = SLICE_INIT(KUBE_SYSTEM("uid-prod")) },
	};
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(tar_release) struct tar_bytes tar = tar_make(files, COUNT(files), ARCHIVE_FILTER_GZIP);
	CLEANUP(reading_release) struct reading folder;
	CLEANUP(reading_release) struct reading archive;
	write_two_clusters(&scratch);
	scratch_write(&scratch, "dump.tgz", tar_slice(&tar));
	read_scratch(&folder, &scratch, "dump");
	read_scratch(&archive, &scratch, "dump.tgz");
	assert_memory_equal(&folder.result, &archive.result, sizeof folder.result);
	assert_int_equal(folder.memory.record_count, archive.memory.record_count);
	check_slice(read_named(&archive, "prod")->end.cluster_uid, "uid-prod");
	check_slice(read_named(&archive, "prod")->scope.source, scratch_path(&scratch, "dump.tgz/dump/prod"));
	assert_int_equal(pod_count(&archive), 2);
}

/* What a cut archive may have held of any cluster is missing in all of them. */
static void test_a_cut_tar_makes_every_read_partial(void **state)
{
	static const struct tar_file files[] = {
		{ .name = "prod/pods.json", .bytes = SLICE_INIT(POD("a")) },
		{ .name = "stage/pods.json", .bytes = SLICE_INIT(POD("b")) },
		{ .name = "stage/secrets.json", .bytes = SLICE_INIT(LIST("")) },
	};
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(tar_release) struct tar_bytes tar = tar_make(files, COUNT(files), ARCHIVE_FILTER_NONE);
	CLEANUP(reading_release) struct reading reading;
	scratch_write(&scratch, "dump.tar", slice_part(tar_slice(&tar), 0, 2 * 1024 + 100));
	read_scratch(&reading, &scratch, "dump.tar");
	assert_int_equal(pod_count(&reading), 2);
	assert_int_equal(reading.memory.read_count, 2);
	for (size_t i = 0; i < 2; i++) {
		check_slice(reading.memory.reads[i].end.outcome, "partial");
		assert_true(slice_contains(reading.memory.reads[i].end.why, "dump.tar: "));
	}
}

static void test_again(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	write_two_clusters(&scratch);
	reading_init(&reading, scratch_path(&scratch, "dump"));
	reading.memory.again_once = 1;
	read_dump(&reading);
	check_ok(reading.status, &reading.err);
	assert_int_equal(reading.memory.rollbacks, 1);
	assert_int_equal(reading.memory.commits, 1);
	assert_int_equal(reading.memory.read_count, 2);
	assert_int_equal(reading.result.objects, 3);
	const struct memory_read *prod = read_named(&reading, "prod"), *stage = read_named(&reading, "stage");
	check_slice(prod->scope.cluster_uid, "uid-prod");
	assert_int_equal(prod->scope.as_of, prod->end.as_of);
	assert_null(stage->scope.cluster_uid.data);
	assert_int_equal(stage->scope.as_of, stage->end.as_of);
	assert_int_equal(pod_count(&reading), 2);
}

static void test_never_a_third_time(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	write_two_clusters(&scratch);
	reading_init(&reading, scratch_path(&scratch, "dump"));
	reading.memory.again_once = 2;
	read_dump(&reading);
	assert_int_equal(reading.status, -1);
	check_error(&reading.err, ERROR_STORE, "a third time");
	assert_int_equal(reading.memory.rollbacks, 2);
	assert_int_equal(reading.memory.commits, 0);
	assert_int_equal(reading.memory.record_count, 0);
}

/* Whichever record the sink refuses, nothing of the dump stays, and its words come back. */
static void test_failing_sink(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading whole;
	write_two_clusters(&scratch);
	scratch_write(&scratch, "dump/stage/empty.json", SLICE(""));
	scratch_write(&scratch, "dump/stage/notes.txt", SLICE("x"));
	read_scratch(&whole, &scratch, "dump");
	size_t puts = whole.memory.record_count;
	assert_true(puts > 5);
	for (size_t after = 1; after < puts; after++) {
		CLEANUP(reading_release) struct reading reading;
		reading_init(&reading, scratch_path(&scratch, "dump"));
		reading.memory.fail_after = after;
		read_dump(&reading);
		assert_int_equal(reading.status, -1);
		check_error(&reading.err, ERROR_STORE, "told to fail");
		assert_int_equal(reading.memory.commits, 0);
		assert_int_equal(reading.memory.record_count, 0);
	}
}

struct refusal {
	const char *file;
	struct slice bytes;
	enum error_code code;
	const char *message;
};

static void test_nothing_to_read(void **state)
{
	static const struct refusal cases[] = {
		{ "README.txt", SLICE_INIT("hello"), ERROR_USAGE,
		  "holds no JSON or YAML; a dump is what `kubectl get KIND" },
		{ "pods.json", SLICE_INIT("error: You must be logged in to the server (Unauthorized)"), ERROR_SYNTAX,
		  "You must be logged in" },
		{ "pods.json", SLICE_INIT(""), ERROR_SYNTAX,
		  "nothing in it could be read (pods.json: empty file); a dump is what" },
		{ "pods.json", SLICE_INIT("{\"kind\":"), ERROR_SYNTAX, "pods.json: broken at byte" },
		{ "prod/pods.json", SLICE_INIT("]"), ERROR_SYNTAX, "neither JSON nor YAML" },
		{ "package.json", SLICE_INIT("{\"name\":\"x\",\"version\":\"1\"}"), ERROR_SYNTAX,
		  "holds no Kubernetes object, only package.json; a dump is what" },
		{ "mkdocs.yml", SLICE_INIT("site_name: x\n"), ERROR_SYNTAX, "no Kubernetes object, only mkdocs.yml;" },
		{ "all.json", SLICE_INIT(LIST("")), ERROR_SYNTAX, "no Kubernetes object, only all.json;" },
		{ "prod.tgz", SLICE_INIT("\x1f\x8b\x08"), ERROR_SYNTAX, "give it to --snapshot itself" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
		CLEANUP(reading_release) struct reading reading;
		scratch_write(&scratch, cases[i].file, cases[i].bytes);
		reading_init(&reading, scratch.path);
		read_dump(&reading);
		assert_int_equal(reading.status, -1);
		assert_true(slice_contains(slice_of(reading.err->message), scratch.path));
		check_error(&reading.err, cases[i].code, cases[i].message);
		assert_int_equal(reading.memory.commits, 0);
		assert_int_equal(reading.memory.read_count, 0);
	}
}

/* A list that says of which kind it has none is an answer; an object of any kind is one. */
static void test_little_is_not_nothing(void **state)
{
	static const struct slice dumps[] = {
		SLICE_INIT("{\"apiVersion\":\"v1\",\"kind\":\"SecretList\",\"items\":[]}"),
		SLICE_INIT("{\"apiVersion\":\"example.com/v1\",\"kind\":\"Thing\",\"metadata\":{\"name\":\"a\"}}"),
	};
	for (size_t i = 0; i < COUNT(dumps); i++) {
		CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
		CLEANUP(reading_release) struct reading reading;
		scratch_write(&scratch, "a.json", dumps[i]);
		scratch_write(&scratch, "package.json", SLICE("{\"name\":\"x\"}"));
		read_scratch(&reading, &scratch, "");
		assert_int_equal(reading.memory.commits, 1);
	}
}

static void test_what_was_there_is_named(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	static const char *const names[] = { "a/1.json", "a/2.json", "b/3.json", "b/4.json", "b/5.json" };
	for (size_t i = 0; i < COUNT(names); i++)
		scratch_write(&scratch, names[i], SLICE("{\"name\":\"x\"}"));
	scratch_write(&scratch, "a/README.md", SLICE("notes"));
	reading_init(&reading, scratch.path);
	read_dump(&reading);
	assert_int_equal(reading.status, -1);
	check_error(&reading.err, ERROR_SYNTAX, "no Kubernetes object, only a/1.json, a/2.json, b/3.json and 2 more; ");
	assert_int_equal(reading.memory.commits, 0);
	assert_int_equal(reading.memory.record_count, 0);
}

/* kubectl's own words are told before the names of files. */
static void test_words_of_kubectl_alone_are_refused_with_them(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	scratch_write(&scratch, "prod/package.json", SLICE("{\"name\":\"x\"}"));
	scratch_write(&scratch, "stage/pods.json", SLICE("Unable to connect to the server: EOF"));
	reading_init(&reading, scratch.path);
	read_dump(&reading);
	assert_int_equal(reading.status, -1);
	check_error(&reading.err, ERROR_SYNTAX, "stage/pods.json: kubectl's words, not objects: Unable to connect");
	assert_int_equal(reading.memory.commits, 0);
}

static void test_a_folder_of_error_texts_is_a_cluster_that_was_not_read(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	scratch_write(&scratch, "prod/pods.json", SLICE(POD("a")));
	scratch_write(&scratch, "stage/pods.json", SLICE("error: You must be logged in to the server"));
	read_scratch(&reading, &scratch, "");
	assert_int_equal(reading.memory.commits, 1);
	check_slice(read_named(&reading, "prod")->end.outcome, "complete");
	check_slice(read_named(&reading, "stage")->end.outcome, "failed");
}

/* One cluster that cannot be read takes nothing from the others. */
static void test_one_cluster_fails(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	scratch_write(&scratch, "prod/pods.json", SLICE(POD("a")));
	scratch_write(&scratch, "stage/pods.json", SLICE("{\"kind\":"));
	read_scratch(&reading, &scratch, "");
	check_slice(read_named(&reading, "prod")->end.outcome, "complete");
	check_slice(read_named(&reading, "stage")->end.outcome, "failed");
	assert_true(slice_contains(read_named(&reading, "stage")->end.why, "stage/pods.json"));
}

static size_t coverage_of(const struct reading *reading, const char *kind, const char *outcome)
{
	size_t count = 0;
	for (size_t i = 0; i < reading->memory.record_count; i++) {
		const struct coverage *coverage = reading->memory.records[i].record;
		count += reading->memory.records[i].type == &coverage_type && slice_equal_text(coverage->kind, kind) &&
			 slice_equal_text(coverage->outcome, outcome);
	}
	return count;
}

/* No pods in the dump: "who uses it" is unknown, which is not "nobody". */
static void test_absent_kinds_are_said(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	scratch_write(&scratch, "secrets.json",
		      SLICE("{\"apiVersion\":\"v1\",\"kind\":\"SecretList\",\"metadata\":{},\"items\":[]}"));
	read_scratch(&reading, &scratch, "");
	assert_int_equal(coverage_of(&reading, "Pod", "absent"), 1);
	assert_int_equal(coverage_of(&reading, "Secret", "absent"), 0);
}

/* `kubectl get --raw`: only the list says the kind, at its start, and the pages of an unpacked file are given back
 * while it is read. */
static void test_a_large_raw_list_in_a_tar(void **state)
{
	const size_t count = 100000;
	CLEANUP(strbuf_release) struct strbuf list = STRBUF_INIT(64 * LIMIT_MIB);
	strbuf_add_text(&list, "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[");
	for (size_t i = 0; i < count; i++)
		strbuf_addf(&list,
			    "%s{\"metadata\":{\"name\":\"web-%zu\",\"namespace\":\"shop\",\"uid\":\"uid-%zu\","
			    "\"labels\":{\"app\":\"web\",\"pod-template-hash\":\"5d4f9c7b6\"}},\"spec\":{}}",
			    i ? "," : "", i, i);
	strbuf_add_text(&list, "]}");
	const struct tar_file files[] = { { .name = "pods.json", .bytes = strbuf_slice(&list) } };
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(tar_release) struct tar_bytes tar = tar_make(files, COUNT(files), ARCHIVE_FILTER_NONE);
	CLEANUP(reading_release) struct reading reading;
	assert_true(list.len > 8 * LIMIT_MIB);
	scratch_write(&scratch, "dump.tar", tar_slice(&tar));
	read_scratch(&reading, &scratch, "dump.tar");
	assert_int_equal(count_of(&reading, &pod_type), count);
	assert_int_equal(count_of(&reading, &defect_type), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_read_for_each_cluster),
		cmocka_unit_test(test_a_tar_gives_what_its_folder_gives),
		cmocka_unit_test(test_a_cut_tar_makes_every_read_partial),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_never_a_third_time),
		cmocka_unit_test(test_failing_sink),
		cmocka_unit_test(test_nothing_to_read),
		cmocka_unit_test(test_little_is_not_nothing),
		cmocka_unit_test(test_what_was_there_is_named),
		cmocka_unit_test(test_words_of_kubectl_alone_are_refused_with_them),
		cmocka_unit_test(test_a_folder_of_error_texts_is_a_cluster_that_was_not_read),
		cmocka_unit_test(test_one_cluster_fails),
		cmocka_unit_test(test_absent_kinds_are_said),
		cmocka_unit_test(test_a_large_raw_list_in_a_tar),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
