#include "collect/frozen/frozen_file.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "support/check.h"
#include "support/scratch.h"
#include "support/torture.h"

static int open_scratch(const struct scratch *scratch)
{
	int folder = open(scratch->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(folder >= 0);
	return folder;
}

static void check_name(struct slice text, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_LINE_BYTES);
	frozen_name_add(&out, text);
	assert_string_equal(strbuf_text(&out), expected);
}

static void test_names_are_made_safe(void **state)
{
	char many[1000];
	check_name(SLICE("prod-1.eu_west"), "prod-1.eu_west");
	check_name(SLICE("arn:aws:eks:eu-west-1:1:cluster/prod"), "arn-aws-eks-eu-west-1-1-cluster-prod");
	check_name(SLICE("kubernetes.io/dockercfg"), "kubernetes.io-dockercfg");
	check_name(SLICE("../x"), "_..-x");
	check_name(SLICE(".hidden"), "_.hidden");
	check_name(SLICE("-o"), "_-o");
	check_name(SLICE(""), "_");
	check_name((struct slice){ "a\0\n\xff", 4 }, "a---");
	memset(many, 'x', sizeof many);
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_LINE_BYTES);
	frozen_name_add(&out, (struct slice){ many, sizeof many });
	assert_int_equal(out.len, FROZEN_NAME_BYTES);
}

static mode_t mode_of(const struct scratch *scratch, const char *name)
{
	struct stat status;
	assert_int_equal(stat(scratch_path(scratch, name), &status), 0);
	return status.st_mode & 07777;
}

static void test_folders_are_new_and_ours_alone(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT(LIMIT_LINE_BYTES);
	struct error *err = NULL;
	mode_t before = umask(0);
	CLEANUP(fd_closep) int top = open_scratch(&scratch);
	CLEANUP(fd_closep) int cluster = frozen_folder_open(top, "prod", &err);
	CLEANUP(fd_closep) int again = frozen_folder_open(top, "prod", &err);
	CLEANUP(fd_closep) int first = frozen_folder_make(cluster, "run", &name, &err);
	assert_string_equal(strbuf_text(&name), "run");
	CLEANUP(fd_closep) int second = frozen_folder_make(cluster, "run", &name, &err);
	umask(before);
	assert_string_equal(strbuf_text(&name), "run-2");
	check_no_error(&err);
	assert_true(again >= 0 && first >= 0 && second >= 0);
	assert_int_equal(mode_of(&scratch, "prod"), 0700);
	assert_int_equal(mode_of(&scratch, "prod/run"), 0700);
	assert_int_equal(mode_of(&scratch, "prod/run-2"), 0700);
	check_ok(frozen_folder_sync(second, &err), &err);
}

static void test_links_are_not_followed(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make(), outside = scratch_make();
	struct error *err = NULL;
	CLEANUP(fd_closep) int top = open_scratch(&scratch);
	assert_int_equal(symlink(outside.path, scratch_path(&scratch, "prod")), 0);
	assert_int_equal(frozen_folder_open(top, "prod", &err), -1);
	check_error(&err, ERROR_SYSTEM, "prod: cannot be opened");
	char link[128];
	snprintf(link, sizeof link, "%s/prod", scratch.path);
	CLEANUP(fd_closep) int named = frozen_folder_open(AT_FDCWD, link, &err);
	assert_true(named >= 0);
	assert_int_equal(symlink("elsewhere", scratch_path(&scratch, "Pod.json")), 0);
	CLEANUP(frozen_file_freep) struct frozen_file *file = frozen_file_new(top, "where", "Pod", &err);
	assert_non_null(file);
	assert_string_equal(frozen_file_name(file), "Pod-2.json");
}

static void check_content(const struct scratch *scratch, const char *name, struct slice expected)
{
	CLEANUP(file_release) struct file_bytes bytes = { 0 };
	struct error *err = NULL;
	check_ok(file_map(AT_FDCWD, scratch_path(scratch, name), true, &bytes, &err), &err);
	assert_true(slice_equal(file_slice(&bytes), expected));
}

