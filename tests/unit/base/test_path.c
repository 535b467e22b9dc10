#include "base/path.h"

#include <unistd.h>

#include "base/limits.h"
#include "support/check.h"

static void check_join(const char *folder, const char *path, const char *expected)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct error *err = NULL;
	struct slice joined;
	check_ok(path_join(&arena, slice_of(folder), slice_of(path), &joined, &err), &err);
	check_slice(joined, expected);
	assert_int_equal(joined.data[joined.len], '\0');
}

static void paths_are_joined_as_go_joins_them(void **state)
{
	check_join("/a/b", "c", "/a/b/c");
	check_join("/a/b", "./c/", "/a/b/c");
	check_join("/a/b", "../c", "/a/c");
	check_join("/a/b", "../../../c", "/c");
	check_join("/a/b", "/x//y/../z", "/x/z");
	check_join("/a/b", "..", "/a");
	check_join("/", "", "/");
	check_join("/a", "../..", "/");
}

static void folders(void **state)
{
	check_slice(path_folder(SLICE("/a/b")), "/a");
	check_slice(path_folder(SLICE("/a")), "/");
	check_slice(path_folder(SLICE("a")), ".");
}

static void a_relative_path_starts_where_we_are(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct error *err = NULL;
	struct slice path;
	assert_int_equal(chdir("/tmp"), 0);
	check_ok(path_absolute(&arena, SLICE("x/../y"), &path, &err), &err);
	check_slice(path, "/tmp/y");
	check_ok(path_absolute(&arena, SLICE("/x/./y"), &path, &err), &err);
	check_slice(path, "/x/y");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_joined_as_go_joins_them),
		cmocka_unit_test(folders),
		cmocka_unit_test(a_relative_path_starts_where_we_are),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
