#include "support/check.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/limits.h"
#include "model/sink_memory.h"
#include "model/sink_thread.h"

struct fixture {
	struct sink_memory memory;
	struct sink_thread *thread;
	struct sink *sink;
	struct error *err;
	int64_t read;
};

static int set_up(void **state)
{
	static struct fixture f;
	f = (struct fixture){ 0 };
	sink_memory_init(&f.memory);
	check_ok(sink_thread_new(&f.memory.sink, &f.thread, &f.err), &f.err);
	f.sink = sink_thread_sink(f.thread);
	struct sink_scope scope = { .source = SLICE("dump"), .cluster_name = SLICE("prod"), .as_of = TIME_UNSET };
	check_ok(f.sink->ops->begin(f.sink, &scope, &f.read, &f.err), &f.err);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	f->thread = sink_thread_free(f->thread);
	sink_memory_release(&f->memory);
	error_free(f->err);
	return 0;
}

static int put(struct fixture *f, const char *name)
{
	struct namespace record;
	record_init(&namespace_type, &record);
	record.name = slice_of(name);
	return f->sink->ops->put(f->sink, f->read, &namespace_type, &record, &f->err);
}

static int finish(struct fixture *f)
{
	struct sink_end end = { .as_of = 1, .outcome = SLICE("complete") };
	return f->sink->ops->finish(f->sink, f->read, &end, &f->err);
}

static void records_arrive_in_order_and_are_copies(void **state)
{
	struct fixture *f = *state;
	char name[32];

	for (int i = 0; i < 10000; i++) {
		snprintf(name, sizeof name, "n%d", i);
		check_ok(put(f, name), &f->err);
		memset(name, 'x', sizeof name); /* put borrows its record for the call alone */
	}
	check_ok(finish(f), &f->err);
	assert_int_equal(f->memory.record_count, 10000);
	for (int i = 0; i < 10000; i++) {
		snprintf(name, sizeof name, "n%d", i);
		check_slice(((const struct namespace *)f->memory.records[i].record)->name, name);
	}
	check_ok(f->sink->ops->commit(f->sink, &f->err), &f->err);
	assert_int_equal(f->memory.commits, 1);
}

static void large_records_are_handed_over_alone(void **state)
{
	struct fixture *f = *state;
	static char name[2 * 1024 * 1024];

	memset(name, 'a', sizeof name - 1);
	for (int i = 0; i < 20; i++)
		check_ok(put(f, name), &f->err);
	check_ok(finish(f), &f->err);
	assert_int_equal(f->memory.record_count, 20);
	assert_int_equal(((const struct namespace *)f->memory.records[19].record)->name.len, sizeof name - 1);
}

static void failure_is_told_by_a_later_call_once_in_its_own_words(void **state)
{
	struct fixture *f = *state;
	int told = 0;

	f->memory.fail_after = 100;
	for (int i = 0; i < 100000 && !told; i++)
		told = put(f, "n") < 0;
	assert_true(told);
	assert_int_equal(f->err->code, ERROR_STORE);
	f->err = error_free(f->err);
	assert_int_equal(finish(f), -1);
	check_error(&f->err, ERROR_STORE, "could not be written");
	f->memory.fail_after = 0;
	f->sink->ops->rollback(f->sink);
	assert_int_equal(f->memory.rollbacks, 1);
}

static void after_a_rollback_it_goes_on(void **state)
{
	struct fixture *f = *state;

	f->memory.fail_after = 1;
	put(f, "a");
	put(f, "b");
	assert_int_equal(finish(f), -1);
	f->err = error_free(f->err);
	f->memory.fail_after = 0;
	f->sink->ops->rollback(f->sink);
	struct sink_scope scope = { .source = SLICE("dump"), .cluster_name = SLICE("prod"), .as_of = TIME_UNSET };
	check_ok(f->sink->ops->begin(f->sink, &scope, &f->read, &f->err), &f->err);
	check_ok(put(f, "c"), &f->err);
	check_ok(finish(f), &f->err);
	check_slice(((const struct namespace *)f->memory.records[f->memory.record_count - 1].record)->name, "c");
}

static void again_is_passed_on(void **state)
{
	struct fixture *f = *state;

	f->memory.again_once = 1;
	check_ok(put(f, "a"), &f->err);
	assert_int_equal(finish(f), SINK_AGAIN);
}

static void freed_with_records_under_way(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 700; i++)
		check_ok(put(f, "n"), &f->err);
	f->thread = sink_thread_free(f->thread);
	assert_null(f->thread);
	assert_int_equal(f->memory.record_count, 700);
	assert_null(sink_thread_free(NULL));
}

/* --- several callers --- */

#define READERS 6
#define RECORDS 3000

struct reader {
	struct sink *sink;
	int number, failures;
	atomic_bool *stop; /* not NULL: it reads until then */
	struct error *err; /* of the first call that failed */
};

