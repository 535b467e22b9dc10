#include <stdlib.h>
#include <string.h>

#include "writing.h"

#define HEAD(kind, group)                                                                                              \
	"{\"fother\":{\"record\":\"frozen_head\",\"schema\":\"fother.list/1\",\"tool\":\"fother 0\",\"cluster\":"      \
	"\"prod\",\"server\":\"https://api.example.com:6443\",\"as_of\":\"2026-11-25T11:55:00.5Z\",\"key_id\":"        \
	"\"0123abcd\",\"kind\":\"" kind "\",\"group\":\"" group "\",\"version\":\"v1\",\"resource\":\"things\","       \
	"\"namespace\":\"*\",\"subtype\":\"*\",\"metadata_only\":false},"

static struct frozen_list *open_list(struct frozen_writer *writer, const char *kind, const char *group)
{
	struct frozen_about about = writing_about(kind, group);
	struct frozen_list *list = NULL;
	struct error *err = NULL;
	check_ok(frozen_list_open(writer, &about, &list, &err), &err);
	return list;
}

static void item(struct frozen_list *list, const char *json)
{
	struct error *err = NULL;
	check_ok(frozen_list_item(list, slice_of(json), &err), &err);
}

static void close_list(struct frozen_list *list, const char *outcome)
{
	struct error *err = NULL;
	struct frozen_list_end end = { .outcome = slice_of(outcome), .resource_version = SLICE("17"), .objects = 2 };
	check_ok(frozen_list_close(list, &end, &err), &err);
}

static void test_a_list_is_one_of_the_api(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(frozen_writer_freep) struct frozen_writer *writer = writing_start(&scratch);
	struct frozen_list *list = open_list(writer, "Deployment", "apps");
	item(list, "{\"metadata\":{\"name\":\"a\"},\n\"spec\":{}}");
	item(list, "{\"metadata\":{\"name\":\"b\"}}");
	close_list(list, "complete");
	assert_string_equal(written(writer, "Deployment.apps.json"),
			    HEAD("Deployment",
				 "apps") "\"kind\":\"DeploymentList\",\"apiVersion\":\"apps/v1\",\"items\":[\n"
					 "{\"metadata\":{\"name\":\"a\"},\"spec\":{}},\n"
					 "{\"metadata\":{\"name\":\"b\"}}\n"
					 "],\"metadata\":{\"resourceVersion\":\"17\"}}\n");
}

static void test_secrets_carry_their_records(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(frozen_writer_freep) struct frozen_writer *writer = writing_start(&scratch);
	struct frozen_list *list = open_list(writer, "Secret", "");
	writing_put(writer, "one");
	item(list, "{\"data\":{\"x\":\"dmFsdWU=\"}}");
	item(list, "{\"type\":\"Opaque\"}");
	item(list, "{}");
	close_list(list, "complete");
	assert_non_null(
		strstr(written(writer, "Secret.json"),
		       "{\"data\":{\"x\":null},\"fother\":{\"format\":1,\"key_id\":\"0123abcd\",\"records\":"
		       "[{\"record\":\"secret\",\"uid\":\"one\",\"namespace\":\"shop\",\"name\":\"one\"}]}},\n"
		       "{\"type\":\"Opaque\",\"fother\":{\"format\":1,\"key_id\":\"0123abcd\",\"records\":[]}},\n"
		       "{\"fother\":{\"format\":1,\"key_id\":\"0123abcd\",\"records\":[]}}\n]"));
}

/* Of an object that is written as it was, the records are made anew. */
static void test_others_carry_records_only_when_they_lost_something(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(frozen_writer_freep) struct frozen_writer *writer = writing_start(&scratch);
	struct frozen_list *list = open_list(writer, "Rollout", "argoproj.io");
	writing_put(writer, "whole");
	item(list, "{\"a\":1}");
	writing_put(writer, "changed");
	item(list, "{\"data\":{\"x\":1}}");
	close_list(list, "complete");
	const char *text = written(writer, "Rollout.argoproj.io.json");
	assert_non_null(strstr(text, "{\"a\":1},\n"));
	assert_null(strstr(text, "whole"));
	assert_non_null(strstr(text, "\"name\":\"changed\""));
}

