#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "support/check.h"
#include "support/scratch.h"
#include "support/torture.h"

static int map_path(const char *path, bool no_follow, struct file_bytes *ret_file, struct error **err)
{
	return file_map(AT_FDCWD, path, no_follow, ret_file, err);
}

static void regular_files_are_mapped(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(file_release) struct file_bytes file = { 0 };
	struct error *err = NULL;
	scratch_write(&s, "pods.json", SLICE("{\"a\":\0 1}"));
	check_ok(map_path(scratch_path(&s, "pods.json"), true, &file, &err), &err);
	assert_true(file.mapped_file);
	assert_true(slice_equal(file_slice(&file), SLICE("{\"a\":\0 1}")));
}

static void names_are_relative_to_the_folder(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(file_release) struct file_bytes file = { 0 };
	CLEANUP(fd_closep) int dir = open(s.path, O_RDONLY | O_DIRECTORY);
	struct error *err = NULL;
	scratch_write(&s, "a/b", SLICE("inner"));
	check_ok(file_map(dir, "a/b", true, &file, &err), &err);
	check_slice(file_slice(&file), "inner");
}

static void empty_files_are_empty_not_absent(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(file_release) struct file_bytes file = { 0 };
	struct error *err = NULL;
	scratch_write(&s, "empty", SLICE(""));
	check_ok(map_path(scratch_path(&s, "empty"), true, &file, &err), &err);
	check_slice(file_slice(&file), "");
}

static void files_without_a_size_are_read(void **state)
{
	CLEANUP(file_release) struct file_bytes file = { 0 };
	struct error *err = NULL;
	check_ok(map_path("/proc/self/status", true, &file, &err), &err);
	assert_false(file.mapped_file);
	assert_true(slice_starts_with(file_slice(&file), "Name:"));
}

static void missing_files_and_folders_are_errors(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	struct file_bytes file = { 0 };
	struct error *err = NULL;
	assert_int_equal(map_path(scratch_path(&s, "none"), false, &file, &err), -1);
	check_error(&err, ERROR_SYSTEM, "none: No such file or directory");
	assert_int_equal(map_path(s.path, false, &file, &err), -1);
	check_error(&err, ERROR_SYSTEM, "Is a directory");
	assert_null(file.data);
}

static void links_are_followed_only_when_allowed(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(file_release) struct file_bytes file = { 0 };
	struct error *err = NULL;
	scratch_write(&s, "target", SLICE("text"));
	assert_int_equal(symlink("target", scratch_path(&s, "link")), 0);
	assert_int_equal(map_path(scratch_path(&s, "link"), true, &file, &err), -1);
	check_error(&err, ERROR_SYSTEM, "link: ");
	check_ok(map_path(scratch_path(&s, "link"), false, &file, &err), &err);
	check_slice(file_slice(&file), "text");
}

static void pipes_in_a_folder_are_not_waited_for(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(file_release) struct file_bytes file = { 0 };
	struct error *err = NULL;
	assert_int_equal(mkfifo(scratch_path(&s, "pipe"), 0600), 0);
	alarm(20);
	check_ok(map_path(scratch_path(&s, "pipe"), true, &file, &err), &err);
	alarm(0);
	check_slice(file_slice(&file), "");
}

/* Writes `size` bytes, each of its own value, to a pipe from another process; returns the end to read. */
static int pipe_of(size_t size)
{
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		for (size_t i = 0; i < size; i += 1000) {
			char bytes[1000];
			for (size_t j = 0; j < sizeof bytes; j++)
				bytes[j] = (char)((i + j) % 251);
			if (write(ends[1], bytes, size - i < 1000 ? size - i : 1000) < 0)
				_exit(1);
		}
		_exit(0);
	}
	close(ends[1]);
	return ends[0];
}

static void reap(void)
{
	while (wait(NULL) > 0)
		continue;
}

