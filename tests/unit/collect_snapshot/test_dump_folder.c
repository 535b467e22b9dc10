#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "fixture.h"

/* "PATH:content" of each file, content as a digit of enum content; 'B' behind it when bytes were given. */
static int note(void *data, const struct dump_file *file, struct file_bytes *bytes, struct error **err)
{
	struct strbuf *out = data;
	(void)err;
	strbuf_addf(out, "%.*s:%d%s ", SLICE_ARG(file->path), file->content, bytes ? "B" : "");
	return 0;
}

static const char *files_of(struct dump *dump)
{
	static struct strbuf out;
	struct error *err = NULL;
	strbuf_release(&out);
	out = (struct strbuf)STRBUF_INIT(100000);
	check_ok(dump_each(dump, note, &out, &err), &err);
	return strbuf_text(&out);
}

static struct dump *open_scratch(const struct scratch *scratch)
{
	struct dump *dump = NULL;
	struct error *err = NULL;
	check_ok(dump_open(scratch->path, &dump, &err), &err);
	return dump;
}

static void test_order_of_names(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	scratch_write(&scratch, "stage/pods.json", SLICE("{}"));
	scratch_write(&scratch, "prod/secrets.json", SLICE("{}"));
	scratch_write(&scratch, "prod/nodes.yaml", SLICE("kind: List\n"));
	scratch_write(&scratch, "prod/empty.json", SLICE(""));
	CLEANUP(dump_freep) struct dump *dump = open_scratch(&scratch);
	assert_string_equal(files_of(dump),
			    "prod/empty.json:5 prod/nodes.yaml:1B prod/secrets.json:0B stage/pods.json:0B ");
	check_slice(dump->address, scratch.path);
}

static void test_links_are_not_followed(void **state)
{
	CLEANUP(scratch_remove) struct scratch outside = scratch_make();
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	scratch_write(&outside, "folder/secret.json", SLICE("{}"));
	scratch_write(&scratch, "pods.json", SLICE("{}"));
	assert_int_equal(symlink(outside.path, scratch_path(&scratch, "linked")), 0);
	char target[128];
	snprintf(target, sizeof target, "%s/folder/secret.json", outside.path);
	assert_int_equal(symlink(target, scratch_path(&scratch, "secret.json")), 0);
	assert_int_equal(symlink(".", scratch_path(&scratch, "loop")), 0);
	CLEANUP(dump_freep) struct dump *dump = open_scratch(&scratch);
	assert_string_equal(files_of(dump), "linked:7 loop:7 pods.json:0B secret.json:7 ");
	assert_string_equal(dump->files.items[0].code, "link");
	check_slice(dump->files.items[0].why, "a link, which is not followed: copy what it points to");
}

/* The dump's own path may be a link: that is how the user named it. */
static void test_path_may_be_a_link(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	struct error *err = NULL;
	scratch_write(&scratch, "real/pods.json", SLICE("{}"));
	assert_int_equal(symlink("real", scratch_path(&scratch, "latest")), 0);
	CLEANUP(dump_freep) struct dump *dump = NULL;
	check_ok(dump_open(scratch_path(&scratch, "latest"), &dump, &err), &err);
	check_slice(dump->name, "real");
}

static void test_a_folder_that_became_a_link_is_not_followed(void **state)
{
	CLEANUP(scratch_remove) struct scratch outside = scratch_make();
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	scratch_write(&outside, "pods.json", SLICE("{\"from\":\"outside\"}"));
	scratch_write(&scratch, "prod/pods.json", SLICE("{}"));
	scratch_write(&scratch, "stage/pods.json", SLICE("{}"));
	CLEANUP(dump_freep) struct dump *dump = open_scratch(&scratch);
	assert_int_equal(unlink(scratch_path(&scratch, "prod/pods.json")), 0);
	assert_int_equal(rmdir(scratch_path(&scratch, "prod")), 0);
	assert_int_equal(symlink(outside.path, scratch_path(&scratch, "prod")), 0);
	assert_string_equal(files_of(dump), "prod/pods.json:7 stage/pods.json:0B ");
}

