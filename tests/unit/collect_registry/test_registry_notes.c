#include "collect/registry/registry_notes.h"

#include "base/limits.h"
#include "support/check.h"
#include "support/torture.h"

#define UNKNOWN_LIMIT .limit = INT_UNKNOWN, .remaining = INT_UNKNOWN, .limit_seconds = INT_UNKNOWN

static const struct registry_plan hub = { .registry = SLICE("docker.io"), .host = SLICE("docker.io") };
static const struct registry_times no_times;

static struct slice notes_of(const struct registry_plan *plan, const struct registry_facts *facts,
			     const struct registry_times *times, struct arena *arena)
{
	struct error *err = NULL;
	struct slice notes;
	check_ok(registry_notes_make(plan, facts, times, arena, &notes, &err), &err);
	return notes;
}

static void there_is_nothing_to_say_of_a_plain_read(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	const struct registry_facts facts = { UNKNOWN_LIMIT, .requests = 5 };
	assert_null(notes_of(&hub, &facts, &no_times, &arena).data);
	assert_null(notes_of(&hub, NULL, &no_times, &arena).data);
}

static void how_many_pulls_are_left_is_said(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	struct registry_facts facts = { .limit = 100, .remaining = 87, .limit_seconds = 21600 };
	check_slice(notes_of(&hub, &facts, &no_times, &arena), "87 of 100 pulls left in 6h");
	facts.limit_seconds = INT_UNKNOWN;
	check_slice(notes_of(&hub, &facts, &no_times, &arena), "87 of 100 pulls left");
	facts.limit = INT_UNKNOWN;
	check_slice(notes_of(&hub, &facts, &no_times, &arena), "87 pulls left");
	facts.remaining = 0;
	facts.limit_seconds = INT64_MAX;
	check_slice(notes_of(&hub, &facts, &no_times, &arena), "0 pulls left");
}

static void what_all_must_know_comes_in_one_line(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	const struct registry_plan mirror = { .registry = SLICE("docker.io"),
					      .host = SLICE("cache.local:5000"),
					      .plain_http = true };
	const struct registry_facts facts = { UNKNOWN_LIMIT, .limited = 3, .warning = SLICE("this registry ends soon"),
					      .logged_in = true, .login = SLICE("acme-ci") };
	const struct registry_times times = { .asked = 20, .refused = 2, .why = SLICE("401") };
	check_slice(
		notes_of(&mirror, &facts, &times, &arena),
		"cache.local:5000 was asked in place of docker.io; asked over plain HTTP: what it answered may have "
		"been changed on the way; logged in as acme-ci; 429 was answered 3 times; it warns: this registry "
		"ends soon; its own API told nothing of 2 of 20 repositories: 401");
}

static int make(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	const struct registry_facts facts = { .limit = 100, .remaining = 87, .limit_seconds = 21600 };
	struct slice notes;
	return registry_notes_make(&hub, &facts, &no_times, &arena, &notes, err);
}

static void each_allocation_may_fail(void **state)
{
	torture(make, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_is_nothing_to_say_of_a_plain_read),
		cmocka_unit_test(how_many_pulls_are_left_is_said),
		cmocka_unit_test(what_all_must_know_comes_in_one_line),
		cmocka_unit_test(each_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
