#include "support/check.h"

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
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
