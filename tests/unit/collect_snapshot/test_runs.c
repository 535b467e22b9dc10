/* Which folders are runs, and in which order they are read. */
#include "collect/snapshot/runs.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/strbuf.h"
#include "fixture.h"
#include "kube/object/object.h"

#define HASH "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void write_manifest(const struct scratch *scratch, const char *folder, const char *cluster, const char *as_of)
{
	char name[256], text[1024];
	snprintf(name, sizeof name, "%s%smanifest.json", folder, *folder ? "/" : "");
	snprintf(text, sizeof text,
		 "{\"schema\":\"fother.snapshot/1\",\"cluster\":\"%s\",\"key_id\":\"0123abcd\",\"as_of\":\"%s\","
		 "\"outcome\":\"complete\",\"lists\":[],\"files\":[],\"lost\":[]}",
		 cluster, as_of);
	scratch_write(scratch, name, slice_of(text));
}

static void write_list(const struct scratch *scratch, const char *name, const char *cluster, const char *as_of,
		       const char *key_id)
{
	char text[1024];
	snprintf(text, sizeof text,
		 "{\"fother\":{\"schema\":\"fother.list/1\",\"cluster\":\"%s\",\"server\":\"s\",\"as_of\":\"%s\","
		 "\"key_id\":\"%s\",\"kind\":\"Pod\",\"group\":\"\",\"version\":\"v1\",\"resource\":\"pods\","
		 "\"namespace\":\"*\",\"subtype\":\"*\"},\"kind\":\"PodList\",\"items\":[",
		 cluster, as_of, key_id);
	scratch_write(scratch, name, slice_of(text));
}

/* NAME@FOLDER of each cluster, '!' behind a run and '?' behind one without a manifest; then PATH=CLUSTER of each file.
 */
static void check_layout(const struct scratch *scratch, const char *expected)
{
	CLEANUP(dump_freep) struct dump *dump = NULL;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_LINE_BYTES);
	struct error *err = NULL;
	check_ok(dump_open(scratch->path, &dump, &err), &err);
	for (size_t i = 0; i < dump->clusters.len; i++) {
		const struct dump_cluster *cluster = &dump->clusters.items[i];
		strbuf_addf(&out, "%.*s@%.*s%s ", SLICE_ARG(cluster->name), SLICE_ARG(cluster->folder),
			    !cluster->run         ? ""
			    : cluster->run->whole ? "!"
						  : "?");
	}
	strbuf_add_char(&out, '|');
	for (size_t i = 0; i < dump->files.len; i++) {
		const struct dump_file *file = &dump->files.items[i];
		strbuf_addf(&out, " %.*s=%d", SLICE_ARG(file->path),
			    file->cluster == DUMP_NO_CLUSTER ? -1 : (int)file->cluster);
	}
	assert_string_equal(strbuf_text(&out), expected);
}

static void test_runs_in_the_order_of_their_times(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	write_manifest(&s, "a/2", "late", "2026-11-25T11:55:00Z");
	write_manifest(&s, "b/1", "early", "2026-11-24T11:55:00Z");
	write_manifest(&s, "c/1", "between", "2026-11-25T02:00:00Z");
	write_manifest(&s, "a/3", "also late", "2026-11-25T11:55:00Z");
	check_layout(&s, "early@b/1! between@c/1! late@a/2! also late@a/3! | a/2/manifest.json=2 a/3/manifest.json=3 "
			 "b/1/manifest.json=0 c/1/manifest.json=1");
}

static void test_all_that_lies_in_its_folder_is_the_runs(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	write_manifest(&s, "run", "prod", "2026-11-25T11:55:00Z");
	scratch_write(&s, "run/Pod.json", SLICE("{}"));
	scratch_write(&s, "run/deep/Pod.json", SLICE("{}"));
	scratch_write(&s, "run2/pods.json", SLICE(LIST(POD("a"))));
	check_layout(&s,
		     "run2@run2 prod@run! | run/Pod.json=1 run/deep/Pod.json=1 run/manifest.json=1 run2/pods.json=0");
}

