#include "derive/image_scene.h"

#define WEB "docker.io/acme/web:1"

static void begin(struct scenario *s)
{
	scenario_init(s);
	add_registry(s, "docker.io", HOUR(0));
	add_lists(s, "acme/web", "complete");
	add_image(s, "amd", "linux/amd64", "a b");
	add_image(s, "arm", "linux/arm64", "a c");
	add_index(s, "index", "amd", "arm", NULL);
	add_image(s, "other", "linux/amd64", "a d");
	s->now = HOUR(9);
	add_tag(s, "acme/web", "1", "index", HOUR(0));
	in_cluster(s);
}

/* Whatever the runtime calls it, and whichever platform it is. */
static void pods_of_the_tags_image_are_no_other_state(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	start_pod(&s, "p1", "acme/web:1", digest_for(&s, "index"), HOUR(3));
	start_pod(&s, "p2", "acme/web:1", digest_for(&s, "amd"), HOUR(3));
	start_pod(&s, "p3", "acme/web:1", digest_for(&s, "arm"), HOUR(4))->pull_policy = SLICE("Always");
	start_pod(&s, "p4", "acme/web:1", config_for(&s, "amd"), HOUR(4))->image_id =
		arena_printf(&s.arena, "docker://%s", config_for(&s, "amd").data);
	scenario_world(&s);
	check_states(&s, WEB, "index");
	assert_int_equal(tag_named(s.world, WEB)->sightings.len, 4);
	struct tag_row row = tag_row_of(&s, WEB);
	assert_int_equal(row.runs_now, 4);
	assert_int_equal(row.runs_other, 0);
	check_slice(row.state, "stands");
	scenario_release(&s);
}

/* The registry saw it in its place before and after. */
static void a_pod_that_asked_shows_what_was_there_in_between(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	start_pod(&s, "p1", "acme/web:1", digest_for(&s, "other"), HOUR(5))->pull_policy = SLICE("Always");
	scenario_world(&s);
	check_states(&s, WEB, "index other index");
	check_slice(state_at(tag_named(s.world, WEB), 1)->seen_by, "pods");
	check_slice(tag_row_of(&s, WEB).state, "put back");
	assert_int_equal(tag_row_of(&s, WEB).runs_other, 1);
	scenario_release(&s);
}

/* Its node may have had the image for long. */
static void a_pod_that_did_not_ask_shows_what_was_there_before(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	start_pod(&s, "p1", "acme/web:1", digest_for(&s, "other"), HOUR(5));
	start_pod(&s, "p2", "acme/web:1", digest_for(&s, "other"), HOUR(20));
	scenario_world(&s);
	check_states(&s, WEB, "other index");
	check_slice(tag_row_of(&s, WEB).state, "moved");
	assert_true(state_at(tag_named(s.world, WEB), 0)->until == HOUR(0));
	scenario_release(&s);
}

static void what_runs_after_the_registry_was_read_is_newer_only_where_it_was_built_later(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_registry(&s, "docker.io", HOUR(9));
	struct manifest *late = add_image(&s, "late", "linux/amd64", "z");
	late->dating = SLICE("dated");
	late->created = HOUR(10);
	late->first_seen = late->last_seen = HOUR(12);
	in_cluster(&s);
	start_pod(&s, "p1", "acme/web:1", digest_for(&s, "other"), HOUR(11));
	start_pod(&s, "p2", "acme/web:1", digest_for(&s, "late"), HOUR(11));
	scenario_world(&s);
	check_states(&s, WEB, "other index late");
	scenario_release(&s);
}

static void an_image_that_the_registry_no_longer_has_was_there(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	start_pod(&s, "p1", "acme/web:1", digest_for(&s, "lost"), HOUR(-5));
	scenario_world(&s);
	check_states(&s, WEB, "lost index");
	scenario_release(&s);
}

/* Nothing of it was read: it may be the config of what the tag points to. */
static void a_bare_digest_that_nobody_knows_proves_nothing(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	start_pod(&s, "p1", "acme/web:1", config_for(&s, "lost"), HOUR(5))->image_id = config_for(&s, "lost");
	scenario_world(&s);
	check_states(&s, WEB, "index");
	assert_int_equal(tag_row_of(&s, WEB).runs_other, 0);
	scenario_release(&s);
}

static void beside_an_index_that_was_not_read_a_digest_proves_nothing(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(0));
	add_tag(&s, "acme/web", "1", "index", HOUR(0));
	in_cluster(&s);
	start_pod(&s, "p1", "acme/web:1", digest_for(&s, "amd"), HOUR(5));
	start_pod(&s, "p2", "acme/web:1", digest_for(&s, "index"), HOUR(5));
	scenario_world(&s);
	check_states(&s, WEB, "index");
	assert_int_equal(tag_row_of(&s, WEB).runs_now, 1);
	assert_int_equal(tag_row_of(&s, WEB).runs_other, 0);
	scenario_release(&s);
}

