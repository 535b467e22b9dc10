#include "fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "store/store_internal.h"

static mode_t mode_of(struct fixture *f, const char *name)
{
	struct stat file;
	assert_int_equal(lstat(scratch_path(&f->scratch, name), &file), 0);
	return file.st_mode & 07777;
}

static void folder_and_files_are_ours_alone_whatever_the_umask(void **state)
{
	struct fixture *f = *state;
	static const mode_t umasks[] = { 0, 022, 0777 };
	for (size_t i = 0; i < sizeof umasks / sizeof *umasks; i++) {
		f->store = store_close(f->store);
		scratch_remove(&f->scratch);
		f->scratch = scratch_make();
		mode_t was = umask(umasks[i]);
		check_ok(store_open(scratch_path(&f->scratch, "state/store.db"), &f->store, &f->err), &f->err);
		f->sink = store_sink(f->store);
		int64_t read = begin(f, "prod", UID_A, HOUR(1));
		umask(was);
		put_pod(f, read, "pod-1", "shop", "node-1");
		finish(f, read, UID_A, HOUR(1));
		commit(f);
		assert_int_equal(mode_of(f, "state"), 0700);
		assert_int_equal(mode_of(f, "state/store.db"), 0600);
		assert_int_equal(mode_of(f, "state/store.db-wal"), 0600);
		assert_int_equal(mode_of(f, "state/store.db-shm"), 0600);
	}
}

static void a_folder_that_was_there_keeps_its_mode(void **state)
{
	struct fixture *f = *state;
	struct store *store = NULL;
	scratch_write(&f->scratch, "shared/file", SLICE("x"));
	assert_int_equal(chmod(scratch_path(&f->scratch, "shared"), 0755), 0);
	check_ok(store_open(scratch_path(&f->scratch, "shared/a/b/store.db"), &store, &f->err), &f->err);
	store_close(store);
	assert_int_equal(mode_of(f, "shared"), 0755);
	assert_int_equal(mode_of(f, "shared/a"), 0700);
	assert_int_equal(mode_of(f, "shared/a/b"), 0700);
}

static void refused(struct fixture *f, const char *name, enum error_code code, const char *part)
{
	struct store *store = NULL;
	assert_int_equal(store_open(scratch_path(&f->scratch, name), &store, &f->err), -1);
	assert_null(store);
	check_error(&f->err, code, part);
}

static void what_others_could_have_written_is_refused(void **state)
{
	struct fixture *f = *state;
	static const mode_t modes[] = { 0620, 0602, 0666 };
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		assert_int_equal(chmod(scratch_path(&f->scratch, "state/store.db"), modes[i]), 0);
		refused(f, "state/store.db", ERROR_STORE, "chmod 600");
	}
}

static void a_folder_that_everybody_can_write_to_is_refused(void **state)
{
	struct fixture *f = *state;
	static const mode_t modes[] = { 0777, 01777, 0702 };
	f->store = store_close(f->store);
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		assert_int_equal(chmod(scratch_path(&f->scratch, "state"), modes[i]), 0);
		refused(f, "state/store.db", ERROR_STORE, "a folder of your own");
		refused(f, "state/new.db", ERROR_STORE, "a folder of your own");
		assert_int_equal(access(scratch_path(&f->scratch, "state/new.db"), F_OK), -1);
	}
}

static void a_write_ahead_log_that_others_can_write_is_refused(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = { "state/store.db-wal", "state/store.db-shm", "state/store.db-journal" };
	f->store = store_close(f->store);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		scratch_write(&f->scratch, names[i], SLICE("planted"));
		assert_int_equal(chmod(scratch_path(&f->scratch, names[i]), 0666), 0);
		refused(f, "state/store.db", ERROR_STORE, strrchr(names[i], '-'));
		assert_int_equal(unlink(scratch_path(&f->scratch, names[i])), 0);
		assert_int_equal(symlink("elsewhere", scratch_path(&f->scratch, names[i])), 0);
		refused(f, "state/store.db", ERROR_STORE, "symbolic link");
		assert_int_equal(unlink(scratch_path(&f->scratch, names[i])), 0);
	}
}

static void a_store_of_another_user_is_refused(void **state)
{
	struct fixture *f = *state;
	if (geteuid() != 0)
		check_skip("only root may give a file away");
	f->store = store_close(f->store);
	assert_int_equal(chown(scratch_path(&f->scratch, "state/store.db"), 12345, 12345), 0);
	refused(f, "state/store.db", ERROR_STORE, "uid 12345");
}

