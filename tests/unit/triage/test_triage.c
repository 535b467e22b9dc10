#include "breach.h"

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "model/text.h"
#include "support/torture.h"
#include "triage/triage_internal.h"

/* Enough of everything that each step takes memory of its own. */
static void add_much(struct breach *b, size_t size)
{
	add_bad(b, BAD_DIGEST);
	add_bad_tag(b, "acme/web:1", HOUR(-9), HOUR(-5));
	add_node(b, "node-1");
	/* A tag of two digests, and what names it alone. */
	add_running(b, "one", "acme/two:1", DIGEST_A);
	add_running(b, "other", "acme/two:1", DIGEST_B);
	add_template(&b->world, add_workload(&b->world, "shop", "CronJob", "two"), "acme/two:1");
	for (size_t i = 0; i < size; i++) {
		char name[64];
		snprintf(name, sizeof name, "login-with-a-long-name-%zu", i);
		struct secret *secret = add_secret(&b->world, "shop", name);
		secret->data_written = HOUR(i % 3 ? -20 : -1);
		secret->decodes = i % 7 ? BOOL_TRUE : BOOL_FALSE;
		add_entry(&b->world, secret, "docker.io", name, name);
		struct pod *pod = add_pod(&b->world, "shop", name, NULL, NULL);
		pod->pull_secrets = texts(&b->world, name, NULL);
		add_container(&b->world, pod, i % 2 ? "acme/web:1" : "acme/job:2", i % 2 ? DIGEST_A : BAD_DIGEST)
			->started = HOUR(-7);
		add_reader(&b->world, pod, name, "env");
		add_template(&b->world, add_workload(&b->world, "shop", "CronJob", name), "acme/job:2");
		add_node_image(&b->world, "node-1", arena_printf(&b->world.arena, "acme/x-%zu:1", i).data, BAD_DIGEST);
	}
	add_registry(b, "docker.io");
	add_image(b, BAD_DIGEST, "ab", HOUR(-90));
	add_image(b, DIGEST_A, "abc", TIME_UNSET);
	add_index(b, DIGEST_D, DIGEST_A, BAD_DIGEST, NULL);
	add_tag(b, "acme/web", "1", BAD_DIGEST, HOUR(-50), HOUR(-9));
	add_tag(b, "acme/web", "1", DIGEST_A, HOUR(-7), HOUR(0));
	add_answer(b, "acme/web", "2", "limited");
	add_registry_list(b, "docker.io", "Tag", "acme/job", "forbidden");
}

static void add_text(struct strbuf *out, struct record_list rows, const struct record_type *type)
{
	for (size_t i = 0; i < rows.len; i++) {
		struct json_writer w = { .out = out };
		record_write_json(type, (const char *)rows.items + i * type->size, &w);
		strbuf_add_char(out, '\n');
	}
}

/* Everything that was answered. */
static void write_answer(struct strbuf *out, const struct triage *t)
{
	add_text(out, t->actions, &action_type);
	add_text(out, t->sightings, &sighting_type);
	add_text(out, t->images, &image_type);
	add_text(out, t->tags, &tag_row_type);
	add_text(out, t->credentials, &credential_type);
	add_text(out, t->blocked, &secret_row_type);
	add_text(out, t->unknown, &unknown_type);
	strbuf_addf(out, "%d %d %d\n", t->complete, t->bad_seen, t->burnt_in_use);
}

static int load_and_run(void *data, struct error **err)
{
	struct breach *b = data;
	struct triage triage = { 0 };
	CLEANUP(world_freep) struct world *world = NULL;
	if (world_load((struct store *)&b->world, &b->world.options, &world, err) < 0)
		return -1;
	return triage_run(world, &b->incident, &b->indicators, &triage, err);
}

static void each_allocation_that_fails_is_an_error_and_leaks_nothing(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_much(&b, 12);
	assert_true(torture(load_and_run, &b) > 20);
	breach_release(&b);
}

/* More than triage takes of so small a world. */
#define ARENA_BYTES (256 * LIMIT_KIB)

/* An arena with one block, of which `left` bytes are free. */
static struct arena nearly_full(size_t left)
{
	struct arena arena = ARENA_INIT(LIMIT_WORLD_BYTES);
	assert_non_null(arena_bytes(&arena, ARENA_BYTES));
	arena_clear(&arena);
	assert_non_null(arena_bytes(&arena, ARENA_BYTES - left));
	return arena;
}

enum outcome { WHOLE, FAILED, FAILED_IN_ARENA };

/* Runs triage with allocation number nth failing alone: it says so, or the answer is as whole as it must be. */
static enum outcome run_failing(struct breach *b, const struct strbuf *whole, size_t left, size_t nth)
{
	struct error *err = NULL;
	struct triage triage = { 0 };
	struct world *world = b->world.world;
	struct arena kept = world->arena;
	world->arena = nearly_full(left);
	torture_watch();
	torture_fail_at(nth, 0);
	int result = triage_run(world, &b->incident, &b->indicators, &triage, &err);
	torture_fail_at(0, 0);
	torture_unwatch();
	if (result < 0) {
		check_error(&err, ERROR_NO_MEMORY, "");
	} else {
		CLEANUP(strbuf_release) struct strbuf got = STRBUF_INIT(LIMIT_MIB);
		check_no_error(&err);
		write_answer(&got, &triage);
		assert_string_equal(strbuf_text(&got), strbuf_text(whole));
	}
	enum outcome outcome = world->arena.failure ? FAILED_IN_ARENA : result < 0 ? FAILED : WHOLE;
	arena_release(&world->arena);
	world->arena = kept;
	return outcome;
}

