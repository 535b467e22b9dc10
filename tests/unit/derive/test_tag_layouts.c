/* Through a world: tag_layouts_add is a step of it. */
#include "derive/image_scene.h"

#define WEB "docker.io/acme/web:1"

static void image(struct scenario *s, const char *name, int built)
{
	struct manifest *image = add_image(s, name, "linux/amd64", name);
	image->dating = SLICE("dated");
	image->created = HOUR(built);
}

static void begin(struct scenario *s)
{
	scenario_init(s);
	image(s, "a", -10);
	image(s, "b", 1);
	image(s, "c", 5);
}

static void layout(struct scenario *s, const char *layout, const char *name, int read)
{
	add_layout(s, layout, HOUR(read));
	add_tag(s, "acme/web", "1", name, HOUR(read));
}

static void ran(struct scenario *s, const char *name, int hour)
{
	struct slice pod = arena_printf(&s->arena, "pod-%s-%d", name, hour);
	in_cluster(s);
	start_pod(s, pod.data, "acme/web:1", digest_for(s, name), HOUR(hour))->pull_policy = SLICE("Always");
}

static void check_state(const struct scenario *s, size_t at, int64_t since, int64_t until, const char *seen_by)
{
	const struct tag_state *state = state_at(tag_named(s->world, WEB), at);
	assert_int_equal(state->since, since);
	assert_int_equal(state->until, until);
	check_slice(state->seen_by, seen_by);
}

static void check_arrival(const struct scenario *s, size_t at, int64_t after, int64_t by)
{
	struct world_arrival arrival = world_tag_arrival(tag_named(s->world, WEB), at);
	assert_int_equal(arrival.after, after);
	assert_int_equal(arrival.by, by);
}

static void a_layout_adds_no_time_to_what_others_saw(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	ran(&s, "a", 0);
	ran(&s, "b", 3);
	layout(&s, "one", "a", 20);
	layout(&s, "two", "b", 20);
	scenario_world(&s);
	check_states(&s, WEB, "a b");
	check_state(&s, 0, HOUR(0), HOUR(0), "layout");
	check_state(&s, 1, HOUR(3), HOUR(3), "layout");
	check_arrival(&s, 1, HOUR(0), HOUR(3));
	scenario_release(&s);
}

/* Newer than all that was seen: it came after that and before the read. */
static void what_it_alone_tells_of_came_before_the_read(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	ran(&s, "a", 0);
	ran(&s, "b", 3);
	layout(&s, "one", "c", 20);
	scenario_world(&s);
	check_states(&s, WEB, "a b c");
	check_state(&s, 2, HOUR(20), TIME_UNSET, "layout");
	check_arrival(&s, 2, HOUR(3), HOUR(20));
	scenario_release(&s);
}

/* Built between two that pods saw: it came and went between them, and nobody knows when. */
static void between_two_that_were_seen_it_bounds_neither(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	ran(&s, "a", 0);
	ran(&s, "c", 6);
	layout(&s, "one", "b", 20);
	scenario_world(&s);
	check_states(&s, WEB, "a b c");
	check_state(&s, 1, HOUR(6), TIME_UNSET, "layout");
	check_arrival(&s, 1, HOUR(0), HOUR(6));
	check_arrival(&s, 2, HOUR(0), HOUR(6));
	scenario_release(&s);
}

static void the_oldest_stood_before_all(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	ran(&s, "b", 3);
	layout(&s, "one", "a", 20);
	scenario_world(&s);
	check_states(&s, WEB, "a b");
	check_state(&s, 0, HOUR(3), TIME_UNSET, "layout");
	check_arrival(&s, 1, TIME_UNSET, HOUR(3));
	scenario_release(&s);
}

/* Its date may be forged, or not there: what pods saw last may be later all the same. */
static void without_a_date_it_was_there_by_the_read(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_image(&s, "d", "linux/amd64", "d");
	ran(&s, "a", 0);
	layout(&s, "one", "d", 20);
	scenario_world(&s);
	check_states(&s, WEB, "a d");
	check_arrival(&s, 1, HOUR(0), HOUR(20));
	scenario_release(&s);
}

static void of_two_layouts_that_hold_the_same_the_earlier_read_counts(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	layout(&s, "late", "a", 20);
	layout(&s, "early", "a", 2);
	scenario_world(&s);
	check_states(&s, WEB, "a");
	check_state(&s, 0, HOUR(2), TIME_UNSET, "layout");
	scenario_release(&s);
}

static void an_index_gives_the_name_and_a_member_takes_it_not_away(void **state)
{
	(void)state;
	static const struct {
		const char *ran, *held;
	} cases[] = { { "a", "index" }, { "index", "a" } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scenario s;
		begin(&s);
		add_index(&s, "index", "a", "b", NULL);
		ran(&s, cases[i].ran, 3);
		layout(&s, "one", cases[i].held, 20);
		scenario_world(&s);
		check_states(&s, WEB, "index");
		check_state(&s, 0, HOUR(3), HOUR(3), "layout");
		scenario_release(&s);
	}
}

