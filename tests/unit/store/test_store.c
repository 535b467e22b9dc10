#include "fixture.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/torture.h"

/* Runs work in a child with a store of its own on the same file; the child's exit code is its result. */
static pid_t in_child(struct fixture *f, int (*work)(struct fixture *child, int number), int number)
{
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid)
		return pid;
	struct fixture child = { .scratch = f->scratch, .arena = { .max = SIZE_MAX } };
	if (store_open(scratch_path(&child.scratch, "state/store.db"), &child.store, &child.err) < 0) {
		fprintf(stderr, "child: %s\n", child.err->message);
		_exit(99);
	}
	child.sink = store_sink(child.store);
	int result = work(&child, number);
	store_close(child.store);
	_exit(result);
}

static int wait_for(pid_t pid)
{
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void read_pods(struct fixture *f, int64_t as_of, int count)
{
	int64_t read = begin(f, "prod", UID_A, as_of);
	for (int i = 0; i < count; i++) {
		char uid[32];
		snprintf(uid, sizeof uid, "pod-%d", i);
		put_pod(f, read, uid, "shop", "node-1");
	}
	put_coverage(f, read, "Pod", "*", "*", "complete");
	finish(f, read, UID_A, as_of);
}

/* Dies after so many steps of a read: begin, many puts, finish; never commits. */
static int die_in_the_middle(struct fixture *f, int steps)
{
	int64_t read = begin(f, "prod", UID_A, HOUR(2));
	for (int i = 0; i < steps; i++) {
		char uid[32];
		snprintf(uid, sizeof uid, "other-%d", i);
		put_pod(f, read, uid, "shop", "node-2");
	}
	if (steps)
		finish(f, read, UID_A, HOUR(2));
	return kill(getpid(), SIGKILL);
}

/* 40,000 rows are more than the cache: pages of the unfinished read are in the WAL when it dies. */
static void killed_in_the_middle_of_a_read_nothing_of_it_is_there(void **state)
{
	struct fixture *f = *state;
	static const int steps[] = { 0, 1, 500, 40000 };
	read_pods(f, HOUR(1), 100);
	commit(f);
	const char *before = contents(f);
	f->store = store_close(f->store);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		assert_int_equal(wait_for(in_child(f, die_in_the_middle, steps[i])), -SIGKILL);
		check_ok(store_open(scratch_path(&f->scratch, "state/store.db"), &f->store, &f->err), &f->err);
		f->sink = store_sink(f->store);
		assert_string_equal(before, contents(f));
		f->store = store_close(f->store);
	}
	assert_int_equal(sql(f, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
}

static int commit_and_die(struct fixture *f, int number)
{
	read_pods(f, HOUR(number), number * 10);
	commit(f);
	return kill(getpid(), SIGKILL);
}

static void what_was_committed_outlives_a_kill(void **state)
{
	struct fixture *f = *state;
	f->store = store_close(f->store);
	for (int i = 1; i <= 3; i++)
		assert_int_equal(wait_for(in_child(f, commit_and_die, i)), -SIGKILL);
	check_ok(store_open(scratch_path(&f->scratch, "state/store.db"), &f->store, &f->err), &f->err);
	assert_int_equal(count_of(f, &pod_type), 30);
	assert_int_equal(count_of(f, &read_type), 3);
}

static int write_many(struct fixture *f, int number)
{
	for (int i = 0; i < 10; i++) {
		read_pods(f, HOUR(100 * number + i), 50);
		usleep(1000); /* inside the transaction: the other one has to wait */
		commit(f);
	}
	return 0;
}

static void two_processes_write_at_once_and_both_succeed(void **state)
{
	struct fixture *f = *state;
	pid_t first = in_child(f, write_many, 1), second = in_child(f, write_many, 2);
	assert_int_equal(wait_for(first), 0);
	assert_int_equal(wait_for(second), 0);
	assert_int_equal(count_of(f, &read_type), 20);
	assert_int_equal(count_of(f, &pod_type), 50);
	const struct pod *pod = pod_of(f, "pod-0");
	assert_true(pod->first_seen == HOUR(100) && pod->last_seen == HOUR(209));
}

static int open_only(struct fixture *f, int number)
{
	return count_of(f, &read_type) == 0 ? 0 : 1;
}

/* Each makes the file, its folder and the schema, and finds that the others did. */
static void many_processes_make_the_store_at_once(void **state)
{
	struct fixture *f = *state;
	pid_t children[8];
	for (int round = 0; round < 5; round++) {
		f->store = store_close(f->store);
		scratch_remove(&f->scratch);
		f->scratch = scratch_make();
		for (int i = 0; i < 8; i++)
			children[i] = in_child(f, open_only, i);
		for (int i = 0; i < 8; i++)
			assert_int_equal(wait_for(children[i]), 0);
	}
}

static int read_while_written(struct fixture *f, int number)
{
	for (int i = 0; i < 50; i++) {
		struct record_list pods = all(f, &pod_type);
		struct record_list reads = all(f, &read_type);
		if (pods.len % 50 || reads.len > 20)
			return 1; /* a transaction was seen half */
	}
	return 0;
}

static void readers_see_whole_transactions(void **state)
{
	struct fixture *f = *state;
	pid_t writer = in_child(f, write_many, 1), reader = in_child(f, read_while_written, 0);
	assert_int_equal(wait_for(reader), 0);
	assert_int_equal(wait_for(writer), 0);
}

static void a_damaged_file_is_said_to_be_damaged(void **state)
{
	struct fixture *f = *state;
	struct store *store = NULL;
	read_pods(f, HOUR(1), 100);
	commit(f);
	f->store = store_close(f->store);
	FILE *file = fopen(scratch_path(&f->scratch, "state/store.db"), "r+b");
	assert_non_null(file);
	for (long page = 1; page < 8; page++) {
		fseek(file, 4096 * page, SEEK_SET);
		fputs("this page was overwritten by something", file);
	}
	fclose(file);
	struct record_list pods;
	int result = store_open(scratch_path(&f->scratch, "state/store.db"), &store, &f->err);
	if (result == 0)
		for (size_t i = 0; i < observed_type_count && result == 0; i++)
			result = store_read_all(store, observed_types[i], NULL, 0, &f->arena, &pods, &f->err);
	assert_int_equal(result, -1);
	check_error(&f->err, ERROR_STORE, "damaged");
	store_close(store);
}

/* Everything that a command does with a store. On failure nothing of the read may be there. */
static int whole_life(void *data, struct error **err)
{
	const char *path = data;
	CLEANUP(store_closep) struct store *store = NULL;
	CLEANUP(arena_release) struct arena arena = { .max = SIZE_MAX };
	static const struct slice items[] = { { "\xff", 1 } };
	struct sink_scope scope = { .cluster_name = SLICE("prod"), .as_of = TIME_UNSET };
	struct sink_end end = { .cluster_uid = SLICE(UID_A), .as_of = HOUR(1), .outcome = SLICE("complete") };
	struct service_account account;
	struct coverage coverage;
	struct record_list back;
	int64_t read;
	record_init(&service_account_type, &account);
	record_init(&coverage_type, &coverage);
	account.name = SLICE("default");
	account.pull_secrets = (struct slice_list){ items, 1 };
	coverage.kind = SLICE("ServiceAccount");
	coverage.outcome = SLICE("complete");
	if (store_open(path, &store, err) < 0)
		return -1;
	struct sink *sink = store_sink(store);
	if (sink->ops->begin(sink, &scope, &read, err) < 0)
		return -1;
	if (sink->ops->put(sink, read, &service_account_type, &account, err) < 0 ||
	    sink->ops->put(sink, read, &coverage_type, &coverage, err) < 0 ||
	    sink->ops->finish(sink, read, &end, err) < 0 || sink->ops->commit(sink, err) < 0) {
		sink->ops->rollback(sink);
		return -1;
	}
	if (store_read_all(store, &service_account_type, NULL, 0, &arena, &back, err) < 0)
		return -1;
	assert_int_equal(back.len, 1);
	return 0;
}

static void memory_may_run_out(void **state)
{
	struct fixture *f = *state;
	char path[128];
	snprintf(path, sizeof path, "%s", scratch_path(&f->scratch, "torture/store.db"));
	torture(whole_life, path);
}

static void closing_takes_null(void **state)
{
	assert_null(store_close(NULL));
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(killed_in_the_middle_of_a_read_nothing_of_it_is_there),
		STORE_TEST(what_was_committed_outlives_a_kill),
		STORE_TEST(two_processes_write_at_once_and_both_succeed),
		STORE_TEST(many_processes_make_the_store_at_once),
		STORE_TEST(readers_see_whole_transactions),
		STORE_TEST(a_damaged_file_is_said_to_be_damaged),
		STORE_TEST(memory_may_run_out),
		cmocka_unit_test(closing_takes_null),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