static void pipes_are_read_to_their_end(void **state)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 1000000 };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		CLEANUP(file_release) struct file_bytes file = { 0 };
		CLEANUP(fd_closep) int fd = pipe_of(sizes[i]);
		struct error *err = NULL;
		check_ok(file_read_all(fd, LIMIT_MIB, &file, &err), &err);
		assert_int_equal(file.len, sizes[i]);
		for (size_t j = 0; j < file.len; j++)
			assert_true(file.data[j] == (char)(j % 251));
		reap();
	}
}

static void maximum_can_be_reached_but_not_passed(void **state)
{
	static const size_t sizes[] = { 99999, 100000, 100001 };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		CLEANUP(file_release) struct file_bytes file = { 0 };
		CLEANUP(fd_closep) int fd = pipe_of(sizes[i]);
		CLEANUP(error_freep) struct error *err = NULL;
		int result = file_read_all(fd, 100000, &file, &err);
		assert_int_equal(result, sizes[i] > 100000 ? -1 : 0);
		assert_int_equal(file.len, result < 0 ? 0 : sizes[i]);
		if (err)
			assert_int_equal(err->code, ERROR_LIMIT);
		reap();
	}
}

static void unreadable_descriptors_are_errors(void **state)
{
	struct file_bytes file = { 0 };
	struct error *err = NULL;
	assert_int_equal(file_read_all(-1, 10, &file, &err), -1);
	check_error(&err, ERROR_SYSTEM, "Bad file descriptor");
	assert_null(file.data);
}

static void appended_bytes_follow_each_other(void **state)
{
	CLEANUP(file_release) struct file_bytes file = { 0 };
	struct error *err = NULL;
	char piece[1001];
	for (size_t i = 0; i < 500; i++) {
		memset(piece, (int)(i % 251), sizeof piece);
		check_ok(file_append(&file, piece, sizeof piece, LIMIT_MIB, &err), &err);
	}
	assert_int_equal(file.len, 500 * sizeof piece);
	for (size_t i = 0; i < file.len; i++)
		assert_true(file.data[i] == (char)(i / sizeof piece % 251));
	check_ok(file_append(&file, NULL, 0, LIMIT_MIB, &err), &err);
	assert_int_equal(file_append(&file, piece, 1, file.len, &err), -1);
	check_error(&err, ERROR_LIMIT, "more than 500500 bytes");
	assert_int_equal(file_append(&file, piece, SIZE_MAX, SIZE_MAX, &err), -1);
	check_error(&err, ERROR_LIMIT, "more than");
	assert_int_equal(file_append(&file, piece, SIZE_MAX / 4, SIZE_MAX, &err), -1);
	check_error(&err, ERROR_NO_MEMORY, "out of memory");
	assert_int_equal(file.len, 500500);
}

/* The letters of VmFlags in /proc/self/smaps of the mapping that holds address: "dd" is "do not dump". */
static bool is_dumped(const void *address)
{
	FILE *maps = fopen("/proc/self/smaps", "r");
	assert_non_null(maps);
	char line[512];
	bool here = false, dumped = true;
	while (fgets(line, sizeof line, maps)) {
		unsigned long from, to;
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			here = from <= (uintptr_t)address && (uintptr_t)address < to;
		else if (here && !strncmp(line, "VmFlags:", 8))
			dumped = !strstr(line, " dd");
	}
	fclose(maps);
	return dumped;
}

static void bytes_are_kept_out_of_core_dumps(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(file_release) struct file_bytes mapped = { 0 }, read = { 0 };
	struct error *err = NULL;
	static char big[300000];
	scratch_write(&s, "a", SLICE("text"));
	check_ok(map_path(scratch_path(&s, "a"), true, &mapped, &err), &err);
	assert_false(is_dumped(mapped.data));
	check_ok(file_append(&read, big, 10, LIMIT_MIB, &err), &err);
	assert_false(is_dumped(read.data));
	check_ok(file_append(&read, big, sizeof big, LIMIT_MIB, &err), &err);
	assert_false(is_dumped(read.data));
	assert_false(is_dumped(read.data + read.len - 1));
	assert_true(is_dumped(big));
}

