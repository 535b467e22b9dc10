/* Opening: what a path may be, and how it is named. */
#include <fcntl.h>
#include <unistd.h>

#include "fixture.h"

static const char *const no_such[] = { "/nowhere/at/all", "" };

static void test_what_cannot_be_opened(void **state)
{
	for (size_t i = 0; i < COUNT(no_such); i++) {
		struct dump *dump = NULL;
		struct error *err = NULL;
		assert_int_equal(dump_open(no_such[i], &dump, &err), -1);
		assert_null(dump);
		check_error(&err, ERROR_SYSTEM, "cannot be opened: No such file or directory");
	}
}

struct name_case {
	const char *file;
	struct slice bytes;
	const char *name;
	enum content content;
};

static void test_one_file(void **state)
{
	static const struct name_case cases[] = {
		{ "prod.json", { "{}", 2 }, "prod", CONTENT_JSON },
		{ "prod.eu.YAML", { "kind: Pod\n", 10 }, "prod.eu", CONTENT_YAML },
		{ "prod", { "{}", 2 }, "prod", CONTENT_JSON },
		{ ".json", { "{}", 2 }, ".json", CONTENT_JSON },
		{ "empty", { "", 0 }, "empty", CONTENT_EMPTY },
		{ "text", { "hello", 5 }, "text", CONTENT_JUNK },
	};
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	for (size_t i = 0; i < COUNT(cases); i++) {
		CLEANUP(dump_freep) struct dump *dump = NULL;
		struct error *err = NULL;
		scratch_write(&scratch, cases[i].file, cases[i].bytes);
		check_ok(dump_open(scratch_path(&scratch, cases[i].file), &dump, &err), &err);
		check_slice(dump->name, cases[i].name);
		assert_int_equal(dump->files.len, 1);
		check_slice(dump->files.items[0].path, cases[i].file);
		assert_int_equal(dump->files.items[0].content, cases[i].content);
		assert_int_equal(dump->clusters.len, 1);
		check_slice(dump->clusters.items[0].name, cases[i].name);
	}
}

static void test_folders_keep_their_endings(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(dump_freep) struct dump *dump = NULL;
	struct error *err = NULL;
	scratch_write(&scratch, "dump.tar/pods.json", SLICE("{}"));
	char path[128];
	snprintf(path, sizeof path, "%s/./dump.tar/../dump.tar/", scratch.path);
	check_ok(dump_open(path, &dump, &err), &err);
	check_slice(dump->name, "dump.tar");
	check_slice(dump->address, scratch_path(&scratch, "dump.tar"));
}

/* Puts a file in the place of standard input while a dump is opened. */
static struct dump *open_stdin(const struct scratch *scratch, struct slice bytes)
{
	struct dump *dump = NULL;
	struct error *err = NULL;
	scratch_write(scratch, "stdin", bytes);
	int saved = dup(STDIN_FILENO), fd = open(scratch_path(scratch, "stdin"), O_RDONLY);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close(fd);
	check_ok(dump_open("-", &dump, &err), &err);
	if (saved >= 0)
		dup2(saved, STDIN_FILENO);
	else
		close(STDIN_FILENO);
	close(saved);
	return dump;
}

static void test_standard_input(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(dump_freep) struct dump *dump = open_stdin(&scratch, SLICE("{\"kind\":\"List\"}"));
	check_slice(dump->address, "-");
	check_slice(dump->name, "stdin");
	assert_int_equal(dump->files.len, 1);
	assert_int_equal(dump->files.items[0].content, CONTENT_JSON);
}

static void test_tar_on_standard_input(void **state)
{
	static const struct tar_file files[] = { { .name = "prod/pods.json", .bytes = { "{}", 2 } },
						 { .name = "stage/pods.json", .bytes = { "{}", 2 } } };
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(tar_release) struct tar_bytes tar = tar_make(files, COUNT(files), 0);
	CLEANUP(dump_freep) struct dump *dump = open_stdin(&scratch, tar_slice(&tar));
	assert_int_equal(dump->clusters.len, 2);
	check_slice(dump->clusters.items[1].name, "stage");
	check_slice(dump->address, "-");
}

static int refuse(void *data, const struct dump_file *file, struct file_bytes *bytes, struct error **err)
{
	size_t *calls = data;
	(void)file;
	(void)bytes;
	++*calls;
	return error_set(err, ERROR_STORE, "refused");
}

/* The visitor's failure stops each kind of dump at once. */
static void test_visitor_fails(void **state)
{
	static const struct tar_file files[] = { { .name = "a.json", .bytes = { "{}", 2 } },
						 { .name = "b.json", .bytes = { "{}", 2 } } };
	static const char *const paths[] = { "dump.tar", "folder", "one.json" };
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(tar_release) struct tar_bytes tar = tar_make(files, COUNT(files), 0);
	scratch_write(&scratch, "dump.tar", tar_slice(&tar));
	scratch_write(&scratch, "folder/a.json", SLICE("{}"));
	scratch_write(&scratch, "folder/b.json", SLICE("{}"));
	scratch_write(&scratch, "one.json", SLICE("{}"));
	for (size_t i = 0; i < COUNT(paths); i++) {
		CLEANUP(dump_freep) struct dump *dump = NULL;
		struct error *err = NULL;
		size_t calls = 0;
		check_ok(dump_open(scratch_path(&scratch, paths[i]), &dump, &err), &err);
		assert_int_equal(dump_each(dump, refuse, &calls, &err), -1);
		check_error(&err, ERROR_STORE, "refused");
		assert_int_equal(calls, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_cannot_be_opened),      cmocka_unit_test(test_one_file),
		cmocka_unit_test(test_folders_keep_their_endings), cmocka_unit_test(test_standard_input),
		cmocka_unit_test(test_tar_on_standard_input),      cmocka_unit_test(test_visitor_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