static void add_machine(struct scenario *s, const char *name, const char *architecture, const char *runtime)
{
	struct node *node = add_record(s, &node_type);
	node->name = slice_of(name);
	node->architecture = slice_of(architecture);
	node->runtime = slice_of(runtime);
}

static void pod_on(struct scenario *s, const char *pod, const char *node, const char *name, int64_t time)
{
	start_pod(s, pod, "acme/web:1", digest_for(s, name), time);
	for (size_t i = s->len; i > 0; i--) {
		struct pod *record = s->records[i - 1].record;
		if (s->records[i - 1].type == &pod_type && slice_equal_text(record->name, pod)) {
			record->node = slice_of(node);
			return;
		}
	}
}

/* No registry was read: digests of other platforms or runtimes may be of the same index. */
static void pods_alone_tell_of_a_move_on_machines_that_are_alike(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_machine(&s, "amd-1", "amd64", "containerd://1.7.1");
	add_machine(&s, "amd-2", "amd64", "containerd://1.7.9");
	add_machine(&s, "arm-1", "arm64", "containerd://1.7.1");
	add_machine(&s, "crio-1", "amd64", "cri-o://1.28");
	pod_on(&s, "p1", "amd-1", "one", HOUR(-9));
	pod_on(&s, "p2", "arm-1", "arm", HOUR(-8));
	pod_on(&s, "p3", "crio-1", "member", HOUR(-7));
	pod_on(&s, "p4", "amd-2", "two", HOUR(-6));
	scenario_world(&s);
	check_states(&s, WEB, "one two");
	struct tag_row row = tag_row_of(&s, WEB);
	check_slice(row.state, "moved");
	check_slice(row.change, "not known");
	assert_int_equal(row.runs_now, 1);
	assert_int_equal(row.runs_other, 1);
	scenario_release(&s);
}

static void a_tag_that_only_pods_name_is_unknown(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	start_pod(&s, "p1", "acme/web:1", digest_for(&s, "one"), HOUR(-1));
	scenario_world(&s);
	check_slice(tag_row_of(&s, WEB).state, "unknown");
	scenario_release(&s);
}

static void who_was_started_by_digest_tells_nothing_of_a_tag(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	struct slice image = arena_printf(&s.arena, "acme/web:1@%s", digest_for(&s, "other").data);
	start_pod(&s, "p1", image.data, digest_for(&s, "other"), HOUR(5));
	scenario_world(&s);
	check_states(&s, WEB, "index");
	scenario_release(&s);
}

static void a_mirror_is_recognised_by_digest(void **state)
{
	(void)state;
	static const char *const names[] = { "mirror.example/acme/web:1", "mirror.example/hub/acme/web:1" };
	for (size_t i = 0; i < 2; i++) {
		struct scenario s;
		begin(&s);
		start_pod(&s, "p1", names[i], digest_for(&s, "amd"), HOUR(5));
		scenario_world(&s);
		assert_int_equal(tag_row_of(&s, WEB).runs_now, 1);
		assert_int_equal(s.world->images->tags.len, 1);
		scenario_release(&s);
	}
}

/* Another path, another tag, another image. */
static void not_every_registry_with_the_image_is_a_mirror(void **state)
{
	(void)state;
	static const char *const names[] = { "other.example/notacme/web:1", "other.example/xacme/web:1",
					     "other.example/acme/web:2" };
	for (size_t i = 0; i < 3; i++) {
		struct scenario s;
		begin(&s);
		start_pod(&s, "p1", names[i], digest_for(&s, "amd"), HOUR(5));
		scenario_world(&s);
		assert_int_equal(tag_row_of(&s, WEB).runs_now, 0);
		assert_int_equal(s.world->images->tags.len, 2);
		scenario_release(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pods_of_the_tags_image_are_no_other_state),
		cmocka_unit_test(a_pod_that_asked_shows_what_was_there_in_between),
		cmocka_unit_test(a_pod_that_did_not_ask_shows_what_was_there_before),
		cmocka_unit_test(what_runs_after_the_registry_was_read_is_newer_only_where_it_was_built_later),
		cmocka_unit_test(an_image_that_the_registry_no_longer_has_was_there),
		cmocka_unit_test(a_bare_digest_that_nobody_knows_proves_nothing),
		cmocka_unit_test(beside_an_index_that_was_not_read_a_digest_proves_nothing),
		cmocka_unit_test(pods_alone_tell_of_a_move_on_machines_that_are_alike),
		cmocka_unit_test(a_tag_that_only_pods_name_is_unknown),
		cmocka_unit_test(who_was_started_by_digest_tells_nothing_of_a_tag),
		cmocka_unit_test(a_mirror_is_recognised_by_digest),
		cmocka_unit_test(not_every_registry_with_the_image_is_a_mirror),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