static size_t resident_pages(const char *data, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), count = 0;
	static unsigned char resident[16384];
	assert_true(len / page < sizeof resident);
	assert_int_equal(mincore((void *)(uintptr_t)data, len, resident), 0);
	for (size_t i = 0; i < len / page; i++)
		count += resident[i] & 1;
	return count;
}

/* Read bytes go back to the kernel, and what comes after the offset stays. */
static void done_bytes_are_given_back(void **state)
{
	CLEANUP(file_release) struct file_bytes file = { 0 };
	struct error *err = NULL;
	size_t size = 20 * LIMIT_MIB, page = (size_t)sysconf(_SC_PAGESIZE);
	char *bytes = malloc(size);
	memset(bytes, 'S', size);
	check_ok(file_append(&file, bytes, size, size, &err), &err);
	free(bytes);
	file_done_until(&file, page); /* too little to be worth it */
	assert_int_equal(file.data[0], 'S');
	assert_int_equal(resident_pages(file.data, size), size / page);
	file_done_until(&file, 10 * LIMIT_MIB + 1);
	assert_true(resident_pages(file.data, size) <= size / page / 2);
	assert_int_equal(file.data[0], 0);
	assert_int_equal(file.data[10 * LIMIT_MIB], 'S');
	file_done_until(&file, SIZE_MAX);
	file_done_until(&file, 0);
	assert_int_equal(file.len, size);
}

static void done_bytes_of_a_mapped_file_can_be_read_again(void **state)
{
	CLEANUP(scratch_remove) struct scratch s = scratch_make();
	CLEANUP(file_release) struct file_bytes file = { 0 };
	struct error *err = NULL;
	size_t size = 9 * LIMIT_MIB;
	char *bytes = malloc(size);
	memset(bytes, 'S', size);
	scratch_write(&s, "big", (struct slice){ bytes, size });
	free(bytes);
	check_ok(map_path(scratch_path(&s, "big"), true, &file, &err), &err);
	file_done_until(&file, size);
	for (size_t i = 0; i < size; i++)
		assert_true(file.data[i] == 'S');
}

static void release_may_come_twice(void **state)
{
	struct file_bytes file = { 0 };
	struct error *err = NULL;
	file_release(&file);
	check_ok(file_append(&file, "a", 1, 10, &err), &err);
	file_release(&file);
	file_release(&file);
	assert_null(file.data);
	int fd = -1;
	fd_closep(&fd);
	fd = open("/dev/null", O_RDONLY);
	int closed = fd;
	fd_closep(&fd);
	assert_int_equal(fd, -1);
	assert_int_equal(fcntl(closed, F_GETFD), -1);
}

static int map_nothing(void *data, struct error **err)
{
	struct file_bytes file = { 0 };
	CLEANUP(error_freep) struct error *missing = NULL;
	if (map_path("/nonexistent/file", true, &file, &missing) == 0 || missing->code == ERROR_NO_MEMORY)
		return error_move(err, &missing);
	return 0;
}

/* Only errors allocate here; a context that finds no memory leaves the error without it, which is not a failure. */
static void every_allocation_of_errors_failed(void **state)
{
	torture(map_nothing, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(regular_files_are_mapped),
		cmocka_unit_test(names_are_relative_to_the_folder),
		cmocka_unit_test(empty_files_are_empty_not_absent),
		cmocka_unit_test(files_without_a_size_are_read),
		cmocka_unit_test(missing_files_and_folders_are_errors),
		cmocka_unit_test(links_are_followed_only_when_allowed),
		cmocka_unit_test(pipes_in_a_folder_are_not_waited_for),
		cmocka_unit_test(pipes_are_read_to_their_end),
		cmocka_unit_test(maximum_can_be_reached_but_not_passed),
		cmocka_unit_test(unreadable_descriptors_are_errors),
		cmocka_unit_test(appended_bytes_follow_each_other),
		cmocka_unit_test(bytes_are_kept_out_of_core_dumps),
		cmocka_unit_test(done_bytes_are_given_back),
		cmocka_unit_test(done_bytes_of_a_mapped_file_can_be_read_again),
		cmocka_unit_test(release_may_come_twice),
		cmocka_unit_test(every_allocation_of_errors_failed),
	};
	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
