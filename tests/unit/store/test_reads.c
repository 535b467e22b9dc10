#include "fixture.h"

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/time.h"
#include "model/sink_thread.h"
#include "store/store_internal.h"
#include "support/torture.h"

static struct fixture open_beside(struct fixture *f)
{
	struct fixture other = { .scratch = f->scratch, .arena = ARENA_INIT(LIMIT_WORLD_BYTES) };
	check_ok(store_open(scratch_path(&f->scratch, "state/store.db"), &other.store, &other.err), &other.err);
	other.sink = store_sink(other.store);
	return other;
}

static void close_beside(struct fixture *other)
{
	store_close(other->store);
	arena_release(&other->arena);
}

static int try_commit(struct fixture *f)
{
	return f->sink->ops->commit(f->sink, &f->err);
}

/* --- commit while reads are open --- */

static void what_was_put_before_a_commit_lasts_and_the_read_goes_on(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin_once(f, "prod", UID_A, HOUR(1));
	put_pod(f, read, "pod-1", "shop", "node-1");
	commit(f);
	commit(f); /* nothing was put since */
	struct fixture other = open_beside(f);
	assert_int_equal(count_of(&other, &pod_type), 1);
	check_slice(read_of(&other, read)->outcome, "reading");
	put_pod(f, read, "pod-2", "shop", "node-1");
	put_coverage(f, read, "Pod", "*", "*", "complete");
	assert_int_equal(count_of(&other, &pod_type), 1);
	assert_int_equal(finish(f, read, UID_A, HOUR(1)), 0);
	check_slice(read_of(&other, read)->outcome, "reading");
	commit(f);
	assert_int_equal(count_of(&other, &pod_type), 2);
	check_slice(read_of(&other, read)->outcome, "complete");
	assert_true(read_of(&other, read)->ended != TIME_UNSET);
	close_beside(&other);
}

static void several_reads_interleave_and_end_in_any_order(void **state)
{
	struct fixture *f = *state;
	int64_t reads[20];
	char name[32], uid[64], pod[32];
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof name, "cluster-%d", i);
		snprintf(uid, sizeof uid, "cccccccc-0000-4000-8000-0000000000%02d", i);
		reads[i] = begin_once(f, name, i % 2 ? uid : NULL, HOUR(1));
	}
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 20; i++) {
			snprintf(pod, sizeof pod, "pod-%d-%d", i, round);
			put_pod(f, reads[i], pod, "shop", "node-1");
		}
		commit(f);
	}
	for (int i = 19; i >= 0; i -= 2) {
		snprintf(uid, sizeof uid, "cccccccc-0000-4000-8000-0000000000%02d", i);
		assert_int_equal(finish(f, reads[i], uid, HOUR(1)), 0);
		commit(f);
	}
	for (int i = 0; i < 20; i += 2) {
		snprintf(uid, sizeof uid, "cccccccc-0000-4000-8000-0000000000%02d", i);
		assert_int_equal(finish(f, reads[i], uid, HOUR(1)), 0);
	}
	commit(f);
	assert_int_equal(count_of(f, &cluster_type), 20);
	assert_int_equal(count_of(f, &pod_type), 100);
	for (int i = 0; i < 20; i++)
		check_slice(read_of(f, reads[i])->outcome, "complete");
	const struct pod *one = pod_of(f, "pod-8-3");
	check_slice(one->cluster, "cccccccc-0000-4000-8000-000000000008");
}

/* Another command gets its turn between two commits, and statements that were made before it work on. */
static void another_writer_gets_its_turn_between_commits(void **state)
{
	struct fixture *f = *state;
	struct fixture other = open_beside(f);
	int64_t read = begin_once(f, "prod", UID_A, HOUR(1));
	put_pod(f, read, "pod-1", "shop", "node-1");
	commit(f);
	int64_t second = begin(&other, "test", UID_B, HOUR(1));
	put_pod(&other, second, "pod-b", "shop", "node-1");
	assert_int_equal(finish(&other, second, UID_B, HOUR(1)), 0);
	commit(&other);
	put_pod(f, read, "pod-2", "shop", "node-1");
	assert_int_equal(finish(f, read, UID_A, HOUR(1)), 0);
	commit(f);
	assert_int_equal(count_of(f, &pod_type), 3);
	close_beside(&other);
}

