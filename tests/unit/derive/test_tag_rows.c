#include "derive/image_scene.h"

#define WEB "docker.io/acme/web:1"

static void begin(struct scenario *s)
{
	scenario_init(s);
	add_registry(s, "docker.io", HOUR(0));
	add_lists(s, "acme/web", "complete");
	add_image(s, "one", "linux/amd64", "a b");
	add_image(s, "two", "linux/amd64", "a b evil");
}

static void a_row_tells_how_the_tag_moved(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_tag(&s, "acme/web", "1", "one", HOUR(0))->last_seen = HOUR(2);
	add_tag(&s, "acme/web", "1", "two", HOUR(5))->last_seen = HOUR(6);
	scenario_world(&s);
	struct tag_row row = tag_row_of(&s, WEB);
	check_slice(row.registry, "docker.io");
	check_slice(row.repository, "acme/web");
	check_slice(row.tag, "1");
	check_slice(row.state, "moved");
	assert_true(slice_equal(row.digest, digest_for(&s, "two")));
	assert_true(slice_equal(row.digest_before, digest_for(&s, "one")));
	check_slice(row.change, "layers on top");
	assert_true(row.moved_after == HOUR(2) && row.moved_by == HOUR(5) && row.last_seen == HOUR(6));
	assert_null(row.moved_by_whom.data);
	assert_int_equal(row.history.len, 2);
	assert_true(row.in_window == BOOL_UNKNOWN && row.bad == BOOL_UNKNOWN && row.rank == INT_UNKNOWN);
	scenario_release(&s);
}

static void a_push_tells_it_better(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_tag(&s, "acme/web", "1", "one", HOUR(0))->last_seen = HOUR(2);
	add_tag(&s, "acme/web", "1", "two", HOUR(5))->last_seen = HOUR(6);
	add_event(&s, "push", "acme/web", "1", NULL, HOUR(3), "mallory");
	scenario_world(&s);
	struct tag_row row = tag_row_of(&s, WEB);
	assert_true(row.moved_by == HOUR(3));
	check_slice(row.moved_by_whom, "mallory");
	scenario_release(&s);
}

static void every_state_has_its_word(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_tag(&s, "acme/web", "stands", "one", HOUR(0));
	add_tag(&s, "acme/web", "moved", "one", HOUR(0))->last_seen = HOUR(1);
	add_tag(&s, "acme/web", "moved", "two", HOUR(2))->last_seen = HOUR(2);
	add_tag(&s, "acme/web", "back", "one", HOUR(0))->last_seen = HOUR(1);
	add_tag(&s, "acme/web", "back", "two", HOUR(2))->last_seen = HOUR(2);
	add_tag(&s, "acme/web", "back", "one", HOUR(3))->last_seen = HOUR(3);
	add_tag(&s, "acme/web", "gone", "one", HOUR(0))->gone = BOOL_TRUE;
	add_event(&s, "push", "acme/other", "log", "one", HOUR(0), "ci");
	add_layout(&s, "saved", HOUR(0));
	add_tag(&s, "acme/saved", "layout", "one", HOUR(0));
	scenario_world(&s);
	static const struct {
		const char *tag, *state;
	} cases[] = { { "docker.io/acme/web:stands", "stands" }, { "docker.io/acme/web:moved", "moved" },
		      { "docker.io/acme/web:back", "put back" }, { "docker.io/acme/web:gone", "deleted" },
		      { "docker.io/acme/other:log", "unknown" }, { "docker.io/acme/saved:layout", "stands" } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_slice(tag_row_of(&s, cases[i].tag).state, cases[i].state);
	scenario_release(&s);
}

static void what_went_tells_until_when_it_was_there(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_tag(&s, "acme/web", "1", "one", HOUR(0))->gone = BOOL_TRUE;
	add_registry(&s, "docker.io", HOUR(4));
	add_lists(&s, "acme/web", "complete");
	scenario_world(&s);
	struct tag_row row = tag_row_of(&s, WEB);
	check_slice(row.state, "deleted");
	assert_true(slice_equal(row.digest, digest_for(&s, "one")));
	assert_true(row.moved_after == HOUR(0) && row.moved_by == HOUR(4));
	scenario_release(&s);
}

static void two_containers_of_a_pod_are_one_replica(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_tag(&s, "acme/web", "1", "two", HOUR(0));
	in_cluster(&s);
	struct pod *pod = add_pod(&s, "shop", "web", NULL, NULL);
	for (int i = 0; i < 2; i++) {
		struct container *container = add_container(&s, pod, "acme/web:1", digest_for(&s, "two").data);
		container->image_id = arena_printf(&s.arena, "acme/web@%s", digest_for(&s, "two").data);
	}
	start_pod(&s, "old", "acme/web:1", digest_for(&s, "one"), HOUR(-5));
	start_pod(&s, "done", "acme/web:1", digest_for(&s, "one"), HOUR(-5))->state = SLICE("terminated");
	scenario_world(&s);
	struct tag_row row = tag_row_of(&s, WEB);
	assert_int_equal(row.runs_now, 1);
	assert_int_equal(row.runs_other, 1);
	scenario_release(&s);
}

static void a_refusal_is_the_why(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_tag(&s, "acme/web", "1", "one", HOUR(0));
	add_answer(&s, "acme/web", SLICE("1"), "limited")->why = SLICE("429 until the end");
	scenario_world(&s);
	check_slice(tag_row_of(&s, WEB).why, "429 until the end");
	check_slice(tag_row_of(&s, WEB).state, "stands");
	scenario_release(&s);
}

static void rows_come_by_registry_repository_and_tag(void **state)
{
	(void)state;
	struct scenario s;
	struct record_list rows = { 0 };
	struct error *err = NULL;
	begin(&s);
	add_tag(&s, "b/b", "1", "one", HOUR(0));
	add_tag(&s, "a/a", "2", "one", HOUR(0));
	add_tag(&s, "a/a", "1", "one", HOUR(0));
	add_registry(&s, "a.example", HOUR(0));
	add_tag(&s, "z/z", "9", "one", HOUR(0));
	scenario_world(&s);
	check_ok(world_tag_rows(s.world, &rows, &err), &err);
	assert_int_equal(rows.len, 4);
	const struct tag_row *row = rows.items;
	check_slice(row[0].registry, "a.example");
	check_slice(row[1].tag, "1");
	check_slice(row[2].tag, "2");
	check_slice(row[3].repository, "b/b");
	s.options.no_sightings = true;
	scenario_world(&s);
	check_ok(world_tag_rows(s.world, &rows, &err), &err);
	assert_int_equal(rows.len, 0);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_tells_how_the_tag_moved),
		cmocka_unit_test(a_push_tells_it_better),
		cmocka_unit_test(every_state_has_its_word),
		cmocka_unit_test(what_went_tells_until_when_it_was_there),
		cmocka_unit_test(two_containers_of_a_pod_are_one_replica),
		cmocka_unit_test(a_refusal_is_the_why),
		cmocka_unit_test(rows_come_by_registry_repository_and_tag),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