static void test_a_run_at_the_top_and_one_in_it(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	write_manifest(&s, "", "top", "2026-11-25T11:55:00Z");
	write_manifest(&s, "in", "inner", "2026-11-26T11:55:00Z");
	scratch_write(&s, "in/x.json", SLICE("{}"));
	check_layout(&s, "top@! inner@in! | in/manifest.json=1 in/x.json=1 manifest.json=0");
}

static void test_without_a_manifest_the_lists_speak(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	write_list(&s, "run/Pod.json", "prod", "2026-11-25T11:55:00Z", "0123abcd");
	write_list(&s, "run/Pod-2.json", "prod", "2026-11-25T11:55:00Z", "0123abcd");
	write_list(&s, "run/Pod-3.json", "prod", "2026-11-25T11:55:09Z", "0123abcd");
	CLEANUP(dump_freep) struct dump *dump = NULL;
	struct error *err = NULL;
	check_ok(dump_open(s.path, &dump, &err), &err);
	const struct frozen_run *run = dump->clusters.items[0].run;
	check_slice(run->manifest.cluster, "prod");
	check_slice(run->manifest.outcome, "interrupted");
	check_slice(run->as_of_from, "manifest");
	/* The third one says of itself that it is of another run; in the order of names it is the second. */
	assert_int_equal(run->manifest.lists.len, 2);
	const struct frozen_list_row *row = run->manifest.lists.items;
	check_slice(row[0].outcome, "interrupted");
	assert_true(row[0].bytes == INT_UNKNOWN && row[0].objects == INT_UNKNOWN);
}

static void test_nothing_says_anything(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	scratch_write(&s, "x/manifest.json", SLICE("{\"schema\":\"fother.snapshot/1\",\"cluster\":"));
	check_layout(&s, "x@x? | x/manifest.json=0");
}

static void test_manifests_of_others_are_none(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	scratch_write(&s, "prod/manifest.json", SLICE("{\"schemaVersion\":2}"));
	scratch_write(&s, "prod/renamed.json", SLICE("{\"schema\":\"fother.snapshot/1\"}"));
	check_layout(&s, "prod@prod | prod/manifest.json=0 prod/renamed.json=0");
}

/* An error text beside runs is no cluster; a folder of such is one that could not be read. */
static void test_what_lies_beside_runs(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	write_manifest(&s, "prod/1", "prod", "2026-11-25T11:55:00Z");
	scratch_write(&s, "other/pods.json", SLICE("error: You must be logged in to the server\n"));
	scratch_write(&s, "empty.json", SLICE(""));
	scratch_write(&s, "README", SLICE("hello"));
	check_layout(&s, "other@other prod@prod/1! | README=-1 empty.json=0 other/pods.json=0 prod/1/manifest.json=1");
}

static void test_keys(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(dump_freep) struct dump *dump = NULL;
	struct fingerprint_key other = { .id = "99999999" };
	struct error *err = NULL;
	write_list(&s, "a/Pod.json", "prod", "2026-11-25T11:55:00Z", "0123abcd");
	write_manifest(&s, "b", "prod", "2026-11-25T11:55:00Z");
	check_ok(dump_open(s.path, &dump, &err), &err);
	check_ok(runs_check_key(dump, reading_key(), &err), &err);
	assert_int_equal(runs_check_key(dump, &other, &err), -1);
	check_error(&err, ERROR_USAGE,
		    "a: the fingerprints in it were made with the key 0123abcd, and the key here is 99999999");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs_in_the_order_of_their_times),
		cmocka_unit_test(test_all_that_lies_in_its_folder_is_the_runs),
		cmocka_unit_test(test_a_run_at_the_top_and_one_in_it),
		cmocka_unit_test(test_without_a_manifest_the_lists_speak),
		cmocka_unit_test(test_nothing_says_anything),
		cmocka_unit_test(test_manifests_of_others_are_none),
		cmocka_unit_test(test_what_lies_beside_runs),
		cmocka_unit_test(test_keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
