/* One cluster: what each kind of file puts into the sink, how complete the read is said to be, and of when it speaks.
 */
#include <unistd.h>

#include "base/strbuf.h"
#include "fixture.h"

static const struct memory_read *only_read(const struct reading *reading)
{
	assert_int_equal(reading->memory.read_count, 1);
	return &reading->memory.reads[0];
}

static void check_outcome(const struct reading *reading, const char *outcome, const char *why)
{
	const struct memory_read *read = only_read(reading);
	check_slice(read->end.outcome, outcome);
	if (!why)
		assert_null(read->end.why.data);
	else if (!slice_contains(read->end.why, why))
		fail_msg("\"%.*s\" does not say \"%s\"", SLICE_ARG(read->end.why), why);
}

struct file_case {
	const char *name;
	struct slice bytes;
	const char *code; /* of its defect; NULL: none */
	const char *message;
	const char *outcome;
};

/* Each beside a good file, which is read whatever stands beside it. */
static const struct file_case file_cases[] = {
	{ "a.json", SLICE_INIT(LIST(POD("a"))), NULL, NULL, "complete" },
	{ "a.json", SLICE_INIT(""), "empty", "empty file", "partial" },
	{ "a.json", SLICE_INIT("\r\n"), "empty", "empty file", "partial" },
	{ "a.json", SLICE_INIT("error: You must be logged in to the server (Unauthorized)\n"), "error_text",
	  "error: You must be logged in to the server (Unauthorized)", "partial" },
	{ "a.json", SLICE_INIT("Error from server: token dckr_pat_EXAMPLEexampleEXAMPLEexam1 is bad\n"), "error_text",
	  "masked", "partial" },
	{ "a.json", SLICE_INIT("error: \x1b[31mred\n"), "not_a_document", NULL, "partial" },
	{ "a.json", SLICE_INIT("PK\3\4"), "not_a_document", "neither JSON nor YAML", "partial" },
	{ "a.json", SLICE_INIT("Warning: deprecated\n" LIST(POD("a"))), "text_before_objects", "Warning: deprecated",
	  "complete" },
	{ "a.json", SLICE_INIT("error: the watch ended\n" LIST(POD("a"))), "error_text", "the watch ended", "partial" },
	{ "a.json", SLICE_INIT("{\"apiVersion\":\"v1\",\"items\":[" POD("a") ",{\"kind\":"), "truncated", NULL,
	  "partial" },
	{ "a.json", SLICE_INIT("\xff\xfe{\0}\0"), NULL, NULL, NULL },
	{ "a.json", SLICE_INIT("\xff\xfe\0\0\1\0"), "not_a_document", NULL, "partial" },
	{ "notes.txt", SLICE_INIT("notes"), NULL, NULL, "complete" },
};

static void check_file(const struct file_case *c)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	scratch_write(&scratch, "good.json", SLICE(LIST(POD("good"))));
	scratch_write(&scratch, c->name, c->bytes);
	read_scratch(&reading, &scratch, "");
	assert_true(has_pod(&reading, "good"));
	const struct defect *defect = file_defect_of(&reading, c->name, NULL);
	if (c->code) {
		assert_non_null(defect);
		check_slice(defect->code, c->code);
	}
	if (c->message && !slice_contains(defect->message, c->message))
		fail_msg("\"%.*s\" does not say \"%s\"", SLICE_ARG(defect->message), c->message);
	if (c->message)
		assert_false(slice_contains(defect->message, "dckr_pat_EXAMPLEexample"));
	if (c->outcome)
		check_outcome(&reading, c->outcome, strcmp(c->outcome, "partial") == 0 ? "a.json: " : NULL);
}

static void test_files(void **state)
{
	for (size_t i = 0; i < COUNT(file_cases); i++)
		check_file(&file_cases[i]);
}

/* A token where the shown part ends is masked before it is cut. */
static void test_error_text_is_cut_behind_the_mask(void **state)
{
	for (int before = 200; before < 250; before++) {
		CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
		CLEANUP(reading_release) struct reading reading;
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
		strbuf_add_text(&text, "error: ");
		strbuf_add_repeat(&text, '-', (size_t)before);
		strbuf_add_text(&text, " dckr_pat_EXAMPLEexampleEXAMPLEexam1\n");
		scratch_write(&scratch, "a.json", strbuf_slice(&text));
		scratch_write(&scratch, "good.json", SLICE(POD("good")));
		read_scratch(&reading, &scratch, "");
		const struct defect *defect = file_defect_of(&reading, "a.json", "error_text");
		assert_false(slice_contains(defect->message, "dckr_pat_E"));
		assert_true(slice_contains(defect->message, "error: ---"));
	}
}