static void test_a_file_is_new_hashed_and_ours_alone(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	struct error *err = NULL;
	struct frozen_file_facts facts;
	mode_t before = umask(0);
	CLEANUP(fd_closep) int folder = open_scratch(&scratch);
	scratch_write(&scratch, "Pod.json", SLICE("of somebody else"));
	CLEANUP(frozen_file_freep) struct frozen_file *file = frozen_file_new(folder, "where", "Pod", &err);
	umask(before);
	assert_non_null(file);
	check_ok(frozen_file_add(file, SLICE("a"), &err), &err);
	check_ok(frozen_file_add(file, SLICE("bc"), &err), &err);
	check_ok(frozen_file_end(file, &facts, &err), &err);
	assert_string_equal(frozen_file_name(file), "Pod-2.json");
	assert_int_equal(facts.bytes, 3);
	assert_string_equal(facts.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(mode_of(&scratch, "Pod-2.json"), 0600);
	check_content(&scratch, "Pod-2.json", SLICE("abc"));
	check_content(&scratch, "Pod.json", SLICE("of somebody else"));
	assert_null(frozen_file_new_named(folder, "where", "Pod.json", &err));
	check_error(&err, ERROR_SYSTEM, "where/Pod.json: File exists");
}

static void test_many_and_large_pieces(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	static char large[300000];
	struct error *err = NULL;
	struct frozen_file_facts facts;
	char expected[SHA256_TEXT_BYTES];
	CLEANUP(strbuf_release) struct strbuf all = STRBUF_INIT(16 * LIMIT_MIB);
	CLEANUP(fd_closep) int folder = open_scratch(&scratch);
	CLEANUP(frozen_file_freep) struct frozen_file *file = frozen_file_new_named(folder, "where", "x", &err);
	memset(large, 'l', sizeof large);
	for (size_t i = 0; i < 300; i++) {
		struct slice piece = { large, i % 50 == 7 ? sizeof large : i * 31 % 3000 };
		check_ok(frozen_file_add(file, piece, &err), &err);
		strbuf_add_slice(&all, piece);
	}
	check_ok(frozen_file_end(file, &facts, &err), &err);
	check_ok(sha256_of(strbuf_slice(&all), expected, &err), &err);
	assert_string_equal(facts.sha256, expected);
	assert_int_equal(facts.bytes, all.len);
	check_content(&scratch, "x", strbuf_slice(&all));
}

static void test_a_restart_leaves_nothing_behind(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	static char large[100000];
	struct error *err = NULL;
	struct frozen_file_facts facts;
	CLEANUP(fd_closep) int folder = open_scratch(&scratch);
	CLEANUP(frozen_file_freep) struct frozen_file *file = frozen_file_new_named(folder, "where", "x", &err);
	check_ok(frozen_file_add(file, (struct slice){ large, sizeof large }, &err), &err);
	check_ok(frozen_file_add(file, SLICE("old"), &err), &err);
	check_ok(frozen_file_restart(file, &err), &err);
	check_ok(frozen_file_add(file, SLICE("abc"), &err), &err);
	check_ok(frozen_file_end(file, &facts, &err), &err);
	assert_int_equal(facts.bytes, 3);
	assert_string_equal(facts.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	check_content(&scratch, "x", SLICE("abc"));
}

/* A file that may not grow stands for a disk that is full. */
static void test_what_cannot_be_written_names_the_file(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	static char large[200000];
	struct rlimit before, limit;
	struct error *err = NULL;
	CLEANUP(fd_closep) int folder = open_scratch(&scratch);
	CLEANUP(frozen_file_freep)
	struct frozen_file *file = frozen_file_new_named(folder, "frozen/prod/run", "x", &err);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 70000;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	int added = frozen_file_add(file, (struct slice){ large, sizeof large }, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(added, -1);
	check_error(&err, ERROR_SYSTEM, "frozen/prod/run/x: File too large");
}

static int scenario(void *data, struct error **err)
{
	struct frozen_file_facts facts;
	int folder = *(int *)data;
	CLEANUP(frozen_file_freep) struct frozen_file *file = frozen_file_new(folder, "where", "Pod", err);
	if (!file || frozen_file_add(file, SLICE("abc"), err) < 0)
		return -1;
	return frozen_file_end(file, &facts, err);
}

static void test_without_memory(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(fd_closep) int folder = open_scratch(&scratch);
	torture(scenario, &folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_are_made_safe),
		cmocka_unit_test(test_folders_are_new_and_ours_alone),
		cmocka_unit_test(test_links_are_not_followed),
		cmocka_unit_test(test_a_file_is_new_hashed_and_ours_alone),
		cmocka_unit_test(test_many_and_large_pieces),
		cmocka_unit_test(test_a_restart_leaves_nothing_behind),
		cmocka_unit_test(test_what_cannot_be_written_names_the_file),
		cmocka_unit_test(test_without_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
