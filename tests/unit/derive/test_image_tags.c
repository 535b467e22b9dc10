#include "derive/image_scene.h"

#define WEB "docker.io/acme/web:1"

static void begin(struct scenario *s)
{
	scenario_init(s);
	add_registry(s, "docker.io", HOUR(0));
	add_lists(s, "acme/web", "complete");
	add_image(s, "web1", "linux/amd64", "a b");
	add_image(s, "web2", "linux/amd64", "a c");
}

static void a_tag_that_stands_has_one_state(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	s.now = HOUR(5);
	add_tag(&s, "acme/web", "1", "web1", HOUR(0));
	struct world *world = scenario_world(&s);
	const struct world_tag *tag = tag_named(world, WEB);
	check_states(&s, WEB, "web1");
	assert_true(state_at(tag, 0)->since == HOUR(0));
	assert_true(state_at(tag, 0)->until == HOUR(5));
	check_slice(state_at(tag, 0)->seen_by, "registry");
	assert_true(tag->listed && !tag->deleted && !tag->put_back);
	assert_true(tag->last_seen == HOUR(5));
	assert_ptr_equal(manifest_named(&s, "web1")->tags.items[0], tag);
	scenario_release(&s);
}

static void a_tag_moves_and_is_put_back(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_tag(&s, "acme/web", "1", "web1", HOUR(0))->last_seen = HOUR(2);
	add_tag(&s, "acme/web", "1", "web2", HOUR(3))->last_seen = HOUR(4);
	scenario_world(&s);
	check_states(&s, WEB, "web1 web2");
	assert_false(tag_named(s.world, WEB)->put_back);
	assert_int_equal(manifest_named(&s, "web1")->tags.len, 1);
	assert_int_equal(manifest_named(&s, "web2")->tags.len, 1);
	add_tag(&s, "acme/web", "1", "web1", HOUR(5))->last_seen = HOUR(6);
	scenario_world(&s);
	check_states(&s, WEB, "web1 web2 web1");
	assert_true(tag_named(s.world, WEB)->put_back);
	assert_int_equal(manifest_named(&s, "web1")->tags.len, 1);
	scenario_release(&s);
}

/* Who could not tell the store what was known before makes a row for each read. */
static void rows_of_one_digest_are_one_state(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	for (int hour = 0; hour < 3; hour++)
		add_tag(&s, "acme/web", "1", "web1", HOUR(hour))->last_seen = HOUR(hour);
	scenario_world(&s);
	check_states(&s, WEB, "web1");
	assert_true(state_at(tag_named(s.world, WEB), 0)->until == HOUR(2));
	scenario_release(&s);
}

static void a_tag_that_the_list_no_longer_holds_is_deleted(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_tag(&s, "acme/web", "1", "web1", HOUR(0))->gone = BOOL_TRUE;
	add_registry(&s, "docker.io", HOUR(3));
	add_lists(&s, "acme/web", "complete");
	scenario_world(&s);
	assert_true(tag_named(s.world, WEB)->deleted);
	assert_true(tag_named(s.world, WEB)->deleted_by == HOUR(3));
	scenario_release(&s);
}

/* Its old row is gone with every complete read; that is what moving is. */
static void a_tag_that_moved_is_not_deleted(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_tag(&s, "acme/web", "1", "web1", HOUR(0))->gone = BOOL_TRUE;
	add_tag(&s, "acme/web", "1", "web2", HOUR(3))->last_seen = HOUR(3);
	scenario_world(&s);
	assert_false(tag_named(s.world, WEB)->deleted);
	scenario_release(&s);
}

static void what_could_not_be_asked_is_not_deleted(void **state)
{
	(void)state;
	static const char *const outcomes[] = { "forbidden", "limited", "invalid", "failed", "interrupted" };
	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
		struct scenario s;
		begin(&s);
		add_tag(&s, "acme/web", "1", "web1", HOUR(0))->gone = BOOL_TRUE;
		add_registry(&s, "docker.io", HOUR(3));
		add_answer(&s, "acme/web", SLICE("1"), outcomes[i]);
		scenario_world(&s);
		assert_false(tag_named(s.world, WEB)->deleted);
		assert_non_null(tag_named(s.world, WEB)->failure);
		scenario_release(&s);
	}
}

