#include "derive/scenario.h"

static void container_of_an_earlier_reading_is_left_out(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct pod *pod = add_pod(&s, "shop", "web", NULL, NULL);
	add_container(&s, pod, "acme/old", NULL);
	struct container *kept = add_container(&s, pod, "acme/web", NULL);
	struct workload *web = add_workload(&s, "shop", "Deployment", "web");
	add_template(&s, web, "acme/old");
	add_read(&s, HOUR(1));
	pod->last_seen = kept->last_seen = web->last_seen = HOUR(1);
	struct world *world = scenario_world(&s);
	const struct world_workload *bare = workload_named(world, "shop/Pod/web");
	assert_int_equal(((const struct world_pod *)bare->pods.items[0])->containers.len, 1);
	assert_int_equal(workload_named(world, "shop/Deployment.apps/web")->containers.len, 0);
	assert_int_equal(bare->repositories.len, 1);
	check_slice(*(const struct slice *)bare->repositories.items[0], "docker.io/acme/web");
	scenario_release(&s);
}

/* The last reading of what is gone is still told: it is evidence. */
static void gone_pod_keeps_its_last_containers(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct pod *pod = add_pod(&s, "shop", "web", NULL, NULL);
	pod->gone = BOOL_TRUE;
	add_container(&s, pod, "acme/web", NULL);
	add_read(&s, HOUR(1));
	const struct world_workload *bare = workload_named(scenario_world(&s), "shop/Pod/web");
	assert_int_equal(((const struct world_pod *)bare->pods.items[0])->containers.len, 1);
	assert_int_equal(bare->repositories.len, 0);
	scenario_release(&s);
}

static void container_without_a_holder_is_left_out(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct pod stranger = { .namespace = SLICE("shop"), .uid = SLICE("nobody") };
	struct workload nothing = { .namespace = SLICE("shop"),
				    .group = SLICE("apps"),
				    .kind = SLICE("Deployment"),
				    .name = SLICE("nothing") };
	add_container(&s, &stranger, "acme/web", NULL);
	add_template(&s, &nothing, "acme/web");
	struct world *world = scenario_world(&s);
	assert_int_equal(world->sightings.len, 0);
	assert_int_equal(cluster_named(world, "prod")->workloads.len, 0);
	scenario_release(&s);
}

static void status_names_the_image_where_the_spec_does_not(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_container(&s, add_pod(&s, "shop", "web", NULL, NULL), NULL, NULL)->status_image = SLICE("acme/web:2");
	const struct world_workload *bare = workload_named(scenario_world(&s), "shop/Pod/web");
	check_slice(*(const struct slice *)bare->repositories.items[0], "docker.io/acme/web");
	scenario_release(&s);
}

static void templates_that_count_are_the_highest(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct workload *web = add_workload(&s, "shop", "Deployment", "web");
	web->replicas = 0; /* scaled down: it will be scaled up again */
	add_template(&s, web, "acme/web:2");
	struct workload *set = add_workload(&s, "shop", "ReplicaSet", "web-7d9c6b5f4d");
	set->owner_group = SLICE("apps");
	set->owner_kind = SLICE("Deployment");
	set->owner_name = SLICE("web");
	add_template(&s, set, "acme/web:1");
	add_workload(&s, "shop", "StatefulSet", "without-template");
	struct world *world = scenario_world(&s);
	const struct world_cluster *cluster = cluster_named(world, "prod");
	assert_int_equal(cluster->templates.len, 1);
	check_slice(((const struct world_workload *)cluster->templates.items[0])->kind, "Deployment");
	/* A Deployment that is gone leaves its ReplicaSet to speak for itself. */
	web->gone = BOOL_TRUE;
	world = scenario_world(&s);
	cluster = cluster_named(world, "prod");
	assert_int_equal(cluster->templates.len, 1);
	check_slice(((const struct world_workload *)cluster->templates.items[0])->kind, "ReplicaSet");
	scenario_release(&s);
}

static void repositories_of_a_workload_are_told_once(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_template(&s, add_workload(&s, "shop", "Deployment", "web"), "acme/web:2");
	for (int i = 0; i < 3; i++) {
		struct pod *pod = add_pod(&s, "shop", "web", "Deployment", "web");
		pod->uid = arena_printf(&s.arena, "%d", i);
		add_container(&s, pod, i == 2 ? "quay.io/acme/side" : "acme/web:1", NULL);
	}
	assert_int_equal(workload_named(scenario_world(&s), "shop/Deployment.apps/web")->repositories.len, 2);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(container_of_an_earlier_reading_is_left_out),
		cmocka_unit_test(gone_pod_keeps_its_last_containers),
		cmocka_unit_test(container_without_a_holder_is_left_out),
		cmocka_unit_test(status_names_the_image_where_the_spec_does_not),
		cmocka_unit_test(templates_that_count_are_the_highest),
		cmocka_unit_test(repositories_of_a_workload_are_told_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
