/* A layout in a folder: nothing outside of it is read. */
#include <archive.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "oci/layout/layout_internal.h"
#include "oci_layout/making.h"

struct opened {
	struct scratch scratch;
	struct making m;
	struct image_layout *layout;
};

static void opened_release(struct opened *o)
{
	image_layout_free(o->layout);
	making_release(&o->m);
	scratch_remove(&o->scratch);
}

static void open_usual(struct opened *o)
{
	struct error *err = NULL;
	*o = (struct opened){ .scratch = scratch_make() };
	making_usual(&o->m);
	making_write(&o->m, &o->scratch);
	assert_int_equal(image_layout_open(o->scratch.path, &o->layout, &err), 1);
}

static struct layout_content get(struct opened *o, const char *name, size_t max)
{
	struct layout_content content;
	struct error *err = NULL;
	check_ok(layout_folder_ops.get(o->layout, slice_of(name), max, &content, &err), &err);
	return content;
}

static void test_names_that_lead_out(void **state)
{
	CLEANUP(opened_release) struct opened o;
	open_usual(&o);
	static const char *const names[] = { "../x", "blobs/../oci-layout", "/etc/passwd", "./oci-layout", "blobs//x",
					     "" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_int_equal(get(&o, names[i], 4096).outcome, IMAGE_INVALID);
	assert_int_equal(get(&o, "oci-layout", 4096).outcome, IMAGE_PRESENT);
	assert_int_equal(get(&o, "gone/x", 4096).outcome, IMAGE_ABSENT);
	assert_int_equal(get(&o, "oci-layout/x", 4096).outcome, IMAGE_ABSENT);
}

static void test_links_in_any_part_of_a_name(void **state)
{
	CLEANUP(opened_release) struct opened o;
	open_usual(&o);
	assert_int_equal(symlink("oci-layout", scratch_path(&o.scratch, "link")), 0);
	assert_int_equal(symlink("blobs", scratch_path(&o.scratch, "folder")), 0);
	assert_int_equal(get(&o, "link", 4096).outcome, IMAGE_INVALID);
	assert_int_not_equal(get(&o, "folder/sha256", 4096).outcome, IMAGE_PRESENT);
}

static void test_what_is_no_file(void **state)
{
	CLEANUP(opened_release) struct opened o;
	open_usual(&o);
	assert_int_equal(mkfifo(scratch_path(&o.scratch, "pipe"), 0600), 0);
	assert_int_equal(get(&o, "pipe", 4096).outcome, IMAGE_INVALID);
	assert_int_equal(get(&o, "blobs", 4096).outcome, IMAGE_INVALID);
}

static void test_sizes(void **state)
{
	CLEANUP(opened_release) struct opened o;
	open_usual(&o);
	scratch_write(&o.scratch, "four", SLICE("1234"));
	scratch_write(&o.scratch, "none", SLICE(""));
	check_slice(get(&o, "four", 4).bytes, "1234");
	assert_int_equal(get(&o, "four", 3).outcome, IMAGE_INVALID);
	check_slice(get(&o, "none", 4).bytes, "");
}

static void test_a_file_that_may_not_be_read_is_no_absent_one(void **state)
{
	CLEANUP(opened_release) struct opened o;
	uid_t user = geteuid();
	open_usual(&o);
	scratch_write(&o.scratch, "closed", SLICE("1"));
	assert_int_equal(chmod(scratch_path(&o.scratch, "closed"), 0), 0);
	assert_int_equal(chmod(o.scratch.path, 0755), 0);
	if (user == 0) /* may read everything, so it is somebody else for a moment */
		assert_int_equal(seteuid(65534), 0);
	enum image_outcome outcome = get(&o, "closed", 4).outcome;
	assert_int_equal(seteuid(user), 0);
	assert_int_equal(outcome, IMAGE_FAILED);
}

static void test_the_mark_may_be_no_link(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	struct image_layout *layout = NULL;
	struct error *err = NULL;
	scratch_write(&s, "mark", SLICE(MARK));
	assert_int_equal(symlink("mark", scratch_path(&s, "oci-layout")), 0);
	assert_int_equal(image_layout_open(s.path, &layout, &err), 0);
}

static void test_the_folder_that_was_given_stays_the_callers(void **state)
{
	CLEANUP(opened_release) struct opened o;
	open_usual(&o);
	struct image_layout *layout = NULL;
	struct error *err = NULL;
	int folder = open(o.scratch.path, O_RDONLY | O_DIRECTORY);
	assert_int_equal(image_layout_open_folder(folder, &layout, &err), 1);
	image_layout_free(layout);
	assert_int_equal(close(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_that_lead_out),
		cmocka_unit_test(test_links_in_any_part_of_a_name),
		cmocka_unit_test(test_what_is_no_file),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_a_file_that_may_not_be_read_is_no_absent_one),
		cmocka_unit_test(test_the_mark_may_be_no_link),
		cmocka_unit_test(test_the_folder_that_was_given_stays_the_callers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