static void a_refusal_before_an_answer_is_forgotten(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_answer(&s, "acme/web", SLICE("1"), "forbidden");
	add_registry(&s, "docker.io", HOUR(3));
	add_tag(&s, "acme/web", "1", "web1", HOUR(3));
	scenario_world(&s);
	assert_null(tag_named(s.world, WEB)->failure);
	scenario_release(&s);
}

static void a_tag_that_is_answered_with_404_is_deleted(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_tag(&s, "acme/web", "1", "web1", HOUR(0));
	add_registry(&s, "docker.io", HOUR(3));
	add_answer(&s, "acme/web", SLICE("1"), "absent");
	scenario_world(&s);
	assert_true(tag_named(s.world, WEB)->deleted);
	assert_true(tag_named(s.world, WEB)->deleted_by == HOUR(3));
	scenario_release(&s);
}

static void a_log_tells_when_it_went_and_when_it_came_again(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_tag(&s, "acme/web", "1", "web1", HOUR(0))->last_seen = HOUR(1);
	add_event(&s, "delete_tag", "acme/web", "1", NULL, HOUR(2), "mallory");
	scenario_world(&s);
	assert_true(tag_named(s.world, WEB)->deleted);
	assert_true(tag_named(s.world, WEB)->deleted_by == HOUR(2));
	add_event(&s, "push", "acme/web", "1", "web1", HOUR(4), "ci");
	scenario_world(&s);
	assert_false(tag_named(s.world, WEB)->deleted);
	scenario_release(&s);
}

static void pushes_of_a_log_are_states_between_reads(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_tag(&s, "acme/web", "1", "web1", HOUR(0))->last_seen = HOUR(9);
	add_event(&s, "push", "acme/web", "1", "web2", HOUR(4), "mallory");
	add_event(&s, "push", "acme/web", "1", "web1", HOUR(5), "ci");
	scenario_world(&s);
	check_states(&s, WEB, "web1 web2 web1");
	const struct world_tag *tag = tag_named(s.world, WEB);
	assert_true(tag->put_back);
	check_slice(state_at(tag, 1)->seen_by, "log");
	check_slice(state_at(tag, 1)->pushed_by, "mallory");
	assert_true(state_at(tag, 1)->pushed == HOUR(4));
	assert_true(state_at(tag, 2)->since == HOUR(5));
	check_slice(state_at(tag, 2)->pushed_by, "ci");
	scenario_release(&s);
}

static void a_push_without_a_digest_brought_what_was_seen_next(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_tag(&s, "acme/web", "1", "web1", HOUR(0))->last_seen = HOUR(2);
	add_tag(&s, "acme/web", "1", "web2", HOUR(6))->last_seen = HOUR(8);
	add_event(&s, "push", "acme/web", "1", NULL, HOUR(4), "mallory");
	add_event(&s, "push", "acme/web", "1", NULL, HOUR(9), "later");
	scenario_world(&s);
	const struct world_tag *tag = tag_named(s.world, WEB);
	check_states(&s, WEB, "web1 web2");
	assert_true(state_at(tag, 0)->pushed == TIME_UNSET);
	assert_true(state_at(tag, 1)->pushed == HOUR(4));
	check_slice(state_at(tag, 1)->pushed_by, "mallory");
	scenario_release(&s);
}