static void what_others_could_only_read_is_closed_to_them(void **state)
{
	struct fixture *f = *state;
	f->store = store_close(f->store);
	assert_int_equal(chmod(scratch_path(&f->scratch, "state/store.db"), 0644), 0);
	check_ok(store_open(scratch_path(&f->scratch, "state/store.db"), &f->store, &f->err), &f->err);
	assert_int_equal(mode_of(f, "state/store.db"), 0600);
}

static void links_folders_and_pipes_are_refused(void **state)
{
	struct fixture *f = *state;
	char target[128];
	snprintf(target, sizeof target, "%s", scratch_path(&f->scratch, "state/store.db"));
	assert_int_equal(symlink(target, scratch_path(&f->scratch, "link.db")), 0);
	refused(f, "link.db", ERROR_STORE, "symbolic link");
	assert_int_equal(symlink("/nowhere/at/all", scratch_path(&f->scratch, "dangling.db")), 0);
	refused(f, "dangling.db", ERROR_STORE, "symbolic link");
	assert_int_equal(mkfifo(scratch_path(&f->scratch, "pipe.db"), 0600), 0);
	refused(f, "pipe.db", ERROR_STORE, "not a regular file");
	refused(f, "state", ERROR_STORE, "not a regular file");
	refused(f, "state/", ERROR_USAGE, "folder");
	scratch_write(&f->scratch, "file", SLICE("x"));
	refused(f, "file/store.db", ERROR_SYSTEM, "file");
}

static void a_linked_folder_above_is_fine(void **state)
{
	struct fixture *f = *state;
	struct store *store = NULL;
	assert_int_equal(symlink("state", scratch_path(&f->scratch, "linked")), 0);
	check_ok(store_open(scratch_path(&f->scratch, "linked/other.db"), &store, &f->err), &f->err);
	store_close(store);
	assert_int_equal(mode_of(f, "state/other.db"), 0600);
}

static void network_file_systems_are_known_by_number(void **state)
{
	assert_string_equal(place_file_system_refused(0x6969), "NFS");
	assert_string_equal(place_file_system_refused(0xff534d42), "CIFS");
	assert_string_equal(place_file_system_refused(0xffffffffff534d42), "CIFS"); /* sign-extended where long is 64
										       bits */
	assert_string_equal(place_file_system_refused(0x65735546), "FUSE");
	assert_null(place_file_system_refused(0xef53));     /* ext4 */
	assert_null(place_file_system_refused(0x01021994)); /* tmpfs */
	assert_null(place_file_system_refused(0x794c7630)); /* overlay */
	assert_null(place_file_system_refused(0x9123683e)); /* btrfs */
	assert_null(place_file_system_refused(0x58465342)); /* XFS */
}

static void default_path_follows_the_base_directories(void **state)
{
	struct fixture *f = *state;
	struct slice path;
	setenv("HOME", "/home/jo", 1);
	setenv("XDG_STATE_HOME", "/state", 1);
	check_ok(store_default_path(&f->arena, &path, &f->err), &f->err);
	check_slice(path, "/state/fother/store.db");
	setenv("XDG_STATE_HOME", "not/absolute", 1);
	check_ok(store_default_path(&f->arena, &path, &f->err), &f->err);
	check_slice(path, "/home/jo/.local/state/fother/store.db");
	unsetenv("XDG_STATE_HOME");
	check_ok(store_default_path(&f->arena, &path, &f->err), &f->err);
	check_slice(path, "/home/jo/.local/state/fother/store.db");
	unsetenv("HOME");
	assert_int_equal(store_default_path(&f->arena, &path, &f->err), -1);
	check_error(&f->err, ERROR_USAGE, "HOME");
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(folder_and_files_are_ours_alone_whatever_the_umask),
		STORE_TEST(a_folder_that_was_there_keeps_its_mode),
		STORE_TEST(what_others_could_have_written_is_refused),
		STORE_TEST(a_folder_that_everybody_can_write_to_is_refused),
		STORE_TEST(a_write_ahead_log_that_others_can_write_is_refused),
		STORE_TEST(a_store_of_another_user_is_refused),
		STORE_TEST(what_others_could_only_read_is_closed_to_them),
		STORE_TEST(links_folders_and_pipes_are_refused),
		STORE_TEST(a_linked_folder_above_is_fine),
		STORE_TEST(network_file_systems_are_known_by_number),
		STORE_TEST(default_path_follows_the_base_directories),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
