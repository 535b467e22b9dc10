#include "derive/image_scene.h"

static const struct world_source *source_at(const struct world *world, size_t index)
{
	assert_true(index < world->images->sources.len);
	return world->images->sources.items[index];
}

static bool has_read(const struct world *world, int64_t id)
{
	const struct read *reads = world->reads.items;
	size_t found = 0;
	for (size_t i = 0; i < world->reads.len; i++)
		found += reads[i].id == id;
	assert_true(found <= 1);
	return found;
}

/* They are filed like clusters, and are none. */
static void registries_and_layouts_are_no_clusters(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(1));
	add_layout(&s, "saved", HOUR(2));
	struct world *world = scenario_world(&s);
	assert_int_equal(world->clusters.len, 1);
	assert_int_equal(world->images->sources.len, 2);
	check_slice(source_at(world, 0)->registry, "saved");
	assert_false(source_at(world, 0)->is_registry);
	check_slice(source_at(world, 1)->registry, "docker.io");
	assert_true(source_at(world, 1)->is_registry);
	assert_true(world->images->read);
	assert_int_equal(world->reads.len, 3);
	assert_true(world->as_of == HOUR(2));
	scenario_release(&s);
}

static void a_registry_alone_is_a_world(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	s.len = 0; /* without the cluster */
	add_registry(&s, "docker.io", HOUR(1));
	add_tag(&s, "acme/web", "1", "web", HOUR(1));
	struct world *world = scenario_world(&s);
	assert_int_equal(world->clusters.len, 0);
	assert_int_equal(world->reads.len, 1);
	assert_int_equal(world->images->tags.len, 1);
	assert_true(world->as_of == HOUR(1));
	scenario_release(&s);
}

static void for_logins_only_no_registry_is_told_of(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(1))->outcome = SLICE("partial");
	s.options.no_sightings = true;
	struct world *world = scenario_world(&s);
	assert_null(world->images);
	assert_int_equal(world->reads.len, 1);
	assert_int_equal(world->clusters.len, 1);
	assert_true(world->as_of == HOUR(0));
	scenario_release(&s);
}

/* Each read may have asked for one repository alone. */
static void answers_rest_on_the_latest_read_of_each_repository(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	int64_t first = add_registry(&s, "docker.io", HOUR(1))->id;
	add_lists(&s, "acme/web", "complete");
	int64_t second = add_registry(&s, "docker.io", HOUR(2))->id;
	add_lists(&s, "acme/api", "complete");
	int64_t third = add_registry(&s, "docker.io", HOUR(3))->id;
	add_lists(&s, "acme/api", "forbidden");
	add_list(&s, "Repository", "*", NULL, "complete");
	struct world *world = scenario_world(&s);
	assert_true(has_read(world, first) && !has_read(world, second) && has_read(world, third));
	const struct world_repository *api = map_get(&world->images->repositories, SLICE("docker.io/acme/api"));
	const struct world_repository *web = map_get(&world->images->repositories, SLICE("docker.io/acme/web"));
	check_slice(api->tags->outcome, "forbidden");
	assert_true(api->read->id == third && web->read->id == first);
	assert_non_null(source_at(world, 0)->catalog);
	assert_true(source_at(world, 0)->read->id == third);
	scenario_release(&s);
}

static void what_failed_since_and_logs_are_told(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct read *early = add_registry(&s, "docker.io", HOUR(0));
	early->outcome = SLICE("failed");
	int64_t whole = add_registry(&s, "docker.io", HOUR(1))->id;
	int64_t log = add_log(&s, "docker.io", HOUR(2))->id;
	struct read *failed = add_registry(&s, "docker.io", HOUR(3));
	failed->outcome = SLICE("failed");
	struct world *world = scenario_world(&s);
	assert_true(source_at(world, 0)->read->id == whole);
	assert_true(has_read(world, whole) && has_read(world, log) && has_read(world, failed->id));
	assert_false(has_read(world, early->id));
	scenario_release(&s);
}

static void nothing_but_a_log_is_no_reading(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_log(&s, "docker.io", HOUR(1));
	add_event(&s, "push", "acme/web", "1", "web", HOUR(-3), "ci");
	struct world *world = scenario_world(&s);
	assert_false(world->images->read);
	assert_false(tag_named(world, "docker.io/acme/web:1")->listed);
	assert_int_equal(world->images->events.len, 1);
	scenario_release(&s);
}

static void the_later_answer_counts_and_what_is_there_is_none(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(1));
	add_answer(&s, "acme/web", digest_for(&s, "web"), "absent");
	add_answer(&s, "acme/web", digest_for(&s, "api"), "present");
	add_answer(&s, "acme/web", SLICE(""), "forbidden");
	/* A mirror of it, asked later. */
	add_layout(&s, "mirror", HOUR(2));
	struct registry_answer *later = add_record(&s, &registry_answer_type);
	*later = *add_answer(&s, "acme/web", digest_for(&s, "web"), "failed");
	later->registry = SLICE("docker.io");
	struct world *world = scenario_world(&s);
	const struct registry_answer *answer =
		map_get(&world->images->answers_by_name,
			arena_printf(&s.arena, "docker.io/acme/web@%s", digest_for(&s, "web").data));
	check_slice(answer->outcome, "failed");
	assert_int_equal(((const struct registry_answer *)world->images->answers.items)[0].last_seen, HOUR(2));
	scenario_release(&s);
}

static void a_tag_stands_in_the_list_of_its_repository_once(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(1));
	add_lists(&s, "acme/web", "complete");
	add_tag(&s, "acme/web", "1", "a", HOUR(0));
	add_tag(&s, "acme/web", "1", "b", HOUR(1));
	add_tag(&s, "acme/web", "2", "a", HOUR(1));
	struct world *world = scenario_world(&s);
	const struct world_repository *web = map_get(&world->images->repositories, SLICE("docker.io/acme/web"));
	assert_int_equal(web->listed.len, 2);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registries_and_layouts_are_no_clusters),
		cmocka_unit_test(a_registry_alone_is_a_world),
		cmocka_unit_test(for_logins_only_no_registry_is_told_of),
		cmocka_unit_test(answers_rest_on_the_latest_read_of_each_repository),
		cmocka_unit_test(what_failed_since_and_logs_are_told),
		cmocka_unit_test(nothing_but_a_log_is_no_reading),
		cmocka_unit_test(the_later_answer_counts_and_what_is_there_is_none),
		cmocka_unit_test(a_tag_stands_in_the_list_of_its_repository_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