static void a_read_that_may_be_asked_for_again_must_end_first(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin(f, "prod", UID_A, HOUR(1));
	assert_int_equal(finish(f, read, UID_A, HOUR(1)), 0);
	commit(f);
	read = begin(f, "prod", UID_A, TIME_UNSET); /* it may turn out to be an old one */
	assert_int_equal(try_commit(f), -1);
	check_error(&f->err, ERROR_STORE, "still open");
	assert_int_equal(finish(f, read, UID_A, HOUR(2)), 0);
	commit(f);
	read = begin(f, "prod", NULL, TIME_UNSET); /* guessed to be prod's */
	assert_int_equal(try_commit(f), -1);
	check_error(&f->err, ERROR_STORE, "still open");
	assert_int_equal(finish(f, read, UID_B, HOUR(1)), SINK_AGAIN);
	assert_int_equal(try_commit(f), -1);
	check_error(&f->err, ERROR_STORE, "still open");
	f->sink->ops->rollback(f->sink);
	assert_int_equal(count_of(f, &read_type), 2);
}

#define CONDUCTORS 6
#define CONDUCTOR_PODS 2000

struct conductor {
	struct sink *sink;
	int number;
	struct error *err;
};

static int conduct(struct conductor *c, struct error **err)
{
	char name[32], uid[64];
	int64_t read;
	struct pod pod;
	struct sink_end end = { .as_of = HOUR(1), .outcome = SLICE("complete") };
	snprintf(name, sizeof name, "cluster/%d", c->number);
	snprintf(uid, sizeof uid, "eeeeeeee-0000-4000-8000-%012d", c->number);
	struct sink_scope scope = {
		.source = slice_of(name), .cluster_name = slice_of(name), .as_of = HOUR(1), .once = true
	};
	if (c->number % 2)
		scope.cluster_uid = slice_of(uid);
	record_init(&pod_type, &pod);
	pod.namespace = SLICE("shop");
	if (c->sink->ops->begin(c->sink, &scope, &read, err) < 0)
		return -1;
	for (int i = 0; i < CONDUCTOR_PODS; i++) {
		snprintf(uid, sizeof uid, "pod-%d-%d", c->number, i);
		pod.uid = pod.name = slice_of(uid);
		if (c->sink->ops->put(c->sink, read, &pod_type, &pod, err) < 0)
			return -1;
	}
	return c->sink->ops->finish(c->sink, read, &end, err);
}

static void *run_conductor(void *data)
{
	struct conductor *c = data;
	conduct(c, &c->err);
	return NULL;
}

/* As a command reads live clusters: a thread for each, one that writes, and the main thread that commits. */
static void several_threads_read_through_one_sink(void **state)
{
	struct fixture *f = *state;
	struct sink_thread *thread = NULL;
	struct conductor conductors[CONDUCTORS];
	pthread_t threads[CONDUCTORS];
	check_ok(sink_thread_new(f->sink, &thread, &f->err), &f->err);
	struct sink *sink = sink_thread_sink(thread);
	for (int i = 0; i < CONDUCTORS; i++) {
		conductors[i] = (struct conductor){ .sink = sink, .number = i };
		assert_int_equal(pthread_create(&threads[i], NULL, run_conductor, &conductors[i]), 0);
	}
	for (int i = 0; i < 20; i++)
		check_ok(sink->ops->commit(sink, &f->err), &f->err);
	for (int i = 0; i < CONDUCTORS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		check_no_error(&conductors[i].err);
	}
	check_ok(sink->ops->commit(sink, &f->err), &f->err);
	sink_thread_free(thread);
	assert_int_equal(count_of(f, &cluster_type), CONDUCTORS);
	assert_int_equal(count_of(f, &pod_type), CONDUCTORS * CONDUCTOR_PODS);
	struct record_list reads = all(f, &read_type);
	assert_int_equal(reads.len, CONDUCTORS);
	for (size_t i = 0; i < reads.len; i++)
		check_slice(((const struct read *)reads.items)[i].outcome, "complete");
}

