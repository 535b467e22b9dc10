#include "collect/registry/hub_log.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/time.h"
#include "collect_registry/hub_reading.h"

#define WHEN (INT64_C(1763629200) * USEC_PER_SECOND)

/* An event a line, a defect for an empty one. */
static int read_lines(struct hub_log *log, struct error **err)
{
	struct slice line, rest = file_slice(&log->file);
	if (!rest.len)
		return error_set(err, ERROR_SYNTAX, "nothing");
	while (rest.data && rest.len) {
		struct registry_event event;
		slice_cut(rest, '\n', &line, &rest);
		record_init(&registry_event_type, &event);
		event.time = WHEN;
		event.action = line;
		if ((line.len ? hub_log_event(log, &event, err)
			      : hub_log_defect(log, "empty", SLICE("somewhere"), SLICE("an empty line"), err)) < 0)
			return -1;
		hub_log_done(log, (size_t)(line.data + line.len - file_slice(&log->file).data));
	}
	return 0;
}

static int read_made_up(const char *path, struct sink *sink, struct hub_file_result *ret_result, struct error **err)
{
	return hub_log_run(path, "made-up", read_lines, sink, ret_result, err);
}

static void texts_that_are_not_there_are_empty(void **state)
{
	CLEANUP(hub_reading_release) struct hub_reading r;
	hub_reading_of(&r, read_made_up, SLICE("one\ntwo\n"));
	check_ok(r.got, &r.err);
	assert_int_equal(hub_count(&r, &registry_event_type), 2);
	check_slice(hub_event(&r, 1)->action, "two");
	check_slice(hub_event(&r, 1)->repository, "");
	check_slice(hub_event(&r, 1)->token_name, "");
	check_slice(hub_event(&r, 1)->source, "made-up");
	assert_int_equal(r.result.events, 2);
	assert_int_equal(r.memory.reads[0].scope.as_of, WHEN);
	check_slice(r.memory.reads[0].end.as_of_from, "metadata");
}

static void a_defect_makes_it_partial(void **state)
{
	CLEANUP(hub_reading_release) struct hub_reading r;
	hub_reading_of(&r, read_made_up, SLICE("one\n\n"));
	check_ok(r.got, &r.err);
	check_defects(&r, "empty somewhere");
	check_slice(r.memory.reads[0].end.outcome, "partial");
	check_slice(r.memory.reads[0].end.why, "somewhere: an empty line");
	assert_int_equal(r.memory.reads[0].end.defects, 1);
}

static void without_events_it_is_of_now(void **state)
{
	CLEANUP(hub_reading_release) struct hub_reading r;
	hub_reading_of(&r, read_made_up, SLICE("\n"));
	check_ok(r.got, &r.err);
	check_slice(r.memory.reads[0].end.as_of_from, "clock");
	assert_int_equal(r.result.to, TIME_UNSET);
	check_no_such_file(read_made_up, "", "/log: nothing");
}

static void standard_input_is_read_too(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	struct sink_memory memory;
	struct hub_file_result result;
	struct error *err = NULL;
	int before = dup(STDIN_FILENO);
	scratch_write(&folder, "log", SLICE("one\n"));
	int fd = open(scratch_path(&folder, "log"), O_RDONLY);
	dup2(fd, STDIN_FILENO);
	close(fd);
	sink_memory_init(&memory);
	check_ok(read_made_up("-", &memory.sink, &result, &err), &err);
	check_slice(memory.reads[0].scope.source, "-");
	assert_int_equal(result.events, 1);
	sink_memory_release(&memory);
	dup2(before, STDIN_FILENO);
	close(before);
}

static void a_sink_that_fails_ends_it(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	struct sink_memory memory;
	struct hub_file_result result;
	struct error *err = NULL;
	scratch_write(&folder, "log", SLICE("one\ntwo\n\n"));
	for (size_t i = 1; i < 3; i++) {
		sink_memory_init(&memory);
		memory.fail_after = i;
		assert_int_equal(read_made_up(scratch_path(&folder, "log"), &memory.sink, &result, &err), -1);
		check_error(&err, ERROR_STORE, "");
		sink_memory_release(&memory);
	}
}

static void check_repository(const char *account, const char *name, const char *expected)
{
	struct hub_log log = { .scratch = ARENA_INIT(LIMIT_MIB) };
	struct error *err = NULL;
	struct slice repository;
	check_ok(hub_log_repository(&log, slice_of(account), slice_of(name), &repository, &err), &err);
	check_slice(repository, expected);
	arena_release(&log.scratch);
}

static void repositories_are_paths_of_docker_hub(void **state)
{
	check_repository("acme", "acme/web", "acme/web");
	check_repository("acme", "web", "acme/web");
	check_repository(NULL, "nginx", "library/nginx");
	check_repository("acme", "docker.io/other/web", "other/web");
	check_repository(NULL, "index.docker.io/nginx", "library/nginx");
	check_repository("acme", "other/web", "other/web");
	check_repository("acme", "", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_that_are_not_there_are_empty),
		cmocka_unit_test(a_defect_makes_it_partial),
		cmocka_unit_test(without_events_it_is_of_now),
		cmocka_unit_test(standard_input_is_read_too),
		cmocka_unit_test(a_sink_that_fails_ends_it),
		cmocka_unit_test(repositories_are_paths_of_docker_hub),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
