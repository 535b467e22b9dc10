/* Through a world: tag_states_make is a step of it. */
#include "derive/image_scene.h"

#define WEB "docker.io/acme/web:1"

static void begin(struct scenario *s)
{
	scenario_init(s);
	add_registry(s, "docker.io", HOUR(0));
	static const char *const names[] = { "a", "b", "c" };
	for (size_t i = 0; i < 3; i++)
		add_image(s, names[i], "linux/amd64", names[i]);
}

static void stood(struct scenario *s, const char *name, int from, int to)
{
	add_tag(s, "acme/web", "1", name, HOUR(from))->last_seen = HOUR(to);
}

static struct container *ran(struct scenario *s, const char *name, int hour, bool asked)
{
	struct slice pod = arena_printf(&s->arena, "pod-%s-%d", name, hour);
	in_cluster(s);
	struct container *container = start_pod(s, pod.data, "acme/web:1", digest_for(s, name), HOUR(hour));
	if (asked)
		container->pull_policy = SLICE("Always");
	return container;
}

static void times_are_those_of_the_first_and_the_last_witness(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	stood(&s, "a", 0, 2);
	stood(&s, "b", 4, 6);
	ran(&s, "a", 3, true);
	ran(&s, "b", 8, true);
	scenario_world(&s);
	const struct world_tag *tag = tag_named(s.world, WEB);
	check_states(&s, WEB, "a b");
	assert_true(state_at(tag, 0)->since == HOUR(0) && state_at(tag, 0)->until == HOUR(3));
	assert_true(state_at(tag, 1)->since == HOUR(4) && state_at(tag, 1)->until == HOUR(8));
	check_slice(state_at(tag, 1)->seen_by, "registry");
	scenario_release(&s);
}

static void the_better_witness_names_the_digest(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_index(&s, "index", "a", "b", NULL);
	stood(&s, "index", 4, 6);
	ran(&s, "a", 2, true); /* earlier than the registry was read */
	ran(&s, "b", 8, true);
	scenario_world(&s);
	check_states(&s, WEB, "index");
	assert_true(state_at(tag_named(s.world, WEB), 0)->since == HOUR(2));
	assert_true(state_at(tag_named(s.world, WEB), 0)->until == HOUR(8));
	scenario_release(&s);
}

static void an_early_start_lengthens_the_stay_unless_another_lies_between(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	stood(&s, "a", 4, 6);
	ran(&s, "a", 1, false);
	scenario_world(&s);
	assert_true(state_at(tag_named(s.world, WEB), 0)->since == HOUR(1));
	scenario_release(&s);
	begin(&s);
	stood(&s, "b", 2, 3);
	stood(&s, "a", 4, 6);
	ran(&s, "a", 1, false);
	scenario_world(&s);
	check_states(&s, WEB, "b a");
	assert_true(state_at(tag_named(s.world, WEB), 1)->since == HOUR(4));
	scenario_release(&s);
}

static void what_ran_without_asking_stands_before_the_stay_that_it_falls_into(void **state)
{
	(void)state;
	static const struct {
		int hour;
		const char *states;
	} cases[] = { { -1, "c a b" }, { 1, "c a b" }, { 3, "a c b" }, { 5, "a c b" }, { 9, "a c b" } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scenario s;
		begin(&s);
		stood(&s, "a", 0, 2);
		stood(&s, "b", 4, 6);
		ran(&s, "c", cases[i].hour, false);
		scenario_world(&s);
		check_states(&s, WEB, cases[i].states);
		scenario_release(&s);
	}
}

static void of_pods_alone_the_order_is_that_of_their_starts(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	ran(&s, "b", 5, false);
	ran(&s, "a", 1, false);
	ran(&s, "a", 9, false); /* a node that had it still */
	scenario_world(&s);
	check_states(&s, WEB, "a b");
	scenario_release(&s);
}

static void it_is_put_back_only_to_what_stood_before_another(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	stood(&s, "a", 0, 1);
	stood(&s, "b", 2, 3);
	stood(&s, "a", 4, 5);
	stood(&s, "c", 6, 7);
	scenario_world(&s);
	assert_false(tag_named(s.world, WEB)->put_back);
	stood(&s, "b", 8, 9);
	scenario_world(&s);
	assert_true(tag_named(s.world, WEB)->put_back);
	scenario_release(&s);
}