/* --- once --- */

static void put_secret_of(struct fixture *f, int64_t read, const char *uid, int64_t created)
{
	struct secret secret;
	record_init(&secret_type, &secret);
	secret.uid = slice_of(uid);
	secret.namespace = SLICE("shop");
	secret.name = SLICE("hub");
	secret.created = created;
	put(f, read, &secret_type, &secret);
}

/* Whatever the store holds of the address, of the name and of the time, a live read is never asked for again. */
static void once_is_never_asked_again(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *begun, *ended;
		int64_t as_of;
	} cases[] = {
		{ NULL, NULL, HOUR(1) },   { NULL, UID_A, HOUR(1) }, { NULL, UID_B, HOUR(9) },
		{ UID_A, UID_A, HOUR(1) }, { UID_A, NULL, HOUR(9) }, { "a/b", UID_B, HOUR(1) },
		{ UID_B, UID_B, HOUR(5) },
	};
	int64_t first = begin_once(f, "prod", UID_A, HOUR(5));
	assert_int_equal(finish(f, first, UID_A, HOUR(5)), 0);
	commit(f);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t read = begin_once(f, "prod", cases[i].begun, cases[i].as_of);
		commit(f);
		assert_int_equal(finish(f, read, cases[i].ended, cases[i].as_of), 0);
		commit(f);
	}
}

static void once_without_a_uid_is_filed_apart_until_it_ends(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin_once(f, "prod", UID_A, HOUR(5));
	put_secret_of(f, read, "secret-1", HOUR(-9));
	assert_int_equal(finish(f, read, UID_A, HOUR(5)), 0);
	commit(f);
	read = begin_once(f, "prod", NULL, HOUR(6));
	put_secret_of(f, read, "secret-2", HOUR(-8));
	commit(f);
	assert_int_equal(count_of(f, &cluster_type), 2);
	put_secret_of(f, read, "secret-1", HOUR(-9)); /* tells which cluster it is */
	assert_int_equal(finish(f, read, NULL, HOUR(6)), 0);
	commit(f);
	assert_int_equal(count_of(f, &cluster_type), 1);
	struct record_list secrets = all(f, &secret_type);
	assert_int_equal(secrets.len, 2);
	const struct secret *first = secrets.items;
	check_slice(first->uid, "secret-1");
	check_slice(first->cluster, UID_A);
	assert_true(first->first_seen == HOUR(5) && first->last_seen == HOUR(6));
}

/* --- reads of one cluster side by side --- */

static void the_later_of_two_open_reads_has_the_last_word(void **state)
{
	struct fixture *f = *state;
	int64_t early = begin_once(f, "prod", UID_A, HOUR(1)), late = begin_once(f, "prod", UID_A, HOUR(2));
	put_pod(f, late, "pod-1", "shop", "node-late");
	put_pod(f, early, "pod-1", "shop", "node-early");
	assert_int_equal(finish(f, late, UID_A, HOUR(2)), 0);
	commit(f);
	put_pod(f, late = begin_once(f, "prod", UID_A, HOUR(3)), "pod-2", "shop", "node-late");
	put_pod(f, early, "pod-2", "shop", "node-early");
	assert_int_equal(finish(f, late, UID_A, HOUR(3)), 0);
	assert_int_equal(finish(f, early, UID_A, HOUR(1)), 0);
	commit(f);
	check_slice(pod_of(f, "pod-1")->node, "node-late");
	check_slice(pod_of(f, "pod-2")->node, "node-late");
	assert_true(pod_of(f, "pod-1")->first_seen == HOUR(1) && pod_of(f, "pod-1")->last_seen == HOUR(2));
	assert_true(pod_of(f, "pod-2")->first_seen == HOUR(1) && pod_of(f, "pod-2")->last_seen == HOUR(3));
}

