#include "derive/scenario.h"

#define DIGEST_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST_B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static const struct image *images_of(struct scenario *s, size_t count)
{
	struct error *err = NULL;
	struct record_list images = { 0 };
	check_ok(world_images(scenario_world(s), &images, &err), &err);
	assert_int_equal(images.len, count);
	return images.items;
}

static void one_digest_is_one_image_wherever_it_is(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	for (int i = 0; i < 3; i++) {
		struct pod *pod = add_pod(&s, "shop", "web", "Deployment", i == 2 ? "api" : "web");
		pod->uid = arena_printf(&s.arena, "%d", i);
		add_container(&s, pod, i ? "acme/web:1" : "docker.io/acme/web:latest", DIGEST_A);
	}
	struct pod *done = add_pod(&s, "shop", "done", NULL, NULL);
	done->phase = SLICE("Succeeded");
	add_container(&s, done, "acme/web:1", DIGEST_A)->state = SLICE("terminated");
	struct node *node = add_record(&s, &node_type);
	node->name = SLICE("node-1");
	add_node_image(&s, "node-1", "docker.io/acme/web:1", DIGEST_A);
	add_node_image(&s, "node-1", "docker.io/acme/web:latest", DIGEST_A);
	add_cluster(&s, "stage", "22222222-bbbb");
	add_container(&s, add_pod(&s, "shop", "web", "Deployment", "web"), "acme/web:1", DIGEST_A)->started = HOUR(-50);
	const struct image *image = images_of(&s, 1);
	check_slice(image->registry, "docker.io");
	check_slice(image->repository, "acme/web");
	check_slice(image->digest, DIGEST_A);
	assert_int_equal(image->tags.len, 2);
	assert_int_equal(image->runs, 3);
	assert_int_equal(image->ran, 1);
	assert_int_equal(image->cached, 1);
	assert_int_equal(image->clusters, 2);
	assert_int_equal(image->first_seen, HOUR(-50));
	assert_int_equal(image->last_seen, HOUR(0));
	assert_int_equal(image->sightings.len, 7);
	assert_int_equal(image->rank, INT_UNKNOWN);
	assert_int_equal(image->built, TIME_UNSET);
	scenario_release(&s);
}

static void template_goes_with_the_only_digest_of_its_tag(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_template(&s, add_workload(&s, "shop", "Deployment", "web"), "acme/web:1");
	add_container(&s, add_pod(&s, "shop", "web", "Deployment", "web"), "acme/web:1", DIGEST_A);
	const struct image *image = images_of(&s, 1);
	check_slice(image->digest, DIGEST_A);
	assert_int_equal(image->sightings.len, 2);
	assert_int_equal(image->runs, 1);
	scenario_release(&s);
}

/* A moved tag: which of its two digests the template means is not known. */
static void template_of_a_tag_with_two_digests_stands_apart(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_template(&s, add_workload(&s, "shop", "CronJob", "nightly"), "acme/web:1");
	add_container(&s, add_pod(&s, "shop", "a", NULL, NULL), "acme/web:1", DIGEST_A);
	add_container(&s, add_pod(&s, "shop", "b", NULL, NULL), "acme/web:1", DIGEST_B);
	const struct image *images = images_of(&s, 3);
	assert_null(images[0].digest.data);
	assert_null(images[0].digest_kind.data);
	check_slice(images[0].tags.items[0], "1");
	assert_int_equal(images[0].runs, 0);
	check_slice(images[1].digest, DIGEST_A);
	check_slice(images[2].digest, DIGEST_B);
	scenario_release(&s);
}

static void digest_is_an_image_of_each_repository_that_it_came_through(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct pod *pod = add_pod(&s, "shop", "a", NULL, NULL);
	add_container(&s, pod, "mirror.example/acme/web:1", DIGEST_A);
	add_container(&s, pod, "acme/web:1", DIGEST_A);
	const struct image *images = images_of(&s, 2);
	check_slice(images[0].registry, "docker.io");
	check_slice(images[1].registry, "mirror.example");
	scenario_release(&s);
}

static void image_no_longer_listed_is_not_counted_as_cached(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct node *node = add_record(&s, &node_type);
	node->name = SLICE("node-1");
	add_node_image(&s, "node-1", "acme/web:1", DIGEST_A);
	add_read(&s, HOUR(4));
	node->last_seen = HOUR(4);
	const struct image *image = images_of(&s, 1);
	assert_int_equal(image->cached, 0);
	assert_int_equal(image->sightings.len, 1);
	scenario_release(&s);
}

static void nothing_seen_is_no_image(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	images_of(&s, 0);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_digest_is_one_image_wherever_it_is),
		cmocka_unit_test(template_goes_with_the_only_digest_of_its_tag),
		cmocka_unit_test(template_of_a_tag_with_two_digests_stands_apart),
		cmocka_unit_test(digest_is_an_image_of_each_repository_that_it_came_through),
		cmocka_unit_test(image_no_longer_listed_is_not_counted_as_cached),
		cmocka_unit_test(nothing_seen_is_no_image),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
