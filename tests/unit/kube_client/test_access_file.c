#include "kube/client/access_file.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "support/check.h"
#include "support/scratch.h"

static void check_read(const char *path, const char *expected)
{
	CLEANUP(file_release) struct file_bytes bytes = { 0 };
	struct error *err = NULL;
	assert_int_equal(access_file_read(path, 64, &bytes, &err), 1);
	check_no_error(&err);
	check_slice(file_slice(&bytes), expected);
}

static void check_not_read(const char *path, enum error_code code, const char *part)
{
	CLEANUP(file_release) struct file_bytes bytes = { 0 };
	struct error *err = NULL;
	assert_int_equal(access_file_read(path, 64, &bytes, &err), -1);
	check_error(&err, code, part);
}

static void whole_files_up_to_a_limit(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	char big[65];
	memset(big, 'x', sizeof big);
	scratch_write(&folder, "a", SLICE("made-up"));
	scratch_write(&folder, "most", (struct slice){ big, 64 });
	scratch_write(&folder, "more", (struct slice){ big, 65 });
	check_read(scratch_path(&folder, "a"), "made-up");
	big[64] = '\0';
	check_read(scratch_path(&folder, "most"), big);
	check_not_read(scratch_path(&folder, "more"), ERROR_LIMIT, "/more: more than 64 bytes");
	check_not_read(folder.path, ERROR_SYSTEM, "Is a directory");
}

static void what_is_not_there_is_no_error(void **state)
{
	struct file_bytes bytes = { 0 };
	struct error *err = NULL;
	assert_int_equal(access_file_read("/nowhere/x", 64, &bytes, &err), 0);
	assert_int_equal(access_file_read("/dev/null/x", 64, &bytes, &err), 0);
	check_no_error(&err);
}

static void devices_end_somewhere(void **state)
{
	check_read("/dev/null", "");
	check_not_read("/dev/zero", ERROR_LIMIT, "/dev/zero: more than 64 bytes");
}

/* Opens it late and writes with pauses. */
static void *write_slowly(void *path)
{
	const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	nanosleep(&pause, NULL);
	int fd = open(path, O_WRONLY);
	for (int i = 0; i < 3; i++) {
		if (write(fd, "abc", 3) != 3)
			break;
		nanosleep(&pause, NULL);
	}
	close(fd);
	return NULL;
}

static void pipes_are_read_to_their_end(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	pthread_t writer;
	const char *path = scratch_path(&folder, "pipe");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(pthread_create(&writer, NULL, write_slowly, (void *)path), 0);
	check_read(path, "abcabcabc");
	pthread_join(writer, NULL);
}

static void a_pipe_that_nobody_writes_to_is_not_waited_for_long(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	const char *path = scratch_path(&folder, "pipe");
	assert_int_equal(mkfifo(path, 0600), 0);
	check_not_read(path, ERROR_SYSTEM, "/pipe: nothing came within 10 s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_files_up_to_a_limit),
		cmocka_unit_test(what_is_not_there_is_no_error),
		cmocka_unit_test(devices_end_somewhere),
		cmocka_unit_test(pipes_are_read_to_their_end),
		cmocka_unit_test(a_pipe_that_nobody_writes_to_is_not_waited_for_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