static void a_later_read_of_another_process_keeps_its_word(void **state)
{
	struct fixture *f = *state;
	struct fixture other = open_beside(f);
	int64_t early = begin_once(f, "prod", UID_A, HOUR(1));
	commit(f);
	int64_t late = begin_once(&other, "prod", UID_A, HOUR(2));
	put_pod(&other, late, "pod-1", "shop", "node-late");
	assert_int_equal(finish(&other, late, UID_A, HOUR(2)), 0);
	commit(&other);
	put_pod(f, early, "pod-1", "shop", "node-early");
	assert_int_equal(finish(f, early, UID_A, HOUR(1)), 0);
	commit(f);
	check_slice(pod_of(f, "pod-1")->node, "node-late");
	assert_true(pod_of(f, "pod-1")->first_seen == HOUR(1) && pod_of(f, "pod-1")->last_seen == HOUR(2));
	close_beside(&other);
}

/* --- giving up --- */

static void rollback_keeps_what_was_committed_and_says_so(void **state)
{
	struct fixture *f = *state;
	int64_t known = begin_once(f, "prod", UID_A, HOUR(1)), unknown = begin_once(f, "test", NULL, HOUR(1));
	put_pod(f, known, "pod-1", "shop", "node-1");
	put_pod(f, unknown, "pod-2", "shop", "node-1");
	put_coverage(f, known, "Pod", "*", "*", "complete");
	commit(f);
	int64_t fresh = begin_once(f, "third", NULL, HOUR(1));
	put_pod(f, known, "pod-3", "shop", "node-1");
	assert_int_equal(finish(f, known, UID_A, HOUR(1)), 0);
	f->sink->ops->rollback(f->sink);
	struct pod pod;
	record_init(&pod_type, &pod);
	assert_int_equal(f->sink->ops->put(f->sink, unknown, &pod_type, &pod, &f->err), -1);
	check_error(&f->err, ERROR_STORE, "not open");
	assert_int_equal(count_of(f, &read_type), 2);
	assert_int_equal(count_of(f, &pod_type), 2);
	check_slice(read_of(f, known)->outcome, "interrupted");
	check_slice(read_of(f, unknown)->outcome, "interrupted");
	check_slice(read_of(f, unknown)->why, "it was given up before it was done");
	check_slice(read_of(f, unknown)->cluster, "https://test.example/");
	assert_true(read_of(f, unknown)->ended == TIME_UNSET && read_of(f, unknown)->as_of == HOUR(1));
	assert_int_equal(alive_elsewhere(f->store, known, &f->err), 0);
	assert_int_equal(begin_once(f, "third", NULL, HOUR(1)), fresh); /* its number was never seen */
}

static void closing_gives_up_what_is_open(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin_once(f, "prod", NULL, HOUR(1));
	put_pod(f, read, "pod-1", "shop", "node-1");
	commit(f);
	put_pod(f, read, "pod-2", "shop", "node-1");
	reopen(f);
	check_slice(read_of(f, read)->outcome, "interrupted");
	assert_int_equal(count_of(f, &pod_type), 1);
	check_slice(pod_of(f, "pod-1")->cluster, "https://prod.example/");
}

static void a_read_that_another_process_ended_is_not_written_to(void **state)
{
	struct fixture *f = *state;
	struct pod pod;
	record_init(&pod_type, &pod);
	int64_t read = begin_once(f, "prod", NULL, HOUR(1));
	commit(f);
	sql(f, "UPDATE \"read\" SET outcome = 'interrupted'");
	assert_int_equal(f->sink->ops->put(f->sink, read, &pod_type, &pod, &f->err), -1);
	check_error(&f->err, ERROR_STORE, "dead process");
	f->sink->ops->rollback(f->sink);
	assert_int_equal(count_of(f, &pod_type), 0);
}