static int read_cluster(struct reader *reader, struct error **err)
{
	char name[32];
	int64_t read;
	struct namespace record;
	struct sink_end end = { .as_of = 1, .outcome = SLICE("complete") };
	snprintf(name, sizeof name, "%d", reader->number);
	struct sink_scope scope = {
		.source = slice_of(name), .cluster_name = slice_of(name), .as_of = 1, .once = true
	};
	record_init(&namespace_type, &record);
	if (reader->sink->ops->begin(reader->sink, &scope, &read, err) < 0)
		return -1;
	for (int i = 0; reader->stop ? !atomic_load(reader->stop) : i < RECORDS; i++) {
		snprintf(name, sizeof name, "%d", i);
		record.name = slice_of(name);
		if (reader->sink->ops->put(reader->sink, read, &namespace_type, &record, err) < 0)
			return -1;
	}
	return reader->sink->ops->finish(reader->sink, read, &end, err);
}

static void *run_reader(void *data)
{
	struct reader *reader = data;
	reader->failures = read_cluster(reader, &reader->err) < 0;
	return NULL;
}

static void start_readers(struct fixture *f, atomic_bool *stop, struct reader *readers, pthread_t *threads)
{
	for (int i = 0; i < READERS; i++) {
		readers[i] = (struct reader){ .sink = f->sink, .number = i, .stop = stop };
		assert_int_equal(pthread_create(&threads[i], NULL, run_reader, &readers[i]), 0);
	}
}

static int wait_for_readers(struct reader *readers, const pthread_t *threads)
{
	int failures = 0;
	for (int i = 0; i < READERS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		failures += readers[i].failures;
	}
	return failures;
}

/* The read that the fixture opened would be in the way of a commit. */
static void end_own_read(struct fixture *f)
{
	check_ok(finish(f), &f->err);
	check_ok(f->sink->ops->commit(f->sink, &f->err), &f->err);
}

/* While the main thread commits. Every record arrives once, those of one reader in their order. */
static void several_readers_at_once_and_one_that_commits(void **state)
{
	struct fixture *f = *state;
	struct reader readers[READERS];
	pthread_t threads[READERS];
	int next[READERS + 2] = { 0 };
	end_own_read(f);
	start_readers(f, NULL, readers, threads);
	for (int i = 0; i < 200; i++)
		check_ok(f->sink->ops->commit(f->sink, &f->err), &f->err);
	assert_int_equal(wait_for_readers(readers, threads), 0);
	check_ok(f->sink->ops->commit(f->sink, &f->err), &f->err);
	assert_int_equal(f->memory.commits, 202);
	assert_int_equal(f->memory.record_count, READERS * RECORDS);
	for (size_t i = 0; i < f->memory.record_count; i++) {
		const struct memory_record *kept = &f->memory.records[i];
		char name[32];
		snprintf(name, sizeof name, "%d", next[kept->read - 1]++);
		check_slice(((const struct namespace *)kept->record)->name, name);
	}
	for (int i = 0; i < READERS; i++)
		assert_true(f->memory.reads[i + 1].finished);
}

/* Nobody goes on as if nothing had happened, whosever record it was, and the reason is told to all. */
static void a_failure_is_told_to_every_reader_and_to_the_commit(void **state)
{
	struct fixture *f = *state;
	struct reader readers[READERS];
	pthread_t threads[READERS];
	end_own_read(f);
	f->memory.fail_after = RECORDS / 2;
	start_readers(f, NULL, readers, threads);
	assert_int_equal(wait_for_readers(readers, threads), READERS);
	for (int i = 0; i < READERS; i++)
		check_error(&readers[i].err, ERROR_STORE, "told to fail here");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(f->sink->ops->commit(f->sink, &f->err), -1);
		check_error(&f->err, ERROR_STORE, "an earlier record could not be written: the sink was told");
	}
	f->memory.fail_after = 0;
	f->sink->ops->rollback(f->sink);
	check_ok(f->sink->ops->commit(f->sink, &f->err), &f->err);
}

/* A commit is not kept waiting by readers that never stop putting. */
static void a_commit_comes_between_puts_that_never_end(void **state)
{
	struct fixture *f = *state;
	struct reader readers[READERS];
	pthread_t threads[READERS];
	atomic_bool stop = false;
	end_own_read(f);
	start_readers(f, &stop, readers, threads);
	for (int i = 0; i < 50; i++)
		check_ok(f->sink->ops->commit(f->sink, &f->err), &f->err);
	atomic_store(&stop, true);
	assert_int_equal(wait_for_readers(readers, threads), 0);
}

static void after_a_rollback_open_reads_of_all_threads_are_over(void **state)
{
	struct fixture *f = *state;
	check_ok(put(f, "a"), &f->err);
	f->sink->ops->rollback(f->sink);
	check_ok(put(f, "b"), &f->err); /* not yet written */
	assert_int_equal(f->sink->ops->commit(f->sink, &f->err), -1);
	check_error(&f->err, ERROR_STORE, "not open");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(records_arrive_in_order_and_are_copies, set_up, tear_down),
		cmocka_unit_test_setup_teardown(large_records_are_handed_over_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(failure_is_told_by_a_later_call_once_in_its_own_words, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(after_a_rollback_it_goes_on, set_up, tear_down),
		cmocka_unit_test_setup_teardown(again_is_passed_on, set_up, tear_down),
		cmocka_unit_test_setup_teardown(freed_with_records_under_way, set_up, tear_down),
		cmocka_unit_test_setup_teardown(several_readers_at_once_and_one_that_commits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_failure_is_told_to_every_reader_and_to_the_commit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_commit_comes_between_puts_that_never_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(after_a_rollback_open_reads_of_all_threads_are_over, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
