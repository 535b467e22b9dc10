#include "model/sink_memory.h"

#include "base/limits.h"
#include "model/answer.h"
#include "support/check.h"
#include "support/torture.h"

static const struct sink_scope nameless = { .source = { "/dump", 5 },
					    .cluster_name = { "prod", 4 },
					    .as_of = TIME_UNSET };

static int64_t begin(struct sink_memory *memory)
{
	struct error *err = NULL;
	int64_t read = 0;
	check_ok(memory->sink.ops->begin(&memory->sink, &nameless, &read, &err), &err);
	return read;
}

static int put_namespace(struct sink_memory *memory, int64_t read, char *name, struct error **err)
{
	struct namespace namespace;
	record_init(&namespace_type, &namespace);
	namespace.name = slice_of(name);
	return memory->sink.ops->put(&memory->sink, read, &namespace_type, &namespace, err);
}

static int finish(struct sink_memory *memory, int64_t read, const char *uid)
{
	struct sink_end end = { .cluster_uid = slice_of(uid), .as_of = 1, .outcome = SLICE("complete") };
	struct error *err = NULL;
	int result = memory->sink.ops->finish(&memory->sink, read, &end, &err);
	check_ok(result, &err);
	return result;
}

static void records_are_kept_apart_from_the_callers_memory(void **state)
{
	struct sink_memory memory;
	struct error *err = NULL;
	char name[] = "shop";
	sink_memory_init(&memory);
	int64_t read = begin(&memory);
	check_ok(put_namespace(&memory, read, name, &err), &err);
	memset(name, 'x', 4);
	assert_int_equal(memory.record_count, 1);
	assert_ptr_equal(memory.records[0].type, &namespace_type);
	const struct namespace *kept = memory.records[0].record;
	check_slice(kept->name, "shop");
	check_slice(kept->cluster, "name:prod");
	assert_null(kept->uid.data);
	assert_int_equal(finish(&memory, read, "uid-1"), 0);
	check_slice(kept->cluster, "uid-1");
	check_ok(memory.sink.ops->commit(&memory.sink, &err), &err);
	assert_int_equal(memory.commits, 1);
	check_slice(memory.reads[0].end.outcome, "complete");
	sink_memory_release(&memory);
}

static void rollback_forgets_what_was_not_committed(void **state)
{
	struct sink_memory memory;
	struct error *err = NULL;
	char name[] = "shop";
	sink_memory_init(&memory);
	int64_t read = begin(&memory);
	check_ok(put_namespace(&memory, read, name, &err), &err);
	finish(&memory, read, NULL);
	check_ok(memory.sink.ops->commit(&memory.sink, &err), &err);
	read = begin(&memory);
	check_ok(put_namespace(&memory, read, name, &err), &err);
	memory.sink.ops->rollback(&memory.sink);
	assert_int_equal(memory.record_count, 1);
	assert_int_equal(memory.read_count, 1);
	assert_int_equal(memory.rollbacks, 1);
	sink_memory_release(&memory);
}

static void what_is_committed_while_a_read_is_open_outlasts_a_rollback(void **state)
{
	struct sink_memory memory;
	struct error *err = NULL;
	char name[] = "shop";
	struct sink_scope scope = { .cluster_name = SLICE("prod"), .as_of = 1, .once = true };
	struct sink_end end = { .as_of = 1, .outcome = SLICE("complete"), .notes = SLICE("not verified") };
	int64_t first, second;
	sink_memory_init(&memory);
	memory.again_once = 1;
	check_ok(memory.sink.ops->begin(&memory.sink, &scope, &first, &err), &err);
	check_ok(memory.sink.ops->begin(&memory.sink, &scope, &second, &err), &err);
	check_ok(put_namespace(&memory, first, name, &err), &err);
	assert_int_equal(memory.sink.ops->finish(&memory.sink, first, &end, &err), 0); /* never again: it is read once
											*/
	check_slice(memory.reads[0].end.notes, "not verified");
	check_ok(put_namespace(&memory, second, name, &err), &err);
	check_ok(memory.sink.ops->commit(&memory.sink, &err), &err);
	check_ok(put_namespace(&memory, second, name, &err), &err);
	assert_int_equal(memory.sink.ops->finish(&memory.sink, second, &end, &err), 0);
	memory.sink.ops->rollback(&memory.sink);
	assert_int_equal(memory.record_count, 2);
	assert_true(memory.reads[0].finished && !memory.reads[0].interrupted);
	assert_true(!memory.reads[1].finished && memory.reads[1].interrupted);
	assert_int_equal(put_namespace(&memory, second, name, &err), -1);
	check_error(&err, ERROR_STORE, "not open");
	sink_memory_release(&memory);
}