static void a_lost_transaction_ends_what_is_open(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin_once(f, "prod", UID_A, HOUR(1));
	struct pod pod;
	record_init(&pod_type, &pod);
	put_pod(f, read, "pod-1", "shop", "node-1");
	commit(f);
	put_pod(f, read, "pod-2", "shop", "node-1");
	assert_int_equal(sqlite3_exec(f->store->db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(f->sink->ops->put(f->sink, read, &pod_type, &pod, &f->err), -1);
	check_error(&f->err, ERROR_STORE, "not open");
	assert_int_equal(try_commit(f), -1);
	check_error(&f->err, ERROR_STORE, "lost");
	f->sink->ops->rollback(f->sink);
	check_slice(read_of(f, read)->outcome, "interrupted");
	assert_int_equal(count_of(f, &pod_type), 1);
}

/* --- processes that die --- */

static pid_t start(struct fixture *f, void (*work)(struct fixture *child, int out), int *ret_out)
{
	int ends[2];
	bool was_open = f->store;
	assert_int_equal(pipe(ends), 0);
	f->store = store_close(f->store); /* SQLite's connections are not for children */
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct fixture child = { .scratch = f->scratch, .arena = ARENA_INIT(LIMIT_WORLD_BYTES) };
		close(ends[0]);
		if (store_open(scratch_path(&child.scratch, "state/store.db"), &child.store, &child.err) < 0)
			_exit(99);
		child.sink = store_sink(child.store);
		work(&child, ends[1]);
		_exit(98); /* it should have been killed */
	}
	close(ends[1]);
	*ret_out = ends[0];
	if (was_open)
		reopen(f);
	return pid;
}

static void wait_until_killed(pid_t pid)
{
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFSIGNALED(status))
		fail_msg("the child ended by itself: %d", WEXITSTATUS(status));
}

static void tell(int out, int number)
{
	if (write(out, &number, sizeof number) != sizeof number)
		_exit(97);
}

static int last_told(int in)
{
	int number, last = 0;
	while (read(in, &number, sizeof number) == sizeof number)
		last = number;
	close(in);
	return last;
}

static void put_many(struct fixture *f, int64_t read, const char *prefix, int from, int to)
{
	char uid[64];
	for (int i = from; i < to; i++) {
		snprintf(uid, sizeof uid, "%s-%05d", prefix, i);
		put_pod(f, read, uid, "shop", "node-1");
	}
}

/* A known and an unknown cluster, committed once and written on. */
static void read_two_and_wait(struct fixture *f, int out)
{
	int64_t known = begin_once(f, "prod", UID_A, HOUR(2)), unknown = begin_once(f, "test", NULL, HOUR(2));
	put_many(f, known, "known", 0, 3);
	put_coverage(f, known, "Pod", "*", "*", "complete");
	put_many(f, unknown, "unknown", 0, 3);
	commit(f);
	put_many(f, known, "known", 3, 9);
	tell(out, 1);
	pause();
}

static void await(int in)
{
	int number;
	assert_int_equal(read(in, &number, sizeof number), sizeof number);
}

static void known_before(struct fixture *f)
{
	int64_t first = begin_once(f, "prod", UID_A, HOUR(1));
	put_pod(f, first, "old", "shop", "node-1");
	assert_int_equal(finish(f, first, UID_A, HOUR(1)), 0);
	commit(f);
}

static void the_read_of_a_killed_process_is_interrupted_and_settled(void **state)
{
	struct fixture *f = *state;
	int in;
	known_before(f);
	pid_t pid = start(f, read_two_and_wait, &in);
	await(in);
	assert_int_equal(kill(pid, SIGKILL), 0);
	wait_until_killed(pid);
	close(in);
	check_slice(read_of(f, 2)->outcome, "reading"); /* who has the store open does not look again */
	reopen(f);
	for (int64_t id = 2; id <= 3; id++) {
		check_slice(read_of(f, id)->outcome, "interrupted");
		check_slice(read_of(f, id)->why, "the process that read it ended before it was done");
		assert_true(read_of(f, id)->ended == TIME_UNSET && read_of(f, id)->as_of == HOUR(2));
	}
	check_slice(read_of(f, 2)->cluster, UID_A);
	check_slice(read_of(f, 3)->cluster, "https://test.example/");
	assert_int_equal(count_of(f, &pod_type), 7);
	assert_true(pod_of(f, "known-00001")->last_seen == HOUR(2));
	assert_int_equal(pod_of(f, "old")->gone, BOOL_FALSE);
	struct record_list coverage = all(f, &coverage_type);
	assert_int_equal(coverage.len, 1);
	check_slice(((const struct coverage *)coverage.items)->outcome, "interrupted");
	struct record_list clusters = all(f, &cluster_type);
	assert_int_equal(clusters.len, 2);
	for (size_t i = 0; i < 2; i++)
		assert_true(((const struct cluster *)clusters.items)[i].last_seen == HOUR(2));
	const char *before = contents(f);
	reopen(f);
	assert_string_equal(before, contents(f));
}

