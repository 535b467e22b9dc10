#include "derive/scenario.h"

static const struct world_container *container_at(const struct world *world, size_t index)
{
	const struct world_pod *pod = cluster_named(world, "prod")->pods.items[0];
	assert_true(index < pod->containers.len);
	return pod->containers.items[index];
}

static void images_of_one_repository_share_its_pointer(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct pod *pod = add_pod(&s, "shop", "web", NULL, NULL);
	static const char *const images[] = { "nginx", "docker.io/library/nginx:1", "index.docker.io/library/nginx",
					      "nginx" };
	for (size_t i = 0; i < 4; i++)
		add_container(&s, pod, images[i], NULL)->name = arena_printf(&s.arena, "%zu", i);
	struct world *world = scenario_world(&s);
	const struct slice *repository = container_at(world, 0)->image->repository;
	check_slice(*repository, "docker.io/library/nginx");
	for (size_t i = 1; i < 4; i++)
		assert_ptr_equal(container_at(world, i)->image->repository, repository);
	assert_ptr_equal(container_at(world, 0)->image, container_at(world, 3)->image);
	scenario_release(&s);
}

/* People ask for Docker Hub by one name; the kubelet matches what is written. */
static void registry_is_for_people_and_repository_for_the_kubelet(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_container(&s, add_pod(&s, "shop", "web", NULL, NULL), "registry-1.docker.io/acme/web:1", NULL);
	const struct world_container *container = container_at(scenario_world(&s), 0);
	check_slice(container->image->registry, "docker.io");
	check_slice(container->repository, "registry-1.docker.io/acme/web");
	check_slice(container->reference.tag, "1");
	scenario_release(&s);
}

static void name_that_does_not_parse_has_no_repository(void **state)
{
	(void)state;
	static const char *const images[] = { "", "upper/CASE", "a b", "x:", "x@sha256:short", "://" };
	for (size_t i = 0; i < sizeof images / sizeof *images; i++) {
		struct scenario s;
		scenario_init(&s);
		add_container(&s, add_pod(&s, "shop", "web", NULL, NULL), images[i], NULL);
		const struct world_container *container = container_at(scenario_world(&s), 0);
		check_slice(container->image->text, images[i]);
		if (container->image->repository)
			fail_msg("'%s' was read as %.*s", images[i], SLICE_ARG(*container->image->repository));
		assert_null(container->repository.data);
		assert_null(container->reference.path.data);
		scenario_release(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(images_of_one_repository_share_its_pointer),
		cmocka_unit_test(registry_is_for_people_and_repository_for_the_kubelet),
		cmocka_unit_test(name_that_does_not_parse_has_no_repository),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