static void test_lists_of_one_kind_have_files_of_their_own(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(frozen_writer_freep) struct frozen_writer *writer = writing_start(&scratch);
	struct frozen_about about = writing_about("Secret", "");
	struct frozen_list *lists[4] = { 0 };
	struct error *err = NULL;
	check_ok(frozen_list_open(writer, &about, &lists[0], &err), &err);
	about.subtype = SLICE("kubernetes.io/dockercfg");
	check_ok(frozen_list_open(writer, &about, &lists[1], &err), &err);
	about.namespace = SLICE("shop");
	check_ok(frozen_list_open(writer, &about, &lists[2], &err), &err);
	check_ok(frozen_list_open(writer, &about, &lists[3], &err), &err);
	for (size_t i = 4; i-- > 0;) /* all are open at once */
		item(lists[i], "{\"type\":\"t\"}");
	for (size_t i = 0; i < 4; i++)
		close_list(lists[i], "complete");
	assert_non_null(written(writer, "Secret.json"));
	assert_non_null(written(writer, "Secret.kubernetes.io-dockercfg.json"));
	assert_non_null(written(writer, "Secret.shop.kubernetes.io-dockercfg.json"));
	assert_non_null(written(writer, "Secret.shop.kubernetes.io-dockercfg-2.json"));
}

static void test_a_restart_forgets(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(frozen_writer_freep) struct frozen_writer *writer = writing_start(&scratch);
	struct error *err = NULL;
	struct frozen_list *list = open_list(writer, "Secret", "");
	item(list, "{\"type\":\"first\"}");
	writing_put(writer, "of the first");
	check_ok(frozen_list_restart(list, &err), &err);
	item(list, "{\"type\":\"second\"}");
	close_list(list, "complete");
	const char *text = written(writer, "Secret.json");
	assert_null(strstr(text, "first"));
	assert_non_null(strstr(text,
			       "\"items\":[\n{\"type\":\"second\",\"fother\":{\"format\":1,\"key_id\":\"0123abcd\","
			       "\"records\":[]}}\n]"));
	assert_int_equal(strncmp(text, HEAD("Secret", ""), sizeof HEAD("Secret", "") - 1), 0);
}

static void test_which_lists_have_a_file(void **state)
{
	static const struct {
		const char *outcome;
		bool has_file, is_whole;
	} cases[] = {
		{ "complete", true, true },      { "mixed", true, true },    { "metadata", true, true },
		{ "partial", true, false },      { "failed", false, false }, { "forbidden", false, false },
		{ "interrupted", false, false }, { "absent", false, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
		CLEANUP(frozen_writer_freep) struct frozen_writer *writer = writing_start(&scratch);
		close_list(open_list(writer, "Pod", ""), cases[i].outcome);
		struct frozen_list *list = open_list(writer, "Job", "batch");
		item(list, "{}");
		close_list(list, cases[i].outcome);
		assert_int_equal(written(writer, "Pod.json") != NULL, cases[i].has_file);
		const char *job = written(writer, "Job.batch.json");
		assert_non_null(job);
		/* kubectl, and our reader of its dumps, take a continue token for "there is more". */
		assert_int_equal(strstr(job, "\"continue\"") == NULL, cases[i].is_whole);
	}
}

static void test_items_that_were_lost_stand_in_the_manifest(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(frozen_writer_freep) struct frozen_writer *writer = writing_start(&scratch);
	struct error *err = NULL;
	struct frozen_list *list = open_list(writer, "Secret", "");
	writing_put_defect(writer, "unread", "item 0");
	item(list, "[\"an item that is no object\"]");
	writing_put_defect(writer, "huge", "item 1");
	check_ok(frozen_list_lost(list, &err), &err);
	writing_put_defect(writer, "odd", "/data/x");
	item(list, "{\"type\":\"t\"}");
	close_list(list, "partial");
	writing_finish(writer);
	const char *text = written(writer, "manifest.json");
	assert_non_null(strstr(text, "\"unread\""));
	assert_non_null(strstr(text, "\"huge\""));
	assert_null(strstr(text, "\"odd\""));
	text = written(writer, "Secret.json");
	assert_null(strstr(text, "unread"));
	assert_null(strstr(text, "no object"));
	assert_non_null(strstr(text, "\"odd\""));
}

static void test_an_item_that_is_no_json_is_an_error(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(frozen_writer_freep) struct frozen_writer *writer = writing_start(&scratch);
	struct error *err = NULL;
	struct frozen_list *list = open_list(writer, "Pod", "");
	assert_int_equal(frozen_list_item(list, SLICE("{\"a\":"), &err), -1);
	check_error(&err, ERROR_SYNTAX, "/prod/20261125T115500Z: Pod: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_list_is_one_of_the_api),
		cmocka_unit_test(test_secrets_carry_their_records),
		cmocka_unit_test(test_others_carry_records_only_when_they_lost_something),
		cmocka_unit_test(test_lists_of_one_kind_have_files_of_their_own),
		cmocka_unit_test(test_a_restart_forgets),
		cmocka_unit_test(test_which_lists_have_a_file),
		cmocka_unit_test(test_items_that_were_lost_stand_in_the_manifest),
		cmocka_unit_test(test_an_item_that_is_no_json_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