/* The same while it lives: it is under way, proves nothing, and is left alone. */
static void the_read_of_a_living_process_is_left_alone(void **state)
{
	struct fixture *f = *state;
	int in;
	known_before(f);
	pid_t pid = start(f, read_two_and_wait, &in);
	await(in);
	reopen(f); /* it has a transaction open: nobody waits for it */
	check_slice(read_of(f, 2)->outcome, "reading");
	check_slice(read_of(f, 3)->outcome, "reading");
	assert_int_equal(pod_of(f, "old")->gone, BOOL_FALSE);
	check_slice(((const struct coverage *)all(f, &coverage_type).items)->outcome, "interrupted");
	assert_true(slice_starts_with(read_of(f, 3)->cluster, "-staged "));
	assert_int_equal(kill(pid, SIGKILL), 0);
	wait_until_killed(pid);
	close(in);
}

/* What of the dead shares an object with a known cluster is of that cluster, as if it had been ended. */
static void read_unknown_that_is_known(struct fixture *f, int out)
{
	int64_t unknown = begin_once(f, "other-name", NULL, HOUR(2));
	put_secret_of(f, unknown, "secret-1", HOUR(-9));
	put_pod(f, unknown, "pod-1", "shop", "node-1");
	commit(f);
	tell(out, 1);
	pause();
}

static void what_the_dead_left_is_filed_by_its_objects(void **state)
{
	struct fixture *f = *state;
	int in;
	int64_t first = begin_once(f, "prod", UID_A, HOUR(1));
	put_secret_of(f, first, "secret-1", HOUR(-9));
	assert_int_equal(finish(f, first, UID_A, HOUR(1)), 0);
	commit(f);
	pid_t pid = start(f, read_unknown_that_is_known, &in);
	await(in);
	assert_int_equal(kill(pid, SIGKILL), 0);
	wait_until_killed(pid);
	close(in);
	reopen(f);
	assert_int_equal(count_of(f, &cluster_type), 1);
	check_slice(pod_of(f, "pod-1")->cluster, UID_A);
	check_slice(read_of(f, 2)->outcome, "interrupted");
}

/* Another command has a long transaction: the dead wait, and the answer says that the read is not done. */
static void the_dead_wait_for_a_writer(void **state)
{
	struct fixture *f = *state;
	struct fixture other;
	int in;
	pid_t pid = start(f, read_two_and_wait, &in);
	await(in);
	assert_int_equal(kill(pid, SIGKILL), 0);
	wait_until_killed(pid);
	close(in);
	int64_t writer = begin(f, "third", UID_B, HOUR(1));
	other = open_beside(f);
	check_slice(read_of(&other, 1)->outcome, "reading");
	close_beside(&other);
	assert_int_equal(finish(f, writer, UID_B, HOUR(1)), 0);
	commit(f);
	other = open_beside(f);
	check_slice(read_of(&other, 1)->outcome, "interrupted");
	close_beside(&other);
}

/* Puts and commits without a pause, as a live read of a large cluster does. */
static void read_without_a_pause(struct fixture *f, int out)
{
	int64_t read = begin_once(f, "prod", UID_A, HOUR(2));
	for (int i = 0;; i++) {
		put_many(f, read, "busy", i % 100 * 100, i % 100 * 100 + 100);
		commit(f);
		if (i == 0)
			tell(out, 1);
	}
}

