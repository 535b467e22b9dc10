#include "derive/scenario.h"

static void registries_count_logins_secrets_and_images(void **state)
{
	(void)state;
	struct scenario s;
	struct error *err = NULL;
	struct record_list list = { 0 };
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	add_entry(&s, hub, "docker.io", "acme", "f1");
	add_entry(&s, hub, "docker.io/acme", "team", "f2");
	add_entry(&s, add_secret(&s, "test", "hub"), "docker.io", "acme", "f1");
	add_entry(&s, add_secret(&s, "shop", "unused"), "reg.example:5000", "acme", "f3");
	struct pod *pod = add_pod(&s, "shop", "web", NULL, NULL);
	add_container(&s, pod, "acme/web:1", NULL);
	add_container(&s, pod, "acme/web:2", NULL);
	add_container(&s, pod, "nginx", NULL);
	add_container(&s, pod, "quay.io/acme/api", NULL);
	add_container(&s, pod, "Not An Image", NULL);
	check_ok(world_registries(scenario_world(&s), &list, &err), &err);
	const struct registry *rows = list.items;
	assert_int_equal(list.len, 3);
	check_slice(rows[0].registry, "docker.io");
	assert_int_equal(rows[0].credentials, 2);
	assert_int_equal(rows[0].secrets, 2);
	assert_int_equal(rows[0].images, 3);
	assert_int_equal(rows[0].repositories.len, 2);
	const struct repository *repositories = rows[0].repositories.items;
	check_slice(repositories[0].repository, "acme/web");
	assert_int_equal(repositories[0].images, 2);
	check_slice(repositories[1].repository, "library/nginx");
	assert_int_equal(repositories[1].images, 1);
	check_slice(rows[1].registry, "quay.io");
	assert_int_equal(rows[1].credentials, 0);
	assert_int_equal(rows[1].images, 1);
	check_slice(rows[2].registry, "reg.example:5000");
	assert_int_equal(rows[2].secrets, 1);
	assert_int_equal(rows[2].repositories.len, 0);
	scenario_release(&s);
}

static void empty_world_has_none(void **state)
{
	(void)state;
	struct scenario s;
	struct error *err = NULL;
	struct record_list list = { 0 };
	scenario_init(&s);
	check_ok(world_registries(scenario_world(&s), &list, &err), &err);
	assert_int_equal(list.len, 0);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registries_count_logins_secrets_and_images),
		cmocka_unit_test(empty_world_has_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