/* Where the block of the arena ends is chance. So it ends everywhere, and the next one is not to be had, alone of all
 * that is asked for: an answer that has fewer rows because of it would be a wrong answer. */
static void memory_that_is_out_once_never_makes_a_smaller_answer(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_much(&b, 6);
	CLEANUP(strbuf_release) struct strbuf whole = STRBUF_INIT(LIMIT_MIB);
	write_answer(&whole, breach_triage(&b));
	enum outcome outcome = FAILED;
	size_t nth = 1, ends = 0; /* the more is left, the later the arena asks for a block */
	for (size_t left = 0; outcome != WHOLE; left += 24, ends++) {
		assert_true(left < ARENA_BYTES);
		while ((outcome = run_failing(&b, &whole, left, nth)) == FAILED)
			nth++;
	}
	assert_true(ends > 500);
	breach_release(&b);
}

static void failure_leaves_the_answer_untouched(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_much(&b, 8);
	struct error *err = NULL;
	struct triage triage = { .complete = true };
	struct world *world = scenario_world(&b.world);
	world->arena.max = world->arena.used;
	/* What is left of the newest block may still hold a little. */
	while (arena_bytes(&world->arena, 1))
		continue;
	assert_int_equal(triage_run(world, &b.incident, &b.indicators, &triage, &err), -1);
	check_error(&err, ERROR_LIMIT, "");
	assert_true(triage.complete);
	assert_null(triage.actions.items);
	breach_release(&b);
}

static void same_world_gives_the_same_answers(void **state)
{
	(void)state;
	CLEANUP(strbuf_release) struct strbuf first = STRBUF_INIT(LIMIT_MIB), second = STRBUF_INIT(LIMIT_MIB);
	struct breach a, b;
	breach_init(&a);
	breach_init(&b);
	add_much(&a, 12);
	add_much(&b, 12);
	write_answer(&first, breach_triage(&a));
	write_answer(&second, breach_triage(&b));
	assert_string_equal(strbuf_text(&first), strbuf_text(&second));
	breach_release(&a);
	breach_release(&b);
}

static void incident_is_carried_into_the_answer(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	const struct triage *t = breach_triage(&b);
	assert_int_equal(t->incident.id, 4);
	assert_int_equal(t->incident.window_to, HOUR(-5));
	breach_release(&b);
}

static void world_without_clusters_is_never_complete(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	const struct slice nowhere = SLICE("nowhere");
	b.world.options.clusters = &nowhere;
	b.world.options.cluster_count = 1;
	const struct triage *t = breach_triage(&b);
	assert_int_equal(b.world.world->clusters.len, 0);
	assert_false(t->complete);
	breach_release(&b);
}

static void rows_keep_what_they_hold_when_the_list_grows(void **state)
{
	(void)state;
	struct scenario s;
	struct row_list rows = { 0 };
	scenario_init(&s);
	for (int64_t i = 0; i < 100; i++) {
		struct action *row = row_push(&rows, &action_type, &s.arena);
		assert_non_null(row);
		assert_int_equal(row->rank, INT_UNKNOWN);
		row->rank = i;
	}
	assert_non_null(row_push_copy(&rows, &action_type, rows.list.items, &s.arena));
	const struct action *items = rows.list.items;
	for (int64_t i = 0; i < 100; i++)
		assert_int_equal(items[i].rank, i);
	assert_int_equal(items[100].rank, 0);
	assert_int_equal(rows.list.len, 101);
	scenario_release(&s);
}

static void workload_is_made_once_for_its_four_names(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	struct triage_run run = { .world = scenario_world(&b.world) };
	struct triage_workload *first = triage_workload(&run, SLICE("prod"), SLICE("shop"), SLICE("Deployment"),
							SLICE("web"));
	assert_non_null(first);
	assert_ptr_equal(triage_workload(&run, SLICE("prod"), SLICE("shop"), SLICE("Deployment"), SLICE("web")), first);
	assert_ptr_not_equal(triage_workload(&run, SLICE("stage"), SLICE("shop"), SLICE("Deployment"), SLICE("web")),
			     first);
	assert_ptr_not_equal(triage_workload(&run, SLICE("prod"), SLICE("test"), SLICE("Deployment"), SLICE("web")),
			     first);
	assert_ptr_not_equal(triage_workload(&run, SLICE("prod"), SLICE("shop"), SLICE("Job"), SLICE("web")), first);
	assert_ptr_not_equal(triage_workload(&run, SLICE("prod"), SLICE("shop"), SLICE("Deployment"), SLICE("we")),
			     first);
	assert_int_equal(run.workloads.len, 5);
	map_release(&run.workloads);
	breach_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_that_fails_is_an_error_and_leaks_nothing),
		cmocka_unit_test(memory_that_is_out_once_never_makes_a_smaller_answer),
		cmocka_unit_test(failure_leaves_the_answer_untouched),
		cmocka_unit_test(same_world_gives_the_same_answers),
		cmocka_unit_test(incident_is_carried_into_the_answer),
		cmocka_unit_test(world_without_clusters_is_never_complete),
		cmocka_unit_test(rows_keep_what_they_hold_when_the_list_grows),
		cmocka_unit_test(workload_is_made_once_for_its_four_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