static void who_reads_for_long_lets_others_in(void **state)
{
	struct fixture *f = *state;
	int in;
	pid_t pid = start(f, read_without_a_pause, &in);
	await(in);
	int64_t began = time_now();
	for (int i = 0; i < 20; i++) {
		int64_t read = begin_once(f, "test", UID_B, HOUR(i));
		put_many(f, read, "ours", 0, 10);
		commit(f);
		put_many(f, read, "ours", 10, 20);
		assert_int_equal(finish(f, read, UID_B, HOUR(i)), 0);
		commit(f);
	}
	int64_t took = time_now() - began;
	assert_int_equal(kill(pid, SIGKILL), 0);
	wait_until_killed(pid);
	close(in);
	if (took > 10 * USEC_PER_SECOND) /* 40 turns, none of which comes by itself */
		fail_msg("20 reads beside another took %lld ms", (long long)took / 1000);
}

/* Clusters that come and end, commits in between; it tells after each commit how many pods last. */
static void read_until_killed(struct fixture *f, int out)
{
	char known[64], name[48];
	for (int round = 0; round < 100000; round++) {
		snprintf(known, sizeof known, "dddddddd-0000-4000-8000-%012d", round % 3);
		int64_t first = begin_once(f, "known", known, HOUR(round)),
			second = begin_once(f, "unknown", NULL, HOUR(round));
		for (int step = 0; step < 4; step++) {
			snprintf(name, sizeof name, "a-%d-%d", round, step);
			put_many(f, first, name, 0, 25);
			snprintf(name, sizeof name, "b-%d-%d", round, step);
			put_many(f, second, name, 0, 25);
			commit(f);
			tell(out, round * 200 + step * 50 + 50);
		}
		if (round % 2)
			finish(f, second, NULL, HOUR(round));
		finish(f, first, known, HOUR(round));
		if (round % 2 == 0)
			finish(f, second, NULL, HOUR(round));
		commit(f);
		arena_clear(&f->arena);
	}
}

