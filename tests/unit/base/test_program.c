#include "base/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "support/check.h"
#include "support/scratch.h"

static void make_program(const struct scratch *folder, const char *name, mode_t mode)
{
	scratch_write(folder, name, SLICE("#!/bin/sh\n"));
	assert_int_equal(chmod(scratch_path(folder, name), mode), 0);
}

/* expected: below the folder; NULL: not found. */
static void check_found(const struct scratch *folder, const char *command, const char *expected)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct error *err = NULL;
	struct slice path;
	check_ok(program_find(&arena, slice_of(command), slice_of(folder->path), &path, &err), &err);
	if (expected)
		check_slice(path, scratch_path(folder, expected));
	else
		assert_null(path.data);
}

static void programs_of_path_in_its_order(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	char path[512], before[4096];
	snprintf(before, sizeof before, "%s", getenv("PATH"));
	make_program(&folder, "a/one", 0600); /* not to be run */
	make_program(&folder, "b/one", 0700);
	make_program(&folder, "c/one", 0700);
	make_program(&folder, "c/two", 0700);
	make_program(&folder, "a/two/x", 0700); /* a folder of the name */
	make_program(&folder, "here", 0700);
	assert_int_equal(chdir(folder.path), 0);
	snprintf(path, sizeof path, ":.:%s/a::./b:%s/b/:%s/c", folder.path, folder.path, folder.path);
	setenv("PATH", path, 1);
	if (geteuid() != 0 || access(scratch_path(&folder, "a/one"), X_OK) < 0)
		check_found(&folder, "one", "b/one");
	check_found(&folder, "two", "c/two");
	check_found(&folder, "three", NULL);
	check_found(&folder, "here", NULL); /* the working directory is never looked at */
	unsetenv("PATH");
	check_found(&folder, "one", NULL);
	setenv("PATH", before, 1);
}

static void other_relative_ones_start_at_the_folder(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	check_found(&folder, "./x", "x");
	check_found(&folder, "bin/../x/y", "x/y");
}

static bool is_allowed(const char *allowed, const char *command, const char *path)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct error *err = NULL;
	bool answer;
	check_ok(program_allows(&arena, slice_of(allowed), slice_of(command), slice_of(path), &answer, &err), &err);
	return answer;
}

static void names_and_files_are_allowed(void **state)
{
	assert_true(is_allowed("made-up", "made-up", NULL));
	assert_true(is_allowed("sh", "/usr/bin/../bin/sh", "/usr/bin/sh") || is_allowed("sh", "/bin/sh", "/bin/sh"));
	assert_true(is_allowed("/opt/./x", "x", "/opt/x"));
	assert_false(is_allowed("/opt/x", "x", "/opt/y/x"));
	assert_false(is_allowed("/opt/x", "x", NULL));
	assert_false(is_allowed("x", "/opt/x", "/opt/x"));
	assert_false(is_allowed("x", "./x", "/opt/x"));
	assert_false(is_allowed("", "", NULL));
	assert_int_equal(chdir("/opt"), 0);
	assert_true(is_allowed("./x", "/opt/x", "/opt/x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_of_path_in_its_order),
		cmocka_unit_test(other_relative_ones_start_at_the_folder),
		cmocka_unit_test(names_and_files_are_allowed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