static struct pod *last_pod(struct scenario *s)
{
	size_t at = s->len;
	while (at > 0 && s->records[at - 1].type != &pod_type)
		at--;
	assert_true(at > 0);
	return s->records[at - 1].record;
}

static void what_asked_agrees_with_others_where_a_time_of_its_second_does(void **state)
{
	(void)state;
	static const struct {
		int64_t started; /* b was first seen 0.4 s behind the hour, a last at the hour */
		const char *states;
	} cases[] = { { HOUR(1) - USEC_PER_SECOND / 2, "a b" }, { HOUR(1) - 2 * USEC_PER_SECOND, "a b a b" } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scenario s;
		begin(&s);
		stood(&s, "a", 0, 1);
		add_tag(&s, "acme/web", "1", "b", HOUR(1) + 2 * USEC_PER_SECOND / 5)->last_seen = HOUR(2);
		ran(&s, "b", 1, true)->started = cases[i].started;
		last_pod(&s)->created = cases[i].started;
		scenario_world(&s);
		check_states(&s, WEB, cases[i].states);
		scenario_release(&s);
	}
}

static void what_asked_may_have_asked_long_before_it_started(void **state)
{
	(void)state;
	for (int restarts = 0; restarts < 2; restarts++) {
		struct scenario s;
		begin(&s);
		stood(&s, "a", 0, 2);
		stood(&s, "b", 4, 6);
		ran(&s, "a", 5, true)->restarts = restarts;
		last_pod(&s)->created = HOUR(3); /* the pull took two hours */
		scenario_world(&s);
		check_states(&s, WEB, restarts ? "a b a b" : "a b");
		scenario_release(&s);
	}
}

/* containerd keeps one image under all digests that led to it, and tells the first. */
static void an_index_that_differs_elsewhere_is_no_move_for_a_node(void **state)
{
	(void)state;
	static const struct {
		const char *architecture, *states;
		bool put_back;
	} cases[] = { { "amd64", "index-1 index-2", false },
		      { "arm64", "index-1 index-2 index-1", true },
		      { "", "index-1 index-2 index-1", true } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scenario s;
		begin(&s);
		add_image(&s, "arm-1", "linux/arm64", "a");
		add_image(&s, "arm-2", "linux/arm64", "b");
		add_index(&s, "index-1", "a", "arm-1", NULL);
		add_index(&s, "index-2", "a", "arm-2", NULL);
		stood(&s, "index-1", 0, 2);
		stood(&s, "index-2", 4, 6);
		ran(&s, "index-1", 8, true);
		struct node *node = add_record(&s, &node_type);
		node->name = last_pod(&s)->node;
		node->architecture = slice_of(cases[i].architecture);
		scenario_world(&s);
		check_states(&s, WEB, cases[i].states);
		assert_int_equal(tag_named(s.world, WEB)->put_back, cases[i].put_back);
		struct tag_row row = tag_row_of(&s, WEB);
		assert_int_equal(row.runs_now, 1);
		assert_int_equal(row.runs_other, 0);
		scenario_release(&s);
	}
}

static void a_state_tells_when_it_was_built(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(0));
	struct manifest *image = add_image(&s, "a", "linux/amd64", "a");
	image->dating = SLICE("dated");
	image->created = HOUR(-3);
	stood(&s, "a", 0, 1);
	stood(&s, "lost", 2, 3);
	scenario_world(&s);
	assert_true(state_at(tag_named(s.world, WEB), 0)->built == HOUR(-3));
	assert_true(state_at(tag_named(s.world, WEB), 1)->built == TIME_UNSET);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_those_of_the_first_and_the_last_witness),
		cmocka_unit_test(the_better_witness_names_the_digest),
		cmocka_unit_test(an_early_start_lengthens_the_stay_unless_another_lies_between),
		cmocka_unit_test(what_ran_without_asking_stands_before_the_stay_that_it_falls_into),
		cmocka_unit_test(of_pods_alone_the_order_is_that_of_their_starts),
		cmocka_unit_test(it_is_put_back_only_to_what_stood_before_another),
		cmocka_unit_test(what_asked_agrees_with_others_where_a_time_of_its_second_does),
		cmocka_unit_test(what_asked_may_have_asked_long_before_it_started),
		cmocka_unit_test(an_index_that_differs_elsewhere_is_no_move_for_a_node),
		cmocka_unit_test(a_state_tells_when_it_was_built),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