/* Returns how many reads were interrupted. */
static size_t check_after_kill(struct fixture *f, int64_t pods, int told)
{
	struct record_list reads = all(f, &read_type);
	size_t count = 0;
	for (size_t i = 0; i < reads.len; i++) {
		const struct read *read = (const struct read *)reads.items + i;
		bool interrupted = slice_equal_text(read->outcome, "interrupted");
		if (!interrupted)
			check_slice(read->outcome, "complete");
		assert_true(interrupted == (read->ended == TIME_UNSET));
		count += interrupted;
		assert_true(!slice_starts_with(read->cluster, "-staged "));
	}
	assert_int_equal(sql(f, "SELECT count(*) FROM cluster WHERE provisional = 2"), 0);
	assert_int_equal(sql(f, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
	assert_true(pods >= told);
	assert_int_equal(pods % 50, 0); /* whole commits */
	contents(f);                    /* and nothing refers to what is not there */
	return count;
}

static void killed_at_any_moment_the_store_is_whole(void **state)
{
	unsigned seed = 20261125;
	size_t interrupted = 0;
	for (int round = 0; round < 40; round++) {
		void *own;
		int in;
		fixture_setup(&own);
		struct fixture *f = own;
		for (int kills = 0; kills < 2; kills++) {
			f->store = store_close(f->store);
			sql(f, "DELETE FROM pod");
			pid_t pid = start(f, read_until_killed, &in);
			usleep(rand_r(&seed) % 40000);
			assert_int_equal(kill(pid, SIGKILL), 0);
			wait_until_killed(pid);
			reopen(f);
			interrupted += check_after_kill(f, (int64_t)count_of(f, &pod_type), last_told(in));
		}
		fixture_teardown(&own);
	}
	assert_true(interrupted > 0); /* or it was killed at no moment of interest */
}

/* --- memory --- */

/* Two live clusters, one of them not known, committed in between. */
static int live_life(void *data, struct error **err)
{
	CLEANUP(store_closep) struct store *store = NULL;
	struct sink_scope known = {
		.source = SLICE("https://a/"), .cluster_uid = SLICE(UID_A), .as_of = HOUR(1), .once = true
	};
	struct sink_scope unknown = { .source = SLICE("https://b/"), .as_of = HOUR(1), .once = true };
	struct sink_end end = { .as_of = HOUR(1), .outcome = SLICE("complete"), .notes = SLICE("not verified") };
	struct namespace namespace;
	int64_t first, second;
	record_init(&namespace_type, &namespace);
	namespace.name = SLICE("shop");
	if (store_open(data, &store, err) < 0)
		return -1;
	struct sink *sink = store_sink(store);
	if (sink->ops->begin(sink, &known, &first, err) < 0 || sink->ops->begin(sink, &unknown, &second, err) < 0 ||
	    sink->ops->put(sink, first, &namespace_type, &namespace, err) < 0 || sink->ops->commit(sink, err) < 0 ||
	    sink->ops->put(sink, second, &namespace_type, &namespace, err) < 0 ||
	    sink->ops->finish(sink, second, &end, err) < 0 || sink->ops->finish(sink, first, &end, err) < 0 ||
	    sink->ops->commit(sink, err) < 0) {
		sink->ops->rollback(sink);
		return -1;
	}
	return 0;
}

/* What an earlier process left is settled on the way. */
static int settle_life(void *data, struct error **err)
{
	CLEANUP(store_closep) struct store *store = NULL;
	sqlite3 *db;
	if (sqlite3_open(data, &db) != SQLITE_OK ||
	    sqlite3_exec(db, "UPDATE \"read\" SET outcome = 'reading', ended = NULL", NULL, NULL, NULL) != SQLITE_OK)
		abort();
	sqlite3_close(db);
	return store_open(data, &store, err);
}

static void memory_may_run_out_over_the_dead(void **state)
{
	struct fixture *f = *state;
	char path[128];
	int64_t read = begin_once(f, "prod", NULL, HOUR(1));
	put_pod(f, read, "pod-1", "shop", "node-1");
	commit(f);
	f->store = store_close(f->store);
	snprintf(path, sizeof path, "%s", scratch_path(&f->scratch, "state/store.db"));
	torture(settle_life, path);
	reopen(f);
	check_slice(read_of(f, read)->outcome, "interrupted");
}

static void memory_may_run_out(void **state)
{
	struct fixture *f = *state;
	char path[128];
	snprintf(path, sizeof path, "%s", scratch_path(&f->scratch, "torture/store.db"));
	torture(live_life, path);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_was_put_before_a_commit_lasts_and_the_read_goes_on),
		STORE_TEST(several_reads_interleave_and_end_in_any_order),
		STORE_TEST(another_writer_gets_its_turn_between_commits),
		STORE_TEST(a_read_that_may_be_asked_for_again_must_end_first),
		STORE_TEST(several_threads_read_through_one_sink),
		STORE_TEST(once_is_never_asked_again),
		STORE_TEST(once_without_a_uid_is_filed_apart_until_it_ends),
		STORE_TEST(the_later_of_two_open_reads_has_the_last_word),
		STORE_TEST(a_later_read_of_another_process_keeps_its_word),
		STORE_TEST(rollback_keeps_what_was_committed_and_says_so),
		STORE_TEST(closing_gives_up_what_is_open),
		STORE_TEST(a_read_that_another_process_ended_is_not_written_to),
		STORE_TEST(a_lost_transaction_ends_what_is_open),
		STORE_TEST(the_read_of_a_killed_process_is_interrupted_and_settled),
		STORE_TEST(the_read_of_a_living_process_is_left_alone),
		STORE_TEST(what_the_dead_left_is_filed_by_its_objects),
		STORE_TEST(the_dead_wait_for_a_writer),
		STORE_TEST(who_reads_for_long_lets_others_in),
		cmocka_unit_test(killed_at_any_moment_the_store_is_whole),
		STORE_TEST(memory_may_run_out),
		STORE_TEST(memory_may_run_out_over_the_dead),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