static void it_asks_again_when_told_to(void **state)
{
	struct sink_memory memory;
	sink_memory_init(&memory);
	memory.again_once = 1;
	int64_t read = begin(&memory);
	assert_int_equal(finish(&memory, read, NULL), SINK_AGAIN);
	memory.sink.ops->rollback(&memory.sink);
	read = begin(&memory);
	assert_int_equal(finish(&memory, read, NULL), 0);
	sink_memory_release(&memory);
}

static void it_fails_when_told_to(void **state)
{
	struct sink_memory memory;
	struct error *err = NULL;
	char name[] = "shop";
	sink_memory_init(&memory);
	memory.fail_after = 2;
	int64_t read = begin(&memory);
	check_ok(put_namespace(&memory, read, name, &err), &err);
	check_ok(put_namespace(&memory, read, name, &err), &err);
	assert_int_equal(put_namespace(&memory, read, name, &err), -1);
	check_error(&err, ERROR_STORE, "told to fail");
	sink_memory_release(&memory);
}

static void calls_out_of_order_are_refused(void **state)
{
	struct sink_memory memory;
	struct error *err = NULL;
	char name[] = "shop";
	sink_memory_init(&memory);
	assert_int_equal(put_namespace(&memory, 1, name, &err), -1);
	check_error(&err, ERROR_STORE, "not open");
	int64_t read = begin(&memory);
	assert_int_equal(memory.sink.ops->commit(&memory.sink, &err), -1);
	check_error(&err, ERROR_STORE, "open");
	finish(&memory, read, NULL);
	assert_int_equal(put_namespace(&memory, read, name, &err), -1);
	check_error(&err, ERROR_STORE, "not open");
	sink_memory_release(&memory);
}

static void copies_are_deep(void **state)
{
	struct sink_memory memory;
	struct error *err = NULL;
	char text[] = "acme/app";
	struct slice tags[] = { { text, 8 }, { NULL, 0 }, { text, 0 } };
	struct sighting sightings[1];
	struct image image;
	record_init(&sighting_type, &sightings[0]);
	record_init(&image_type, &image);
	sightings[0].pod = slice_of(text);
	image.tags = (struct slice_list){ tags, 3 };
	image.sightings = (struct record_list){ sightings, 1 };
	image.runs = 5;
	sink_memory_init(&memory);
	check_ok(memory.sink.ops->put(&memory.sink, begin(&memory), &image_type, &image, &err), &err);
	const struct image *copy = memory.records[0].record;
	memset(text, 'x', 8);
	memset(sightings, 0, sizeof sightings);
	memset(tags, 0, sizeof tags);
	assert_true(copy->runs == 5);
	assert_int_equal(copy->tags.len, 3);
	check_slice(copy->tags.items[0], "acme/app");
	assert_null(copy->tags.items[1].data);
	check_slice(copy->tags.items[2], "");
	check_slice(((const struct sighting *)copy->sightings.items)->pod, "acme/app");
	assert_true(((const struct sighting *)copy->sightings.items)->rank == INT_UNKNOWN);
	sink_memory_release(&memory);
}

static int whole_read(void *data, struct error **err)
{
	CLEANUP(sink_memory_release) struct sink_memory memory;
	struct sink_end end = { .cluster_uid = SLICE("uid"), .as_of = 1, .outcome = SLICE("complete") };
	char name[] = "shop";
	int64_t read;
	sink_memory_init(&memory);
	if (memory.sink.ops->begin(&memory.sink, &nameless, &read, err) < 0 ||
	    put_namespace(&memory, read, name, err) < 0 || memory.sink.ops->finish(&memory.sink, read, &end, err) < 0)
		return -1;
	return memory.sink.ops->commit(&memory.sink, err);
}

static void memory_may_run_out(void **state)
{
	torture(whole_read, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_kept_apart_from_the_callers_memory),
		cmocka_unit_test(rollback_forgets_what_was_not_committed),
		cmocka_unit_test(what_is_committed_while_a_read_is_open_outlasts_a_rollback),
		cmocka_unit_test(it_asks_again_when_told_to),
		cmocka_unit_test(it_fails_when_told_to),
		cmocka_unit_test(calls_out_of_order_are_refused),
		cmocka_unit_test(copies_are_deep),
		cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