static void pushed_once_more_is_no_move(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_tag(&s, "acme/web", "1", "web1", HOUR(0))->last_seen = HOUR(3);
	add_tag(&s, "acme/web", "1", "web2", HOUR(6))->last_seen = HOUR(8);
	add_event(&s, "push", "acme/web", "1", NULL, HOUR(7), "again");
	scenario_world(&s);
	struct world_arrival arrival = world_tag_arrival(tag_named(s.world, WEB), 1);
	assert_true(state_at(tag_named(s.world, WEB), 1)->pushed == HOUR(7));
	assert_true(arrival.after == HOUR(3) && arrival.by == HOUR(6));
	struct tag_row row;
	assert_int_equal(world_tag_row(s.world, tag_named(s.world, WEB), &row, NULL), 0);
	assert_true(row.moved_by == HOUR(6) && !row.moved_by_whom.len);
	scenario_release(&s);
}

static void a_layout_is_a_witness_until_a_registry_speaks(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_layout(&s, "before", HOUR(1));
	add_tag(&s, "acme/web", "1", "web1", HOUR(1));
	add_layout(&s, "after", HOUR(2));
	add_tag(&s, "acme/web", "1", "web2", HOUR(2));
	scenario_world(&s);
	check_states(&s, WEB, "web1 web2");
	assert_false(tag_named(s.world, WEB)->listed);
	check_slice(state_at(tag_named(s.world, WEB), 0)->seen_by, "layout");
	add_registry(&s, "docker.io", HOUR(3));
	add_tag(&s, "acme/web", "1", "web1", HOUR(3));
	scenario_world(&s);
	check_states(&s, WEB, "web1");
	assert_true(tag_named(s.world, WEB)->listed);
	scenario_release(&s);
}

/* Of one time nobody knows the order but by when they claim to be built. */
static void layouts_of_one_time_come_by_their_dates(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_layout(&s, "a", HOUR(1));
	add_tag(&s, "acme/web", "1", "new", HOUR(1));
	add_layout(&s, "b", HOUR(1));
	add_tag(&s, "acme/web", "1", "zold", HOUR(1));
	static const char *const names[] = { "zold", "new" };
	for (int i = 0; i < 2; i++) {
		struct manifest *image = add_image(&s, names[i], "linux/amd64", names[i]);
		image->dating = SLICE("dated");
		image->created = HOUR(-10 + i);
	}
	scenario_world(&s);
	check_states(&s, WEB, "zold new");
	scenario_release(&s);
}

static void repositories_hold_the_members_of_their_indexes(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_index(&s, "index", "web1", "web2", NULL);
	add_tag(&s, "acme/web", "1", "index", HOUR(0));
	add_answer(&s, "acme/api", digest_for(&s, "web1"), "present");
	scenario_world(&s);
	const struct world_manifest *member = manifest_named(&s, "web1");
	assert_int_equal(member->tags.len, 0); /* not by way of an index */
	assert_int_equal(member->places.len, 2);
	assert_int_equal(manifest_named(&s, "web2")->places.len, 1);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tag_that_stands_has_one_state),
		cmocka_unit_test(a_tag_moves_and_is_put_back),
		cmocka_unit_test(rows_of_one_digest_are_one_state),
		cmocka_unit_test(a_tag_that_the_list_no_longer_holds_is_deleted),
		cmocka_unit_test(a_tag_that_moved_is_not_deleted),
		cmocka_unit_test(what_could_not_be_asked_is_not_deleted),
		cmocka_unit_test(a_refusal_before_an_answer_is_forgotten),
		cmocka_unit_test(a_tag_that_is_answered_with_404_is_deleted),
		cmocka_unit_test(a_log_tells_when_it_went_and_when_it_came_again),
		cmocka_unit_test(pushes_of_a_log_are_states_between_reads),
		cmocka_unit_test(a_push_without_a_digest_brought_what_was_seen_next),
		cmocka_unit_test(pushed_once_more_is_no_move),
		cmocka_unit_test(a_layout_is_a_witness_until_a_registry_speaks),
		cmocka_unit_test(layouts_of_one_time_come_by_their_dates),
		cmocka_unit_test(repositories_hold_the_members_of_their_indexes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