static void a_deletion_that_a_log_tells_of_is_not_undone_by_a_layout(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	layout(&s, "one", "a", 20);
	add_log(&s, "docker.io", HOUR(12));
	add_event(&s, "delete_tag", "acme/web", "1", NULL, HOUR(10), "mallory");
	scenario_world(&s);
	assert_true(tag_named(s.world, WEB)->deleted);
	assert_int_equal(tag_named(s.world, WEB)->deleted_by, HOUR(10));
	scenario_release(&s);
}

/* --- random histories, held against what happened --- */

#define IMAGES 6
#define READ 1000

struct course {
	int came[IMAGES + 1];            /* the hour in which the tag came to each; then the last hour */
	int first[IMAGES], last[IMAGES]; /* hours of the pods that pulled it; -1: none did */
	bool held[IMAGES];               /* by a layout */
};

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525U + 1013904223U;
	return *seed >> 16;
}

static int between(uint32_t *seed, int low, int high)
{
	return low + (int)(next_random(seed) % (uint32_t)(high - low));
}

static void happen(struct scenario *s, struct course *truth, uint32_t *seed)
{
	truth->came[0] = 10;
	for (int i = 0; i < IMAGES; i++)
		truth->came[i + 1] = truth->came[i] + between(seed, 4, 20);
	for (int i = 0; i < IMAGES; i++) {
		struct slice name = arena_printf(&s->arena, "i%d", i);
		int pods = between(seed, 0, 3);
		image(s, name.data, truth->came[i] - 1);
		truth->first[i] = truth->last[i] = -1;
		for (int k = 0; k < pods; k++) {
			int hour = between(seed, truth->came[i], truth->came[i + 1]);
			struct slice pod = arena_printf(&s->arena, "pod-%d-%d", i, k);
			in_cluster(s);
			start_pod(s, pod.data, "acme/web:1", digest_for(s, name.data), HOUR(hour))->pull_policy =
				SLICE("Always");
			truth->last[i] = hour > truth->last[i] ? hour : truth->last[i];
			truth->first[i] = truth->first[i] < 0 || hour < truth->first[i] ? hour : truth->first[i];
		}
		truth->held[i] = between(seed, 0, 2);
		if (truth->held[i])
			layout(s, name.data, name.data, READ);
	}
}

static bool is_known(const struct course *truth, int image)
{
	return truth->held[image] || truth->first[image] >= 0;
}

/* What is known of the move to it: not before the last pull of anything older, nor behind the first of it or of
 * anything newer, or the read. */
static void check_truth(struct scenario *s, const struct course *truth)
{
	size_t state = 0;
	int64_t seen = TIME_UNSET;
	for (int i = 0; i < IMAGES; i++) {
		int by = READ;
		if (!is_known(truth, i))
			continue;
		for (int k = IMAGES - 1; k >= i; k--)
			by = truth->first[k] >= 0 ? truth->first[k] : by;
		const struct world_tag *tag = tag_named(s->world, WEB);
		assert_true(state < tag->states.len);
		struct slice name = arena_printf(&s->arena, "i%d", i);
		assert_true(slice_equal(state_at(tag, state)->digest, digest_for(s, name.data)));
		check_arrival(s, state, seen, HOUR(by));
		seen = truth->last[i] >= 0 ? HOUR(truth->last[i]) : seen;
		state++;
	}
	if (state)
		assert_int_equal(tag_named(s->world, WEB)->states.len, state);
}

static void what_is_told_holds_what_happened_and_no_more(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 200; seed++) {
		struct scenario s;
		struct course truth;
		uint32_t random = seed;
		scenario_init(&s);
		happen(&s, &truth, &random);
		scenario_world(&s);
		check_truth(&s, &truth);
		scenario_release(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_layout_adds_no_time_to_what_others_saw),
		cmocka_unit_test(what_it_alone_tells_of_came_before_the_read),
		cmocka_unit_test(between_two_that_were_seen_it_bounds_neither),
		cmocka_unit_test(the_oldest_stood_before_all),
		cmocka_unit_test(without_a_date_it_was_there_by_the_read),
		cmocka_unit_test(of_two_layouts_that_hold_the_same_the_earlier_read_counts),
		cmocka_unit_test(an_index_gives_the_name_and_a_member_takes_it_not_away),
		cmocka_unit_test(a_deletion_that_a_log_tells_of_is_not_undone_by_a_layout),
		cmocka_unit_test(what_is_told_holds_what_happened_and_no_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