static void test_what_is_read_of_damaged_files(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	scratch_write(&scratch, "cut.json", SLICE("{\"items\":[" POD("a") "," POD("b") ",{\"ki"));
	scratch_write(&scratch, "text.json", SLICE("error: x\nerror: y\n" POD("c") "\n"));
	scratch_write(&scratch, "lines.json", SLICE(POD("d") "\n{\"kind\"\n" POD("e") "\n"));
	read_scratch(&reading, &scratch, "");
	assert_int_equal(pod_count(&reading), 5);
	check_outcome(&reading, "partial", "cut.json: broken at byte ");
}

static void test_reasons_are_counted(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	for (char name[] = "a.json"; name[0] <= 'e'; name[0]++)
		scratch_write(&scratch, name, SLICE(""));
	scratch_write(&scratch, "z.json", SLICE(POD("a")));
	read_scratch(&reading, &scratch, "");
	check_outcome(&reading, "partial", "a.json: empty file; b.json: empty file; c.json: empty file; and 2 more");
	assert_int_equal(only_read(&reading)->end.defects, 5);
}

static void test_reason_for_objects_that_do_not_decode(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	scratch_write(&scratch, "a.json",
		      SLICE(LIST(POD("a") ",{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":[]}")));
	read_scratch(&reading, &scratch, "");
	assert_true(has_pod(&reading, "a"));
	check_outcome(&reading, "partial", "Pod: 1 did not decode");
}

static void test_ignored_files_are_a_gap(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	scratch_write(&scratch, "pods.json", SLICE(POD("a")));
	scratch_write(&scratch, "README.txt", SLICE("notes"));
	scratch_write(&scratch, "a.png", SLICE("\x89PNG"));
	scratch_write(&scratch, ".git/config", SLICE("[core]"));
	scratch_write(&scratch, "z.log.gz", SLICE("\x1f\x8b\x08"));
	read_scratch(&reading, &scratch, "");
	check_outcome(&reading, "complete", NULL);
	assert_int_equal(reading.result.files, 1);
	assert_int_equal(reading.result.ignored, 4);
	assert_int_equal(count_of(&reading, &gap_type), 1);
	for (size_t i = 0; i < reading.memory.record_count; i++) {
		const struct gap *gap = reading.memory.records[i].record;
		if (reading.memory.records[i].type != &gap_type)
			continue;
		check_slice(gap->kind, "File");
		check_slice(gap->cause,
			    ".git (hidden), README.txt (no JSON or YAML), a.png (no JSON or YAML) and 1 more");
		assert_int_equal(gap->lost, 4);
	}
}

/* What may well hold objects and is not opened. */
static void test_links_and_archives_make_it_partial(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	scratch_write(&scratch, "pods.json", SLICE(POD("a")));
	scratch_write(&scratch, "stage.tgz", SLICE("\x1f\x8b\x08"));
	assert_int_equal(symlink("pods.json", scratch_path(&scratch, "z.json")), 0);
	read_scratch(&reading, &scratch, "");
	check_outcome(&reading, "partial",
		      "stage.tgz: an archive in the folder was not read: give it to --snapshot itself; z.json: a link");
	assert_non_null(file_defect_of(&reading, "stage.tgz", "archive"));
	assert_non_null(file_defect_of(&reading, "z.json", "link"));
	assert_int_equal(pod_count(&reading), 1);
}

static void test_two_clusters_in_one_folder(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	scratch_write(&scratch, "a.json", SLICE(LIST(KUBE_SYSTEM("uid-1") "," KUBE_SYSTEM("uid-1"))));
	read_scratch(&reading, &scratch, "");
	check_outcome(&reading, "complete", NULL);
	reading_release(&reading);

	scratch_write(&scratch, "b.json", SLICE(LIST(KUBE_SYSTEM("uid-2"))));
	read_scratch(&reading, &scratch, "");
	check_outcome(&reading, "partial", "objects of more than one cluster");
	assert_non_null(file_defect_of(&reading, scratch.path, "two_clusters"));
}

static void test_same_object_twice(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	scratch_write(&scratch, "a.json", SLICE(LIST(POD("a") "," POD("a"))));
	scratch_write(&scratch, "b.yaml", SLICE(POD_YAML("a")));
	read_scratch(&reading, &scratch, "");
	assert_int_equal(pod_count(&reading), 1);
	assert_int_equal(reading.result.objects, 1);
	check_outcome(&reading, "complete", NULL);
}

static void test_as_of(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	char text[TIME_TEXT_BYTES];
	scratch_write(&scratch, "a.json", SLICE(POD("a") KUBE_SYSTEM("uid-cluster")));
	read_scratch(&reading, &scratch, "");
	check_slice(only_read(&reading)->end.as_of_from, "metadata");
	assert_string_equal(time_format(only_read(&reading)->end.as_of, text), "2026-11-01T00:00:00Z");
	assert_int_equal(reading.result.newest_as_of, only_read(&reading)->end.as_of);
	assert_int_equal(only_read(&reading)->scope.as_of, TIME_UNSET);
	check_slice(only_read(&reading)->end.cluster_uid, "uid-cluster");
	reading_release(&reading);

	reading_init(&reading, scratch.path);
	reading.options.as_of = USEC_PER_DAY;
	read_dump(&reading);
	check_ok(reading.status, &reading.err);
	check_slice(only_read(&reading)->end.as_of_from, "given");
	assert_int_equal(only_read(&reading)->end.as_of, USEC_PER_DAY);
	assert_int_equal(only_read(&reading)->scope.as_of, USEC_PER_DAY);
}

static void test_as_of_of_a_dump_without_any_time(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	int64_t before = time_now();
	scratch_write(&scratch, "a.json", SLICE("{\"apiVersion\":\"v1\",\"kind\":\"PodList\",\"items\":[]}"));
	read_scratch(&reading, &scratch, "");
	check_outcome(&reading, "complete", NULL);
	check_slice(only_read(&reading)->end.as_of_from, "clock");
	assert_true(only_read(&reading)->end.as_of >= before && only_read(&reading)->end.as_of <= time_now());
}

struct progress_seen {
	size_t calls;
	int64_t objects;
	char file[32];
};

static void see_progress(void *data, const char *file, int64_t objects)
{
	struct progress_seen *seen = data;
	seen->calls++;
	assert_true(objects >= seen->objects);
	seen->objects = objects;
	snprintf(seen->file, sizeof seen->file, "%s", file);
}

/* Also inside one list: a dump is often one file. */
static void test_progress(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(reading_release) struct reading reading;
	CLEANUP(strbuf_release) struct strbuf list = STRBUF_INIT(LIMIT_MIB * 8);
	struct progress_seen seen = { 0 };
	strbuf_add_text(&list, "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[");
	for (int i = 0; i < 7000; i++)
		strbuf_addf(
			&list,
			"%s{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"n%d\",\"uid\":\"%d\"}}",
			i ? "," : "", i, i);
	strbuf_add_text(&list, "]}");
	scratch_write(&scratch, "a.json", strbuf_slice(&list));
	reading_init(&reading, scratch.path);
	reading.options.progress = see_progress;
	reading.options.progress_data = &seen;
	read_dump(&reading);
	check_ok(reading.status, &reading.err);
	assert_true(seen.calls >= 4);
	assert_int_equal(seen.objects, 7000);
	assert_string_equal(seen.file, "a.json");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_error_text_is_cut_behind_the_mask),
		cmocka_unit_test(test_what_is_read_of_damaged_files),
		cmocka_unit_test(test_reasons_are_counted),
		cmocka_unit_test(test_reason_for_objects_that_do_not_decode),
		cmocka_unit_test(test_ignored_files_are_a_gap),
		cmocka_unit_test(test_links_and_archives_make_it_partial),
		cmocka_unit_test(test_two_clusters_in_one_folder),
		cmocka_unit_test(test_same_object_twice),
		cmocka_unit_test(test_as_of),
		cmocka_unit_test(test_as_of_of_a_dump_without_any_time),
		cmocka_unit_test(test_progress),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
