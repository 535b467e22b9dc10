#include "fixture.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "store/store_internal.h"

static struct store *open_again(struct fixture *f)
{
	struct store *other = NULL;
	check_ok(store_open(scratch_path(&f->scratch, "state/store.db"), &other, &f->err), &f->err);
	return other;
}

static void a_held_read_is_seen_from_elsewhere_until_it_is_released(void **state)
{
	struct fixture *f = *state;
	struct store *other = open_again(f);
	struct open_read seven = { .id = 7 };
	assert_int_equal(alive_elsewhere(other, 7, &f->err), 0); /* there is no file yet */
	check_ok(alive_hold(f->store, &seven, &f->err), &f->err);
	check_ok(alive_hold(f->store, &seven, &f->err), &f->err); /* twice is once */
	assert_int_equal(alive_elsewhere(other, 7, &f->err), 1);
	assert_int_equal(alive_elsewhere(other, 6, &f->err), 0);
	assert_int_equal(alive_elsewhere(other, 8, &f->err), 0);
	assert_int_equal(alive_elsewhere(f->store, 7, &f->err), 0); /* its own */
	alive_release(f->store, &seven);
	assert_int_equal(alive_elsewhere(other, 7, &f->err), 0);
	store_close(other);
}

/* Nothing that another part of the process does to the file takes the mark away. */
static void closing_the_file_elsewhere_does_not_release(void **state)
{
	struct fixture *f = *state;
	struct open_read one = { .id = 1 };
	check_ok(alive_hold(f->store, &one, &f->err), &f->err);
	struct store *other = open_again(f);
	assert_int_equal(alive_elsewhere(other, 1, &f->err), 1);
	store_close(other);
	other = open_again(f);
	assert_int_equal(alive_elsewhere(other, 1, &f->err), 1);
	store_close(other);
	alive_release(f->store, &one);
}

static void two_cannot_hold_one_read(void **state)
{
	struct fixture *f = *state;
	struct store *other = open_again(f);
	struct open_read ours = { .id = INT64_MAX - 1 }, theirs = ours;
	check_ok(alive_hold(f->store, &ours, &f->err), &f->err);
	assert_int_equal(alive_hold(other, &theirs, &f->err), -1);
	check_error(&f->err, ERROR_SYSTEM, "under way");
	alive_release(other, &theirs);
	assert_int_equal(alive_elsewhere(other, ours.id, &f->err), 1);
	alive_release(f->store, &ours);
	store_close(other);
}

static void a_process_that_was_killed_holds_nothing(void **state)
{
	struct fixture *f = *state;
	int ready[2];
	char byte;
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct store *own = NULL;
		struct error *err = NULL;
		struct open_read three = { .id = 3 };
		if (store_open(scratch_path(&f->scratch, "state/store.db"), &own, &err) < 0 ||
		    alive_hold(own, &three, &err) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(alive_elsewhere(f->store, 3, &f->err), 1);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(alive_elsewhere(f->store, 3, &f->err), 0);
	close(ready[0]);
	close(ready[1]);
}

static void the_file_is_its_owners_alone(void **state)
{
	struct fixture *f = *state;
	struct open_read one = { .id = 1 };
	struct stat file;
	mode_t before = umask(0);
	check_ok(alive_hold(f->store, &one, &f->err), &f->err);
	umask(before);
	assert_int_equal(stat(scratch_path(&f->scratch, "state/store.db-reads"), &file), 0);
	assert_int_equal(file.st_mode & 07777, 0600);
	assert_int_equal(file.st_size, 0);
	alive_release(f->store, &one);
}

static void a_symbolic_link_is_not_followed(void **state)
{
	struct fixture *f = *state;
	struct open_read one = { .id = 1 };
	scratch_write(&f->scratch, "victim", SLICE("kept"));
	char link[256];
	snprintf(link, sizeof link, "%s", scratch_path(&f->scratch, "state/store.db-reads"));
	assert_int_equal(symlink(scratch_path(&f->scratch, "victim"), link), 0);
	assert_int_equal(alive_hold(f->store, &one, &f->err), -1);
	check_error(&f->err, ERROR_SYSTEM, "-reads");
}

static int64_t time_to_let_in(struct store *store)
{
	int64_t began = time_now();
	alive_let_in(store);
	return time_now() - began;
}

static void who_waits_is_waited_for_and_nobody_else(void **state)
{
	struct fixture *f = *state;
	struct store *other = open_again(f), *third = open_again(f);
	assert_true(time_to_let_in(f->store) < STORE_TURN_MS * 1000);
	alive_wait(f->store); /* its own wish */
	assert_true(time_to_let_in(f->store) < STORE_TURN_MS * 1000);
	alive_wait(other);
	alive_wait(third);
	assert_true(time_to_let_in(f->store) >= STORE_TURN_MS * 1000);
	alive_wait_no_more(other);
	assert_true(time_to_let_in(f->store) >= STORE_TURN_MS * 1000);
	third = store_close(third);
	assert_true(time_to_let_in(f->store) < STORE_TURN_MS * 1000);
	alive_wait_no_more(f->store);
	store_close(other);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_held_read_is_seen_from_elsewhere_until_it_is_released),
		STORE_TEST(closing_the_file_elsewhere_does_not_release),
		STORE_TEST(two_cannot_hold_one_read),
		STORE_TEST(a_process_that_was_killed_holds_nothing),
		STORE_TEST(the_file_is_its_owners_alone),
		STORE_TEST(who_waits_is_waited_for_and_nobody_else),
		STORE_TEST(a_symbolic_link_is_not_followed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