static void test_a_file_that_went_away_is_told(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	scratch_write(&scratch, "a.json", SLICE("{}"));
	scratch_write(&scratch, "b.json", SLICE("{}"));
	CLEANUP(dump_freep) struct dump *dump = open_scratch(&scratch);
	assert_int_equal(unlink(scratch_path(&scratch, "a.json")), 0);
	assert_string_equal(files_of(dump), "a.json:7 b.json:0B ");
}

static void test_hidden_and_special_files(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	scratch_write(&scratch, "pods.json", SLICE("{}"));
	scratch_write(&scratch, ".git/config", SLICE("[core]\n"));
	scratch_write(&scratch, "._pods.json", SLICE("Mac OS X"));
	assert_int_equal(mkfifo(scratch_path(&scratch, "fifo.json"), 0600), 0);
	CLEANUP(dump_freep) struct dump *dump = open_scratch(&scratch);
	assert_string_equal(files_of(dump), "._pods.json:8 .git:8 fifo.json:8 pods.json:0B ");
}

static void test_archives_in_a_folder_are_named(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	scratch_write(&scratch, "prod.tgz", SLICE("\x1f\x8b\x08"));
	scratch_write(&scratch, "notes.txt", SLICE("x"));
	CLEANUP(dump_freep) struct dump *dump = open_scratch(&scratch);
	check_slice(dump->files.items[0].why, "no JSON or YAML");
	assert_string_equal(dump->files.items[1].code, "archive");
	check_slice(dump->files.items[1].why, "an archive in the folder was not read: give it to --snapshot itself");
}

/* Layers of an image layout, and logs that were rotated away. */
static void test_what_is_compressed_and_no_dump_is_not_ours(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	scratch_write(&scratch, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", SLICE("\x1f\x8b"));
	scratch_write(&scratch, "audit.log.gz", SLICE("\x1f\x8b\x08"));
	scratch_write(&scratch, "prod.tar.zst", SLICE("\x28\xb5\x2f\xfd"));
	CLEANUP(dump_freep) struct dump *dump = open_scratch(&scratch);
	assert_int_equal(dump->files.items[0].content, CONTENT_OTHER);
	assert_int_equal(dump->files.items[1].content, CONTENT_OTHER);
	assert_int_equal(dump->files.items[2].content, CONTENT_UNREADABLE);
}

static void test_deep_folders(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	scratch_write(&scratch, "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/in.json", SLICE("{}"));
	scratch_write(&scratch, "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/out.json", SLICE("{}"));
	CLEANUP(dump_freep) struct dump *dump = open_scratch(&scratch);
	assert_string_equal(files_of(dump), "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17:7 "
					    "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/in.json:0B ");
	assert_string_equal(dump->files.items[0].code, "too_deep");
}

static void test_names_of_any_bytes(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	scratch_write(&scratch, "a b\n\xff\x1b[31m.json", SLICE("{}"));
	CLEANUP(dump_freep) struct dump *dump = open_scratch(&scratch);
	assert_string_equal(files_of(dump), "a b\n\xff\x1b[31m.json:0B ");
}

static void test_empty_folder(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(dump_freep) struct dump *dump = open_scratch(&scratch);
	assert_string_equal(files_of(dump), "");
	assert_int_equal(dump->clusters.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_of_names),
		cmocka_unit_test(test_links_are_not_followed),
		cmocka_unit_test(test_path_may_be_a_link),
		cmocka_unit_test(test_a_folder_that_became_a_link_is_not_followed),
		cmocka_unit_test(test_a_file_that_went_away_is_told),
		cmocka_unit_test(test_hidden_and_special_files),
		cmocka_unit_test(test_archives_in_a_folder_are_named),
		cmocka_unit_test(test_what_is_compressed_and_no_dump_is_not_ours),
		cmocka_unit_test(test_deep_folders),
		cmocka_unit_test(test_names_of_any_bytes),
		cmocka_unit_test(test_empty_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
